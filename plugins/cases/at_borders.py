"""Writes cases that stand at, just below and just above each border of a policy: what it gives there now, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import AS_OF, Fact, Node, Plan, reference_of, ways
from tierwise.core.plan.usage import usage_of
from tierwise.core.types import DateType, NumberType
from tierwise.core.values import Value, to_json
from tierwise.plugins.cases.run_cases import cases_beside
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.geometry.told_apart import drawn
from tierwise.plugins.paths.borders import Border, borders_of_plan
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.yaml_text.yaml_writing import yaml_text

__all__ = ["BorderCase", "border_cases", "cases_text"]

MOST_DRAWN = 300
"""How many subjects are tried before it is taken that a border matters to none."""
Surroundings = tuple[dict[str, Value], date | None]

HEAD = """\
# What the policy gives at each border and one step beside it. Read each row: where it is right, delete `unconfirmed: true` of its case and
# copy the case to `cases.yaml`; where it is not, the policy is wrong, or the case is.
"""
WITHOUT_CASES = """\
# At these borders stands no case, because no fact is compared there: it is worked out from several, or a place in a ranking.
"""


@dataclass(frozen=True, slots=True)
class BorderCase:
    """The neighbourhood of one border.

    Attributes:
        border: The border.
        facts: What else is known of the subject, who is decided otherwise on one side of the border than on another where there is such a one.
        as_of: The date of the decision.
        rows: Where it stands, the value, and the outcome of each output that hangs on the border.
        matters: Whether the outcomes differ.
    """

    border: Border
    facts: Mapping[str, Value]
    as_of: date | None
    rows: tuple[tuple[str, Decimal, Mapping[str, Outcome]], ...]
    matters: bool


def border_cases(loaded: LoadedPolicy) -> Iterator[BorderCase]:
    """Yield the neighbourhood of every number with which a fact is compared, by itself or as what a decision gives on unchanged.

    Args:
        loaded: The policy; the subjects of its cases are tried first as surroundings, then drawn ones.
    """
    plan = loaded.plan
    evaluator = Evaluator(plan, loaded.environment)
    known = [(read_facts(plan, case.facts)[0], case.as_of) for case in cases_beside(loaded) if not case.is_population]
    for border in _of_facts(plan):
        sources = [(plan, plan.decisions[name].node) for name in border.outputs]
        declared = {**plan.facts, AS_OF: Fact(AS_OF, DateType(), {})}
        tried = chain(known, (_dated(facts, known) for facts in drawn(sources, declared, MOST_DRAWN)))
        yield _most_telling(evaluator, border, tried)


def _of_facts(plan: Plan) -> list[Border]:
    """Return the borders of facts in the order of these, the least first; one that several decisions give on is one border of all their outputs."""
    found: dict[tuple[str, Decimal], Border] = {}
    for border in (of_fact for _, of_facts in _borders(plan) for of_fact in of_facts):
        place = (border.about, border.value)
        outputs = (*found[place].outputs, *border.outputs) if place in found else border.outputs
        found[place] = replace(border, outputs=tuple(dict.fromkeys(outputs)))
    names = list(plan.facts)
    return sorted(found.values(), key=lambda border: (names.index(border.about), border.value))


def _borders(plan: Plan) -> Iterator[tuple[Border, Sequence[Border]]]:
    """Yield each border on which an output of one subject hangs, with the borders of facts that are the same: itself, or those that a decision gives on."""
    for border in borders_of_plan(plan, [decision for decision in plan.outputs if not decision.population]):
        if border.cut is not None:
            yield border, []
        elif border.about in plan.facts:
            yield border, [border]
        else:
            facts = list(_given_on(plan.decisions[border.about].node, plan))
            same = [
                replace(border, about=fact.name, label=fact.label, type=fact.type) for fact in facts if isinstance(fact.type, NumberType)
            ]
            yield border, [one for one in same if _stands_on_step(one)]


def _given_on(node: Node, plan: Plan) -> Iterator[Fact]:
    """Yield the facts of which a node gives one as it is."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        about = reference_of(part)
        if about is not None and about.name in plan.facts:
            yield plan.facts[about.name]
        elif id(part) not in seen:
            seen.add(id(part))
            pending.extend(ways(part, plan) or ())


def _stands_on_step(border: Border) -> bool:
    return border.type.scale is None or border.value == round(border.value, border.type.scale)


def _dated(facts: Mapping[str, Value], known: Sequence[Surroundings]) -> Surroundings:
    """Return drawn facts with the date drawn with them, else with that of a case."""
    drawn_day = facts.get(AS_OF)
    day = drawn_day if isinstance(drawn_day, date) else next((as_of for _, as_of in known if as_of is not None), None)
    return dict(facts), day


def _most_telling(evaluator: Evaluator, border: Border, surroundings: Iterator[Surroundings]) -> BorderCase:
    """Return the neighbourhood in the surroundings in which the outcomes differ most, and are determined; the first of the best."""
    best: tuple[tuple[int, int], BorderCase] | None = None
    for facts, as_of in surroundings:
        case = _case(evaluator, border, facts, as_of)
        found = [outcome for _, _, outcomes in case.rows for outcome in outcomes.values()]
        worth = (int(case.matters), sum(isinstance(outcome, Determined) for outcome in found))
        if best is None or worth > best[0]:
            best = worth, case
        if case.matters and worth[1] == len(found):
            break
    return best[1] if best is not None else _case(evaluator, border, {}, None)


def _case(evaluator: Evaluator, border: Border, facts: Mapping[str, Value], as_of: date | None) -> BorderCase:
    read = {name for output in border.outputs for name in usage_of(evaluator.plan, evaluator.plan.decisions[output].node).facts}
    others = {name: value for name, value in facts.items() if name in read and name not in (border.about, AS_OF)}
    rows = tuple(
        (place, value, evaluator.outcomes(border.outputs, with_as_of({**others, border.about: value}, as_of)))
        for place, value in _beside(border)
    )
    return BorderCase(border, others, as_of, rows, any(outcomes != rows[0][2] for _, _, outcomes in rows))


def _beside(border: Border) -> Iterator[tuple[str, Decimal]]:
    """Yield the border and what stands a step beside it, as far as the fact may be so."""
    step, of = Decimal(1).scaleb(-(border.type.scale or 0)), border.type
    for place, value in (("below", border.value - step), ("at", border.value), ("above", border.value + step)):
        if (of.low is None or value >= of.low) and (of.high is None or value <= of.high):
            yield place, value


def cases_text(plan: Plan, cases: Iterator[BorderCase]) -> str:
    """Return them as a file of cases, none of them confirmed."""
    written = [_document(plan, case) for case in cases]
    return _head(plan) + (yaml_text({"cases": written}) if written else "cases: []\n")


def _head(plan: Plan) -> str:
    """Return what stands above the cases: what to do with them, and at which borders there is none."""
    without: dict[str, list[str]] = {}
    for border, of_facts in _borders(plan):
        if not of_facts:
            without.setdefault(border.about, []).append(f"{border.value.normalize():f}")
    listed = "".join(f"# - {about}: {', '.join(values)}\n" for about, values in without.items())
    return HEAD + (WITHOUT_CASES + listed if listed else "")


def _document(plan: Plan, case: BorderCase) -> dict[str, Any]:
    about = case.border.about
    document: dict[str, Any] = {"id": f"border/{about}/{case.border.value.normalize():f}", "unconfirmed": "true"}
    if case.as_of is not None:
        document["as_of"] = case.as_of.isoformat()
    document["facts"] = {
        name: _written(value) for name, value in case.facts.items() if value is not None or not plan.facts[name].absent_is_none
    }
    document["rows"] = _table(about, case)
    if not case.matters:
        document["why"] = "no subject was found for whom it makes a difference"
    return document


def _table(about: str, case: BorderCase) -> str:
    lines: list[Sequence[str]] = [("id", about, *case.border.outputs)]
    lines += [(place, f"{value:f}", *(_cell(outcomes[name]) for name in case.border.outputs)) for place, value, outcomes in case.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    return "".join(f"{' | '.join(cells[:2])} -> {' | '.join(cells[2:])}".rstrip() + "\n" for cells in padded)


def _cell(outcome: Outcome) -> str:
    """Return an outcome as a cell of a table of cases."""
    if isinstance(outcome, Determined):
        return _shown(to_json(outcome.value))
    candidates = f" [{', '.join(_shown(to_json(value)) for value in outcome.candidates)}]" if outcome.candidates else ""
    return f"undetermined {outcome.reason}{candidates}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    text = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text}"' if "|" in text or "->" in text else text


def _written(value: Value) -> Any:
    """Return a fact's value as a file of cases writes it: texts, lists, mappings."""
    return _as_texts(to_json(value))


def _as_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_texts(item) for key, item in value.items()}
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
