"""``transition``: the state after this one, by the order of the states, by what is done, or by events; and whether the move is permitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written, joined, written
from tierwise.core.types import BooleanType, EnumType
from tierwise.plugins.builtin.kinds.kind_texts import any_word, is_open, quoted, table
from tierwise.plugins.builtin.kinds.shared_keys import Gives, Labels, NamedDecision, Scale, labels_of, strange_labels

__all__ = ["Transition", "TransitionGives", "TransitionKeys"]

LABELS: Mapping[str, Named] = {
    "next": {"zh": "下一步", "en": "next state"},
    "is_last": {"zh": "已到最后", "en": "is the last state"},
    "higher": {"zh": "较高者", "en": "higher of the two"},
    "permitted": {"zh": "允许变更", "en": "move is permitted"},
}

STAY = "stay"
"""Written instead of a state where an event changes nothing."""

TITLE: Named = {"zh": "状态变更", "en": "Transition"}


class TransitionGives(Gives):
    """The decisions that are wanted."""

    next: NamedDecision | None = Field(default=None, description="the state after this one")
    is_last: NamedDecision | None = Field(default=None, description="whether there is no state after this one")
    higher: NamedDecision | None = Field(default=None, description="the later one of two states")
    permitted: NamedDecision | None = Field(default=None, description="whether the next state has what it needs")


class TransitionKeys(Part):
    """The states, where the subject is, and how it moves."""

    states: Scale = Field(description="the states in their order, the first or lowest first")
    labels: Labels = Field(default_factory=dict, description="what people call the states")
    start: Written | None = Field(default=None, alias="from", description="the fact or decision with the state now")
    done: Written | None = Field(default=None, description="instead of it: the set of steps that are done; next is the first that is not")
    event: Written | None = Field(default=None, description="the fact or decision with the event, for `moves`")
    moves: dict[Written, dict[Written, Written]] = Field(default_factory=dict, description="state to event to next state")
    otherwise: Written | None = Field(
        default=None, description="the next state where `moves` says nothing: `stay`, a state or `undetermined(…)`"
    )
    at_end: Written | None = Field(default=None, description="what comes after the last state: a word or `undetermined(…)` (else: none)")
    other: Written | None = Field(default=None, description="another state, for `higher`")
    needs: dict[Written, Written] = Field(default_factory=dict, description="state to the condition under which one may move to it")
    give: TransitionGives

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.start is None) == (self.done is None):
            raise ValueError("demands one of `from` and `done`")
        if bool(self.moves) != bool(self.event) or (self.moves and not self.start):
            raise ValueError("demands `from`, `event` and `moves` together")
        if self.give.higher and not (self.start and self.other):
            raise ValueError("demands `from` and `other` for `higher`")
        if self.give.is_last and self.moves:
            raise ValueError("demands states in order for `is_last`, not `moves`")
        if self.give.permitted and not (self.needs and self.give.next):
            raise ValueError("demands `needs` and `next` for `permitted`")
        return self

    @property
    def is_none_at_end(self) -> bool:
        """Whether nothing comes after the last state."""
        return self.at_end is None and not self.moves

    def reached(self) -> set[Written]:
        """Return what moves lead to, and the next state where they say nothing."""
        moved = {state for moves in self.moves.values() for state in moves.values()}
        return moved if self.otherwise is None or self.otherwise == STAY else moved | {self.otherwise}

    @property
    def is_misspelt(self) -> bool:
        """Whether something leads to what is no state."""
        return any(state not in self.states and not is_open(state) for state in self.reached())

    def words(self) -> EnumType:
        """Return what the next state may be, in the order of the states; beside one that is misspelt all are named."""
        if self.moves:
            reached = self.reached()
            words = [state for state in self.states if state in reached or self.otherwise == STAY or self.is_misspelt]
            return EnumType.of(words, labels_of(self.labels))
        end = [] if self.at_end is None or is_open(self.at_end) else [self.at_end]
        return EnumType.of([*(self.states if self.done else self.states[1:]), *end], labels_of(self.labels))


class Transition:
    """Where a subject goes from where it is."""

    name = "transition"
    title: Named = TITLE
    about = "The next state, by order, by what is done, or by events; and whether the move is permitted."
    keys: type[BaseModel] = TransitionKeys

    def decisions(self, module: str, keys: TransitionKeys) -> Iterable[KindDecision]:
        """Return the decisions that are wanted: tables from the state now to the next one, and conditions on them."""
        for what, given in keys.give.wanted():
            label = given.labelled(LABELS[what])
            if what == "next":
                yield KindDecision(given.name, "table", _next(given.name, keys), keys.words(), label, nullable=keys.is_none_at_end)
            elif what == "higher":
                yield KindDecision(given.name, "formula", _higher(keys), EnumType.of(keys.states, labels_of(keys.labels)), label)
            elif what == "is_last":
                yield KindDecision(given.name, "formula", _is_last(keys), BooleanType(), label)
            else:
                yield KindDecision(given.name, "lookup", _permitted(keys), BooleanType(), label)

    def check(self, keys: TransitionKeys, context: KindContext) -> Iterable[Finding]:
        """Find a state that no move leads to."""
        yield from strange_labels(keys.labels, (*keys.states, *keys.words().values))
        reached = keys.reached() | {keys.states[0]}
        for place, state in enumerate(keys.states if keys.moves else ()):
            if state not in reached:
                span = context.span((*context.path, "states", place))
                yield Finding.warning(
                    "state-not-reached", f"no move leads to `{state}`", span, "add a move, or put it first if it is the start"
                )


def _next(output: Written, keys: TransitionKeys) -> dict[str, Any]:
    if keys.moves:
        return {"hit": "unique", **_moves(output, keys)}
    end = Written("-") if keys.at_end is None else keys.at_end if is_open(keys.at_end) else quoted(keys.at_end)
    if keys.done is not None:
        rows = [(state, [written("not({})", quoted(state))], quoted(state)) for state in keys.states]
        return {"hit": "first", "rules": table([keys.done], output, [*rows, (Written("-"), [Written("-")], end)])}
    after = [*map(quoted, keys.states[1:]), end]
    rows = [(state, [quoted(state)], value) for state, value in zip(keys.states, after, strict=True)]
    return {"hit": "unique", "rules": table([keys.start or ""], output, rows)}


def _moves(output: Written, keys: TransitionKeys) -> dict[str, Written]:
    rows = [
        (written("{}: {}", str(state), event), [quoted(state), quoted(event)], quoted(after) if after in keys.states else after)
        for state, moves in keys.moves.items()
        for event, after in moves.items()
    ]
    rules = {"rules": table([keys.start or "", keys.event or ""], output, rows)}
    if keys.otherwise != STAY:
        return rules if keys.otherwise is None else {**rules, "default": keys.otherwise}
    # A state that is not there is said where a move leads to it, not once more of the state that a subject stays in.
    return rules if keys.is_misspelt else {**rules, "default": keys.start or Written()}


def _is_last(keys: TransitionKeys) -> Written:
    if keys.done is not None:
        return joined(" and ", (written("{} in ({})", keys.done, any_word([state])) for state in keys.states))
    return written("{} = {}", keys.start, quoted(keys.states[-1]))


def _higher(keys: TransitionKeys) -> Written:
    *others, lowest = reversed([quoted(state) for state in keys.states])
    steps = (written("if {} = {} or {} = {} then {} else ", keys.start, state, keys.other, state, state) for state in others)
    return joined("", [*steps, lowest])


def _permitted(keys: TransitionKeys) -> dict[str, Any]:
    name = keys.give.next.name if keys.give.next else Written()
    return {"by": name, "values": {quoted(state): how for state, how in keys.needs.items()}, "default": "true"}
