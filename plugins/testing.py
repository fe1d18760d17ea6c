"""A test kit for plugin authors; our own tests use it. Nothing here needs pytest, and nothing installed is loaded unless asked for.

def test_levels_are_in_order():
    with with_plugin(tierwise_loyalty) as plugins:
        checked = policy_from(POLICY, plugins)
        assert_finding(checked, "levels-out-of-order", underlined="silver")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from random import Random

from tierwise.core.checking import CheckedPolicy, check
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.source import Source
from tierwise.plugins.manager import Plugins
from tierwise.plugins.watch_engine import Task, WatchEngine
from tierwise.plugins.yaml_text.yaml_document import read_policy

__all__ = [
    "assert_finding",
    "assert_matches_alike",
    "assert_no_findings",
    "findings_of",
    "policy_from",
    "run_cases",
    "with_plugin",
]


@contextmanager
def with_plugin(plugin: object, name: str = "") -> Iterator[Plugins]:
    """Give the built-in plugins and one more; no installed plugin is loaded.

    Args:
        plugin: A module, or any object with ``@hookimpl`` functions.
        name: What it is called; by default its ``__name__`` or the name of its type.
    """
    plugins = Plugins(entry_points=False)
    name = name or getattr(plugin, "__name__", type(plugin).__name__)
    plugins.register(plugin, name)
    try:
        yield plugins
    finally:
        plugins.unregister(name)


def policy_from(files: str | Mapping[str, str], plugins: Plugins | None = None, overlay: str = "") -> CheckedPolicy:
    """Read and check a policy that is written in the test.

    Args:
        files: The text of ``policy.yaml``, or file name to text.
        plugins: The plugins it may use; the built-ins by default.
        overlay: The text of an overlay, if any.

    Raises:
        PolicyError: It cannot be read at all; ``findings_of`` gives its findings as values instead.
    """
    environment = (plugins or Plugins(entry_points=False)).environment()
    source = Source("overlay.yaml", overlay) if overlay else None
    texts = {"policy.yaml": files} if isinstance(files, str) else files
    return check(read_policy(texts, environment.limits, source, sections=environment.section_keys), environment)


def findings_of(files: str | Mapping[str, str], plugins: Plugins | None = None, overlay: str = "") -> tuple[Finding, ...]:
    """Return all findings about a policy that is written in the test, also when it cannot be read."""
    try:
        return policy_from(files, plugins, overlay).findings
    except PolicyError as error:
        return error.findings


def assert_finding(
    found: CheckedPolicy | Iterable[Finding], code: str, underlined: str | None = None, message: str | None = None, help: str | None = None
) -> Finding:
    """Return the one finding with a code.

    Args:
        found: A checked policy, or findings.
        code: The slug.
        underlined: The exact text that is underlined.
        message: The whole message.
        help: The whole help.

    Raises:
        AssertionError: There is none or more than one, or it says something else.
    """
    findings = tuple(found.findings if isinstance(found, CheckedPolicy) else found)
    matching = [finding for finding in findings if finding.code == code]
    listing = "\n".join(_line(finding) for finding in findings) or "there are no findings"
    assert len(matching) == 1, f"{len(matching)} findings `{code}` among:\n{listing}"
    [finding] = matching
    if underlined is not None:
        assert finding.span is not None, f"`{code}` has no place: {finding.message}"
        assert finding.span.text == underlined
    if message is not None:
        assert finding.message == message
    if help is not None:
        assert finding.help == help
    return finding


def assert_no_findings(found: CheckedPolicy | Iterable[Finding]) -> None:
    """Raise ``AssertionError`` with all findings when there is one."""
    findings = tuple(found.findings if isinstance(found, CheckedPolicy) else found)
    assert not findings, "\n".join(_line(finding) for finding in findings)


def run_cases(policy: str | PathLike[str], plugins: Plugins | None = None, engines: Iterable[str] = ("reference",)) -> int:
    """Run the cases of a policy and return how many there were.

    Args:
        policy: The name of a shipped policy, or the path of a folder with ``cases.yaml``.
        plugins: The plugins it may use; the built-ins by default.
        engines: The engines to run them on.

    Raises:
        AssertionError: A case has another outcome than it expects; all differences are listed.
        PolicyError: The policy or its cases cannot be read.
    """
    from tierwise.plugins.cases.run_cases import run_cases as run  # here, because it brings the engines
    from tierwise.plugins.policy import load

    results = run(load(policy, plugins=plugins or Plugins(entry_points=False)), tuple(engines))
    broken = [
        f"{result.case.id} on {result.engine}: {difference.about}: expected {difference.expected}, got {difference.got}"
        for result in results
        for difference in result.differences
    ]
    assert not broken, "\n".join(broken)
    return len(results)


def assert_matches_alike(engine: WatchEngine, rounds: int = 200, seed: int = 0) -> None:
    """Ask an engine that watches random questions, many at once, and compare its answers with those of the reference engine.

    Args:
        engine: The engine.
        rounds: How often it is asked.
        seed: Of the random questions.

    Raises:
        AssertionError: It answers one otherwise; the question is shown.
    """
    from tierwise.plugins.builtin.watch_reference import ReferenceMatcher

    random = Random(seed)
    matcher = engine.matcher()
    try:
        for _ in range(rounds):
            tasks = [_random_task(random) for _ in range(random.randrange(6))]
            for task, given, right in zip(tasks, matcher.match(tasks), ReferenceMatcher().match(tasks), strict=True):
                assert given == right, f"`{engine.name}` answers {given} to {task}; right is {right}"
    finally:
        matcher.close()


def _random_task(random: Random) -> Task:
    start, window = random.randrange(10**11), random.randrange(40)
    if random.random() < 0.3:
        opened = start + random.randrange(20)
        return Task("answer", 2, ((opened, opened + window), (opened + random.randrange(60), opened + window)))
    times = sorted(start + random.randrange(100) for _ in range(random.randrange(1, 12)))
    return Task("count", random.randrange(1, 5), tuple((at, at + window) for at in times))


def _line(finding: Finding) -> str:
    place = finding.span.place if finding.span else "no place"
    return f"{place}: {finding.severity}[{finding.code}]: {finding.message}"
