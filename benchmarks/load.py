"""Asking a server as fast as it answers (closed load): by `wrk` where it is on PATH, else by asyncio."""

import asyncio
import re
import shutil
import subprocess
import time
from dataclasses import dataclass

WRK = shutil.which("wrk")
TOOL = "wrk" if WRK else "asyncio (install wrk for less noise)"


@dataclass(frozen=True)
class Load:
    """What a run found: requests a second, and the median latency in milliseconds."""

    rate: float
    p50_ms: float


def run(port: int, *, seconds: int, connections: int) -> Load:
    """Ask `GET /` over kept connections.

    Raises:
        RuntimeError: some answer was no 200, or none came.
    """
    return by_wrk(port, seconds, connections) if WRK else asyncio.run(by_asyncio(port, seconds, connections))


def by_wrk(port: int, seconds: int, connections: int) -> Load:
    command = [WRK or "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}/"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if bad := re.search(r"Non-2xx.*|Socket errors.*", said):
        raise RuntimeError(f"port {port}: {bad.group()}")
    rate, p50 = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"50%\s+([\d.]+)(us|ms|s)", said)
    if not rate or not p50 or float(rate[1]) == 0:
        raise RuntimeError(f"port {port} gave no answers: {said}")
    return Load(float(rate[1]), float(p50[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[p50[2]])


async def by_asyncio(port: int, seconds: int, connections: int) -> Load:
    spent: list[float] = []
    ends_s = time.perf_counter() + seconds

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < ends_s:
            started_s = time.perf_counter()
            writer.write(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if not head.startswith(b"HTTP/1.1 200") or not length:
                raise RuntimeError(f"port {port} answered {head!r}")
            await reader.readexactly(int(length[1]))
            spent.append(time.perf_counter() - started_s)
        writer.close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return Load(len(spent) / seconds, sorted(spent)[len(spent) // 2] * 1000)
