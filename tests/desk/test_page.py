"""The page: sliders make scenarios, numbers are those of the results, names stay text."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from desk.blocks import Table
from desk.page.app import Chosen, Page, page_app
from desk.page.draft import amounts_of, drafted, points_of, shares
from desk.page.instant import instant_blocks
from desk.page.layout import skeleton
from desk.page.runs import Runs
from desk.report import number
from desk.words import Words
from sim import InputError, Scenario, World, compare
from sim.labels import LANGS
from sim.reprice import Record, repriced
from sim.run import finished

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
NASTY = "<script>alert(1)</script>\u202e" + "名" * 60
TINY = {
    "title": NASTY,
    "run": {"periods": 2, "replications": 2},
    "portfolio": {"accounts": 300},
    "workforce": {"seats": 3},
    "scheme": {"title": NASTY, "pay": [
        {"kind": "scorecard", "name": NASTY[:50], "pool_yuan": 3000,
         "weights": {"recovery_rate": 0.5, "documents": 0.5}},
        {"kind": "commission", "rates": {"M1": 0.02}},
    ]},
}  # fmt: skip
TODAY = Scenario.of(TINY)
PATIENCE = 90_000  # milliseconds: a busy machine may be slow, and still right
LONG = "x" * 10_000


def moved(scenario: Scenario, **points: float) -> Scenario:
    return drafted(scenario, points_of(scenario) | points, {})


def texts(component) -> list[str]:
    """Every text that a component shows, its children's too."""
    inside = getattr(component, "children", component)
    if isinstance(inside, str):
        return [inside]
    parts = inside if isinstance(inside, list | tuple) else [inside] if inside else []
    return [text for part in parts for text in texts(part)]


# ---- drafts ----


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("plans/*.toml")), ids=lambda p: p.stem)
def test_unmoved_sliders_change_nothing(path):
    scenario = Scenario.load(path)
    unmoved = {amount.place: amount.start for amount in amounts_of(scenario)}
    assert drafted(scenario, points_of(scenario), unmoved) == scenario


def test_weights_follow_the_points_and_sum_to_one():
    weights = moved(TODAY, recovery_rate=30, documents=30, compliance=30).scheme.pay[0].weights
    assert sum(weights.values()) == pytest.approx(1.0)
    assert max(weights.values()) - min(weights.values()) < 0.001
    assert shares({"a": 0.0}) == {}


def test_amounts_move_pool_and_rates():
    draft = drafted(TODAY, points_of(TODAY), {0: 4000, 1: 150})
    assert draft.scheme.pay[0].pool_yuan == 4000
    assert draft.scheme.pay[1].rates["M1"] == pytest.approx(0.03)


# ---- what is known at once ----


def test_pay_on_the_record_is_the_repriced_pay():
    record = Record.of(finished(World(TODAY)))
    draft = moved(TODAY, documents=90)
    tables = [b for b in instant_blocks(TODAY, draft, record, Words("en")) if type(b) is Table]
    row = next(row for row in tables[0].rows if row[0] == "incentive pay, yuan")
    means = [repriced(s.scheme, record)["incentive_yuan"].mean() for s in (TODAY, draft)]
    assert row[1:] == [f"{mean:,.0f}" for mean in means]


# ---- callbacks ----


@pytest.fixture(scope="module")
def page():
    """A page of two scenarios, one comparison of which is finished."""
    scenarios = {NASTY: TODAY, LONG: moved(TODAY, documents=90)}
    page = Page(scenarios, Runs())
    found = compare(page.pair(chosen(page)), workers=1)
    page.runs.kept["done"] = SimpleNamespace(
        found=found, scenarios=page.pair(chosen(page)), record=None
    )
    return page


def chosen(page: Page, **points: float) -> Chosen:
    base, other = page.scenarios
    return Chosen(base, other, points_of(page.scenarios[other]) | points, {})


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_differences_is_on_the_page(page, lang):
    shown = {text for part in page.results("done", lang) for text in texts(part)}
    for row in page.runs.get("done").found.differences().itertuples():
        wanted = {number(row.base, row), number(row.mean, row), number(row.difference, row, "+")}
        assert wanted <= shown


@pytest.mark.parametrize("lang", LANGS)
def test_results_go_stale_when_a_slider_moves(page, lang):
    fresh, stale = (
        page.instant(chosen(page, **points), "done", None, lang)[3]
        for points in ({}, {"compliance": 5})
    )
    assert not fresh
    assert stale


def test_a_card_without_points_is_refused(page):
    nothing = dict.fromkeys(points_of(TODAY), 0.0)
    *_, wrong, _, disabled = page.instant(chosen(page, **nothing), None, None, "en")
    assert wrong
    assert disabled


def test_the_file_is_the_draft(page, tmp_path):
    picked = chosen(page, compliance=20)
    file = tmp_path / "proposed.toml"
    file.write_text(page.download("file", picked, None, "en")["content"], encoding="utf-8")
    assert Scenario.load(file) == page.draft(picked)


@pytest.mark.parametrize("what", ["report", "workbook"])
def test_report_and_workbook_of_the_comparison_can_be_had(page, what):
    assert len(page.download(what, chosen(page), "done", "zh")["content"]) > 5000


def test_too_many_comparisons_are_refused():
    runs = Runs()
    runs.kept = {str(i): SimpleNamespace(going=True) for i in range(4)}
    with pytest.raises(InputError, match="cancel one or wait"):
        runs.start({"a": TODAY}, 2)


def test_the_skeleton_holds_names_as_text(page):
    assert skeleton(page.scenarios).to_plotly_json()
    assert page_app(page.scenarios, page.runs).layout


# ---- the command ----


def test_a_taken_port_is_refused(postloan):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = postloan("page", SCENARIOS / "balanced.toml", "--port", port)
    assert refused.exit_code == 2
    assert f"--port {port}" in refused.output


def test_a_folder_without_scenarios_is_refused(postloan, tmp_path):
    refused = postloan("page", tmp_path)
    assert refused.exit_code == 2
    assert "expected a folder with scenario files" in refused.output


def test_without_the_extra_the_command_says_how_to_get_it(postloan, monkeypatch):
    monkeypatch.setitem(sys.modules, "dash", None)
    refused = postloan("page", SCENARIOS / "balanced.toml")
    assert refused.exit_code == 2
    assert "postloan[page]" in refused.output


# ---- a real browser ----


@pytest.fixture
def server(tmp_path):
    """The address of a page that is served by the command itself."""
    from desk.scenario_text import whole_text

    for name, scenario in {"<b>today": TODAY, "proposed": moved(TODAY, documents=90)}.items():
        (tmp_path / f"{name}.toml").write_text(whole_text(scenario), encoding="utf-8")
    command = [sys.executable, "-m", "desk.cli", "page", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[0]
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium or Chrome")
def test_a_browser_moves_a_slider_compares_and_switches_language(server):
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab, asked, wrong = browser.new_page(), [], []
        tab.set_default_timeout(PATIENCE)
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        tab.on("dialog", lambda dialog: wrong.append(dialog.message))
        tab.goto(server)
        share = tab.locator("#points .share").first
        expect(share).to_have_text("35.71 %")
        tab.locator("#points [role=slider]").first.press("ArrowRight")
        expect(share).not_to_have_text("35.71 %")
        tab.click("#run")
        expect(tab.locator("#results table").first).to_be_visible()
        expect(tab.locator("#instant table")).to_be_visible()
        tab.get_by_text("中文", exact=True).click()
        expect(tab.locator("#results h2").first).to_have_text("结果")
        with tab.expect_download() as file:
            tab.click("#file")
        assert Scenario.load(file.value.path()).scheme.pay[0].weights["recovery_rate"] > 0.3571
        browser.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []
