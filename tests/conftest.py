"""Draws the same examples in every run, so that a change is judged by itself; ``--hypothesis-profile=explore`` draws new ones.

Lets processes that tests start keep their bytecode outside the tree, in a folder that goes with the run: Python compiles each module once, not once
a process.

Marks what is ``fast``: the examples of the core, without the properties and the ``thorough``, which try many. ``pytest -m fast`` is for while you work.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

CORE = Path(__file__).parent / "core"

# A claim does not hang on how busy the machine is: no example has a deadline, and slow drawing is no fault.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("fixed", CALM, derandomize=True)
settings.register_profile("explore", CALM, derandomize=False, print_blob=True)
settings.load_profile("fixed")


def pytest_configure(config: pytest.Config) -> None:
    """Say where bytecode is kept, before workers start and inherit it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if "PYTHONPYCACHEPREFIX" not in os.environ:
        place = os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="tierwise-bytecode-")
        config.add_cleanup(lambda: shutil.rmtree(place, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the fast tests; refuse names that each process would write otherwise, as workers could not agree on what to run."""
    for item in items:
        given = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        if any(isinstance(one, set | frozenset) and len(one) > 1 and str(one) in item.name for one in given):
            raise pytest.UsageError(f"{item.nodeid} is named after a set, whose order is another in each process: give a list")
        if (
            item.path.is_relative_to(CORE)
            and not is_hypothesis_test(getattr(item, "obj", None))
            and not any(item.get_closest_marker(mark) for mark in ("slow", "thorough"))
        ):
            item.add_marker("fast")
