"""The JSON form of an explanation: its outcomes with their rules, and its sentences."""

from __future__ import annotations

from typing import Any

from tierwise.core.explaining import Explanation
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.sentences.lines import lines_of

__all__ = ["explanation_document"]


def explanation_document(explanation: Explanation, language: str) -> dict[str, Any]:
    """Return an explanation in its JSON form, to which keys are only ever added.

    Args:
        explanation: The explanation.
        language: Of the sentences, ``en`` or ``zh``.
    """
    return {
        "policy": explanation.policy,
        "version": explanation.version,
        "fingerprint": explanation.fingerprint,
        "as_of": explanation.as_of.isoformat() if explanation.as_of else None,
        "outputs": {
            output: {**outcome_document(outcome), "rules": list(outcome.rules)} for output, outcome in explanation.outcomes.items()
        },
        "lines": [{"indent": indent, "text": text} for indent, text in lines_of(explanation, language)],
    }
