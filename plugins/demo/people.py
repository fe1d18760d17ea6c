"""Customers, contacts and staff of the demo database."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tierwise.plugins.demo.makers import Customer, Employee, World, weighted
from tierwise.plugins.demo.name_parts import CITIES, address, company, person

__all__ = ["rows"]

ROLES = ("业务员", "业务员", "业务员", "大客户专员", "大客户专员", "大客户主管", "大客户经理", "区域经理", "销售经理", "销售总监")
PERSONALITIES = ("沉默型", "唠叨型", "和气型", "骄傲型", "刁酸型", "吹毛求疵型", "暴躁型", "完全拒绝型", "杀价型", "经济困难型")
PRODUCT_CATEGORIES = ("MMS", "城管", "公安", "数字城市", "交通", "应急", "旅游")
INDUSTRIES = ("building_company", "decoration_company", "trading_company", "shop_or_office", "other")
NATURES = weighted({"政府机构": 1, "特殊业务公司": 1, "普通公司": 8, "顾客": 3, "合作伙伴": 1})
PARTIES = weighted({"end_user": 8, "agent": 2, "government_relation": 1})
DEALERS = weighted({"普通商": 6, "加盟商": 3, "OEM商": 1})
PLATFORMS = weighted({"none": 85, "国网": 6, "省网": 6, "北京电力公司": 3})

Row = tuple[str, tuple[Any, ...]]


def rows(world: World) -> Iterator[Row]:
    """Yield staff, then customers with their contacts, assignments and first ratings."""
    yield from _staff(world)
    for index in range(world.customer_count):
        yield from _customer(world, index)


def _staff(world: World) -> Iterator[Row]:
    for index in range(60):
        role = ROLES[index % len(ROLES)]
        employee = Employee(f"S{index + 1:03d}", role, CITIES[index % len(CITIES)])
        world.staff.append(employee)
        manager = f"S{(index // 10) * 10 + 10:03d}" if role != "销售总监" else None
        left = world.day(200) if world.chance(0.08) else None
        yield (
            "staff",
            (employee.key, person(world), role, "销售部", employee.city, manager, index % 10 + 1, world.day(3000, 400), left),
        )
        yield "targets", (employee.key, "2026", round(world.random.uniform(5e5, 5e6), -4))


def _customer(world: World, index: int) -> Iterator[Row]:
    random = world.random
    organisation = world.chance(0.8)
    city = world.pick(CITIES)
    customer = Customer(
        key=f"{index + 1:05d}",
        city=city,
        size=math.exp(random.gauss(11.6, 1.5)),
        quality=random.betavariate(4, 2),
        age_years=0.0 if world.chance(0.05) else round(random.uniform(0.1, 12), 1),
        organisation=organisation,
    )
    world.customers.append(customer)
    first_order = world.day(int(customer.age_years * 365) + 30, int(customer.age_years * 365)) if customer.age_years else None
    yield (
        "customers",
        (
            customer.key,
            company(world, city) if organisation else person(world),
            world.pick(("organisation", "institution")) if organisation else "individual",
            world.pick(NATURES),
            world.pick(INDUSTRIES),
            world.pick(PARTIES),
            world.pick(PRODUCT_CATEGORIES),
            world.pick(DEALERS),
            world.pick(("developed_by_company", "developed_by_salesperson")),
            world.pick(PLATFORMS),
            city,
            city,
            f"Z{world.between(1, 40):02d}" if world.chance(0.4) else None,
            address(world, city),
            world.flag(0.4),
            round(customer.size / 900, 1),
            world.pick(("直销", "经销", "代理")),
            round(min(100.0, random.betavariate(2, 3) * 100), 2),
            customer.age_years,
            world.pick(("小型", "中型", "大型")),
            world.pick(("扩张", "稳健", "收缩")) if world.chance(0.7) else None,
            round(customer.size * random.uniform(3, 30), 2) if world.chance(0.8) else None,
            world.pick(("良好", "一般", "困难")) if world.chance(0.8) else None,
            world.pick(("资金", "人才", "渠道")) if world.chance(0.5) else None,
            city if world.chance(0.6) else None,
            city if world.chance(0.8) else None,
            first_order,
            first_order,
            world.day(120),
        ),
    )
    yield from _contacts(world, customer)
    yield from _ratings(world, customer)


def _contacts(world: World, customer: Customer) -> Iterator[Row]:
    random = world.random
    for role in ("decision_maker", "influencer")[: world.pick((1, 1, 2))]:
        income = round(random.lognormvariate(9.2, 0.5), 2)
        yield (
            "contacts",
            (
                world.number("P"),
                customer.key,
                person(world),
                world.pick("男女"),
                world.between(24, 62),
                address(world, customer.city),
                f"1{world.between(3, 9)}{world.between(10**8, 10**9 - 1)}",
                f"user{world.between(1, 99999)}@example.com" if world.chance(0.8) else None,
                role,
                world.pick(PERSONALITIES),
                income,
                round(income * random.uniform(0.4, 1.1), 2),
                world.pick(("总经理", "采购经理", "主任")),
                world.day(200),
            ),
        )
    if world.chance(0.85):
        for employee in random.sample(world.staff, world.pick((1, 1, 2))):
            yield "assignments", (customer.key, employee.key, employee.role, world.day(900, 30), None)


def _ratings(world: World, customer: Customer) -> Iterator[Row]:
    level = "ABCD"[min(3, int((1 - customer.quality) * 5))]
    limit = round(customer.size / 6, -3)
    if world.chance(0.9):
        yield "credit_ratings", (customer.key, level, level, limit, f"{(30, 30, 15, 0)['ABCD'.index(level)]}天", world.day(360, 60))
    yield (
        "ledger_entries",
        (
            customer.key,
            f"K{customer.key}",
            world.day(900, 300) if world.chance(0.9) else None,
            world.flag(0.95),
            world.day(900, 300) if world.chance(0.9) else None,
            world.day(900, 300),
            world.day(400) if world.chance(0.9) else None,
            None,
            None,
            None,
        ),
    )
    yield (
        "investor_profiles",
        (
            customer.key,
            round(customer.size * world.random.uniform(0.2, 8), 2),
            world.pick(("low", "medium", "high")),
            1,
            world.between(1, 5),
            round(world.random.uniform(0.01, 0.12), 4),
            world.pick(("低", "中", "高")) if world.chance(0.9) else None,
            world.pick(("保值", "增值", "养老")) if world.chance(0.9) else None,
            world.pick(("无", "期限", "品种")) if world.chance(0.8) else None,
            world.day(300),
        ),
    )
