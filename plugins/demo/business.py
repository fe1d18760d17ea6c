"""Orders, payments, agreements, quotes, prospects and judgements of the demo database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tierwise.plugins.demo.makers import Customer, World, weighted
from tierwise.plugins.demo.opinions import judged_share

__all__ = ["rows"]

AGREEMENTS = ("年供货协议", "战略合作协议", "合作合同", "VIP客户协议", "销售协议", "长期合作协议")
SIGNERS = ("大客户专员", "大客户主管", "大客户经理", "区域经理")
PRODUCT_NAMES = ("变压器", "开关柜", "电缆", "配电箱", "避雷器", "电表", "空调机组", "加热器", "柴油", "汽油")

STATUSES = weighted({"delivered": 94, "cancelled": 4, "rejected": 2})
NEEDS = weighted({"obvious": 5, "potential": 4, "none": 1})
BUDGETS = weighted({"none": 2, "planned": 4, "secured": 3})


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
    """Yield orders with their lines and payments; what is counted in days is counted back from the date of the demo."""
    random = world.random
    years = min(customer.age_years, 3.0)
    per_year = max(1, round(random.gauss(4, 2.5)))
    dormant = 400 if world.chance(0.12) else 0
    for _ in range(max(1, round(per_year * years))):
        ordered = world.between(dormant, max(dormant + 30, int(years * 365)))
        order = world.number("O")
        amount = round(customer.size / per_year * random.lognormvariate(0, 0.4), 2)
        status = "open" if ordered < 25 and world.chance(0.6) else world.pick(STATUSES)
        delivered = max(ordered - world.between(5, 45), 0) if status == "delivered" else None
        yield (
            "orders",
            (
                order,
                customer.key,
                world.ago(ordered),
                None if delivered is None else world.ago(delivered),
                status,
                amount,
                round(amount * random.uniform(0.6, 0.95), 2),
                "rush" if world.chance(0.1) else "regular",
                world.pick((15, 20, 25, 30, 40)),
                world.pick((0, 30, 60, 90)),
                world.pick(("prepaid", "cash_on_delivery", "forward")),
                world.pick(("terminal_store", "other")),
                None,
                round(customer.quality * 100, 1),
            ),
        )
        quantity = round(max(1.0, amount / 1000), 2)
        yield "order_lines", (order, f"G{world.between(1, 40):03d}", quantity, "t" if world.chance(0.3) else "piece", amount)
        if delivered is not None:
            yield _payment(world, customer, order, delivered, amount)


def _payment(world: World, customer: Customer, order: str, delivered: int, amount: float) -> Row:
    due = delivered - world.pick((0, 30, 60))
    late = world.chance(0.02 + 0.35 * (1 - customer.quality) ** 2)
    paid = due - world.between(3, 60) if late else due + world.between(0, 5)
    return "payments", (
        world.number("Y"),
        order,
        customer.key,
        world.ago(due),
        world.ago(paid) if paid >= 0 else None,
        amount,
        int(not late),
    )


def _papers(world: World, customer: Customer) -> Iterator[Row]:
    random = world.random
    if world.chance(0.15 + 0.5 * customer.quality):
        start = world.between(0, 500)
        yield (
            "agreements",
            (
                world.number("A"),
                customer.key,
                world.pick(AGREEMENTS),
                world.ago(start),
                world.ago(start),
                world.ago(start - 365),
                round(customer.size, -3),
                SIGNERS[int(customer.key) % len(SIGNERS)],
                world.pick(("legal_representative", "designated_person", "other")),
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
                f"G{world.between(1, 40):03d}",
                world.day(120),
                internal,
                round(internal * world.pick((0.93, 0.95, 0.96, 0.97, 1.0, 1.03, 1.05)), 2),
                asked,
                round(asked * world.pick((0, 0.4, 1.0)), 2),
            ),
        )
    if world.chance(0.55):
        need = world.pick(NEEDS)
        planned = world.pick(BUDGETS)
        yield (
            "opportunities",
            (
                world.number("W"),
                customer.key,
                need,
                world.ago(-world.pick((10, 25, 31, 60, 92, 150, 184, 300))) if world.chance(0.9) else None,
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
    """Yield what people judged of a customer by what it is like; not everything is judged, and better customers get better words."""
    good = customer.quality
    size = min(2, int(customer.size > 400_000) + int(customer.size > 150_000))

    def word(words: tuple[str, ...]) -> str:
        noisy = min(0.999, max(0.0, good + world.random.gauss(0, 0.15)))
        return words[min(len(words) - 1, int((1 - noisy) * len(words)))]

    def yes(share: float) -> str:
        return "true" if world.chance(share) else "false"

    judged = {
        "usage_size": ("small", "fairly_large", "large")[size],
        "payment_reputation": word(("good", "fairly_good", "poor")),
        "payment_reputation_words": word(("好", "较好", "一般", "差")),
        "collection_safe": yes(0.5 + good / 2),
        "strategic_partner": yes(0.05 + 0.1 * good),
        "recognises_company": yes(0.4 + good / 3),
        "contract_spirit": yes(0.6 + 0.4 * good),
        "orders_just_started": yes(0.9 if 0 < customer.age_years < 0.5 else 0.02),
    }
    for name, value in judged.items():
        if world.chance(judged_share(name)):
            yield "judgements", (customer.key, name, value, f"S{world.between(1, 60):03d}", world.day(350), None)
