"""Where stored answers are: by host and target, and under those one for each choice that `Vary` names."""

from __future__ import annotations

import threading
from collections import OrderedDict

from werkzeug.datastructures import Headers

from minisvc.edge.answer import Answer, Kept, value_of

MOST_TARGETS, MOST_CHOICES = 10_000, 50

Key = tuple[str, str]
"""The host that was asked, and the target with its query."""


class Shelf:
    """Answers in memory; what was asked for longest ago makes room. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, list[Kept]] = OrderedDict()

    def find(self, key: Key, fields: Headers) -> Answer | None:
        """The latest answer that fits a request with these fields."""
        with self._lock:
            choices = self._kept.get(key)
            if choices is None:
                return None
            self._kept.move_to_end(key)
            return next((each.answer for each in reversed(choices) if each.fits(fields)), None)

    def has(self, key: Key) -> bool:
        """Whether there is an answer for that target, be it for another choice."""
        with self._lock:
            return key in self._kept

    def put(self, key: Key, fields: Headers, answer: Answer) -> None:
        """Keep an answer to a request with these fields, in the place of one for the same choice."""
        kept = Kept(answer, {name: value_of(fields, name) for name in answer.varies_by})
        with self._lock:
            others = [each for each in self._kept.get(key, []) if each.chosen_by != kept.chosen_by]
            self._kept[key] = [*others, kept][-MOST_CHOICES:]
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_TARGETS:
                self._kept.popitem(last=False)

    def drop(self, key: Key) -> None:
        """Forget all choices for a target."""
        with self._lock:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
