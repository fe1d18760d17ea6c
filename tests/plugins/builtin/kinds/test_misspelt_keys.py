"""Whatever text of a kind's keys is misspelt, exactly that text is underlined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.short_policies import HEAD, found
from tierwise.core.finding import Severity
from tierwise.core.limits import Limits
from tierwise.core.policy import Document
from tierwise.core.source import Path, Source, Span
from tierwise.plugins.manager import Plugins
from tierwise.plugins.yaml_text.yaml_document import read_document

FACTS = """\
readings:
  cadence: [rolling, calendar]
  rounding: [floor, ceiling, nearest]
facts:
  grade: {type: enum, values: [A, B, C]}
  level_now: {type: enum, values: [A, B, C]}
  classes: {type: set, values: [vip, plain]}
  duty: {type: enum, values: [plan, collect]}
  duties: {type: set, values: [plan, collect]}
  role: {type: enum, values: [clerk, director, president]}
  state: {type: enum, values: [new, old, gone]}
  happening: {type: enum, values: [renewed, lapsed]}
  other_state: {type: enum, values: [new, old, gone]}
  steps_done: {type: set, values: [survey, form]}
  action: {type: enum, values: [ask, argue]}
  good: {type: boolean}
  late: {type: integer, min: 0}
  price: {type: number, scale: 2, min: 0}
  offered: {type: number, scale: 4, min: 0}
  last_on: {type: date}
  goal: {type: text, nullable: true}
  amounts: {type: map of number, scale: 2}
modules:
  swept:
    kind: """

MODULES: list[tuple[str, str, str]] = [
    ("module", "decisions: {x: {type: boolean, formula: good}}", r"decisions\..*"),
    (
        "value-tier",
        "scale: [A, B]\ngrade: tier\ndecisions: {tier: {type: enum, values: [A, B], formula: if good then A else B}}",
        r"scale.*|decisions.*",
    ),
    (
        "credit-level",
        (
            "scale: [A, B, C]\ndemote: {from: level_now, when: late >= 2, give: level, lowest: C}\nrights: {days: higher}\n"
            "decisions: {days: {type: integer, lookup: {by: level_now, values: {A: 3, B: 2, C: 1}}}}"
        ),
        r"scale.*|demote\.give|decisions.*",
    ),
    (
        "visit-cadence",
        (
            "by: grade\nevery: {A: 1 week, B: 2 weeks, C: undetermined(lost)}\nlast: last_on\nreading: cadence\n"
            "give: {interval: interval, due_on: due_on, due: due, overdue: overdue}"
        ),
        r"give.*",
    ),
    ("visit-cadence", "of: classes\nevery: {vip: 1 week, plain: 2 weeks}\nlast: last_on\ngive: {due_on: due_on}", r"give.*"),
    (
        "pricing-rights",
        (
            "by: grade\nprice: price\noffered: offered\nrights: {A: {discount: 5%}, B: {floor: 97%}, C: undetermined(lost)}\n"
            "give: {factor: factor, floor: floor, exact: exact, ok: ok}"
        ),
        r"give.*",
    ),
    (
        "pricing-rights",
        "by: grade\nprice: price\nrights: {A: {exact: 97%}, B: {exact: 1}, C: {surcharge: 5%}}\ngive: {exact: exact}",
        r"give.*",
    ),
    (
        "eligibility-gate",
        "gates: {first: good, second: late < 3}\ngive: {eligible: ok, failed: failed, unmet: unmet}",
        r"gates\.\w+#|give.*",
    ),
    ("completeness", "required: [vip, plain]\npresent: classes\ngive: {missing: missing, complete: complete}", r"give.*"),
    (
        "completeness",
        "fields: [goal]\nupdated_on: last_on\nevery: 1 month\nreading: cadence\ngive: {missing: missing, due_on: due_on, stale: stale}",
        r"give.*",
    ),
    ("completeness", "fields: {there: good}\ngive: {complete: complete}", r"fields\.\w+#|give.*"),
    (
        "handling-guidance",
        (
            "by: grade\ndo: {A: [ask], B: [], C: undetermined(lost)}\ndont: {A: [argue], B: [argue], C: []}\naction: action\n"
            "give: {do: do, dont: dont, advised: advised, allowed: allowed}"
        ),
        r"do\.\w+\.\d+|dont\.\w+\.\d+|give.*",
    ),
    ("handling-guidance", "of: classes\ndo: {vip: [ask], plain: [ask, argue]}\ngive: {do: do}", r"do\.\w+\.\d+|give.*"),
    ("duty-owner", "by: duty\nowners: {manager: [plan], clerk: [collect]}\ngive: {owner: owner, owners: owners}", r"owners\.\w+#|give.*"),
    ("duty-owner", "of: duties\nowners: {manager: [plan], clerk: [collect]}\ngive: {owners: owners}", r"owners\.\w+#|give.*"),
    (
        "approval",
        (
            "roles: [clerk, director]\naliases: {president: director}\n"
            "steps:\n  first: {by: role, at_least: director, when: good}\n  second: {by: role, exactly: clerk, when: late > 1}\n"
            "  third: {by: role, one_of: [president], when: late > 2}\n  fourth: {must: late > 3, when: not good}\n"
            'otherwise: "true"\ngive: {valid: valid, failed: failed, unmet: unmet}'
        ),
        r"roles.*|steps\.\w+#|give.*",
    ),
    ("approval", "steps: {first: good}\ngive: {valid: valid}", r"steps\.\w+#|give.*"),
    (
        "transition",
        "states: [new, old, gone]\nfrom: state\nother: other_state\nat_end: none\ngive: {next: next, is_last: is_last, higher: higher}",
        r"at_end|give.*",
    ),
    ("transition", "states: [survey, form]\ndone: steps_done\ngive: {next: next, is_last: is_last}", r"give.*"),
    (
        "transition",
        (
            "states: [new, old, gone]\nfrom: state\nevent: happening\nmoves: {new: {renewed: old}, old: {lapsed: gone}}\notherwise: new\n"
            "needs: {gone: good}\ngive: {next: next, permitted: permitted}"
        ),
        r"states.*|give.*",
    ),
    (
        "constraint-check",
        (
            "by: grade\nvalue: late\nat_least: {A: 1, B: late, C: undetermined(lost)}\nbelow: 20\naction: action\n"
            "allowed: {A: [ask], B: [ask, argue], C: []}\nforbidden: [argue]\nmust: {signed: good}\ngive: {ok: ok, broken: broken, all_broken: all}"
        ),
        r"must\.\w+#|give.*",
    ),
    ("composition", "of: amounts\ntop: 20%\nrounding: rounding\ngive: {shares: shares, top_share: top_share}", r"give.*"),
    (
        "composition",
        "of: [amounts]\nscale: [A, B]\nfaults: {equal: x, inverted: y}\ngive: {ok: ok, fault: fault}",
        r"scale.*|faults.*|give.*",
    ),
]
"""A kind, keys of it, and a pattern of the paths (``#``: the key itself) of texts that declare something instead of naming it."""

WRONG = "mispelt"


def _document(kind: str, keys: str) -> Document:
    text = HEAD + FACTS + kind + "".join(f"\n    {line}" for line in keys.splitlines()) + "\n"
    document, findings = read_document(Source("policy.yaml", text), Limits())
    assert document is not None
    assert not findings
    return document


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield every text of the module: its path, and whether it is the key there."""
    if isinstance(value, str):
        yield path, False
    for part, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if len(path) > 2 and isinstance(part, str):  # the module's own keys are no texts of the author's
            yield (*path, part), True
        yield from _texts(inner, (*path, part))


def _named(kind: str, keys: str, declares: str) -> Iterator[tuple[str, str, str, Path, bool]]:
    document = _document(kind, keys)
    models = {"demote", "give", "faults", "acknowledge"}
    for path, is_key in _texts(document.root["modules"]["swept"], ("modules", "swept")):
        inner = path[2:]
        of_model = is_key and (inner[0] in models or len(inner) > 2 or (kind == "pricing-rights" and len(inner) > 2))
        of_model = of_model and not (inner[0] in ("moves",) and is_key)
        shown = ".".join(map(str, inner)) + ("#" if is_key else "")
        if inner[0] != "kind" and not of_model and not re.fullmatch(declares, shown):
            yield kind, keys, shown, path, is_key


SWEPT = [case for module in MODULES for case in _named(*module)]


def _replaced(document: Document, span: Span) -> str:
    lines = list(document.source.lines)
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + WRONG + line[span.end_column - 1 :]
    return "\n".join(lines) + "\n"


def test_every_kind_is_swept() -> None:
    assert {kind for kind, _, _ in MODULES} == set(Plugins(entry_points=False).environment().kinds)


@pytest.mark.parametrize(("kind", "keys"), [(kind, keys) for kind, keys, _ in MODULES])
def test_what_is_swept_has_no_errors(kind: str, keys: str) -> None:
    findings = found(_document(kind, keys).source.text.removeprefix(HEAD))

    assert [finding.message for finding in findings if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize(("kind", "keys", "shown", "path", "is_key"), SWEPT, ids=[f"{kind}-{shown}" for kind, _, shown, *_ in SWEPT])
def test_a_misspelt_text_is_underlined(kind: str, keys: str, shown: str, path: Path, is_key: bool) -> None:
    document = _document(kind, keys)
    span = document.key_span(path) if is_key else document.span(path)

    findings = found(_replaced(document, span).removeprefix(HEAD))

    about_it = [finding for finding in findings if finding.severity is Severity.ERROR and f"`{WRONG}`" in finding.message]
    assert {(finding.span.place, finding.span.text) for finding in about_it if finding.span} == {(span.place, WRONG)}, findings


def test_a_state_and_an_event_that_are_not_there_are_underlined_where_they_stand() -> None:
    keys = (
        "states: [new, old, gon]\nfrom: state\nevent: happening\n"
        "moves: {new: {renewed: old}, old: {lapesd: gone}}\notherwise: stay\ngive: {next: next_state}"
    )

    findings = found(_document("transition", keys).source.text.removeprefix(HEAD))

    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert [finding.span.text for finding in errors if finding.span] == ["lapesd", "gone"]


def test_two_equal_mistakes_are_two_findings() -> None:
    keys = "gates: {second: aa, third: aa}\ngive: {eligible: ok}"

    findings = found(_document("eligibility-gate", keys).source.text.removeprefix(HEAD))

    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert [(finding.code, finding.span.text) for finding in errors if finding.span] == [("unknown-name", "aa"), ("unknown-name", "aa")]
    assert len({finding.span for finding in errors}) == 2
