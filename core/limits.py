"""Bounds on untrusted files; every reader has them at hand."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on untrusted policy files; going over one is a finding or a ``PolicyError``, never a hang."""

    file_bytes: int = 2_000_000
    nodes: int = 100_000
    depth: int = 40
    expression_depth: int = 60
    rules: int = 5_000
    findings: int = 100
    completions: int = 4_096
