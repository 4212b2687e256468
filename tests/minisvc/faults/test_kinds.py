"""Faults as data: readable from plain mappings, checked with messages, listed in the docs."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from minisvc.errors import FaultError
from minisvc.faults import FAULTS, read, summary
from minisvc.faults.script import Counted, Timed

DOCS = Path(__file__).parents[3] / "docs" / "faults.md"
SAMPLES = [
    {"fault": "crash", "instance": "a"},
    {"fault": "hang", "instance": ["a", "b"]},
    {"fault": "slow", "instance": "a", "delay_s": 0.2, "jitter": "uniform", "seed": 7},
    {"fault": "error_share", "instance": "a", "share": 0.25, "status": 503},
    {"fault": "drop_response", "instance": "a"},
    {"fault": "refuse", "instance": "a"},
    {"fault": "partition", "instance": "a", "how": "refuse"},
    {"fault": "store_crash"},
    {"fault": "store_slow", "delay_s": 0.05},
    {"fault": "store_wipe"},
    {"fault": "script", "instance": "a", "steps": "fail 2, then recover"},
]


def test_the_docs_list_every_kind_with_its_sentence_and_its_fields():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.*?) \|$", DOCS.read_text(), re.MULTILINE)
    told = {kind: (sentence, re.findall(r"`(\w+)`", fields)) for kind, sentence, fields in rows}
    assert told == {
        kind: (summary(each), [field.name for field in dataclasses.fields(each) if field.name != "instance"])
        for kind, each in FAULTS.items()
    }


def test_there_is_a_sample_of_every_kind():
    assert [sample["fault"] for sample in SAMPLES] == list(FAULTS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["fault"])
def test_a_fault_survives_the_way_through_json(sample):
    fault = read(sample)
    assert read(json.loads(json.dumps(fault.data))) == fault
    assert fault.says


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"fault": "slwo"}, "fault 'slwo' is not known. Did you mean \"slow\"? Known: crash, hang, slow, "),
        ({}, "fault None is not known."),
        ({"fault": ["slow"]}, "fault ['slow'] is not known."),
        ({"fault": "slow", "instance": "a", "delay": 1}, "slow: 'delay' is no field of it. Did you mean \"delay_s\"?"),
        ({"fault": "slow"}, 'slow: instance is (); name one, such as "a", or several in a list.'),
        ({"fault": "crash", "instance": ["a", 2]}, "crash: instance is ('a', 2); name one"),
        (
            {"fault": "slow", "instance": "a", "delay_s": -1},
            "slow: delay_s is -1; it must be a number of seconds from 0 to 3,600.",
        ),
        (
            {"fault": "slow", "instance": "a", "delay_s": float("nan")},
            "slow: delay_s is nan; it must be a number of seconds from 0 to 3,600.",
        ),
        (
            {"fault": "slow", "instance": "a", "jitter": "normal"},
            "slow: jitter 'normal' is not known. Did you mean \"uniform\"? Known: none, uniform, exponential.",
        ),
        (
            {"fault": "error_share", "instance": "a", "share": 50},
            "error_share: share is 50; it must be a number from 0 to 1.",
        ),
        (
            {"fault": "error_share", "instance": "a", "status": 200},
            "error_share: status is 200; it must be a whole number from 400 to 599.",
        ),
        (
            {"fault": "partition", "instance": "a", "how": "drop"},
            "partition: how 'drop' is not known. Known: blackhole, refuse, reset.",
        ),
        (
            {"fault": "script", "instance": "a", "steps": "fale 2"},
            "script: step 'fale 2' is not understood; write such",
        ),
        ({"fault": "script", "instance": "a", "steps": ""}, "script: steps is ''; write such as"),
        ({"fault": "script", "steps": "fail 2"}, "script: instance is (); name one"),
        (
            {"fault": "script", "instance": "a", "steps": "fail 2, at 1 s crash a"},
            "script: steps by count and steps by time cannot be mixed; use two scripts.",
        ),
        (
            {"fault": "script", "instance": "a", "steps": "at 1 s crash a"},
            "script: a timed script names instances in its steps; leave instance out.",
        ),
    ],
)
def test_what_is_wrong_is_said(described, message):
    with pytest.raises(FaultError) as caught:
        read(described)
    assert message in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(FaultError) as caught:
        read({"fault": "error_share", "share": 2, "status": 99, "seed": "x"})
    assert [fault.split(" is ")[0] for fault in caught.value.faults] == [
        "error_share: instance",
        "error_share: share",
        "error_share: status",
        "error_share: seed",
    ]


def test_a_counted_script_is_read_as_people_write_it():
    script = read(
        {"fault": "script", "instance": "a", "steps": "pass 1, drop 2, then slow 3 0.2 s, fail 1, then recover"}
    )
    assert script.counted == (Counted("pass", 1), Counted("drop", 2), Counted("slow", 3, 0.2), Counted("fail", 1))
    assert script.timed == ()


def test_a_timed_script_is_read_in_the_order_of_time():
    script = read({"fault": "script", "steps": "at 3.0 s restart a, at 1 crash a"})
    assert script.timed == (Timed(1.0, "crash", "a"), Timed(3.0, "restart", "a"))
