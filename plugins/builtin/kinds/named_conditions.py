"""Named conditions that have to be met together, as a gate, a chain of approvals or a list of constraints has them.

Each becomes a hidden boolean decision ``<module>.<word>``, so that an explanation shows what it hung on and a mistake in it is said once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.source import Written, joined, written
from tierwise.core.types import BooleanType, EnumType, SetType
from tierwise.plugins.builtin.kinds.kind_texts import is_open, name_of, quoted, table

__all__ = ["Conclusion", "all_met", "asked_when", "concluded", "condition_names", "hidden_conditions", "repeated_conditions", "unmet"]

Word = TypeVar("Word", bound=str)
Conclusion = Literal["all met", "first unmet", "unmet"]
"""What may be asked about conditions together."""

_SIGNS = re.compile(r"\W+")


def condition_names(module: str, words: Iterable[Word]) -> dict[Word, Written]:
    """Return the name of the hidden decision that says whether each condition is met, at its word; signs in a word become underlines.

    Example:
        >>> condition_names("forms", ["card", "in/out"])
        {'card': 'forms.card', 'in/out': 'forms.in_out'}
    """
    names: dict[Word, Written] = {}
    for word in words:
        name = f"{module}.{_SIGNS.sub('_', word)}"
        unique = f"{name}_{len(names) + 1}" if name in names.values() else name
        names[word] = Written.at(unique, word.whole if isinstance(word, Written) else None)
    return names


def asked_when(when: str, condition: Written) -> Written:
    """Return the condition that holds wherever it is not asked for: ``condition``, or anything where ``when`` is not met."""
    return written("if {} then {} else true" if is_open(condition) else "not({}) or ({})", when, condition)


def hidden_conditions(
    module: str, conditions: Mapping[Word, Written | Mapping[str, Any]], labels: Mapping[str, Named]
) -> list[KindDecision]:
    """Return one hidden boolean decision for each condition.

    Args:
        module: The module they belong to.
        conditions: Word to expression, or to what a ``lookup`` decides it by.
        labels: Word to label, where there is one.
    """
    names = condition_names(module, conditions)
    return [
        KindDecision(
            names[word], "formula" if isinstance(how, str) else "lookup", how, BooleanType(), labels.get(word, _same(word)), hidden=True
        )
        for word, how in conditions.items()
    ]


def concluded(
    conclusion: Conclusion, output: Written, label: Named, module: str, words: Sequence[str], labels: Mapping[str, Named]
) -> KindDecision:
    """Return the decision ``output`` that draws a conclusion from the conditions."""
    if conclusion == "all met":
        return all_met(output, label, module, words)
    return (_first_unmet if conclusion == "first unmet" else unmet)(output, label, module, words, labels)


def all_met(output: Written, label: Named, module: str, words: Sequence[str]) -> KindDecision:
    """Return the decision that all conditions are met: false as soon as one is not, whatever the others are."""
    return KindDecision(output, "formula", joined(" and ", _names(module, words)), BooleanType(), label)


def unmet(output: Written, label: Named, module: str, words: Sequence[str], labels: Mapping[str, Named]) -> KindDecision:
    """Return the decision that gives every word whose condition is not met."""
    tests = {word: written("not {}", name) for word, name in zip(words, _names(module, words), strict=True)}
    return KindDecision(output, "labels", tests, SetType(EnumType.of(words, labels)), label)


def repeated_conditions(words: Sequence[str], key: str, context: KindContext) -> Iterator[Finding]:
    """Yield a warning for each condition that asks for the same as an earlier one."""
    seen: dict[Any, str] = {}
    for word, name in condition_names(context.module, words).items():
        node = context.plan.decisions[name].node
        if node in seen:
            message = f"`{word}` demands the same as `{seen[node]}`"
            yield Finding.warning("condition-repeated", message, context.span((*context.path, key, word)), "remove one of the two")
        seen.setdefault(node, word)


def _first_unmet(output: Written, label: Named, module: str, words: Sequence[str], labels: Mapping[str, Named]) -> KindDecision:
    """Return the decision ``output``, the first word whose condition is not met; none when all are."""
    rows = [(word, ["false" if place == at else "-" for at in range(len(words))], quoted(word)) for place, word in enumerate(words)]
    rules = table(_names(module, words), output, [*rows, ("-", ["-"] * len(words), Written("-"))])
    return KindDecision(output, "table", {"hit": "first", "rules": rules}, EnumType.of(words, labels), label, nullable=True)


def _names(module: str, words: Sequence[str]) -> list[str]:
    return [name_of(name) for name in condition_names(module, words).values()]


def _same(word: str) -> Named:
    return {"zh": str(word), "en": str(word)}
