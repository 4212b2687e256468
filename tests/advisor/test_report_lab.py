"""The lab's claims that a report points to."""

import ast
from io import StringIO

from rich.console import Console

from advisor.model import Rulebook
from advisor.report import html, markdown
from advisor.report.data import data_of
from advisor.report.screen import show
from minisvc import claims
from tests.advisor.cases import case_of
from tests.advisor.conftest import SHOP

CALLS = ['claims.run("affinity-needed")', 'claims.run("store-is-spof")']


def test_every_claim_that_a_rule_names_can_be_run(rulebook: Rulebook) -> None:
    named = {rule.claim for rule in rulebook.rules if rule.claim}
    assert named
    assert named <= {claim.id for claim in claims.every()}


def test_every_form_says_how_to_see_what_it_claims(rulebook: Rulebook) -> None:
    case = case_of(SHOP)
    out = StringIO()
    show(case.advice, rulebook, Console(file=out, width=80, highlight=False))
    calls = "\n".join(CALLS)
    assert "\n  ".join(["See it in the lab", "from minisvc import claims", *CALLS]) + "\n" in out.getvalue()
    assert f"```python\nfrom minisvc import claims\n{calls}\n```\n" in markdown.text_of(case)
    assert f"<code>from minisvc import claims\n{calls}\n</code>".replace('"', "&#34;") in html.text_of(case)
    (cart,) = data_of(case.advice, rulebook)["components"]
    assert cart["claims"] == ["affinity-needed", "store-is-spof"]
    assert [each["claim"] for each in cart["reasons"]].count("store-is-spof") == 1


def test_what_is_to_be_typed_is_python_of_the_lab() -> None:
    assert all(ast.parse(call) for call in CALLS)
    assert callable(claims.run)


def test_advice_without_a_claim_says_nothing_about_the_lab() -> None:
    case = case_of("version: 1\narchetype: realtime")
    assert "See it in the lab" not in markdown.text_of(case)
    assert "See it in the lab" not in html.text_of(case)
