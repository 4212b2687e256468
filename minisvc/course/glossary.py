"""The words of the lessons, each in a sentence or two: one word for one thing."""

from __future__ import annotations

from collections.abc import Mapping

from minisvc.course.html import Html, table
from minisvc.errors import MinisvcError, did_you_mean

WORDS: Mapping[str, str] = {
    "affinity": "Sending a client to the instance that it had before. People say sticky.",
    "at least once": "Each message arrives, perhaps more than once. Whoever receives it has to know what it has seen.",
    "backend": "An instance, as the balancer knows it.",
    "balancer": "The program that all clients talk to, and that passes each request on to one of several instances.",
    "backoff": "Waiting longer before each further try.",
    "cache": "A copy kept near, to spare the way to the original. It may be old.",
    "claim": "What the field asserts, as an experiment: a prediction, a measurement, a control, a verdict.",
    "client": "Whoever sends requests: a browser, curl, a program.",
    "consistent hashing": "Computing an instance from a name so that few names move when an instance joins or leaves.",
    "control": "The same experiment with its cause removed: it must give another figure.",
    "correct": "The share of checked answers that did not contradict the user. Compare up.",
    "crash": "Memory and connections are gone at once, and nobody says goodbye.",
    "draining": "Sending an instance no new clients, so that it can end without hurting anybody.",
    "durable": "On disk before it is confirmed, so that a crash does not take it.",
    "eviction": "A full store drops one thing to make room for another.",
    "fence": "What holds a dead instance back, so that it cannot write any more.",
    "hang": "Connections are taken and kept, and nothing is answered.",
    "health check": "A small request by which the balancer asks whether an instance is well.",
    "hybrid": "Instances that keep nothing, with state in a place behind them.",
    "idempotency key": "A name that a client gives to one wish and sends again with each try: it is done once.",
    "idempotent": "Doing it twice is as doing it once.",
    "instance": "One running copy of a service.",
    "JWT": "A signed token that says who somebody is, and that a service can verify without asking anybody.",
    "last writer wins": "Of two changes at once, the later one overwrites the other, and nobody is told.",
    "lost": "A user asserted what it had done, and was contradicted by an answer.",
    "policy": "How the balancer chooses for a request that is bound to nobody.",
    "replica": "A copy of a session in another instance.",
    "revoke": "To take a token back before it expires.",
    "round robin": "Taking turns.",
    "served": "Answered, by anything but a server error. Whether the answer was right is another figure.",
    "session": "What a service remembers of one client between two requests.",
    "session id": "A name for a session that tells nothing by itself. The client carries it in a cookie.",
    "single-flight": "Of many who miss the same thing at once, one makes it, and the others wait.",
    "single point of failure": "One part whose failure is everybody's.",
    "stampede": "Many miss at once, and all make the same thing.",
    "stateful": "A service that keeps what it must remember inside its instances.",
    "stateless": "A service in which any instance can answer any request. State is elsewhere, not gone.",
    "store": "A program beside the instances that keeps sessions for all of them.",
    "up": "The share of requests that were answered. Compare correct.",
    "version check": "A change is refused if somebody else has changed the thing since it was read.",
}


class UnknownWord(MinisvcError):
    """The lessons have no such word."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(f"The glossary has no {word!r}.{did_you_mean(word, WORDS)}")


def glossary(word: str | None = None) -> Html:
    """What a `word` means, or every word in order (None).

    Raises:
        UnknownWord: the lessons have no such word.
    """
    if word is not None and word not in WORDS:
        raise UnknownWord(word)
    told = sorted(WORDS.items(), key=lambda each: each[0].lower()) if word is None else [(word, WORDS[word])]
    lines = "\n".join(f"{name}: {means}" for name, means in told)
    return Html(table(("Word", "What it means"), told, strong=0), lines)
