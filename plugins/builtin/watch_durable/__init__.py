"""durable-rules as a matcher of events, alone in a worker process (DESIGN.md 8); the reference in ``core/watching`` gives the same.

What was measured of durable-rules 2.0.28, beside what the design lists: each of these crashes the process sooner or later. A comparison of two
messages (``m.at <= c.first.limit``) that is false; a chain of three or more messages that stays incomplete; a state that is deleted while events
still wait in it. So windows are cut here before anything is posted, the only rules are a count and a chain of two without a comparison, and what
still waits is used up before its state is deleted.
"""

from tierwise.plugins.builtin.watch_durable.matcher import DurableMatcher

__all__ = ["DurableMatcher"]
