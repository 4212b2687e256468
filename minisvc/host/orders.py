"""What passes between a process host and its process, over a pipe that only the two of them have.

The process says its id first. Then it gets a `Birth` and answers it with a `Reply` numbered 0, once the app is
up or has failed; then an `Order` at a time, each answered by a `Reply` of the same number. What the user's code
has defined travels pickled for itself, so that a failure to unpickle it is an answer and not the end.
"""

from __future__ import annotations

import pickle
import traceback
from dataclasses import dataclass
from typing import Any

from minisvc.errors import MinisvcError


@dataclass(frozen=True, slots=True)
class Birth:
    """All that a process must know to become an instance.

    Attributes:
        factory: the pickled `Factory`.
        paths: this process's `sys.path`, for the user's own modules; directory: where it stands.
        environment: its environment variables.
        modules: those of ours that it will need.
    """

    name: str
    factory: bytes
    service: str
    port: int
    mount: str
    paths: tuple[str, ...]
    directory: str
    environment: dict[str, str]
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One of "drain", "stop" (`argument`: grace in seconds), "tell" (the pickled message), "sessions" and "reset"."""

    number: int
    what: str
    argument: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an order: a value, or pickled exceptions."""

    number: int
    value: Any = None
    errors: tuple[bytes, ...] = ()

    def result(self) -> Any:
        """The value; raises the exception if there is one."""
        if self.errors:
            raise pickle.loads(self.errors[0])  # noqa: S301  # from a process of our own
        return self.value


class RemoteError(MinisvcError):
    """An exception in an instance's process that could not be sent whole: `kind` is its class, `said` its message."""

    def __init__(self, kind: str, said: str) -> None:
        self.kind, self.said = kind, said
        super().__init__(f"{kind}: {said}")


def portable(error: BaseException, instance: str) -> bytes:
    """The exception pickled, with its traceback as a note; a `RemoteError` if it cannot travel."""
    trace = "".join(traceback.format_exception(error))
    error.add_note(f'In the process of instance "{instance}":\n{trace}')
    try:
        sent = pickle.dumps(error)
        if str(pickle.loads(sent)) == str(error):  # noqa: S301  # our own bytes of just now
            return sent
    except Exception as unfit:  # noqa: BLE001  # whatever a foreign class's pickling does
        error.add_note(f"It could not be sent whole: {unfit!r}")
    substitute = RemoteError(type(error).__qualname__, str(error))
    for note in error.__notes__:
        substitute.add_note(note)
    return pickle.dumps(substitute)
