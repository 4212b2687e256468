"""Lesson 06: a cookie that says whose cart it is, and nothing else."""

import base64
import binascii
import contextlib
import random
import re
import string
import zlib
from collections.abc import Iterator

import redis

from minisvc.grading import Answer, Check, Exercise, Site, Trial, Visitor, need

KEY = "kept by the shop, and by nobody else"
GIFT = "a ring for Ben"
THINGS, LENGTH = 60, 100
MOST_BYTES = 4096
LEAST_LETTERS = 22
"""Of an id: 128 random bits, which base64 writes so long. OWASP's Session Management Cheat Sheet wants 64 at least."""
PREFIX = "__Host-"
MINUTE_S = 60


def add(visitor: Visitor, item: str = "apples", at: str = "a") -> Answer:
    """Put something into the visitor's cart."""
    return visitor.post("/cart/items", at, json={"item": item}).need_status(201)


def newcomer(site: Site, name: str = "ana", item: str = "apples") -> tuple[Visitor, Answer]:
    """Somebody with one thing in a cart, and a cookie for it."""
    visitor = site.visitor(name)
    answer = add(visitor, item)
    need(visitor.cookies, f"{answer.asked} set no cookie that a browser keeps, so nobody can know {name} again.")
    return visitor, answer


def holds(visitor: Visitor, wanted: list[str], at: str, when: str) -> None:
    """Look into the cart."""
    found = visitor.get("/cart", at).field("items")
    need(found == wanted, f"{wanted} was in the cart {when}; then {at} answered {found}.")


def sent(cookies: dict[str, str]) -> dict[str, str]:
    """The header by which somebody else sends a copy of these."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def readings(value: str) -> Iterator[str]:
    """What anybody can read in a cookie's value: as it is, and each part as base64 or hex, packed or not."""
    yield value
    for part in re.findall(r"[\w+/-]{8,}", value):
        for decode in (_base64, bytes.fromhex):
            with contextlib.suppress(ValueError, binascii.Error):
                raw = decode(part)
                yield raw.decode(errors="replace")
                with contextlib.suppress(zlib.error):
                    yield zlib.decompress(raw).decode(errors="replace")


def _base64(part: str) -> bytes:
    return base64.urlsafe_b64decode(part.translate(str.maketrans("+/", "-_")) + "=" * (-len(part) % 4))


def any_instance(trial: Trial) -> None:
    """What a was told, b knows; and a too, when it comes back from a crash."""
    with trial.open(2, store=True, SECRET_KEY=KEY) as site:
        ana, _ = newcomer(site)
        add(ana, "bread", "b")
        holds(ana, ["apples", "bread"], "a", "by way of a and b")
        site.restart("a")
        holds(ana, ["apples", "bread"], "a", "before a crashed")
        holds(site.visitor("ben"), [], "b", "of Ben, who is new here")


def large(trial: Trial) -> None:
    """A browser drops what does not fit, and tells nobody."""
    letters = random.Random(trial.submission.student)
    goods = ["".join(letters.choices(string.ascii_letters, k=LENGTH)) for _ in range(THINGS)]
    with trial.open(store=True, SECRET_KEY=KEY) as site:
        ana = site.visitor("ana")
        for item in goods:
            add(ana, item)
        found = ana.get("/cart").field("items")
    left = sum(item in found for item in goods) if isinstance(found, list) else 0
    why = f"A browser drops a cookie of more than {MOST_BYTES:,} bytes, and says nothing."
    need(left == THINGS, f"{THINGS} things were confirmed, and {left} of them are in the cart. {why}")


def says_nothing(trial: Trial) -> None:
    """Ben looks at Ana's cookies before his birthday."""
    with trial.open(store=True, SECRET_KEY=KEY) as site:
        ana, _ = newcomer(site, item=GIFT)
        for name, value in ana.cookies.items():
            read = next((each for each in readings(value) if GIFT in each), "")
            need(not read, f"Ana put {GIFT!r} into her cart, and Ben read in her cookie {name}: {read[:LENGTH]}")


def emptied(trial: Trial) -> None:
    """What was thrown away stays away, whoever has a copy."""
    with trial.open(2, store=True, SECRET_KEY=KEY) as site:
        ana, _ = newcomer(site, item=GIFT)
        copy = sent(ana.cookies)
        ana.ask("DELETE", "/cart").need_status(200, 204)
        holds(ana, [], "b", "when Ana had emptied it")
        found = site.visitor("eve").get("/cart", headers=copy).field("items")
    need(found == [], f"Ana emptied her cart; with a copy of her old cookies, Eve was shown {found}.")


def own_id(trial: Trial) -> None:
    """An id that somebody else made up is nobody's cart."""
    with trial.open(store=True, SECRET_KEY=KEY) as site:
        ana, _ = newcomer(site)
        planted = sent(dict.fromkeys(ana.cookies, "0123456789abcdef-made-up-by-eve"))
        site.visitor("ben").post("/cart/items", json={"item": GIFT}, headers=planted).need_status(201)
        found = site.visitor("eve").get("/cart", headers=planted).field("items")
    why = "Eve planted a cookie of her own making at Ben's, and Ben put something into his cart"
    need(found == [], f"{why}; Eve, with the same cookie, was shown {found}. Ids are made by the service alone.")


def unguessable(trial: Trial) -> None:
    """Who knows one id must not know the next."""
    with trial.open(2, store=True, SECRET_KEY=KEY) as site:
        values = [value for name in ("ana", "ben", "eve") for value in newcomer(site, name)[0].cookies.values()]
    need(
        len(set(values)) == len(values), f"Three customers who put in the same got the cookies {values}: two are alike."
    )
    short = [value for value in values if len(value) < LEAST_LETTERS]
    why = f"has {LEAST_LETTERS} letters or more, for 128 random bits"
    need(not short, f"Three customers got the cookies {values}: what cannot be guessed {why}.")


def attributes(trial: Trial) -> None:
    """What the cookie says of itself."""
    with trial.open(store=True, SECRET_KEY=KEY) as site:
        _, answer = newcomer(site)
    pair, *others = answer.headers.get("set-cookie", "").split(";")
    name = pair.partition("=")[0].strip()
    said = {key.strip().lower(): value.strip().lower() for key, _, value in (each.partition("=") for each in others)}
    faults = "; ".join(lacking(name, said, trial.numbers["minutes"] * MINUTE_S))
    need(not faults, f"The cookie {name} is not as it should be: {faults}.")


def lacking(name: str, said: dict[str, str], lasts_s: int) -> Iterator[str]:
    """What is wrong with a cookie's name and attributes (RFC 6265bis, sections 4.1.2 and 4.1.3)."""
    if not name.startswith(PREFIX):
        yield f"its name does not begin with {PREFIX}"
    missing = [word for word in ("Secure", "HttpOnly", "SameSite") if word.lower() not in said]
    if missing:
        yield f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    if said.get("samesite", "lax") not in {"lax", "strict"}:
        yield f"SameSite is {said['samesite']}, and must be Lax or Strict"
    if said.get("path") != "/" or "domain" in said:
        yield f"{PREFIX} wants Path=/ and no Domain"
    if said.get("max-age") != str(lasts_s):
        yield f"Max-Age is {said.get('max-age', 'missing')}; your minutes are {lasts_s} s"


def forgotten(trial: Trial) -> None:
    """Carts to which no cookie leads any more must not fill the store."""
    lasts_s = trial.numbers["minutes"] * MINUTE_S
    with trial.open(2, store=True, SECRET_KEY=KEY) as site:
        ana, _ = newcomer(site)
        add(ana, "bread", "b")
        assert site.store
        with redis.Redis.from_url(site.store.url, decode_responses=True) as store:
            left_s = {key: store.ttl(key) for key in store.scan_iter()}
    need(left_s, "A cart was filled, and the store is empty: where is it?")
    for key, each_s in left_s.items():
        need(each_s >= 0, f"The store keeps {key!r} for ever; the cookie that leads there lasts {lasts_s} s.")
        need(
            each_s <= lasts_s, f"The store keeps {key!r} for {each_s} s; the cookie that leads there lasts {lasts_s} s."
        )


EXERCISE = Exercise(
    id="cart-by-id",
    title="A cookie that only says whose cart it is",
    lesson="06",
    level=3,
    minutes=40,
    objective="Leave with the client no more than an id that nobody can guess, and keep behind it what must be true.",
    asks="a cart lasts {minutes} minutes from the last thing put in; Max-Age says so, and the store forgets it.",
    numbers={"minutes": (20, 25, 35, 40, 45, 50, 55)},
    hints=(
        "Four complaints have one cause: the cookie is the cart. What is the least that it must say?",
        "secrets.token_urlsafe(16) makes an id; the store has the cart under it. Use no id that leads to no cart.",
        'set_cookie("__Host-cart", cart_id, max_age=..., secure=True, httponly=True, samesite="Lax"); expire(...).',
    ),
    checks=(
        Check("any-instance", 1, "Any instance shows the same cart, also after a crash.", any_instance),
        Check("large", 2, "A large cart is kept whole.", large),
        Check("says-nothing", 2, "Who reads the cookies learns nothing of the cart.", says_nothing),
        Check("emptied", 2, "A copy of an old cookie brings nothing back.", emptied),
        Check("own-id", 2, "Only ids that the service made are used.", own_id),
        Check("unguessable", 1, "Nobody can guess another's id.", unguessable),
        Check("attributes", 2, "The cookie is as RFC 6265bis wants it, and lasts your minutes.", attributes),
        Check("forgotten", 1, "The store forgets a cart when its cookie is gone.", forgotten),
    ),
)
