"""The page: sliders make scenarios, numbers are those of the results, names stay text."""

import base64
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.blocks import Table
from desk.page.app import Page, page_app
from desk.page.controls import Chosen
from desk.page.draft import FIELDS, dials_of, drafted, points_of, shares
from desk.page.drawn import TextTable
from desk.page.found import ledger_blocks, result_blocks, view_blocks
from desk.page.instant import Look, Replayed
from desk.page.layout import skeleton
from desk.page.library import Library, refusal
from desk.page.runs import Run, Runs, look_closer
from desk.report import number
from desk.scenario_text import whole_text
from desk.words import Words, plain
from sim import InputError, Scenario, World, compare
from sim.labels import LANGS
from sim.reprice import Record, repriced
from sim.run import finished
from sim.scheme import Target
from sim.view import by_task

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


def set_to(scenario: Scenario, **settings) -> Scenario:
    """The scenario with other controls moved, `what__place` each."""
    at = {key.replace("__", "."): value for key, value in settings.items()}
    return drafted(scenario, points_of(scenario), at)


def texts(component) -> list[str]:
    """Every text that a component shows, its children's too."""
    if isinstance(component, TextTable):
        return [*component.headings, *(cell for row in component.rows for cell in row)]
    inside = getattr(component, "children", component)
    if isinstance(inside, str):
        return [inside]
    parts = inside if isinstance(inside, list | tuple) else [inside] if inside else []
    return [text for part in parts for text in texts(part)]


# ---- drafts ----


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("plans/*.toml")), ids=lambda p: p.stem)
def test_unmoved_controls_change_nothing(path):
    scenario = Scenario.load(path)
    unmoved = {dial.key: dial.start for dial in dials_of(scenario)}
    assert drafted(scenario, points_of(scenario), unmoved) == scenario


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("plans/*.toml")), ids=lambda p: p.stem)
def test_every_control_moves_the_scenario_and_can_be_read_back(path):
    scenario = Scenario.load(path)
    for dial in dials_of(scenario):
        in_percent = dial.key.startswith(tuple(FIELDS))
        if in_percent or dial.options or isinstance(dial.start, list):
            continue
        draft = drafted(scenario, points_of(scenario), {dial.key: dial.most})
        found = {d.key: d.start for d in dials_of(draft)}
        assert found[dial.key] == pytest.approx(dial.most)


def test_weights_follow_the_points_and_sum_to_one():
    weights = moved(TODAY, recovery_rate=30, documents=30, compliance=30).scheme.pay[0].weights
    assert sum(weights.values()) == pytest.approx(1.0)
    assert max(weights.values()) - min(weights.values()) < 0.001
    assert shares({"a": 0.0}) == {}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 100), min_size=1),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2000), max_size=4),
)
def test_a_locked_weight_stays_and_the_rest_follows_its_points(points, ten_thousandths):
    locked = {key: n / 10_000 for key, n in ten_thousandths.items() if key in points}
    found, free = shares(points, locked), {k: x for k, x in points.items() if k not in locked}
    assert bool(found) == (sum(free.values()) > 0)
    if found:
        assert {key: found[key] for key in locked} == locked
        assert sum(found.values()) == pytest.approx(1.0)
        rest = 1.0 - sum(locked.values())
        for key, x in free.items():
            assert found[key] == pytest.approx(rest * x / sum(free.values()), abs=0.001)


def test_money_moves():
    draft = set_to(TODAY, pool_yuan__0=4000, rates__1=150, above_yuan__1=20_000)
    card, commission = draft.scheme.pay
    assert card.pool_yuan == 4000
    assert commission.rates["M1"] == pytest.approx(0.03)
    assert commission.above_yuan == 20_000


def test_the_wage_moves():
    assert set_to(TODAY, wage_yuan__0=6500).scheme.wage_yuan == 6500


def test_targets_move_and_what_else_was_said_of_them_stays():
    key = "target of recovery_rate.0"
    rule = {"rule": "ratchet", "speed": 0.5}
    values = TODAY.model_dump(mode="json")
    values["scheme"]["pay"][0]["targets"] = {"recovery_rate": rule}
    for start, expected in ((TODAY, Target(target=0.5)),
                            (Scenario.of(values), Target(target=0.5, **rule))):  # fmt: skip
        draft = drafted(start, points_of(start), {key: 50})
        assert draft.scheme.pay[0].targets == {"recovery_rate": expected}


def test_prizes_and_deductions_move_as_a_whole():
    values = TODAY.model_dump(mode="json")
    values["scheme"]["pay"] += [
        {"kind": "rank", "measure": "recovery_rate", "places": [800, 400]},
        {"kind": "rank", "name": "league", "measure": "compliance", "shares": [[0.2, 500]]},
        {"kind": "penalty", "yuan": {"complaints": 100}},
    ]
    draft = set_to(Scenario.of(values), prizes__2=150, prizes__3=50, deductions__4=200)
    prizes, league, penalty = draft.scheme.pay[2:]
    assert prizes.places == (1200, 600)
    assert league.shares == ((0.2, 250),)
    assert penalty.yuan == {"complaints": 200}


def test_shape_threshold_and_cap_make_the_curve():
    assert set_to(TODAY, curve__0="threshold", reach__0=[100, 100]).scheme.pay[0].curve == (
        "threshold"
    )
    narrow = set_to(TODAY, reach__0=[80, 120]).scheme.pay[0].curve
    assert narrow == ((0.8, 0.0), (0.8, pytest.approx(0.8)), (1.2, pytest.approx(1.2)))


def test_audits_move():
    platform = set_to(TODAY, audited__0=40, analytics__0=5).platform
    assert (platform.audited, platform.analytics) == (0.4, 0.05)


def test_bars_of_gates_move():
    gate = {"kind": "gate", "all_of": [{"measure": "compliance", "at_least": 0.9}]}
    values = TODAY.model_dump(mode="json")
    values["scheme"]["pay"].append(gate)
    draft = set_to(Scenario.of(values), all_of_0__2=95)
    assert draft.scheme.pay[2].all_of[0].at_least == 0.95


# ---- what is known at once ----


def test_pay_on_the_record_is_the_repriced_pay():
    record = Record.of(finished(World(TODAY)))
    draft = moved(TODAY, documents=90)
    look = Look.at(draft, Replayed.of(record, TODAY.scheme))
    tables = [block for block in look.blocks(Words("en")) if type(block) is Table]
    row = next(row for row in tables[0].rows if row[0] == "incentive pay")
    means = [repriced(s.scheme, record)["incentive_yuan"].mean() for s in (TODAY, draft)]
    assert row[1:] == [f"{mean:,.0f}" for mean in means]


# ---- files that users load ----


def sent(text: str | bytes) -> str:
    """A file as a browser sends it."""
    raw = text.encode() if isinstance(text, str) else text
    return "data:application/octet-stream;base64," + base64.b64encode(raw).decode()


@pytest.fixture
def library(tmp_path) -> Library:
    base = tmp_path / "base.toml"
    base.write_text(whole_text(TODAY), encoding="utf-8")
    (tmp_path / "secret.toml").write_text('title = "secret"', encoding="utf-8")
    return Library({"base": TODAY}, {"base.toml": base})


def test_a_saved_draft_can_be_loaded_and_is_the_same(library):
    draft = moved(TODAY, documents=90)
    files, name = library.with_file({}, "mine.toml", sent(whole_text(draft)))
    assert name == "mine"
    assert library.get(name, files) == draft


def test_a_loaded_file_may_extend_one_that_is_served(library):
    text = 'extends = "base.toml"\n[run]\nperiods = 3\n'
    files, name = library.with_file({}, "base.toml", sent(text))
    assert name == "base (2)"
    assert library.get(name, files) == TODAY.vary(run={"periods": 3})


HOSTILE = {
    "not text": b"\xff\xfe\x00",
    "empty": b"",
    "no TOML": b"<script>alert(1)</script>",
    "too large": b"#" * 1_000_001,
    "too deep": b"a = " + b"[" * 5_000 + b"]" * 5_000,
    "unknown key": b"[run]\nperiodes = 3\n",
    "wrong value": b"[run]\nperiods = -1\n",
    "extends a neighbour": b'extends = "secret.toml"',
    "extends by a path": b'extends = "../base.toml"',
    "extends the machine's files": b'extends = "/etc/passwd"',
    "extends a number": b"extends = 1",
    "names a portfolio": b'[portfolio]\nfile = "/etc/passwd"',
    "names a scheme": b'[[change]]\nperiod = 1\nscheme_of = "secret.toml"',
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_opens_no_other(library, raw, lang):
    with pytest.raises(InputError) as wrong:
        library.with_file({}, "../../" + NASTY, sent(raw))
    said = refusal(wrong.value, Words(lang))
    assert Words(lang).label("page", "not loaded") in said
    assert "title" not in str(wrong.value)
    assert "root:" not in str(wrong.value)
    assert "\u202e" not in said


# ---- callbacks ----


@pytest.fixture(scope="module")
def page():
    """A page of two scenarios, one comparison of which is finished and looked into."""
    page = Page(Library({NASTY: TODAY, LONG: moved(TODAY, documents=90)}), Runs())
    pair = chosen(page).pair(page.library)
    found = compare(pair, workers=1)
    looked = look_closer({name: o.scenario for name, o in found.outcomes.items()}, lambda _: None)
    page.runs.kept["done"] = Run(None, None, pair, found=found, looked=looked, ended=True)
    return page


def chosen(page: Page, **points: float) -> Chosen:
    base, other = page.library.names()
    return Chosen(base, other, points_of(page.library.get(other)) | points)


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_differences_is_on_the_page(page, lang):
    parts = page.section("results", "done", lang, result_blocks)
    shown = {text for part in parts for text in texts(part)}
    for row in page.runs.get("done").found.differences().itertuples():
        wanted = {number(row.base, row), number(row.mean, row), number(row.difference, row, "+")}
        assert wanted <= shown


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_ledger_and_view_is_the_tables(page, lang):
    looked, w = page.runs.get("done").looked, Words(lang)
    tables = [block for block in ledger_blocks(looked, w) if type(block) is Table]
    for table, ledger in zip(tables, looked.ledgers.values(), strict=True):
        kept = [w.worth(row.indicator, row.record) for row in ledger.itertuples()]
        assert [cell for row in table.rows for cell in row[1:]] == kept
    (table,) = (block for block in view_blocks(looked, w) if type(block) is Table)
    for place, view in enumerate(looked.views.values()):
        means = by_task(view)["yuan_per_hour"].map(plain)
        assert {row[0]: row[1 + 2 * place] for row in table.rows}.items() <= {
            (w.task(task), said) for task, said in means.items()
        }


@pytest.mark.parametrize("lang", LANGS)
def test_results_go_stale_when_a_control_moves(page, lang):
    fresh, stale = (
        page.instant(chosen(page, **points), "done", None, None, lang)[4]
        for points in ({}, {"compliance": 5})
    )
    assert not fresh
    assert stale


def test_a_card_without_points_is_refused(page):
    nothing = dict.fromkeys(points_of(TODAY), 0.0)
    *_, wrong, _, disabled = page.instant(chosen(page, **nothing), None, None, None, "en")
    assert wrong
    assert disabled


def test_a_lock_holds_the_share_that_the_weight_had(page):
    before = chosen(page, compliance=20)
    held = page.hold(before, {key: key == "documents" for key in before.points})
    after = replace(chosen(page, compliance=70), locked=held["shares"])
    assert after.shares["documents"] == before.shares["documents"]
    assert sum(after.shares.values()) == pytest.approx(1.0)


def test_the_file_is_the_draft(page, tmp_path):
    picked = chosen(page, compliance=20)
    file = tmp_path / "proposed.toml"
    file.write_text(page.download("file", picked, None, "en")["content"], encoding="utf-8")
    assert Scenario.load(file) == picked.draft(page.library)


@pytest.mark.parametrize("what", ["report", "workbook"])
def test_report_and_workbook_of_the_comparison_can_be_had(page, what):
    assert len(page.download(what, chosen(page), "done", "zh")["content"]) > 5000


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_of_the_page_holds_its_gaming_ledgers(page, lang):
    text = page.download("report", chosen(page), "done", lang)["content"]
    assert "--gaming" not in text
    for ledger in page.runs.get("done").looked.ledgers.values():
        for row in ledger.itertuples():
            assert f">{Words(lang).worth(row.indicator, row.record)}</td>" in text


def test_too_many_comparisons_are_refused():
    runs = Runs()
    runs.kept = {str(i): SimpleNamespace(going=True) for i in range(4)}
    with pytest.raises(InputError, match="cancel one or wait"):
        runs.start({"a": TODAY}, 2)


def test_the_skeleton_holds_names_as_text(page):
    assert skeleton(page.library).to_plotly_json()
    assert page_app(page.library, page.runs).layout


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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a page that is served by the command itself."""
    folder = tmp_path_factory.mktemp("served")
    for name, scenario in {"<b>today": TODAY, "proposed": moved(TODAY, documents=90)}.items():
        (folder / f"{name}.toml").write_text(whole_text(scenario), encoding="utf-8")
    command = [sys.executable, "-m", "desk.cli", "page", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[0]
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.fixture
def open_tab(server):
    """Opens tabs of a browser on the page; at the end none has asked elsewhere or complained."""
    if not CHROMIUM:
        pytest.skip("needs Chromium or Chrome")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    asked, wrong = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def opened():
            tab = browser.new_page()
            tab.set_default_timeout(PATIENCE)
            tab.on("request", lambda r: asked.append(r.url))
            tab.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
            tab.on("dialog", lambda dialog: wrong.append(dialog.message))
            tab.goto(server)
            expect(tab.locator("#points .share").first).to_have_text("35.71 %")
            tab.locator("#replications [role=slider]").press("Home")
            return tab

        yield opened
        browser.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []


def downloaded(tab, key: str) -> Path:
    with tab.expect_download() as file:
        tab.click(f"#{key}")
    return file.value.path()


def test_a_browser_moves_a_slider_compares_and_switches_language(open_tab):
    from playwright.sync_api import expect

    tab = open_tab()
    expect(tab.locator("#report")).to_be_disabled()
    tab.locator("#points [role=slider]").first.press("ArrowRight")
    expect(tab.locator("#points .share").first).not_to_have_text("35.71 %")
    tab.click("#run")
    expect(tab.locator("#results table").first).to_be_visible()
    expect(tab.locator("#instant table")).to_be_visible()
    expect(tab.locator("#ledger table").first).to_be_visible()
    expect(tab.locator("#view table")).to_be_visible()
    tab.get_by_text("中文", exact=True).click()
    expect(tab.locator("#results h2").first).to_have_text("结果")
    expect(tab.locator("#ledger h2")).to_have_text("操纵账本")
    expect(tab.locator("#winners h2")).to_have_text("谁的薪酬有变化")
    assert Scenario.load(downloaded(tab, "file")).scheme.pay[0].weights["recovery_rate"] > 0.3571
    assert "结果" in downloaded(tab, "report").read_text("utf-8")
    assert downloaded(tab, "workbook").stat().st_size > 5000


def test_a_lock_holds_a_weight_while_another_moves(open_tab):
    from playwright.sync_api import expect

    tab = open_tab()
    shares, documents = tab.locator("#points .share"), 10  # the place of document completeness
    before = shares.nth(documents).inner_text()
    tab.locator("#points .lock input").nth(documents).check()
    expect(tab.locator("#points [role=slider]").nth(documents)).to_have_attribute(
        "data-disabled", ""
    )
    tab.locator("#points [role=slider]").nth(9).press("End")
    expect(shares.nth(9)).not_to_have_text("0 %")
    expect(shares.nth(documents)).to_have_text(before)
    expect(shares.first).not_to_have_text("35.71 %")


def test_a_loaded_file_is_proposed_and_a_bad_one_refused(open_tab, tmp_path):
    from playwright.sync_api import expect

    tab = open_tab()
    good, bad = tmp_path / "colleague <i>.toml", tmp_path / "bad.toml"
    good.write_text('extends = "proposed.toml"\n[platform]\naudited = 0.37\n', encoding="utf-8")
    bad.write_text("<script>alert(1)</script>", encoding="utf-8")
    tab.set_input_files("#upload input", good)
    expect(tab.locator("#other")).to_contain_text("colleague <i>")
    expect(tab.locator("#platform input").first).to_have_value("37")
    tab.get_by_text("中文", exact=True).click()
    expect(tab.locator("#draft-title")).to_have_text("拟议方案")
    tab.set_input_files("#upload input", bad)
    expect(tab.locator("#refused")).to_contain_text("文件未载入")
    expect(tab.locator("#refused")).to_contain_text("<script>alert(1)</script>")
    expect(tab.locator("#other")).to_contain_text("colleague <i>")


def test_tabs_do_not_mix_and_answer_while_they_run(open_tab):
    from playwright.sync_api import expect

    tabs = {"Home": open_tab(), "End": open_tab()}
    for key, tab in tabs.items():
        tab.locator("#points [role=slider]").first.press(key)
        expect(tab.locator("#points .share").first).not_to_have_text("35.71 %")
    shares = [tab.locator("#points .share").first.inner_text() for tab in tabs.values()]
    for tab in tabs.values():
        tab.click("#run")
        expect(tab.locator("#progress progress")).to_be_visible()  # it goes on …
    for tab, share in zip(tabs.values(), shares, strict=True):
        tab.get_by_text("中文", exact=True).click()
        expect(tab.locator("#draft-title")).to_have_text("拟议方案")  # … and the page answers
        expect(tab.locator("#points .share").first).to_have_text(share.replace(" %", "%"))
    found = []
    for tab in tabs.values():
        expect(tab.locator("#view table")).to_be_visible()
        expect(tab.locator("#stale")).to_be_empty()  # what is shown is of this tab's controls
        found.append(tab.locator("#results table").first.inner_text())
    assert found[0] != found[1]
