"""Every node type of a plan in one place: what an engine has to give a meaning to.

The meaning of each node is written here once, next to it; ``core/meaning/evaluate.py`` is that meaning in plain Python, and it decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import Enum, auto
from typing import Literal as OneOfWords
from typing import assert_never, get_args

from tierwise.core.outcome import Reason
from tierwise.core.types import BooleanType, EnumType, Type
from tierwise.core.values import Value, hashable

__all__ = [
    "Agree",
    "Arithmetic",
    "Call",
    "Collected",
    "Compare",
    "CompareOp",
    "Conditional",
    "Constant",
    "Crossing",
    "Cut",
    "CutBy",
    "DecisionRef",
    "FactRef",
    "FieldRef",
    "Filter",
    "InSet",
    "ItemRef",
    "Labels",
    "Logic",
    "Node",
    "Not",
    "Overdue",
    "Pick",
    "Prefer",
    "Project",
    "Quantified",
    "Quotient",
    "RankCut",
    "ReadingRef",
    "Round",
    "RoundMode",
    "Sorted",
    "Strictness",
    "Ties",
    "Undecided",
    "Within",
    "strictness_of",
]

# ---- what all nodes have -----------------------------------------------------------------------------------------------------


class _Part:
    """A part of a plan. Every node has a ``type`` and ``children``; the children are found by the fields, so that none is forgotten."""

    __slots__ = ()

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes that stand directly in this one, in the order of its fields."""
        return tuple(child for name in _FIELDS[type(self)] for child in _nodes_in(getattr(self, name)))


class _Condition(_Part):
    """A node that is true or false."""

    __slots__ = ()

    @property
    def type(self) -> Type:
        """The type of a truth value."""
        return BooleanType()


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, _Part):
        yield value  # type: ignore[misc]  # every subclass is one of the union
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


# ---- what is taken as given or read elsewhere --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant(_Part):
    """A literal value (see ``core/values.py``); a parameter's value once it is known. ``None`` is *none*."""

    value: Value
    type: Type

    def __hash__(self) -> int:
        """Return a hash that holds for records and maps, too, which are dictionaries."""
        try:
            return hash((self.value, self.type))
        except TypeError:
            return hash((hashable(self.value), self.type))


@dataclass(frozen=True, slots=True)
class Undecided(_Part):
    """An outcome that the policy itself leaves open: ``undetermined(lost)`` or ``undetermined(gap, X, Y)``.

    Allowed where a decision's value stands: an output cell, a branch of ``if``, a whole formula, a lookup value.
    """

    reason: Reason
    candidates: tuple[Value, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class FactRef(_Part):
    """The value of a fact; unknown when it is missing. ``as_of`` is a fact of type date that the run supplies."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class DecisionRef(_Part):
    """The value of another decision of the same plan.

    When that decision is undetermined with candidates, it may be any of them; with none, it is unknown with that reason.
    """

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class ReadingRef(_Part):
    """The word (text) to which a reading is settled; unknown, with reason ``reading``, while it is not settled."""

    name: str
    values: tuple[str, ...]

    @property
    def type(self) -> Type:
        """The words it may be settled to."""
        return EnumType(self.values)


@dataclass(frozen=True, slots=True)
class ItemRef(_Part):
    """The item that the nearest enclosing ``Filter``, ``Project``, ``Quantified`` or ``Sorted`` of that ``depth`` looks at (0 = innermost)."""

    type: Type
    depth: int = 0


@dataclass(frozen=True, slots=True)
class FieldRef(_Part):
    """A field of a record, or a key of a map (none when the map lacks it).

    A record that lacks the field makes it unknown, or none where the field is nullable.
    """

    of: Node
    name: str
    type: Type


# ---- tests -------------------------------------------------------------------------------------------------------------------

CompareOp = OneOfWords["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare(_Condition):
    """A comparison of two values of one type. Enums compare by ``=`` and ``!=`` only; sets without regard to order.

    A ``Quotient`` may stand on either side: it is cross-multiplied exactly; a zero divisor gives false.
    """

    op: CompareOp
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Within(_Condition):
    """The interval test: the value is on the inner side of both bounds; a bound of ``None`` is open to that side.

    As ``and`` is: a value beyond one bound is outside, whatever the other is, known or not.
    """

    value: Node
    low: Node | None
    high: Node | None
    low_inclusive: bool
    high_inclusive: bool


@dataclass(frozen=True, slots=True)
class InSet(_Condition):
    """The value equals one of the constants (none may be among them)."""

    value: Node
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Logic(_Condition):
    """Kleene ``and`` / ``or`` over any number of parts; none at all is true for ``and``, false for ``or``."""

    op: OneOfWords["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(_Condition):
    """Kleene ``not``."""

    part: Node


@dataclass(frozen=True, slots=True)
class Conditional(_Part):
    """``if condition then yes else no``; an unknown condition makes it one of the two."""

    condition: Node
    yes: Node
    no: Node
    type: Type


# ---- exact arithmetic and calls ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arithmetic(_Part):
    """Exact ``+ - *``: numbers; date ± duration and date − date (a duration in days); duration ± duration, duration * integer.

    Any number of parts for ``+`` and ``*``; two for ``-``. None in, none out.
    """

    op: OneOfWords["+", "-", "*"]
    parts: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Quotient(_Part):
    """An exact quotient; stands only as a side of ``Compare`` or inside ``Round``. By zero: none."""

    left: Node
    right: Node
    type: Type


RoundMode = OneOfWords["up", "down", "half up", "half down", "half even", "floor", "ceiling"]


@dataclass(frozen=True, slots=True)
class Round(_Part):
    """A number at ``scale`` digits, exact. up = away from zero, down = towards zero; halves as the mode says."""

    value: Node
    scale: int
    mode: RoundMode
    type: Type


Undefined = OneOfWords["never", "empty", "zero", "several", "perhaps"]


@dataclass(frozen=True, slots=True)
class Call(_Part):
    """A function of the environment by its canonical name. ``environment.functions[name]`` holds its Python and its SQL.

    An unknown argument makes it unknown, unless the function says that it takes unknowns itself. ``undefined`` is the function's own (see
    ``Function``): where it is none though no argument is; checks read it, engines do not.
    """

    function: str
    arguments: tuple[Node, ...]
    type: Type
    undefined: Undefined = "never"


# ---- lists -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter(_Part):
    """The items of a list for which ``test`` (over ``ItemRef``) is true; unknown as soon as one item's test is unknown."""

    of: Node
    test: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Project(_Part):
    """``each`` (over ``ItemRef``) of every item, in order."""

    of: Node
    each: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Quantified(_Condition):
    """``some`` / ``every`` item of a list satisfies ``test``; Kleene over the items."""

    op: OneOfWords["some", "every"]
    of: Node
    test: Node


@dataclass(frozen=True, slots=True)
class Sorted(_Part):
    """The items of a list ordered by ``keys`` (over ``ItemRef``; each ``(node, descending)``), ``each`` taken of every item.

    An enum key orders by its declared values, the first being least. Two items with equal keys: undetermined with reason ``ties``, unless
    ``each`` is equal for both. ``take``: only the first n of them (a single value when ``take`` is 1 and ``type`` is no list); a tie further
    back does not matter. An unknown key makes the whole unknown.
    """

    of: Node
    keys: tuple[tuple[Node, bool], ...]
    each: Node
    take: int | None
    ties: Reason
    type: Type


# ---- tables and classes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pick(_Part):
    """Output ``output`` (by position) of the table called ``table``."""

    table: str
    output: int
    type: Type


@dataclass(frozen=True, slots=True)
class Labels(_Part):
    """Several classes at once: the tuple of those labels, in order, whose test is true. Unknown when any test is unknown."""

    tests: tuple[tuple[str, Node], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Agree(_Part):
    """The right that all of several classes agree on.

    ``of`` is a set of words, ``values`` gives some of them a value. None of those: ``gap`` (or ``empty``). Two different known values:
    ``overlap`` with those values. Else, when one is undecided, that reason. Else the one value. ``acknowledged`` is what its author knows to be
    left open, ``gap`` or ``overlap``, with the reason by language; no engine reads it.
    """

    of: Node
    values: tuple[tuple[str, Node], ...]
    empty: Node | None
    type: Type
    acknowledged: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Collected(_Part):
    """The union of the sets that several classes bring: ``of`` is a set of words, ``values`` gives each word a set."""

    of: Node
    values: tuple[tuple[str, Node], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Prefer(_Part):
    """The first part of which anything is given, else the last.

    Something is given of a part as soon as one of the subject's facts that it reads is (a fact that is none because it is not given is not), or
    when it reads none. `level`, computed, else `level_now`, as recorded: what is recorded stands in only where the computation has nothing to go
    on. Which part it is hangs on the facts as given alone; what it comes to, determined or open with its candidates, is the outcome.
    """

    parts: tuple[Node, ...]
    type: Type


# ---- cadence and rankings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overdue(_Condition):
    """Whether "every P" is missed, given the date of the last one.

    rolling: ``as_of > last + every``. calendar: at least one whole calendar period lies between that of ``last`` and that of ``as_of``: a day, an
    ISO week, a year, or a part of a year (month, 2 months, quarter, half-year …) counted from January. Where such periods have no fixed
    beginning (2 weeks, 15 days, 5 months), it is missed only if it is wherever they begin, and not missed only if it is nowhere; between
    these the calendar reading itself is undetermined with reason ``reading``. A reading that is not settled is undetermined with reason
    ``reading`` only where both differ for these dates. ``last`` none: never, so missed. ``every`` none: nothing is asked for, so not missed.
    ``reading`` evaluates to the text ``rolling`` or ``calendar``.
    """

    last: Node
    every: Node
    as_of: Node
    reading: Node


CutBy = OneOfWords["share", "top", "pareto"]
Ties = OneOfWords["undetermined", "together_better", "together_worse"]
Crossing = OneOfWords["in", "out"]


@dataclass(frozen=True, slots=True)
class Cut:
    """One class of a ranking: it reaches, cumulatively, up to ``limit`` (a share 0..1, or a rank); ``None`` takes all the rest."""

    value: Value
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class RankCut(_Part):
    """The class that a rank falls into.

    share: rank ≤ round(limit * count); ``rounding`` evaluates to ``floor``, ``ceiling`` or ``nearest`` (half up), or is an unsettled reading. top:
    rank ≤ limit. pareto: share held before it < limit, so that the one who crosses the limit is in; with ``crossing`` out: share held up to it and
    with it ≤ limit. A total of 0 or less has no shares: ``gap``. ``rank`` and ``count`` are given facts; when either is missing the subject's
    ``Position`` in ``ranking`` is used; with neither it is unknown. Those who tie are all taken as the first of them (``together_better``) or as
    the last (``together_worse``); else different classes at ``first`` and ``last`` are a ``tie`` with the classes between; at ``last`` and
    ``last_possible``: ``missing_fact``. A subject outside ``among``, also one whose rank is given: ``outside`` (or gap).
    """

    ranking: str
    rank: Node | None
    count: Node | None
    by: CutBy
    cuts: tuple[Cut, ...]
    rounding: Node
    outside: Node | None
    type: Type
    ties: Ties = "undetermined"
    crossing: Crossing = "in"


Node = (
    Constant
    | Undecided
    | FactRef
    | DecisionRef
    | ReadingRef
    | ItemRef
    | FieldRef
    | Compare
    | Within
    | InSet
    | Logic
    | Not
    | Conditional
    | Arithmetic
    | Quotient
    | Round
    | Call
    | Filter
    | Project
    | Quantified
    | Sorted
    | Pick
    | Labels
    | Agree
    | Collected
    | Prefer
    | Overdue
    | RankCut
)


class Strictness(Enum):
    """How a node goes by parts that are unknown."""

    STRICT = auto()
    """It is unknown as soon as one of its parts is."""
    LENIENT = auto()
    """It may be known though one of its parts is not, such as ``a or b``; or a part may be unknown in another way, such as a tie."""
    OVER_ITEMS = auto()
    """It looks at every item of a list; what it does with unknown ones is its own."""
    ELSEWHERE = auto()
    """It reads something else than facts, or looks at them otherwise than at whether they are known."""


def strictness_of(node: Node) -> Strictness:
    """Return how a node goes by parts that are unknown. Engines take rows to be alike by it: a wrong one makes wrong grades."""
    match node:
        case Constant() | FactRef() | Compare() | InSet() | Not() | Arithmetic() | Quotient() | Round() | Call():
            return Strictness.STRICT
        case Within(low=low, high=high):  # beyond one bound it is false, though the other is not known
            is_plain = all(bound is None or isinstance(bound, Constant) for bound in (low, high))
            return Strictness.STRICT if is_plain else Strictness.LENIENT
        case ItemRef() | FieldRef() | Logic() | Conditional() | Labels() | Agree() | Collected() | Overdue():
            return Strictness.LENIENT
        case Filter() | Project() | Quantified() | Sorted():
            return Strictness.OVER_ITEMS
        case DecisionRef() | Pick() | Prefer() | RankCut() | ReadingRef() | Undecided():
            return Strictness.ELSEWHERE
        case _:
            assert_never(node)


_FIELDS = {node: tuple(place.name for place in fields(node)) for node in get_args(Node)}
