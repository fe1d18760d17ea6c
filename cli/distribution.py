"""The page that ``grade`` prints: distributions with bars, and what is undetermined and why; and the documents of all results for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from rich.cells import cell_len

from tierwise.cli.output import outcome_shown, value_shown
from tierwise.cli.telling import session_language, spoken
from tierwise.cli.text_tables import bar, fit, text_table
from tierwise.core.plan import Decision, Named
from tierwise.core.types import BooleanType, EnumType, ListType, SetType, Type
from tierwise.plugins.grading import Grading, Share
from tierwise.plugins.sentences.words import reason_word, short_name

__all__ = ["distribution_lines", "outcome_lines", "outcome_parts", "row_documents"]

MOST_VALUES = 15
ROWS_AT_ONCE = 5_000

Problems = Mapping[str, Sequence[tuple[str, str]]]
"""Key of a subject to the facts whose stored value does not fit, each with the code of the finding."""


Shares = Mapping[str, Sequence[Share]]
"""Output name to its distribution, asked for once for the whole page; an output that is not in it is not shown."""


def distribution_lines(grading: Grading, of_outputs: Shares, text: Callable[[Named], str]) -> Iterator[str]:
    """Yield, for every output, its distribution: a bar for each value (for sets: each word), then the undetermined by reason."""
    total = grading.count()
    unknown = []
    for decision in (one for one in grading.outputs if one.name in of_outputs):
        shares = of_outputs[decision.name]
        if shares and all(share.reason is not None for share in shares):
            reasons = ", ".join(reason_word(share.reason, session_language()) for share in shares if share.reason is not None)
            unknown.append(f"{_name(decision)} ({reasons})")
            continue
        yield ""
        yield _heading(decision, text)
        yield from _bars(_shown(decision, shares), decision.type, total)
    if unknown:
        yield ""
        yield spoken(f"undetermined for everyone: {', '.join(unknown)}")
    for name, outcome in grading.population.items():
        yield ""
        decision = next(one for one in grading.outputs if one.name == name)
        yield spoken(f"{_name(decision)}, of all together: {fit(outcome_shown(outcome, decision.type), 100)}")


def _heading(decision: Decision, text: Callable[[Named], str]) -> str:
    label = text(decision.label)
    if session_language() == "zh" and label not in ("", decision.name):
        return f"{label} (`{decision.name}`)"
    return decision.name if label in ("", decision.name) else f"{decision.name}  {label}"


def _name(decision: Decision) -> str:
    return short_name(decision.name, decision.label, session_language())


def _shown(decision: Decision, shares: Sequence[Share]) -> list[Share]:
    """Return the bars to draw: the values when they are few words; the words of sets, of which a subject may have several; else one bar."""
    undetermined = [share for share in shares if share.reason is not None]
    values = [share for share in shares if share.reason is None]
    kind = decision.type.item if isinstance(decision.type, SetType | ListType) else decision.type
    if isinstance(kind, EnumType) and isinstance(decision.type, SetType):
        counted = Counter(dict.fromkeys(kind.values, 0))
        for share in values:
            counted.update(dict.fromkeys(share.value or (), share.count))
        none = sum(share.count for share in values if not share.value)
        words = [Share(word, None, count) for word, count in counted.items() if count]
        return [*words[:MOST_VALUES], Share((), None, none), *undetermined]
    if isinstance(kind, EnumType | BooleanType) and len(values) <= MOST_VALUES:
        return list(shares)
    return [Share(spoken("determined"), None, sum(share.count for share in values)), *undetermined]


def _bars(shares: Sequence[Share], kind: Type, total: int) -> Iterator[str]:
    names = [_share_name(share, kind) for share in shares]
    width = max((cell_len(name) for name in names), default=0)
    for name, share in zip(names, shares, strict=True):
        part = share.count / total if total else 0.0
        padding = " " * (width - cell_len(name))
        drawn = bar(part)
        yield f"  {name}{padding}  {drawn}{' ' * (30 - cell_len(drawn))}  {share.count:>9,}  {part:6.1%}"


def _share_name(share: Share, kind: Type) -> str:
    if share.reason is not None:
        return f"? {reason_word(share.reason, session_language())}"
    item = kind.item if isinstance(kind, SetType | ListType) and isinstance(share.value, str) else kind
    return value_shown(share.value, item)


def outcome_lines(grading: Grading, of_outputs: Shares) -> Iterator[str]:
    """Yield a table with a line for every output: determined, undetermined, and how many for each reason."""
    total = grading.count()
    rows = []
    for decision in grading.outputs:
        reasons = [(share.reason, share.count) for share in of_outputs[decision.name] if share.reason is not None]
        undetermined = sum(count for _, count in reasons)
        said = ", ".join(f"{reason_word(reason, session_language())} {count:,}" for reason, count in reasons)
        rows.append((_name(decision), f"{total - undetermined:,}", f"{undetermined:,}", said))
    yield from text_table([spoken(head) for head in ("output", "determined", "undetermined", "by reason")], rows, right=(1, 2))


def row_documents(grading: Grading, problems_of: Callable[[Sequence[str]], Problems]) -> Iterator[dict[str, Any]]:
    """Yield a document for every subject: the outcomes as objects with the rule ids, and ``findings`` where a value of it does not fit.

    Args:
        grading: The results.
        problems_of: What is wrong with the data of some subjects, by key: pairs of fact and code.
    """
    names = [decision.name for decision in grading.outputs]
    results = iter(grading.rows())
    while some := list(islice(results, ROWS_AT_ONCE)):
        problems = problems_of([result.key for result in some])
        for result in some:
            row: dict[str, Any] = {
                "key": result.key,
                "name": result.name,
                "outputs": {name: outcome_parts(result.outcomes[name]) for name in names},
            }
            if result.key in problems:
                row["findings"] = [{"fact": fact, "code": code} for fact, code in problems[result.key]]
            yield row


def outcome_parts(outcome: Any) -> dict[str, Any]:
    """Return an outcome as a document, with the rules that gave it or stay possible."""
    from tierwise.plugins.deciding.result import outcome_document

    document = dict(outcome_document(outcome))
    if outcome.rules:
        document["rules"] = list(outcome.rules)
    return document
