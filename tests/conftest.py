"""Draws the same examples in every run, so that a change is judged by itself; ``--hypothesis-profile=explore`` draws new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A claim does not hang on how busy the machine is: no example has a deadline, and slow drawing is no fault.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("fixed", CALM, derandomize=True)
settings.register_profile("explore", CALM, derandomize=False, print_blob=True)
settings.load_profile("fixed")
