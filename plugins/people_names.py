"""What people call the names, words and keys of a policy: how its places, its findings and its choices are said on pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.plan import Decision, Fact, Plan, Reading
from tierwise.core.policy import Policy
from tierwise.core.source import Path
from tierwise.plugins.sentences.catalogue import is_prose
from tierwise.plugins.sentences.phrases import phrase, words_of
from tierwise.plugins.word_labels import labels_of_words

__all__ = ["Choice", "Naming"]

Choice = tuple[str, str]
"""A word as it stands in the file, and what people call it."""
OF_AUTHORS = frozenset(
    [
        "aliases",
        "characteristics",
        "codes",
        "decisions",
        "do",
        "dont",
        "every",
        "expect",
        "expected",
        "facts",
        "fields",
        "gap",
        "gates",
        "labels",
        "modules",
        "must",
        "owners",
        "parameters",
        "quotas",
        "readings",
        "required",
        "rights",
        "steps",
        "terms",
        "top",
        "types",
        "value",
        "values",
        "where",
    ]
)
"""Keys below which stand names and words of the author, not of the format."""
BACKQUOTED = re.compile(r"(`[^`]*`)")
MANY = re.compile(r"(list|set|map|record)\b")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
BETWEEN_WORDS = {"or": "或", "and": "和"}
"""What may stand between two words of an author in a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How one policy is spoken of in one language.

    Attributes:
        language: ``en`` or ``zh``.
        labels: Name to label of facts, parameters, readings, modules, decisions and their outputs, where that is another word than the name.
        words: Of each of them its words with their labels.
        keys: Key of the policy format to the words for it; those of what stands in a list of a key end with ``›``.
        with_ids: Names and words stand beside what they are called in findings, in brackets, as explanations have them.
    """

    language: str
    labels: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str]
    with_ids: bool = False

    @classmethod
    def of(cls, policy: Policy | None, language: str, plan: Plan | None = None) -> Naming:
        """Return how a policy is spoken of; of one that cannot be read only the keys have words. A plan knows labels that forms and kinds give."""
        keys = words_of("policy keys", language)
        if policy is None:
            return cls(language, {}, {}, keys)
        declared: dict[str, Any] = {**policy.modules}
        for module in policy.modules.values():
            for name, decision in module.decisions.items():
                declared |= {**decision.outputs, name: decision}
        declared |= {**policy.parameters, **policy.readings, **policy.facts}
        labels = {name: one.label.in_language(language) for name, one in declared.items() if one.label is not None}
        if plan is not None:
            named: Mapping[str, Fact | Decision | Reading] = {**plan.facts, **plan.decisions, **plan.readings}
            labels = {name: one.label.get(language, name) for name, one in named.items()} | labels
        readings = {
            name: {word: label.in_language(language) for word, label in reading.values.items()} for name, reading in policy.readings.items()
        }
        words = readings | labels_of_words(policy, language)
        return cls(language, {name: label for name, label in labels.items() if label != name}, words, keys)

    def place(self, path: Path) -> str:
        """Return a place of a policy's file in words."""
        return " › ".join(self._part(path, at) for at in range(len(path)))

    def cell(self, path: str) -> str:
        """Return the place of something that changed, given with strokes; one in a decision is said from the decision on."""
        parts = tuple(path.split("/"))
        is_in_decision = parts[0] == "modules" and parts[2:3] == ("decisions",) and len(parts) > 3
        return self.place(parts).split(" › ", 3)[-1] if is_in_decision else self.place(parts)

    def _part(self, path: Path, at: int) -> str:
        part = path[at]
        if isinstance(part, int):
            return str(part + 1)
        following = path[at + 1] if at + 1 < len(path) else None
        is_of_author = "rules" in path[:at] or (at > 0 and path[at - 1] in OF_AUTHORS)
        key = None if is_of_author else (isinstance(following, int) and self.keys.get(f"{part} ›")) or self.keys.get(part)
        return key or self.labels.get(part) or self._word(part) or part

    def _word(self, word: str) -> str:
        """Return what a word is called where all that have it call it the same."""
        called = {words[word] for words in self.words.values() if word in words}
        return called.pop() if len(called) == 1 else ""

    def name(self, name: str) -> str:
        """Return what people call a fact, a parameter or a decision."""
        return self.labels.get(name, name)

    def value(self, name: str, value: Any) -> str:
        """Return what people call a value of a fact."""
        if value is None or isinstance(value, bool):
            return phrase("none" if value is None else "yes" if value else "no", self.language)
        return self.words.get(name, {}).get(value, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def finding(self, finding: Finding) -> Finding:
        """Return a finding that calls facts, decisions and words as people do; what an author wrote stays as it is."""
        return replace(finding, message=self._said(finding.message), help=self._said(finding.help))

    def example(self, finding: Finding) -> str:
        """Return the example of a finding: each fact and its value, beside what they are called."""
        return ", ".join(f"{self._beside(name, name)} = {self._example_of(name, value)}" for name, value in finding.witness)

    def _example_of(self, name: str, value: Any) -> str:
        called = self.words.get(name, {}).get(value) if isinstance(value, str) else None
        return f"{called} (`{value}`)" if called and called != value else self.value(name, value)

    def _beside(self, name: str, written: str) -> str:
        """Return what a name is called with the name beside it; as it is written where it is called nothing else."""
        return f"{self.labels[name]} (`{name}`)" if name in self.labels else written

    def _said(self, text: str) -> str:
        if self.language == "zh" and is_prose(text):
            return text  # an author's sentence
        said, about = [], ""
        for part in BACKQUOTED.split(text):
            if part.startswith("`"):
                name = part.strip("`")
                about = name if name in self.words else about
                said.append(self._beside(name, part) if self.with_ids else f"`{self.name(name)}`")
            else:
                said.append(NAME.sub(partial(self._said_word, about=about), part))
        return "".join(said)

    def _said_word(self, found: re.Match[str], about: str) -> str:
        """Return what a word of a sentence is called that names something, or is a word of what the sentence is ``about``."""
        word = found[0]
        if not self._is_name(word):
            return word
        called = self.labels.get(word) or self.words.get(about, {}).get(word) or self._word(word)
        if not called or called == word:
            return BETWEEN_WORDS.get(word, word) if self.language == "zh" else word
        return f"{called} (`{word}`)" if self.with_ids else called

    def _is_name(self, word: str) -> bool:
        """Whether a word of a sentence can only be a name: an English sentence may hold the word itself."""
        return self.language == "zh" or "_" in word

    def yes_or_no(self) -> tuple[Choice, ...]:
        """Return what is chosen for a flag."""
        return tuple((word, phrase(said, self.language)) for word, said in (("true", "yes"), ("false", "no")))

    def choices(self, name: str, declared: Any) -> tuple[Choice, ...]:
        """Return what a fact or parameter may be where that is one of a few words; none where it is anything else."""
        if declared.type_ == "boolean":
            return self.yes_or_no()
        return () if MANY.match(declared.type_ or "") else tuple(self.words.get(name, {}).items())
