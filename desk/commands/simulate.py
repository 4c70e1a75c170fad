"""Commands that simulate: runs, comparisons and sweeps.

What a command needs is imported when it runs: `--help` must not wait seconds for numba and pandas.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import (
    DONE_NOT,
    Gaming,
    Json,
    Out,
    Quiet,
    Replications,
    ScenarioFile,
    Seed,
    Workers,
)

app = typer.Typer()


@app.command(epilog="Example: postloan run scenarios/balanced.toml --replications 4")
def run(
    scenario: ScenarioFile, replications: Replications = None, seed: Seed = None,
    workers: Workers = None, out: Out = Path("results/run"), gaming: Gaming = False,
    as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Simulate one scenario: tables, and a picture of cash, bad debt, pay and complaints."""
    from desk.study import carry_out

    settings = {"replications": replications, "seed": seed}
    carry_out([scenario], settings=settings, workers=workers, out=out, gaming=gaming,
              as_json=as_json, quiet=quiet)  # fmt: skip


@app.command(
    epilog="Example: postloan compare scenarios/balanced.toml scenarios/recovery_only.toml"
)
def compare(
    scenarios: Annotated[
        list[Path],
        typer.Argument(metavar="SCENARIO SCENARIO...", help="Scenario files, the base first."),
    ],
    replications: Replications = None, seed: Seed = None, workers: Workers = None,
    out: Out = Path("results/compare"), gaming: Gaming = False, as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Simulate scenarios under the same luck: paired differences from the first one."""
    if len(scenarios) < 2:
        raise typer.BadParameter(f"expected at least two scenarios, found only {scenarios[0]}")
    from desk.study import carry_out

    settings = {"replications": replications, "seed": seed}
    carry_out(scenarios, settings=settings, workers=workers, out=out, gaming=gaming,
              as_json=as_json, quiet=quiet)  # fmt: skip


@app.command(epilog="Example: postloan sweep scenarios/sweep.toml --precision net_value=1%")
def sweep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=r"A file with a table \[sweep].")],
    replications: Replications = None, seed: Seed = None, workers: Workers = None,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, tcp://HOST:PORT.")
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(help="Go on until differences are known so closely: net_value=5000 or =1%."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Store of finished runs; what it holds is not run again.")
    ] = Path("results/sweep"),
    as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Simulate schemes x parameters x replications; killed and called again, it goes on."""
    from desk.sweep import carry_out, precision_of

    settings = {"replications": replications, "seed": seed, "precision": precision_of(precision)}
    precise = carry_out(file, settings=settings, workers=workers, cluster=cluster, out=out,
                        as_json=as_json, quiet=quiet)  # fmt: skip
    if not precise:
        typer.echo("Not as close as asked: more replications are needed.", err=True)
        raise typer.Exit(DONE_NOT)


@app.command(
    epilog="Example: postloan results results/sweep "
    '--sql "SELECT scheme, avg(net_value) FROM runs GROUP BY scheme"'
)
def results(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A store made by sweep.")],
    table: Annotated[
        str, typer.Option(help="summary, differences, runs, periods or cells.")
    ] = "summary",
    sql: Annotated[str | None, typer.Option(help="A DuckDB query over these tables.")] = None,
    sweep_name: Annotated[
        str | None, typer.Option("--sweep", help="Which sweep, by name; else the last one.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write, .csv or .parquet.")
    ] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show a table of a sweep's finished runs, also while it goes on."""
    from desk.answer import records
    from desk.stored import save, table_of, tell

    found = table_of(folder, table, sweep_name, sql)
    if out:
        save(found, out)
    if as_json:
        typer.echo(json.dumps(records(found), indent=2, ensure_ascii=False, allow_nan=False))
    elif not out:
        tell(found)
