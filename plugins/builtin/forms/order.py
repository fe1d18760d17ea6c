"""The form ``order``: the items of a list, sorted by keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.outcome import Reason
from tierwise.core.plan import ItemRef, Node, Sorted
from tierwise.core.policy.texts import Part, Whole
from tierwise.core.source import Written
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, ListType, NumberType, TextType, Type

__all__ = ["Order", "OrderValue", "directed"]

_DESCENDING = " desc"
_ASCENDING = " asc"
_ORDERED = (NumberType, DateType, DateTimeType, DurationType, EnumType, TextType)


class OrderValue(Part):
    """``{list: queue, by: [grade, score desc], give: order, ties: tie}``."""

    list: Written
    by: tuple[Written, ...] = Field(min_length=1)
    give: Written | None = None
    ties: Literal["tie", "gap"] = "tie"
    take: Whole | None = Field(default=None, ge=1)


class Order:
    """A sorted list, or its first items. A word sorts by its declared order: the best grade comes first."""

    name = "order"
    about = "The items of a list, sorted by keys."
    model: Any = OrderValue

    def compile(self, spec: OrderValue, context: FormContext) -> Mapping[str, Node]:
        """Return a ``Sorted`` over the list."""
        name = context.only_output()
        of = context.expression(spec.list)
        if name is None or of is None:
            return {}
        list_type = context.type_of(of)
        if not isinstance(list_type, ListType):
            message = f"`{spec.list}` is a `{list_type}`; `list` needs a list"
            context.report(Finding.error("type-mismatch", message, context.span((*context.path, "list"))))
            return {}
        item = list_type.item
        keys = [self._key(text, item, context) for text in spec.by]
        given = ItemRef(item) if spec.give is None else context.expression(spec.give, item=item)
        sound = tuple(key for key in keys if key is not None)
        if given is None or not sound:
            return {}
        declared = context.outputs[name]
        one = spec.take == 1 and not isinstance(declared, ListType)
        type: Type = context.type_of(given) if one else ListType(context.type_of(given))
        return {name: context.fitted(name, Sorted(of, sound, given, spec.take, Reason(spec.ties), type))}

    def _key(self, text: Written, item: Type, context: FormContext) -> tuple[Node, bool] | None:
        bare, descending = directed(text, False)
        node = context.expression(bare, item=item)
        if node is None:
            return None
        if not isinstance(context.type_of(node), _ORDERED):
            context.report(Finding.error("not-ordered", f"`{bare}` is a `{context.type_of(node)}`, which has no order", bare.whole))
            return None
        return node, descending


def directed(text: Written, descending: bool) -> tuple[Written, bool]:
    """Return a key without its direction, and whether the largest comes first: `score desc`, `score asc`, else as given."""
    for suffix, is_down in ((_DESCENDING, True), (_ASCENDING, False)):
        if text.endswith(suffix):
            return text.part(0, len(text) - len(suffix)), is_down
    return text, descending
