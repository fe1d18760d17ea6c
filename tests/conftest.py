"""Draws the same examples in every run, so that a change is judged by itself; ``--hypothesis-profile=explore`` draws new ones."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("fixed", derandomize=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile("fixed")
