"""Pictures: every scenario is drawn once, in its own look, with intervals where there are any."""

import numpy as np
import pandas as pd
import pytest

from sim import Scenario, collector_view, compare, gaming_ledger
from sim.indicators import INDICATORS
from sim.insight_plots import ledgers_figure, views_figure
from sim.labels import KINDS, LANGS
from sim.plots import Style, comparison_figure, outcome_figure

NAMES = ("base", "b", "<b>c</b>", "d", "e", "f")


def periods(name: str, replications: int) -> pd.DataFrame:
    grid = pd.MultiIndex.from_product([range(replications), range(3)])
    r, p = (grid.get_level_values(level).to_numpy() for level in (0, 1))
    return pd.DataFrame(
        {"scenario": name, "replication": r, "period": p, "cash_yuan": 1e6 + 1e4 * r + 1e3 * p,
         "bad_debt_yuan": 5.0 + r, "exposure_yuan": 100.0, "pay_yuan": 8e4 + r, "seats": 10,
         "complaints": 3 * p, "contacts": 1000 * p}
    )  # fmt: skip


def differences(name: str, replications: int) -> pd.DataFrame:
    half = 1.0 if replications > 1 else np.nan
    base, change = np.array([100.0, 0.0, 0.0]), np.array([5.0, 0.0, 2.0])
    return pd.DataFrame(
        {"scenario": name, "measure": ["pay", "still", "new"], "meaning": ["pay", "still", "new"],
         "unit": ["yuan", "share of cures", "share"], "base": base, "mean": base + change,
         "difference": change, "low": change - half, "high": change + half, "runs": replications}
    )  # fmt: skip


def figure(count: int, replications: int):
    names = NAMES[:count]
    return comparison_figure(
        pd.concat([differences(name, replications) for name in names[1:]]),
        pd.concat([periods(name, replications) for name in names]), "base",
    )  # fmt: skip


def points(figure):
    return [t for t in figure.data if t.mode == "markers"]


@pytest.mark.parametrize("count", range(2, 7))
def test_comparison_draws_each_scenario_in_a_look_of_its_own(count):
    drawn = figure(count, 3)
    looks = {(t.marker.color, t.marker.symbol) for t in points(drawn)}
    assert len(points(drawn)) == len(looks) == count - 1
    assert len([t for t in drawn.data if t.showlegend]) == count


def test_first_thirty_scenarios_differ_without_colour():
    styles = [Style.number(place, "x") for place in range(30)]
    assert len({(s.symbol, s.dash, s.colour) for s in styles}) == 30
    assert len({(s.symbol, s.dash) for s in styles[:24]}) == 24


def test_one_replication_has_no_interval_and_no_band():
    drawn = figure(2, 1)
    (shown,) = points(drawn)
    assert not np.nansum(shown.error_x.array)
    assert not [t for t in drawn.data if t.fill]
    assert "1 replication: no intervals" in drawn.layout.title.subtitle.text


def test_several_replications_have_intervals_and_bands():
    drawn = figure(3, 4)
    assert all(shown.error_x.array[0] > 0 for shown in points(drawn))
    assert len([t for t in drawn.data if t.fill]) == 6
    assert "same luck, 4 replications" in drawn.layout.title.subtitle.text


def test_change_from_zero_is_told_in_words():
    (words,) = [t for t in figure(2, 3).data if t.mode == "text"]
    assert [text.strip() for text in words.text] == ["from 0 to 200 %"]


def test_names_are_text_not_markup():
    drawn = figure(3, 3)
    assert {t.name for t in drawn.data if t.showlegend} >= {"&lt;b&gt;c&lt;/b&gt;"}


@pytest.mark.parametrize("replications", [1, 3])
def test_outcome_draws_four_panels(replications):
    drawn = outcome_figure(periods("x", replications).drop(columns="scenario"), "x")
    assert len([t for t in drawn.data if t.mode == "lines+markers"]) == 4
    assert len([t for t in drawn.data if t.fill]) == 4 * (replications > 1)


def test_periods_are_numbered_as_in_the_files():
    table = periods("x", 1).drop(columns="scenario")
    drawn = outcome_figure(table, "x").data
    assert {x for line in drawn for x in line.x} == set(table["period"])


# ---- schemes side by side ----


@pytest.fixture(scope="module")
def looked():
    """Ledgers and views of two tiny schemes, and their comparison."""
    tiny = Scenario.of({"run": {"periods": 2, "replications": 2}, "portfolio": {"accounts": 300},
                        "workforce": {"seats": 3}})  # fmt: skip
    card = tiny.vary(scheme={"pay": [
        {"kind": "scorecard", "pool_yuan": 3000, "weights": {"documents": 1.0}}
    ]})  # fmt: skip
    pair = {"a": tiny, "<b>b</b>": card}
    ledgers = {name: gaming_ledger(s, workers=1) for name, s in pair.items()}
    views = {name: collector_view(s, workers=1) for name, s in pair.items()}
    return ledgers, views, compare(pair, workers=1)


@pytest.mark.parametrize("lang", LANGS)
def test_ledgers_side_by_side_draw_every_part_of_each(looked, lang):
    drawn = ledgers_figure(looked[0], lang)
    for axis, ledger in zip(("x", "x2"), looked[0].values(), strict=True):
        bars = [t for t in drawn.data if t.type == "bar" and t.xaxis == axis]
        span = {k: 100.0 / (i.target - i.zero) for k, i in INDICATORS.items()}
        parts = [part for part in dict.fromkeys(ledger["part"]) if part != "lift"]
        assert [t.name for t in bars] == [
            next(pair[LANGS.index(lang)] for pair in KINDS.values() if pair[0] == part)
            for part in parts
        ]
        for bar, part in zip(bars, parts, strict=True):
            mine = ledger[ledger["part"] == part]
            assert list(bar.x) == pytest.approx(list(mine["record"] * mine["indicator"].map(span)))
    assert {"<b>b</b>"}.isdisjoint(note.text for note in drawn.layout.annotations)


@pytest.mark.parametrize("lang", LANGS)
def test_views_side_by_side_share_tasks_and_scale(looked, lang):
    drawn = views_figure(looked[1], lang)
    heats = [t for t in drawn.data if t.type == "heatmap"]
    assert len(heats) % 2 == 0
    assert {heat.coloraxis for heat in heats} == {"coloraxis"}
    seen = np.concatenate([np.asarray(heat.customdata, float).ravel() for heat in heats])
    drawn_at = np.concatenate([np.asarray(heat.z, float).ravel() for heat in heats])
    assert np.sinh(drawn_at) == pytest.approx(seen, nan_ok=True)


def test_winners_are_told_in_both_languages(looked):
    english, chinese = (looked[2].plot_winners(lang) for lang in LANGS)
    assert english.layout.yaxis.ticktext[0] == "all seats"
    assert chinese.layout.yaxis.ticktext[0] == "全部席位"
    for one, other in zip(english.data, chinese.data, strict=True):
        assert list(one.x) == list(other.x)
