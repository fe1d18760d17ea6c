"""Questions about a single node: whether it is a plain value, what it names, what it tests. They spare others to take nodes apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from tierwise.core.plan.nodes import (
    Agree,
    Arithmetic,
    Call,
    Collected,
    Compare,
    CompareOp,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    InSet,
    ItemRef,
    Labels,
    Logic,
    Node,
    Not,
    Overdue,
    Pick,
    Prefer,
    Quantified,
    Quotient,
    RankCut,
    ReadingRef,
    Undecided,
    Within,
)
from tierwise.core.plan.plan import Plan, Table
from tierwise.core.values import Value

__all__ = [
    "FLIPPED",
    "Comparison",
    "Junction",
    "Reference",
    "Summand",
    "agreed_in",
    "borders_of",
    "branches_of",
    "called_with",
    "column_of",
    "compares",
    "comparison_of",
    "conditions_in",
    "conjuncts_of",
    "constant_of",
    "constants_of",
    "cut_of",
    "decision_of",
    "disjuncts_of",
    "fact_of",
    "given_by_class",
    "is_inside",
    "is_none",
    "is_quotient",
    "is_truth",
    "is_unsettled",
    "junction_of",
    "leaves_of_logic",
    "name_of",
    "negated_in",
    "pick_of",
    "preferred_in",
    "reading_of",
    "reference_of",
    "spelled_out",
    "summands_of",
    "table_of",
    "tested",
    "undecided_of",
]

FLIPPED: Mapping[CompareOp, CompareOp] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The comparison that says the same with its sides exchanged."""

Reference = FactRef | DecisionRef | ReadingRef


class Comparison(NamedTuple):
    """A comparison of something with a constant, which stands on the right."""

    about: Node
    op: CompareOp
    constant: Constant


class Junction(NamedTuple):
    """A condition made of others: all of them by ``and``, one of them by ``or``, or none of its one part by ``not``."""

    op: Literal["and", "or", "not"]
    parts: tuple[Node, ...]


class Summand(NamedTuple):
    """One part of a sum: a node with a constant weight; a constant alone is the weight of no node."""

    about: Node | None
    weight: Decimal


# ---- plain values ------------------------------------------------------------------------------------------------------------


def constant_of(node: Node | None) -> Constant | None:
    """Return a node that is a plain value, else ``None``."""
    return node if isinstance(node, Constant) else None


def constants_of(nodes: Iterable[Node]) -> tuple[Constant, ...] | None:
    """Return the nodes when all of them are plain values, else ``None``."""
    listed = tuple(nodes)
    found = tuple(node for node in listed if isinstance(node, Constant))
    return found if len(found) == len(listed) else None


def is_none(node: Node) -> bool:
    """Say whether a node is the plain value *none*."""
    return isinstance(node, Constant) and node.value is None


def undecided_of(node: Node | None) -> Undecided | None:
    """Return a node by which the policy itself leaves an outcome open, else ``None``."""
    return node if isinstance(node, Undecided) else None


def summands_of(node: Node) -> tuple[Summand, ...] | None:
    """Return the parts of a sum of numbers, each with its weight; ``None`` for a node that is no sum."""
    match node:
        case Arithmetic(op="+", parts=parts):
            return tuple(map(_summand, parts))
        case _:
            return None


def _summand(part: Node) -> Summand:
    match part:
        case Constant(value=Decimal() as weight):
            return Summand(None, weight)
        case Arithmetic(op="*", parts=(Constant(value=Decimal() as weight), about)):
            return Summand(about, weight)
        case Arithmetic(op="*", parts=(about, Constant(value=Decimal() as weight))):
            return Summand(about, weight)
        case _:
            return Summand(part, Decimal(1))


# ---- names -------------------------------------------------------------------------------------------------------------------


def reference_of(node: Node) -> Reference | None:
    """Return a node that names a fact, a decision or a reading, else ``None``."""
    return node if isinstance(node, Reference) else None


def name_of(node: Node) -> str:
    """Return the name of the fact, decision, reading or field that a node is; empty for any other."""
    return node.name if isinstance(node, Reference | FieldRef) else ""


def fact_of(node: Node | None) -> FactRef | None:
    """Return a node that is the value of a fact, else ``None``."""
    return node if isinstance(node, FactRef) else None


def decision_of(node: Node | None) -> DecisionRef | None:
    """Return a node that is the value of another decision, else ``None``."""
    return node if isinstance(node, DecisionRef) else None


def reading_of(node: Node | None) -> ReadingRef | None:
    """Return a node that is the word to which a reading is settled, else ``None``."""
    return node if isinstance(node, ReadingRef) else None


def table_of(node: Node, plan: Plan) -> Table | None:
    """Return the table that a node picks an output from, else ``None``."""
    return plan.tables[node.table] if isinstance(node, Pick) else None


def pick_of(node: Node) -> Pick | None:
    """Return a node that is an output of a table, else ``None``."""
    return node if isinstance(node, Pick) else None


def cut_of(node: Node, ranking: str | None = None) -> RankCut | None:
    """Return a node that is a class in a ranking (of that name), else ``None``."""
    return node if isinstance(node, RankCut) and ranking in (None, node.ranking) else None


def is_unsettled(node: Node, plan: Plan) -> bool:
    """Say whether a node is a reading that nobody has settled."""
    return isinstance(node, ReadingRef) and plan.readings[node.name].settled is None


def called_with(function: str, node: Node) -> tuple[Node, ...] | None:
    """Return the arguments of a call of a function, else ``None``."""
    return node.arguments if isinstance(node, Call) and node.function == function else None


def preferred_in(node: Node) -> tuple[Node, ...]:
    """Return the parts of a preference, the first choice first; none for any other node."""
    return node.parts if isinstance(node, Prefer) else ()


def agreed_in(node: Node) -> Agree | None:
    """Return a node that is what several classes agree on, else ``None``."""
    return node if isinstance(node, Agree) else None


def given_by_class(node: Node) -> tuple[tuple[str, Node], ...]:
    """Return what each of several classes gives, of which a node takes what they agree on or all together; none for any other node."""
    return node.values if isinstance(node, Agree | Collected) else ()


def is_inside(node: Node) -> bool:
    """Say whether a node is an item of a list, or a field of a record."""
    return isinstance(node, ItemRef | FieldRef)


# ---- conditions --------------------------------------------------------------------------------------------------------------


def is_quotient(node: Node) -> bool:
    """Say whether a node is an exact quotient, which stands only as a side of a comparison or inside a rounding."""
    return isinstance(node, Quotient)


def is_truth(node: Node) -> bool:
    """Say whether a node is true or false, and never none, where it is known."""
    return isinstance(node, Compare | Within | InSet | Logic | Not | Quantified | Overdue)


def comparison_of(node: Node | None) -> Comparison | None:
    """Return a comparison of something with a plain value, turned so that the value stands on the right; ``None`` for any other node."""
    match node:
        case Compare(op=op, left=left, right=Constant() as constant):
            return Comparison(left, op, constant)
        case Compare(op=op, left=Constant() as constant, right=right):
            return Comparison(right, FLIPPED[op], constant)
        case _:
            return None


def compares(node: Node) -> bool:
    """Say whether a node is a condition that compares one thing with others."""
    return isinstance(node, Compare | Within | InSet)


def tested(node: Compare | Within | InSet) -> Node:
    """Return what a comparison, an interval or a list of words is about: of a comparison with a plain value the other side."""
    if isinstance(node, Compare):
        return node.right if isinstance(node.left, Constant) else node.left
    return node.value


def borders_of(test: Node, about: Node | None = None) -> Iterator[Value]:
    """Yield the plain values that a condition, or those it joins, compares ``about`` (by default anything) with."""
    for leaf in leaves_of_logic(test):
        match leaf:
            case InSet(value=value, values=values) if about in (None, value):
                yield from values
            case Compare(left=left, right=right):
                for side, other in ((left, right), (right, left)):
                    if isinstance(other, Constant) and about in (None, side):
                        yield other.value
            case Within(value=value, low=low, high=high) if about in (None, value):
                yield from (bound.value for bound in (low, high) if isinstance(bound, Constant))


def leaves_of_logic(node: Node) -> Iterator[Node]:
    """Yield the conditions that ``and``, ``or`` and ``not`` join, in order; the node itself when it joins none."""
    match node:
        case Logic(parts=parts):
            for part in parts:
                yield from leaves_of_logic(part)
        case Not(part=part):
            yield from leaves_of_logic(part)
        case _:
            yield node


def junction_of(condition: Node) -> Junction | None:
    """Return how a condition joins others, or negates one; ``None`` for a condition that does neither."""
    match condition:
        case Logic(op=op, parts=parts):
            return Junction(op, parts)
        case Not(part=part):
            return Junction("not", (part,))
        case _:
            return None


def spelled_out(condition: Node) -> Node:
    """Return a condition in which intervals and lists of values are the comparisons that say the same, joined by ``and`` and ``or``."""
    match condition:
        case Logic(op=op, parts=parts):
            return Logic(op, tuple(map(spelled_out, parts)))
        case Not(part=part):
            return Not(spelled_out(part))
        case _:
            return _spelled(condition)


def _spelled(test: Node) -> Node:
    match test:
        case Within(value=value, low=low, high=high):
            below = () if low is None else (Compare(">=" if test.low_inclusive else ">", value, low),)
            above = () if high is None else (Compare("<=" if test.high_inclusive else "<", value, high),)
            sides: tuple[Node, ...] = (*below, *above)
        case InSet(value=value, values=values):
            sides = tuple(Compare("=", value, Constant(one, value.type)) for one in values)
        case _:
            return test
    return sides[0] if len(sides) == 1 else Logic("and" if isinstance(test, Within) else "or", sides)


def negated_in(node: Node) -> Node | None:
    """Return what stands under a ``not``, else ``None``."""
    return node.part if isinstance(node, Not) else None


def branches_of(node: Node, known: tuple[Node, ...] = ()) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """Yield for each value of a chain of ``if`` what has to hold together, if nothing before it does; the last holds otherwise."""
    while isinstance(node, Conditional):
        for way in disjuncts_of(node.condition):
            yield from branches_of(node.yes, (*known, *conjuncts_of(way)))
        node = node.no
    yield known, node


def conjuncts_of(condition: Node) -> tuple[Node, ...]:
    """Return the conditions that have to hold together; the condition alone when it joins none by ``and``."""
    return _joined_by("and", condition)


def disjuncts_of(condition: Node) -> tuple[Node, ...]:
    """Return the conditions one of which has to hold; the condition alone when it joins none by ``or``."""
    return _joined_by("or", condition)


def _joined_by(op: str, condition: Node) -> tuple[Node, ...]:
    if isinstance(condition, Logic) and condition.op == op:
        return tuple(part for joined in condition.parts for part in _joined_by(op, joined))
    return (condition,)


def column_of(test: Node) -> Node:
    """Return what the column of a table would be about whose cell says the same as a condition."""
    if (comparison := comparison_of(test)) is not None:
        return comparison.about
    return tested(test) if isinstance(test, Within | InSet) else test.part if isinstance(test, Not) else test


def conditions_in(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the conditions of a node that chooses by them, each with the word of its class (empty for an ``if``)."""
    match node:
        case Labels(tests=tests):
            yield from tests
        case Conditional(condition=condition):
            yield "", condition
