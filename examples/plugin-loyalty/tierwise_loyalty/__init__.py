"""A plugin with one kind of module, ``loyalty-points``, and a policy that uses it."""

from decimal import Decimal
from importlib.resources import files

from tierwise.core.environment import KindDecision
from tierwise.core.finding import Finding
from tierwise.core.policy.texts import Part, Whole
from tierwise.core.source import Written, joined, written
from tierwise.core.types import EnumType, NumberType
from tierwise.plugins import hookimpl


class LoyaltyKeys(Part):
    """The keys that a module of this kind has beside ``decisions``."""

    amount: Written
    per_point: Whole = 100
    levels: dict[Written, Whole]
    points: Written = Written("points")
    level: Written = Written("level")


class LoyaltyPoints:
    """One point for so much money, and a level by points."""

    name = "loyalty-points"
    title = {"zh": "会员积分", "en": "Loyalty points"}
    about = "Points for what was bought, and a level by points."
    keys = LoyaltyKeys

    def decisions(self, module, keys):
        """Return what the keys stand for: two decisions, by the forms ``formula`` and ``table``."""
        points = written("round down({} / {}, 0)", keys.amount, keys.per_point)
        yield KindDecision(keys.points, "formula", points, NumberType(scale=0, low=Decimal(0)), {"zh": "积分", "en": "points"})

        header = written("id | {} -> {}", keys.points, keys.level)
        rows = [written("{} | >= {} -> {}", level, least, level) for level, least in keys.levels.items()]
        table = {"hit": "first", "rules": joined("\n", [header, *rows])}
        yield KindDecision(keys.level, "table", table, EnumType.of(keys.levels), {"zh": "会员等级", "en": "level"})

    def check(self, keys, context):
        """Find a level that no customer can reach."""
        fact = context.plan.facts.get(keys.amount)
        for level, least in keys.levels.items():
            takes = least * keys.per_point
            if fact is not None and fact.type.high is not None and takes > fact.type.high:
                span = context.span((*context.path, "levels", level))
                yield Finding.warning("level-out-of-reach", f"`{level}` takes {takes}, more than `{keys.amount}` can be", span)


@hookimpl
def tierwise_kinds():
    return [LoyaltyPoints()]


@hookimpl
def tierwise_policies():
    return [files(__name__) / "policies"]
