"""A draft can be used as it stands, and says which facts nothing supplies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.draft_binding import bind_draft
from tierwise.plugins.data_source import Source

SCRIPT = """
CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, platform TEXT, "年用量" REAL, anual_demand REAL);
INSERT INTO customers VALUES ('001', '甲', '国网', 12.5, 3);
CREATE TABLE visits (customer_id TEXT, last_visit TEXT);
CREATE TABLE judgements (customer_id TEXT, name TEXT, value TEXT, judged_on TEXT, valid_to TEXT);
INSERT INTO judgements VALUES ('001', 'usage_size', 'large', '2026-01-01', NULL);
"""

DRAFT = """\
binding: 1
policy: sample
subject: {table: customers, key: customer_id, name: name}
facts:
  usage: {column: 年用量}
  usage_size: {table: judgements, aggregate: last, column: value, by: judged_on, where: {name: usage_size}, valid_until: valid_to}
  # annual_demand: {column: anual_demand}   # a similar name
  # last_visit_on: {table: visits, aggregate: max, column: last_visit}

# binds by itself, since a column has its name:
#   platform

# nothing supplies:
#   xyz (boolean): xyz
"""


def test_a_draft_can_be_used_as_it_stands(
    sqlite_file: Callable[..., Path], opened: Callable[[Path], Source], plan_of: Callable[..., Plan]
) -> None:
    source = opened(sqlite_file(SCRIPT))
    plan = plan_of(
        platform=EnumType(("国网",)),
        usage=NumberType(1),
        usage_size=EnumType(("large", "small")),
        annual_demand=NumberType(0),
        last_visit_on=DateType(),
        xyz=BooleanType(),
    )
    plan.facts["usage"].label.update(zh="年用量")  # type: ignore[attr-defined]
    text = bind_draft(source, plan)
    assert text.split("\n", 1)[1] == DRAFT
    table = bind(source, plan, read_binding(TextSource("binding.yaml", text), plan), date(2026, 11, 21))
    assert [dict(s.facts) for s in table.subjects()] == [{"platform": "国网", "usage": Decimal("12.5"), "usage_size": "large"}]


GROUPS = """
CREATE TABLE partners (id TEXT PRIMARY KEY, name TEXT, parent_id TEXT, agent TEXT, own_limit REAL);
INSERT INTO partners VALUES ('H', 'Holding', NULL, NULL, 100), ('S1', 'One', 'H', 'X', NULL), ('X', 'Alone', '', 'H', 7);
CREATE TABLE invoices (id TEXT, open REAL);
INSERT INTO invoices VALUES ('S1', 5), ('H', 1), ('X', 2);
"""


def test_who_stands_above_is_drafted_from_the_name_and_the_ids_of_a_column(
    sqlite_file: Callable[..., Path], opened: Callable[[Path], Source], plan_of: Callable[..., Plan]
) -> None:
    source = opened(sqlite_file(GROUPS))
    plan = plan_of(parent_limit=(NumberType(0), {"nullable": True}), group_open=NumberType(0))
    text = bind_draft(source, plan)
    assert "subject: {table: partners, key: id, name: name, parent: parent_id}\n" in text
    bound = text.replace("facts: {}", "facts:").replace("  # parent_limit", "  parent_limit").replace("  # group_open", "  group_open")
    table = bind(source, plan, read_binding(TextSource("binding.yaml", bound), plan))
    given = {s.key: (s.facts.get("parent_limit", "missing"), s.facts.get("group_open", "missing")) for s in table.subjects()}
    assert given == {"H": (None, 6), "S1": (100, 6), "X": (None, 2)}


@pytest.mark.parametrize(
    ("change", "draft"),
    [
        (
            "UPDATE partners SET parent_id = 'gone'",
            "# `agent` holds ids of other rows: if those stand above, add `parent: agent` to `subject`",
        ),
        ("UPDATE partners SET parent_id = id, agent = id", "subject: {table: partners, key: id, name: name}\nfacts"),
        ("ALTER TABLE partners RENAME parent_id TO 上级客户", "parent: 上级客户}"),
    ],
)
def test_a_column_that_names_no_rows_is_not_drafted_as_who_stands_above(
    change: str, draft: str, sqlite_file: Callable[..., Path], opened: Callable[[Path], Source], plan_of: Callable[..., Plan]
) -> None:
    assert draft in bind_draft(opened(sqlite_file(GROUPS + change + ";")), plan_of(own_limit=NumberType(0)))
