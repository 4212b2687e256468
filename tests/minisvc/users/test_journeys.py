import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.exchange import Exchange
from minisvc.users import JOURNEYS, LoadError, Mind, think
from minisvc.users.journeys import Course
from minisvc.users.mind import Answer

SETTLED = Exchange(id="1", method="GET", path="/cart", status=200, lost=False)


def test_a_course_gives_turns_with_their_think_time_and_begins_anew():
    def journey(user):
        yield user.add("apples")
        yield think(1.0)
        yield think(0.5)
        yield user.check()
        yield user.forget()

    course = Course(Mind("u1"), journey)
    turns = [course.next()] + [course.next(SETTLED) for _ in range(3)]
    assert [(t.step.method, t.think_s, t.fresh) for t in turns] == [
        ("POST", 0.0, False),
        ("GET", 1.5, False),
        ("POST", 0.0, True),
        ("GET", 1.5, False),
    ]


def test_a_journey_gets_the_settled_exchange_of_each_step():
    got = []

    def journey(user):
        got.append((yield user.check()))
        yield think(1)
        got.append((yield user.check()))

    course = Course(Mind("u1"), journey)
    first, second = SETTLED, Exchange(id="2", method="GET", path="/cart")
    course.next()
    course.next(first)
    course.next(second)
    assert got == [first, second]


def nothing(user):
    if user is None:
        yield user.check()


def only_thinks(user):
    yield think(1)


def yields_nonsense(user):
    yield 42


@pytest.mark.parametrize(
    ("journey", "fault"),
    [
        (nothing, "The journey nothing ends without a step; let it yield at least one, such as user.check()."),
        (only_thinks, "The journey only_thinks ends without a step"),
        (
            yields_nonsense,
            r"The journey yields_nonsense yielded 42; a move is user.add\(...\), user.check\(\), user.ask",
        ),
    ],
)
def test_a_journey_that_makes_no_step_is_refused(journey, fault):
    with pytest.raises(LoadError, match=fault):
        Course(Mind("u1"), journey).next()


def test_an_error_in_a_journey_names_journey_and_user():
    def broken(user):
        yield user.check()
        raise ZeroDivisionError("of its own")

    course = Course(Mind("u7"), broken)
    course.next()
    with pytest.raises(ZeroDivisionError) as caught:
        course.next(SETTLED)
    assert caught.value.__notes__ == ["in the journey broken of u7, expecting []"]


@pytest.mark.parametrize("name", sorted(set(JOURNEYS) - {"payer", "sender"}))
def test_one_seed_gives_one_user_the_same_steps_and_another_user_others(name):
    def steps(user, seed):
        mind, cart, course, made = Mind(user, seed), [], Course(Mind(user, seed), JOURNEYS[name]), []
        mind = course.mind
        turn = course.next()
        for _ in range(40):
            cart = [] if turn.fresh else cart
            item = (turn.step.body or {}).get("item")
            cart = [*cart, item] if item else cart
            assert turn.step.judge(Answer(200, {"items": cart})).lost is False
            made.append((turn.step.method, item, mind.expected))
            turn = course.next(SETTLED)
        return made

    assert steps("u1", 5) == steps("u1", 5)
    if name != "looker":
        assert steps("u1", 5) != steps("u2", 5)
        assert steps("u1", 5) != steps("u1", 6)


def test_any_request_can_be_asserted_with_words_of_ones_own():
    mind = Mind("u1")
    step = mind.ask("POST", "/orders", {"total": 5}, lambda said: None if said["total"] == 5 else "was overcharged")
    assert (step.method, step.path, step.body) == ("POST", "/orders", {"total": 5})
    right, wrong, failed = (
        step.judge(Answer(200, {"total": 5})),
        step.judge(Answer(200, {"total": 6})),
        step.judge(Answer(503, {"reason": "nobody is well"})),
    )
    assert (right.lost, right.sentence) == (False, "u1 asked POST /orders, as expected")
    assert (wrong.lost, wrong.sentence) == (True, "u1 was overcharged")
    assert (failed.lost, failed.sentence) == (None, "u1 got no good answer: nobody is well")
    assert mind.ask("GET", "/").judge(Answer(200)).lost is None


outcomes = st.sampled_from(["done", "refused", "done, no answer", "not done, no answer", "emptied", "look"])


@given(st.lists(outcomes, max_size=25))
def test_a_user_complains_exactly_when_something_acknowledged_is_missing(acts):
    """The model is a dict of what the service has in truth, each item once, and whether the user was told so."""
    mind, truth, told = Mind("u1"), {}, set()
    for number, what in enumerate(acts):
        item = f"item {number}"
        if what == "emptied":
            truth.clear()
        elif what == "refused":
            assert mind.add(item).judge(Answer(503)).lost is None
        elif "no answer" in what:
            truth.update({item: True} if what == "done, no answer" else {})
            assert mind.add(item).judge(Answer(None, error="gone")).lost is None
        else:
            step = mind.add(item) if what == "done" else mind.check()
            truth.update({item: True} if what == "done" else {})
            assert step.judge(Answer(200, {"items": list(truth)})).lost is (not told <= truth.keys())
            told = set(truth)
            assert (set(mind.expected), mind.unsure) == (told, ())


@pytest.mark.parametrize("field", ["a\r\nx-user: root", "a\x00"])
def test_a_header_field_cannot_begin_another(field):
    with pytest.raises(ValueError, match="it must have no control characters"):
        Mind("u1").ask("GET", "/", headers={"X-User": field})
