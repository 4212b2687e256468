from hypothesis import given
from hypothesis import strategies as st

from minisvc.clock import FakeClock
from minisvc.users.jar import Jar, path_matches

NOW_S = 1_800_000_000.0  # a Friday in January 2027


def jar(*fields: str, path: str = "/shop/cart") -> Jar:
    made = Jar(clock=FakeClock(NOW_S))
    for field in fields:
        made.take(field, path)
    return made


def test_a_cookie_goes_back_to_its_path_and_below():
    made = jar("session=abc; HttpOnly; Path=/shop; SameSite=Lax")
    assert made.header("/shop") == made.header("/shop/cart") == "session=abc"
    assert made.header("/shopping") == made.header("/") == ""


def test_without_a_path_the_directory_of_the_request_counts():
    made = jar("a=1", path="/shop/cart/items")
    assert (made.header("/shop/cart"), made.header("/shop")) == ("a=1", "")
    assert jar("a=1; Path=nonsense", path="/cart").header("/anywhere") == "a=1"


def test_longer_paths_come_first_and_then_the_older_cookie():
    made = jar("b=1; Path=/", "a=2; Path=/", "c=3; Path=/shop", "b=4; Path=/")
    assert made.header("/shop") == "c=3; b=4; a=2"


def test_a_cookie_of_more_than_4096_bytes_is_ignored_and_the_former_one_stays():
    made = jar("a=1; Path=/", f"a={'x' * 4096}; Path=/; HttpOnly")
    assert made.header("/") == "a=1"
    made = jar("a=1; Path=/", f"a={'x' * 4095}; Path=/; HttpOnly")
    assert made.header("/") == f"a={'x' * 4095}"


def test_max_age_wins_over_expires_and_runs_out():
    clock = FakeClock(NOW_S)
    made = Jar(clock=clock)
    made.take("a=1; Path=/; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/")
    assert made.header("/") == "a=1"
    clock.advance(9.9)
    assert made.header("/") == "a=1"
    clock.advance(0.1)
    assert made.header("/") == ""


def test_a_past_date_or_an_age_of_nothing_deletes_only_that_cookie():
    for end in (
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "Expires=Thu, 01-Jan-1970 00:00:00 GMT",
        "Max-Age=0",
        "Max-Age=-5",
    ):
        made = jar("a=1; Path=/", "a=2; Path=/shop", f"a=; Path=/; {end}")
        assert made.header("/shop") == "a=2", end


def test_a_date_to_come_is_kept_until_then_and_nonsense_is_no_date():
    made = jar("a=1; Path=/; Expires=Fri, 15 Jan 2027 08:00:10 GMT", "b=2; Path=/; Expires=soon; Max-Age=later")
    assert made.header("/") == "a=1; b=2"
    made._clock.advance(10)
    assert made.header("/") == "b=2"


def test_what_is_malformed_secure_or_for_another_host_is_not_kept():
    made = jar("noequals; Path=/", "=empty; Path=/", "s=1; Secure; Path=/", "d=1; Domain=example.org; Path=/")
    assert made.header("/") == ""
    assert jar("d=1; Domain=127.0.0.1; Path=/").header("/") == "d=1"


def test_a_value_may_hold_equals_signs_and_quotes():
    assert jar('a="x=y"; Path=/').header("/") == 'a="x=y"'


def test_a_cleared_jar_is_empty():
    made = jar("a=1; Path=/; Max-Age=5")
    assert made.header("/") == "a=1"
    made.clear()
    assert made.header("/") == ""


paths = st.sampled_from(["/", "/a", "/a/b", "/ab", "/a/b/c"])
acts = st.one_of(
    st.tuples(st.just("set"), st.sampled_from("xyz"), paths, st.one_of(st.none(), st.integers(-1, 5))),
    st.tuples(st.just("wait"), st.integers(1, 3)),
)


@given(st.lists(acts, max_size=30), paths)
def test_the_jar_agrees_with_a_dict_with_expiry(acts, asked):
    clock = FakeClock(NOW_S)
    made, model = Jar(clock=clock), {}
    for number, (what, *facts) in enumerate(acts):
        if what == "wait":
            clock.advance(facts[0])
        else:
            name, path, age = facts
            made.take(f"{name}={number}; Path={path}" + (f"; Max-Age={age}" if age is not None else ""), "/")
            model[name, path] = (number, None if age is None else clock() + age)
        wanted = {
            f"{name}={number}"
            for (name, path), (number, until_s) in model.items()
            if (until_s is None or until_s > clock()) and path_matches(asked, path)
        }
        sent = made.header(asked)
        assert set(sent.split("; ") if sent else []) == wanted


FIELDS = ["a=1; Path=/", "a=2; Path=/", "a=1", "b=1; Path=/", "a=; Path=/; Max-Age=0", "b=2; Path=/; Max-Age=5"]


@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(["/", "/shop/cart"]), st.sampled_from([0, 3]))))
def test_fields_that_come_again_have_the_effect_that_they_had_before(taken):
    clock, fresh_clock = FakeClock(NOW_S), FakeClock(NOW_S)
    made, fresh = Jar(clock=clock), Jar(clock=fresh_clock)
    for field, path, wait_s in taken:
        made.take(field, path)
        clock.advance(wait_s)
        # The other one remembers nothing of what it has obeyed.
        fresh._obeyed.clear()
        fresh.take(field, path)
        fresh_clock.advance(wait_s)
    assert [made.header(path) for path in ("/", "/shop")] == [fresh.header(path) for path in ("/", "/shop")]
