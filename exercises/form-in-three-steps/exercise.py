"""Lesson 01: a form in three steps that its client carries, and that is believed only as it was signed."""

from typing import Any

from minisvc.grading import Answer, Check, Exercise, Trial, Visitor, need

KEY, OTHER_KEY = "kept by the museum, and by nobody else", "kept by another museum"
TICKETS = 2
SPARE = 3
"""The last characters of what is signed may hold bits that mean nothing (RFC 4648, section 3.5), so they stay."""


def form_in(visitor: Visitor, path: str, at: str, **body: Any) -> str:
    """Fill in a step; returns the form that comes back."""
    answer = visitor.post(path, at, json=body)
    form = answer.field("form")
    need(isinstance(form, str) and form, f"{answer.asked} was answered with the form {form!r}; a text is wanted.")
    return str(form)


def filled_in(visitor: Visitor, at: str = "a", name: str = "Ana") -> str:
    """A form after its second step."""
    return form_in(visitor, "/name", at, form=form_in(visitor, "/tickets", at, tickets=TICKETS), name=name)


def confirmed(visitor: Visitor, form: str, at: str, name: str = "Ana", **more: Any) -> Answer:
    """Confirm a form, and need what was filled in; `more` is sent along, unasked."""
    answer = visitor.post("/confirm", at, json={"form": form, **more})
    wanted = {"tickets": TICKETS, "name": name}
    found = {field: answer.field(field) for field in wanted}
    need(found == wanted, f"{at} confirmed {found}; {wanted} was filled in.")
    return answer


def costs(trial: Trial, answer: Answer) -> None:
    """Need the student's price."""
    found, wanted = answer.field("price"), TICKETS * trial.numbers["price"]
    need(found == wanted, f"/confirm answered the price {found}; {TICKETS} of your tickets cost {wanted}.")


def changed(form: str) -> list[str]:
    """The form with its first character changed, with its second, and so on."""
    others = ["y" if each == "x" else "x" for each in form]
    return [form[:place] + others[place] + form[place + 1 :] for place in range(max(1, len(form) - SPARE))]


def three_steps(trial: Trial) -> None:
    """One client, one instance."""
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        costs(trial, confirmed(visitor, filled_in(visitor), "a"))


def any_instance(trial: Trial) -> None:
    """Each step meets another instance, and the one before has crashed by then."""
    with trial.open(3, SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        form = form_in(visitor, "/tickets", "a", tickets=TICKETS)
        site.crash("a")
        form = form_in(visitor, "/name", "b", form=form, name="Ana")
        site.crash("b")
        confirmed(visitor, form, "c")


def back(trial: Trial) -> None:
    """The client goes a step back, as every browser can, and keeps both forms."""
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        first = form_in(visitor, "/tickets", "a", tickets=TICKETS)
        forms = {name: form_in(visitor, "/name", "a", form=first, name=name) for name in ("Ana", "Ben")}
        for name, form in forms.items():
            confirmed(visitor, form, "a", name)


def own_price(trial: Trial) -> None:
    """A client sends more than it was asked for."""
    more = {"price": 1, "total": 1}
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("eve")
        form = form_in(visitor, "/tickets", "a", tickets=TICKETS, **more)
        form = form_in(visitor, "/name", "a", form=form, name="Ana", tickets=1, **more)
        costs(trial, confirmed(visitor, form, "a", tickets=1, **more))


def unchanged(trial: Trial) -> None:
    """One character of the form is another, each in its turn; or there is no form at all."""
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("eve")
        form = filled_in(visitor)
        answers = [visitor.post("/confirm", json={"form": each}) for each in changed(form)]
        # What was believed says more than what broke.
        for place, answer in sorted(enumerate(answers, 1), key=lambda each: each[1].status >= 400):
            answer.need_status(400, when=f"though character {place} of {len(form)} in the form was changed")
        visitor.post("/confirm", json={}).need_status(400, when="without a form")


def own_key(trial: Trial) -> None:
    """Who does not know the key cannot make a form."""
    with trial.open(SECRET_KEY=OTHER_KEY) as site:
        forms = {"/name": form_in(site.visitor("eve"), "/tickets", "a", tickets=TICKETS)}
        forms["/confirm"] = filled_in(site.visitor("eve"))
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("eve")
        for path, form in forms.items():
            answer = visitor.post(path, json={"form": form, "name": "Eve"})
            answer.need_status(400, when="though the form was made with another key")


def in_order(trial: Trial) -> None:
    """The second step is left out."""
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("eve")
        form = form_in(visitor, "/tickets", "a", tickets=TICKETS)
        visitor.post("/confirm", json={"form": form}).need_status(
            400, when="though its form has not had the second step"
        )


EXERCISE = Exercise(
    id="form-in-three-steps",
    title="A form in three steps, on any instance",
    lesson="01",
    level=2,
    minutes=30,
    objective="Let a client carry state between requests, and believe only what your own service has signed.",
    asks="one ticket costs {price}.",
    numbers={"price": tuple(range(11, 60))},
    hints=(
        "Which instance answers the next step? It knows only what is in the request. Who else could have written that?",
        'itsdangerous comes with Flask. Look at URLSafeSerializer(os.environ["SECRET_KEY"]), its dumps and its loads.',
        'A salt for each step ("tickets", "name") tells their forms apart; app.errorhandler(BadSignature) answers 400.',
    ),
    checks=(
        Check("three-steps", 1, "Three steps lead to what was filled in.", three_steps),
        Check("any-instance", 2, "Each step may meet another instance, though others have crashed.", any_instance),
        Check("back", 1, "A client may go a step back.", back),
        Check("own-price", 1, "What a client sends unasked is not believed.", own_price),
        Check("unchanged", 2, "A form that was changed is refused.", unchanged),
        Check("own-key", 2, "A form that another key signed is refused.", own_key),
        Check("in-order", 1, "No step can be left out.", in_order),
    ),
)
