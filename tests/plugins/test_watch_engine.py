"""Which engine matches events: the one that is named, else the first that can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from tierwise.core.errors import PolicyError
from tierwise.plugins.builtin.watch_reference import ReferenceMatcher
from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import assert_matches_alike
from tierwise.plugins.watch_engine import Match, Matcher, Task, WatchEngine, choose_watch_engine


@dataclass
class Engine:
    """An engine that may lack something."""

    name: str
    lacks: str = ""
    about: str = "for a test"

    def unusable(self) -> str:
        return self.lacks

    def matcher(self) -> Matcher:
        raise NotImplementedError


def engines(*given: Engine) -> Mapping[str, WatchEngine]:
    return {engine.name: engine for engine in given}


def test_the_first_engine_matches_and_nothing_is_said() -> None:
    assert choose_watch_engine(engines(Engine("a"), Engine("b"))) == (Engine("a"), "")


def test_an_engine_that_cannot_match_here_is_passed_over_and_one_line_says_why() -> None:
    found, said = choose_watch_engine(engines(Engine("a", "x is not installed"), Engine("b"), Engine("c")))

    assert found.name == "b"
    assert said == "the engine `a` cannot match here: x is not installed; `b` matches"


def test_an_engine_that_was_asked_for_is_never_replaced() -> None:
    with pytest.raises(PolicyError, match="the engine `a` cannot match here: x is not installed"):
        choose_watch_engine(engines(Engine("a", "x is not installed"), Engine("b")), "a")


def test_an_unknown_engine_is_named_with_a_suggestion() -> None:
    with pytest.raises(PolicyError, match="there is no engine `durabel` that watches") as raised:
        choose_watch_engine(Plugins(entry_points=False).watch_engines(), "durabel")
    assert raised.value.help == "did you mean `durable`?"


def test_without_any_engine_that_is_said() -> None:
    with pytest.raises(PolicyError, match="no plugin gives an engine that watches"):
        choose_watch_engine({})


@pytest.mark.parametrize("name", list(Plugins(entry_points=False).watch_engines()))
def test_every_registered_engine_matches_as_the_reference_does(name: str) -> None:
    engine = Plugins(entry_points=False).watch_engines()[name]
    if lacking := engine.unusable():
        pytest.skip(lacking)
    assert_matches_alike(engine, rounds=60)


def test_an_engine_that_matches_otherwise_is_found() -> None:
    class Careless(ReferenceMatcher):
        def match(self, tasks: Sequence[Task]) -> list[list[Match]]:
            return [found[:1] for found in super().match(tasks)]

    @dataclass
    class Forgetful(Engine):
        def matcher(self) -> Matcher:
            return Careless()

    with pytest.raises(AssertionError, match="`forgetful` answers"):
        assert_matches_alike(Forgetful("forgetful"))


def test_durable_rules_is_preferred_to_the_reference() -> None:
    engines = list(Plugins(entry_points=False).watch_engines())

    assert engines[0] == "durable"
    assert "reference" in engines
