"""The engine that watches by durable-rules, alone in a worker process; the reference engine gives the same.

What was measured of durable-rules 2.0.28, beside what the design lists: each of these crashes the process sooner or later. A comparison of two
messages (``m.at <= c.first.limit``) that is false; a chain of three or more messages that stays incomplete; a state that is deleted while events
still wait in it. So windows are cut here before anything is posted, the only rules are a count and a chain of two without a comparison, and what
still waits is used up before its state is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from tierwise.plugins import hookimpl
from tierwise.plugins.guard import one_line
from tierwise.plugins.watch_engine import Matcher, WatchEngine

__all__ = ["DurableWatch", "tierwise_watch_engines"]

EXTENSION = "durable_rules_engine"


class DurableWatch:
    """Gives a matcher with a worker of its own."""

    name = "durable"
    about = "durable-rules in a process of its own"

    def unusable(self) -> str:
        """Say whether durable-rules is there and its extension loads; nothing of it runs in this process."""
        try:
            import_module(EXTENSION)
        except ModuleNotFoundError:
            return "durable-rules is not installed"
        except ImportError as error:
            return f"durable-rules does not load: {one_line(str(error))}"
        return ""

    def matcher(self) -> Matcher:
        """Start a matcher; its worker starts with the first question."""
        from tierwise.plugins.builtin.watch_durable.matcher import DurableMatcher

        return DurableMatcher()


@hookimpl
def tierwise_watch_engines() -> Iterable[WatchEngine]:
    """Give durable-rules."""
    return (DurableWatch(),)
