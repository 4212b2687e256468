"""The recommendation beside the form, as HTML in the colours of the notebook."""

from collections.abc import Iterator
from html import escape

from advisor.model import Advice, ComponentAdvice, Reason, Rulebook
from advisor.report import words

REASONS_SHOWN = 4

STYLE = """<style>
.statewise-form { container-type: inline-size; color: var(--jp-ui-font-color1, CanvasText); }
.statewise-form .statewise-columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 24px; }
@container (min-width: 760px) {
  .statewise-form .statewise-columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
  .statewise-form .statewise-advice { position: sticky; top: 0; }
}
.statewise-field { margin-bottom: 8px; overflow: visible; }
.statewise-field .widget-inline-hbox { flex-direction: column; align-items: stretch; height: auto; }
.statewise-field .widget-inline-hbox > label { font-weight: 600; text-align: left; width: auto; max-width: none;
  white-space: normal; height: auto; line-height: 1.4; }
.statewise-field .widget-inline-hbox > :is(select, input) { flex: none; width: 100%; min-height: 28px; }
.statewise-form .widget-html-content { line-height: 1.4; }
.statewise-form small { color: var(--jp-ui-font-color2, GrayText); }
.statewise-form [role=alert] { margin: 2px 0; padding-left: 8px; white-space: pre-wrap; font-weight: 600;
  border-left: 4px solid var(--jp-error-color1, #b00020); }
.statewise-form :is(h3, h4) { margin: 8px 0 4px; }
.statewise-advice > button { margin-top: 16px; }
.statewise-advice ul { margin: 0; padding-left: 20px; }
.statewise-advice button { height: auto; white-space: normal; text-align: left; line-height: 1.3; padding: 4px 10px; }
.statewise-form :is(button, select, input):focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); }
</style>"""


def told(advice: Advice, before: Advice | None, rulebook: Rulebook) -> str:
    """The advice, and what the last answer changed; `before` None: nothing was answered yet."""
    return "".join(
        [
            f"<h3>{escape(advice.name)}: {words.word(advice.overall)}</h3>",
            *(f'<p role="status">{escape(each)}</p>' for each in _changes(advice, before, rulebook)),
            *(_component(each, rulebook) for each in advice.components),
        ]
    )


def _changes(advice: Advice, before: Advice | None, rulebook: Rulebook) -> Iterator[str]:
    if before is None:
        return
    earlier = {each.name: each for each in before.components}
    for each in advice.components:
        first = earlier.get(each.name)
        if first and first.mechanism != each.mechanism:
            was, now = _label(first.mechanism, rulebook), _label(each.mechanism, rulebook)
            yield f"Your last answer changed {each.name}: {was} → {now}."


def _label(mechanism: str | None, rulebook: Rulebook) -> str:
    return rulebook.mechanisms[mechanism].label if mechanism else "a contradiction"


def _component(advice: ComponentAdvice, rulebook: Rulebook) -> str:
    head = f"<h4>{escape(advice.name)} · {words.word(advice.service_class)}</h4>"
    if advice.contradiction:
        sides = "".join(
            f"<li>{escape(words.answers(side.answers))}: {escape(side.because)}</li>"
            for side in advice.contradiction.sides
        )
        return (
            f'{head}<p role="alert">These answers contradict each other: they leave no mechanism.</p><ul>{sides}</ul>'
        )
    names = " + ".join(words.named(each) for each in words.mechanisms(advice, rulebook))
    summary = rulebook.mechanisms[str(advice.mechanism)].summary
    reasons = "".join(f"<li>{_reason(each)}</li>" for each in advice.reasons[:REASONS_SHOWN])
    sure = escape(words.margin(advice, rulebook))
    return f"{head}<p><b>{escape(names)}</b><br>{escape(summary)}</p><p>{sure}</p><ul>{reasons}</ul>"


def _reason(reason: Reason) -> str:
    mark = words.signed(reason.points, "") if reason.concern else ""
    cause = f" <small>{escape(words.answers(reason.answers))}</small>" if reason.answers else ""
    return f"{f'<b>{mark}</b> ' if mark else ''}{escape(reason.because)}{cause}"
