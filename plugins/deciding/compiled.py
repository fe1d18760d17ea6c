"""Compiles a plan to Python for a subject whose facts fit: facts become small numbers, each decision a look-up.

What a decision comes to hangs on the *atoms* of the facts it reads (no test tells two values of one atom apart) and on the values of the decisions
it reads. Each such combination is a cell; the reference decides it when it is met for the first time, and from then on it is there. Sums are
added up in whole steps of their last digit. There are two functions: one for a subject of whom all is known, and one that it calls when it is
not; there the place of a missing fact is a set of atoms (``unsure.py``), and what that leaves open is asked of the reference, once for all
subjects in the same atoms. A value that does not fit and an unknown name are left to the reference, subject by subject: the function then gives
``None``. The generated text is made of numbers and names of our own alone; whatever an author wrote is bound to it as a value.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from itertools import count
from math import ceil
from typing import Any

from tierwise.core.errors import PluginError
from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.regions import key_of, values_to_try
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import (
    AS_OF,
    Decision,
    Fact,
    Logic,
    Plan,
    Summand,
    borders_of,
    decision_of,
    reads_of,
    summands_of,
    usage_of,
)
from tierwise.core.types import BooleanType, EnumType, NumberType
from tierwise.core.values import Value
from tierwise.plugins.deciding.unsure import MOST_CELLS, Added, Cells, Class, Part, Place, Teller, alone, fact_place, scaled
from tierwise.plugins.deciding.value_reading import UnfitError, read_value

__all__ = ["Compiled", "compiled"]

Compiled = Callable[[Mapping[str, Any], "date | None"], "dict[str, Outcome] | None"]
"""Facts as given, and the date of the run, to the outcome of every output; ``None`` where something is not as usual."""

_MOST_SUBJECTS = 20_000  # of whom the reference was asked, before they are forgotten
_MOST_DIGITS = 9  # after the point: finer numbers are read as the reference reads them
_MOST_COMPARED = 20_000  # pieces of a fact's domain times its tests, to find out which pieces no test tells apart
_MOST = 10**30  # the reference tells of numbers with too many digits
_SCALE = 6  # of a sum whose type fixes none
_WIDE = Context(prec=60)
_ABSENT = object()
_FAULTS = (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, UnfitError, PluginError)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A decision as the generated text has it.

    Attributes:
        place: The name that says what it comes to: its cell, or its sum in whole steps.
        value_at: That to the value.
        outcomes: That to the outcome.
        steps: Of a sum: how many of its steps are 1.
    """

    place: str
    value_at: Callable[[Any], Value]
    outcomes: Cells
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """The lines that read a fact.

    Attributes:
        name: Its name.
        given: The variable of what is given.
        atom: The variable of its atom.
        raw: The expression of what is given.
        of_given: The lines from what is given to its atom.
        absent: The expression of its atom where nothing is given.
    """

    name: str
    given: str
    atom: str
    raw: str
    of_given: tuple[str, ...]
    absent: str

    @property
    def lines(self) -> list[str]:
        """Where the fact is given."""
        return [f"{self.given} = {self.raw}", *self.of_given]

    @property
    def unsure_lines(self) -> list[str]:
        """Where it may be missing."""
        raw = self.raw.replace("[", ".get(").replace("]", ")")
        given = [f"{self.given} = {raw}", f"if {self.given} is None: {self.atom} = {self.absent}", "else:"]
        return [*given, *(f"    {line}" for line in self.of_given)]


_Reading = tuple[list[str], Callable[[Any], Hashable], Callable[[Any], Value]]
"""Lines that read a fact; its value to its atom; its atom to a value."""


class _NotCompiled(Exception):
    """The plan has a part that is not compiled."""


def compiled(evaluator: Evaluator) -> Compiled | None:
    """Return the function of a plan, or ``None`` where it hangs on more than the facts of one subject: readings that are not settled, rankings."""
    try:
        return _Compiler(evaluator).function()
    except _NotCompiled:
        return None


class _Compiler:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._evaluation = evaluator.evaluation
        self._plan: Plan = evaluator.plan
        self._teller = Teller(evaluator)
        self._bound: dict[str, Any] = {"faults": _FAULTS, "added": Added()}
        self._numbers = count()
        self._reads: list[_Read] = []
        self._lines: list[tuple[str, str]] = []
        self._atoms: dict[str, str] = {}
        self._samples: dict[str, Callable[[Any], Value]] = {}
        self._made: dict[str, _Made] = {}
        self._keys: dict[tuple[str, ...], str] = {}
        self._usage = usage_of(self._plan, Logic("and", tuple(d.node for d in self._plan.decisions.values())))

    def function(self) -> Compiled:
        plan = self._plan
        wanted = {needed for d in plan.outputs for needed in (*self._evaluation.usage(d.node).decisions, d.name)}
        if any(d.population for d in plan.outputs):
            raise _NotCompiled
        reads = [self._read(fact, f"given[{self._bind(fact.name)}]") for fact in plan.facts.values()]
        if AS_OF in self._usage.facts and AS_OF not in plan.facts:
            reads.append(self._read(self._evaluation.fact(AS_OF), "as_of"))
        for name, decision in plan.decisions.items():
            if name in wanted:
                self._decide(decision)
        outcomes = {output.name: f"o{next(self._numbers)}" for output in plan.outputs}
        for name, place in outcomes.items():
            self._line(f"{place} = {self._bind(self._made[name].outcomes)}[{self._made[name].place}]")
        is_open = " or ".join([f"{place} is None" for place in outcomes.values()]) or "False"
        found = f"return {{{', '.join(f'{self._bind(name)}: {place}' for name, place in outcomes.items())}}}"
        self._bind(len(plan.facts), "size")
        self._bind(plan.facts.keys(), "names")
        self._bind(self._by_reference([read.name for read in reads]), "by_reference")

        elsewhere, asked = "return decide_unsure(given, as_of)", f"return by_reference(({''.join(f'{read.atom}, ' for read in reads)}))"
        sure = [line.replace("return None", elsewhere) for read in reads for line in read.lines]
        usual = [f"if len(given) != size: {elsewhere}", *sure, *(line for line, _ in self._lines), f"if {is_open}: {elsewhere}", found]
        unsure = ["if not given.keys() <= names: return None", *(line for read in reads for line in read.unsure_lines)]
        looked_up = [*(line for _, line in self._lines), f"if {is_open}: {asked}", found]
        guard = ["if as_of is not None: return None"] if AS_OF in plan.facts else []
        text = "\n    ".join(["def decide_unsure(given, as_of):", *guard, *_tried(unsure, "return None"), *_tried(looked_up, asked)])
        text += "\n" + "\n    ".join(["def decide(given, as_of):", *guard, *_tried(usual, elsewhere)])
        exec(text, self._bound)  # noqa: S102  # it holds numbers and names made here, nothing that an author wrote
        function: Compiled = self._bound["decide"]
        return function

    def _bind(self, value: Any, name: str = "") -> str:
        """Bind a value to a name of our own that the generated text uses."""
        name = name or f"b{next(self._numbers)}"
        self._bound[name] = value
        return name

    def _line(self, usual: str, unsure: str | None = None) -> None:
        """Write a line of the decisions, and what stands in its place where not all is known."""
        self._lines.append((usual, unsure or usual))

    def _by_reference(self, names: Sequence[str]) -> Callable[[tuple[Any, ...]], dict[str, Outcome]]:
        """Return the function from the atoms of facts to what the reference says, remembered: no test tells subjects of the same atoms apart."""
        outputs, evaluator, samples = [output.name for output in self._plan.outputs], self._evaluator, self._samples
        found: dict[tuple[Any, ...], dict[str, Outcome]] = {}

        def by_reference(atoms: tuple[Any, ...]) -> dict[str, Outcome]:
            outcomes = found.get(atoms)
            if outcomes is None:
                if len(found) >= _MOST_SUBJECTS:
                    found.clear()
                given = zip(names, atoms, strict=True)
                facts = {name: samples[name](atom) for name, atom in given if atom is not _ABSENT and atom.__class__ is not Place}
                outcomes = found[atoms] = evaluator.outcomes(outputs, facts)
            return outcomes.copy()

        return by_reference

    # ---- facts

    def _read(self, fact: Fact, raw: str) -> _Read:
        """Return the lines that read a fact, find what is wrong with it, and say in which atom it is."""
        number = next(self._numbers)
        given, atom = f"g{number}", f"a{number}"
        self._atoms[fact.name] = atom
        match fact.type:
            case NumberType(scale=int(scale)) if scale <= _MOST_DIGITS and fact.name not in self._usage.exact:
                lines, atom_of, sample = self._read_number(fact, fact.type, scale, given, atom)
            case EnumType(values=words, aliases=aliases):
                places = {word: word for word in words} | {spelling: word for spelling, word in aliases if spelling not in words}
                lines, atom_of, sample = [f"{atom} = {self._bind(places)}[{given}]"], _itself, {word: word for word in words}.__getitem__
            case BooleanType():
                lines = [f"if {given} is not True and {given} is not False: return None", f"{atom} = {given}"]
                atom_of, sample = _itself, {True: True, False: False}.__getitem__
            case _:
                lines, atom_of, sample = self._read_other(fact, given, atom)
        self._samples[fact.name] = lambda at: None if at is None else sample(at)
        absent = self._bind(self._unknown(fact, atom_of))
        if fact.absent_is_none:
            absent = "None"
        elif fact.nullable:
            absent = f"None if {self._bind(fact.name)} in given else {absent}"
        return _Read(fact.name, given, atom, raw, tuple(lines), absent)

    def _unknown(self, fact: Fact, atom_of: Callable[[Any], Hashable]) -> Place | object:
        """Return the atoms in which a missing fact may be."""
        name = fact.name
        if name in self._usage.exact or name not in self._usage.facts:
            return _ABSENT
        values = values_to_try(fact, self._usage)
        atoms = dict.fromkeys(None if value is None else atom_of(value) for value in values)
        return fact_place((name, fact.missing), tuple(atoms)) or _ABSENT

    def _read_number(self, fact: Fact, of: NumberType, scale: int, given: str, atom: str) -> _Reading:
        """A number in whole steps of its last digit. A float may be off by a millionth of a step, as for the reference."""
        factor, steps = 10**scale, f"s{atom}"
        by_float = [
            f"{given}.__class__ is float:",
            f"    {steps} = round(x := {given} * {float(factor)})" if scale else f"    {steps} = round(x := {given})",
            f"    if not -5e-7 < x - {steps} < 5e-7 or not -1e9 < x < 1e9 or (x and not {steps}): return None",
        ]
        by_int = [
            f"{given}.__class__ is int:",
            f"    {steps} = {given} * {factor}" if scale else f"    {steps} = {given}",
            f"    if not {-_MOST} < {steps} < {_MOST}: return None",
        ]
        first, then = (by_float, by_int) if scale else (by_int, by_float)
        lines = [
            f"if {first[0]}",
            *first[1:],
            f"elif {then[0]}",
            *then[1:],
            "else:",
            f"    if {given}.__class__ is not {self._bind(Decimal)} or not {-_MOST} < {given} < {_MOST}: return None",
            f"    if len({given}.as_tuple().digits) > 38: return None",
            f"    {steps} = int(x := {self._bind(_WIDE.multiply)}({given}, {factor}))",
            f"    if x != {steps}: return None",
        ]
        low = [f"{ceil(Fraction(of.low) * factor)} <= "] if of.low is not None else []
        high = [f" <= {int(Fraction(of.high) * factor // 1)}"] if of.high is not None else []
        if low or high:
            lines.append(f"if not {''.join([*low, steps, *high])}: return None")
        cuts, samples = self._pieces(fact, factor)
        lines.append(f"{atom} = {self._piece(steps, cuts)}")
        return lines, lambda value: bisect_right(cuts, Fraction(value) * factor), samples.__getitem__

    def _pieces(self, fact: Fact, factor: int) -> tuple[list[int], list[Decimal]]:
        """Return where the steps of a number are cut, and a value of each piece between two cuts."""
        tests = self._usage.tests.get(fact.name, ())
        borders = {Fraction(b) * factor for test in tests for b in borders_of(test) if isinstance(b, Decimal)}
        cuts = sorted(
            {cut for border in borders for cut in ([int(border), int(border) + 1] if border.denominator == 1 else [ceil(border)])}
        )
        if not cuts:
            return [], [Decimal(0)]
        unit = Decimal(1) / factor
        samples = [_WIDE.multiply(Decimal(step), unit) for step in (cuts[0] - 1, *cuts)]
        if len(samples) * len(tests) > _MOST_COMPARED:
            return cuts, samples
        said = [tuple(self._evaluation.evaluate(test, World({fact.name: sample})) for test in tests) for sample in samples]
        kept = [0, *(place for place in range(1, len(samples)) if said[place] != said[place - 1])]
        return [cuts[place - 1] for place in kept[1:]], [samples[place] for place in kept]

    def _piece(self, steps: str, cuts: Sequence[int]) -> str:
        """Return the expression that says between which cuts a number of steps is."""
        if len(cuts) > 32:
            return f"{self._bind(bisect_right)}({self._bind(list(cuts))}, {steps})"

        def half(first: int, last: int) -> str:
            if first == last:
                return str(first)
            middle = (first + last) // 2
            return f"({half(middle + 1, last)} if {steps} >= {cuts[middle]} else {half(first, middle)})"

        return half(0, len(cuts))

    def _read_other(self, fact: Fact, given: str, atom: str) -> _Reading:
        """Any other value is read as the reference reads it; its key is its atom, and the value last seen in it stands for it."""
        key = key_of(fact, self._usage) if fact.name in self._usage.facts else lambda value: 0
        samples: dict[Any, Value] = {}

        def atom_of(value: Value) -> Any:
            found = key(value)
            if len(samples) >= MOST_CELLS:
                samples.clear()
            samples[found] = value
            return found

        def read(raw: Any) -> Any:
            if raw is None:
                raise UnfitError("is none")
            return atom_of(read_value(raw, fact.type))

        return [f"{atom} = {self._bind(read)}({given})"], atom_of, samples.__getitem__

    # ---- decisions

    def _decide(self, decision: Decision) -> None:
        reads = reads_of(self._plan, decision.node)
        if reads.readings or reads.rankings or reads.prefers:
            raise _NotCompiled
        self._made[decision.name] = self._sum(decision) or self._looked_up(decision)

    def _looked_up(self, decision: Decision) -> _Made:
        """Return a decision that is looked up by the atoms and values that it reads."""
        node, evaluation = decision.node, self._evaluation
        reads = reads_of(self._plan, node)
        facts = [(name, self._samples[name]) for name in reads.facts]
        decisions = [(name, self._made[name].value_at) for name in reads.decisions]
        places = [*(self._atoms[name] for name in reads.facts), *(self._made[name].place for name in reads.decisions)]
        key = self._key(tuple(places))

        def decide(key: Any) -> Determined | None:
            read = iter((key,) if len(places) == 1 else key)
            known = {name: sample(next(read)) for name, sample in facts}
            results: dict[str, Any] = {name: value_at(next(read)) for name, value_at in decisions}
            picked = evaluation.ruled(node, World(known, results=results))
            return None if isinstance(picked.result, Unknown) else Determined(picked.result, picked.rules)

        cells = Cells(decide, lambda place, classes: self._teller.outcome(decision, place, classes))

        def value_at(key: Any) -> Value:
            found = cells[key]
            if found is None:
                raise ValueError  # it is left open
            value: Value = found.value
            return value

        return _Made(key, value_at, cells)

    def _key(self, places: tuple[str, ...]) -> str:
        """Return the name of what several are read by together; what reads the same shares it."""
        if len(places) == 1:
            return places[0]
        if places not in self._keys:
            self._keys[places] = f"k{next(self._numbers)}"
            self._line(f"{self._keys[places]} = ({', '.join(places)})")
        return self._keys[places]

    def _sum(self, decision: Decision) -> _Made | None:
        """Return a sum of decisions, weighted or not, and of constants, in whole steps; ``None`` where the decision is none."""
        found = summands_of(decision.node)
        if found is None:
            return None
        summands = [_named(summand) for summand in found]
        types = [decision.type, *(part.type for part in decision.node.children)]
        scales = [_SCALE if of.scale is None else of.scale for of in types if isinstance(of, NumberType)]
        digits = max(scales, default=0)
        if None in summands or len(scales) < len(types) or digits > _MOST_DIGITS:
            return None
        parts = [self._in_steps(name, weight * 10**digits) for name, weight in filter(None, summands)]
        if None in parts:
            return None
        total = f"t{next(self._numbers)}"
        self._line(f"{total} = {' + '.join(map(str, parts))}", f"{total} = added({', '.join(map(str, parts))})")

        def value_at(steps: int) -> Value:
            return Decimal(steps).scaleb(-digits, _WIDE)

        values = cache(value_at)
        cells = Cells(lambda steps: Determined(value_at(steps)), lambda place, _: self._teller.of_sum(decision, place, values))
        return _Made(total, value_at, cells, 10**digits)

    def _in_steps(self, name: str, factor: Fraction) -> str | None:
        """Write the line that gives a decision (or, without a name, the factor itself) in whole steps."""
        if not name:
            return str(factor.numerator) if factor.denominator == 1 else None
        made = self._made[name]

        def steps_of(key: Any) -> int:
            value = made.value_at(key)
            if not isinstance(value, Decimal) or (steps := Fraction(value) * factor).denominator != 1:
                raise ValueError
            return int(steps)

        def part_of(place: Place, classes: Sequence[Class]) -> Part:
            if made.steps is not None:
                return scaled(place, factor / made.steps)
            return alone(place, [steps for steps, _ in classes])

        place = f"n{next(self._numbers)}"
        self._line(f"{place} = {self._bind(Cells(steps_of, part_of))}[{made.place}]")
        return place


def _tried(lines: Sequence[str], failed: str) -> list[str]:
    return ["try:", *(f"    {line}" for line in lines), f"except faults: {failed}"]


def _itself(value: Any) -> Any:
    return value


def _named(summand: Summand) -> tuple[str, Fraction] | None:
    """Return the decision that is added and its weight; without a name for a constant; ``None`` for anything else."""
    added = decision_of(summand.about)
    if summand.about is not None and added is None:
        return None
    return "" if added is None else added.name, Fraction(summand.weight)
