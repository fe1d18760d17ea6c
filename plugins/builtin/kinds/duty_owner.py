"""``duty-owner``: whose duty something is, as one owner or as all owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.language.messages import listed
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.core.types import EnumType, SetType
from tierwise.plugins.builtin.forms.acknowledged import OpenWays
from tierwise.plugins.builtin.kinds.kind_texts import any_word, is_open, list_of, quoted, table
from tierwise.plugins.builtin.kinds.shared_keys import Gives, Labels, NamedDecision, labels_of, strange_labels

__all__ = ["DutyOwner", "DutyOwnerGives", "DutyOwnerKeys"]

LABELS: Mapping[str, Named] = {"owner": {"zh": "责任方", "en": "owner"}, "owners": {"zh": "责任方", "en": "owners"}}

TITLE: Named = {"zh": "职责归属", "en": "Duty owner"}


class DutyOwnerGives(Gives):
    """The decisions that are wanted."""

    owner: NamedDecision | None = Field(default=None, description="the one owner; a duty of several is an `overlap`")
    owners: NamedDecision | None = Field(default=None, description="all owners of the duty")


class DutyOwnerKeys(Part):
    """The duties of each owner."""

    by: Written | None = Field(default=None, description="the fact or decision with the duty")
    of: Written | None = Field(default=None, description="the fact or decision with a set of duties, whose owners are put together")
    owners: dict[Written, list[Written]] = Field(min_length=1, description="owner to duties")
    labels: Labels = Field(default_factory=dict, description="what people call the owners")
    default: Written | None = Field(default=None, description="the owner of every other duty (else: gap)")
    give: DutyOwnerGives
    acknowledge: OpenWays = OpenWays()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.by is None) == (self.of is None):
            raise ValueError("demands one of `by` and `of`")
        if self.give.owner and not self.by:
            raise ValueError("demands `by` for the one `owner`")
        return self

    def words(self) -> EnumType:
        """Return the owners in their order, the one of every other duty last."""
        named = [] if self.default is None or is_open(self.default) else [self.default]
        return EnumType.of([*self.owners, *named], labels_of(self.labels))

    def owners_of_duties(self) -> dict[Written, list[Written]]:
        """Return each duty with its owners, in the order of the duties."""
        owners: dict[Written, list[Written]] = {}
        for owner, duties in self.owners.items():
            for duty in duties:
                owners.setdefault(duty, []).append(owner)
        return owners


class DutyOwner:
    """Who is responsible."""

    name = "duty-owner"
    title: Named = TITLE
    about = "Whose duty something is: one owner, or all owners."
    keys: type[BaseModel] = DutyOwnerKeys

    def decisions(self, module: str, keys: DutyOwnerKeys) -> Iterable[KindDecision]:
        """Return a ``unique`` table from duty to owner, a table or ``gather`` from duty to all its owners."""
        words = keys.words()
        for what, given in keys.give.wanted():
            one = what == "owner"
            form, value = ("table", _table(keys, given.name, one)) if keys.by else ("gather", _gather(keys))
            yield KindDecision(given.name, form, value, words if one else SetType(words), given.labelled(LABELS[what]))

    def check(self, keys: DutyOwnerKeys, context: KindContext) -> Iterable[Finding]:
        """Note the duties that several owners share, where all owners are asked for. Gaps and overlaps are found in the tables."""
        yield from strange_labels(keys.labels, keys.words().values)
        for duty, owners in keys.owners_of_duties().items() if keys.give.owners else ():
            if len(owners) > 1:
                place = context.span((*context.path, "owners", owners[-1], keys.owners[owners[-1]].index(duty)))
                yield Finding.note("duty-shared", f"`{duty}` is a duty of {listed(owners)}", place)


def _table(keys: DutyOwnerKeys, output: Written, one: bool) -> dict[str, Any]:
    rows: list[tuple[Written, list[Written], Written]] = (
        [(owner, [any_word(duties)], quoted(owner)) for owner, duties in keys.owners.items()]
        if one
        else [(duty, [quoted(duty)], list_of(owners)) for duty, owners in keys.owners_of_duties().items()]
    )
    default = (
        {} if keys.default is None else {"default": keys.default if one or keys.default not in keys.words().values else [keys.default]}
    )
    return {"hit": "unique", "rules": table([keys.by or ""], output, rows), "acknowledge": list(_acknowledged(keys, one)), **default}


def _gather(keys: DutyOwnerKeys) -> dict[str, Any]:
    default = {} if keys.default is None else {"default": [keys.default]}
    return {"of": keys.of, "values": keys.owners_of_duties(), **default}


def _acknowledged(keys: DutyOwnerKeys, one: bool) -> Iterator[dict[str, Any]]:
    for what, why in (("gap", keys.acknowledge.gap), ("overlap", keys.acknowledge.overlap if one else None)):
        if why is not None:
            yield {what: "all", "why": why.named()}
