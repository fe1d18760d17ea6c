"""``tierwise init``: a policy of one's own that passes its checks and cases and grades the list it was made from; an overlay to fill."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.command_line import tierwise
from tierwise.core.outcome import Determined
from tierwise.plugins.policy import load


@pytest.fixture
def customers(small: Path) -> Path:
    """A list of 500 Chinese customers as Excel saves it."""
    chance = random.Random(3)
    lines = ["客户编号,客户名称,年采购额（元）,地区,是否VIP,上次拜访,联系电话"]
    for number in range(500):
        amount = "" if number == 7 else f"{chance.lognormvariate(12, 1.2):.2f}"
        lines.append(
            f"{number:04d},客户{number}有限公司,{amount},{chance.choice(['华东', '华南'])},{chance.choice('是否')},2026-01-{number % 28 + 1:02d},138{number:08d}"
        )
    (small / "名单.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return small


def test_a_list_becomes_a_policy_that_passes_its_checks_and_cases_and_grades_the_list(customers: Path) -> None:
    made = tierwise("init", "我的分级", "--from", "名单.csv", "--language", "zh")
    text = Path("我的分级/policy.yaml").read_text(encoding="utf-8")
    graded = tierwise("grade", "名单.csv", "--policy", "./我的分级")

    assert made.code == 0, made.err
    assert "policy: 我的分级\n" in text and "  年采购额（元）: {type: number, scale: 2, min: 0, unit: 元}\n" in text
    assert "  # 地区: {type: enum, values: [华东, 华南]}\n" in text and "  # 是否VIP: {type: boolean}\n" in text
    assert "客户名称" not in text and "客户编号" not in text
    assert tierwise("check", "./我的分级").out == "./我的分级: no findings\n"
    assert tierwise("test", "./我的分级").code == 0
    assert "tier           499             1  missing_fact 1" in graded.out, graded.out


def test_grades_and_borders_may_be_said(customers: Path) -> None:
    done = tierwise("init", "mine", "--from", "名单.csv", "--by", "年采购额（元）", "--grades", "金,银,铜", "--cuts", "100万,10万")
    policy = load("./mine")

    assert done.code == 0, done.err
    decided = [policy.decide({"年采购额（元）": amount}).outcomes["tier"] for amount in (1_000_000, 999_999.99, 99_999)]
    assert [isinstance(outcome, Determined) and outcome.value for outcome in decided] == ["金", "银", "铜"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine", "--from", "名单.csv", "--by", "地区"], "`地区` is no column of numbers"),
        (["mine", "--from", "名单.csv", "--grades", "A"], "give two grades or more"),
        (["mine", "--from", "名单.csv", "--cuts", "1,2"], "3 grades demand 2 cuts, the highest first"),
        (["mine", "--from", "名单.csv", "--cuts", "viel"], "are no amounts"),
        ([], "name the folder of the new policy"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(words: list[str], said: str, customers: Path) -> None:
    done = tierwise("init", *words)

    assert done.code == 2 and said in done.err
    assert not Path("mine").exists()


def test_without_a_list_there_is_an_example_and_nothing_is_written_over(small: Path) -> None:
    assert tierwise("init", "mine").code == 0
    assert tierwise("check", "./mine").out == "./mine: no findings\n"

    again = tierwise("init", "mine")
    assert again.code == 4 and "is there already" in again.err


@pytest.mark.parametrize("policy", ["scorecard-100-rights", "abc-monthly-value", "big-customer-tiers"])
def test_an_overlay_to_fill_is_an_overlay_already(policy: str, small: Path) -> None:
    tierwise("init", "company.yaml", "--overlay", policy)

    assert load(policy, overlay="company.yaml").fingerprint == load(policy).fingerprint


def test_a_filled_overlay_settles_what_it_names(small: Path) -> None:
    tierwise("init", "company.yaml", "--overlay", "abc-monthly-value")
    text = Path("company.yaml").read_text(encoding="utf-8")
    filled = text.replace("# parameters:", "parameters:").replace("#   a_visit_interval: ", "  a_visit_interval: 14 days")
    filled = filled.replace("# readings:", "readings:").replace("#   cadence: rolling | calendar ", "  cadence: rolling ")
    Path("company.yaml").write_text(filled, encoding="utf-8")
    loaded = load("abc-monthly-value", overlay="company.yaml")

    assert loaded.policy.settled == {"cadence": "rolling"} and "a_visit_interval" in loaded.policy.parameter_values


def test_a_number_keeps_the_unit_of_its_heading_so_that_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{at:03},客户{at},{at * 3}.5,{at}\n" for at in range(1, 21))
    Path("名单.csv").write_text("编号,名称,年销售额（万元）,账期（天）\n" + rows, encoding="utf-8")
    tierwise("init", "分级", "--from", "名单.csv")
    text = Path("分级/policy.yaml").read_text(encoding="utf-8")
    done = tierwise("grade", "名单.csv", "--policy", "./分级", "--format", "csv", "--columns", "tier")

    assert "unit: 万元" in text and "unit: 天" in text
    assert "missing" not in done.out + done.err and {"A", "B", "C"} <= set(done.out.split())


def test_a_list_as_people_keep_it_becomes_a_policy_and_what_is_no_number_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    amounts = ["约50万", "暂无", "12.5万", "￥1,200,000", "３００００"] + [str(at * 10_000) for at in range(1, 36)]
    days = ["2026-03-05", "2026/3/5", "2026年3月5日"]
    rows = [f'{at:03},客户{at},"{amount}",{days[at % 3]},' for at, amount in enumerate(amounts)]
    Path("名单.csv").write_text("客户编号,客户名称,年采购额,上次拜访,备注\n" + "\n".join(rows) + "\n", encoding="utf-8-sig")
    made = tierwise("init", "分级", "--from", "名单.csv", "--language", "zh")
    text = Path("分级/policy.yaml").read_text(encoding="utf-8")
    graded = tierwise("grade", "名单.csv", "--policy", "./分级", "--format", "csv", "--columns", "key,年采购额,tier.reason")

    assert "`年采购额`：看过的 39 个值中有 1 个不是数，例如 `约50万`；按缺失处理" in made.out, made
    assert "  年采购额: {type: number, scale: 2, min: 0}\n" in text and "  # 上次拜访: {type: date, nullable: true}\n" in text
    assert "备注" not in text
    assert graded.out.splitlines()[1:6] == ["000,,missing_fact", "001,,missing_fact", "002,125000,", "003,1200000,", "004,30000,"], graded
