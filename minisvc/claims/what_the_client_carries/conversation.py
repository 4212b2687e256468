"""A conversation that the client resends, or that the service keeps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from minisvc.claims.claim import WHAT_THE_CLIENT_CARRIES, Source, claim
from minisvc.claims.expected import about, between
from minisvc.claims.trial import Curve, Trial
from minisvc.services.assistant import reply
from minisvc.users import Mind
from minisvc.users.mind import Step

TURNS, LENGTH = 40, 120
CHAT = Source(
    "OpenAI API documentation, Conversation state",
    "Manually manage conversation state",
    "https://developers.openai.com/api/docs/guides/conversation-state",
)


@claim(
    "context-resent",
    WHAT_THE_CLIENT_CARRIES,
    "Resending the whole conversation costs quadratically.",
    when=f"{TURNS} turns of {LENGTH} characters each with the assistant, resent whole each time, or kept.",
    predicts=f"each turn sends {LENGTH + 4} bytes more than the one before, so that t turns send t²/2 times that",
    derivation="Turn k carries k messages, each in quotes, with a comma and a blank: h t + m t (t + 1) / 2.",
    control="The same conversation kept in the session: each turn sends as much as the one before.",
    sources=(CHAT,),
)
def context_resent(trial: Trial) -> None:
    """Weigh every request."""
    said = ["".join(trial.random.choices("abcdefgh", k=LENGTH)) for _ in range(TURNS)]
    resent = weights(trial, "resent", said, resend=True)
    kept = weights(trial, "kept", said, resend=False)
    expected = about(LENGTH + 4, 0.5, "the length is written in more digits as it grows", f"{LENGTH + 4}")
    trial.measured("bytes more with each turn, resent", growth(resent), expected, unit="B", samples=TURNS)
    half, whole = sum(resent[: TURNS // 2]), sum(resent)
    fourfold = between(3, 4, "4, less the heads, which grow with t alone", "3 to 4")
    trial.measured("twice the turns send so many times as much, resent", whole / half, fourfold)
    flat = about(0, 0.5, "the first turn has no cookie yet")
    # The first request brings no cookie.
    trial.control("bytes more with each turn, kept", growth(kept[1:]), flat, other=expected, unit="B", samples=TURNS)
    trial.control(
        "twice the turns, kept",
        sum(kept) / sum(kept[: TURNS // 2]),
        about(2, 0.05, "the first turn has no cookie yet"),
        other=fourfold,
    )
    turns = range(1, TURNS + 1)
    trial.plot(
        "turns",
        "bytes sent so far",
        Curve("resent", turns, list(accumulate(resent))),
        Curve("kept", turns, list(accumulate(kept))),
    )


def weights(trial: Trial, label: str, said: list[str], *, resend: bool) -> list[int]:
    """The bytes that each turn sent, head and body."""
    with trial.cluster(label, "assistant", instances=2, state="redis") as shop:
        (person,) = shop.add_users(1)
        turns = [person.perform(turn(person.mind, said[:number], resend=resend)) for number in range(1, len(said) + 1)]
        # Ids of requests are written in one digit more at some time: they are no part of the conversation.
        return [each.bytes_up - len(each.id) for each in turns]


def turn(user: Mind, said: list[str], *, resend: bool) -> Step:
    """Says the last of these, after all before it."""

    def judge(answer: Mapping[str, Any]) -> str | None:
        return None if answer["reply"] == reply(said) else f"was not remembered: {answer['reply'][:40]}"

    return user.ask("POST", "/chat", {"messages": said} if resend else {"message": said[-1]}, judge)


def growth(weighed: list[int]) -> float:
    """How much more a turn sends than the one before it, on average."""
    return (weighed[-1] - weighed[0]) / (len(weighed) - 1)
