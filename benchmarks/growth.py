"""How the cost of a run grows: with accounts, seats, periods, and schemes of one comparison."""

from collections.abc import Iterable

from benchmarks.effort import Effort
from benchmarks.figure import Figure
from benchmarks.stopwatch import Stopwatch
from benchmarks.worlds import Timing, least, scenario, timed
from sim import Scenario
from sim.run import worlds

MIDDLE = 100_000  # accounts, where something else grows
PER_SEAT = (1600, 400, 100)  # accounts of each seat on day 0
SCHEMES = 5


def figures(effort: Effort) -> list[Figure]:
    """Cost of a unit of work at each size, and the dearest size to the cheapest."""
    return [*_accounts(effort), *_seats(effort), *_periods(effort), _schemes(effort)]


def _accounts(effort: Effort) -> list[Figure]:
    best = _least({n: scenario(n, effort.periods) for n in effort.sizes}, effort)
    rows = [figure for size, t in best.items() for figure in _at(size, t)]
    span = f"{effort.sizes[0]:,} to {effort.sizes[-1]:,} accounts"
    return [
        *rows,
        Figure("accounts", f"whole run, {span}: dearest to cheapest",
               _spread(t.nanoseconds for t in best.values()), "×", at_most=1.5),
        Figure("accounts kernel", "the loop over accounts alone",
               _spread(t.kernel_nanoseconds for t in best.values()), "×"),
    ]  # fmt: skip


def _at(size: int, t: Timing) -> list[Figure]:
    unit = "ns per account-day"
    decisions = t.nanoseconds - t.kernel_nanoseconds
    return [
        Figure(f"whole {size}", f"{size:,} accounts: whole run", t.nanoseconds, unit),
        Figure(f"kernel {size}", "  loop over accounts", t.kernel_nanoseconds, unit),
        Figure(f"decisions {size}", "  decisions, record, pay, books", decisions, unit),
    ]


def _seats(effort: Effort) -> list[Figure]:
    """The same accounts on few seats and on many."""
    given = {
        MIDDLE // each: scenario(MIDDLE, effort.periods).vary(workforce={"seats": MIDDLE // each})
        for each in PER_SEAT
    }
    best = _least(given, effort)
    rows = [
        Figure(f"seats {n}", f"{n:,} seats, {MIDDLE:,} accounts: decisions, record, pay, books",
               1e6 * (t.whole - t.kernel) / (n * t.days / 7), "µs per seat-week")
        for n, t in best.items()
    ]  # fmt: skip
    few, many = (best[MIDDLE // each].whole for each in (PER_SEAT[0], PER_SEAT[-1]))
    text = f"whole run, {PER_SEAT[0] // PER_SEAT[-1]} times as many seats"
    return [*rows, Figure("seats", text, many / few, "×")]


def _periods(effort: Effort) -> list[Figure]:
    """A month, and a whole horizon, per account-day."""
    best = _least({n: scenario(MIDDLE, n) for n in (1, effort.periods)}, effort)
    rows = [
        Figure(f"periods {n}", f"{n} period{'s' * (n > 1)} of {MIDDLE:,} accounts: whole run",
               t.nanoseconds, "ns per account-day")
        for n, t in best.items()
    ]  # fmt: skip
    spread = _spread(t.nanoseconds for t in best.values())
    return [*rows, Figure("periods", "dearest horizon to cheapest", spread, "×")]


def _schemes(effort: Effort) -> Figure:
    """A run of several that start from one portfolio against a run alone, drawing included."""
    given = scenario(MIDDLE, effort.periods)
    alone, together = [], []
    for _ in range(effort.repeats):
        alone.append(_together([given]))
        together.append(_together([given] * SCHEMES))
    text = f"a run among {SCHEMES} schemes to a run of one, drawing included"
    return Figure("schemes", text, min(together) / SCHEMES / min(alone), "×")


def _together(scenarios: list[Scenario]) -> float:
    watch = Stopwatch()
    with watch:
        for _ in worlds(scenarios, 0):
            pass
    return watch.cpu


def _least(given: dict[int, Scenario], effort: Effort) -> dict[int, Timing]:
    """The least of interleaved repetitions; small runs are repeated more often."""
    runs: dict[int, list[Timing]] = {size: [] for size in given}
    for _ in range(effort.repeats):
        for size, done in runs.items():
            often = max(1, min(5, MIDDLE // given[size].portfolio.accounts))
            done += [timed(given[size]) for _ in range(often)]
    return {size: least(done) for size, done in runs.items()}


def _spread(costs: Iterable[float]) -> float:
    costs = list(costs)
    return max(costs) / min(costs)
