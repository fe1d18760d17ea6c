"""A draft can be used as it stands, and says which facts nothing supplies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType
from tierwise.plugins.binding.bind import bind
from tierwise.plugins.binding.draft import bind_draft
from tierwise.plugins.binding.read import read_binding
from tierwise.plugins.source import Source

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
