"""What a call from Python may set, and which scenarios it may pair."""

import math

import numpy as np
import pytest

from sim import InputError, Scenario, compare, run

WAGE = {
    "run": {"periods": 2, "replications": 2},
    "portfolio": {"accounts": 300},
    "workforce": {"seats": 3},
}
NO_NUMBERS = (0, -1, 2.5, math.nan, math.inf, True, "2", [2], 10**400)


@pytest.fixture(scope="module")
def wage() -> Scenario:
    return Scenario.of(WAGE)


def refusal(**settings) -> str:
    with pytest.raises(InputError) as refused:
        run(Scenario.of(WAGE), **settings)
    return str(refused.value)


@pytest.mark.parametrize("setting", ["replications", "workers", "threads"])
@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: str(number)[:9])
def test_setting_that_is_no_count_is_refused(setting, number):
    said = refusal(**{setting: number})
    assert f"{setting} = " in said
    assert "expected a " in said


@pytest.mark.parametrize("seed", [-1, 2**63, 0.5, "lucky"])
def test_seed_that_names_no_luck_is_refused(seed):
    assert "[run] seed = " in refusal(seed=seed)


def test_all_wrong_settings_are_told_at_once():
    said = refusal(replications=0, workers=0, threads=0)
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "call [run] replications = 0", "call workers = 0", "call threads = 0",
    ]  # fmt: skip


def test_seed_of_nought_is_a_seed_and_counts_of_numpy_are_counts(wage):
    found = run(wage, seed=0, replications=np.int64(1), workers=np.int32(1))
    assert (found.scenario.run.seed, found.scenario.run.replications) == (0, 1)


def test_nothing_to_compare_is_refused():
    with pytest.raises(InputError, match="expected at least one scenario"):
        compare({})


@pytest.mark.parametrize(
    ("key", "wanted", "given"), [("periods", 2, 3), ("period_days", 30, 7), ("warm_up", 0, 1)]
)
def test_runs_of_different_length_are_not_paired(wage, key, wanted, given):
    with pytest.raises(InputError) as refused:
        compare({"today": wage, "other": wage.vary(run={key: given})})
    assert f"[run] {key} = {given}: expected {wanted} as in 'today'" in str(refused.value)


def test_length_that_a_file_gives_is_refused_with_its_line(wage, tmp_path):
    file = tmp_path / "longer.toml"
    file.write_text("[run]\nperiods = 3\n")
    with pytest.raises(InputError, match=r"longer\.toml:2 \[run\] periods = 3: expected 2"):
        compare({"today": wage, "longer": Scenario.load(file)})


def test_other_seeds_and_replications_are_overruled_by_the_first(wage):
    other = wage.vary(run={"seed": 7, "replications": 5})
    found = compare({"today": wage, "other": other}, workers=1)
    assert {o.scenario.run.seed for o in found.outcomes.values()} == {wage.run.seed}
    assert (found.differences()["difference"] == 0).all()
    assert found.notes == []


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"portfolio": {"accounts": 330}}, "portfolio.accounts"),
        ({"portfolio": {"overdue": 0.3}}, "portfolio.overdue"),
        ({"workforce": {"seats": 4}}, "workforce.seats"),
    ],
)
def test_other_accounts_may_be_compared_and_are_told(wage, change, key):
    found = compare({"today": wage, "other": wage.vary(**change)}, replications=1, workers=1)
    (note,) = found.notes
    assert note.startswith(f"other works other accounts than today (by {key})")
    assert f"(by {key})" in found._repr_html_()


def test_equal_keys_make_equal_scenarios_wherever_they_were_written(wage, tmp_path):
    file = tmp_path / "wage.toml"
    file.write_text(
        "run.periods = 2\nrun.replications = 2\nportfolio.accounts = 300\nworkforce.seats = 3\n"
    )
    assert Scenario.load(file) == wage
    assert Scenario.load(file) != wage.vary(run={"seed": 2})
