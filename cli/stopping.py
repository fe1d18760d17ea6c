"""Stops a command on Ctrl-C or SIGTERM, and knows that it was stopped, whatever error that came out as.

DuckDB turns the interruption of a query into an error of its own, and the guard of a plugin may turn that into another.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

__all__ = ["Stopping"]

Handler = Callable[[int, FrameType | None], object] | signal.Handlers

DEFAULTS: dict[signal.Signals, Handler] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


class Stopping:
    """A block in which both signals raise ``KeyboardInterrupt``; one that is ignored or handled by others stays so.

    Attributes:
        exit_code: 128 and the number of the signal that came, as shells do; ``None`` while none has come.
        saved: What was saved before, in words; empty when nothing was.
    """

    def __init__(self) -> None:
        self.exit_code: int | None = None
        self.saved = ""
        self._ours: list[signal.Signals] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._ours = [number for number, default in DEFAULTS.items() if signal.getsignal(number) == default]
        for number in self._ours:
            signal.signal(number, self._stop)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number in self._ours:
            signal.signal(number, DEFAULTS[number])

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.exit_code = 128 + number
        raise KeyboardInterrupt
