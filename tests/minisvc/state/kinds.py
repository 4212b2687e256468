"""Every place where state may live, and what it promises: a row here, and the contract suite runs it."""

from dataclasses import dataclass

import pytest

from tests.minisvc.programs import installed


@dataclass(frozen=True)
class Kind:
    """What a mechanism promises.

    Attributes:
        state: its name in a layout; `name` is that of the row.
        place: where a session is held that began at instance "a": "a", "store" or "client".
        carried: what leads to the session: a "cookie", or a "document" that the client keeps itself.
        shared: another instance sees it, and it outlives the instance.
        times_out: by idle and absolute time.
        versions: a second writer can be told no.
        fenced: the status of a write at an instance that has crashed; 503 where it needs others for it.
        most_bytes: of a session as it travels; None: no limit that a cart would meet.
        needs: a program; without it on PATH the row is skipped, and says so.
        imitation: hide all programs, so that the embedded store is used.
    """

    name: str
    place: str
    carried: str = "cookie"
    shared: bool = True
    times_out: bool = True
    versions: bool = True
    fenced: int = 200
    most_bytes: int | None = None
    needs: str | None = None
    imitation: bool = False

    @property
    def state(self) -> str:
        return self.name.removesuffix("-imitation")

    @property
    def keeps_nothing(self) -> bool:
        """The client holds it all, so that nothing can be forgotten on this side."""
        return self.place == "client"


KINDS = [
    Kind("memory", "a", shared=False),
    Kind("replicated_memory", "a", fenced=503),
    Kind("client_store", "client", carried="document", times_out=False, versions=False, most_bytes=3072),
    Kind("signed_cookie", "client", versions=False, most_bytes=4096),
    Kind("encrypted_cookie", "client", versions=False, most_bytes=4096),
    Kind("signed_token", "client", versions=False, most_bytes=4096),
    Kind("opaque_token", "store", fenced=503),
    Kind("soft_affinity", "store", fenced=503),
    Kind("redis", "store", fenced=503, needs="redis-server"),
    Kind("redis-imitation", "store", fenced=503, imitation=True),
    Kind("sqlite", "store", fenced=503),
    Kind("postgres", "store", fenced=503, needs="postgres"),
    Kind("memcached", "store", fenced=503, needs="memcached"),
    Kind("memcached-imitation", "store", fenced=503, imitation=True),
]


def rows() -> list:
    """The parameters of the `kind` fixture."""
    return [pytest.param(each, id=each.name, marks=_marks(each)) for each in KINDS]


def _marks(kind: Kind) -> list:
    missing = kind.needs and kind.needs not in installed()
    return [pytest.mark.skip(reason=f"{kind.needs} is not on this machine")] if missing else []
