"""A year of a million accounts with decisions and pay, on one thread."""

from benchmarks.effort import YEAR_DAYS, Effort
from benchmarks.figure import Figure
from benchmarks.worlds import Timing, least, scenario, timed


def figures(effort: Effort) -> list[Figure]:
    """Seconds after compilation, scaled from periods of 30 days to a year of 365."""
    given = scenario(effort.accounts, effort.periods)
    return _figures(least(timed(given) for _ in range(effort.repeats)), effort)


def _figures(t: Timing, effort: Effort) -> list[Figure]:
    year = YEAR_DAYS / t.days
    millions = 1e-6 / t.whole
    size = f"{effort.accounts:,} accounts"
    return [
        Figure("year", f"a year of {size}, one thread", year * t.whole, "s", at_most=10),
        Figure("year wall", "the same by the wall clock", year * t.wall, "s"),
        Figure("year kernel", "of it the loop over accounts", year * t.kernel, "s"),
        Figure("drawing", f"drawing {size} and a year's arrivals, before", t.drawing, "s"),
        Figure("live rate", "live accounts", millions * t.live_days, "M account-days/s", 100),
        Figure(
            "day-0 rate", "counting only the accounts of day 0",
            millions * effort.accounts * t.days, "M account-days/s",
        ),
        Figure("whole ns", "whole run", t.nanoseconds, "ns per account-day"),
        Figure("kernel ns", "loop over accounts alone", t.kernel_nanoseconds, "ns per account-day"),
    ]  # fmt: skip
