"""The folder of results: it loads back, repeats bit for bit, and takes no other folder's place."""

import json
from pathlib import Path

import pandas as pd
import pytest

from desk import results
from sim import Comparison, InputError, Outcome, Scenario, compare
from sim.tables import TABLES

TINY = Scenario.of(
    {
        "run": {"periods": 2, "replications": 2},
        "portfolio": {"accounts": 300},
        "workforce": {"seats": 3},
    }
)
NASTY = ("../up", "..", "", "a/b", "A_b", "<b>催收</b>", "x" * 300, "y\0z")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    richer = TINY.vary(scheme={"wage_yuan": 9000})
    return compare({"today": TINY, "../richer": richer}, workers=1)


@pytest.fixture(scope="module")
def saved(comparison, tmp_path_factory) -> Path:
    """The comparison's folder."""
    folder = tmp_path_factory.mktemp("results") / "comparison"
    results.save(comparison, folder)
    return folder


@pytest.fixture(scope="module")
def saved_outcome(comparison, tmp_path_factory) -> Path:
    """The folder of its first outcome."""
    folder = tmp_path_factory.mktemp("results") / "outcome"
    results.save(comparison.base, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", [*TABLES, "summary"])
def test_tables_of_an_outcome_load_back(name, comparison, saved_outcome):
    loaded = pd.read_parquet(saved_outcome / f"{name}.parquet")
    expected = results.tables(comparison.base)[name]
    pd.testing.assert_frame_equal(loaded, expected, check_dtype=False)


@pytest.mark.parametrize("name", [*TABLES, "summary", "differences"])
def test_tables_of_a_comparison_name_the_scenario(name, saved):
    loaded = pd.read_parquet(saved / f"{name}.parquet")
    expected = {"../richer"} if name == "differences" else {"today", "../richer"}
    assert set(loaded["scenario"]) == expected


def test_scenarios_load_back_as_they_were_run(comparison, saved):
    for told in json.loads((saved / "about.json").read_text("utf-8"))["scenarios"]:
        values = json.loads((saved / told["file"]).read_text("utf-8"))
        scenario = Scenario.of(values)
        assert scenario == comparison.outcomes[told["name"]].scenario
        assert scenario.digest == told["digest"]


def test_same_luck_gives_the_same_bytes_whatever_the_workers(tmp_path):
    for workers in (1, 2):
        found = compare({"a": TINY, "b": TINY.vary(workforce={"integrity_yuan": 1})},
                        workers=workers)  # fmt: skip
        results.save(found, tmp_path / str(workers))
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_picture_needs_no_network(saved):
    page = (saved / "comparison.html").read_text("utf-8")
    assert "<title>../richer against today</title>" in page
    assert "<script src" not in page


def test_names_stay_inside_the_folder_and_apart(comparison):
    outcome = comparison.base
    stems = results.file_stems(dict.fromkeys(NASTY, outcome))
    assert len({stem.casefold() for stem in stems.values()}) == len(NASTY)
    for stem in stems.values():
        assert Path(stem).name == stem
        assert stem not in ("", ".", "..")
        assert len(stem.encode()) < 250


def test_every_name_can_be_saved(comparison, tmp_path):
    outcomes = {n: Outcome(n, TINY, comparison.base.tables) for n in NASTY}
    results.save(Comparison(outcomes), tmp_path / "in" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert len(list((tmp_path / "in/out/scenarios").iterdir())) == len(NASTY)


def test_earlier_result_is_replaced_whole(comparison, tmp_path):
    results.save(comparison, tmp_path / "out")
    results.save(comparison.base, tmp_path / "out")
    assert not (tmp_path / "out/comparison.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


FOREIGN = {
    "no result": ({"notes.txt": ""}, "this one has no about.json"),
    "someone else's about.json": ({"about.json": '{"made_by": "you"}'}, "is not postloan's"),
    "broken about.json": ({"about.json": "{"}, "is not postloan's"),
    "a note beside a result": (
        {"about.json": '{"made_by": "postloan"}', "notes.txt": ""}, "it holds 'notes.txt'"),
}  # fmt: skip


@pytest.mark.parametrize(("held", "message"), FOREIGN.values(), ids=FOREIGN.keys())
def test_folder_that_is_no_result_is_refused(held, message, comparison, tmp_path):
    for name, text in held.items():
        (tmp_path / name).write_text(text)
    before = files(tmp_path)
    with pytest.raises(InputError, match=message):
        results.save(comparison, tmp_path)
    assert files(tmp_path) == before


def test_failure_while_writing_leaves_the_earlier_result(comparison, tmp_path):
    results.save(comparison, tmp_path / "out")
    before = files(tmp_path)
    broken = {"seats": comparison.base.seats, "periods": comparison.base.periods["period"]}
    with pytest.raises(KeyError):
        results.save(Outcome("broken", TINY, broken), tmp_path / "out")
    assert files(tmp_path) == before
