"""``bind`` drafts a binding that can be used as it stands, and says which facts nothing supplies."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import POLICY, tierwise


def test_a_draft_for_equal_names_works_as_it_stands(small: Path) -> None:
    draft = tierwise("bind", "customers.csv", "small.yaml")
    (small / "binding.yaml").write_text(draft.out, encoding="utf-8")

    graded = tierwise("grade", "customers.csv", "--policy", "small.yaml", "--binding", "binding.yaml", "--format", "csv")

    assert draft.code == 0
    assert graded.code == 0, graded.err
    assert graded.out == tierwise("grade", "customers.csv", "--policy", "small.yaml", "--format", "csv").out


def test_what_nothing_supplies_is_listed(small: Path) -> None:
    (small / "more.yaml").write_text(POLICY.replace("judged_good", "trust_of_staff"), encoding="utf-8")
    out = tierwise("bind", "customers.csv", "more.yaml").out

    assert out[out.index("nothing supplies") :].splitlines()[1].startswith("#   trust_of_staff (boolean")


def test_child_tables_are_seen(demo_db: Path) -> None:
    out = tierwise("bind", demo_db, "big-customer-tiers").out

    assert "subject: {table: customers, key: customer_id, name: name}" in out
    assert "payment_reputation: {table: judgements, aggregate: last" in out
