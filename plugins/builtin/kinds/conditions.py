"""Named conditions that have to be met together, as a gate, a chain of approvals or a list of constraints has them.

Each becomes a hidden boolean decision ``<module>.<word>``, so that an explanation shows what it hung on and a mistake in it is said once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.plugins.builtin.kinds.writing import labelled_words, name_of, quoted, table

__all__ = ["Conclusion", "all_met", "concluded", "condition_names", "hidden_conditions", "repeated_conditions", "unmet"]

Labels = Mapping[str, Mapping[str, str]]

Conclusion = Literal["all met", "first unmet", "unmet"]
"""What may be asked about conditions together."""

_SIGNS = re.compile(r"\W+")


def condition_names(module: str, words: Iterable[str]) -> dict[str, str]:
    """Return the name of the hidden decision that says whether each condition is met; signs in a word become underlines.

    Example:
        >>> condition_names("forms", ["card", "in/out"])
        {'card': 'forms.card', 'in/out': 'forms.in_out'}
    """
    names: dict[str, str] = {}
    for word in words:
        name = f"{module}.{_SIGNS.sub('_', word)}"
        names[word] = f"{name}_{len(names) + 1}" if name in names.values() else name
    return names


def hidden_conditions(module: str, conditions: Mapping[str, str | Mapping[str, Any]], labels: Labels) -> dict[str, Any]:
    """Return one hidden boolean decision for each condition.

    Args:
        module: The module they belong to.
        conditions: Word to expression, or to the form that decides it.
        labels: Word to label, where the author gave one.
    """
    names = condition_names(module, conditions)
    return {
        names[word]: {
            "hidden": "true",
            "label": dict(labels.get(word, {"zh": word, "en": word})),
            "type": "boolean",
            **({"formula": how} if isinstance(how, str) else how),
        }
        for word, how in conditions.items()
    }


def concluded(conclusion: Conclusion, output: str, module: str, words: Sequence[str], labels: Labels) -> dict[str, Any]:
    """Return the decision ``output`` that draws a conclusion from the conditions."""
    if conclusion == "all met":
        return all_met(module, words)
    return _first_unmet(output, module, words, labels) if conclusion == "first unmet" else unmet(module, words, labels)


def all_met(module: str, words: Sequence[str]) -> dict[str, Any]:
    """Return the decision that all conditions are met: false as soon as one is not, whatever the others are."""
    return {"type": "boolean", "formula": " and ".join(_names(module, words))}


def unmet(module: str, words: Sequence[str], labels: Labels) -> dict[str, Any]:
    """Return the decision that gives every word whose condition is not met."""
    tests = {word: f"not {name}" for word, name in zip(words, _names(module, words), strict=True)}
    return {"type": "set", "values": labelled_words(words, labels), "labels": tests}


def repeated_conditions(words: Sequence[str], key: str, context: KindContext) -> Iterator[Finding]:
    """Yield a warning for each condition that asks for the same as an earlier one."""
    seen: dict[Any, str] = {}
    for word, name in condition_names(context.module, words).items():
        node = context.plan.decisions[name].node
        if node in seen:
            message = f"`{word}` demands the same as `{seen[node]}`"
            yield Finding.warning("condition-repeated", message, context.span((*context.path, key, word)), "remove one of the two")
        seen.setdefault(node, word)


def _first_unmet(output: str, module: str, words: Sequence[str], labels: Labels) -> dict[str, Any]:
    """Return the decision ``output``, the first word whose condition is not met; none when all are."""
    rows = [(word, ["false" if place == at else "-" for at in range(len(words))], quoted(word)) for place, word in enumerate(words)]
    rows.append(("-", ["-"] * len(words), "-"))
    rules = table(_names(module, words), output, rows)
    return {"type": "enum", "values": labelled_words(words, labels), "nullable": "true", "table": {"hit": "first", "rules": rules}}


def _names(module: str, words: Sequence[str]) -> list[str]:
    return [name_of(name) for name in condition_names(module, words).values()]
