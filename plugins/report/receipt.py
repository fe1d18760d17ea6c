"""What a report was made from: policy, fingerprint, data, date and version, so that it can be made again."""

from __future__ import annotations

from tierwise import __version__
from tierwise.plugins.run import Bound
from tierwise.plugins.sentences.phrases import words_of

__all__ = ["receipt_of"]


def receipt_of(
    bound: Bound, language: str, chosen_by: str = "", subjects: int | None = None, engine: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return what each part of it is called, and what it is; what is not said is left out.

    Args:
        bound: The policy and the facts.
        language: ``en`` or ``zh``.
        chosen_by: By what condition subjects were chosen.
        subjects: How many there are.
        engine: The engine that graded them.
    """
    words, loaded = words_of("report", language), bound.loaded
    given = (
        (words["policy"], f"{loaded.plan.policy} {loaded.plan.version}"),
        (words["fingerprint"], loaded.fingerprint),
        (words["data"], bound.facts.location),
        (words["chosen"], chosen_by),
        (words["subjects"], "" if subjects is None else str(subjects)),
        (words["as of"], bound.as_of.isoformat() if bound.as_of else ""),
        (words["engine"], engine),
        (words["version"], f"Tierwise {__version__}"),
    )
    return tuple((name, text) for name, text in given if text)
