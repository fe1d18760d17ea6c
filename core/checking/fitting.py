"""Says whether a value of one type may stand where another type is declared. (Expressions check themselves; this is for what forms build.)"""

from __future__ import annotations

from tierwise.core.language.type_rules import fits
from tierwise.core.types import EnumType, ListType, NumberType, SetType, Type

__all__ = ["misfit"]


def misfit(actual: Type, declared: Type) -> str:
    """Return why a value of type ``actual`` does not fit ``declared``, to be read after its name; empty when it does."""
    if isinstance(actual, ListType | SetType) and isinstance(declared, type(actual)):
        return misfit(actual.item, declared.item)
    if isinstance(actual, NumberType) and isinstance(declared, NumberType):
        return _number_misfit(actual, declared)
    if isinstance(actual, EnumType) and isinstance(declared, EnumType):
        strange = [word for word in actual.values if word not in declared.values]
        return f"may become `{strange[0]}`, which is none of its declared values" if strange else ""
    return "" if fits(actual, declared) else f"is declared `{declared}`, but gets a `{actual}`"


def _number_misfit(actual: NumberType, declared: NumberType) -> str:
    if actual.scale is not None and declared.scale is not None and actual.scale > declared.scale:
        return f"is declared with {declared.scale} digits after the point, but gets {actual.scale}"
    if actual.unit and declared.unit and actual.unit != declared.unit:
        return f"is declared in `{declared.unit}`, but gets `{actual.unit}`"
    return ""
