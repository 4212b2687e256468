"""A fault planted in sound rules is found by the check, at its line: in the scheme, or over the whole space."""

import pytest

from advisor.check.audit import examined
from advisor.errors import RulesError
from advisor.rules import rulebook_of
from tests.advisor.small_rules import SMALL_RULES

CLEAN = SMALL_RULES.replace("points: {plain: 2}", "points: {memory: 2}")
RULES, REQUIREMENTS, COMPANIONS = "companions:\n", "rules:\n", "classes:\n"
SAID = 'because: it is so., source: "https://example.org/x"'


def rule(when: str, points: str, concern: str = "wires") -> str:
    return f"  - {{id: planted, concern: {concern}, when: {{{when}}}, points: {{{points}}}, {SAID}}}\n"


def requirement(when: str, removes: str) -> str:
    return f"  - {{id: planted, when: {{{when}}}, removes: [{removes}], {SAID}}}\n"


def told(text: str) -> list[str]:
    """Everything that the check says of a rules file: faults, or else warnings."""
    try:
        return [str(fault) for fault in examined(rulebook_of(text)).warnings]
    except RulesError as error:
        return [str(fault) for fault in error.faults]


def planted(before: str, line: str) -> str:
    assert CLEAN.count(before) == 1
    return CLEAN.replace(before, line + before)


def edited(old: str, new: str) -> str:
    assert old in CLEAN
    return CLEAN.replace(old, new, 1)


NEVER = 'rule "planted" never fires, whatever is answered.'
PLANTED = {
    "a rule whose numbers cannot meet": (
        planted(RULES, rule("users: [few], bytes: [small], total: [heavy]", "store: 3")),
        NEVER,
    ),
    "a rule that never decides": (
        planted(RULES, rule("talk: [socket]", "memory: 3")),
        'rule "planted" never decides: without it every answer set has the same winner.',
    ),
    "a rule that is drowned by a louder one": (
        planted(RULES, rule("keep: [cart], talk: [calls]", "store: 2", "state")),
        'rule "planted" never counts: whenever it fires, "carts-strong" says the same or more.',
    ),
    "a rule that stands twice": (
        planted(RULES, rule("talk: [calls]", "memory: 2")),
        'rule "planted" never counts: whenever it fires, "calls-are-plain" says the same or more.',
    ),
    "a rule about what is removed whenever it fires": (
        planted(RULES, rule("talk: [socket]", "store: 3")),
        'rule "planted" never decides',
    ),
    "a requirement that cannot fire": (
        planted(REQUIREMENTS, requirement("users: [few], bytes: [small], total: [heavy]", "plain")),
        'requirement "planted" never fires, whatever is answered.',
    ),
    "a requirement that removes what is gone": (
        planted(REQUIREMENTS, requirement("talk: [socket], keep: [cart]", "plain, store")),
        'requirement "planted" removes nothing that others do not remove whenever it fires.',
    ),
    "an answer that leaves nothing": (
        planted(REQUIREMENTS, requirement("talk: [socket]", "memory")),
        "talk: socket leaves no mechanism, whatever else is answered.",
    ),
    "an archetype that contradicts itself": (
        planted(REQUIREMENTS, requirement("talk: [calls], keep: [cart]", "store, memory"))
        .replace("removes: [store, memory]", "keeps: [plain]")
        .replace(REQUIREMENTS, requirement("keep: [cart]", "plain").replace("planted", "planted-too") + REQUIREMENTS),
        'archetype "shop" supplies answers that together leave no mechanism.',
    ),
    "a mechanism that never wins": (
        planted(
            "archetypes:\n",
            "  cloud: {label: C, class: hybrid, summary: s, risks: [{risk: r, mitigation: m, source: 'https://example.org/r'}]}\n",
        ),
        'mechanism "cloud" never wins, whatever is answered.',
    ),
    "a question that is asked for nothing": (
        planted(
            "    keep: {label", "    colour: {label: c, why: w, effort: 1, options: {red: {label: Red, help: h}}}\n"
        ),
        'question "colour" is asked for nothing: no rule or requirement looks at it.',
    ),
    "a companion whose primary never wins there": (
        edited("with: [memory], add: store", "with: [plain], add: store").replace(
            "when: {keep: [cart]}, with", "when: {talk: [socket]}, with"
        ),
        'companion "aside" never joins: none of its primaries wins where it fires.',
    ),
    "a companion that cannot fire": (
        edited("when: {keep: [cart]}, with", "when: {users: [few], bytes: [small], total: [heavy]}, with"),
        'companion "aside" never joins',
    ),
    "a veto that leaves nothing": (
        planted(REQUIREMENTS, requirement("keep: [cart]", "plain, store, memory")),
        "leaves no mechanism at all.",
    ),
    "a key that stands twice": (
        edited("concern: wires,", "concern: wires, concern: state,"),
        'has the key "concern" twice.',
    ),
    "an unquoted no": (edited("keep: cart}}", "keep: no}}"), "is an unquoted no, which older YAML tools read as true"),
    "a misspelt mechanism": (edited("{memory: 2}", "{memry: 2}"), 'Did you mean "memory"?'),
    "points out of range": (edited("{memory: 2}", "{memory: 9}"), "is 9.\n  Allowed: -3 to 3."),
    "an id that two rules have": (edited("id: carts-strong", "id: carts-weak"), 'two rules with the id "carts-weak".'),
    "a gap in the table of components": (
        edited("    - {primary: [stateless], beside: [none, stateless], class: stateless}\n", ""),
        "classes.component has no row for primary stateless, beside none",
    ),
    "an overlap in the table of components": (
        edited("beside: [none, stateless], class", "beside: [none, stateless, hybrid], class"),
        "this row covers primary stateless, beside hybrid again.",
    ),
    "a gap in the table of systems": (
        edited("    - {components: [hybrid], class: hybrid}\n", ""),
        "classes.system has no row for components hybrid.",
    ),
    "bands out of order": (edited("many: {from: 100", "many: {from: 0"), "it must be more than 0."),
}


def test_the_rules_are_clean_before_a_fault_is_planted() -> None:
    assert told(CLEAN) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    text, said = PLANTED[name]
    found = [fault for fault in told(text) if said in fault]
    assert len(found) >= 1, told(text)
    place = found[0].split(": ")[0].split(":")
    assert place[0] == "rules.yaml"
    if "planted" in found[0]:
        assert "planted" in text.splitlines()[int(place[1]) - 1], "the line is that of the fault"


def test_what_two_requirements_take_together_is_counted_with_an_example() -> None:
    report = examined(rulebook_of(CLEAN))
    assert (report.size, report.contradictions.sets) == (99, 9)
    assert report.contradictions.example is not None
    assert {"talk": "socket", "total": "heavy"}.items() <= report.contradictions.example.items()
    assert sum(share.sets for share in report.winners.values()) == 90
