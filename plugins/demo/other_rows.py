"""The rows of the demo database that are not about one customer's business: forms, projects, documents, contracts, assets, candidates.

What was added to rows later is drawn from a random source of its own, so that it moves no other row of the demo.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tierwise.plugins.demo.makers import World
from tierwise.plugins.demo.name_parts import person

__all__ = ["rows"]

FORMS = ("客户信息表", "客户单价系数确认表", "客户资信等级评估表", "客户出货回款信息表", "内部跟单流程看板")
STEPS = ("general_survey", "field_survey", "application_form", "application_report", "contract")
SURVEY = ("profile", "annual_accounts", "talk_with_head")
DOCUMENTS = ("财务管理制度", "客服管理制度", "生产管理制度", "质量体系文件", "产品BOM", "产品标准", "通知")
CONTRACTS = ("人事合同", "广告代理合同", "场地租赁合同", "装修合同", "合作协议", "服务器代管合同")
ASSETS = ("硬件", "通信设施", "IT环境", "数据库", "软件", "文档资料", "信息服务", "人员", "电子数据文件")
TRAITS = ("late", "patient_listener", "cheerful_positive", "hides_product_faults", "customer_first", "arrogant", "energetic")
KEY = {"Q01": "B", "Q02": "A", "Q03": "D", "Q04": "C", "Q05": "AB", "Q06": "AB", "Q07": "CD", "Q08": "错", "Q09": "错", "Q10": "对"}

Row = tuple[str, tuple[Any, ...]]

SEED = 17
SURVEYORS = ("大客户经理", "大客户主管")


def rows(world: World) -> Iterator[Row]:
    """Yield forms and projects of some customers, and the subjects that are not customers."""
    random, aside = world.random, Random(SEED)
    for customer in random.sample(world.customers, min(400, len(world.customers))):
        employee = random.choice(world.staff).key
        yield (
            "form_checks",
            (
                *(world.number("F"), employee, customer.key, random.choice(FORMS), world.day(90), world.flag(0.85), world.flag(0.9)),
                int(aside.random() < 0.08),
            ),
        )
    for customer in random.sample(world.customers, min(150, len(world.customers))):
        done = STEPS[: random.randint(0, 5)]
        survey = random.sample(SURVEY, random.randint(1, 3))
        survey = survey if len(done) < 2 else list(SURVEY)  # who went on has surveyed everything
        surveyors = list(SURVEYORS if aside.random() < 0.8 else SURVEYORS[:1]) if "field_survey" in done else []
        project = (world.number("J"), customer.key, json.dumps(done), json.dumps(survey), world.day(400))
        yield "projects", (*project, json.dumps(surveyors, ensure_ascii=False))
    for employee_ in world.staff:
        for trait in random.sample(TRAITS, random.randint(0, 3)):
            yield "staff_observations", (employee_.key, trait, world.day(200), random.choice(world.staff).key)
    yield from _papers(world, aside)


def _papers(world: World, aside: Random) -> Iterator[Row]:
    random = world.random
    for index in range(40):
        number = f"W-{index + 1:04d}" if world.chance(0.8) else None
        approved = random.choice(("总经理", "总经理", "总经理", "公司副总"))
        title = random.choice(DOCUMENTS)
        yield "documents", (
            f"D{index + 1:03d}", title, title, "行政办公", random.randint(1, 20), random.choice(("总经办", "财务部", "客服部", "生产部")), world.flag(0.2),
            number, world.day(300) if number else None, "指定人员", random.choice(("部门负责人", "公司副总")), approved, world.day(200),
        )  # fmt: skip
        disputed = world.flag(0.15)
        copies = random.sample(("人事行政部", "行政办", "财务总部"), random.randint(1, 3))
        yield "contracts", (
            f"H{index + 1:03d}", random.choice(CONTRACTS), round(random.lognormvariate(11, 1), 2), world.flag(0.3), world.flag(0.2), world.flag(0.7),
            random.choice(("总经理", "部门主管领导")), json.dumps(copies, ensure_ascii=False), world.flag(0.1), disputed, world.flag(0.5) if disputed else 0,
            random.choice(("总经理", "行政办")) if disputed else None, *(int(aside.random() < share) for share in (0.1, 0.1, 0.05)),
        )  # fmt: skip
        people = {random.choice(world.staff).key: random.choice(("creator", "head_of_main_users", "entrusted_daily_management", "uses"))}
        yield "info_assets", (f"N{index + 1:03d}", random.choice(ASSETS), None, json.dumps(people), None)
        yield "candidates", (
            f"R{index + 1:03d}", random.choice(("none", "college", "bachelor", "master")), round(random.uniform(0, 12), 1), *(world.flag(0.5) for _ in range(7)), index % 5 + 1,
        )  # fmt: skip
        answers = {question: right if world.chance(0.85) else "A" for question, right in KEY.items()}
        yield "exam_papers", (f"{person(world)}-{index + 1:02d}", json.dumps(answers, ensure_ascii=False))
