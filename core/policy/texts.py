"""What single values of a declaration are made of: texts for people, flags, whole numbers, lists of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from tierwise.core.source import Written

__all__ = ["Flag", "Part", "SectionKeys", "Text", "Unfit", "Whole", "Words", "WrittenWords", "named"]


class Unfit(ValueError):
    """What a validator raises about one of the texts it looks at: the finding stands at that text."""

    def __init__(self, message: str, at: Written, help: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.help = help


class Part(BaseModel):
    """A piece of a policy: immutable, and with no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)


class SectionKeys(Part):
    """What an author writes in a section that a plugin gives (``environment.Section``)."""


class Text(Part):
    """A text for people, in Chinese and English. Where only one was written it serves both."""

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _one_serves_both(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            return {"zh": raw, "en": raw}
        if isinstance(raw, Mapping) and raw:
            given = next((raw[key] for key in ("zh", "en") if key in raw), None)
            return {"zh": given, "en": given, **raw} if given is not None else raw
        if isinstance(raw, Text):
            return raw
        raise PydanticCustomError("wrong-shape", "demands one text, or `{{zh: …, en: …}}`")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        languages = {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}, "minProperties": 1}
        return {"anyOf": [{"type": "string"}, {**languages, "additionalProperties": False}]}

    def in_language(self, language: str) -> str:
        """Return the text for a language code; English for any but Chinese."""
        return self.zh if language.startswith("zh") else self.en

    def named(self) -> dict[str, str]:
        """Return language code to text, as the plan holds it."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return self.en


def named(label: Text | None, name: str) -> dict[str, str]:
    """Return a label by language; the name for want of one."""
    return label.named() if label is not None else {"zh": str(name), "en": str(name)}


def _read_flag(raw: Any) -> Any:
    if raw in ("true", "false"):
        return raw == "true"
    if isinstance(raw, bool):
        return raw
    raise PydanticCustomError("wrong-value", "demands `true` or `false`")


def _read_whole(raw: Any) -> Any:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= 9:
        return int(raw)
    if isinstance(raw, int):
        return raw
    raise PydanticCustomError("wrong-value", "demands a whole number such as `2`")


def _read_words(raw: Any) -> Any:
    if isinstance(raw, list | tuple):
        words = [word for word in raw if isinstance(word, str) and word]
        if len(words) != len(raw) or not words:
            raise PydanticCustomError("wrong-shape", "demands a list of words")
        twice = next((word for index, word in enumerate(words) if word in words[:index]), None)
        if twice is not None:
            raise PydanticCustomError("duplicate-value", "lists `{word}` twice", {"word": twice})
        return {word: word for word in words}
    if isinstance(raw, Mapping) and raw:
        return {word: word if label is None else label for word, label in raw.items()}
    raise PydanticCustomError("wrong-shape", "demands a list of words, or word to label")


Flag = Annotated[bool, BeforeValidator(_read_flag)]
"""``true`` or ``false``."""

Whole = Annotated[int, BeforeValidator(_read_whole)]
"""A whole number from zero up."""

_WORDS_SCHEMA = {"anyOf": [{"type": "array", "items": {"type": "string"}, "minItems": 1}, {"type": "object", "minProperties": 1}]}
Words = Annotated[dict[str, Text], BeforeValidator(_read_words), WithJsonSchema(_WORDS_SCHEMA)]
"""Words in order, each with its label; written as a list of words or as word to label."""

WrittenWords = Annotated[dict[Written, Text], BeforeValidator(_read_words), WithJsonSchema(_WORDS_SCHEMA)]
"""The same, where each word knows its place."""
