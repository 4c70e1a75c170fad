"""What a study of the optimiser found, read back from the folder that `desk.decide` wrote."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from desk import results
from desk.decide import ANSWER
from sim import InputError

NEEDED = {  # tables by which a study is known
    "frontier": ("frontier",),
    "sensitivity": ("tornado", "decision"),
    "costing": ("costing", "circumstances"),
    "regret": ("regret", "learning"),
}


@dataclass(frozen=True)
class Decided:
    """A study: its kind, the scenario it was made of, and what it found."""

    kind: str
    folder: Path
    digest: str  # of the scenario that was decided about
    answer: dict
    tables: dict[str, pd.DataFrame]


def load_decided(folders: Iterable[Path]) -> tuple[Decided, ...]:
    """The studies in the folders. Raises InputError naming what is missing or not postloan's."""
    return tuple(map(_load, folders))


def _load(folder: Path) -> Decided:
    about = _json(folder / results.ABOUT, folder)
    if about.get("made_by") != results.MAKER or about.get("kind") != "decision":
        raise InputError(
            f"{folder}: expected a folder that one of {', '.join(NEEDED)} wrote",
            zh=f"{folder}：应为 {'、'.join(NEEDED)} 之一写出的文件夹",
        )
    answer = _json(folder / ANSWER, folder)
    for kind, names in NEEDED.items():
        paths = {name: folder / f"{name}.parquet" for name in names}
        if all(path.is_file() for path in paths.values()):
            tables = {name: results.read_table(path) for name, path in paths.items()}
            return Decided(kind, folder, str(about.get("scenario")), answer, tables)
    raise InputError(
        f"{folder}: expected a study with tables, by one of {', '.join(NEEDED)}",
        zh=f"{folder}：应为带有结果表的研究（{'、'.join(NEEDED)}）",
    )


def _json(path: Path, folder: Path) -> dict:
    missing = InputError(
        f"{folder}: expected a folder of a study, it has no {path.name}",
        zh=f"{folder}：应为研究结果文件夹，其中没有 {path.name}",
    )
    kept = results.read_json(path, missing)
    return kept if isinstance(kept, dict) else {}
