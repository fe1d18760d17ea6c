"""The ways of one subject of a database: its facts as bound, its places in rankings among all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from tierwise.core.errors import DataError, PolicyError
from tierwise.core.language.suggest import suggest
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.plan import AS_OF, Decision, Node, Plan, Position, cut_of
from tierwise.core.types import BooleanType, EnumType
from tierwise.core.values import Value
from tierwise.plugins.graded_population import GradedPopulation
from tierwise.plugins.grading import Grading, Placing
from tierwise.plugins.paths.path import BOTH, Changeable, Paths, find_paths
from tierwise.plugins.paths.standing import Keys, Rank, Standing, ranks_by_probing, ranks_by_sums
from tierwise.plugins.paths.ways import Direction
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.run import Bound, grade_by_default

__all__ = ["changeable_facts", "graded_outputs", "paths_of_subject", "read_change", "wanted_values"]

MOST_SUMMED = 200_000
"""How many subjects a Pareto ranking may have for its shares to be worked out with another amount."""


def graded_outputs(loaded: LoadedPolicy) -> tuple[Decision, ...]:
    """Return the outputs that are a grade of their module's scale, in the policy's order."""
    scales = [module.kind_keys.get("scale") for module in loaded.policy.modules.values()]
    words = {tuple(map(str, scale)) for scale in scales if isinstance(scale, list)}
    return tuple(d for d in loaded.plan.outputs if isinstance(d.type, EnumType) and d.type.values in words and not d.population)


def changeable_facts(plan: Plan, named: Mapping[str, Sequence[Direction]]) -> Changeable:
    """Return which facts may be changed: those named, else those that the policy marks.

    Raises:
        PolicyError: The policy marks none and none is named, or has no such fact.
    """
    for name in named:
        if name not in plan.facts and name != AS_OF:
            raise PolicyError(f"no fact is called `{name}`", help=suggest(name, plan.facts) or "")
    marked: dict[str, Sequence[Direction]] = dict(named) or {f.name: f.changeable for f in plan.facts.values() if f.changeable}
    if not marked:
        numbers = [name for name, fact in plan.facts.items() if not fact.judged][:3]
        raise PolicyError(
            f"`{plan.policy}` says of no fact that it can be changed",
            help="write `changeable: up` (or `down`, `both`) at a fact, or try it: "
            + " ".join(f"--change {name}" for name in numbers or list(plan.facts)[:1]),
        )
    return marked


def wanted_values(decision: Decision, present: Value, to: str | None) -> tuple[Value, ...]:
    """Return the values that will do: the grades before the present one, or ``to`` and those before it, best first.

    Raises:
        DataError: ``to`` is no value of the output.
    """
    if isinstance(decision.type, EnumType):
        words = decision.type.values
        if to is None:
            return words[: words.index(str(present))] if present in words else words[:1]
        word = decision.type.word(to)
        if word is None:
            raise DataError(f"`{decision.name}` has no value `{to}`", help=suggest(to, words) or "it has " + ", ".join(words))
        return words[: words.index(word) + 1]
    if isinstance(decision.type, BooleanType):
        return (to not in ("false", "no", "否"),)
    if to is None:
        raise DataError(f"`{decision.name}` has no order of grades", help="say which value is wanted by `--to`")
    try:
        return (Decimal(to),)
    except ArithmeticError:
        return (to,)


def paths_of_subject(
    bound: Bound, key: str, decision: Decision, to: str | None, changeable: Changeable, grading: Grading | None = None
) -> Paths:
    """Return the nearest ways of one subject to a better grade, and away from the present one.

    Args:
        bound: The subjects.
        key: The subject's id.
        decision: The output it is about.
        to: The grade to reach, or a better one; the next better one without it.
        changeable: Which facts may move, and where to.
        grading: How all of them have been graded, if they have.

    Raises:
        DataError: There is no subject with that id, or the output has no value ``to``.
    """
    plan, environment = bound.loaded.plan, bound.loaded.environment
    facts = bound.subject(key).facts
    positions: Mapping[str, Position] = {}
    standing: Standing | None = None
    if plan.rankings:
        grading = grading or grade_by_default(bound)
        if isinstance(grading, Placing):
            positions = grading.positions(key)
            standing = _Standing(bound, key, positions, grading).position
    present = Evaluator(plan, environment).decide(decision.name, with_as_of(facts, bound.as_of), positions)
    wanted = wanted_values(decision, getattr(present, "value", None), to)
    return find_paths(plan, environment, facts, decision.name, wanted, changeable, bound.as_of, positions, standing)


class _Standing:
    """Where one subject of a database would stand with another amount."""

    def __init__(self, bound: Bound, key: str, positions: Mapping[str, Position], grading: Placing) -> None:
        self._plan = bound.loaded.plan
        self._evaluator = Evaluator(self._plan, bound.loaded.environment)
        self._bound = bound
        self._key = key
        self._positions = positions
        self._population = GradedPopulation(self._plan, bound.loaded.environment, bound.facts, grading, bound.as_of)
        self._functions: dict[tuple[str, Value], Callable[[Keys], Position | None] | None] = {}

    def position(self, ranking: str, keys: Keys, partition: Value) -> Position | None:
        """Return the position in a partition of a ranking by that."""
        at = ranking, partition
        if at not in self._functions:
            self._functions[at] = self._function(ranking, partition)
        function = self._functions[at]
        return None if function is None else function(keys)

    def _function(self, name: str, partition: Value) -> Callable[[Keys], Position | None] | None:
        ranking, rank = self._plan.rankings[name], self._rank(name, partition)
        if rank is None or rank.position.maybe:
            return None

        def keys_at(place: int) -> Keys | None:
            found = self._population.standing_at(name, place, partition)
            return None if found is None else found[0]

        if not self._is_pareto(name):
            return ranks_by_probing(rank, keys_at)
        if ranking.among is not None or ranking.partition is not None or self._bound.facts.count() > MOST_SUMMED:
            return None
        others = [self._keys(other.facts, name) for other in self._bound.facts.subjects() if other.key != self._key]
        amounts = [keys[0] for keys in others if keys is not None and isinstance(keys[0], Decimal)]
        return ranks_by_sums(rank, amounts) if len(amounts) == len(others) else None

    def _rank(self, name: str, partition: Value) -> Rank | None:
        """Return the subject's place in a partition, the last one where it is no member; ``None`` where it, or nobody, can be compared."""
        ranking, position = self._plan.rankings[name], self._positions.get(name)
        facts, descending = self._bound.subject(self._key).facts, tuple(is_down for _, is_down in ranking.keys)
        present = () if ranking.partition is None else self._value(ranking.partition, facts)
        if position is not None and present == partition:
            keys = self._keys(facts, name)
            return None if keys is None else Rank(position, keys, descending)
        first = self._population.standing_at(name, 1, partition)
        if first is None:
            return None
        last, blank = first[1].count + 1, first[1].last_possible - first[1].last
        return Rank(Position(last, last, last + blank, last, maybe=first[1].maybe), None, descending)

    def _keys(self, facts: Mapping[str, Value], name: str) -> Keys | None:
        """Return what a subject is ranked by; ``None`` where it cannot be compared."""
        keys = [self._value(key, facts) for key, _ in self._plan.rankings[name].keys]
        found = tuple(key for key in keys if key is not None and not isinstance(key, Unknown))
        return found if len(found) == len(keys) else None

    def _value(self, part: Node, facts: Mapping[str, Value]) -> Result:
        return self._evaluator.value_of(part, with_as_of(facts, self._bound.as_of), self._positions)

    def _is_pareto(self, name: str) -> bool:
        cuts = [cut_of(decision.node, name) for decision in self._plan.decisions.values()]
        return any(cut is not None and cut.by == "pareto" for cut in cuts)


def read_change(text: str) -> tuple[str, tuple[Direction, ...]]:
    """Return the fact and the directions that ``NAME``, ``NAME:up``, ``NAME:down`` or ``NAME:both`` says; both without a word.

    Raises:
        ValueError: Another word stands there.
    """
    name, sign, word = text.partition(":")
    directions: Mapping[str, tuple[Direction, ...]] = {"": BOTH, "both": BOTH, "up": ("up",), "down": ("down",)}
    if not name or word not in directions or (sign and not word):
        raise ValueError(text)
    return name, directions[word]
