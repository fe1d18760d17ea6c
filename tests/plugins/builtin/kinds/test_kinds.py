"""What holds of every kind: sound modules have no findings, labels are in Chinese, mistakes are underlined."""

from __future__ import annotations

import pytest

from tests.plugins.builtin.kinds.modules import CREDIT, FACTS, PRICE, TERMS, TIER, VISITS, found
from tests.short_policies import checked
from tierwise.core.finding import Severity
from tierwise.plugins.testing import assert_no_findings


@pytest.mark.parametrize("modules", [PRICE, CREDIT, CREDIT + TERMS, VISITS, TIER], ids=["price", "credit", "terms", "visits", "tier"])
def test_a_sound_module_has_no_findings(modules: str) -> None:
    assert_no_findings(found(modules))


@pytest.mark.parametrize("modules", [PRICE, CREDIT, VISITS], ids=["price", "credit", "visits"])
def test_every_decision_of_a_kind_has_a_chinese_label(modules: str) -> None:
    plan = checked(FACTS + modules).require_plan()

    assert [d.name for d in plan.decisions.values() if d.label["zh"].isascii()] == []


@pytest.mark.parametrize(
    ("modules", "old", "new", "underlined"),
    [
        (PRICE, "price: price", "price: prise", "prise"),
        (PRICE, "offered: offered", "offered: ofered", "ofered"),
        (PRICE, "by: grade", "by: grad", "grad"),
        (PRICE, "5%}, B", "discount_of_a}, B", "discount_of_a"),
        (CREDIT, "from: level_now", "from: levels_now", "levels_now"),
        (CREDIT, "give: level", "give: level, lowest: worst", "worst"),
        (CREDIT, "late >= 2", "late >= grade", "grade"),
        (VISITS, "last: last_on", "last: lost_on", "lost_on"),
        (VISITS, "reading: cadence", "reading: cadenza", "cadenza"),
        (VISITS, "A: 1 week", "A: sometimes", "sometimes"),
    ],
)
def test_a_mistake_in_a_key_of_a_kind_is_underlined_there(modules: str, old: str, new: str, underlined: str) -> None:
    wrong = [finding for finding in found(modules.replace(old, new)) if finding.severity is Severity.ERROR]

    assert {finding.span.text for finding in wrong if finding.span} == {underlined}
