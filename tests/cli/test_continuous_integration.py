"""Findings and failed cases in the forms of systems of continuous integration: what GitHub, SARIF viewers and readers of JUnit take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree as Xml

import pytest

from tests.command_line import POLICY, tierwise
from tierwise import __version__
from tierwise.cli.continuous_integration import JUnitCase, JUnitSuite, github, junit, sarif
from tierwise.core.finding import Finding
from tierwise.core.source import Source, Span
from tierwise.plugins.codes import CODES

CASES = """\
cases:
  - {id: border, facts: {amount: 500000, judged_good: true}, expected: {tier: 甲}}
  - {id: below, facts: {amount: 499999.99}, expected: {tier: 乙}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that has a policy with a hole, a fact that nothing reads, and one case of two that fails."""
    (tmp_path / "a folder").mkdir()
    holed = POLICY.replace("| < 50万 ", "| < 40万 ").replace("modules:", "  spare: {type: boolean}\nmodules:")
    (tmp_path / "a folder" / "policy.yaml").write_text(holed, encoding="utf-8")
    (tmp_path / "a folder" / "cases.yaml").write_text(CASES.replace("499999.99", "399999.99"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results_of(out: str) -> list[dict[str, Any]]:
    """Return the results of a SARIF log, after looking at what each log must have, and what viewers need of it (OASIS SARIF 2.1.0, 3.13 to 3.29)."""
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    assert urlsplit(log["$schema"]).scheme == "https"
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("tierwise", __version__)
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["ruleId"] in CODES
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert all(location["message"]["text"] for location in result.get("relatedLocations", []))
        for location in (*result["locations"], *result.get("relatedLocations", [])):
            place = location["physicalLocation"]
            uri = urlsplit(place["artifactLocation"]["uri"])
            assert (uri.scheme, uri.netloc, uri.path) == ("", "", quote(unquote(uri.path)))  # relative to where the run is
            region = place["region"]
            assert 1 <= region["startLine"] <= region["endLine"]
            assert region["startColumn"] >= 1
            assert (region["startLine"], region["startColumn"]) < (
                region["endLine"],
                region["endColumn"],
            )  # the end is the first column behind it
    return list(run["results"])


def test_findings_of_a_check_stand_at_their_lines_in_sarif(folder: Path) -> None:
    done = tierwise("check", "a folder", "--format", "sarif")
    found = {result["ruleId"]: result for result in results_of(done.out)}

    assert (done.code, done.err) == (0, "")
    assert set(found) == {"gap", "unused-fact"}
    place = found["gap"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20folder/policy.yaml"
    line = (folder / "a folder" / "policy.yaml").read_text(encoding="utf-8").splitlines()[place["region"]["startLine"] - 1]
    assert line[place["region"]["startColumn"] - 1 : place["region"]["endColumn"] - 1] == "table"
    assert found["gap"]["properties"]["witness"]["amount"] == 450000


def test_a_failed_case_stands_at_its_line_in_sarif_and_for_github(folder: Path) -> None:
    results = results_of(tierwise("test", "a folder", "--format", "sarif").out)
    done = tierwise("test", "a folder", "--engine", "reference", "--format", "github")

    assert [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in results] == [3, 3]
    assert done.code == 1
    place = "file=a folder/cases.yaml,line=3,endLine=3,col=10,endColumn=15"
    assert done.out == f"::error {place},title=case-failed::case `below` on reference: `tier` is 丙, expected 乙\n"


def test_the_levels_of_github_are_those_of_findings(folder: Path) -> None:
    lines = tierwise("check", "a folder", "big-customer-tiers", "--format", "github").out.splitlines()

    assert {line.split(" ")[0] for line in lines} == {"::warning", "::notice"}


def test_a_message_with_line_ends_and_signs_of_the_format_is_one_command() -> None:
    span = Span.at(Source("a,b:c%.yaml", "x"), 1, 1)

    [line] = github([Finding.error("gap", "100% of `a`", span, help="first\nsecond")])

    assert line == "::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=1,endColumn=2,title=gap::100%25 of `a`%0Afirst%0Asecond"


def test_a_finding_without_a_place_has_none_in_either_form() -> None:
    finding = Finding.warning("gap", "somewhere")

    assert list(github([finding])) == ["::warning title=gap::somewhere"]
    assert "locations" not in sarif([finding])["runs"][0]["results"][0]


def test_each_case_is_a_test_of_junit_and_a_failure_says_why(folder: Path) -> None:
    root = Xml.fromstring(tierwise("test", "a folder", "--format", "junit").out.encode())
    cases = root.findall("testsuite/testcase")
    failed = {case.get("name"): case.find("failure") for case in cases if case.find("failure") is not None}

    assert (root.get("tests"), root.get("failures"), len(cases)) == ("4", "2", 4)
    assert set(failed) == {"below on reference", "below on duckdb"}
    for failure in failed.values():
        assert failure is not None
        assert failure.get("message") == "tier: expected 乙, got 丙"
        assert "rule small gives 丙" in (failure.text or "")


def test_a_checked_policy_is_a_test_of_junit_that_fails_on_warnings_when_strict(folder: Path) -> None:
    loose, strict = (Xml.fromstring(tierwise("check", "a folder", *more, "--format", "junit").out) for more in ((), ("--strict",)))

    assert (loose.get("failures"), strict.get("failures")) == ("0", "1")
    assert "unused-fact" in ("".join(strict.itertext()))


def test_what_xml_cannot_hold_is_shown_and_read_back() -> None:
    text = junit([JUnitSuite("a<b>&\x07", (JUnitCase('"x"', ("]]> & \x1b[31m",)), JUnitCase("y", skipped="kept to reference")))])
    root = Xml.fromstring(text.encode())

    assert root.find("testsuite").get("name") == "a<b>&␇"  # type: ignore[union-attr]  # it is there
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("2", "1", "1")


def test_json_of_a_check_and_of_tests_says_what_the_exit_code_says(folder: Path) -> None:
    for words, ok in ((("check", "a folder"), True), (("check", "--strict", "a folder"), False), (("test", "a folder"), False)):
        done = tierwise(*words, "--format", "json")
        [policy] = json.loads(done.out)["policies"]

        assert policy["ok"] is ok is (done.code == 0)


def test_a_policy_that_cannot_be_read_is_in_every_form_of_a_check(folder: Path) -> None:
    (folder / "broken.yaml").write_text("a: [", encoding="utf-8")

    for form in ("json", "sarif", "junit", "github"):
        done = tierwise("check", "broken.yaml", "a folder", "--format", form)

        assert done.code == 3
        assert "yaml-syntax" in done.out
        assert "unused-fact" in done.out or form == "junit"
