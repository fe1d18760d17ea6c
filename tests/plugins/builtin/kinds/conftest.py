"""What the tests of all kinds use."""

from __future__ import annotations

import pytest

from tierwise.core.environment import Environment
from tierwise.plugins.manager import Plugins


@pytest.fixture(scope="package")
def environment() -> Environment:
    """What a policy may use: the built-ins."""
    return Plugins(entry_points=False).environment()
