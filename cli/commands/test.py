"""``tierwise test``: runs the cases of policies on the engines and says which outcomes differ, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.main import EXIT_FINDINGS, EXIT_POLICY
from tierwise.cli.options import Layers, format_option, layers_options
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.cli.visible import say
from tierwise.plugins.engine import DEFAULT_ENGINE, REFERENCE_ENGINE

if TYPE_CHECKING:
    from tierwise.core.finding import Finding
    from tierwise.plugins.cases.coverage import Coverage
    from tierwise.plugins.cases.run_cases import CaseResult
    from tierwise.plugins.policy import LoadedPolicy


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of the cases of one policy; ``coverage`` where it was asked for."""

    name: str
    loaded: LoadedPolicy
    results: Sequence[CaseResult]
    coverage: Coverage | None

    @property
    def broken(self) -> list[CaseResult]:
        """The cases that failed."""
        return [result for result in self.results if result.differences]


@click.command("test")
@click.argument("policies", nargs=-1, metavar="[POLICY...]")
@layers_options
@click.option(
    "--engine",
    "engines",
    multiple=True,
    metavar="NAME",
    help="An engine to run the cases on; may be repeated [default: reference, duckdb].",
)
@click.option(
    "--cases",
    "files",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="Run the cases of this YAML or CSV file instead of the policy's own; may be repeated.",
)
@click.option("--coverage", is_flag=True, help="Say which rules, cells and borders the cases touch, and list what none does.")
@click.option(
    "--borders", is_flag=True, help="Write cases at, below and above each border to stdout, for a person to confirm, and run none."
)
@format_option("text", "json", "sarif", "junit", "github")
@click.pass_context
def command(
    context: click.Context,
    policies: tuple[str, ...],
    layers: Layers,
    engines: tuple[str, ...],
    files: tuple[str, ...],
    coverage: bool,
    borders: bool,
    form: str,
) -> None:
    """Run the cases of policies (all shipped ones when none is named) on the engines.

    A case that fails shows what it expected, what came, and why. The other formats write that to stdout for programs: sarif and github as remarks
    beside the case, junit as a list of tests.

    \b
    Example:
      tierwise test big-customer-tiers closing-time-a-e
    """
    from tierwise.cli.findings import render_error
    from tierwise.core.errors import PolicyError

    session = Session.of(context)
    if files and len(policies) != 1:
        raise click.UsageError("`--cases` is about one policy: name it")
    if borders and form != "text":
        raise click.UsageError("`--borders` writes text only")
    if coverage and form not in ("text", "json"):
        raise click.UsageError("`--coverage` writes text or JSON only")
    code = 0
    tested = []
    for name in policies or sorted(session.plugins.policies()):
        try:
            loaded = session.load(name, layers)
            if borders:
                _write_border_cases(loaded)
                continue
            tested.append(_tested(name, loaded, engines, files, coverage))
        except PolicyError as error:  # the others can still be tested
            say(render_error(error, session.error_format, session.language), err=True)
            if form == "text":
                tell(f"{name}: cannot be loaded")
            code = EXIT_POLICY
            continue
        if form == "text":
            _tell(tested[-1], session.language)
        if (covered := tested[-1].coverage) is not None:
            session.show_findings(covered.findings)
            code = max(code, EXIT_FINDINGS if covered.findings else 0)
        code = max(code, EXIT_FINDINGS if tested[-1].broken else 0)
    if form != "text":
        _write(tested, form, session.language)
    context.exit(code)


def _tested(name: str, loaded: LoadedPolicy, engines: Sequence[str], files: Sequence[str], coverage: bool) -> Tested:
    from tierwise.plugins.cases.coverage import coverage_of
    from tierwise.plugins.cases.read_cases import read_cases
    from tierwise.plugins.cases.run_cases import run_cases
    from tierwise.plugins.loading import read_file_of

    cases = [case for file in files for case in read_cases(loaded.policy, read_file_of("cases", file))] if files else None
    results = run_cases(loaded, engines or (REFERENCE_ENGINE, DEFAULT_ENGINE), cases)
    return Tested(name, loaded, results, coverage_of(loaded) if coverage else None)


def _tell(tested: Tested, language: str) -> None:
    from tierwise.cli.touched import tell_coverage

    skipped = sum(result.skipped != "" for result in tested.results)
    for result in tested.broken:
        tell(f"FAILED {result.case.id} on {result.engine}")
        for line in _failure(tested.loaded, result, language):
            say(f"  {line}")
    kept = f", {skipped} not for that engine" if skipped else ""
    open_cases = len({result.case.id for result in tested.results if not result.case.is_confirmed})
    waiting = f", {open_cases} that nobody has confirmed" if open_cases else ""
    broken = len(tested.broken)
    tell(f"{tested.name}: {len(tested.results) - broken - skipped} passed, {broken} failed{kept}{waiting}")
    if tested.coverage is not None:
        tell_coverage(tested.coverage, language)


def _failure(loaded: LoadedPolicy, result: CaseResult, language: str) -> list[str]:
    """Return what a case expected, what came, and why it came, a line each."""
    from tierwise.plugins.cases.explained_case import explain_case
    from tierwise.plugins.sentences.catalogue import said
    from tierwise.plugins.sentences.lines import lines_of

    lines = []
    for difference in result.differences:
        lines.append(said(f"{difference.about}: expected {difference.expected}, got {difference.got}", language))
        explanation = explain_case(loaded, result.case, difference.subject)
        if explanation is not None and difference.output in explanation.outcomes:
            lines += [f"{'  ' * (indent + 1)}{text}" for indent, text in lines_of(explanation.only([difference.output]), language)]
    return lines


def _write(tested: Sequence[Tested], form: str, language: str) -> None:
    from tierwise.cli.continuous_integration import JUnitCase, JUnitSuite, github, junit, sarif
    from tierwise.cli.output import write_json

    match form:
        case "json":
            write_json({"policies": [_document(policy, language) for policy in tested]})
        case "sarif":
            write_json(sarif(_findings(tested)))
        case "github":
            for line in github(_findings(tested)):
                say(line)
        case _:
            suites = [
                JUnitSuite(
                    policy.name,
                    tuple(
                        JUnitCase(
                            f"{result.case.id} on {result.engine}",
                            tuple(f"{d.about}: expected {d.expected}, got {d.got}" for d in result.differences),
                            result.skipped,
                            "\n".join(_failure(policy.loaded, result, language)),
                        )
                        for result in policy.results
                    ),
                )
                for policy in tested
            ]
            say(junit(suites))


def _findings(tested: Sequence[Tested]) -> list[Finding]:
    """Return each failed case as a finding at its place."""
    from tierwise.core.finding import Finding

    return [
        Finding.error(
            "case-failed",
            f"case `{result.case.id}` on {result.engine}: `{difference.about}` is {difference.got}, expected {difference.expected}",
            result.case.span,
        )
        for policy in tested
        for result in policy.broken
        for difference in result.differences
    ]


def _document(tested: Tested, language: str) -> dict[str, Any]:
    from tierwise.cli.touched import coverage_document

    return {
        "policy": tested.name,
        "ok": not tested.broken,
        "cases": [
            {
                "case": result.case.id,
                "engine": result.engine,
                "ok": not result.differences,
                "confirmed": result.case.is_confirmed,
                "skipped": result.skipped,
                "file": result.case.span.source.name,
                "line": result.case.span.line,
                "differences": [
                    {"subject": d.subject, "output": d.output, "expected": d.expected, "got": d.got} for d in result.differences
                ],
                "why": _failure(tested.loaded, result, language),
            }
            for result in tested.results
        ],
        **({} if tested.coverage is None else {"coverage": coverage_document(tested.coverage, language)}),
    }


def _write_border_cases(loaded: LoadedPolicy) -> None:
    from tierwise.plugins.cases.at_borders import border_cases, cases_text

    say(cases_text(loaded.plan, border_cases(loaded)), nl=False)
