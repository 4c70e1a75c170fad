"""Who quits, what the platform finds and what it costs, against their closed forms."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.chance import Luck
from sim.collector import Workforce
from sim.indicators import TASKS
from sim.payday import ease_of, leavers, wages
from sim.platform import Platform
from sim.scheme import Scheme
from sim.timeline import Timeline

MANY = 40_000
LUCK = Luck(seed=3, replication=0)


def quitting(*, worth=None, content=0.0, tenure=400, skill=1.0, days=30, **workforce) -> float:
    """The hazard of quitting within the days, from how many of a crowd do."""
    crowd = SimpleNamespace(
        skill=np.full(MANY, skill), hired=np.full(MANY, -tenure),
        entity=lambda: np.arange(MANY, dtype=np.uint64),
    )  # fmt: skip
    rules = Workforce(quits_per_year=2.0, **workforce)
    worth = None if worth is None else np.full(MANY, worth)
    gone = leavers(crowd, rules, worth, np.full(MANY, content), 0, 0, days, LUCK)
    return -np.log1p(-gone.mean())


@pytest.mark.parametrize(("about", "factor"), [
    ({}, 1.0),
    ({"tenure": 89}, 2.5),
    ({"tenure": 90}, 1.0),
    ({"worth": 800_000.0}, 1.0),
    ({"worth": 1_600_000.0}, 0.5**0.5),
    ({"worth": 800_000.0, "skill": 4.0}, 2.0**0.5),
    ({"worth": 800_000.0, "content": -0.4}, np.exp(0.6)),
    ({"content": -0.4}, 1.0),  # without pay to respond to
    ({"days": 60}, 2.0),
])  # fmt: skip
def test_people_quit_by_what_pays_elsewhere_and_by_resentment(about, factor):
    hazard = 2.0 * 30 / 365 * factor
    found = quitting(**about, newcomer_quits=2.5, outside_yuan=8000.0, outside_skill=0.5,
                     quit_elasticity=0.5, resentment=1.5)  # fmt: skip
    assert found == pytest.approx(hazard, rel=0.06)


def test_wages_are_paid_for_the_days_with_a_collector():
    timeline = Timeline(Scheme(wage_yuan=3000.0), ())
    vacant_until = np.array([0, 30, 40, 60, 75])
    found = wages(timeline, np.zeros(5, int), vacant_until, first=30, days=30)
    assert found.tolist() == [300_000, 300_000, 200_000, 0, 0]


def test_a_queue_is_easy_beside_the_houses():
    """Rates of 0.5 and 0.1: 0.5, 0.1 and 0.3 of the arrears, and 0.3 of the house's 400."""
    arrears = np.array([[100.0, 0.0], [0.0, 100.0], [100.0, 100.0], [0.0, 0.0]])
    ease = ease_of(arrears, np.array([0.5, 0.1]))
    np.testing.assert_allclose(ease["ease_rate"], [5 / 3, 1 / 3, 1.0, 1.0])
    np.testing.assert_allclose(ease["ease_amount"], [50 / 30, 10 / 30, 2.0, 0.0])


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_what_neither_an_audit_nor_analytics_recognises_is_not_found(task):
    platform = Platform(audited=0.5, recall=0.8, analytics=0.5, analytics_recall=0.6)
    heard = 0.5 * 0.6 if task.heard else 0.0
    assert platform.found(task) == pytest.approx(1.0 - (1.0 - 0.4) * (1.0 - heard))


def test_the_platform_costs_what_its_parts_cost():
    nothing = {"audited": 0.0, "analytics": 0.0, "dashboard": 0.0, "risk_accuracy": 0.0}
    costs = {"audit_cost_yuan": 1000.0, "analytics_cost_yuan": 100.0, "dashboard_cost_yuan": 10.0,
             "score_cost_yuan": 1.0}  # fmt: skip

    def of(**parts) -> float:
        return Platform(**nothing | costs | parts).yuan_per_seat

    assert of() == 0.0
    assert of(audited=0.5) == pytest.approx(500.0)
    assert of(analytics=0.5) == pytest.approx(50.0)
    assert of(dashboard=0.5) == pytest.approx(5.0)
    assert of(risk_accuracy=0.75) == pytest.approx(2.0)  # its errors are halved twice
