"""Says at once what is chosen by the number of a rule: a number that one column alone reads is not worked out, a value so chosen is compared by its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql

__all__ = ["Choice", "choice_of", "compared_by_number", "said_at_once"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a column chooses by a number.

    Attributes:
        number: The column of the number.
        values: What each number stands for; constants.
        default: What every other one does, and NULL; ``None`` when that is NULL.
    """

    number: str
    values: Mapping[int, Sql]
    default: Sql | None


def choice_of(tree: Sql) -> Choice | None:
    """Return what a column chooses by a number, which it compares with constants one after the other; ``None`` when it is anything else."""
    if not isinstance(tree, exp.Case) or tree.this is not None:
        return None
    number, values, default = "", dict[int, Sql](), tree.args.get("default")
    for branch in tree.args["ifs"]:
        for test in _either(branch.this):
            found = _compared(test)
            if found is None or number not in ("", found[0]):
                return None
            number = found[0]
            values.setdefault(found[1], branch.args["true"])
    given = [*values.values(), *([] if default is None else [default])]
    return None if any(value.find(exp.Column) is not None for value in given) else Choice(number, values, default)


def _either(test: Sql) -> Iterator[Sql]:
    """Yield the parts of a disjunction."""
    bare = test.unnest()
    if isinstance(bare, exp.Or):
        yield from _either(bare.left)
        yield from _either(bare.right)
    else:
        yield bare


def _compared(test: Sql) -> tuple[str, int] | None:
    if not isinstance(test, exp.EQ) or not isinstance(test.this, exp.Column):
        return None
    number = _whole(test.expression)
    return None if number is None else (test.this.name, number)


def _whole(tree: Sql) -> int | None:
    return int(tree.this) if isinstance(tree, exp.Literal) and not tree.is_string and tree.this.isdigit() else None


def said_at_once(choice: Choice, numbering: Sql) -> Sql | None:
    """Return what is chosen, given how the number is come to; ``None`` when not all of that is constants in the end."""
    bare = numbering.unnest()
    if type(bare) is exp.Cast:
        return said_at_once(choice, bare.this)
    if isinstance(bare, exp.Case) and bare.this is None:
        ways = [(branch.this, said_at_once(choice, branch.args["true"])) for branch in bare.args["ifs"]]
        default = said_at_once(choice, bare.args.get("default") or sql.NULL)
        said = [(condition, value) for condition, value in ways if value is not None]
        if default is None or len(said) < len(ways):
            return None
        if all(value is sql.NULL for value in (default, *(value for _, value in said))):
            return sql.NULL
        return sql.case(*said, default=None if default is sql.NULL else default)
    if isinstance(bare, exp.Null):
        return choice.default or sql.NULL
    number = _whole(bare)
    return None if number is None else choice.values.get(number, choice.default or sql.NULL)


def compared_by_number(word: str, choice: Choice, numbering: Sql) -> Sql | None:
    """Return the test whether what is chosen is a word, as a test of the number; ``None`` when a number stands for nothing, or for no such constant."""
    numbers = set(_numbers(numbering))
    meant = {number: choice.values.get(number) for number in numbers if number is not None}
    if (
        -1 in numbers
        or choice.default is not None
        or not all(isinstance(value, exp.Literal) and value.is_string for value in meant.values())
    ):
        return None
    hits = [sql.integer(number) for number, value in sorted(meant.items()) if value is not None and value.this == word]
    return sql.one_of(sql.column(choice.number), hits) if hits else None


def _numbers(numbering: Sql) -> Iterator[int | None]:
    """Yield the numbers that are come to, ``None`` for NULL, -1 for what is no constant."""
    bare = numbering.unnest()
    if type(bare) is exp.Cast:
        yield from _numbers(bare.this)
    elif isinstance(bare, exp.Case) and bare.this is None:
        for branch in bare.args["ifs"]:
            yield from _numbers(branch.args["true"])
        yield from _numbers(bare.args.get("default") or sql.NULL)
    else:
        number = _whole(bare)
        yield None if isinstance(bare, exp.Null) else -1 if number is None else number
