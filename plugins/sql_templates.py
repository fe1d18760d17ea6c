"""What can be seen of the SQL that a plugin gives for a function, before anybody calls it."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a plugin is looked at without importing what is heavy
    from tierwise.core.environment import Function

__all__ = ["arguments_named", "unfit_template"]


def unfit_template(function: Function) -> str:
    """Return what is wrong with the SQL of a function, to go on from "gave …", or an empty text."""
    most = _most_arguments(function.signature)
    for dialect, template in function.sql.items():
        try:
            named = arguments_named(template)
        except ValueError as error:
            return f"whose SQL for `{dialect}` is no template with `{{0}}`, `{{1}}`, …: {error}"
        if most is not None and named > most:
            return f"whose SQL for `{dialect}` names argument {named} as `{{{named - 1}}}`, of which `{function.signature}` has {most}"
    return ""


def arguments_named(template: str) -> int:
    """Return how many arguments a template is for: one more than the greatest number in it.

    Raises:
        ValueError: It names them by anything but numbers, or has a lone bracket.
    """
    fields = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    odd = next((name for name in fields if not name.isdecimal()), None)
    if odd is not None:
        raise ValueError(f"`{{{odd}}}` is no number of an argument")
    return max((int(name) + 1 for name in fields), default=0)


def _most_arguments(signature: str) -> int | None:
    """Return how many arguments a signature such as ``f(a: text, b) -> text`` has at most; ``None`` when it does not say, or any number."""
    most, depth, count, word = None, 0, 0, ""
    for sign in signature:
        if sign == "…" or signature.count("..."):
            return None
        if sign in "([":
            depth += 1
            count, word = (0, "") if depth == 1 else (count, word)
        elif sign in ")]":
            depth -= 1
            most = max(most or 0, count + bool(word.strip())) if depth == 0 else most
        elif sign == "," and depth == 1:
            count, word = count + 1, ""
        elif depth:
            word += sign
    return most
