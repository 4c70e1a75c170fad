"""What a sweep found: tidy tables of its runs, read from the store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.errors import InputError
from sim.identity import code_key, named
from sim.interval import interval
from sim.measures import MEASURES, measures_of, paired
from sim.plan import Plan
from sim.store import Store
from sim.tables import period_columns
from sim.world import World

KEYS = [measure.key for measure in MEASURES]
IDENTITY = ["scenario_key", "seed", "code"]  # with the replication they tell a run
PLACE = ["scheme", "point"]


@dataclass(frozen=True)
class Swept:
    """The finished runs of one sweep, in the order of its plan.

    `cells` has a row for each scheme at each point: `scheme` (the base first), `point`, the
    varied keys, and the scenario in JSON. `runs` has a row for each run: the same but the
    scenario, `replication`, `run` (its name in the store) and every measure.
    """

    cells: pd.DataFrame
    varied: tuple[str, ...]
    runs: pd.DataFrame

    @classmethod
    def read(cls, store: Store, sweep: str, counts: Mapping[int, int] | None = None) -> Self:
        """The runs of a sweep; `counts` says how many replications of each point, else all."""
        cells, varied = cells_of(store, sweep)
        found = store.runs([*IDENTITY, "run", "replication", *KEYS])
        if found is None:
            raise InputError(f"{store.folder}: this store has no finished run yet")
        runs = cells.reset_index().merge(found.to_pandas(), on=IDENTITY)
        if counts is not None:
            runs = runs[runs["replication"] < runs["point"].map(counts)]
        runs = runs.sort_values(["index", "replication"], ignore_index=True)
        return cls(cells, varied, runs[[*PLACE, *varied, "replication", "run", *KEYS]])

    def periods(self, store: Store) -> pd.DataFrame:
        """A row for each run and pay period: money, activity and staff, true and recorded."""
        found = store.runs(["run", "periods"])
        lists = found["periods"].combine_chunks()
        table = pa.Table.from_struct_array(pc.list_flatten(lists)).to_pandas()
        table.insert(0, "run", found["run"].combine_chunks().take(pc.list_parent_indices(lists)))
        return self.runs.drop(columns=KEYS).merge(table, on="run")

    @cached_property
    def by_cell(self) -> dict[tuple[str, int], pd.DataFrame]:
        """The measures of each scheme at each point, a row per replication."""
        parts = self.runs.set_index("replication").groupby(PLACE, sort=False)
        return {key: part[KEYS] for key, part in parts}

    @property
    def base(self) -> str:
        """The scheme with which the others are compared."""
        return self.cells["scheme"].iloc[0]

    def summary(self) -> pd.DataFrame:
        """Mean and 95 % interval of every measure for each scheme at each point."""
        rows = []
        for place, part in self.by_cell.items():
            for m in MEASURES:
                mean, low, high = interval(part[m.key].to_numpy())
                found = {"mean": mean, "low": low, "high": high, "runs": len(part)}
                rows.append(self._about(place, m) | found)
        return pd.DataFrame(rows)

    def differences(self) -> pd.DataFrame:
        """Paired differences from the base scheme at the same point, with 95 % intervals."""
        rows = [
            self._about(place, m) | self.difference(place, m.key)
            for place in self.by_cell if place[0] != self.base for m in MEASURES
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def difference(self, place: tuple[str, int], measure: str) -> dict[str, float]:
        """The paired difference of one measure; the same luck reduced its variance so much.

        `variance_reduction` is how many times as many runs independent luck would need.
        """
        mine, base = (self.by_cell[at][measure] for at in (place, (self.base, place[1])))
        both = mine.index.intersection(base.index)
        found = paired(mine[both].to_numpy(), base[both].to_numpy())
        return found | {"variance_reduction": found["unpaired_runs"] / max(found["runs"], 1)}

    def half_width(self, point: int, measure: str) -> tuple[float, float]:
        """The widest 95 % half-interval of a point's differences, and the base's mean.

        With one scheme there is no difference; then it is that of the mean itself.
        """
        base = self.by_cell[self.base, point][measure].to_numpy()
        others = [place for place in self.by_cell if place[1] == point and place[0] != self.base]
        found = [self.difference(place, measure) for place in others]
        highs = [d["high"] - d["difference"] for d in found]
        mean, _, high = interval(base)
        return max(highs) if highs else high - mean, mean

    def _about(self, place: tuple[str, int], measure) -> dict:
        scheme, point = place
        cell = self.cells[self.cells["point"] == point].iloc[0]
        where = {"scheme": scheme, "point": point} | {key: cell[key] for key in self.varied}
        return where | {"measure": measure.key, "meaning": measure.en, "unit": measure.unit}


def sweep_table(plan: Plan, scenario_keys: Mapping[tuple[str, int], str]) -> pa.Table:
    """What the store keeps of a plan: a row for each scheme at each point."""
    return pa.Table.from_pylist([
        {
            "scheme": cell.scheme, "point": cell.point,
            "varied": json.dumps(plan.points[cell.point], ensure_ascii=False),
            "scenario": cell.scenario.model_dump_json(),
            "scenario_key": scenario_keys[cell.scheme, cell.point],
            "seed": plan.seed, "code": code_key(),
        }
        for cell in plan.cells
    ])  # fmt: skip


def sweep_name(table: pa.Table) -> str:
    """The name of a sweep in its store; how many replications it has does not change it."""
    return named(table.drop_columns("scenario").to_pylist())


def run_row(key: str, scenario_key: str, replication: int, world: World) -> pa.Table:
    """A run as one row: what it is, its measures, and its table by period as a list."""
    periods = period_columns(world)
    facts = {
        "run": key, "scenario_key": scenario_key, "seed": world.scenario.run.seed,
        "replication": replication, "code": code_key(),
    } | measures_of(periods, world.scenario.run.warm_up)  # fmt: skip
    rows = pa.StructArray.from_arrays(list(map(pa.array, periods.values())), names=list(periods))
    nested = pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)
    return pa.table({name: [fact] for name, fact in facts.items()} | {"periods": nested})


def cells_of(store: Store, sweep: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The schemes at the points of a sweep, with a column for each varied key."""
    table = store.sweep(sweep)
    if table is None:
        raise InputError(
            f"{store.folder}: no sweep {sweep!r}; expected one of {', '.join(store.sweeps())}"
        )
    cells = table.to_pandas()
    varied = pd.DataFrame(map(json.loads, cells.pop("varied")), index=cells.index)
    for at, key in enumerate(varied):
        cells.insert(2 + at, key, varied[key].map(_plain))
    return cells, tuple(varied)


def _plain(value):
    """A list or table as text: cells of a table hold one thing."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
