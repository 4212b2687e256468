"""What the shipped rules say of where their arguments can be seen and read."""

import re
from pathlib import Path

from advisor.model import Rulebook

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SHOWN = {
    (lesson.stem, claim)
    for lesson in NOTEBOOKS.glob("[0-9]*.ipynb")
    for claim in re.findall(r"[a-z]+(?:-[a-z0-9]+)+", lesson.read_text(encoding="utf-8"))
}


def test_every_lesson_that_a_rule_names_shows_its_claim(rulebook: Rulebook) -> None:
    named = {(rule.lesson, rule.claim) for rule in rulebook.rules if rule.lesson}
    assert len({lesson for lesson, _ in named}) > 5
    assert named <= SHOWN


def test_a_rule_whose_claim_a_lesson_shows_names_a_lesson(rulebook: Rulebook) -> None:
    shown = {claim for _, claim in SHOWN}
    assert [rule.id for rule in rulebook.rules if rule.claim in shown and not rule.lesson] == []


def test_every_citation_of_an_rfc_names_its_section(rulebook: Rulebook) -> None:
    sources = [each.source for each in rulebook.requirements]
    sources += [each.source for each in rulebook.rules]
    sources += [each.source for each in rulebook.companions]
    sources += [risk.source for mechanism in rulebook.mechanisms.values() for risk in mechanism.risks]
    assert all(source.startswith("https://") for source in sources)
    rfcs = [source for source in sources if "rfc-editor.org" in source]
    assert len(rfcs) > 30
    assert [source for source in rfcs if not re.search(r"/rfc[0-9]+#section-[0-9.]+$", source)] == []
