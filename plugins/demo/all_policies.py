"""Grades the demo database by every shipped policy whose subject is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tierwise.core.errors import TierwiseError
from tierwise.core.values import to_json
from tierwise.plugins.demo.make import AS_OF
from tierwise.plugins.demo.prepare import OVERLAID
from tierwise.plugins.engine import DEFAULT_ENGINE
from tierwise.plugins.grading import Grading
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.run import OWN_BINDING, bound_database, choose_engine, grade_bound

__all__ = ["PolicyLine", "grade_all"]


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """What came of one policy.

    Attributes:
        determined: The share of outcomes that are determined, 0 to 1.
        said: The most frequent outcomes of the first output, in words.
    """

    policy: str
    subjects: int
    outputs: int
    determined: float
    said: str


def grade_all(plugins: Plugins, database: Path, overlay: Path) -> Iterator[PolicyLine]:
    """Yield a line for each shipped policy that brings a binding of its own."""
    for name, folder in sorted(plugins.policies().items()):
        if not (folder / OWN_BINDING).is_file():
            continue
        try:
            loaded = load(name, overlay=overlay if name == OVERLAID else None, plugins=plugins)
            with bound_database(loaded, str(database), None, AS_OF) as bound:
                line = _line(name, grade_bound(bound, choose_engine(loaded, DEFAULT_ENGINE)).grading)
        except TierwiseError as error:  # one policy that cannot run does not hide the others
            line = PolicyLine(name, 0, 0, 0.0, f"cannot be graded: {error}")
        yield line


def _line(name: str, grading: Grading) -> PolicyLine:
    count = grading.count()
    outputs = [decision for decision in grading.outputs if not decision.population]
    shares = {decision.name: grading.distribution(decision.name) for decision in outputs}
    determined = sum(share.count for of_one in shares.values() for share in of_one if share.reason is None)
    total = count * len(outputs)
    # The output that tells most: the one with most determined values that are not all alike.
    telling = max(
        outputs, key=lambda d: (len([s for s in shares[d.name] if s.reason is None]) > 1, _determined(shares[d.name])), default=None
    )
    said = ""
    if telling is not None:
        counted = Counter({_words(share.value): share.count for share in shares[telling.name] if share.reason is None})
        said = f"{telling.name}: " + ", ".join(f"{value} {number:,}" for value, number in counted.most_common(4))
    return PolicyLine(name, count, len(outputs), determined / total if total else 0.0, said)


def _determined(shares: object) -> int:
    assert isinstance(shares, tuple)
    return sum(share.count for share in shares if share.reason is None)


def _words(value: object) -> str:
    json_value = to_json(value)
    if isinstance(json_value, list):
        return "+".join(str(item) for item in json_value) or "–"
    return "none" if json_value is None else str(json_value).lower() if isinstance(json_value, bool) else str(json_value)
