"""Worlds to be timed: the baseline scheme at any size, with a stopwatch on each part of a run."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.effort import ACCOUNTS_PER_SEAT, PERIOD_DAYS
from benchmarks.stopwatch import Stopwatch
from sim import Scenario, World

BASELINE = Path(__file__).resolve().parent.parent / "scenarios" / "baseline.toml"


@dataclass(frozen=True)
class Timing:
    """Seconds of one run from a drawn portfolio to the horizon, and what was carried in them."""

    drawing: float  # cpu seconds of constructing the world
    whole: float  # cpu seconds of all steps: accounts, decisions, record, pay, books
    kernel: float  # the part of them inside the compiled loop over accounts
    wall: float  # wall seconds of all steps
    live_days: float  # account-days of the accounts that had arrived
    days: float

    @property
    def nanoseconds(self) -> float:
        """Of the whole run, per live account-day."""
        return 1e9 * self.whole / self.live_days

    @property
    def kernel_nanoseconds(self) -> float:
        return 1e9 * self.kernel / self.live_days


def scenario(accounts: int, periods: int) -> Scenario:
    """The baseline scheme with adaptive collectors, 400 accounts on day 0 per seat."""
    return Scenario.load(BASELINE).vary(
        portfolio={"accounts": accounts},
        workforce={"seats": accounts // ACCOUNTS_PER_SEAT},
        response={"mode": "adaptive"},
        run={"periods": periods, "period_days": PERIOD_DAYS, "warm_up": 0},
    )


def timed(given: Scenario) -> Timing:
    """One run, one thread. `World._advance` is the one place that calls the kernel."""
    drawing, whole, kernel = Stopwatch(), Stopwatch(), Stopwatch()
    with drawing:
        world = World(given)
    carry = world._advance

    def advance(*span: object) -> None:
        with kernel:
            carry(*span)

    world._advance = advance
    with whole:
        while world.running:
            world.step()
    return Timing(
        drawing.cpu, whole.cpu, kernel.cpu, whole.wall, float(world.account_days), world.day
    )


def warm() -> None:
    """Compile, or load from the cache, whatever a run needs."""
    timed(scenario(4 * ACCOUNTS_PER_SEAT, 1))


def least(timings: Iterable[Timing]) -> Timing:
    """The minimum of each part over repetitions: what the work takes when nothing disturbs it."""
    rows = list(timings)
    return Timing(*(min(getattr(row, field.name) for row in rows) for field in fields(Timing)))
