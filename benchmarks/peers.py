"""The grade job by other engines, in an environment of their own: ``python benchmarks/peers.py`` with the packages of ``peers.txt``.

Prints a JSON object: the name of each engine to microseconds of processor time for one decision. Results are compared with the yardstick first.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

from grade_job import BANDS, GRADES, RIGHTS, WORDS, Customer, by_hand, customers

ROUNDS = 5
Job = Callable[[Customer], tuple[Any, ...]]


def chain(pairs: Any, test: Callable[[Any], str], value: Callable[[Any], str]) -> str:
    """Write ``a ? x : b ? y : z``, which Zen and rule-engine both read."""
    text = value(pairs[-1][1])
    for border, found in reversed(pairs[:-1]):
        text = f"({test(border)} ? {value(found)} : {text})"
    return text


def points() -> str:
    """Write the score as an expression."""
    bands = [chain(bands, lambda border, item=item: f"{item} >= {border}", str) for item, bands in BANDS.items()]
    words = [chain(list(words.items()), lambda word, item=item: f'{item} == "{word}"', str) for item, words in WORDS.items()]
    return " + ".join([*bands, *words])


def right(grade: str, place: int) -> str:
    return chain([(g, rights[place]) for g, rights in RIGHTS.items()], lambda g: f'{grade} == "{g}"', str)


def rights(score: str, grade: str) -> dict[str, str]:
    """Write grade and rights as expressions."""
    late = f"late_payments_this_quarter >= 2 ? {right(grade, 1)} : {right(grade, 0)}"
    graded = chain(GRADES, lambda border: f"{score} >= {border}", lambda word: f'"{word}"')
    return {"grade": graded, "terms_days": late, "price_factor": right(grade, 2), "visit_days": right(grade, 3)}


def zen_graph() -> Job:
    import zen

    expressions = {"score": points(), **rights("$.score", "$.grade")}
    content = {"expressions": [{"id": key, "key": key, "value": value} for key, value in expressions.items()]}
    nodes = [("in", "inputNode", {}), ("job", "expressionNode", content), ("out", "outputNode", {})]
    graph = {
        "nodes": [{"id": name, "name": name, "type": type, "content": more, "position": {"x": 0, "y": 0}} for name, type, more in nodes],
        "edges": [{"id": a + b, "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairwise(name for name, _, _ in nodes)],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))

    def job(customer: Customer) -> tuple[Any, ...]:
        found = decision.evaluate(customer)["result"]
        return tuple(found[key] for key in expressions)

    return job


def datalogic() -> Job:
    import datalogic_py

    def chosen(pairs: Any, test: Callable[[Any], Any], value: Callable[[Any], Any] = lambda found: found) -> Any:
        return {"if": [part for border, found in pairs[:-1] for part in (test(border), value(found))] + [value(pairs[-1][1])]}

    bands = [chosen(bands, lambda border, item=item: {">=": [{"var": item}, border]}) for item, bands in BANDS.items()]
    words = [chosen(list(words.items()), lambda word, item=item: {"==": [{"var": item}, word]}) for item, words in WORDS.items()]
    is_late = {">=": [{"var": "late"}, 2]}
    all_rights = {g: [g, {"if": [is_late, late, terms]}, price, visit] for g, (terms, late, price, visit) in RIGHTS.items()}
    engine = datalogic_py.Engine()
    score = engine.compile(json.dumps({"+": [*bands, *words]}))
    graded = engine.compile(json.dumps(chosen(GRADES, lambda border: {">=": [{"var": "score"}, border]}, all_rights.__getitem__)))

    def job(customer: Customer) -> tuple[Any, ...]:
        total = score.evaluate(customer)
        return (total, *graded.evaluate({"score": total, "late": customer["late_payments_this_quarter"]}))

    return job


def rule_engine() -> Job:
    import rule_engine

    score = rule_engine.Rule(points())
    grade, *others = (rule_engine.Rule(text) for text in rights("score", "grade").values())

    def job(customer: Customer) -> tuple[Any, ...]:
        known = {**customer, "score": score.evaluate(customer)}
        known["grade"] = grade.evaluate(known)
        return (known["score"], known["grade"], *(rule.evaluate(known) for rule in others))

    return job


def durable_rules() -> Job:
    from durable.lang import m, post, rule, ruleset

    found: dict[str, Any] = {}

    def put(what: str, value: Any) -> Callable[[Any], None]:
        def act(c: Any) -> None:
            found[what] = value

        return act

    with ruleset("items"):
        for item, bands in BANDS.items():
            above = None
            for low, value in bands:
                test = m.item == item
                test = test if low is None else test & (m.x >= low)
                test = test if above is None else test & (m.x < above)
                rule("all", True, test)(put(item, value))
                above = low
        for item, words in WORDS.items():
            for word, value in words.items():
                rule("all", True, (m.item == item) & (m.x == word))(put(item, value))
    with ruleset("rights"):
        above = None
        for low, grade in GRADES:
            for is_late, test in enumerate((m.late < 2, m.late >= 2)):
                test = test if low is None else test & (m.score >= low)
                test = test if above is None else test & (m.score < above)
                terms, late, price, visit = RIGHTS[grade]
                rule("all", True, test)(put("", (grade, late if is_late else terms, price, visit)))
            above = low

    def job(customer: Customer) -> tuple[Any, ...]:
        found.clear()
        for item in (*BANDS, *WORDS):
            post("items", {"item": item, "x": customer[item]})
        score = sum(found.values())
        post("rights", {"score": score, "late": customer["late_payments_this_quarter"]})
        return (score, *found[""])

    return job


def polars_by_hand(count: int) -> float:
    """Return the microseconds of processor time that a row of a frame takes."""
    import polars

    rows = customers(20_000, 11)
    few = polars.DataFrame(rows)

    def when(pairs: Any, test: Callable[[Any], Any]) -> Any:
        text: Any = polars.lit(pairs[-1][1])
        for border, found in reversed(pairs[:-1]):
            text = polars.when(test(border)).then(polars.lit(found)).otherwise(text)
        return text

    score = sum(when(bands, lambda border, item=item: polars.col(item) >= border) for item, bands in BANDS.items())
    score = score + sum(when(list(words.items()), lambda word, item=item: polars.col(item) == word) for item, words in WORDS.items())
    grade = when(GRADES, lambda border: polars.col("score") >= border)
    of = [when([(g, rights[place]) for g, rights in RIGHTS.items()], lambda g: polars.col("grade") == g) for place in range(4)]
    terms = polars.when(polars.col("late_payments_this_quarter") >= 2).then(of[1]).otherwise(of[0])

    def job(frame: Any) -> Any:
        graded = frame.lazy().with_columns(score=score).with_columns(grade=grade)
        return graded.select("score", "grade", terms_days=terms, price_factor=of[2], visit_days=of[3]).collect()

    assert job(few).rows() == [by_hand(row) for row in rows]
    frame, taken = polars.concat([few] * max(1, count // len(few))), []
    for _ in range(ROUNDS):
        start = time.process_time()
        job(frame)
        taken.append((time.process_time() - start) / len(frame) * 1e6)
    return median(taken)


def plain(found: Any) -> list[Any]:
    """Return results with all numbers as floats."""
    return [value if isinstance(value, str) else float(value) for value in found]


def main() -> None:
    """Print the figures."""
    makers = {"zen-engine": zen_graph, "datalogic-py": datalogic, "rule-engine": rule_engine, "durable-rules": durable_rules}
    jobs: dict[str, Job] = {"by hand": by_hand, **{name: make() for name, make in makers.items()}}
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for one in customers(300, 1):
        for name, job in jobs.items():
            assert plain(job(one)) == plain(by_hand(one)), (name, one, job(one))
    for number in range(ROUNDS):
        batch = customers(500, 100 + number)
        for name, job in jobs.items():
            start = time.thread_time()
            for one in batch:
                job(one)
            taken[name].append((time.thread_time() - start) / len(batch) * 1e6)
    figures = {name: median(found) for name, found in taken.items()}
    json.dump({**figures, "Polars by hand, a row": polars_by_hand(int(sys.argv[1]))}, sys.stdout)


if __name__ == "__main__":
    main()
