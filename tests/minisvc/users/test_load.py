import pytest

from minisvc.users import Load, LoadError


def test_all_faults_of_a_load_are_told_at_once():
    with pytest.raises(LoadError) as caught:
        Load(users=0, rate=-1.0, arrivals="bursts", steps=1.5, activity="equall", think_s=-1)
    assert caught.value.faults == (
        "users is 0; it must be a whole number from 1 to 20000.",
        "rate is -1.0; it must be a number from 0.001 to 100,000, or None.",
        "arrivals 'bursts' is not known. Known: poisson, constant.",
        "steps is 1.5; it must be a whole number from 1 to 1000000000, or None.",
        "activity 'equall' is not known. Did you mean \"equal\"? Known: equal, zipf.",
        "think_s is -1; it must be a number from 0 to 3,600.",
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "5"])
def test_a_rate_is_a_finite_number(value):
    with pytest.raises(LoadError, match=r"rate is .*; it must be a number from"):
        Load(rate=value)


def test_an_unknown_journey_or_field_is_named_with_what_is_near():
    with pytest.raises(LoadError, match=r"journey 'shoper' is not known\. Did you mean .shopper.\?"):
        Load(journey="shoper")
    with pytest.raises(LoadError, match=r"field 'user' is not known\. Did you mean .users.\?"):
        Load.of("shopper", user=3)


def test_zipf_in_closed_load_needs_something_to_share_out():
    with pytest.raises(LoadError, match="needs steps to share out, or think_s above 0 to scale"):
        Load(activity="zipf", duration_s=1)
    Load(activity="zipf", rate=5)
    Load(activity="zipf", steps=5)
    Load(activity="zipf", duration_s=1, think_s=1)


def test_a_load_without_an_end_can_only_run_in_the_background():
    with pytest.raises(LoadError, match="The load has no end: give it duration_s or steps, or start it"):
        Load().with_an_end()
    assert Load(steps=1).with_an_end() == Load(steps=1)


def test_a_load_changes_some_fields_of_another():
    first = Load(users=7, rate=3.0)
    assert Load.of(first, rate=None, steps=9) == Load(users=7, steps=9)


def test_a_title_says_what_is_going_on():
    assert Load(users=5, rate=2.5).title == "shopper: 5 users, open load, 2.5 steps/s, poisson, equal activity, seed 1"
    assert Load(think_s=0.5).title == "shopper: 100 users, closed load, 0.5 s think time, equal activity, seed 1"
