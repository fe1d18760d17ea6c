"""Which subjects of a run are shown: those for whom the user's condition holds, those with an output that is undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.core.language.suggest import suggest
from tierwise.core.plan import Node
from tierwise.plugins.choosing import Chosen, compile_condition, decide_condition
from tierwise.plugins.engine import Engine
from tierwise.plugins.grading import Grading
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.run import Run

__all__ = ["Choice", "read_choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user asked for.

    Attributes:
        test: The condition; ``None`` without one.
        condition: Its text.
        undetermined: Outputs of which one has to be undetermined; empty for all subjects.
    """

    test: Node | None
    condition: str
    undetermined: Sequence[str]

    @property
    def words(self) -> str:
        """What it says, for people; empty when it chooses all."""
        open_ = " or ".join(f"{name} undetermined" for name in self.undetermined)
        return " and ".join(part for part in (self.condition.strip(), open_) if part)

    def of(self, run: Run, engine: Engine) -> Grading:
        """Return the results of those who are chosen; that the condition is undetermined for some is told."""
        if not self.words:
            return run.grading
        chosen = Chosen(run.grading, decide_condition(run.bound, engine, self.test) if self.test is not None else None, self.undetermined)
        if count := chosen.open():
            tell(f"the condition is undetermined for {count:,} of {run.grading.count():,}: they are not among what is shown", err=True)
        return chosen


def read_choice(session: Session, loaded: LoadedPolicy, condition: str | None, undetermined: Sequence[str]) -> Choice:
    """Read what the user asked for.

    Raises:
        click.UsageError: The condition has errors, which are told before, or there is no such output.
    """
    outputs = [decision.name for decision in loaded.plan.outputs if not decision.population]
    for name in undetermined:
        if name not in outputs:
            help = suggest(name, outputs) or f"the outputs are {', '.join(outputs)}"
            raise click.BadParameter(f"there is no output `{name}`; {help}", param_hint="--undetermined")
    if condition is None:
        return Choice(None, "", undetermined)
    test, findings = compile_condition(loaded, condition, "--where")
    session.show_findings(findings)
    if test is None:
        raise click.BadParameter("it is no condition over facts and outputs of the policy", param_hint="--where")
    return Choice(test, condition, undetermined)
