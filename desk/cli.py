"""The command line: a command of `postloan` each.

Commands import what they need when they run: `--help` must not wait seconds for numba and pandas.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

DONE_NOT, INPUT_WRONG, INTERRUPTED = 1, 2, 130  # exit statuses
FINISHED = "finished runs are kept; the same command goes on."


class Answered(TyperGroup):
    """Turns what went wrong into a message on stderr and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            kept = "desk.sweep" in sys.modules  # then finished runs are in its store
            typer.echo(f"Interrupted: {FINISHED if kept else 'nothing was written.'}", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if "sim" not in sys.modules:  # then it is not ours, and importing it takes seconds
                raise
            message, status = _verdict(error)
            if not status:
                raise
            typer.echo(message, err=True)
            raise typer.Exit(status) from None


def _verdict(error: Exception) -> tuple[str, int]:
    """The message and exit status of an expected error; status 0 for any other."""
    from concurrent.futures.process import BrokenProcessPool

    from sim.errors import InputError, PostloanError
    from sim.shown import shown

    if isinstance(error, InputError):
        return str(error), INPUT_WRONG
    if isinstance(error, PostloanError):
        return f"{type(error).__name__}: {error}", DONE_NOT
    if isinstance(error, BrokenProcessPool | MemoryError):
        return "Stopped for want of memory: expected fewer accounts or --workers.", DONE_NOT
    if isinstance(error, UnicodeEncodeError):  # as the system's own names of files can be
        return f"{shown(error.object)}: expected a name and a locale in UTF-8", INPUT_WRONG
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        where = error.filename or "current folder or output"
        return f"{where}: expected to read and write there ({error.strerror})", INPUT_WRONG
    return "", 0


app = typer.Typer(
    cls=Answered, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Simulate and compare the pay schemes of the people who collect overdue loans.",
)  # fmt: skip

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]


def whole(text: str) -> int:
    """The whole number that an option is given."""
    if not re.fullmatch(r"[+-]?[0-9]{1,300}", text):
        raise typer.BadParameter(f"{text[:60]!r}: expected a whole number")
    return int(text)


def number(meaning: str) -> Any:
    """An option that takes a whole number; its range stands in the model."""
    return typer.Option(parser=whole, metavar="NUMBER", help=meaning)


Replications = Annotated[
    int | None, number("Runs with different luck; else the scenario's own number.")
]
Seed = Annotated[int | None, number("Names the luck; else the scenario's own seed.")]
Workers = Annotated[int | None, number("Processes; else one per processor. Changes no number.")]
Out = Annotated[
    Path, typer.Option(help="Folder for tables and picture; replaces an earlier result.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Language = Annotated[str, typer.Option("--lang", metavar="en|zh", help="English or 中文.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar and no table.")]
Gaming = Annotated[
    bool,
    typer.Option("--gaming", help="Keep the gaming ledger too: six runs more of each replication."),
]


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


@app.command(epilog="Example: postloan attainment scenarios/baseline.toml --replications 4")
def attainment(
    scenario: ScenarioFile, replications: Replications = None, seed: Seed = None,
    workers: Workers = None, out: Out = Path("results/attainment"), as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Show where people stand on the payout curves of a scheme's cards."""
    from desk.insight import carry_out

    settings = {"replications": replications, "seed": seed}
    carry_out("attainment", scenario, settings=settings, workers=workers, out=out,
              as_json=as_json, quiet=quiet)  # fmt: skip


@app.command(epilog="Example: postloan gaming scenarios/baseline.toml --replications 4")
def gaming(
    scenario: ScenarioFile, replications: Replications = None, seed: Seed = None,
    workers: Workers = None, out: Out = Path("results/gaming"), as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Split each indicator's lift into real, moved, harmful and cosmetic parts."""
    from desk.insight import carry_out

    settings = {"replications": replications, "seed": seed}
    carry_out("gaming", scenario, settings=settings, workers=workers, out=out, as_json=as_json,
              quiet=quiet)  # fmt: skip


@app.command(epilog="Example: postloan fairness scenarios/baseline.toml --replications 4")
def fairness(
    scenario: ScenarioFile, replications: Replications = None, seed: Seed = None,
    workers: Workers = None, out: Out = Path("results/fairness"), as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Tell what pay differences come from, and whether pay follows contribution."""
    from desk.insight import carry_out

    settings = {"replications": replications, "seed": seed}
    carry_out("fairness", scenario, settings=settings, workers=workers, out=out, as_json=as_json,
              quiet=quiet)  # fmt: skip


@app.command(epilog="Example: postloan view scenarios/baseline.toml --replications 4")
def view(
    scenario: ScenarioFile, replications: Replications = None, seed: Seed = None,
    workers: Workers = None, out: Out = Path("results/view"), as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Show what an hour more of each task adds to pay, by day and attainment."""
    from desk.insight import carry_out

    settings = {"replications": replications, "seed": seed}
    carry_out("view", scenario, settings=settings, workers=workers, out=out, as_json=as_json,
              quiet=quiet)  # fmt: skip


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


ResultFolder = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="A folder written by run or compare.")
]
Studies = Annotated[
    list[Path] | None,
    typer.Option("--study", help="Folder of frontier, sensitivity, costing or regret; repeatable."),
]


@app.command(epilog="Example: postloan explain scenarios/balanced.toml --lang zh --out plan.html")
def explain(
    scenario: ScenarioFile, lang: Language = "en",
    out: Annotated[
        Path | None, typer.Option(help="File to write, .html or Markdown .md; else stdout.")
    ] = None,
) -> None:  # fmt: skip
    """Write the plan document for collectors: what is measured, paid and not allowed."""
    from desk.dossiers import explain as write

    write(scenario, lang, out)


@app.command(epilog="Example: postloan lint scenarios/recovery_only.toml --budget 2500")
def lint(
    scenario: ScenarioFile,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Incentive pay, yuan per seat and period.")
    ] = None,
    lang: Language = "en", as_json: Json = False,
) -> None:  # fmt: skip
    """Point at a scheme's obvious flaws, without simulating: exit status 1 if it has any."""
    from desk.linting import point_out

    if point_out(scenario, budget, lang, as_json):
        raise typer.Exit(DONE_NOT)


@app.command(epilog="Example: postloan report results/compare --lang zh --out report.html")
def report(
    folder: ResultFolder, study: Studies = None, lang: Language = "en",
    out: Annotated[
        Path | None, typer.Option(help="File to write, .html; else RESULTS-report.html.")
    ] = None,
) -> None:  # fmt: skip
    """Write the decision dossier of a result: one HTML file that needs no network."""
    from desk.dossiers import report as write

    write(folder, study or (), lang, out)


@app.command(epilog="Example: postloan plot results/compare --png --lang zh")
def plot(
    folder: ResultFolder, study: Studies = None, lang: Language = "en",
    png: Annotated[
        bool, typer.Option("--png", help="PNG files, drawn by an installed Chrome or Chromium.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; else RESULTS-pictures.")
    ] = None,
) -> None:  # fmt: skip
    """Write the pictures of a result, each as a page that needs no network, or as PNG."""
    from desk.pictures import plot as write

    write(folder, study or (), lang, png, out)


@app.command(epilog="Example: postloan workbook results/compare --out cost.xlsx")
def workbook(
    folder: ResultFolder, study: Studies = None, lang: Language = "en",
    out: Annotated[
        Path | None, typer.Option(help="File to write, .xlsx; else RESULTS-workbook.xlsx.")
    ] = None,
) -> None:  # fmt: skip
    """Write a result as an Excel workbook for finance, with a budget and prices to change."""
    from desk.dossiers import workbook as write

    write(folder, study or (), lang, out)


@app.command(epilog="Example: postloan page scenarios/balanced.toml scenarios/commission_only.toml")
def page(
    scenarios: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenario files, or folders that hold them."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to serve on; others may then read it.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8050,
) -> None:
    """Open the page that compares schemes by sliders: a local web server, without network."""
    from importlib.util import find_spec

    from sim import InputError

    if not find_spec("dash"):
        raise InputError('page: expected Dash, the extra "page": pip install "postloan[page]"')
    from desk.page.serve import serve

    serve(scenarios or [Path("scenarios")], host, port)


def main() -> None:
    """Run the command that the arguments name; ends the process with its status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: nobody wants to read
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (as long as the process)
        getattr(sys, name).reconfigure(errors="backslashreplace")  # where a terminal lacks 方案
    app(prog_name="postloan")


if __name__ == "__main__":
    sys.exit(main())
