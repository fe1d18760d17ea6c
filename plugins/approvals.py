"""The section ``changes`` of a policy: whether a second person has to approve what is saved, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from tierwise.core.environment import CompiledSection, SectionContext
from tierwise.core.policy.texts import SectionKeys, Words

__all__ = ["CHANGES", "NO_APPROVAL", "ApprovalRule", "ChangesSection"]

CHANGES = "changes"


class ChangesDeclaration(SectionKeys):
    """The section ``changes``."""

    approval: Literal["none", "second_person"] = Field(
        "none", description="`second_person`: somebody else approves a change before it holds"
    )
    approvers: Words | None = Field(None, description="the users who may approve; anybody but the author where none are named")


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who approves a change.

    Attributes:
        is_needed: Whether somebody else has to.
        approvers: Who may; empty for anybody else.
    """

    is_needed: bool
    approvers: tuple[str, ...] = ()

    def admits(self, user: str, author: str) -> bool:
        """Say whether a user may approve what an author proposed."""
        return bool(user) and user != author and (not self.approvers or user in self.approvers)


NO_APPROVAL = ApprovalRule(False)


class ChangesSection:
    """The section ``changes``."""

    name = CHANGES
    about = "who has to approve a change before it holds"
    keys: type[SectionKeys] = ChangesDeclaration

    def compile(self, keys: ChangesDeclaration, context: SectionContext) -> CompiledSection:
        """Compile the section to an ``ApprovalRule``."""
        rule = ApprovalRule(keys.approval == "second_person", tuple(map(str, keys.approvers or ())))
        return CompiledSection(rule, text=f"changes {keys.approval} {' '.join(rule.approvers)}".rstrip())
