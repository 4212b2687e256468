"""What every fault has in common, and how its fields are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from minisvc.errors import FaultError
from minisvc.field_faults import whole


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something to break.

    Raises:
        FaultError: with everything that is wrong with its fields.
    """

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        wrong = [f"{self.kind}: {fault}" for fault in self.faults() if fault]
        if wrong:
            raise FaultError(wrong)

    def faults(self) -> list[str]:
        """What is wrong with its fields, one sentence each ("" for none)."""
        return []

    @property
    def instances(self) -> tuple[str, ...]:
        """The instances that it names; none for a fault of the store."""
        return ()

    @property
    def says(self) -> str:
        """What it does, as a clause for the diary."""
        raise NotImplementedError

    @property
    def data(self) -> dict[str, Any]:
        """The plain mapping that `minisvc.faults.read` turns into an equal fault."""
        return {"fault": self.kind, **{each.name: getattr(self, each.name) for each in fields(self)}}


@dataclass(frozen=True, kw_only=True)
class InstanceFault(Fault):
    """A fault of instances.

    Attributes:
        instance: the name of one, or several in a tuple.
    """

    instance: str | tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.instance, list):
            # YAML and JSON have no tuples.
            object.__setattr__(self, "instance", tuple(self.instance))
        super().__post_init__()

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        return [names(self.instance)]

    @property
    def instances(self) -> tuple[str, ...]:
        """The instances that it names."""
        return (self.instance,) if isinstance(self.instance, str) else tuple(self.instance)

    @property
    def whom(self) -> str:
        """Them, in words."""
        return " and ".join(self.instances)


@dataclass(frozen=True, kw_only=True)
class StoreFault(Fault):
    """A fault of a store.

    Attributes:
        service: whose store; None means that of the only service, or of the first that has one.
    """

    service: str | None = None


def names(value: object) -> str:
    """What is wrong with an `instance` field."""
    several = [value] if isinstance(value, str) else value
    if isinstance(several, Sequence) and several and all(isinstance(each, str) and each for each in several):
        return ""
    return f'instance is {value!r}; name one, such as "a", or several in a list.'


def seed_fault(value: object) -> str:
    """What is wrong with a seed."""
    return whole("seed", value, 0, 2**63)
