"""The labels of the words of a policy's facts, parameters and decisions, in one language."""

from __future__ import annotations

from typing import Any

from tierwise.core.policy import Policy

__all__ = ["labels_of_words"]


def labels_of_words(policy: Policy, language: str) -> dict[str, dict[str, str]]:
    """Return word to label of each fact, parameter, decision and output, by its name."""
    declared: dict[str, Any] = {**policy.facts, **policy.parameters}
    for module in policy.modules.values():
        declared |= module.decisions
        declared |= {name: output for decision in module.decisions.values() for name, output in decision.outputs.items()}
    return {name: {word: label.in_language(language) for word, label in policy.words_of(one).items()} for name, one in declared.items()}
