"""The few exceptions: raised when what the caller asked for cannot be done.

    TierwiseError
    ├── PolicyError    a policy (or its overlay, binding, tables) cannot be loaded; carries its findings      exit code 3
    ├── PluginError    a plugin raised, or two plugins clash; carries plugin and hook                        exit code 3
    └── DataError      a database, file or ledger cannot be read or written                                  exit code 4

What an author can mend in a file that could be read is a ``Finding``, not an exception.
"""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.core.finding import Finding, sorted_findings

__all__ = ["DataError", "PluginError", "PolicyError", "TierwiseError"]


class TierwiseError(Exception):
    """The root of all errors that Tierwise raises on purpose.

    Attributes:
        help: One suggestion, or an empty text.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class PolicyError(TierwiseError):
    """A policy cannot be loaded.

    Attributes:
        findings: Everything found wrong, sorted by place; may be empty when there is no file at all.
            They stand below the traceback, too, a line each (``add_note``).
    """

    def __init__(self, message: str, findings: Iterable[Finding] = (), help: str = "") -> None:
        super().__init__(message, help)
        self.findings = sorted_findings(findings)
        for finding in self.findings:
            self.add_note(str(finding))


class PluginError(TierwiseError):
    """A plugin raised an exception, or clashes with another one.

    Attributes:
        plugin: The name of the plugin at fault.
        hook: The hook that was being called; empty when it could not even be loaded.
    """

    def __init__(self, message: str, plugin: str, hook: str = "", help: str = "") -> None:
        super().__init__(message, help or f"run again with `--disable-plugin {plugin}` to do without it")
        self.plugin = plugin
        self.hook = hook


class DataError(TierwiseError):
    """A database, a data file or the ledger cannot be read or written."""
