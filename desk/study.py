"""Carries out what a command asks: scenario files in; a folder of results and an answer out."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from desk import answer, portfolio_file, results
from desk.progress import progress_bar
from sim import InputError, Scenario, World, compare, gaming_ledger
from sim.run import Call, check_memory
from sim.scenario_file import scenario_names

PLACE = "command line"  # what messages about its settings name


def carry_out(
    paths: Sequence[Path], *, settings: dict[str, int | None], workers: int | None, out: Path,
    gaming: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Simulate one scenario, or several under the same luck; save and print what came out."""
    Call.of(PLACE, workers=workers, **settings)
    scenarios = {name: Scenario.load(path) for name, path in scenario_names(paths).items()}
    results.check(out)
    with progress_bar(quiet) as progress, interruptible():
        found = compare(scenarios, **settings, workers=workers, progress=progress)
        ledgers = {
            name: gaming_ledger(outcome.scenario, workers=workers, progress=progress)
            for name, outcome in found.outcomes.items()
            if gaming
        }
    result = found if len(paths) > 1 else found.base
    picture = results.save(result, out, ledgers)
    if as_json:
        typer.echo(answer.json_text(result, picture, ledgers))
    elif not quiet:
        answer.print_tables(result)
        answer.print_ledgers(ledgers)
        typer.echo(f"Picture: {picture}")


def write_portfolio(path: Path, seed: int | None, out: Path) -> int:
    """Accounts written: the portfolio that the scenario's replication 0 starts from."""
    Call.of(PLACE, seed=seed)
    portfolio_file.check_ending(out)
    scenario = Scenario.load(path)
    if scenario.portfolio.file:
        raise InputError(
            f"{path} [portfolio] file: expected a scenario that draws its portfolio, this one "
            f"loads {scenario.portfolio.file}"
        )
    if seed is not None:
        luck = scenario.run.model_copy(update={"seed": seed})
        scenario = scenario.model_copy(update={"run": luck})
    check_memory(scenario)
    portfolio = World(scenario).portfolio
    portfolio_file.write(portfolio, out)
    return len(portfolio.accounts)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block Ctrl-C or a plain kill ends the workers too, without their tracebacks."""
    home = os.getpid()

    def stop(*_) -> None:
        if os.getpid() != home:  # in a worker, which was forked with this handler
            os._exit(1)
        for worker in multiprocessing.active_children():
            worker.kill()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
