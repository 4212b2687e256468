"""What can go wrong in asking for a load."""

from __future__ import annotations

from collections.abc import Sequence

from minisvc.errors import MinisvcError


class LoadError(MinisvcError):
    """A load that cannot be run. `faults` holds one sentence for each fault, all of them at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))
