"""The policy language: a typed subset of FEEL with exact numbers, bare words and Chinese names, compiled to plan nodes.

The way through: ``scan`` and ``parse`` make a ``syntax`` tree, ``compile`` (over ``arithmetic``, ``comparing`` and ``calls``) makes plan nodes
of it, ``entry`` has the three ways in, ``literals`` reads values where no names are.
"""

from __future__ import annotations

from tierwise.core.language.compile_text import compile_expression, compile_test, compile_value
from tierwise.core.language.literals import read_literal
from tierwise.core.language.scope import Scope
from tierwise.core.language.suggest import suggest

__all__ = ["Scope", "compile_expression", "compile_test", "compile_value", "read_literal", "suggest"]
