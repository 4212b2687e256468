"""What may go wrong with a mechanism, as the rules file tells it."""

import pytest

from advisor.errors import RulesError
from advisor.model import Risk, Rulebook
from advisor.rules import rulebook_of
from tests.advisor.small_rules import SMALL_RULES

OUTAGE = 'risks: [{risk: outage, mitigation: replica, source: "https://example.org/r"}]'


def test_every_mechanism_has_two_risks_each_with_a_mitigation_and_a_source(rulebook: Rulebook) -> None:
    for mechanism in rulebook.mechanisms.values():
        assert len(mechanism.risks) >= 2, mechanism.id
        assert all(each.risk.endswith(".") and each.mitigation.endswith(".") for each in mechanism.risks), mechanism.id


def test_risks_are_read_in_the_order_of_the_file() -> None:
    more = OUTAGE.replace("]", ', {risk: lag, mitigation: wait, source: "https://example.org/s"}]')
    book = rulebook_of(SMALL_RULES.replace(OUTAGE, more))
    assert book.mechanisms["store"].risks == (
        Risk("outage", "replica", "https://example.org/r"),
        Risk("lag", "wait", "https://example.org/s"),
    )


@pytest.mark.parametrize(
    ("risks", "said"),
    [
        ("risks: []", 'mechanism "store" has no risk.'),
        ("risks: [{risk: outage, mitigation: replica}]", 'risk 1 of mechanism "store" lacks "source".'),
        (
            "risks: [{risk: outage, mitigation: replica, source: a book}]",
            'source of risk 1 of mechanism "store" is no web address.',
        ),
    ],
)
def test_a_risk_without_its_parts_is_a_fault(risks: str, said: str) -> None:
    with pytest.raises(RulesError) as caught:
        rulebook_of(SMALL_RULES.replace(OUTAGE, risks))
    assert [fault.message for fault in caught.value.faults] == [said]
