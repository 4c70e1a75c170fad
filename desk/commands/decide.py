"""Commands of the optimiser.

What a command needs is imported when it runs: `--help` must not wait seconds for numba and pandas.
"""

from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import (
    Json,
    Out,
    Quiet,
    Replications,
    ScenarioFile,
    Seed,
    Workers,
)

app = typer.Typer()


Candidates = Annotated[
    list[Path],
    typer.Argument(metavar="SCENARIO [SCENARIO...]", help="Scenario files, the base first."),
]
Calls = Annotated[
    int | None, typer.Option(min=1, help="Replications for the search; else the file's number.")
]
Solver = Annotated[
    str | None, typer.Option(help="Of the integer programs: cbc or highs; else the file's own.")
]


@app.command(epilog="Example: postloan optimise scenarios/baseline.toml --calls 300")
def optimise(
    scenario: ScenarioFile, calls: Calls = None, seed: Seed = None, workers: Workers = None,
    out: Out = Path("results/optimise"), solver: Solver = None, as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Search for a better scheme, verify it on fresh luck, and write it as a scenario file.

    Finished replications are kept beside the folder: a killed search goes on where it was.
    """
    from desk.decide import Request, best_scheme, decide

    request = Request((scenario,), out, seed, calls, solver, workers, as_json, quiet)
    decide(request, best_scheme)


@app.command(epilog="Example: postloan frontier scenarios/baseline.toml --on incentive")
def frontier(
    scenario: ScenarioFile,
    on: Annotated[str, typer.Option(help="Quantity whose bound is loosened.")] = "incentive",
    at: Annotated[
        list[float] | None, typer.Option(help="A bound; repeatable; else around today's figure.")
    ] = None,
    calls: Calls = None, seed: Seed = None, workers: Workers = None,
    out: Out = Path("results/frontier"), solver: Solver = None, as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Find the best verified scheme at each bound on a budget or on bad debt."""
    from desk.decide import Request, decide, frontier_of

    request = Request((scenario,), out, seed, calls, solver, workers, as_json, quiet)
    decide(request, frontier_of(on, tuple(at or ())))


@app.command(epilog="Example: postloan sensitivity baseline.toml results/optimise/proposed.toml")
def sensitivity(
    scenarios: Candidates, replications: Replications = None, calls: Calls = None,
    seed: Seed = None, workers: Workers = None, out: Out = Path("results/sensitivity"),
    as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Show which assumptions move a scheme's gain, and which change the choice.

    The first scenario is the base; without another one, the optimiser's proposal is it.
    """
    from desk.decide import Request, decide, sensitivity_of

    request = Request(tuple(scenarios), out, seed, calls, None, workers, as_json, quiet)
    decide(request, sensitivity_of(replications or 4))


@app.command(epilog="Example: postloan costing scenarios/balanced.toml --budget 2800")
def costing(
    scenario: ScenarioFile,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Incentive pay, yuan per seat and period.")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=20, max=100_000, help="Circumstances drawn: a power of two.")
    ] = 128,
    seed: Seed = None, workers: Workers = None, out: Out = Path("results/costing"),
    as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Cost one scheme over many circumstances: P10 to P95, breaches of the budget, reserve."""
    from desk.decide import Request, costing_of, decide

    request = Request((scenario,), out, seed, None, None, workers, as_json, quiet)
    decide(request, costing_of(budget, draws))


@app.command(epilog="Example: postloan regret baseline.toml results/optimise/proposed.toml")
def regret(
    scenarios: Candidates, replications: Replications = None, calls: Calls = None,
    seed: Seed = None, workers: Workers = None, out: Out = Path("results/regret"),
    as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Choose among schemes when nobody knows how people will respond to them.

    Without a second scenario, the optimiser's proposal is it.
    """
    from desk.decide import Request, decide, regret_of

    request = Request(tuple(scenarios), out, seed, calls, None, workers, as_json, quiet)
    decide(request, regret_of(replications or 4))
