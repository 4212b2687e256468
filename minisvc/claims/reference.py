"""All about every claim, as docs/claims.md has it: made from the claims, so that it cannot say anything else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from minisvc.claims.claim import GROUPS, Claim

WIDE = 120
HEAD = """\
# The claims: what articles assert, measured

*Articles assert, statewise measures.* Each claim below is an experiment that runs here, on real services over real
sockets, and that can fail: its prediction was worked out before, its tolerance follows from the sample size, and its
control, the same with the cause removed, must give another figure. If a figure is not as predicted, the claim is
**refuted**; if the control does not give its other figure, or something is missing here, the run is **inconclusive**;
otherwise the claim **holds**. *Up* (an answer came) is never taken for *correct* (the right one).

```
minisvc claims                          # this list, each with its last result on this machine
minisvc claims run                      # try all
minisvc claims run crash-loses-share    # try one
minisvc compare                         # every place of state side by side, measured
```

In a notebook, after `from minisvc import claims`, `claims.run("crash-loses-share")` shows prediction, measurement,
control and plot, and `claims.compare()` the comparison. The commands' options: [minisvc](minisvc.md#minisvc-claims). A
claim is a function with `@claim(...)` in a family of `minisvc/claims/`; it gets a `Trial`, and tells it each figure
beside what is expected of it.

This page is made: `minisvc claims --markdown > docs/claims.md`.
"""


def markdown(every: tuple[Claim, ...] | None = None) -> str:
    """The whole page; None: of all claims."""
    from minisvc.claims import every as registered  # noqa: PLC0415  # which imports the families

    known = registered() if every is None else every
    parts = [HEAD]
    for group in GROUPS:
        some = [each for each in known if each.group == group]
        if some:
            parts += [f"\n## {group}\n", *_index(some), *(_section(each) for each in some)]
    return "".join(parts)


def _index(some: list[Claim]) -> Iterator[str]:
    yield "\n| claim | says |\n|---|---|\n"
    for each in some:
        yield f"| [`{each.id}`](#{each.id}) | {_cell(each.says)} |\n"


def _section(claim: Claim) -> str:
    sources = "; ".join(f"[{each.title}]({each.url}), {each.section}" for each in claim.sources)
    points = (
        f"When: {claim.when}",
        f"Predicted: {claim.predicts}.",
        f"Derivation: {claim.derivation}",
        f"Control: {claim.control}",
        f"Sources: {sources}",
        f"Try it: `minisvc claims run {claim.id}`",
    )
    return f"\n### {claim.id}\n\n**{claim.says}**\n\n" + "".join(f"{_point(each)}\n" for each in points)


def _point(words: str) -> str:
    """A point of a list, in lines of the house's length; links are not broken."""
    return textwrap.fill(f"- {words}", WIDE, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
