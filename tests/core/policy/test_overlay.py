"""What a company fills in, and what it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Severity
from tierwise.core.policy import Policy
from tierwise.core.source import Source
from tierwise.core.values import Duration
from tierwise.plugins.yaml_text.yaml_document import read_policy

Read = Callable[..., Policy]
OVERLAY = """\
overlay: 1
policy: big-customers
company: {zh: 示范公司, en: Sample company}
parameters: {days: 30}
readings: {quarter: rolling}
tables:
  tier: |
    usage -> tier
    < 5   -> B
"""


def test_an_overlay_fills_parameters_readings_and_tables(read: Read, text: str) -> None:
    policy = read(text, OVERLAY)

    assert policy.parameter_values == {"months": Decimal(2), "days": Decimal(30)}
    assert policy.settled == {"quarter": "rolling"}
    assert policy.filled_tables == {"tier": "usage -> tier\n< 5   -> B\n"}
    assert policy.filled_tables["tier"].span(0, 1).place == "company.yaml:8:5"
    assert list(policy.sources) == ["policy.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "help"),
    [
        ("policy: big-customers", "policy: other", "wrong-policy", "2:9", ""),
        ("{days: 30}", "{months: 3}", "not-local", "4:14", ""),
        ("{days: 30}", "{day: 30}", "unknown-name", "4:14", "did you mean `days`?"),
        ("{days: 30}", "{days: many}", "bad-literal", "4:20", ""),
        ("{days: 30}", "{days: }", "none-not-allowed", "4:14", ""),
        ("rolling", "roling", "unknown-value", "5:21", "did you mean `rolling`?"),
        ("{quarter:", "{quarters:", "unknown-name", "5:12", "did you mean `quarter`?"),
        ("tables:", "table:", "unknown-key", "6:1", "did you mean `tables`?"),
        ("overlay: 1", "overlay: 9", "wrong-value", "1:10", ""),
        ("company:", "company: >= 5\nx:", "yaml-syntax", "3:10", "quotes"),
    ],
)
def test_what_may_not_be_filled_is_found_in_the_overlay(
    read: Read, text: str, old: str, new: str, code: str, place: str, help: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        read(text, OVERLAY.replace(old, new))

    assert [finding.code for finding in caught.value.findings] == [code]
    finding = caught.value.findings[0]
    assert finding.span is not None
    assert finding.span.place == f"company.yaml:{place}"
    assert help in finding.help


@pytest.mark.parametrize("overlay", ["", "- a\n", "text"])
def test_an_overlay_that_is_no_mapping_is_refused(read: Read, text: str, overlay: str) -> None:
    with pytest.raises(PolicyError):
        read(text, overlay)


PARAMETERS = """\
parameters:
  fine: {type: integer, value: 20, adjustable: {min: 10, max: 50}}
  share: {type: number, scale: 2, unit: "%", value: 5, adjustable: {max: 10}}
  start: {type: date, value: 2026-01-01, adjustable: {min: 2025-01-01}}
  term: {type: duration, value: 3 months, adjustable: {min: 1 month, max: 1 year}}
  fixed: {type: integer, value: 7}
  open: {type: integer, local: true}
  days: {type: list of date, local: true}
readings: {quarter: [calendar, rolling], border: [inclusive, exclusive]}
"""
ADJUSTABLE = f"""\
tierwise: 1
policy: adjusted
version: 1.0.0
title: adjusted
facts: {{x: {{type: boolean}}}}
{PARAMETERS}modules: {{m: {{kind: module, decisions: {{d: {{type: boolean, formula: x}}}}}}}}
"""


@pytest.fixture
def layered() -> Callable[..., Policy]:
    """Read a policy with adjustable parameters, overlays given as YAML, and settings."""

    def of(*overlays: str, text: str = ADJUSTABLE, **settings: object) -> Policy:
        sources = [Source(f"{n}.yaml", f"overlay: 1\npolicy: adjusted\n{body}\n") for n, body in enumerate(overlays, 1)]
        return read_policy({"policy.yaml": text}, Limits(), sources, settings=settings)

    return of


def faults(attempt: Callable[[], Policy]) -> list[tuple[str, str, str]]:
    """Return code, place and help of everything that is wrong."""
    with pytest.raises(PolicyError) as caught:
        attempt()
    return [(finding.code, finding.span.place if finding.span else "", finding.help) for finding in caught.value.findings]


def test_an_adjustable_parameter_may_be_given_another_value_within_its_bounds(layered: Callable[..., Policy]) -> None:
    values = layered("parameters: {fine: 50, share: -1, start: 2025-01-01, term: 12 months}").parameter_values

    assert (values["fine"], values["share"], values["start"]) == (Decimal(50), Decimal(-1), date(2025, 1, 1))
    assert values["term"] == Duration(months=12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("fine: 9", "between `10` and `50`, not `9`"),
        ("fine: 51", "between `10` and `50`, not `51`"),
        ("share: 11", "at most `10`, not `11`"),
        ("start: 2024-12-31", "at least `2025-01-01`, not `2024-12-31`"),
        ("term: 13 months", "between `1 month` and `1 year`, not `13 months`"),
        ("term: 90 days", "between `1 month` and `1 year`, not `90 days`"),
    ],
)
@pytest.mark.parametrize("way", ["overlay", "setting"])
def test_a_value_outside_of_the_bounds_is_an_error_with_both_places(
    layered: Callable[..., Policy], way: str, given: str, said: str
) -> None:
    name, _, value = given.partition(": ")
    with pytest.raises(PolicyError) as caught:
        layered(f"parameters: {{{given}}}") if way == "overlay" else layered(**{name: value})
    [finding] = caught.value.findings

    assert (finding.code, finding.message) == ("out-of-bounds", f"parameter `{name}` may be {said}")
    assert finding.span is not None and finding.span.text == value
    assert finding.span.source.name == ("1.yaml" if way == "overlay" else "--set")
    [(label, bounds)] = finding.related
    assert label == "the bounds that its author set" and bounds.source.name == "policy.yaml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("adjustable: {min: 10, max: 50}", "adjustable: {}"),
        ("adjustable: {min: 10, max: 50}", "adjustable: {min: 50, max: 10}"),
        ("adjustable: {min: 10, max: 50}", "adjustable: {min: 21}"),
        ("{type: list of date, local: true}", "{type: list of date, local: true, adjustable: {min: 2026-01-01}}"),
        ("adjustable: {min: 1 month, max: 1 year}", "adjustable: {min: 30 days, max: 1 year}"),
    ],
)
def test_bounds_that_are_none_are_found(layered: Callable[..., Policy], old: str, new: str) -> None:
    assert [code for code, _, _ in faults(lambda: layered(text=ADJUSTABLE.replace(old, new)))] == ["adjustable-bounds"]


def test_a_bound_that_does_not_read_is_found(layered: Callable[..., Policy]) -> None:
    assert [code for code, _, _ in faults(lambda: layered(text=ADJUSTABLE.replace("max: 50", "max: many")))] == ["bad-literal"]


def test_the_later_of_two_overlays_holds_and_both_places_are_told(layered: Callable[..., Policy]) -> None:
    policy = layered(
        "parameters: {open: 1, fine: 30}\nreadings: {quarter: calendar}", "parameters: {open: 2, fine: 30}\nreadings: {border: inclusive}"
    )

    assert (policy.parameter_values["open"], policy.parameter_values["fine"]) == (2, 30)
    assert policy.settled == {"quarter": "calendar", "border": "inclusive"}
    [finding] = policy.findings
    assert (finding.code, finding.severity) == ("overlay-overruled", Severity.NOTE)
    assert finding.message == "`open` is settled twice, and differently: `2` holds, since it comes later"
    assert finding.span is not None and finding.span.place == "2.yaml:3:20"
    assert [(label, span.place) for label, span in finding.related] == [("`1` is overruled", "1.yaml:3:20")]


def test_readings_and_tables_that_two_overlays_settle_differently_are_told(layered: Callable[..., Policy]) -> None:
    first, second = "readings: {quarter: calendar}\ntables: {t: a}", "readings: {quarter: rolling}\ntables: {t: b}"

    policy = layered(first, second)

    assert (policy.settled["quarter"], policy.filled_tables["t"]) == ("rolling", "b")
    assert [finding.message.split(" is ")[0] for finding in policy.findings] == ["`quarter`", "`t`"]


def test_what_is_set_for_a_try_lies_over_all_overlays(layered: Callable[..., Policy]) -> None:
    policy = layered("parameters: {open: 1}\nreadings: {quarter: calendar}", open="3", quarter="rolling", days="[2026-01-01, 2026-02-01]")

    assert (policy.parameter_values["open"], policy.settled["quarter"]) == (3, "rolling")
    assert policy.parameter_values["days"] == (date(2026, 1, 1), date(2026, 2, 1))
    assert [finding.span.place for finding in policy.findings if finding.span] == ["--set:1:6", "--set:1:9"]


def test_plain_values_of_python_may_be_set(layered: Callable[..., Policy]) -> None:
    policy = layered(open=4, fine=Decimal(11), start=date(2025, 5, 1), days=[date(2026, 1, 1)])

    assert policy.parameter_values["fine"] == 11
    assert policy.parameter_values["days"] == (date(2026, 1, 1),)


@pytest.mark.parametrize(
    ("name", "value", "code", "place", "help"),
    [
        ("opne", "3", "unknown-name", "--set:1:1", "did you mean `open`?"),
        ("quartr", "rolling", "unknown-name", "--set:1:1", "did you mean `quarter`?"),
        ("fixed", "8", "not-local", "--set:1:1", "its author may mark it `adjustable: {min: …, max: …}`"),
        ("open", "many", "bad-literal", "--set:1:6", None),
        ("open", "", "none-not-allowed", "--set:1:6", "give it a value, or remove the line"),
        ("quarter", "roling", "unknown-value", "--set:1:9", "did you mean `rolling`?"),
    ],
)
def test_what_is_set_is_checked_as_an_overlay_is(
    layered: Callable[..., Policy], name: str, value: str, code: str, place: str, help: str | None
) -> None:
    [(found, where, said)] = faults(lambda: layered(**{name: value}))

    assert (found, where) == (code, place)
    assert help is None or said == help


def test_an_overlay_called_like_a_file_of_the_policy_takes_nothing_from_it() -> None:
    files = {"policy.yaml": ADJUSTABLE, "binding.yaml": "binding: 1\n"}

    policy = read_policy(files, Limits(), Source("binding.yaml", "overlay: 1\npolicy: adjusted\n"))

    assert policy.sources["binding.yaml"].text == "binding: 1\n"
