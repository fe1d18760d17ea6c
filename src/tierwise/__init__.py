"""Tierwise: grading policies as files, checked before they run, exact while they run, explained after."""

__version__ = "0.1.0"
