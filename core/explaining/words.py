"""Says values, outcomes and distances in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tierwise.core.explaining.trace import Miss, Read
from tierwise.core.outcome import Determined, Outcome, Reason
from tierwise.core.plan import Named
from tierwise.core.types import ListType, NumberType, SetType, Type
from tierwise.core.values import SECONDS_PER_DAY, Duration, to_json

__all__ = ["miss_text", "name_text", "outcome_text", "phrase", "read_text", "value_text"]

_PHRASES: Mapping[str, tuple[str, str]] = {
    "undetermined": ("undetermined ({reason}): {why}", "未定（{reason}）：{why}"),
    "candidates": ("still possible: {values}", "仍有可能：{values}"),
    "rule gives": ("rule {id} gives {value}", "规则 {id} 得出 {value}"),
    "rule may give": ("rule {id} may still give {value}", "规则 {id} 仍可能得出 {value}"),
    "class holds": ("class {id} applies", "类别 {id} 成立"),
    "class may hold": ("class {id} may apply", "类别 {id} 可能成立"),
    "class gives": ("class {id} brings {value}", "类别 {id} 带来 {value}"),
    "then": ("the condition holds: {value}", "条件成立：{value}"),
    "else": ("the condition does not hold: {value}", "条件不成立：{value}"),
    "perhaps": ("if it turns out so: {value}", "若是如此：{value}"),
    "later": ("rule {id} applies too, but comes later", "规则 {id} 也适用，但排在后面"),
    "missed rule": ("rule {id} ({value}) missed:", "未满足规则 {id}（{value}）："),
    "missed class": ("class {id} missed:", "未满足类别 {id}："),
    "more": ("and {count} more", "另有 {count} 条"),
    "asked": ("{column} {cell}", "{column} {cell}"),
    "met": ("{test}: met", "{test}：满足"),
    "not met": ("{test}: not met", "{test}：不满足"),
    "unknown": ("{test}: unknown", "{test}：未知"),
    "with": ("{text}, with {reads}", "{text}，其中 {reads}"),
    "is": ("{name} is {value}", "{name} 为 {value}"),
    "has no value": ("{name} has no value: {why}", "{name} 没有值：{why}"),
    "sum": ("the sum of", "各项之和："),
    "term": ("{name}: {value}", "{name}：{value}"),
    "weighted term": ("{name}: {value} (weight {weight})", "{name}：{value}（权重 {weight}）"),
    "factor": ("times {name}: {value}", "乘以 {name}：{value}"),
    "rank": ("rank {first} of {count}", "第 {first} 名，共 {count} 名"),
    "tie": ("ranks {first} to {last} of {count} tie", "第 {first} 至 {last} 名并列，共 {count} 名"),
    "rank end": ("this class ends at rank {last}", "本级到第 {last} 名为止"),
    "better": ("{value} is {count} ranks away", "距 {value} 还差 {count} 名"),
    "better by": (
        "{value} is {count} ranks away: it ends at {cut}, here it is {own}",
        "距 {value} 还差 {count} 名：其末名为 {cut}，本对象为 {own}",
    ),
    "settle": ("to settle it: {names}", "补充后可定：{names}"),
    "none": ("none", "无"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "nothing": ("nothing", "（空）"),
    "days": ("{count} days", "{count} 天"),
    "months": ("{count} months", "{count} 个月"),
    "seconds": ("{count} seconds", "{count} 秒"),
    "short": ("{name} is {value}, asked is {op} {wanted}: {by} short", "{name} 为 {value}，要求 {op} {wanted}：差 {by}"),
    "over": ("{name} is {value}, asked is {op} {wanted}: {by} over", "{name} 为 {value}，要求 {op} {wanted}：超出 {by}"),
    "at border": ("{name} is {value}, asked is {op} {wanted}: exactly at the border", "{name} 为 {value}，要求 {op} {wanted}：正好在界上"),
    "other": ("{name} is {value}, asked is {op} {wanted}", "{name} 为 {value}，要求 {op} {wanted}"),
    "in": ("one of", "其中之一："),
    "not in": ("other than", "不是"),
    "gap": ("no rule covers these facts", "没有规则覆盖这种情况"),
    "overlap": ("several rules apply and disagree, and no priority is stated", "多条规则同时适用且结果不同，没有规定先后"),
    "lost": ("the source does not have it (any more), and it is not filled in", "原文缺失，尚未补充"),
    "vague": ("the source gives no threshold, and nobody has judged it", "原文没有界限，也没有人判断"),
    "missing_fact": ("a fact that it depends on is missing", "缺少它所依据的事实"),
    "reading": ("it depends on how the source is read", "取决于对原文的读法"),
    "reason tie": ("a tie in the ranking runs across a cut", "排名并列，跨过了分界"),
}


def phrase(key: str, language: str, **parts: Any) -> str:
    """Return a sentence in ``en`` or ``zh``."""
    english, chinese = _PHRASES[key]
    return (chinese if language == "zh" else english).format(**parts)


def why(reason: Reason, language: str) -> str:
    """Return what a reason code means."""
    return phrase("reason tie" if reason is Reason.TIE else str(reason), language)


def name_text(name: str, label: Named, language: str) -> str:
    """Return a name with its label, once when they are the same."""
    shown = label.get(language) or label.get("en") or ""
    return f"`{name}`" if shown in ("", name) else f"{shown} (`{name}`)" if name else shown


def value_text(value: Any, type: Type | None, language: str) -> str:
    """Return a value with its unit."""
    if value is None:
        return phrase("none", language)
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    if isinstance(value, Decimal):
        digits = f"{value.normalize():,f}" if value else "0"
        unit = type.unit if isinstance(type, NumberType) else ""
        return f"{digits}{'' if unit == '%' else ' '}{unit}" if unit else digits
    if isinstance(value, Duration):
        return _duration_text(value, language)
    if isinstance(value, tuple):
        item = type.item if isinstance(type, ListType | SetType) else None
        return _joined((value_text(part, item, language) for part in value), language) or phrase("nothing", language)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_text(part, None, language)}" for key, part in value.items()) + "}"
    return str(to_json(value))


def _duration_text(value: Duration, language: str) -> str:
    if value.months:
        return phrase("months", language, count=value.months)
    days, rest = divmod(value.seconds, SECONDS_PER_DAY)
    return phrase("seconds", language, count=value.seconds) if rest else phrase("days", language, count=days)


def outcome_text(outcome: Outcome, type: Type | None, language: str) -> str:
    """Return an outcome: its value, or why there is none and what is still possible."""
    if isinstance(outcome, Determined):
        return value_text(outcome.value, type, language)
    text = phrase("undetermined", language, reason=str(outcome.reason), why=why(outcome.reason, language))
    if not outcome.candidates:
        return text
    values = _joined((value_text(candidate, type, language) for candidate in outcome.candidates), language)
    return f"{text}{'；' if language == 'zh' else '; '}{phrase('candidates', language, values=values)}"


def read_text(read: Read, language: str) -> str:
    """Return what was read: its name and its value, or why it has none."""
    name = name_text(read.name, read.label, language)
    if read.reason is not None:
        return phrase("has no value", language, name=name, why=why(read.reason, language))
    return phrase("is", language, name=name, value=value_text(read.value, read.type, language))


def miss_text(miss: Miss, language: str) -> str:
    """Return what a condition asks, what the value is, and how far apart they are."""
    parts = {
        "name": name_text(miss.what, miss.label, language),
        "value": value_text(miss.value, miss.type, language),
        "op": phrase(miss.op, language) if miss.op in ("in", "not in") else miss.op,
        "wanted": _joined((value_text(value, miss.type, language) for value in miss.wanted), language),
    }
    if miss.by is None or len(miss.wanted) != 1:
        return phrase("other", language, **parts)
    if not miss.by or miss.by == Duration():
        return phrase("at border", language, **parts)
    is_over = miss.op in ("<", "<=") or (miss.op not in (">", ">=") and miss.value > miss.wanted[0])
    return phrase("over" if is_over else "short", language, by=value_text(miss.by, miss.type, language), **parts)


def _joined(texts: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(texts)
