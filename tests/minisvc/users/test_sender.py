"""The sender of webhooks, by itself: when it repeats, and when it stops."""

import pytest

from minisvc.exchange import Exchange
from minisvc.users import Mind, Step
from minisvc.users.mind import Answer
from minisvc.users.sender import FIRST_PAUSE_S, LONGEST_PAUSE_S, TRIES, Event, ask_for, deliver, sender


def answered(status: int | None) -> Exchange:
    return Exchange("x", "POST", "/webhooks", status=status)


def follow(moves, statuses) -> tuple[list[Step], list[float], bool | None]:
    """The steps and the pauses of a delivery that is answered so, and whether it says that it was acknowledged."""
    steps, pauses, answers, move = [], [], iter(statuses), next(moves)
    while True:
        try:
            if isinstance(move, Step):
                steps.append(move)
                move = moves.send(answered(next(answers)))
            else:
                pauses.append(move.for_s)
                move = next(moves)
        except StopIteration as end:
            return steps, pauses, end.value


def test_an_event_is_sent_under_one_id_until_it_is_acknowledged():
    event = Event.fresh()
    steps, pauses, acknowledged = follow(deliver(Mind("u1"), event), [None, 502, 409, 301, 204])
    assert acknowledged is True
    assert [step.headers["webhook-id"] for step in steps] == [event.id] * 5
    assert {step.body["data"]["order"] for step in steps} == {event.order}
    assert len(pauses) == 4


def test_pauses_grow_are_jittered_and_have_a_bound():
    pauses = follow(deliver(Mind("u1", seed=3), Event.fresh()), [None] * TRIES)[1]
    bounds = [min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**failed) for failed in range(TRIES)]
    assert bounds[-1] == LONGEST_PAUSE_S
    assert all(0 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
    assert pauses != follow(deliver(Mind("u2", seed=3), Event.fresh()), [None] * TRIES)[1]


@pytest.mark.parametrize("statuses", [[None] * TRIES, [410]])
def test_it_gives_up_after_its_tries_or_where_nobody_wants_it(statuses):
    steps, _, acknowledged = follow(deliver(Mind("u1"), Event.fresh()), statuses)
    assert (len(steps), acknowledged) == (len(statuses), False)


@pytest.mark.parametrize(("statuses", "wrong"), [([200], [0, 2]), ([None] * TRIES, [2])])
def test_it_asserts_one_parcel_and_none_or_one_if_it_never_heard(statuses, wrong):
    asked = follow(sender(Mind("u1")), [*statuses, 200])[0][-1]
    assert asked.path.startswith("/parcels/o-")
    right = {0, 1, 2} - set(wrong)
    assert [asked.judge(Answer(200, {"parcels": count})).lost for count in range(3)] == [
        count not in right for count in range(3)
    ]


def test_what_it_complains_of_names_the_order_and_both_numbers():
    event = Event("msg_1", "o-1")
    verdict = ask_for(Mind("u1"), event, {1}).judge(Answer(200, {"parcels": 3}))
    assert verdict.sentence == "u1 expected 1 parcels for o-1 and 3 were shipped"
