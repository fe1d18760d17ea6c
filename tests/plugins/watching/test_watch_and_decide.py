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
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

START = date(2024, 1, 1)
DAYS = 30
SEEDS = range(25)


def company(slug: str, parameters: str, folder: Path) -> LoadedPolicy:
    """Return a shipped policy with a company's parameters."""
    (folder / "company.yaml").write_text(f"overlay: 1\npolicy: {slug}\nparameters: {{{parameters}}}\n", encoding="utf-8")
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
