"""What one call of the command line shares between its commands: the plugins, the language and how findings are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import click

from tierwise.cli.stopping import Stopping

if TYPE_CHECKING:
    from tierwise.cli.options import Layers
    from tierwise.core.finding import Finding
    from tierwise.core.plan import Named
    from tierwise.plugins.manager import Plugins
    from tierwise.plugins.people_names import Naming
    from tierwise.plugins.policy import LoadedPolicy

__all__ = ["Session"]


@dataclass
class Session:
    """Global options, and the plugins loaded once when first needed."""

    disabled: tuple[str, ...] = ()
    error_format: str = "human"
    language: str = "en"
    stopping: Stopping = field(default_factory=Stopping)
    _commands: dict[str, click.Command] = field(default_factory=dict)

    @classmethod
    def of(cls, context: click.Context) -> Session:
        """Return the session of a click context; before the group ran, one with the defaults."""
        root = context.find_root()
        return root.obj if isinstance(root.obj, Session) else cls()

    @cached_property
    def plugins(self) -> Plugins:
        """All plugins but the disabled ones."""
        from tierwise.plugins.manager import Plugins

        return Plugins(disabled=self.disabled)

    def plugin_commands(self) -> Mapping[str, click.Command]:
        """Commands that plugins add, by name."""
        return self.plugins.commands()

    def text(self, label: Named) -> str:
        """Return a label in the session's language."""
        return label.get(self.language) or label.get("en") or next(iter(label.values()), "")

    def load(self, name_or_path: str, layers: Layers) -> LoadedPolicy:
        """Load a policy with what lies over it, and tell where two layers differ."""
        from tierwise.plugins.policy import load

        loaded = load(name_or_path, overlay=layers.overlays, settings=layers.settings, plugins=self.plugins)
        self.show_findings(finding for finding in loaded.findings if finding.code == "overlay-overruled")
        return loaded

    def show_findings(self, findings: Iterable[Finding], naming: Naming | None = None) -> None:
        """Write findings to stderr in the chosen form, in the words of a policy where it is known how it is spoken of."""
        from tierwise.cli.findings import render_findings

        rendered = render_findings(tuple(findings), self.error_format, self.language, naming)
        if rendered:
            click.echo(rendered, err=True)
