"""Tierwise: grading policies as files, checked before they run, exact while they run, explained after.

>>> import tierwise
>>> policy = tierwise.load("big-customer-tiers")
>>> facts = {"annual_usage_yuan": 500000, "usage_size": "large", "payment_reputation": "good", "profit_contribution": "normal"}
>>> policy.decide(facts).to_dict()["outputs"]["tier"]
{'value': 'A1'}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierwise.core.errors import DataError, PluginError, PolicyError, TierwiseError
    from tierwise.plugins.policy import LoadedPolicy, load

__version__ = "0.1.0"

__all__ = ["DataError", "LoadedPolicy", "PluginError", "PolicyError", "TierwiseError", "__version__", "load"]

_HOMES = {
    "DataError": "tierwise.core.errors",
    "LoadedPolicy": "tierwise.plugins.policy",
    "PluginError": "tierwise.core.errors",
    "PolicyError": "tierwise.core.errors",
    "TierwiseError": "tierwise.core.errors",
    "load": "tierwise.plugins.policy",
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `tierwise --help` and `import tierwise` stay quick.
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'tierwise' has no attribute {name!r}")
