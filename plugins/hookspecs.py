"""Every hook: typed, with when it is called, how often, what it returns and who wins a clash.

All but the last return things with a ``name``. Two plugins that give the same name to the same sort of thing are an error that names
both; nobody wins silently. Order is that of registration: the built-ins first, then installed plugins by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from pluggy import HookspecMarker

from tierwise.plugins import NAME

if TYPE_CHECKING:  # nothing heavy is imported before a hook is called
    from importlib.resources.abc import Traversable

    import click

    from tierwise.core.environment import Check, Form, Function, Kind, Section
    from tierwise.core.plan import Plan
    from tierwise.plugins.data_source import SourceOpener
    from tierwise.plugins.engine import Engine
    from tierwise.plugins.grading import Grading
    from tierwise.plugins.watch_engine import WatchEngine

hookspec = HookspecMarker(NAME)


@hookspec
def tierwise_functions() -> Iterable[Function]:
    """Give functions to the policy language.

    Called once for each ``Plugins``, before a policy is read. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_forms() -> Iterable[Form]:
    """Give forms: ways in which a decision decides, each one key of a decision.

    Called once for each ``Plugins``, before a policy is read. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_kinds() -> Iterable[Kind]:
    """Give kinds of modules: keys of their own, the decisions they stand for, checks.

    Called once for each ``Plugins``, before a policy is read. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_sections() -> Iterable[Section]:
    """Give sections of a policy beside its facts and modules, such as `watch`, each under a key of its own.

    Called once for each ``Plugins``, before a policy is read. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_checks() -> Iterable[Check]:
    """Give checks of a policy that compiled, such as the house rules of a company.

    Called once for each ``Plugins``, before a policy is read. Checks run in this order. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give openers of databases and data files.

    Called once for each ``Plugins``, when data is opened. The first opener whose ``opens`` accepts the location opens it; where
    none does, the first whose ``guesses`` accepts it, if it has such a method. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_engines() -> Iterable[Engine]:
    """Give engines that run a plan over many subjects.

    Called once for each ``Plugins``, when subjects are graded or engines are listed. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_watch_engines() -> Iterable[WatchEngine]:
    """Give engines that match events for the section `watch`.

    Called once for each ``Plugins``, when events are watched. Where the user names none, the first that can match here does. A name that
    another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_policies() -> Iterable[Traversable]:
    """Give folders whose sub-folders are policies, found by the sub-folder's name.

    Called once for each ``Plugins``, when a policy is looked up by name or policies are listed. A name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_commands() -> Iterable[click.Command]:
    """Give commands to the command line.

    Called once for each ``Plugins``, when a command is asked for that is not built in: import what is heavy inside the command. The
    built-in commands are looked up first; a name that another plugin gives, too, is an error.
    """
    return ()


@hookspec
def tierwise_graded(plan: Plan, as_of: date | None, grading: Grading) -> None:
    """Observe a run.

    Called once for each run over a database, when all results are there and before they are printed. Every plugin is called, in order;
    what it returns is ignored.
    """
