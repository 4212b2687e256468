"""What each mechanism survives is measured: every cell of the table, on a running cluster, with users."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from minisvc import Cluster, layout_file, mechanisms
from minisvc.errors import FaultError, LayoutError
from minisvc.exchange import Exchange
from minisvc.layout import Layout
from minisvc.mechanisms import FORMS, KEPT, LOST, MECHANISMS, NO_STORE, TROUBLES, UNAVAILABLE, Form
from minisvc.users import User
from tests.minisvc.conftest import QUIET
from tests.minisvc.programs import installed

ROOT = Path(mechanisms.__file__).parents[1]
USERS = 6
WORDS = (mechanisms.LOST_1, mechanisms.LOST_2, KEPT, LOST, UNAVAILABLE, NO_STORE)
Act = Callable[[User], Exchange]


def put(user: User) -> Exchange:
    """One item more in the cart."""
    return user.add("apples")


def look(user: User) -> Exchange:
    return user.check()


def resend(user: User) -> Exchange:
    """The next turn of a conversation that the client itself keeps: the answer must know how it began."""
    user.said = [*getattr(user, "said", []), f"turn {len(getattr(user, 'said', []))} of {user.name}"]
    began = f"You began with: {user.said[0]}" if len(user.said) > 1 else f"You say: {user.said[0]}"

    def complaint(answer) -> str | None:
        right = answer["reply"].startswith(began) and answer["turn"] == len(user.said)
        return None if right else f"was told {answer['reply']!r}"

    return user.perform(user.mind.ask("POST", "/chat", {"messages": user.said}, complaint))


def pay(user: User) -> Exchange:
    """A charge with a key of its own."""
    user.keys = getattr(user, "keys", 0) + 1
    return charge(user, lambda answer: setattr(user, "charge", answer))


def retry(user: User) -> Exchange:
    """The last charge once more: it must be the same one."""
    return charge(user, lambda answer: None if answer == user.charge else f"was charged again: {answer}")


def charge(user: User, expect) -> Exchange:
    named = {"X-User": user.name, "Idempotency-Key": f'"{user.name}-{user.keys}"'}
    return user.perform(
        user.mind.ask("POST", "/charges", {"amount_cents": 250, "for": "apples"}, expect, headers=named)
    )


ACTS: dict[str, tuple[Act, Act]] = {"cart": (put, look), "assistant": (resend, resend), "payments": (pay, retry)}
"""By service: how users do something, and how they see whether it is still there."""


class Shop(Cluster):
    """A running form and its users, who have all done something."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.layout, health=QUIET)
        self.act, self.check = ACTS[form.layout.find().name]

    def fill(self) -> None:
        self.crowd = self.add_users(USERS)
        for user in self.crowd:
            assert self.act(user).lost is False

    def word(self) -> str:
        """What has become of it."""
        settled = [self.check(user) for user in self.crowd]
        if not all(each.served for each in settled):
            return UNAVAILABLE
        lost = sum(each.lost is True for each in settled)
        instances = len(self.backends)
        return {0: KEPT, USERS: LOST}.get(lost, f"{lost * instances / USERS:g}/n lost")


def instance_crash(shop: Shop) -> str:
    shop.crash("a")
    return shop.word()


def two_crashes(shop: Shop) -> str:
    shop.crash("a")
    shop.crash("b")
    return shop.word()


def store_crash(shop: Shop) -> str:
    if not has_store(shop):
        return NO_STORE
    shop.crash_store()
    settled = [shop.act(user) for user in shop.crowd]
    assert {each.status for each in settled} == {503}
    assert [backend.status for backend in shop.backends] == ["up"] * 3
    return UNAVAILABLE


def store_restart(shop: Shop) -> str:
    if not has_store(shop):
        return NO_STORE
    shop.crash_store()
    shop.restart_store()
    return shop.word()


def has_store(shop: Shop) -> bool:
    if shop.store is None:
        with pytest.raises(FaultError, match="has no store"):
            shop.crash_store()
    return shop.store is not None


def rolling_restart(shop: Shop) -> str:
    shop.rolling_restart()
    return shop.word()


def scale_out(shop: Shop) -> str:
    shop.scale(4)
    return shop.word()


MEASURES = {each.__name__: each for each in (instance_crash, two_crashes, store_crash, store_restart)} | {
    each.__name__: each for each in (rolling_restart, scale_out)
}


def test_every_trouble_is_measured():
    assert tuple(MEASURES) == TROUBLES


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("name", FORMS)
def test_each_cell_is_as_measured(name, trouble):
    form = FORMS[name]
    if form.needs and form.needs not in installed():
        pytest.skip(f"{form.needs} is not on this machine")
    with Shop(form) as shop:
        shop.fill()
        assert MEASURES[trouble](shop) == getattr(form.survives, trouble)


@pytest.mark.parametrize(
    ("layout", "word"),
    [
        (Layout.of("minisvc.services.payments:keys_ignored"), LOST),
        (Layout.of("cart", affinity="cookie"), KEPT),
        (Layout.of("cart", state="redis", idle_s=0.001), LOST),
    ],
)
def test_the_measure_sees_what_is_lost_without_any_trouble(layout, word):
    with Shop(Form("control", layout, mechanisms.ANYWHERE)) as shop:
        shop.fill()
        assert shop.word() == word


def test_a_share_counts_instances_and_not_users():
    with Shop(FORMS["sticky-memory"]) as shop:
        shop.fill()
        shop.crash("a")
        assert sum(each.check().lost for each in shop.crowd) == USERS / 3
    assert FORMS["sticky-memory"].survives.instance_crash == "1/n lost"


def ids_of_the_catalogue() -> Sequence[str]:
    rules = (ROOT / "rules.yaml").read_text()
    section = rules.partition("\nmechanisms:\n")[2]
    return re.findall(r"^  (\w+):$", re.split(r"^\w", section, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)


def test_ids_are_those_of_the_advisor_in_its_order():
    known = ids_of_the_catalogue()
    assert len(known) > 15
    assert [each.id for each in MECHANISMS] == [each for each in known if each in mechanisms.BY_ID]


def test_what_cannot_be_run_is_refused_with_what_can():
    assert mechanisms.find("soft_affinity").forms[0] is mechanisms.find_form("soft-affinity")
    with pytest.raises(LayoutError, match=r"No mechanism 'stiky_memory' can be run. Did you mean \"sticky_memory\"\?"):
        mechanisms.find("stiky_memory")
    with pytest.raises(
        LayoutError, match=r"There is no form 'redis-durabel' of a mechanism. Did you mean \"redis-dura"
    ):
        mechanisms.find_form("redis-durabel")


def told(*options: str, columns: int = 80) -> str:
    command, environment = [sys.executable, "-m", "minisvc", "mechanisms", *options], {**os.environ}
    environment |= {"COLUMNS": str(columns), "NO_COLOR": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("columns", [80, 40])
def test_the_command_shows_every_cell_whole_and_no_line_too_wide(columns):
    shown = told(columns=columns)
    assert max(map(len, shown.splitlines())) <= columns
    assert "…" not in shown
    for each in MECHANISMS:
        assert each.id in shown
        for form in each.forms:
            after = shown.partition(f"  {form.name}")[2].split("\n", 1 if columns == 80 else 7)
            cells = " ".join(after[:1] if columns == 80 else after[1:7])
            assert re.findall("|".join(map(re.escape, WORDS)), cells) == list(form.survives.words())


@pytest.mark.parametrize("name", FORMS)
def test_each_form_can_be_had_as_a_layout_file(name, tmp_path):
    file = tmp_path / "form.yaml"
    file.write_text(layout_file.write(FORMS[name].layout, name=name))
    assert layout_file.read(file) == FORMS[name].layout


def test_a_forms_layout_is_printed_for_up(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(told("--show", "copies-everywhere"))
    assert layout_file.read_named(file).name == "copies-everywhere"
    assert layout_file.read(file).find().keeping.replicas == 0


def test_the_docs_hold_the_table():
    assert told("--markdown") in (ROOT / "docs" / "mechanisms.md").read_text(), (
        "renew it: minisvc mechanisms --markdown"
    )
