"""Commands that write what one hands on: documents, workbook, pictures, page.

What a command needs is imported when it runs: `--help` must not wait seconds for numba and pandas.
"""

from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import Language, ResultFolder, ScenarioFile, Studies

app = typer.Typer()


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
