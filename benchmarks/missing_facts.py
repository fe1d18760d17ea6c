"""1,000,000 customers of whom every fact is missing three times in ten: what SQL leaves open must not take long either.

Run ``python -m benchmarks.missing_facts``. The yardstick is the same database without a missing fact.
"""

from __future__ import annotations

import argparse
from functools import partial

import duckdb
from benchmarks.flat_duckdb import AS_OF, timed

import tierwise
from tierwise.core.plan import Plan
from tierwise.core.types import BooleanType, EnumType, NumberType
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.facts import FactTable, canonical_type
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["main"]


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policy", default="big-customer-tiers")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--missing", type=int, default=30, help="per cent of each fact")
    options = parser.parse_args()
    policy = tierwise.load(options.policy)
    seconds = {}
    for missing in (0, options.missing):
        facts = customers(policy.plan, options.customers, missing)
        seconds[missing] = timed(partial(grade_and_count, policy, facts))
        print(f"{missing} % missing: {seconds[missing]:.2f} s")
    print(f"ratio: {seconds[options.missing] / seconds[0]:.2f}")


def grade_and_count(policy: LoadedPolicy, facts: FactTable) -> None:
    """Grade, and count the values and reasons of every output: that asks about all that SQL left open."""
    grading = grade(policy.plan, policy.environment, facts, AS_OF)
    for output in grading.outputs:
        grading.distribution(output.name)


def customers(plan: Plan, count: int, missing: int) -> FactTable:
    """Return random customers with every fact of a simple type; each value is missing with the same chance."""
    connection = duckdb.connect()
    columns, facts = ["lpad(i::VARCHAR, 8, '0') AS key", "NULL::VARCHAR AS name"], {}
    for number, fact in enumerate(plan.facts.values()):
        roll = f"(hash(i * 1009 + {number}) % 1000003)"
        if isinstance(fact.type, NumberType):
            value = f"({roll} * 37 % 700000)"
        elif isinstance(fact.type, EnumType):
            value = f"list_extract([{', '.join(repr(word) for word in fact.type.values)}], 1 + ({roll} % {len(fact.type.values)})::INTEGER)"
        elif isinstance(fact.type, BooleanType):
            value = f"{roll} % 2 = 0"
        else:
            continue
        facts[fact.name] = fact
        known = f"CASE WHEN hash(i * 7919 + {number}) % 100 >= {missing} THEN {value} END"
        columns.append(f'CAST({known} AS {canonical_type(fact.type)}) AS "{fact.name}"')
        columns += [f'false AS "{fact.name}__none"'] if fact.nullable else []
    connection.execute(f"CREATE TABLE customers AS SELECT {', '.join(columns)} FROM range({count}) AS numbers(i)")
    return FactTable(connection, "customers", facts, {name: name for name in facts})


if __name__ == "__main__":
    main()
