"""What people judged of customers whatever these are like: one word a line, the more likely words first.

It draws from a random source of its own, so that a new line here moves no other row of the demo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from tierwise.plugins.demo.makers import World

__all__ = ["judged_share", "rows"]

Row = tuple[str, tuple[Any, ...]]

SEED = 9
# What a yearly scoring needs is judged for nearly everybody: one unknown score leaves every rank behind it uncertain.
SCORED = ("payment_reputation_words", "industry_fame")

# name of the judgement: each word and its weight
OPINIONS: dict[str, dict[str, int]] = {
    "order_pattern": {"intermittent_recurring": 4, "long_term": 4, "single_project": 2},
    "special_price_approved_for_closeness": {"false": 7, "true": 3},
    "business_volume_level": {"low": 5, "medium": 3, "high": 2},
    "receivable_status": {"good": 6, "fair": 3, "poor": 1},
    "credit_reputation": {"good": 6, "fair": 3, "poor": 1},
    "allegiance": {"中国石油客户": 5, "中间客户": 3, "竞争对手客户": 2},
    "has_potential": {"true": 6, "false": 4},
    "willing_to_cooperate": {"true": 7, "false": 3},
    "has_strength": {"true": 5, "false": 5},
    "credit_good": {"true": 8, "false": 2},
    "long_term_intention": {"true": 8, "false": 2},
    "annual_usage_large": {"true": 6, "false": 4},
    "consumption_frequent": {"true": 6, "false": 4},
    "loyal": {"true": 7, "false": 3},
    "contribution": {"small": 6, "large": 4},
    "purchase_stability": {"fairly_stable": 4, "stable": 3, "unstable": 3},
    "need_level": {"general": 7, "higher": 3},
    "growth_outlook": {"low": 6, "high": 4},
    "is_special": {"none": 6, "industry": 2, "region": 1, "scale": 1, "attribute": 1},
    "recovery_impossible": {"false": 9, "true": 1},
    "time_class": {"老客户": 6, "新客户": 3, "未来客户": 1},
    "size_class": {"一般客户": 5, "零散客户": 3, "主力客户": 2},
    "integrity_high": {"true": 8, "false": 2},
    "finance_strong": {"true": 6, "false": 4},
    "credit_fairly_good": {"true": 7, "false": 3},
    "cooperative": {"true": 8, "false": 2},
    "keeps_confidentiality": {"true": 9, "false": 1},
    "cost_meets_requirement": {"true": 6, "false": 4},
    "important_or_promising": {"false": 7, "true": 3},
    "is_important_customer": {"false": 8, "true": 2},
    "is_critical": {"false": 8, "true": 2},
    "is_national": {"false": 9, "true": 1},
    "is_long_term": {"false": 6, "true": 4},
    "relationship_level": {"卖主关系": 5, "被优先考虑的供应商": 3, "伙伴关系": 2, "战略联盟关系": 1},
    "information_important": {"false": 8, "true": 2},
    "growth_potential": {"large": 1, "some": 1, "small": 1},
    "profit_contribution": {"high": 1, "normal": 1, "low": 1},
    "profit_rate_high": {"false": 6, "true": 4},
    "consumption_frequency_high": {"false": 6, "true": 4},
    "consumption_large": {"false": 7, "true": 3},
    "margin_high": {"false": 6, "true": 4},
    "influences_results": {"false": 7, "true": 3},
    "industry_fame": {"高": 1, "中": 1, "低": 1},
    "social_value_high": {"false": 8, "true": 2},
    "cooperation_potential_high": {"false": 7, "true": 3},
    "social_resources_many": {"false": 8, "true": 2},
    "uses_products_often": {"false": 7, "true": 3},
    "relationship_firm": {"false": 7, "true": 3},
    "large_growth_space": {"false": 7, "true": 3},
    "no_further_cooperation": {"false": 9, "true": 1},
    "has_potential_need": {"true": 8, "false": 2},
    "important_customer": {"true": 6, "false": 4},
}


def judged_share(name: str) -> float:
    """Return the share of customers of whom a thing has been judged at all."""
    return 0.998 if name in SCORED else 0.92


def rows(world: World) -> Iterator[Row]:
    """Yield the judgements, name by name; drawn a column at a time, because there are very many of them."""
    random = Random(SEED)
    judges = [f"S{number:03d}" for number in range(1, 61)]
    days = [(world.as_of - timedelta(days=age)).isoformat() for age in range(351)]
    count = len(world.customers)
    for name, words in OPINIONS.items():
        values = random.choices(list(words), list(words.values()), k=count)
        judged = zip(world.customers, values, random.choices(judges, k=count), random.choices(days, k=count), strict=True)
        share = judged_share(name)
        for customer, value, judge, day in judged:
            if random.random() < share:
                yield "judgements", (customer.key, name, value, judge, day, None)
