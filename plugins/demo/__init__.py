"""The demo customer database: seeded, the same on every machine, with realistic skew and some dirty values."""

from tierwise.plugins.demo.all_policies import PolicyLine, grade_all
from tierwise.plugins.demo.make import AS_OF, make_demo_database
from tierwise.plugins.demo.prepare import Demo, prepare_demo

__all__ = ["AS_OF", "Demo", "PolicyLine", "grade_all", "make_demo_database", "prepare_demo"]
