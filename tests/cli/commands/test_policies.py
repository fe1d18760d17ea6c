"""``policies`` lists every shipped policy, in every format, with what a company must still supply."""

from __future__ import annotations

import csv
import io
import json

from tests.command_line import tierwise
from tierwise.plugins.loading import shipped_policies


def test_the_list_is_whole_in_text_and_json() -> None:
    text = tierwise("policies")
    listed = json.loads(tierwise("policies", "--format", "json").out)

    assert text.code == 0
    assert [line.split()[0] for line in text.out.splitlines()[2:]] == list(shipped_policies())
    assert [row["policy"] for row in listed] == list(shipped_policies())
    [rights] = [row for row in listed if row["policy"] == "scorecard-100-rights"]
    assert rights["subject"] == "customer"
    assert "value-tier" in rights["kinds"]
    assert "total_points.sales_volume" in rights["must supply"]
    assert "quarter" in rights["readings open"]


def test_titles_are_chinese_when_asked() -> None:
    rows = list(csv.DictReader(io.StringIO(tierwise("--language", "zh", "policies", "--format", "csv").out.lstrip("\ufeff"))))

    assert {row["policy"]: row["title"] for row in rows}["big-customer-tiers"] == "大客户分级（A1–D）"
