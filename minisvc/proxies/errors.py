"""What can go wrong with a real balancer."""

from __future__ import annotations

from minisvc.errors import MinisvcError

PACKAGES = {"nginx": "nginx-light", "haproxy": "haproxy"}
"""The Debian packages."""


class ProxyMissing(MinisvcError):
    """The layout wants a real balancer that is not on PATH."""

    def __init__(self, balancer: str) -> None:
        self.balancer = balancer
        super().__init__(
            f'The layout wants balancer="{balancer}", and no {balancer} is on PATH.\n'
            f"  Install it (Debian: apt install {PACKAGES[balancer]}, and /usr/sbin on PATH), "
            'or use balancer="builtin".'
        )


class ProxyFailed(MinisvcError):
    """A real balancer did not do what it was told. `said` is what it said last."""

    def __init__(self, balancer: str, command: str, said: str) -> None:
        self.balancer, self.command, self.said = balancer, command, said
        super().__init__(
            f"{balancer} did not {command}: {said or 'it said nothing'}.\n"
            '  Try again, or use balancer="builtin" and tell us what it said.'
        )
