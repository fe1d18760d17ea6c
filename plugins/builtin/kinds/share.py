"""A share as authors write it: ``5%``, ``0.05``, or an expression over parameters."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

__all__ = ["share_of"]


def share_of(text: str) -> Decimal | None:
    """Return the number that a share is, or ``None`` when it is an expression.

    Example:
        >>> share_of("5%"), share_of("0.05"), share_of("discount_of_a")
        (Decimal('0.05'), Decimal('0.05'), None)
    """
    digits = text.strip().replace("％", "%")
    try:
        number = Decimal(digits.removesuffix("%"))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return number.scaleb(-2) if digits.endswith("%") else number
