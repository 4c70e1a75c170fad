"""Writes a result to a folder: its tables, scenarios, provenance and picture.

A folder holds, of a run or a comparison:

- `periods`, `seats`, `indicators`, `efforts`, `ledger`, `summary` as Parquet tables, those of a
  comparison with a column `scenario`, and its paired `differences`
- `scenarios/NAME.json`, each scenario with every key it was run with
- `gaming` where it was asked for: the gaming ledger of each scenario
- `about.json`, what the numbers depend on; equal files mean equal numbers
- `outcome.html` or `comparison.html`, a picture that needs no network
"""

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping, Set
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from desk.aside import aside, check_writable
from desk.blocks import picture_page
from sim import Comparison, InputError, Outcome, Scenario
from sim.tables import TABLES

ABOUT, SCENARIOS, SUMMARY, DIFFERENCES = "about.json", "scenarios", "summary", "differences"
GAMING = "gaming"
PICTURES = {"outcome": "outcome.html", "comparison": "comparison.html"}
MAKER = "postloan"
PACKAGES = (MAKER, "numpy", "numba", "mesa")
OURS = {ABOUT, SCENARIOS, *PICTURES.values()} | {
    f"{name}.parquet" for name in (*TABLES, SUMMARY, DIFFERENCES, GAMING)
}
LONGEST_FILE_NAME = 60  # characters; at most 240 bytes

Result = Outcome | Comparison
Ledgers = Mapping[str, pd.DataFrame]  # gaming ledgers by the scenarios' names


def save(result: Result, folder: Path, ledgers: Ledgers = MappingProxyType({})) -> Path:
    """The path of the picture, after all was written to `folder`; replaces an earlier result.

    Raises InputError if `folder` is anything else, or cannot be written.
    """
    check(folder)
    with aside(folder) as fresh:
        (fresh / SCENARIOS).mkdir(parents=True)
        for name, table in tables(result).items():
            table.to_parquet(fresh / f"{name}.parquet", index=False)
        if ledgers:
            stacked(ledgers).to_parquet(fresh / f"{GAMING}.parquet", index=False)
        for name, stem in file_stems(outcomes(result)).items():
            values = outcomes(result)[name].scenario.model_dump(mode="json")
            write_json(fresh / SCENARIOS / f"{stem}.json", values)
        write_json(fresh / ABOUT, about(result))
        (fresh / PICTURES[kind(result)]).write_text(page(result), encoding="utf-8", newline="\n")
    return folder / PICTURES[kind(result)]


def check(folder: Path, ours: Set[str] = OURS) -> None:
    """Refuse a folder that `save` would refuse, before the work that would be lost.

    `ours` are the files that an earlier result may hold.
    """
    try:
        if folder.is_dir():
            _check_earlier_result(folder, ours)
        elif folder.exists() or folder.is_symlink():
            raise InputError(f"{folder}: expected a folder for the results, this is a file")
        check_writable(folder)
    except OSError as error:
        raise InputError(f"{folder}: expected a place to write to ({error.strerror})") from None


def kind(result: Result) -> str:
    """`outcome` or `comparison`."""
    return "comparison" if isinstance(result, Comparison) else "outcome"


def outcomes(result: Result) -> dict[str, Outcome]:
    """The outcomes by their scenarios' names, the base first."""
    return result.outcomes if isinstance(result, Comparison) else {result.name: result}


def tables(result: Result) -> dict[str, pd.DataFrame]:
    """Every table of the result; those of a comparison have a column `scenario`."""
    if isinstance(result, Outcome):
        return {**result.tables, SUMMARY: result.summary()}
    parts = {name: tables(outcome) for name, outcome in result.outcomes.items()}
    together = {
        table: stacked({name: tables[table] for name, tables in parts.items()})
        for table in (*TABLES, SUMMARY)
    }
    return {**together, DIFFERENCES: result.differences()}


def about(result: Result) -> dict:
    """What the numbers depend on. No time of day: the same run gives the same file."""
    found = outcomes(result)
    stems, run = file_stems(found), next(iter(found.values())).scenario.run
    return {
        "made_by": MAKER,
        "kind": kind(result),
        "seed": run.seed,
        "replications": run.replications,
        "notes": result.notes if isinstance(result, Comparison) else [],
        "scenarios": [_described(o.name, stems[o.name], o.scenario) for o in found.values()],
        "versions": versions(),
    }


def page(result: Result) -> str:
    """The picture as a page that holds all it needs."""
    title = " against ".join(reversed(outcomes(result)))
    return picture_page(title, result.plot())


def file_stems(names: dict[str, Outcome]) -> dict[str, str]:
    """A file name without ending for each scenario's name: one of its own, inside the folder."""
    stems: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^\w.-]+", "_", name).strip("._")[:LONGEST_FILE_NAME] or "scenario"
        taken, stem, number = {s.casefold() for s in stems.values()}, plain, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{plain}_{number}"
        stems[name] = stem
    return stems


def _described(name: str, stem: str, scenario: Scenario) -> dict:
    file = f"{SCENARIOS}/{stem}.json"
    about = {"name": name, "title": scenario.title, "digest": scenario.digest, "file": file}
    loaded = scenario.portfolio.file
    return about | ({"portfolio_sha256": _sha256(Path(loaded))} if loaded else {})


def _sha256(path: Path) -> str | None:
    """Hash of a file's content; None if it is there no more."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def stacked(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables by scenario as one, with a column `scenario`."""
    stack = pd.concat(dict(parts), names=["scenario"])
    return stack.reset_index(level=0).reset_index(drop=True)


def versions() -> dict[str, str | None]:
    """Versions of what computes; null for a package that runs without being installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def _check_earlier_result(folder: Path, ours: Set[str]) -> None:
    """Refuse a folder that holds anything but a result."""
    try:
        earlier = json.loads((folder / ABOUT).read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{folder}: expected a new folder or an earlier result, this one has no {ABOUT}"
        ) from None
    except (OSError, ValueError):
        earlier = None
    if not isinstance(earlier, dict) or earlier.get("made_by") != MAKER:
        raise InputError(f"{folder}: expected an earlier result, its {ABOUT} is not postloan's")
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if foreign:
        raise InputError(
            f"{folder}: expected an earlier result and nothing else, it holds {foreign[0]!r}; "
            "move that away or name a new folder"
        )


def write_json(path: Path, values: dict) -> None:
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))  # paths may be any bytes


# ---- reading back ----


def load(folder: Path) -> tuple[Result, dict]:
    """The result that a folder holds, and its `about.json`.

    Raises InputError naming the file that is missing or is not what a run or comparison wrote.
    """
    kept = _kept(folder)
    names = {entry["name"]: folder / entry["file"] for entry in kept["scenarios"]}
    scenarios = {name: _scenario(path) for name, path in names.items()}
    whole = {name: read_table(folder / f"{name}.parquet") for name in TABLES}
    outcomes = {
        name: Outcome(name, scenario, {key: _own(t, name) for key, t in whole.items()})
        for name, scenario in scenarios.items()
    }
    _check_columns(folder, outcomes.values())
    result = Comparison(outcomes) if kept["kind"] == "comparison" else next(iter(outcomes.values()))
    return result, kept


def _check_columns(folder: Path, outcomes: Iterable[Outcome]) -> None:
    """Refuse tables of an earlier version, which lack what measures are made of."""
    try:
        for outcome in outcomes:
            outcome.summary()
    except (AttributeError, KeyError) as error:
        lacks = error.name if isinstance(error, AttributeError) else error.args[0]
        raise InputError(
            f"{folder}: expected tables of this version, periods.parquet has no column {lacks!r}; "
            "run it again",
            zh=f"{folder}：应为本版本写出的表，periods.parquet 缺少 {lacks!r} 列；请重新运行",
        ) from None


def load_ledgers(folder: Path) -> dict[str, pd.DataFrame]:
    """The gaming ledgers that a folder holds, by scenario; none if it was not asked for them."""
    path = folder / f"{GAMING}.parquet"
    if not path.is_file():
        return {}
    table = read_table(path)
    return {
        str(name): part.drop(columns="scenario").reset_index(drop=True)
        for name, part in table.groupby("scenario", sort=False)
    }


def _kept(folder: Path) -> dict:
    """What `about.json` says, if it is that of a run or a comparison."""
    path = folder / ABOUT
    missing = InputError(
        f"{folder}: expected a folder that `postloan run` or `compare` wrote, it has no {ABOUT}",
        zh=f"{folder}：应为 postloan run 或 compare 写出的文件夹，其中没有 {ABOUT}",
    )
    kept = read_json(path, missing)
    mine = isinstance(kept, dict) and kept.get("made_by") == MAKER and kept.get("kind") in PICTURES
    entries = kept.get("scenarios") if mine else None
    if not isinstance(entries, list) or not all(_names_a_file(entry) for entry in entries):
        raise InputError(
            f"{path}: expected the {ABOUT} of a run or a comparison",
            zh=f"{path}：应为单次模拟或比较写出的 {ABOUT}",
        )
    return kept


def _names_a_file(entry: object) -> bool:
    """Whether an entry of `scenarios` names a scenario and its file within the folder."""
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("file"), str)
        and Path(entry["file"]).parent == Path(SCENARIOS)
    )


def _scenario(path: Path) -> Scenario:
    try:
        values = json.loads(path.read_text("utf-8"))
        if not isinstance(values, dict):
            raise ValueError("no scenario in it")
        return Scenario.of(values)
    except (OSError, ValueError, InputError) as error:
        raise InputError(
            f"{path}: expected a scenario that postloan wrote ({error})",
            zh=f"{path}：应为 postloan 写出的情景（{error}）",
        ) from None


def read_json(path: Path, missing: InputError) -> Any:
    """What a file holds that postloan wrote. Raises InputError: `missing` if there is no file."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise missing from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: expected a file that postloan wrote ({error})",
            zh=f"{path}：应为 postloan 写出的文件（{error}）",
        ) from None


def read_table(path: Path) -> pd.DataFrame:
    """A table that postloan wrote. Raises InputError naming the file if it is none."""
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are of these kinds
        raise InputError(
            f"{path}: expected a table that postloan wrote ({error})",
            zh=f"{path}：应为 postloan 写出的表（{error}）",
        ) from None


def _own(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A scenario's part of a table; components that it does not have are left out."""
    if "scenario" not in table:
        return table
    mine = table[table["scenario"] == name].drop(columns="scenario").reset_index(drop=True)
    return mine.dropna(axis="columns", how="all")
