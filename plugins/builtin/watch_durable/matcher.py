"""The side of the caller: starts the worker, sends it batches, and starts it again when it dies; a batch counts once it is answered."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from time import monotonic
from typing import Any, Self

from tierwise.core.errors import PluginError
from tierwise.plugins.watch_engine import Match, Task

__all__ = ["DurableMatcher"]

PLUGIN = "watch-durable"
WORKER = "tierwise.plugins.builtin.watch_durable.worker"
MARKS = 5_000
TRIES = 3
PATIENCE = 60.0
LONGEST = 300


class DurableMatcher:
    """Matches by durable-rules in a process of its own; a context manager that ends it.

    The worker keeps nothing between two batches, so a batch whose answer never came is simply sent again.
    """

    def __init__(self) -> None:
        self._worker: subprocess.Popen[bytes] | None = None
        self._said = TemporaryFile()  # noqa: SIM115 - it is closed with the matcher
        self._batch = 0
        self.starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def process(self) -> int | None:
        """The id of the worker's process, while there is one."""
        return self._worker.pid if self._worker is not None else None

    def match(self, tasks: Sequence[Task]) -> list[list[Match]]:
        """Return the matches of each task.

        Raises:
            PluginError: durable-rules refuses a batch, or dies on it again and again.
        """
        return [matches for batch in _batches(tasks) for matches in self._answer(batch)]

    def close(self) -> None:
        """End the worker."""
        self._end()
        self._said.close()

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # something unsent was left in it
                    pipe.close()

    def _answer(self, tasks: Sequence[Task]) -> list[list[Match]]:
        self._batch += 1
        body = [[task.form, task.count, task.marks] for task in tasks]
        message = json.dumps({"batch": self._batch, "tasks": body}, separators=(",", ":")).encode("ascii") + b"\n"
        for _ in range(TRIES):
            answer = self._asked(message)
            if answer is not None and answer.get("batch") == self._batch:
                if "error" in answer:
                    raise PluginError(f"durable-rules cannot match: {answer['error']}", PLUGIN, help="try `--engine reference`")
                return [[tuple(match) for match in matches] for matches in answer["matches"]]
            self._end()
        died = f"the worker of durable-rules died {TRIES} times on one batch{self._last_words()}"
        raise PluginError(died, PLUGIN, help="try `--engine reference`")

    def _last_words(self) -> str:
        """Return the last line that a worker wrote, such as the exception it died of."""
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").splitlines()
        return next((f": {line.strip()[:LONGEST]}" for line in reversed(lines) if line.strip()), "")

    def _asked(self, message: bytes) -> dict[str, Any] | None:
        """Return the worker's answer; ``None`` when it is dead, or stuck."""
        worker = self._running()
        assert worker.stdin is not None
        try:
            worker.stdin.write(message)
            worker.stdin.flush()
        except (BrokenPipeError, ConnectionError):
            return None
        line = self._line(worker)
        try:
            return dict(json.loads(line)) if line is not None else None
        except ValueError:  # it died while it answered
            return None

    def _line(self, worker: subprocess.Popen[bytes]) -> bytes | None:
        assert worker.stdout is not None
        read, until = b"", monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            while not read.endswith(b"\n"):
                if not selector.select(max(0.0, until - monotonic())):
                    return None
                part = os.read(worker.stdout.fileno(), 1 << 20)
                if not part:
                    return None
                read += part
        return read

    def _running(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._end()
            self.starts += 1
            # -P: nothing is imported from the folder that the user happens to stand in; a session of its own: Ctrl-C is for the caller alone
            command = [sys.executable, "-P", "-m", WORKER]
            self._worker = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, start_new_session=True
            )
        return self._worker


def _batches(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    start = marks = 0
    for position, task in enumerate(tasks):
        marks += len(task.marks)
        if marks >= MARKS:
            yield tasks[start : position + 1]
            start, marks = position + 1, 0
    if start < len(tasks):
        yield tasks[start:]
