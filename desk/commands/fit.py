"""Commands about a lender's own data, and what is known: fitting, histories, facts.

What a command needs is imported when it runs: `--help` must not wait seconds for numba and pandas.
"""

from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import (
    DONE_NOT,
    Json,
    Language,
    Quiet,
    ScenarioFile,
    Seed,
    Workers,
)

app = typer.Typer()


@app.command(epilog="Example: postloan calibrate history.toml --out scenarios/mine.toml")
def calibrate(
    history: Annotated[
        Path,
        typer.Argument(metavar="HISTORY", help="A file like history.toml; or the Taiwan cards."),
    ],
    out: Annotated[Path, typer.Option(help="Scenario to write, .toml; its report beside it.")],
    base: Annotated[
        Path, typer.Option(help="Scenario that it extends, whose other numbers are the priors.")
    ] = Path("scenarios/baseline.toml"),
    types: Annotated[int, typer.Option(min=1, max=4, help="Latent types of borrowers.")] = 3,
    behaviour: Annotated[
        bool, typer.Option("--behaviour", help="Fit the collectors too, under the base's scheme.")
    ] = False,
    points: Annotated[
        int, typer.Option(min=40, max=5000, help="Runs to which collectors are compared.")
    ] = 300,
    lang: Language = "en", as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Fit a lender's account history: a scenario with the source of each number, and a report.

    Finished parts of the search are kept beside it: a killed calibration goes on where it was.
    Exit status 1 if the month that is left out of the fit did not come as foretold.
    """
    from desk.calibration import Request, carry_out

    holds = carry_out(Request(history, base, out, types, points if behaviour else 0, lang,
                              as_json, quiet))  # fmt: skip
    if not holds:
        raise typer.Exit(DONE_NOT)


@app.command(
    epilog="Example: postloan backtest scenarios/history/history.toml scenarios/balanced.toml"
)
def backtest(
    history: Annotated[
        Path, typer.Argument(metavar="HISTORY", help="A file that tells where the panels lie.")
    ],
    scheme: Annotated[
        Path, typer.Argument(metavar="SCHEME", help="A scenario file, for its scheme.")
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for tables; replaces an earlier result.")
    ] = Path("results/backtest"),
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No table.")] = False,
) -> None:
    """Re-price a lender's own history under a scheme, to the fen, beside the pay it recorded."""
    from desk.backtest import carry_out

    carry_out(history, scheme, out, as_json, quiet)


@app.command(epilog="Example: postloan history scenarios/baseline.toml --out mine")
def history(
    scenario: ScenarioFile,
    out: Annotated[Path, typer.Option(help="Folder to write; replaces an earlier one.")],
    seed: Seed = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:  # fmt: skip
    """Simulate a scenario and write it as a lender's own history, to imitate and read back."""
    from desk.history_folder import write

    accounts, collectors = write(scenario, seed, out)
    if not quiet:
        typer.echo(
            f"Wrote {accounts:,} account-months and {collectors:,} collector-months to {out}"
        )


@app.command(epilog="Example: postloan portfolio scenarios/baseline.toml --out accounts.csv")
def portfolio(
    scenario: ScenarioFile,
    out: Annotated[Path, typer.Option(help="File to write, .csv or .parquet.")],
    seed: Seed = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Draw a scenario's accounts and write them as a lender's file, to change and load back."""
    from desk.study import write_portfolio

    accounts = write_portfolio(scenario, seed, out)
    if not quiet:
        typer.echo(f"Wrote {accounts:,} accounts to {out}")


@app.command(epilog="Example: postloan validate --facts roll_m1,roll_m2 --seeds 4")
def validate(
    facts: Annotated[
        list[str] | None, typer.Option(help="Keys of facts, with commas between; else all.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=10_000, help="Runs of each fact.")] = 20,
    workers: Workers = None,
    history: Annotated[
        Path | None,
        typer.Option(
            envvar="POSTLOAN_HISTORY",
            help="Lender's status history, for the facts that are fitted to one.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Page to write, as docs/evidence.md is written.")
    ] = None,
    as_json: Json = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Check published facts against the model: exit status 1 if one of them fails."""
    from desk.validation import check_facts

    holds = check_facts(facts or [], seeds=seeds, workers=workers, history=history, out=out,
                        as_json=as_json, quiet=quiet)  # fmt: skip
    if not holds:
        raise typer.Exit(DONE_NOT)


@app.command(epilog="Example: postloan schema --out scenarios/schema.json")
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write; else stdout.")] = None,
) -> None:
    """Print the JSON schema of scenario files, from which editors complete and check them."""
    from desk.aside import aside
    from desk.scenario_schema import schema_text

    if out is None:
        typer.echo(schema_text(), nl=False)
        return
    with aside(out) as fresh:
        fresh.write_text(schema_text(), encoding="utf-8", newline="\n")
