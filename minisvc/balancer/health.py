"""Asking a backend whether it is well."""

from __future__ import annotations

import asyncio

from minisvc.layout import HealthCheck
from minisvc.sockets import LOOPBACK


async def ask_health(health: HealthCheck, port: int, name: str) -> str:
    """What is wrong with the backend on `port`; "" if nothing: any 2xx in time is well."""
    request = f"GET {health.path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(health.timeout_s):
            line = await _status_line(port, request.encode())
    except TimeoutError:
        return f"no answer within {health.timeout_s:g} s"
    except ConnectionRefusedError:
        return "connection refused"
    except OSError:
        return "connection reset"
    status = line.split(b" ")[1:2]
    return "" if status and status[0].startswith(b"2") else f"answered {line.decode('latin-1').strip() or 'nothing'}"


async def _status_line(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(request)
        return await reader.readline()
    finally:
        writer.transport.abort()
