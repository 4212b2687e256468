"""What happens when a request is sent again: by a client, under a key, or by a proxy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from minisvc.claims.claim import RETRIES_CACHES_MONEY, Source, claim
from minisvc.claims.expected import exactly
from minisvc.claims.retries_caches_money.gate import crash_meanwhile, gate, held
from minisvc.claims.retries_caches_money.purchase import Purchase
from minisvc.claims.trial import Curve, Trial
from minisvc.clock import wall
from minisvc.services import payments
from minisvc.services.charges import Charges, tables
from minisvc.services.database import database, keeps_records
from minisvc.services.idempotency import Habits

LOST = 4
LEASE_S = 0.2
IGNORED = "minisvc.services.payments:keys_ignored"
METHODS = Source("RFC 9110", "9.2.2 Idempotent Methods", "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2")
KEY_DRAFT = "draft-ietf-httpapi-idempotency-key-header-07"
DRAFT_URL = "https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07"
STRIPE = Source("Stripe API Reference", "Idempotent requests", "https://docs.stripe.com/api/idempotent_requests")
NEXT = Source(
    "NGINX module ngx_http_proxy_module",
    "proxy_next_upstream, non_idempotent",
    "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
)


@claim(
    "double-charge",
    RETRIES_CACHES_MONEY,
    "A retry after a lost answer charges twice.",
    when=f"2 instances, {LOST + 1} payers; after the commit, the answers to the first r tries of the r-th are dropped.",
    predicts="1 + r charges for r retries",
    derivation="A lost answer takes nothing back: each of the 1 + r requests that arrived was carried out.",
    control="The same with an idempotency key that the service looks at: charged once, however often it is sent.",
    sources=(STRIPE, METHODS),
)
def double_charge(trial: Trial) -> None:
    """Count the charges of each payer."""
    again = list(range(LOST + 1))
    unkeyed = charges_after_lost_answers(trial, "keys ignored", IGNORED)
    keyed = charges_after_lost_answers(trial, "keys looked at", "payments")
    for retries in again[1:]:
        expected = exactly(1 + retries)
        trial.measured(f"charges, answers lost: {retries}", unkeyed[retries], expected)
        trial.control(f"charges with a key, answers lost: {retries}", keyed[retries], exactly(1), other=expected)
    trial.plot("lost answers", "charges", Curve("without a key", again, unkeyed), Curve("with a key", again, keyed))


@claim(
    "idempotency-rules",
    RETRIES_CACHES_MONEY,
    "A key alone is not enough: concurrent, misused and missing keys, and a crash between effect and key.",
    when="2 instances; a second request while the first is under way; another amount; no key; a crash after the charge "
    "and before its key.",
    predicts="409, 422, 400; 2 charges where the key is recorded apart from the charge",
    derivation="Each names a request that must not be carried out, and says why. What commits apart may half happen: "
    "a charge without its key is a charge that the retry makes again.",
    control="The second request after the first, a key of its own, a key at all: 201. Key and charge commit together: "
    "1 charge.",
    sources=(
        Source(KEY_DRAFT, "2.6 Idempotency Enforcement", DRAFT_URL),
        Source(KEY_DRAFT, "2.7 Error Handling", DRAFT_URL),
    ),
)
def idempotency_rules(trial: Trial) -> None:
    """Break each rule once."""
    asked_for_trouble(trial)
    twice = exactly(2)
    apart = charges_after_a_crash(trial, "key recorded apart", "apart")
    trial.measured("charges after a crash, key recorded apart", apart, twice)
    together = charges_after_a_crash(trial, "key and charge together", "together")
    trial.control("the same, key and charge together", together, exactly(1), other=twice)


@claim(
    "lb-must-not-retry-post",
    RETRIES_CACHES_MONEY,
    "A proxy must not repeat a request with a non-idempotent method once it was sent.",
    when='2 instances, retry="idempotent"; the instance crashes after the commit and before its answer.',
    predicts="POST: 502 and one charge; GET: repeated on the other instance, and served",
    derivation="The proxy cannot know that the work was done. A second GET does no harm, a second POST charges again.",
    control="The same behind a GET, which the proxy may repeat: 2 charges. With repeating off, the GET is a 502.",
    sources=(METHODS, NEXT),
)
def lb_must_not_retry_post(trial: Trial) -> None:
    """Crash it between the work and the answer."""
    # HAProxy keeps the rule too, and waits for a second before it repeats anything.
    balancers = ["builtin", *(["nginx"] if shutil.which("nginx") else [])]
    if len(balancers) == 1:
        trial.note("NGINX is not on PATH here, so that only the lab's own balancer was tried.")
    for balancer in balancers:
        posted = broken_off(trial, "POST", "/buy", balancer=balancer)
        trial.measured(f"status of the POST, {balancer}", posted.status, exactly(502))
        trial.measured(f"charges after the POST, {balancer}", posted.charges, exactly(1))
        looked = broken_off(trial, "GET", "/charges", balancer=balancer)
        trial.measured(f"status of the GET, {balancer}", looked.status, exactly(200))
    bought = broken_off(trial, "GET", "/buy")
    trial.control("charges where a GET charges", bought.charges, exactly(2), other=exactly(1))
    unrepeated = broken_off(trial, "GET", "/charges", retry="unsent")
    trial.control("status of the GET, repeating off", unrepeated.status, exactly(502), other=exactly(200))


@keeps_records
def together(instance: str) -> Flask:
    """Held between the charge and its key, in one transaction."""
    return _held_between(instance, "together")


@keeps_records
def apart(instance: str) -> Flask:
    """BAD PRACTICE, to be measured: held between the transaction of the charge and that of its key."""
    return _held_between(instance, "apart")


def _held_between(instance: str, keys: str, lease_s: float = LEASE_S) -> Flask:
    return payments.create_app(instance, habits=Habits(keys, lease_s=lease_s, between=lambda: gate.hold(instance)))


@keeps_records
def patient(instance: str) -> Flask:
    """As `together`, and a request under way has its key for as long as it takes."""
    return _held_between(instance, "together", 60.0)


@keeps_records
def one_click(instance: str) -> Flask:
    """Payments that are held when the work is done; BAD PRACTICE, to be measured: GET /buy charges."""
    app = payments.create_app(instance)

    @app.route("/buy", methods=["GET", "POST"])
    def buy() -> dict[str, str]:
        with database(tables).begin() as connection:
            Charges(connection).add(request.headers["X-User"], 250, "apples", wall())
        return {"instance": instance}

    @app.after_request
    def hold(response: Response) -> Response:
        if request.path != "/healthz":
            gate.hold(instance)
        return response

    return app


def charges_after_lost_answers(trial: Trial, label: str, service: str) -> list[int]:
    """How often each was charged: the r-th of the payers lost r answers and then had one."""
    with trial.cluster(label, service, instances=2) as shop:
        buying = [Purchase(trial, user) for user in shop.add_users(LOST + 1)]
        with shop.fault("drop_response", "a", "b"):
            for tries in range(LOST):
                for each in buying[tries + 1 :]:
                    each.send()
        for each in buying:
            each.send()
        return [each.charges() for each in buying]


def asked_for_trouble(trial: Trial) -> None:
    """The statuses that say what is wrong with a key, and those where nothing is."""
    with trial.cluster("keys used wrongly", f"{__name__}:patient", instances=2) as shop:
        ann, double = shop.add_users(2)
        bought = Purchase(trial, ann)
        with held(bought.send) as (_, first):
            under_way = bought.send(user=double).status
            gate.release()
            done = first.result().status
        statuses = {
            "second request, the first under way": (409, under_way, bought.send().status),
            "the key with another amount": (422, bought.send(amount_cents=5001).status, bought.send(key="new").status),
            "no key": (400, bought.send(key=None).status, done),
        }
        kept = {"second request, the first under way": "second request, the first done"}
        kept |= {"the key with another amount": "another key", "no key": "a key"}
        for what, (status, wrong, right) in statuses.items():
            trial.measured(f"status: {what}", wrong or 0, exactly(status))
            trial.control(f"status: {kept[what]}", right or 0, exactly(201), other=exactly(status))


def charges_after_a_crash(trial: Trial, label: str, keys: str) -> int:
    """How often somebody was charged who sent a charge until it was acknowledged, over a crash in its middle."""
    with trial.cluster(label, f"{__name__}:{keys}", instances=2) as shop:
        (ann,) = shop.add_users(1)
        bought = Purchase(trial, ann)
        crash_meanwhile(shop, bought.send)
        bought.send_until_done()
        return bought.charges()


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """What came of a request whose instance crashed after the work: its status, and the payer's charges."""

    status: int
    charges: int


def broken_off(trial: Trial, method: str, path: str, retry: str = "idempotent", **fields: Any) -> BrokenOff:
    """Send it, and crash the instance that has done the work."""
    label = f"{method} {path}, {', '.join([f'retry {retry}', *fields.values()])}"
    with trial.cluster(label, f"{__name__}:one_click", instances=2, retry=retry, **fields) as shop:
        (ann,) = shop.add_users(1)
        step = ann.mind.ask(method, path, headers={"X-User": ann.name})
        status = crash_meanwhile(shop, lambda: ann.perform(step)).status
        return BrokenOff(status or 0, Purchase(trial, ann).charges(int(path == "/buy")))
