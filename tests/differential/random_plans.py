"""Makes random plans over all node types, and random subjects whose facts stand at, below and above every border."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Context, Decimal
from random import Random
from typing import Any, Literal

from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Agree,
    Arithmetic,
    Call,
    Collected,
    Compare,
    CompareOp,
    Conditional,
    Constant,
    Crossing,
    Cut,
    CutBy,
    Decision,
    DecisionRef,
    Fact,
    FactRef,
    FieldRef,
    Filter,
    HitPolicy,
    InSet,
    ItemRef,
    Labels,
    Logic,
    Node,
    Not,
    Overdue,
    Pick,
    Plan,
    Prefer,
    Project,
    Quantified,
    Quotient,
    RankCut,
    Ranking,
    Reading,
    ReadingRef,
    Round,
    RoundMode,
    Rule,
    Sorted,
    Table,
    Ties,
    Undecided,
    Within,
)
from tierwise.core.types import (
    BooleanType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration

__all__ = ["AS_OF", "random_plan", "random_subjects"]

AS_OF = date(2026, 11, 21)
GRADES = EnumType(("A", "B", "C", "丁"))
SIZES = EnumType(("large", "small"))
WORDS = EnumType(("x", "y", "z"))
CLASSES = SetType(WORDS)
NUMBER, INTEGER, FLAG, DAY, LENGTH = NumberType(2), NumberType(0), BooleanType(), DateType(), DurationType()
LINE = RecordType((("amount", NumberType(1)), ("kind", SIZES)), nullable=("kind",))
LABELS = {"zh": "", "en": ""}

FACT_TYPES: Mapping[str, Type] = {
    "amount": NUMBER,
    "Bestand": NumberType(1),
    "count": INTEGER,
    "wide": NumberType(20),
    "flag": FLAG,
    "客户": GRADES,
    "size": SIZES,
    "day": DAY,
    "last": DAY,
    "note": TextType(),
    "classes": CLASSES,
    "days": ListType(DAY),
    "lines": ListType(LINE),
    "shares": MapType(NUMBER),
    "every": LENGTH,
}
COMPARES: list[CompareOp] = ["=", "!=", "<", "<=", ">", ">="]
OPERATIONS: list[Literal["+", "-", "*"]] = ["+", "-", "*"]
MODES: list[RoundMode] = ["up", "down", "half up", "half down", "half even", "floor", "ceiling"]
NUMBERS = [Decimal(n) for n in ("-3", "0", "1", "2.5", "10", "99.99", "100")]
DAYS = [AS_OF - timedelta(days=n) for n in (-31, 0, 1, 29, 30, 31, 60, 61, 365)]
LENGTHS = [Duration(months=1), Duration(months=3), Duration(months=5), Duration.of_days(1), Duration.of_days(7), Duration.of_days(30)]
TEXTS = ["", "a", "it's", "王"]


@dataclass
class Maker:
    """Makes the parts of one plan.

    Attributes:
        random: Where all choices come from.
        facts: The facts declared so far.
        decisions: The decisions made so far; later ones may read them.
        tables: The tables made so far.
        items: Types of the list items in scope, innermost last.
    """

    random: Random
    facts: dict[str, Fact] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    rankings: dict[str, Ranking] = field(default_factory=dict)
    items: list[Type] = field(default_factory=list)

    def pick(self, *makers: Callable[[], Node]) -> Node:
        """Call one of several makers."""
        return self.random.choice(makers)()

    def one_of(self, *types: Type) -> Type:
        """Return one of several types."""
        return self.random.choice(types)

    # ---- leaves --------------------------------------------------------------------------------------------------------

    def reference(self, wanted: type[Type], same: Type | None = None) -> Node | None:
        """Return a fact, decision or item of a type, if there is one."""

        def fits(found: Type) -> bool:
            return isinstance(found, wanted) and (same is None or found == same)

        found: list[Node] = [FactRef(f.name, f.type) for f in self.facts.values() if fits(f.type)]
        found += [DecisionRef(d.name, d.type) for d in self.decisions.values() if fits(d.type)] * 2
        found += [ItemRef(item, depth) for depth, item in enumerate(reversed(self.items)) if fits(item)] * 3
        for depth, item in enumerate(reversed(self.items)):
            if isinstance(item, RecordType):
                found += [FieldRef(ItemRef(item, depth), name, of) for name, of in item.fields if fits(of)] * 3
        return self.random.choice(found) if found else None

    def literal(self, type_: Type) -> Constant:
        """Return a constant of a type."""
        return Constant(self.value(type_), NumberType(None) if isinstance(type_, NumberType) else type_)

    def value(self, type_: Type) -> Any:
        """Return a value of a type."""
        if isinstance(type_, NumberType):
            return self.random.choice(NUMBERS) + self.random.choice([0, 0, 1, -1]) * Decimal(1).scaleb(-self.random.choice([0, 1, 2]))
        if isinstance(type_, BooleanType):
            return self.random.random() < 0.5
        if isinstance(type_, DateType):
            return self.random.choice(DAYS) + timedelta(days=self.random.choice([0, 0, 1, -1]))
        if isinstance(type_, DurationType):
            return self.random.choice(LENGTHS)
        if isinstance(type_, EnumType):
            return self.random.choice(type_.values)
        if isinstance(type_, SetType):
            assert isinstance(type_.item, EnumType)
            return tuple(word for word in type_.item.values if self.random.random() < 0.5)
        if isinstance(type_, ListType):
            return tuple(self.value(type_.item) for _ in range(self.random.randrange(4)))
        if isinstance(type_, RecordType):
            return {name: self.quantised(of) for name, of in type_.fields if self.random.random() < 0.9}
        if isinstance(type_, MapType):
            return {key: self.quantised(type_.value) for key in ("p", "q'") if self.random.random() < 0.7}
        return self.random.choice(TEXTS)

    def quantised(self, type_: Type) -> Any:
        """Return a value that a fact of this type may hold: a number at its scale."""
        value = self.value(type_)
        if isinstance(type_, NumberType):
            if self.random.random() < 0.05:
                value *= Decimal(10) ** self.random.choice([3, 9])
            exact = value.quantize(Decimal(1).scaleb(-(type_.scale or 0)), context=Context(prec=60))
            return exact if exact else abs(exact)  # a database knows no -0
        if isinstance(type_, ListType | SetType):
            return tuple(self.quantised(type_.item) for _ in value) if isinstance(type_, ListType) else value
        return value

    def default(self, type_: Type) -> Any:
        """Return what may be the default of a fact of this type: of records the empty list, of a map nothing."""
        if isinstance(type_, MapType | RecordType):
            return None
        return () if isinstance(type_, ListType) and isinstance(type_.item, RecordType) else self.quantised(type_)

    # ---- expressions ---------------------------------------------------------------------------------------------------

    def number(self, depth: int) -> Node:
        """Return a number."""
        simple = [lambda: self.reference(NumberType) or self.literal(NUMBER), lambda: self.literal(NUMBER)]
        if depth <= 0:
            return self.pick(*simple)
        return self.pick(
            *simple,
            lambda: self.sum(depth),
            lambda: self.rounded(depth),
            lambda: self.choice_of(NUMBER, depth),
            self.map_value,
            lambda: self.called(depth),
        )

    def sum(self, depth: int) -> Node:
        op = self.random.choice(OPERATIONS)
        count = 2 if op == "-" else self.random.choice([2, 2, 3])
        return Arithmetic(op, tuple(self.number(depth - 1) for _ in range(count)), NumberType(None))

    def rounded(self, depth: int) -> Node:
        mode = self.random.choice(MODES)
        value = self.quotient(depth - 1) if self.random.random() < 0.6 else self.number(depth - 1)
        return Round(value, self.random.choice([0, 1, 2, 4]), mode, NumberType(4))

    def quotient(self, depth: int) -> Node:
        return Quotient(self.number(depth), self.number(depth), NumberType(None))

    def map_value(self) -> Node:
        of = self.reference(MapType)
        return self.literal(NUMBER) if of is None else FieldRef(of, self.random.choice(["p", "q'", "r"]), NUMBER)

    def called(self, depth: int) -> Node:
        return Call("count of", (self.dates(depth),), INTEGER)

    def dates(self, depth: int) -> Node:
        """Return a list of dates."""
        of: Node = self.reference(ListType, ListType(DAY)) or Constant((), ListType(DAY))
        if depth > 0 and self.random.random() < 0.4:
            return Filter(of, self.within(DAY, lambda: self.test(depth - 1)), ListType(DAY))
        if depth > 0 and self.random.random() < 0.3:
            return Project(of, self.within(DAY, lambda: self.day(1)), ListType(DAY))
        return of

    def within(self, item: Type, make: Callable[[], Node]) -> Node:
        """Make a node with a list item in scope."""
        self.items.append(item)
        try:
            return make()
        finally:
            self.items.pop()

    def day(self, depth: int) -> Node:
        """Return a date."""
        plain: Node = self.reference(DateType) or self.literal(DAY)
        if self.random.random() < 0.2:
            plain = FactRef("as_of", DAY)
        if depth <= 0 or self.random.random() < 0.5:
            return plain
        return Arithmetic(self.random.choice(OPERATIONS[:2]), (plain, self.length(depth - 1)), DAY)

    def length(self, depth: int) -> Node:
        """Return a duration."""
        plain: Node = (self.reference(DurationType) if self.random.random() < 0.5 else None) or self.literal(LENGTH)
        if depth <= 0 or self.random.random() < 0.5:
            return plain
        if self.random.random() < 0.5:
            return Arithmetic("-", (self.day(0), self.day(0)), LENGTH)
        if self.random.random() < 0.5:
            return Arithmetic("*", (plain, Constant(Decimal(self.random.randrange(-1, 4)), INTEGER)), LENGTH)
        return Arithmetic("+", (plain, self.length(0)), LENGTH)

    def choice_of(self, type_: Type, depth: int) -> Node:
        """Return a conditional."""
        return Conditional(self.test(depth - 1), self.of_type(type_, depth - 1), self.of_type(type_, depth - 1), type_)

    def of_type(self, type_: Type, depth: int) -> Node:
        """Return an expression of a type."""
        if isinstance(type_, NumberType):
            return self.number(depth)
        if isinstance(type_, BooleanType):
            return self.test(depth)
        if isinstance(type_, DateType):
            return self.day(depth)
        if isinstance(type_, DurationType):
            return self.length(depth)
        if depth > 0 and self.random.random() < 0.3:
            return self.choice_of(type_, depth)
        found = self.reference(type(type_), type_) if self.random.random() < 0.5 else None
        return found or self.literal(type_)

    # ---- tests ---------------------------------------------------------------------------------------------------------

    def test(self, depth: int) -> Node:
        """Return a truth value."""
        plain = [self.plain_test, self.plain_test, lambda: self.reference(BooleanType) or self.plain_test()]
        if depth <= 0:
            return self.pick(*plain)
        return self.pick(
            *plain,
            lambda: Logic(
                "and" if self.random.random() < 0.5 else "or", tuple(self.test(depth - 1) for _ in range(self.random.randrange(4)))
            ),
            lambda: Not(self.test(depth - 1)),
            lambda: self.known(depth - 1),
            lambda: self.comparison(depth - 1),
            lambda: self.quantified(depth - 1),
            lambda: self.choice_of(FLAG, depth),
            lambda: self.ratio_test(depth - 1),
            lambda: self.interval(depth - 1),
        )

    def plain_test(self) -> Node:
        """Test a name against constants."""
        type_: Type = self.random.choice(list(FACT_TYPES.values())[:10])
        column = self.reference(type(type_), None if isinstance(type_, NumberType | DateType) else type_) or FactRef("flag", FLAG)
        of: Any = getattr(column, "type", FLAG)
        if isinstance(of, NumberType | DateType) and self.random.random() < 0.7:
            if self.random.random() < 0.5:
                return Compare(self.random.choice(COMPARES), column, self.literal(of))
            low, high = sorted([self.value(of), self.value(of)])
            ends = [None if self.random.random() < 0.2 else Constant(v, of) for v in (low, high)]
            return Within(column, ends[0], ends[1], self.random.random() < 0.5, self.random.random() < 0.5)
        values = [self.value(of) for _ in range(self.random.choice([1, 1, 2]))] + ([None] if self.random.random() < 0.1 else [])
        return InSet(column, tuple(values))

    def known(self, depth: int) -> Node:
        """Return a condition that is false where nothing of it is given; it may not be about the items of a list."""
        return self.test(depth) if self.items else Prefer((self.test(depth), Constant(False, FLAG)), FLAG)

    def comparison(self, depth: int) -> Node:
        type_ = self.one_of(NUMBER, DAY, LENGTH, GRADES, CLASSES)
        ordered = isinstance(type_, NumberType | DateType | DurationType)
        op = self.random.choice(COMPARES if ordered else COMPARES[:2])
        return Compare(op, self.of_type(type_, depth), self.of_type(type_, depth))

    def interval(self, depth: int) -> Node:
        """Test whether a value lies between two others, each of which may be missing, none or beyond the other."""
        type_ = self.one_of(NUMBER, NUMBER, DAY, LENGTH)
        value, low, high = (self.of_type(type_, depth) for _ in range(3))
        open_end = self.random.random()
        return Within(
            value,
            None if open_end < 0.15 else low,
            None if open_end > 0.85 else high,
            self.random.random() < 0.5,
            self.random.random() < 0.5,
        )

    def ratio_test(self, depth: int) -> Node:
        op = self.random.choice(COMPARES)
        sides = [self.quotient(depth), self.quotient(depth) if self.random.random() < 0.3 else self.number(depth)]
        self.random.shuffle(sides)
        return Compare(op, sides[0], sides[1])

    def quantified(self, depth: int) -> Node:
        of = self.reference(ListType)
        if of is None:
            return self.plain_test()
        of_type = getattr(of, "type", None)
        item = of_type.item if isinstance(of_type, ListType) else DAY
        return Quantified("some" if self.random.random() < 0.5 else "every", of, self.within(item, lambda: self.test(depth)))

    # ---- decisions -----------------------------------------------------------------------------------------------------

    def decide(self, name: str) -> None:
        """Add a decision of a random form."""
        type_, node = self.random.choice(
            [self.table, self.table, self.table, self.formula, self.labels, self.over_classes, self.prefer, self.overdue, self.sorted]
        )(name)
        self.decisions[name] = Decision(name, type_, node, LABELS, "m", "form", self.random.random() < 0.8)

    def formula(self, name: str) -> tuple[Type, Node]:
        type_ = self.one_of(NUMBER, FLAG, DAY, LENGTH, GRADES)
        if isinstance(type_, EnumType) and self.random.random() < 0.5:
            return type_, Conditional(self.test(1), self.undecided(type_), self.of_type(type_, 1), type_)
        return type_, self.of_type(type_, 3)

    def undecided(self, type_: Type) -> Node:
        reason = self.random.choice([Reason.GAP, Reason.LOST, Reason.VAGUE])
        return (
            Undecided(reason, tuple(dict.fromkeys(self.value(GRADES) for _ in range(self.random.randrange(3)))), type_)
            if isinstance(type_, EnumType)
            else Undecided(reason, (), type_)
        )

    def table(self, name: str) -> tuple[Type, Node]:
        hit = self.random.choice(list(HitPolicy))
        numeric = hit in (HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX)
        type_: Type = NUMBER if numeric else self.one_of(GRADES, GRADES, NUMBER, FLAG, CLASSES)
        if hit is HitPolicy.COUNT:
            type_ = INTEGER
        if hit is HitPolicy.COLLECT:
            type_ = self.one_of(CLASSES, SetType(GRADES))
        output = GRADES if hit is HitPolicy.COLLECT and type_ == SetType(GRADES) else type_
        columns = 1 if self.random.random() < 0.4 else 2
        rows = [
            Rule(
                f"r{number}",
                tuple(None if self.random.random() < 0.2 else self.test(self.random.choice([0, 0, 0, 1])) for _ in range(columns)),
                (self.cell(output),),
            )
            for number in range(1, self.random.randrange(2, 6))
        ]
        if self.random.random() < 0.4:
            rows = self.bands(output)
        default = self.cell(type_) if self.random.random() < 0.3 else None
        width = len(rows[0].tests)
        self.tables[name] = Table(name, hit, (FactRef("flag", FLAG),) * width, ("",) * width, ("out",), tuple(rows), (default,))
        return type_, Pick(name, 0, type_)

    def bands(self, type_: Type) -> list[Rule]:
        """Return rules that share no value: bands of one number."""
        column = self.reference(NumberType) or FactRef("amount", NUMBER)
        cuts = sorted({self.value(NUMBER) for _ in range(3)})
        rules = []
        for number, (low, high) in enumerate(zip([None, *cuts], [*cuts, None], strict=True)):
            ends = [None if end is None else Constant(end, NUMBER) for end in (low, high)]
            rules.append(Rule(f"band {number}", (Within(column, ends[0], ends[1], True, False),), (self.cell(type_),)))
        return rules

    def cell(self, type_: Type) -> Node:
        if self.random.random() < 0.1:
            return self.undecided(type_)
        if self.random.random() < 0.1:
            return Constant(None, type_)
        return self.literal(type_) if self.random.random() < 0.8 else self.of_type(type_, 1)

    def labels(self, name: str) -> tuple[Type, Node]:
        return CLASSES, Labels(tuple((word, self.test(1)) for word in ("x", "y", "z")), CLASSES)

    def over_classes(self, name: str) -> tuple[Type, Node]:
        of = self.reference(SetType, CLASSES) or FactRef("size", SIZES)
        words = WORDS.values if getattr(of, "type", None) == CLASSES else SIZES.values
        words = words if self.random.random() < 0.8 else words[:-1]
        if self.random.random() < 0.5:
            return CLASSES, Collected(of, tuple((word, self.literal(CLASSES)) for word in words), CLASSES)
        type_ = self.one_of(GRADES, NUMBER)
        empty = self.cell(type_) if self.random.random() < 0.3 else None
        return type_, Agree(of, tuple((word, self.cell(type_)) for word in words), empty, type_)

    def prefer(self, name: str) -> tuple[Type, Node]:
        type_ = self.one_of(GRADES, NUMBER, FLAG)
        parts = [self.reference(type(type_), type_) or self.literal(type_) for _ in range(self.random.choice([2, 2, 3]))]
        return type_, Prefer(tuple(parts), type_)

    def overdue(self, name: str) -> tuple[Type, Node]:
        reading: Node = Constant(self.random.choice(["rolling", "calendar"]), TextType())
        if self.random.random() < 0.4:
            reading = ReadingRef("cadence", ("rolling", "calendar"))
        return FLAG, Overdue(self.day(0), self.length(0), FactRef("as_of", DAY), reading)

    def sorted(self, name: str) -> tuple[Type, Node]:
        of = FactRef("lines", ListType(LINE))
        keys = ((FieldRef(ItemRef(LINE), "kind", SIZES), False), (FieldRef(ItemRef(LINE), "amount", NumberType(1)), True))
        return ListType(NumberType(1)), Sorted(
            of, keys, FieldRef(ItemRef(LINE), "amount", NumberType(1)), None, Reason.TIE, ListType(NumberType(1))
        )

    def ranking(self, name: str) -> None:
        """Add a decision that cuts a ranking."""
        partition = self.random.choice([None, FactRef("size", SIZES)])
        among = self.random.choice([None, FactRef("flag", FLAG), self.test(0)])
        by: Node = self.random.choice([FactRef("count", INTEGER), FactRef("amount", NUMBER), self.number(1)])
        kinds: list[CutBy] = ["share", "top", "pareto"]
        kind = self.random.choice(kinds)
        further = [FactRef("amount", NUMBER), FactRef("day", DAY), FactRef("every", LENGTH), self.number(1)]
        then = tuple((self.random.choice(further), self.random.random() < 0.5) for _ in range(self.random.choice([0, 0, 1, 2])))
        self.rankings[name] = Ranking(name, by, self.random.random() < 0.7, partition, among, () if kind == "pareto" else then)
        limits = {"share": ["0.2", "0.5"], "top": ["2", "4"], "pareto": ["0.5", "0.8"]}[kind]
        last = None if self.random.random() < 0.7 else Decimal(limits[-1]) + (Decimal("0.1") if kind != "top" else 1)
        cuts = (Cut("A", Decimal(limits[0])), Cut("B", Decimal(limits[1])), Cut("C", last))
        rounding: Node = ReadingRef("rounding", ("floor", "ceiling", "nearest"))
        if self.random.random() < 0.6:
            rounding = Constant(self.random.choice(["floor", "ceiling", "nearest"]), TextType())
        outside = self.random.choice([None, Constant("丁", GRADES)])
        given = self.random.random() < 0.2
        rank, count = (FactRef("count", INTEGER), Constant(Decimal(10), INTEGER)) if given else (None, None)
        ties: list[Ties] = ["undetermined", "together_better", "together_worse"]
        crossing: Crossing = "out" if kind == "pareto" and self.random.random() < 0.5 else "in"
        node = RankCut(name, rank, count, kind, cuts, rounding, outside, GRADES, self.random.choice(ties), crossing)
        self.decisions[name] = Decision(name, GRADES, node, LABELS, "m", "ranking", True)


def random_plan(random: Random, rankings: bool = False) -> Plan:
    """Return a plan of a few decisions, each of a random form, over all sorts of facts."""
    maker = Maker(random)
    for name, type_ in FACT_TYPES.items():
        nullable = random.random() < 0.3
        reason = random.choice([Reason.MISSING_FACT, Reason.MISSING_FACT, Reason.VAGUE, Reason.LOST])
        absent_is_none = nullable and random.random() < 0.5
        default = maker.default(type_) if absent_is_none and random.random() < 0.5 else None
        maker.facts[name] = Fact(name, type_, LABELS, reason, nullable, absent_is_none, default=default)
    for number in range(random.randrange(1, 5)):
        maker.decide(f"d{number}")
    if rankings:
        maker.ranking("rank")
        maker.decide("after")
    last = next(reversed(maker.decisions.values()))
    maker.decisions[last.name] = replace(last, output=True)
    cadence = Reading("cadence", ("rolling", "calendar"), random.choice([None, None, "rolling", "calendar"]), LABELS)
    rounding = Reading("rounding", ("floor", "ceiling", "nearest"), random.choice([None, None, "nearest"]), LABELS)
    return Plan(
        policy="random",
        version="1.0.0",
        title=LABELS,
        subject="customer",
        fingerprint="0" * 64,
        facts=maker.facts,
        readings={"cadence": cadence, "rounding": rounding},
        tables=maker.tables,
        rankings=maker.rankings,
        decisions=maker.decisions,
        parameters={},
    )


def random_subjects(random: Random, plan: Plan, count: int, missing: float = 0.15) -> list[dict[str, Any]]:
    """Return the facts of some subjects; each fact may be missing, and a nullable one none."""
    maker = Maker(random)
    subjects = []
    for _ in range(count):
        facts: dict[str, Any] = {}
        for fact in plan.facts.values():
            if random.random() < missing:
                if fact.absent_is_none:
                    facts[fact.name] = None
            elif fact.nullable and random.random() < 0.2:
                facts[fact.name] = None
            else:
                facts[fact.name] = maker.quantised(fact.type)
        subjects.append(facts)
    return subjects
