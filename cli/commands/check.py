"""``tierwise check``: reads and checks policies and says what is wrong with them, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.main import EXIT_FINDINGS, EXIT_POLICY
from tierwise.cli.options import Layers, format_option, layers_options
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.cli.visible import say

if TYPE_CHECKING:
    from tierwise.core.checking import CheckedPolicy
    from tierwise.core.finding import Finding
    from tierwise.plugins.people_names import Naming


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one policy."""

    policy: str
    findings: Sequence[Finding]
    of: CheckedPolicy | None
    """The policy; none of one that cannot be read."""

    @property
    def is_readable(self) -> bool:
        """Whether there was anything to check."""
        return self.of is not None

    def exit_code(self, is_strict: bool) -> int:
        """Return the exit code that these findings call for."""
        from tierwise.core.finding import Severity, has_errors

        failed = has_errors(self.findings) or (is_strict and any(f.severity is Severity.WARNING for f in self.findings))
        return EXIT_POLICY if not self.is_readable else EXIT_FINDINGS if failed else 0


@click.command("check")
@click.argument("policies", nargs=-1, metavar="[POLICY...]")
@layers_options
@click.option("--strict", is_flag=True, help="Leave with exit code 1 on warnings, too.")
@click.option("--explain", "code", metavar="CODE", help="Say what a finding means by its code, with an example, instead of checking.")
@format_option("text", "json", "sarif", "junit", "github")
@click.pass_context
def command(context: click.Context, policies: tuple[str, ...], layers: Layers, strict: bool, code: str | None, form: str) -> None:
    """Check policies: names, types, cycles, gaps, overlaps, rules that never fire, unused facts; prove their invariants.

    Findings go to stderr, a line for each policy to stdout. Acknowledged gaps and overlaps are notes. The other formats write all of it to
    stdout: sarif and github for remarks beside the lines of a change, junit for a list of tests, one for each policy.

    \b
    Example:
      tierwise check big-customer-tiers
    """
    if code is not None:
        _explain(code)
        return
    if not policies:
        raise click.UsageError("name a policy, or a finding by `--explain CODE`")
    session = Session.of(context)
    found = []
    for name in policies:
        found.append(_checked(session, name, layers))
        if form == "text":
            _tell(session, found[-1])
    if form != "text":
        _write(found, form, strict)
    context.exit(max(checked.exit_code(strict) for checked in found))


def _checked(session: Session, name: str, layers: Layers) -> Checked:
    from tierwise.core.errors import PolicyError
    from tierwise.plugins.policy import check_policy, proved

    try:
        checked = check_policy(name, layers.overlays, session.plugins, layers.settings)
        return Checked(name, proved(checked, session.plugins), checked)
    except PolicyError as error:
        if not error.findings:
            raise
        return Checked(name, error.findings, None)


def _tell(session: Session, checked: Checked) -> None:
    from tierwise.cli.findings import summary

    session.show_findings(checked.findings, _naming(session, checked))
    tell(f"{checked.policy}: {'' if checked.is_readable else 'cannot be loaded: '}{summary(checked.findings)}")


def _naming(session: Session, checked: Checked) -> Naming | None:
    """Return how people speak of the policy in Chinese, where names and words stand beside what they are called; in English they are words."""
    from tierwise.plugins.people_names import Naming

    if checked.of is None or session.language == "en":
        return None
    return replace(Naming.of(checked.of.policy, session.language, checked.of.plan), with_ids=True)


def _write(found: Sequence[Checked], form: str, is_strict: bool) -> None:
    from tierwise.cli.continuous_integration import JUnitCase, JUnitSuite, github, junit, sarif
    from tierwise.cli.findings import finding_text
    from tierwise.cli.output import write_json
    from tierwise.core.finding import Severity

    findings = [finding for checked in found for finding in checked.findings]
    match form:
        case "json":
            write_json({"policies": [_document(checked, is_strict) for checked in found]})
        case "sarif":
            write_json(sarif(findings))
        case "github":
            for line in github(findings):
                say(line)
        case _:
            worst = (Severity.ERROR, Severity.WARNING) if is_strict else (Severity.ERROR,)
            tests = tuple(
                JUnitCase(checked.policy, tuple(finding_text(f) for f in checked.findings if f.severity in worst)) for checked in found
            )
            say(junit([JUnitSuite("tierwise check", tests)]))


def _document(checked: Checked, is_strict: bool) -> dict[str, Any]:
    from tierwise.cli.findings import finding_document
    from tierwise.core.finding import Severity, sorted_findings

    return {
        "policy": checked.policy,
        "ok": not checked.exit_code(is_strict),
        "counts": {severity.value: sum(f.severity is severity for f in checked.findings) for severity in Severity},
        "findings": [finding_document(finding) for finding in sorted_findings(checked.findings)],
    }


def _explain(code: str) -> None:
    from tierwise.core.language.suggest import suggest
    from tierwise.plugins.codes import CODES
    from tierwise.plugins.finding_examples import example_of

    if code not in CODES:
        raise click.BadParameter(
            f"no finding is called `{code}`; {suggest(code, CODES) or 'docs/findings.md lists them'}", param_hint="--explain"
        )
    tell(CODES[code])
    say("")
    for indent, line in example_of(code).lines():
        say(f"{'  ' * indent}{line}")
