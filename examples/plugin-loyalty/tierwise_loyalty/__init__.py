"""A plugin with one kind of module, ``loyalty-points``, and a policy that uses it."""

from importlib.resources import files

from tierwise.core.finding import Finding
from tierwise.core.policy.texts import Part, Whole
from tierwise.plugins import hookimpl


class LoyaltyKeys(Part):
    """The keys that a module of this kind has beside ``decisions``."""

    amount: str
    per_point: Whole = 100
    levels: dict[str, Whole]
    points: str = "points"
    level: str = "level"


class LoyaltyPoints:
    """One point for so much money, and a level by points."""

    name = "loyalty-points"
    title = {"zh": "会员积分", "en": "Loyalty points"}
    about = "Points for what was bought, and a level by points."
    keys = LoyaltyKeys

    def decisions(self, module, keys):
        """Return what the keys stand for, as an author would have written it."""
        rows = "".join(f"{level} | >= {least} -> {level}\n" for level, least in keys.levels.items())
        return {
            keys.points: {
                "label": {"zh": "积分", "en": "points"},
                "type": "integer",
                "min": "0",
                "formula": f"round down({keys.amount} / {keys.per_point}, 0)",
            },
            keys.level: {
                "label": {"zh": "会员等级", "en": "level"},
                "type": "enum",
                "values": list(keys.levels),
                "table": {"hit": "first", "rules": f"id | {keys.points} -> {keys.level}\n{rows}"},
            },
        }

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
