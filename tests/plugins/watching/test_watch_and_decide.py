"""What a shipped policy decides from the facts that events leave behind is what its watch does about these events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.loading import policy_files, shipped_policies
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

START = date(2024, 1, 1)
DAYS = 30
SEEDS = range(25)


def company(slug: str, parameters: str, folder: Path) -> LoadedPolicy:
    """Return a shipped policy with a company's parameters, or with what else an overlay says."""
    told = parameters if parameters.startswith("readings") else f"parameters: {{{parameters}}}"
    (folder / "company.yaml").write_text(f"overlay: 1\npolicy: {slug}\n{told}\n", encoding="utf-8")
    return load(slug, overlay=folder / "company.yaml")


def watched(policy: LoadedPolicy, events: Sequence[Event], as_of: date) -> list[Action]:
    """Return what the watch does about some events up to a day."""
    plan = WatchPlan.of(policy.sections)
    assert plan is not None
    with WatchRun(plan, policy.environment, policy.plugins.watch_engines()["reference"]) as run:
        return [*run.process([sorted(events, key=lambda event: event.at)]), *run.finish(as_of)]


def decided(policy: LoadedPolicy, output: str, as_of: date, **facts: Any) -> Any:
    """Return the value of an output, which has to be determined."""
    read, findings = read_facts(policy.plan, facts)
    outcome = decide(policy.plan, policy.environment, read, as_of)[output]
    assert not findings and isinstance(outcome, Determined), outcome
    return outcome.value


def outcome_of(policy: LoadedPolicy, output: str, **facts: Any) -> set[Any]:
    """Return the values that an output may have."""
    outcome = policy.decide(facts, START).to_dict()["outputs"][output]
    return {outcome["value"]} if "value" in outcome else set(outcome.get("candidates", ()))


def random_day(random: Random, days: int = 120) -> date:
    return START + timedelta(days=random.randrange(days))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_customer_who_has_not_bought_for_too_long_is_told_by_both(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    policy = company("key-account-rfm", f"lost_after_days: {DAYS}", tmp_path)
    bought = sorted(random_day(random) for _ in range(random.randint(1, 5)))
    as_of = bought[-1] + timedelta(days=random.choice([0, 10, DAYS - 1, DAYS, DAYS + 1, 80]))
    purchases = [Event(f"p{place}", "purchase", "c", day, {}) for place, day in enumerate(bought)]

    gaps = [(later - earlier).days for earlier, later in zip(bought, [*bought[1:], as_of], strict=True)]
    silences = [gap for gap in gaps if gap > DAYS]

    assert len(watched(policy, purchases, as_of)) == len(silences)
    assert decided(policy, "recency_alert", as_of, last_purchase_on=bought[-1]) is (gaps[-1] > DAYS)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_missing_after_a_contact_person_has_left_is_the_same_for_both(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    policy = company("big-customer-development", f"handover_days: {DAYS}", tmp_path)
    left = random_day(random)
    kinds = ["customer_notified", "successor_assigned"]
    steps = [
        Event(f"{kind}{n}", kind, "c", left + timedelta(days=random.randint(-10, 50)), {})
        for kind in kinds
        for n in range(random.randint(0, 2))
    ]
    done = {kind: any(step.kind == kind and left <= step.at <= left + timedelta(days=DAYS) for step in steps) for kind in kinds}

    (action,) = watched(policy, [Event("l", "contact_staff_left", "c", left, {}), *steps], left + timedelta(days=DAYS + 1))
    missing = decided(policy, "handover_missing", left, contact_staff_left=True, **done)

    assert action.do == ("complete_handover" if missing else "handover_done")
    assert tuple(action.missing) == tuple(missing)


FORMS = ("客户信息表", "客户单价系数确认表", "内部跟单流程看板", "其他表格")
COUNTED_AS = {"late": (True, False), "wrong": (False, True), "both": (True, True)}
"""What a form that is both late and wrong may count as."""


def donation(checks: list[dict[str, Any]], counted_as: str, occurrence: str) -> int:
    """Add up by hand: 20 yuan for what is late, 10 for what is wrong, each once a check or once a form."""
    times: dict[int, list[str]] = {20: [], 10: []}
    for check in checks:
        late, wrong = not check["updated_on_time"], not check["entry_correct"] or check["filled_carelessly"] is True
        counts = COUNTED_AS[counted_as] if late and wrong else (late, wrong)
        for yuan, does in zip(times, counts, strict=True):
            times[yuan] += [check["occasion"]] * does
    return sum(yuan * len(set(found) if occurrence == "per_check" else found) for yuan, found in times.items())


@pytest.mark.parametrize("occurrence", ["per_check", "per_form"])
def test_forms_cost_what_both_say_and_what_is_late_and_wrong_is_left_to_people(occurrence: str, tmp_path: Path) -> None:
    policy = company("project-center-forms-fines", f"readings: {{occurrence: {occurrence}}}", tmp_path)
    for seed in SEEDS:
        random = Random(seed)
        checks: list[dict[str, Any]] = [
            {
                "form": random.choice(FORMS),
                "occasion": random.choice(["2024-01-08", "2024-02-05"]),
                "updated_on_time": random.random() < 0.6,
                "entry_correct": random.random() < 0.7,
                "filled_carelessly": random.choice([None, False, True]),
            }
            for _ in range(random.randint(0, 6))
        ]
        events = [
            Event(f"f{place}", "form_check", "s", date.fromisoformat(check["occasion"]), {k: v for k, v in check.items() if v is not None})
            for place, check in enumerate(checks)
        ]
        actions = watched(policy, events, START + timedelta(100))
        listed = [check for check in checks if check["form"] != "其他表格"]
        simple = [c for c in listed if c["updated_on_time"] or (c["entry_correct"] and c["filled_carelessly"] is not True)]

        asked = sum(action.do == "decide_donation" for action in actions)
        collected = sum(action.amount or 0 for action in actions if action.do == "collect_donation")
        possible = outcome_of(policy, "donation_yuan", form_checks=checks)

        assert asked == len(listed) - len(simple)
        assert collected == donation(simple, "both", occurrence)
        assert possible == {donation(listed, how, occurrence) for how in COUNTED_AS}
        assert asked or possible == {collected}


def test_customer_events_are_life_events_or_abnormal_for_both(tmp_path: Path) -> None:
    policy = company("securities-mot-events", "readings: {}", tmp_path)
    kinds = ["birth", "retirement", "account_opening", "first_product_purchase", "abnormal_behaviour"]
    for seed in SEEDS:
        random = Random(seed)
        drawn = [random.choice(kinds) for _ in range(random.randint(0, 6))]
        events = [Event(f"e{n}", "customer_event", "c", random_day(random), {"event_kind": kind}) for n, kind in enumerate(drawn)]

        done = sorted(action.do for action in watched(policy, events, START + timedelta(200)))

        life = [kind for kind in drawn if outcome_of(policy, "is_life_event", event_kind=kind) == {True}]
        abnormal = [kind for kind in drawn if outcome_of(policy, "is_lifecycle_event", event_kind=kind) == {False}]
        assert done == ["report_abnormal_behaviour"] * len(abnormal) + ["report_life_event"] * len(life)


@pytest.mark.parametrize("border", ["inclusive", "exclusive"])
def test_trades_are_watched_and_warnings_answered_alike(border: str, tmp_path: Path) -> None:
    slug = "securities-trading-alerts"
    policy = company(slug, f"readings: {{aa_border: {border}}}\nparameters: {{contact_days: 5}}", tmp_path)
    kinds = ["delisting_period_stock", "chinext_stock", "newly_listed_overhyped", "bond", "main_board_stock", "other"]
    for seed in SEEDS:
        random = Random(seed)
        trades = [
            {"instrument_kind": random.choice(kinds), "issuer_rating": random.choice(["AAA", "AA+", "AA", "AA-", "A", "C"])}
            for _ in range(random.randint(0, 5))
        ]
        warning = random_day(random)
        contacts = [warning + timedelta(random.randint(-4, 9)) for _ in range(random.randint(0, 2))]
        events = [
            *(Event(f"t{n}", "trade", "c", random_day(random), trade) for n, trade in enumerate(trades)),
            *(Event(f"c{n}", "customer_contacted", "c", day, {}) for n, day in enumerate(contacts)),
            Event("w", "exchange_oral_warning", "c", warning, {}),
        ]

        done = sorted(action.do for action in watched(policy, events, START + timedelta(300)))

        told = [trade for trade in trades if outcome_of(policy, "watch", **trade) == {True}]
        answered = any(warning <= day <= warning + timedelta(5) for day in contacts)
        facts = {"exchange_oral_warning": True, "customer_contacted": answered}
        violated = decided(policy, "violation", START, **facts)
        assert done == ["contact_customer", *["report_violation"] * violated, *["watch_trade"] * len(told)]
        assert decided(policy, "must_contact", START, **facts) is True


def test_every_shipped_policy_that_watches_is_compared() -> None:
    compared = "".join(
        (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("test_watch_and_decide.py", "test_demotions.py")
    )
    watching = [slug for slug in shipped_policies() if "\nwatch:" in policy_files(slug)["policy.yaml"]]

    assert len(watching) >= 6
    assert [slug for slug in watching if f'"{slug}"' not in compared] == []
