"""``tierwise export`` and ``tierwise import``: what they write, refuse and say."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from tests.command_line import tierwise


def test_a_policy_that_is_edited_in_a_workbook_comes_back_with_what_changed_by_cell(small: Path) -> None:
    exported = tierwise("export", "small.yaml", "s.xlsx")
    unchanged = tierwise("import", "s.xlsx")
    written_unasked = Path("mine").exists()
    first = tierwise("import", "s.xlsx", "mine")
    book = load_workbook("s.xlsx")
    book["tier"]["B8"] = ">= 60万"
    book.save("s.xlsx")
    second = tierwise("import", "s.xlsx", "mine")

    assert exported.code == 0 and exported.out.startswith("written: s.xlsx (fingerprint ")
    assert unchanged.out.startswith("small: the meaning is as it was exported") and not written_unasked
    assert first.code == 0 and "written: mine/policy.yaml\n" in first.out
    assert "tier!B8: modules/tier/decisions/tier/table/rules/big/amount: >= 50万 → >= 60万" in second.out
    assert "small: changed in meaning since it was exported" in second.out
    assert "written: mine/policy.yaml\n" in second.out
    assert ">= 60万" in Path("mine/policy.yaml").read_text(encoding="utf-8")


def test_a_workbook_with_errors_is_not_written(small: Path) -> None:
    tierwise("export", "small.yaml", "s.xlsx")
    book = load_workbook("s.xlsx")
    book["tier"]["D8"] = "丁"
    book.save("s.xlsx")
    done = tierwise("import", "s.xlsx", "mine")

    assert done.code == 1
    assert "tier!D8: error[unknown-value]" in done.err
    assert "nothing is written" in done.out and not Path("mine").exists()


def test_a_file_that_is_there_is_written_over_only_when_asked(small: Path) -> None:
    tierwise("export", "small.yaml", "s.xlsx")
    again = tierwise("export", "small.yaml", "s.xlsx")

    assert again.code == 4 and "`s.xlsx` is there already" in again.err
    assert tierwise("export", "small.yaml", "s.xlsx", "--replace").code == 0


def test_an_overlay_is_made_filled_and_read(small: Path) -> None:
    done = tierwise("export", "--overlay", "gov-customer-scoring", "o.xlsx")
    back = tierwise("import", "o.xlsx", "mine")

    assert done.out == "written: o.xlsx, to fill: 0 parameters, 3 readings, 5 tables\n"
    assert "an overlay of gov-customer-scoring: it fits the policy" in back.out, back
    assert Path("mine/overlay.yaml").read_text(encoding="utf-8").startswith("overlay: 1\npolicy: gov-customer-scoring\n")


def test_the_language_may_stand_after_the_command(small: Path) -> None:
    tierwise("export", "small.yaml", "s.xlsx", "--language", "zh")

    assert load_workbook("s.xlsx").sheetnames == ["Tierwise", "设置", "事实", "等级", "词表"]
