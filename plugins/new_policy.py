"""Writes the first policy of somebody's own: facts from the columns of their customer list, one decision table over one of them, cases at its borders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import east_asian_width, normalize

from tierwise.plugins.binding.entry.enter_times import DATE_PATTERN
from tierwise.plugins.binding.heading_units import heading_unit, is_unit
from tierwise.plugins.binding.seen import NOTHING
from tierwise.plugins.data_source import Source, SourceTable
from tierwise.plugins.deciding.value_reading import POWERS
from tierwise.plugins.yaml_text.yaml_writing import yaml_line, yaml_scalar

__all__ = ["NewFact", "NewPolicy", "decisive", "facts_of", "name_of_policy", "proposed_cuts"]

AMOUNTS = re.compile(r"金额|销售额|采购额|营业额|用量|amount|sales|revenue|turnover|volume", re.IGNORECASE)
YES_NO = frozenset(("是", "否", "有", "无", "true", "false", "yes", "no", "y", "n", "0", "1"))
MOST_WORDS = 8
NEARLY_ALL = 0.8
"""Share of a column's values that read as a number or a date, so that the others, such as `about 500,000`, are faults in it."""
FROM_SAMPLE = (Decimal("0.8"), Decimal("0.5"), Decimal("0.25"), Decimal("0.1"))
"""Shares of the sample that lie below a proposed cut: a fifth of all is best, and so on."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """A column that can be a fact.

    Attributes:
        name: The column, which is the fact's name, too.
        keys: The keys of its declaration.
        values: Numbers of a sample; of other types none.
        unread: What is no number in the same sample, each time it stands there.
    """

    name: str
    keys: dict[str, Any]
    values: tuple[Decimal, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether a border can be drawn through it."""
        return self.keys["type"] in ("number", "integer")


def facts_of(source: Source) -> list[NewFact]:
    """Return what the columns of the largest table are; names, numbers and texts that differ from row to row are not facts."""
    table = max(source.tables().values(), key=lambda one: len(one.columns))
    return [fact for column in table.columns if (fact := _fact(source, table, column.name)) is not None]


def _fact(source: Source, table: SourceTable, column: str) -> NewFact | None:
    values = [str(value).strip() for value in source.sample(table.name, column) if str(value).strip()]
    name = " ".join(column.split())
    if not values or re.search(r"[|`]", name):
        return None
    distinct = dict.fromkeys(values)
    if len(distinct) <= 2 and {value.lower() for value in distinct} <= YES_NO and not {"0", "1"} >= set(distinct) - {""}:
        return NewFact(name, {"type": "boolean"})
    told = [value for value in values if value.lower() not in NOTHING]
    numbers = [number for value in told if (number := _number(value)) is not None]
    if numbers and len(numbers) >= NEARLY_ALL * len(told):
        return _number_fact(name, numbers, told)
    days = [value for value in told if _is_day(value)]
    if days and len(days) >= NEARLY_ALL * len(told):
        return NewFact(name, {"type": "date", "nullable": "true"})
    if len(distinct) <= min(MOST_WORDS, max(len(values) // 2, 2)):
        return NewFact(name, {"type": "enum", "values": sorted(distinct)})
    return None


def _number_fact(name: str, numbers: Sequence[Decimal], values: Sequence[str]) -> NewFact | None:
    """Return a number; none for what looks like an id: digits that begin with zero, or whole numbers that count the rows."""
    if any(re.fullmatch(r"0\d+", value) for value in values) or (
        len(set(numbers)) == len(numbers) and re.search(r"号|id$|码|电话|no$", name, re.IGNORECASE)
    ):
        return None
    scale = max((-int(number.as_tuple().exponent) for number in numbers), default=0)
    keys: dict[str, Any] = (
        {"type": "number", "scale": str(max(min(scale, 6), 2))} if scale > 0 or AMOUNTS.search(name) else {"type": "integer"}
    )
    if min(numbers) >= 0:
        keys["min"] = "0"
    if is_unit(heading_unit(name)):  # else the column would count in another unit than its own fact
        keys["unit"] = heading_unit(name)
    return NewFact(name, keys, tuple(sorted(numbers)), tuple(value for value in values if _number(value) is None))


def _number(text: str) -> Decimal | None:
    """Return the number that a text is, as a binding or a draft of one reads it: wide or grouped digits, a currency, `万` behind them."""
    plain = normalize("NFKC", text).replace(",", "").strip("¥$€£元 ")
    power = POWERS.get(plain[-1:], 0)
    try:
        number = Decimal(plain[:-1] if power else plain).scaleb(power)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_day(text: str) -> bool:
    found = re.match(DATE_PATTERN, text)
    try:
        return found is not None and bool(date(*map(int, found.groups())))
    except ValueError:
        return False


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def decisive(facts: Sequence[NewFact]) -> NewFact | None:
    """Return the number that a first table is most likely about: one called like an amount, else the first."""
    numbers = [fact for fact in facts if fact.is_number]
    return next((fact for fact in numbers if AMOUNTS.search(fact.name)), numbers[0] if numbers else None)


def proposed_cuts(fact: NewFact, count: int) -> list[str]:
    """Return round borders that divide a sample: the highest first."""
    cuts: list[Decimal] = []
    for share in FROM_SAMPLE[:count]:
        at = fact.values[min(int(share * len(fact.values)), len(fact.values) - 1)] if fact.values else Decimal(0)
        digits = Decimal(1).scaleb(max(at.adjusted() - 1, 0)) if at > 0 else Decimal(1)
        cuts.append((at // digits * digits) if at > 0 else Decimal(0))
    for index in range(1, len(cuts)):
        if cuts[index] >= cuts[index - 1]:
            cuts[index] = (cuts[index - 1] / 2).to_integral_value()
    return [f"{cut.normalize():f}" for cut in cuts]


def name_of_policy(folder: str) -> str:
    """Return the name that a policy in a folder gets: lower case, words with `-` between them; Chinese stays."""
    return "-".join(re.findall(r"[a-z0-9㐀-鿿]+", folder.lower())) or "my-policy"


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """What the first policy is to say.

    Attributes:
        name: Its name.
        facts: What could be read.
        by: The fact that decides.
        grades: The grades, best first.
        cuts: The least amount for each grade but the last.
    """

    name: str
    facts: tuple[NewFact, ...]
    by: NewFact
    grades: tuple[str, ...]
    cuts: tuple[str, ...]

    def policy_text(self, language: str) -> str:
        """Return ``policy.yaml``, with comments that say what to do next."""
        said = _SAID[language]
        return "\n".join([*self._head(said), "facts:", *self._facts(said), "", "modules:", *self._module(said)]) + "\n"

    def _head(self, said: dict[str, str]) -> Iterator[str]:
        yield f"# {said['head']}"
        yield "tierwise: 1"
        yield f"policy: {yaml_scalar(self.name, in_flow=False)}"
        yield "version: 0.1.0"
        yield f"title: {yaml_scalar(said['title'].format(by=self.by.name), in_flow=False)}   # {said['title?']}"
        yield "subject: customer"
        yield ""

    def _facts(self, said: dict[str, str]) -> Iterator[str]:
        yield f"  # {said['facts']}"
        for fact in self.facts:
            line = f"{yaml_scalar(fact.name, in_flow=True)}: {yaml_line(fact.keys)}"
            yield f"  {line}" if fact.name == self.by.name else f"  # {line}"

    def _module(self, said: dict[str, str]) -> Iterator[str]:
        yield "  tier:"
        yield "    kind: value-tier"
        yield f"    scale: {yaml_line(list(self.grades))}   # {said['scale']}"
        yield "    decisions:"
        yield "      tier:"
        yield f"        label: {said['tier']}"
        yield "        type: enum"
        yield f"        values: {yaml_line(list(self.grades))}"
        yield "        table:"
        yield f"          hit: unique   # {said['hit']}"
        yield "          rules: |"
        tests = list(self._tests())
        column = f"`{self.by.name}`" if re.search(r"[-+*/<>=?,@\"\[\]（）()＋－＊／＜＞＝，\s]|^[\d.]", self.by.name) else self.by.name
        ids = ("id", *self.grades)  # so that a row may be moved and is still known
        widths = [max(map(_width, texts)) for texts in (ids, (column, *tests))]
        for id, test, grade in zip(ids, (column, *tests), ("tier", *self.grades), strict=True):
            cells = [text + " " * (width - _width(text)) for text, width in zip((id, test), widths, strict=True)]
            yield f"            {' | '.join(cells)} -> {grade}"

    def _tests(self) -> Iterator[str]:
        for index in range(len(self.grades)):
            low = self.cuts[index] if index < len(self.cuts) else None
            high = self.cuts[index - 1] if index else None
            yield f">= {low}" if high is None else f"< {high}" if low is None else f"[{low}..{high})"

    def cases_text(self, language: str) -> str:
        """Return ``cases.yaml``: one at each border, one just below."""
        lines = [f"# {_SAID[language]['cases']}", "cases:"]
        least = Decimal(1).scaleb(-int(self.by.keys.get("scale", "0")))
        for index, cut in enumerate(self.cuts):
            for number, grade, value in ((1, self.grades[index], Decimal(cut)), (2, self.grades[index + 1], Decimal(cut) - least)):
                case = {"id": f"{self.name}/{index + 1}-{number}", "facts": {self.by.name: f"{value:f}"}, "expected": {"tier": grade}}
                lines.append(f"  - {yaml_line(case)}")
        return "\n".join(lines) + "\n"


_SAID = {
    "en": {
        "head": "A policy of your own. Change it, then run `tierwise check` and `tierwise test` on its folder.",
        "title": "Tiers by {by}",
        "title?": "what people call it; also {zh: …, en: …}",
        "facts": "Facts are columns of your list. Take the `# ` away from those that a rule is to read.",
        "scale": "the grades, best first",
        "tier": "tier",
        "hit": "at most one rule may apply; `check` finds gaps and overlaps, with an example",
        "cases": "Examples with the grade that each must have: one on every border, one just below. `tierwise test` runs them.",
    },
    "zh": {
        "head": "您自己的制度。修改后请对所在文件夹运行 `tierwise check` 和 `tierwise test`。",
        "title": "按{by}分级",
        "title?": "名称；也可写 {zh: …, en: …}",
        "facts": "事实就是名单里的列。规则要读哪一列，就去掉它前面的 `# `。",
        "scale": "等级，由好到差",
        "tier": "等级",
        "hit": "最多一条规则适用；`check` 会找出空白和重叠，并举例",
        "cases": "案例：每条界线一个、略低于界线一个，各有应得的等级。由 `tierwise test` 运行。",
    },
}
