"""The decision service under load: requests a second and p99 beside the bare function and an endpoint that does nothing; then 50 swaps under load.

Run ``python -m benchmarks.serve``. The service is a process of its own, asked over connections that stay open; every answer is compared with what
the function gives before it counts."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from os import getloadavg
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.decisions import POLICY, customers

import tierwise
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["main"]

Asked = dict[str, Any]

NOTHING = """
import sys
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from tierwise.plugins.web.server import Draining, address_of, listening, run_server

async def nothing(request):
    await request.body()
    return JSONResponse({})

bound = listening("127.0.0.1", 0)
print(f"serving nothing at {address_of(bound)};", file=sys.stderr, flush=True)
run_server(Starlette(routes=[Route("/nothing", nothing, methods=["POST"])]), bound, Draining())
"""
CONNECTIONS = 8
ROUNDS = 5
SWAPS = 50


def main() -> None:
    """Measure, and print the conditions with the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4_000, help="of each round")
    requests = parser.parse_args().requests
    policy = tierwise.load(POLICY)
    asked = [{"facts": facts} for facts in customers(requests, 1)]
    expected = _decided(policy, asked)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {getloadavg()[0]:.1f}; {CONNECTIONS} connections, {requests} requests a round, {ROUNDS} rounds"
    )

    begun = time.perf_counter()
    for one in asked:
        policy.decide(one["facts"])
    print(f"the bare function: {requests / (time.perf_counter() - begun):,.0f} a second")

    with tempfile.TemporaryDirectory() as folder:
        served = Path(folder) / "grade-job"
        shutil.copytree(POLICY, served)
        command = [sys.executable, "-m", "tierwise", "serve", str(served), "--port", "0", "--look-every", "0.05"]
        nothing, service = _started([sys.executable, "-c", NOTHING]), _started(command)
        try:
            found: dict[str, list[tuple[float, float]]] = {"nothing": [], "decide": []}
            path = f"/policies/{policy.plan.policy}/decide"
            for _ in range(ROUNDS):
                found["nothing"].append(_figures(asyncio.run(_load(nothing[1], "/nothing", asked, None))))
                found["decide"].append(_figures(asyncio.run(_load(service[1], path, asked, expected))))
            for name, rounds in found.items():
                print(f"{name:8} {median(r[0] for r in rounds):8,.0f} requests a second, p99 {median(r[1] for r in rounds) * 1000:.2f} ms")
            answers, wrong, others = asyncio.run(_swapped(service[1], path, asked, expected, served))
            print(f"{SWAPS} swaps under load: {answers} answers, {others} of them by the other policy, {wrong} wrong")
        finally:
            for process, _ in (nothing, service):
                process.terminate()
                process.wait()


def _started(command: list[str]) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"127\.0\.0\.1:(\d+);", line)
    if found is None:
        raise SystemExit(line + process.stderr.read())
    return process, int(found[1])


def _figures(seconds: list[float]) -> tuple[float, float]:
    """Return requests a second over all connections, and the 99th percentile of one."""
    return len(seconds) / (sum(seconds) / CONNECTIONS), quantiles(seconds, n=100)[98]


async def _load(port: int, path: str, asked: list[Asked], expected: list[dict[str, Any]] | None) -> list[float]:
    """Ask over several connections, each waiting for its answer; an answer that is not expected ends it."""
    seconds: list[float] = []
    numbers = iter(range(len(asked)))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            begun = time.perf_counter()
            document = await _ask(reader, writer, path, asked[number])
            seconds.append(time.perf_counter() - begun)
            if expected is not None:
                document.pop("findings")
                if document != expected[number]:
                    raise SystemExit(f"{asked[number]}: {document}, not {expected[number]}")
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return seconds


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: Asked) -> dict[str, Any]:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    answered = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"content-length: (\d+)", answered, re.IGNORECASE)
    assert answered.startswith("HTTP/1.1 200") and length, answered
    document: dict[str, Any] = json.loads(await reader.readexactly(int(length[1])))
    return document


async def _swapped(port: int, path: str, asked: list[Asked], old: list[dict[str, Any]], folder: Path) -> tuple[int, int, int]:
    """Swap between two policies under load: each answer must be that of the one whose fingerprint it names.

    Returns:
        Answers, those that are wrong, and those of the other policy.
    """
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    other = text.replace("| 25\n", "| 9\n", 1)
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    new = _decided(tierwise.load(folder / "other.yaml"), asked)
    (folder / "other.yaml").unlink()
    by_fingerprint = {answers[0]["fingerprint"]: answers for answers in (old, new)}
    answers = wrong = others = 0
    is_over = False

    async def one(number: int) -> None:
        nonlocal answers, wrong, others
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not is_over:
            number = (number + 1) % len(asked)
            document = await _ask(reader, writer, path, asked[number])
            answers += 1
            others += document["fingerprint"] == new[0]["fingerprint"]
            wrong += document["outputs"] != by_fingerprint[document["fingerprint"]][number]["outputs"]
        writer.close()

    async def swap() -> None:
        nonlocal is_over
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(SWAPS):
            (folder / "new").write_text(text if number % 2 else other, encoding="utf-8")
            os.replace(folder / "new", folder / "policy.yaml")
            wanted = (old if number % 2 else new)[0]["fingerprint"]
            while (await _ask(reader, writer, path, asked[0]))["fingerprint"] != wanted:
                await asyncio.sleep(0.02)
        writer.close()
        is_over = True

    await asyncio.gather(swap(), *(one(number) for number in range(4)))
    return answers, wrong, others


def _decided(policy: LoadedPolicy, asked: list[Asked]) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(policy.decide(one["facts"]).to_dict())) for one in asked]


if __name__ == "__main__":
    main()
