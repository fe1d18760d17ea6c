"""Orders, payments, agreements, quotes, prospects and judgements of the demo database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tierwise.plugins.demo.world import Customer, World

__all__ = ["rows"]

AGREEMENTS = ("年供货协议", "战略合作协议", "合作合同", "VIP客户协议", "销售协议", "长期合作协议")
PRODUCT_NAMES = ("变压器", "开关柜", "电缆", "配电箱", "避雷器", "电表", "空调机组", "加热器", "柴油", "汽油")

# What a yearly scoring needs is judged for nearly everybody: one unknown score leaves every rank behind it uncertain.
SCORED = ("payment_reputation_words", "industry_fame")

Row = tuple[str, tuple[Any, ...]]


def rows(world: World) -> Iterator[Row]:
    """Yield the products, then the business with every customer."""
    for index in range(40):
        name = f"{PRODUCT_NAMES[index % len(PRODUCT_NAMES)]}{index + 1}型"
        price = round(world.random.uniform(50, 20000), 2)
        yield (
            "products",
            (
                f"G{index + 1:03d}",
                name,
                PRODUCT_NAMES[index % len(PRODUCT_NAMES)],
                "金鹏" if index % 3 else "其他",
                price,
                index % 5 + 1,
                int(index % 3 > 0),
            ),
        )
    for customer in world.customers:
        if customer.age_years:
            yield from _orders(world, customer)
        yield from _papers(world, customer)
        yield from _judgements(world, customer)


def _orders(world: World, customer: Customer) -> Iterator[Row]:
    random = world.random
    years = min(customer.age_years, 3.0)
    per_year = max(1, round(random.gauss(4, 2.5)))
    dormant = 400 if world.chance(0.12) else 0
    for _ in range(max(1, round(per_year * years))):
        ordered = world.as_of - timedelta(days=random.randint(dormant, max(dormant + 30, int(years * 365))))
        order = world.number("O")
        amount = round(customer.size / per_year * random.lognormvariate(0, 0.4), 2)
        open_now = ordered > world.as_of - timedelta(days=25) and world.chance(0.6)
        status = "open" if open_now else random.choices(("delivered", "cancelled", "rejected"), (94, 4, 2))[0]
        delivered = min(ordered + timedelta(days=random.randint(5, 45)), world.as_of) if status == "delivered" else None
        yield (
            "orders",
            (
                order,
                customer.key,
                ordered.isoformat(),
                delivered.isoformat() if delivered else None,
                status,
                amount,
                round(amount * random.uniform(0.6, 0.95), 2),
                "rush" if world.chance(0.1) else "regular",
                random.choice((15, 20, 25, 30, 40)),
                random.choice((0, 30, 60, 90)),
                random.choice(("prepaid", "cash_on_delivery", "forward")),
                random.choice(("terminal_store", "other")),
                None,
                round(customer.quality * 100, 1),
            ),
        )
        quantity = round(max(1.0, amount / 1000), 2)
        yield "order_lines", (order, f"G{random.randint(1, 40):03d}", quantity, "t" if world.chance(0.3) else "piece", amount)
        if delivered is not None:
            yield _payment(world, customer, order, delivered, amount)


def _payment(world: World, customer: Customer, order: str, delivered: date, amount: float) -> Row:
    due = delivered + timedelta(days=world.random.choice((0, 30, 60)))
    late = world.chance(0.02 + 0.35 * (1 - customer.quality) ** 2)
    paid = due + timedelta(days=world.random.randint(3, 60)) if late else due - timedelta(days=world.random.randint(0, 5))
    return "payments", (
        world.number("Y"),
        order,
        customer.key,
        due.isoformat(),
        paid.isoformat() if paid <= world.as_of else None,
        amount,
        int(not late),
    )


def _papers(world: World, customer: Customer) -> Iterator[Row]:
    random = world.random
    if world.chance(0.15 + 0.5 * customer.quality):
        start = world.as_of - timedelta(days=random.randint(0, 500))
        yield (
            "agreements",
            (
                world.number("A"),
                customer.key,
                random.choice(AGREEMENTS),
                start.isoformat(),
                start.isoformat(),
                (start + timedelta(days=365)).isoformat(),
                round(customer.size, -3),
                "区域经理",
                random.choice(("legal_representative", "designated_person", "other")),
            ),
        )
    if world.chance(0.7):
        internal = round(random.uniform(50, 20000), 2)
        asked = round(internal * random.uniform(0, 0.12), 2)
        yield (
            "quotes",
            (
                world.number("Q"),
                customer.key,
                f"G{random.randint(1, 40):03d}",
                world.day(120),
                internal,
                round(internal * random.choice((0.93, 0.95, 0.96, 0.97, 1.0, 1.03, 1.05)), 2),
                asked,
                round(asked * random.choice((0, 0.4, 1.0)), 2),
            ),
        )
    if world.chance(0.55):
        need = random.choices(("obvious", "potential", "none"), (5, 4, 1))[0]
        planned = random.choices(("none", "planned", "secured"), (2, 4, 3))[0]
        yield (
            "opportunities",
            (
                world.number("W"),
                customer.key,
                need,
                (world.as_of + timedelta(days=random.choice((10, 25, 31, 60, 92, 150, 184, 300)))).isoformat()
                if world.chance(0.9)
                else None,
                world.flag(0.9),
                world.flag(0.2),
                planned,
                round(customer.size * random.uniform(0.3, 2), 2),
                world.flag(0.75),
                world.flag(0.7),
                round(customer.size * random.uniform(0.5, 1.8), 2),
                round(random.uniform(8, 35), 2),
                20.0,
                2026,
                world.flag(0.7),
            ),
        )


def _judgements(world: World, customer: Customer) -> Iterator[Row]:
    """Yield what people judged of a customer; not everything is judged, and better customers get better words."""
    random = world.random
    good = customer.quality
    size = min(2, int(customer.size > 400_000) + int(customer.size > 150_000))

    def word(words: tuple[str, ...], level: float) -> str:
        noisy = min(0.999, max(0.0, level + random.gauss(0, 0.15)))
        return words[min(len(words) - 1, int((1 - noisy) * len(words)))]

    def yes(share: float) -> str:
        return "true" if world.chance(share) else "false"

    judged = {
        "usage_size": ("small", "fairly_large", "large")[size],
        "payment_reputation": word(("good", "fairly_good", "poor"), good),
        "growth_potential": word(("large", "some", "small"), random.random()),
        "profit_contribution": word(("high", "normal", "low"), random.random()),
        "profit_rate_high": yes(0.4),
        "consumption_frequency_high": yes(0.4),
        "consumption_large": yes(0.3),
        "margin_high": yes(0.4),
        "influences_results": yes(0.3),
        "payment_reputation_words": word(("好", "较好", "一般", "差"), good),
        "industry_fame": word(("高", "中", "低"), random.random()),
        "collection_safe": yes(0.5 + good / 2),
        "strategic_partner": yes(0.05 + 0.1 * good),
        "social_value_high": yes(0.2),
        "cooperation_potential_high": yes(0.3),
        "social_resources_many": yes(0.2),
        "uses_products_often": yes(0.3),
        "recognises_company": yes(0.4 + good / 3),
        "relationship_firm": yes(0.3),
        "contract_spirit": yes(0.6 + 0.4 * good),
        "orders_just_started": yes(0.9 if 0 < customer.age_years < 0.5 else 0.02),
        "large_growth_space": yes(0.3),
        "no_further_cooperation": yes(0.1),
        "has_potential_need": yes(0.8),
    }
    for name, value in judged.items():
        if world.chance(0.998 if name in SCORED else 0.93):
            yield "judgements", (customer.key, name, value, f"S{random.randint(1, 60):03d}", world.day(350), None)
