"""The store servers that tests use where this machine has them; without one, its tests are skipped by name."""

import functools
import shutil

import pytest

from minisvc.errors import StoreUnavailable
from minisvc.stores.postgres_process import find_programs, find_runner


@functools.cache
def installed() -> frozenset[str]:
    """Of redis-server, memcached and postgres, those that can be started here."""
    found = {program for program in ("redis-server", "memcached") if shutil.which(program)}
    return frozenset(found | ({"postgres"} if _has_postgres() else set()))


def _has_postgres() -> bool:
    try:
        return bool(find_programs() and find_runner())
    except StoreUnavailable:
        return False


needs_postgres = pytest.mark.skipif("postgres" not in installed(), reason="postgres is not on this machine")
DATABASES = [pytest.param("sqlite"), pytest.param("postgres", marks=needs_postgres)]
