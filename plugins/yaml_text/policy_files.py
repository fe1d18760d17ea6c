"""Reads a policy from the texts of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.policy import Document, Policy, SectionKeys, policy_of
from tierwise.core.source import Source
from tierwise.plugins.yaml_text.characters import check_text
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["read_policy"]


class _YamlReader:
    """Reads documents from YAML."""

    def check(self, source: Source, limits: Limits) -> list[Finding]:
        return check_text(source, limits)

    def document(self, source: Source, limits: Limits) -> tuple[Document | None, list[Finding]]:
        return read_document(source, limits)


def read_policy(
    files: Mapping[str, str],
    limits: Limits,
    overlay: Source | Sequence[Source] | None = None,
    shown: Mapping[str, str] | None = None,
    sections: Mapping[str, type[SectionKeys]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Policy:
    """Read a policy from YAML; arguments, result and errors are those of ``policy_of``."""
    return policy_of(files, limits, _YamlReader(), overlay, shown, sections, settings)
