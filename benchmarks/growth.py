"""Cost per account-day from ten thousand accounts to a million."""

from benchmarks.effort import Effort
from benchmarks.figure import Figure
from benchmarks.worlds import Timing, least, scenario, timed


def figures(effort: Effort) -> list[Figure]:
    """Nanoseconds per live account-day at each size, and the dearest size to the cheapest."""
    runs: dict[int, list[Timing]] = {size: [] for size in effort.sizes}
    for _ in range(effort.repeats):
        for size, done in runs.items():
            often = max(1, min(5, 100_000 // size))
            done += [timed(scenario(size, effort.periods)) for _ in range(often)]
    best = {size: least(done) for size, done in runs.items()}
    rows = [figure for size, t in best.items() for figure in _at(size, t)]
    whole = [t.nanoseconds for t in best.values()]
    kernel = [t.kernel_nanoseconds for t in best.values()]
    span = f"{effort.sizes[0]:,} to {effort.sizes[-1]:,} accounts"
    return [
        *rows,
        Figure("growth", f"whole run, {span}: dearest to cheapest", max(whole) / min(whole),
               "×", at_most=1.5),
        Figure("growth kernel", "the loop over accounts alone", max(kernel) / min(kernel), "×"),
    ]  # fmt: skip


def _at(size: int, t: Timing) -> list[Figure]:
    unit = "ns per account-day"
    decisions = t.nanoseconds - t.kernel_nanoseconds
    return [
        Figure(f"whole {size}", f"{size:,} accounts: whole run", t.nanoseconds, unit),
        Figure(f"kernel {size}", "  loop over accounts", t.kernel_nanoseconds, unit),
        Figure(f"decisions {size}", "  decisions, record, pay, books", decisions, unit),
    ]
