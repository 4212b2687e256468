"""Lesson 08: caches, near the instances and at the edge: what they save, and what they give to whom."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import requests

from minisvc.cluster import Cluster
from minisvc.course.lesson import Check, Lesson, Row
from minisvc.panel.content import Choice, Question

PEOPLE, PATIENCE_S = ("ann", "bob", "cem", "dea"), 10.0

Key = Callable[[str, Mapping[str, str]], Hashable]


class Kept:
    """A cache in front of a catalogue, kept under a learner's keys; `asked` counts what it had to ask for, by path."""

    def __init__(self, shop: Cluster, key: Key) -> None:
        self._shop, self._key = shop, key
        self._entries: dict[Hashable, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self.asked: dict[str, int] = {}

    def get(self, path: str, user: str) -> dict[str, Any]:
        """What this user is given for that path."""
        headers = {"X-User": user, "X-Request-ID": f"r-{next(self._numbers)}"}
        key = self._key(path, headers)
        if key not in self._entries:
            self.asked[path] = self.asked.get(path, 0) + 1
            with requests.Session() as link:
                # No proxy of the environment may come between a cache and loopback.
                link.trust_env = False
                said = link.get(self._shop.url + path, headers=headers, timeout=PATIENCE_S).json()
            self._entries[key] = said
        return self._entries[key]


def right_pages(key: Key) -> Iterator[Row]:
    """Let four people read their own pages, and the same products, through a cache of the learner's keys."""
    with Cluster("catalog", instances=1) as shop:
        cache = Kept(shop, key)
        given = [cache.get("/for-you", user).get("user") for user in PEOPLE]
        wrong = [user for user, page in zip(PEOPLE, given, strict=True) if page != user]
        why = f"{wrong[0]} was given the page of {given[PEOPLE.index(wrong[0])]}" if wrong else ""
        yield Row("each of four people is given their own page", not wrong, why)
        cache.get("/for-you", PEOPLE[0])
        again = cache.asked["/for-you"]
        few = again <= len(PEOPLE)
        yield Row("who comes again is given it from the cache", few, "" if few else f"asked for {again} times")
        read = {path: cache.get(path, PEOPLE[0]).get("id") for path in ("/products/7", "/products/8")}
        apart = read == {"/products/7": 7, "/products/8": 8}
        why = "" if apart else f"products 7 and 8 were given as {[*read.values()]}"
        yield Row("two products are two entries", apart, why)
        for user in PEOPLE:
            cache.get("/products/7", user)
        times = cache.asked.get("/products/7", 0)
        yield Row("a product is asked for once, for all", times == 1, "" if times == 1 else f"asked for {times} times")


CACHES = Lesson(
    number="08",
    name="caches",
    title="Caches and the edge",
    outcome="Put a cache where it helps, with a key that leaks nothing, and say what it does while its origin is down.",
    minutes=25,
    needs=("00", "02"),
    predicts={
        "three-caches": Question(
            asks="Three instances have a cache each, and readers are sent to any of them. Compared with one cache for "
            "all, how many reads find what they want in a cache?",
            right="half",
            choices=(
                Choice("same", "As many: three caches are more than one", "You count memory."),
                Choice("half", "About half as many", "You count how often each thing is fetched."),
                Choice("none", "Hardly any", "You expect every reader to meet a strange cache."),
            ),
        )
    },
    recalls={
        "stampede": Question(
            asks="A popular entry expires under load. What keeps the origin from being run over?",
            right="single",
            choices=(
                Choice("longer", "A longer time to live", "No. It happens less often, and just as hard."),
                Choice("single", "One request makes it, the others wait", "Right. That is single-flight."),
                Choice("more", "More instances", "No. Each of them asks the same origin."),
            ),
        ),
        "edge-and-crash": Question(
            asks="Every instance is down. What does an edge cache still answer?",
            right="read",
            choices=(
                Choice("all", "Everything", "No. What nobody had read is not there."),
                Choice("nothing", "Nothing", "No. A fresh answer needs no origin."),
                Choice("read", "What was read before, for as long as the origin allowed", "Right. max-age, and more."),
            ),
        ),
    },
    checks={
        "right-pages": Check(
            asks="Change `key` so that nobody is given another's page, and what is the same for all is asked for once.",
            examine=right_pages,
            hints=(
                "What does the page /for-you depend on, that its path does not say? And what do products depend on?",
                "headers['X-User'] says who asks. Put it into the key of /for-you, and into no other.",
                'Return f"{path} {headers[\'X-User\']}" if path == "/for-you", and the path otherwise.',
            ),
        )
    },
)
