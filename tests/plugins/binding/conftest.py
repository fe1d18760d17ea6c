"""Plans and databases that the binding tests share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.plans import declared, plan
from tierwise.core.plan import FactRef, Plan
from tierwise.core.types import Type
from tierwise.plugins.builtin import source_csv, source_duckdb, source_excel, source_parquet, source_sqlite
from tierwise.plugins.data_source import Source, SourceOpener, open_source


@pytest.fixture
def plan_of() -> Callable[..., Plan]:
    """Make a plan with nothing but facts: name to type, or to (type, more arguments of ``Fact``)."""

    def make(**facts: Type | tuple[Type, dict[str, Any]]) -> Plan:
        made = []
        for name, type in facts.items():
            plain, more = type if isinstance(type, tuple) else (type, {})
            made.append(declared(FactRef(name, plain), **more))
        return replace(plan(made), policy="sample")

    return make


@pytest.fixture
def openers() -> list[SourceOpener]:
    """Return the built-in openers."""
    modules = (source_sqlite, source_duckdb, source_parquet, source_csv, source_excel)
    return [opener for module in modules for opener in module.tierwise_sources()]


@pytest.fixture
def opened(openers: list[SourceOpener]) -> Iterator[Callable[[Path | str], Source]]:
    """Open a location by the built-in openers; closed at the end of the test."""
    sources: list[Source] = []

    def open(location: Path | str) -> Source:
        sources.append(open_source(str(location), openers))
        return sources[-1]

    yield open
    for source in sources:
        source.close()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a SQLite file from a script."""

    def write(script: str, name: str = "crm.db") -> Path:
        path = tmp_path / name
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.close()
        return path

    return write
