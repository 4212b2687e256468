"""Lesson 07: an endpoint that may be asked twice, and moves money once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

from minisvc.grading import Answer, Asked, Check, Exercise, Outside, Reply, Trial, Visitor, comes_true, need

CENTS, OTHER_CENTS = 250, 900
KEY, OTHER_KEY = '"order-17"', '"order-18"'
LONG_S, SHORT_S = 30, 1
QUICK_S, PATIENCE_S, SLOWEST_S = 1.5, 3.0, 8.0


@dataclass(slots=True)
class Bank:
    """Moves money once for each user and key; who sends no key has it moved each time."""

    moved: dict[str, int] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Reply:
        """POST /transfers."""
        wanted = asked.data if isinstance(asked.data, dict) else {}
        key = f"{wanted.get('user')} {asked.headers.get('idempotency-key', f'none {len(self.moved)}')}"
        self.moved.setdefault(key, wanted.get("cents", 0))
        return Reply(201, {"transfer": f"t-{[*self.moved].index(key) + 1}"})


@dataclass(slots=True)
class Till:
    """The submission's instances a and b, a bank, and Ana, who pays."""

    trial: Trial
    ledger: Bank
    bank: Outside
    ana: Visitor
    crash: Callable[[str], None]

    @property
    def price(self) -> int:
        """What Ana's usual charge comes to."""
        return CENTS + self.trial.numbers["fee"]

    def pay(self, at: str = "a", key: str = KEY, cents: int = CENTS, user: str = "ana") -> Answer:
        """Ask for a charge under a key ("": none)."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.ana.post("/charges", at, json={"user": user, "cents": cents}, headers=headers, within_s=SLOWEST_S)

    def need_moved(self, wanted: int, when: str) -> None:
        """Need so many movements of money."""
        sums = [*self.ledger.moved.values()]
        need(len(sums) == wanted, f"{when}, the bank has moved {sums} cents; {said(wanted)} wanted.")


def said(count: int) -> str:
    """A number of movements in words."""
    return "no movement is" if count == 0 else "one movement is" if count == 1 else f"{count} movements are"


@contextmanager
def till_of(trial: Trial, lease_s: int = LONG_S) -> Iterator[Till]:
    """Open one; a claim in it holds for so many seconds."""
    ledger = Bank()
    with Outside(ledger.answer) as bank, trial.open(2, store=True, BANK_URL=bank.url, LEASE_S=str(lease_s)) as site:
        yield Till(trial, ledger, bank, site.visitor("ana"), site.crash)


def charged(trial: Trial) -> None:
    """One charge."""
    with till_of(trial) as till:
        answer = till.pay().need_status(201)
        told = (answer.field("transfer"), answer.field("cents"))
        need(told == ("t-1", till.price), f'{answer.asked} was answered {answer.shown}; "t-1", {till.price} is right.')
        moved = [*till.ledger.moved.values()]
        need(moved == [till.price], f"The bank was told to move {moved} cents; {CENTS} and your fee are {till.price}.")


def again(trial: Trial) -> None:
    """The answer was lost, so she sends it again, to whom it happens."""
    with till_of(trial) as till:
        first = till.pay().need_status(201)
        for at in "ab":
            answer = till.pay(at).need_status(201, when="when it came again with the same key")
            told = f"with the same key, a answered {first.shown} first and {at} {answer.shown} later"
            need(answer.data == first.data, f"{told}; the same is wanted.")
        asked = len(till.bank.asked)
        need(
            asked == 1, f"A charge came three times with one key, and the bank was asked {asked} times; who remembers?"
        )


def key_needed(trial: Trial) -> None:
    """Without a key nobody could ever tell a retry from another purchase."""
    with till_of(trial) as till:
        till.pay(key="").need_status(400, when="without an Idempotency-Key")
        till.need_moved(0, "Without a key")


def other_request(trial: Trial) -> None:
    """A key belongs to one user and one request."""
    with till_of(trial) as till:
        till.pay().need_status(201)
        till.pay(cents=OTHER_CENTS).need_status(422, when=f"though the same key came with {CENTS} cents before")
        till.pay("b", cents=OTHER_CENTS).need_status(422, when=f"though the same key came with {CENTS} cents before")
        till.need_moved(1, "After a charge and two others under its key")
        till.pay(user="ben").need_status(201, when="though only Ana had used that key, and keys are a user's own")
        till.pay(key=OTHER_KEY).need_status(201, when="under a new key, for she buys the same again")
        till.need_moved(3, "After Ana's two charges and Ben's one")


def under_way(trial: Trial) -> None:
    """The second comes while the bank still works on the first."""
    with till_of(trial) as till, ThreadPoolExecutor(2) as pool:
        with till.bank.holding():
            first = begun(till, pool)
            second = pool.submit(till.pay, "b")
            wait([second], QUICK_S)
            asked = len(till.bank.asked)
            told = f"The same charge came to b while a's was under way, and the bank was asked {asked} times"
            need(asked == 1, f"{told}: a key must be claimed before the bank is asked.")
            need(
                second.done(), "The same charge came to b while a's was under way, and b waits; 409 at once is wanted."
            )
            second.result().need_status(409, when="while a was at work on the same")
        done = first.result().need_status(201)
        later = till.pay("b").need_status(201, when="when a was done with the same")
        need(later.data == done.data, f"a answered {done.shown}, and b later {later.shown}; the same is wanted.")


def bank_down(trial: Trial) -> None:
    """The bank refuses; Ana tries again when it is back, with the same key."""
    with till_of(trial) as till:
        till.bank.crash()
        till.pay().need_status(503, when="while the bank was down")
        till.bank.restart()
        till.pay("b").need_status(201, when="when the bank was back, though nothing had been charged under that key")
        till.need_moved(1, "After one charge")


def crash(trial: Trial) -> None:
    """Instance a dies while the bank moves the money; nobody is left who could record it."""
    with till_of(trial, SHORT_S) as till, ThreadPoolExecutor(1) as pool:
        with till.bank.holding():
            first = begun(till, pool)
            till.crash("a")
        first.exception()
        answer = patiently(till)
        answer.need_status(201, when=f"{PATIENCE_S:g} s after a had died with the same, though LEASE_S was {SHORT_S}")
        keys = [asked.headers.get("idempotency-key", "none") for asked in till.bank.asked]
        why = f"a died while the bank was at work, and b asked the bank again; its keys were {' and '.join(keys)}"
        need(len(till.ledger.moved) == 1, f"{why}, so Ana paid twice. The bank must know it again.")


def begun(till: Till, pool: ThreadPoolExecutor) -> Future[Answer]:
    """Ana's charge at a, with the bank at work on it."""
    first = pool.submit(till.pay, "a")
    need(till.bank.wait_for(1, PATIENCE_S), "A charge was asked for at a, and the bank was never asked.")
    return first


def patiently(till: Till) -> Answer:
    """What b answers, asked again as long as that is 409, for a claim of the dead must run out."""
    answers: list[Answer] = []

    def let_in() -> bool:
        answers.append(till.pay("b"))
        return answers[-1].status != 409

    comes_true(let_in, PATIENCE_S)
    return answers[-1]


EXERCISE = Exercise(
    id="pay-once",
    title="Pay once, however often it is sent",
    lesson="07",
    level=2,
    minutes=40,
    objective="Write an endpoint that may be asked again, also after a crash, and has its effect once.",
    asks="every charge costs {fee} cents more than what is asked for: that is your fee.",
    numbers={"fee": tuple(range(11, 40))},
    hints=(
        "What must b know of a request that a has had, at each moment: before, during and after the bank is asked?",
        "Claim user and key before the bank is asked, and let one win: store.set(name, body, nx=True, ex=lease_s).",
        "Then put the answer there, or delete the claim. Give the bank the key too: after a crash only the bank knows.",
    ),
    checks=(
        Check("charged", 1, "A charge moves the money, with your fee.", charged),
        Check("again", 2, "Sent again with its key, at any instance, it is answered the same.", again),
        Check("key-needed", 1, "Without a key nothing is charged.", key_needed),
        Check("other-request", 2, "A key is good for one request of one user.", other_request),
        Check("under-way", 2, "Of two that come at once, one is charged and one told to wait.", under_way),
        Check("bank-down", 1, "A charge that failed may be sent again.", bank_down),
        Check("crash", 3, "A crash while the bank is at work neither blocks a key nor pays twice.", crash),
    ),
)
