"""The demo customer database: seeded, the same on every machine, with realistic skew and some dirty values."""

from tierwise.plugins.demo.make import AS_OF, make_demo_database

__all__ = ["AS_OF", "make_demo_database"]
