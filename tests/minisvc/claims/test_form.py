"""The form of a claim: what its verdict rests on, and how it is shown."""

import json
import re
from dataclasses import replace

import pytest

from minisvc import claims
from minisvc.claims.claim import Claim, Source, claim
from minisvc.claims.expected import about, at_least, at_most, between, exactly, share
from minisvc.claims.finding import Finding
from minisvc.claims.page import card, page
from minisvc.claims.plot import svg
from minisvc.claims.result import Result
from minisvc.claims.timeline import timeline
from minisvc.claims.trial import Curve, Run, Trial
from minisvc.errors import NotReady, StoreUnavailable
from minisvc.exchange import Event, Exchange

THIRD = exactly(1 / 3, "1/3")
SHOWN = Claim(
    "a-claim",
    claims.GROUPS[0],
    "It <breaks>.",
    "3 instances",
    "1/3",
    "because",
    "the same without",
    (Source("A document", "section 1", "https://example.org/a"),),
    lambda trial: None,
)


def result(*findings: Finding, **fields) -> Result:
    return Result(SHOWN, 1, findings, **fields)


GOOD = Finding("lost", 1 / 3, THIRD)
BAD = Finding("lost", 0.5, THIRD)
CONTROL = Finding("lost without", 0.0, exactly(0), other=THIRD)
BLIND = Finding("lost without", 1 / 3, exactly(1 / 3), other=THIRD)
OFF = Finding("lost without", 0.2, exactly(0), other=THIRD)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((GOOD, CONTROL), "holds"),
        ((BAD, CONTROL), "refuted"),
        ((BAD, BLIND), "refuted"),
        ((GOOD, BLIND), "inconclusive"),
        ((GOOD, OFF), "inconclusive"),
        ((GOOD,), "inconclusive"),
        ((), "inconclusive"),
    ],
)
def test_a_claim_holds_only_if_its_figures_do_and_the_control_gives_another(findings, verdict):
    assert result(*findings).verdict == verdict


def test_what_could_not_be_tried_is_inconclusive_and_says_why():
    tried = replace(result(GOOD, CONTROL), unable="no PostgreSQL here")
    assert tried.verdict == "inconclusive"
    assert "Could not be tried: no PostgreSQL here" in str(tried)


@pytest.mark.parametrize(
    "missing",
    [
        StoreUnavailable("PostgreSQL", "it is not installed", "Install it"),
        claims.Untried("it is not installed"),
        NotReady("a", 5.0, "it is not installed"),
    ],
)
def test_an_experiment_that_lacks_something_here_is_no_error(monkeypatch, missing):
    def lacking(_trial: Trial) -> None:
        raise missing

    monkeypatch.setattr(claims, "find", lambda _: replace(SHOWN, experiment=lacking))
    assert "it is not installed" in claims.run("a-claim").unable


@pytest.mark.parametrize(
    ("expected", "inside", "outside"),
    [
        (exactly(2), [2], [2.001]),
        (share(0.5, 100), [0.34, 0.66], [0.33, 0.67]),
        (share(0.0, 100), [0], [0.01]),
        (about(5, 1, "noise"), [4, 6], [3.9, 6.1]),
        (between(1, 2, "noise"), [1, 2], [0.9, 2.1]),
        (at_least(3, "noise"), [3, 1e9], [2.9]),
        (at_most(3, "noise"), [3, -1e9], [3.1]),
    ],
)
def test_an_expectation_is_an_interval_with_a_reason(expected, inside, outside):
    assert all(figure in expected for figure in inside)
    assert not any(figure in expected for figure in outside)
    assert expected.because


def test_a_result_is_data_that_json_can_hold():
    said = json.loads(
        json.dumps(result(GOOD, replace(CONTROL, expected=at_most(0.1, "noise"))).data(), allow_nan=False)
    )
    assert (said["verdict"], said["findings"][1]["low"], said["findings"][1]["high"]) == ("holds", None, 0.1)


def test_a_result_displays_itself_escaped_with_verdict_and_figures():
    shown = card(result(GOOD, CONTROL))
    assert "It &lt;breaks&gt;." in shown
    assert 'data-verdict="holds"' in shown
    assert "0.3333" in shown
    assert card(result(GOOD)) in page([result(GOOD)])
    assert result(GOOD)._repr_html_().startswith("<section")


def exchange(at_s: float, status: int | None, lost: bool | None) -> Exchange:
    return Exchange(f"x{at_s}", "GET", "/cart", status=status, started_s=at_s, lost=lost)


def test_a_timeline_tells_up_from_correct_and_shades_the_fault():
    sent = [exchange(100.0, 200, False), exchange(115.0, 200, True), exchange(130.0, 503, None)]
    line = timeline(sent, [Event(110.0, "crash", "a", ""), Event(120.0, "restart", "a", "")])
    assert [share for share in line.up if share is not None] == [1, 1, 0]
    assert [share for share in line.correct if share is not None] == [1, 0]
    assert [(each.start_s, each.end_s, each.label) for each in line.shades] == [(10.0, 20.0, "a: crash")]
    assert timeline([], []).at_s == ()


def test_a_timeline_shades_injected_faults_and_those_that_are_events_of_their_own_once():
    sent = [exchange(100.0, 200, False), exchange(130.0, 200, False)]
    said = [
        Event(105.0, "fault", "store", "store_slow-1 begins: the store takes 0.1 s longer for each command."),
        Event(110.0, "fault", "a", "crash-2 begins: a is down."),
        Event(110.0, "crash", "a", ""),
        Event(115.0, "fault", "store", "store_slow-1 ends; it touched 3 exchanges."),
        Event(120.0, "fault", "b", "slow-3 could not begin: no such instance."),
    ]
    shades = [(each.start_s, each.end_s, each.label) for each in timeline(sent, said).shades]
    assert shades == [(5.0, 15.0, "the store takes 0.1 s longer for each command"), (10.0, None, "a: crash")]


def test_a_plot_joins_no_line_over_a_time_in_which_nobody_could_assert_anything():
    refused = [exchange(100.0, 200, False), exchange(115.0, 503, None), exchange(130.0, 200, True)]
    joined = []
    for sent in (refused, [refused[0], refused[2]]):
        run = Run("r", len(sent), 2, 2, 0, None, timeline(sent, []))
        picture = svg(result(GOOD, runs=(run,)))
        # The line of what was correct; it goes on by "L" (SVG 2, section 9.3.4).
        lines = re.findall(r'<path d="([^"]*)" clip-path="[^"]*" style="fill: none; [^"]*stroke: #d55e00', picture)
        joined.append(sum("L" in line for line in lines))
    assert joined == [0, 1]


def test_a_run_in_which_nothing_happened_is_not_drawn():
    sent = [exchange(100.0, 200, False), exchange(130.0, 200, False)]
    crash = [Event(110.0, "crash", "a", "")]
    calm, borne = (
        Run(name, 2, 2, 2, 0, None, timeline(sent, events)) for name, events in (("calm", []), ("borne", crash))
    )
    assert svg(result(GOOD, runs=(calm,))) == ""
    picture = svg(result(GOOD, runs=(calm, borne)))
    assert ">borne<" in picture
    assert ">calm<" not in picture


def test_a_result_is_one_line_where_it_is_not_printed():
    assert repr(result(GOOD, CONTROL)) == "✓ a-claim: holds (seed 1, 0.0 s)"
    assert str(result(GOOD, CONTROL)).startswith("✓ a-claim: holds (seed 1, 0.0 s)\nIt <breaks>.\n")


def test_a_plot_takes_the_colour_of_the_text_around_it():
    trial = Trial(1)
    trial.plot("claims", "bytes", Curve("JWT", (1, 2, 3), (100, 200, 300)), Curve("id", (1, 2, 3), (50, 50, 50)))
    picture = svg(result(GOOD, chart=trial.chart))
    assert "currentColor" in picture
    assert "#010203" not in picture
    assert ">JWT<" in picture
    assert svg(result(GOOD)) == ""


def test_an_unknown_claim_is_named_with_the_nearest():
    with pytest.raises(claims.UnknownClaim, match=r'no claim "crash-loses-shar"\. Did you mean "crash-loses-share"\?'):
        claims.run("crash-loses-shar")


def test_an_id_can_be_used_once():
    with pytest.raises(ValueError, match="'crash-loses-share' is made twice"):
        claim("crash-loses-share", claims.GROUPS[0], "", when="", predicts="", derivation="", control="", sources=())(
            lambda trial: None
        )


@pytest.mark.parametrize("each", claims.every(), ids=lambda each: each.id)
def test_every_claim_says_all_that_a_reader_needs(each):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", each.id)
    assert each.group in claims.GROUPS
    for sentence in (each.says, each.when, each.derivation, each.control):
        assert sentence.endswith(".")
    assert each.predicts
    assert each.sources
    assert all(source.url.startswith("https://") and source.title and source.section for source in each.sources)
