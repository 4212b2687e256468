"""The report as Markdown, read by a Markdown parser."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from advisor.engine.facts import TIMES
from advisor.errors import AnswersError
from advisor.report import adr, markdown, words
from tests.advisor.cases import HOSTILE, TWO, case_named, case_of
from tests.advisor.conftest import SHOP

DAY = date(2026, 1, 31)
MADR = [
    "Context and Problem Statement",
    "Decision Drivers",
    "Considered Options",
    "Decision Outcome",
    "Pros and Cons of the Options",
    "More Information",
]


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def headings(text: str, level: int) -> list[str]:
    found = tokens(text)
    return [
        "".join(each.content for each in body.children or [])
        for head, body in pairwise(found)
        if head.type == "heading_open" and head.tag == f"h{level}"
    ]


def test_the_report_has_a_heading_for_each_part() -> None:
    text = markdown.text_of(case_of(SHOP))
    assert headings(text, 1) == ["corner shop: hybrid"]
    assert headings(text, 2) == ["cart: hybrid", "The layout"]
    assert headings(text, 3) == [
        *("Why", "Points by concern", "Ruled out", "What would change it"),
        *("Enough by itself", "Figures", "Risks", "Answers", "See it in the lab"),
    ]


def test_tables_are_tables_with_as_many_cells_in_every_row() -> None:
    found = tokens(markdown.text_of(case_of(SHOP)))
    assert sum(each.type == "table_open" for each in found) == 5
    text = markdown.text_of(case_of(SHOP))
    assert "| `shared_session` | +3 | +2 | +1 | · | +1 | +1 | **8** |" in text
    assert (
        f"| memory for all sessions | **81.9 MB** | sessions {TIMES} bytes per session = 20,000 {TIMES} 4,096 |" in text
    )


def test_the_diagram_is_fenced_as_mermaid() -> None:
    _, fence = (each for each in tokens(markdown.text_of(case_of(SHOP))) if each.type == "fence")
    assert fence.info == "mermaid"
    assert fence.content.startswith("flowchart TB\n")


def test_a_contradiction_names_its_sides() -> None:
    text = markdown.text_of(case_of(TWO))
    assert "**These answers contradict each other: together they leave no mechanism.**" in text
    assert "- `connection = protocol_session` rules out all but pinned_connection." in text


def test_what_is_unknown_is_told_with_the_one_most_worth_finding_out() -> None:
    text = markdown.text_of(case_of("version: 1\nanswers: {connection: request, continuity: session}"))
    assert "Most worth finding out: **What must readers be able to rely on?** (`consistency`)" in text
    assert "- per_entity_serial or total_order gives `database_session`" in text


@settings(max_examples=40, deadline=None)
@given(name=st.text(min_size=1) | st.text("_*a `<", min_size=1) | st.just(HOSTILE))
def test_any_name_is_shown_as_it_is(name: str) -> None:
    shown = " ".join(words.printable(name).split())
    (head,) = headings(markdown.text_of(case_named(name)), 1)
    assert head == f"{shown}: stateful".lstrip()


def test_a_decision_record_has_the_parts_of_madr_in_order() -> None:
    (record,) = adr.records_of(case_of(SHOP), DAY)
    assert record.stem == "shared-session-store-for-cart"
    assert record.text.startswith("---\nstatus: proposed\ndate: 2026-01-31\n---\n\n# Shared session store for cart\n")
    assert headings(record.text, 2)[-6:] == MADR
    assert headings(record.text, 3)[:3] == ["Consequences", "Confirmation", "Shared session store"]


def test_a_decision_record_says_what_was_chosen_and_why() -> None:
    (record,) = adr.records_of(case_of(SHOP), DAY)
    for part in (
        "Where should cart, a part of corner shop, keep its state?",
        "* How do clients talk to it? Request and answer (`connection = request`)",
        'Chosen option: "Shared session store", because a cart that changes with every click wants one place',
        "Clear: 3 points ahead of Session in the database (database_session).",
        "* Good, because state in a store outlives the instance that wrote it",
        "* Bad, because the store is on the path of every request, so its outage is everybody's. A replica with",
        "* `connection: request → duplex_socket` gives `connection_gateway`",
        "Answers: `shop.yaml`.",
    ):
        assert part in record.text, part


def test_a_decision_that_could_not_be_made_is_no_record() -> None:
    with pytest.raises(AnswersError) as caught:
        adr.records_of(case_of(TWO), DAY)
    (fault,) = caught.value.faults
    assert str(fault) == (
        'shop.yaml: component "drop" has no decision to record: its answers contradict each other.\n'
        "  Change one of them, or split the component in two."
    )


@settings(max_examples=25, deadline=None)
@given(name=st.text(min_size=1) | st.just("../../etc/x" * 20))
def test_any_name_gives_a_file_name_that_stays_in_its_folder(name: str) -> None:
    (record,) = adr.records_of(case_named(name), DAY)
    assert 0 < len(record.stem) <= 80
    assert set(record.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
