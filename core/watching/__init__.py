"""Watching events: so many within a period, what has to follow, what fails to come; the meaning in plain Python."""

from tierwise.core.watching.action import Action
from tierwise.core.watching.compile import compile_watch
from tierwise.core.watching.event import Event
from tierwise.core.watching.matching import Match, Matcher, ReferenceMatcher, Task
from tierwise.core.watching.rule import WatchPlan
from tierwise.core.watching.watcher import Watcher

__all__ = ["Action", "Event", "Match", "Matcher", "ReferenceMatcher", "Task", "WatchPlan", "Watcher", "compile_watch"]
