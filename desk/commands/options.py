"""Arguments and options that several commands take."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

DONE_NOT, INPUT_WRONG, INTERRUPTED = 1, 2, 130  # exit statuses

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
ResultFolder = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="A folder written by run or compare.")
]
Studies = Annotated[
    list[Path] | None,
    typer.Option("--study", help="Folder of frontier, sensitivity, costing or regret; repeatable."),
]
