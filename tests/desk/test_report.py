"""The report and the workbook say what the results table says, and names stay text."""

import json
import math
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from desk import results
from desk.blocks import Paragraph, Table, html, picture_page
from desk.decide import Request
from desk.decide import save as save_study
from desk.dossier import Dossier
from desk.dossiers import report as write_report
from desk.dossiers import workbook as write
from desk.pictures import figures
from desk.report import number, report_document
from desk.words import Words
from optimize import Found, costing
from sim import InputError, Scenario, compare, gaming_ledger, run
from sim.interval import interval
from sim.labels import LANGS

TINY = Scenario.of(
    {
        "title": "=HYPERLINK(1)",
        "run": {"periods": 4, "replications": 3, "warm_up": 1},
        "portfolio": {"accounts": 400},
        "workforce": {"seats": 4, "quits_per_year": 2.0},
        "scheme": {"pay": [
            {"kind": "scorecard", "name": "考核", "pool_yuan": 900,
             "weights": {"recovery_rate": 0.6, "compliance": 0.4}},
            {"kind": "commission", "name": "提成", "rates": {"M1": 0.03, "M2": 0.05}},
            {"kind": "deferral", "share": 0.4, "vesting": [0.5, 0.5], "spacing": 1},
        ]},
    }
)  # fmt: skip
COMMANDS = "postloan sensitivity|--study|--gaming"  # named as they are typed
NASTY = ("<script>alert(1)</script>", "=HYPERLINK(\"http://e.vil\")", "../../x", "名" * 10_000,
         "rtl\u202eevil", "+1", "-1", "@SUM(A1)")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Results of a comparison with a Chinese name."""
    found = compare({"today": TINY, "平衡方案": TINY.vary(scheme={"wage_yuan": 8000})}, workers=1)
    target = tmp_path_factory.mktemp("results") / "比较"
    results.save(found, target)
    return target


@pytest.fixture(scope="module")
def nasty(tmp_path_factory) -> Path:
    """Results of scenarios with malicious names."""
    found = compare(dict.fromkeys(NASTY, TINY), replications=2, workers=1)
    target = tmp_path_factory.mktemp("results") / "nasty"
    results.save(found, target)
    return target


FRONTIER = pd.DataFrame({
    "bound": [1000.0, 2000.0, 3000.0], "feasible": [False, True, True],
    "gain": [math.nan, 120_345.0, 130_456.0], "low": [math.nan, 100_001.0, 110_002.0],
    "high": [math.nan, 140_003.0, 150_004.0], "scheme": ["none found", "=1+1", "<b>card</b>"],
    "pool_yuan": [4000.0, 4100.0, 4200.0], "carried": False, "price": [math.nan, 10.111, math.nan],
})  # fmt: skip
TORNADO = pd.DataFrame({
    "scheme": "<script>alert(1)</script>", "assumption": ["response.sensitivity", "market.season"],
    "low": [0.3, 1.0], "high": [2.0, 3.0], "gain": 50_123.0, "gain_at_low": [-20_789.0, 49_001.0],
    "gain_at_high": [80_567.0, 52_002.0], "swing": [101_356.0, 3001.0], "reach": [9876.0, 543.0],
})  # fmt: skip
DECISION = pd.DataFrame({
    "about": "choice", "assumption": ["response.sensitivity", "market.season"],
    "alone": [0.71, 0.12], "with_others": [0.83, 0.24], "error": [0.05, 0.06], "changes": 0.37,
})  # fmt: skip
STUDIES = {  # as the optimiser finds them in minutes
    "frontier": Found(True, {"objective": "recovery", "on": "incentive"}, "", {
        "frontier": FRONTIER}),
    "sensitivity": Found(True, {"objective": "net_value", "choice_changes": 0.37}, "", {
        "tornado": TORNADO, "decision": DECISION}),
}  # fmt: skip


@pytest.fixture(scope="module")
def studies(tmp_path_factory) -> list[Path]:
    """Folders of a frontier, a sensitivity study and a costing of today's scheme."""
    home = tmp_path_factory.mktemp("studies")
    found = STUDIES | {"costing": costing(TINY, draws=20, workers=1)}
    for name, study in found.items():
        request = Request((home / "today.toml",), home / name, None, None, None, 1, False, True)
        save_study(request, study, TINY, None)
    return [home / name for name in found]


def cells(blocks) -> set[str]:
    tables = [block for block in blocks if isinstance(block, Table)]
    return {cell for table in tables for row in table.rows for cell in row}


@pytest.fixture(scope="module")
def book(folder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    write(folder, (), "en", path)
    return path


def read(path: Path) -> dict[str, list[list]]:
    """Values by sheet."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {s.title: [list(row) for row in s.iter_rows(values_only=True)] for s in book}


def row_of(sheet: list[list], name: str) -> list:
    return next(row[1:] for row in sheet if row[0] == name)


@pytest.mark.parametrize("lang", LANGS)
def test_a_report_has_every_number_of_the_differences(folder, lang):
    shown = cells(report_document(Dossier.of(folder), Words(lang)))
    for row in pd.read_parquet(folder / "differences.parquet").itertuples():
        assert {number(row.base, row), number(row.mean, row)} <= shown
        assert number(row.difference, row, "+") in shown


def test_a_result_loads_back_as_it_was(folder):
    result, about = results.load(folder)
    assert about["kind"] == "comparison"
    kept = pd.read_parquet(folder / "differences.parquet")
    pd.testing.assert_frame_equal(result.differences(), kept, check_dtype=False)


def test_a_chinese_report_is_chinese(folder):
    blocks = report_document(Dossier.of(folder), Words("zh"))
    titles = [b.text for b in blocks if type(b).__name__ in {"Heading", "Paragraph"}]
    for text in titles:
        assert not re.search(
            r"[A-Za-z]{4,}", re.sub(f"today|deferral|[\\w=]*HYPERLINK|{COMMANDS}", "", text)
        ), text


@pytest.fixture(scope="module")
def with_ledger(tmp_path_factory) -> Path:
    """Results whose gaming ledger was asked for."""
    target = tmp_path_factory.mktemp("results") / "with"
    ledger = gaming_ledger(TINY, replications=2, workers=1)
    results.save(run(TINY, name="a", replications=2, workers=1), target, {"a": ledger})
    return target


@pytest.mark.parametrize("lang", LANGS)
def test_a_gaming_ledger_that_was_asked_for_is_shown(with_ledger, lang):
    ledger = pd.read_parquet(with_ledger / "gaming.parquet")
    shown = cells(report_document(Dossier.of(with_ledger), Words(lang)))
    assert {Words(lang).worth(row.indicator, row.record) for row in ledger.itertuples()} <= shown


@pytest.mark.parametrize("lang", LANGS)
def test_a_report_has_every_number_of_profit_and_loss(folder, lang):
    shown = cells(report_document(Dossier.of(folder), Words(lang)))
    result, _ = results.load(folder)
    for outcome in result.outcomes.values():
        table = outcome.profit_and_loss()
        assert {f"{x:,.0f}" for x in table["mean"]} <= shown
        assert {f"{x:,.0f}" for x in table["high"] - table["mean"]} <= shown


@pytest.mark.parametrize("lang", LANGS)
def test_a_report_has_every_number_of_the_studies_given(folder, studies, lang):
    shown = cells(report_document(Dossier.of(folder, studies), Words(lang)))
    edge = pd.read_parquet(studies[0] / "frontier.parquet")
    assert {f"{x:,.6g}" for x in edge["bound"]} <= shown
    assert {f"{x:+,.0f}" for x in edge["gain"].dropna()} <= shown
    tornado = pd.read_parquet(studies[1] / "tornado.parquet")
    ends = pd.concat([tornado["gain_at_low"], tornado["gain_at_high"]])
    assert {f"{x:+,.0f}" for x in ends} | {f"{x:,.0f}" for x in tornado["swing"]} <= shown
    costs = pd.read_parquet(studies[2] / "costing.parquet")
    assert {f"{x:,.0f}" for x in costs["P95"]} <= shown


def test_a_study_of_another_scenario_is_told(folder, studies, tmp_path):
    shutil.copytree(studies[0], tmp_path / "other")
    about = json.loads((studies[0] / "about.json").read_text())
    (tmp_path / "other" / "about.json").write_text(json.dumps(about | {"scenario": "0123456789"}))
    for study, said in ((studies[0], "Study of today"),
                        (tmp_path / "other", "(hash 0123456789)")):  # fmt: skip
        blocks = report_document(Dossier.of(folder, [study]), Words("en"))
        assert any(said in block.text for block in blocks if isinstance(block, Paragraph))


def test_a_folder_that_is_no_study_is_refused(folder):
    with pytest.raises(InputError, match="expected a folder that one of frontier"):
        Dossier.of(folder, [folder])


@pytest.mark.parametrize(("command", "ending"), [("report", "html"), ("workbook", "xlsx")])
def test_what_is_wrong_is_said_in_chinese_to_who_asked_for_chinese(
    command, ending, folder, tmp_path, postloan
):
    empty = postloan(command, tmp_path, "--lang", "zh")
    assert (empty.exit_code, "应为 postloan run" in empty.stderr) == (2, True)
    named = postloan(command, folder, "--lang", "zh", "--out", tmp_path / "x.doc")
    assert (named.exit_code, f"文件名应以 .{ending}" in named.stderr) == (2, True)
    study = postloan(command, folder, "--lang", "zh", "--study", folder)
    assert (study.exit_code, "之一写出的文件夹" in study.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_report_needs_no_network(folder, tmp_path):
    write_report(folder, (), "zh", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    bare = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert not re.search(r"(src|href)\s*=|@import|url\((?!data:)", bare)
    assert page.count("plotly.js v") <= 1


@pytest.mark.parametrize("lang", LANGS)
def test_names_stay_text_in_a_report(nasty, lang):
    blocks = report_document(Dossier.of(nasty), Words(lang))
    page = html("title", blocks, lang)
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert NASTY[0] in unescape(page)


@pytest.mark.parametrize("lang", LANGS)
def test_names_stay_text_in_pictures(nasty, studies, lang):
    drawn = figures(Dossier.of(nasty, studies), Words(lang))
    pages = [picture_page(NASTY[0], figure, lang) for figure in drawn.values()]
    pages.append(results.page(results.load(nasty)[0]))
    for page in pages:
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert NASTY[3] not in page.split("<title>")[1].split("</title>")[1]


def test_names_stay_text_in_a_workbook(nasty, tmp_path):
    write(nasty, (), "en", tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    formulas = [c.value for s in book for row in s for c in row if c.data_type == "f"]
    assert formulas
    assert not [f for f in formulas if "HYPERLINK" in f or "e.vil" in f or "A1)" in f]
    assert [p.name for p in tmp_path.iterdir()] == ["b.xlsx"]


def test_the_workbook_has_the_numbers_of_the_summary(folder, book):
    sheet = read(book)["Summary"]
    summary = pd.read_parquet(folder / "summary.parquet")
    for place, (_, part) in enumerate(summary.groupby("scenario", sort=False)):
        for row in part.itertuples():
            assert row_of(sheet, row.meaning)[1 + 3 * place] == pytest.approx(row.mean)


def test_the_workbook_has_profit_and_loss_with_its_intervals(folder, book):
    sheet, (result, _) = read(book)["Profit and loss"], results.load(folder)
    for place, outcome in enumerate(result.outcomes.values()):
        for row in outcome.profit_and_loss().itertuples():
            shown = row_of(sheet, row.line)[3 * place : 3 * place + 3]
            assert shown == pytest.approx([row.mean, row.low, row.high], abs=1e-6)


def test_profit_and_loss_ends_in_the_net_value_of_the_summary(folder, book):
    sheet = read(book)["Profit and loss"]
    summary = pd.read_parquet(folder / "summary.parquet")
    means = summary[summary["measure"] == "net_value"]["mean"].to_list()
    assert row_of(sheet, "net value")[::3][:2] == pytest.approx(means)


def test_the_workbook_has_each_period_with_its_interval(folder, book):
    rows = [row for row in read(book)["Monthly"] if isinstance(row[1], int)]
    result, _ = results.load(folder)
    runs = [part for o in result.outcomes.values() for _, part in o.periods.groupby("period")]
    for row, part in zip(rows, runs, strict=True):
        cost = part["pay_yuan"] + part["deferred_yuan"]
        for column, values in ((2, part["cash_yuan"]), (8, part["pay_yuan"]), (12, cost)):
            mean, _, high = interval(values.to_numpy())
            assert row[column : column + 2] == pytest.approx([mean, high - mean], abs=1e-6)


def test_the_workbook_has_every_period_of_every_run(folder, book):
    rows = [row for row in read(book)["By period"] if isinstance(row[1], int)]
    periods = pd.read_parquet(folder / "periods.parquet")
    assert len(rows) == len(periods)
    net = sorted(row[-1] for row in rows)
    assert net == pytest.approx(sorted(periods["net_yuan"]), abs=1e-6)


def test_the_workbook_has_the_studies_given(folder, studies, tmp_path):
    write(folder, studies, "en", tmp_path / "s.xlsx")
    sheets = read(tmp_path / "s.xlsx")
    edge = pd.read_parquet(studies[0] / "frontier.parquet")
    shown = [row[:4] for row in sheets["Frontier"][4 : 4 + len(edge)]]
    table = edge[["bound", "gain", "low", "high"]].to_numpy().tolist()
    known = [[x if x == x else None for x in row] for row in table]
    for row, want in zip(shown, known, strict=True):
        assert row == [want_ if want_ is None else pytest.approx(want_) for want_ in want]
    tornado = pd.read_parquet(studies[1] / "tornado.parquet")
    shown = [row[5:8] for row in sheets["Tornado"][4 : 4 + len(tornado)]]
    assert shown == [
        pytest.approx([r.gain_at_low, r.gain_at_high, r.swing]) for r in tornado.itertuples()
    ]
    answer = json.loads((studies[2] / "answer.json").read_text())
    chance = row_of(sheets["Circumstances"], "probability that it is exceeded")[0]
    assert chance == pytest.approx(answer["breach_probability"])


def test_the_workbook_numbers_periods_as_the_files_do(book):
    numbers = {row[1] for row in read(book)["Monthly"] if len(row) > 1}
    assert {n for n in numbers if isinstance(n, int)} == set(range(4))


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_recalculation_changes_no_number(book, tmp_path):
    before, after = read(book), read(recalculated(book, tmp_path))
    for name, rows in before.items():
        for was, is_ in zip(rows, after[name], strict=False):
            for one, other in zip(was, is_, strict=False):
                if isinstance(one, int | float):
                    assert other == pytest.approx(one, rel=1e-9, abs=1e-6), (name, was[0])


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_prices_and_budget_act_on_the_other_sheets(folder, book, tmp_path):
    changed = openpyxl.load_workbook(book)
    inputs = changed["Inputs"]
    rows = {row[0].value: row for row in inputs.iter_rows() if row[0].value}
    rows["budget of pay, yuan per pay period"][1].value = 1
    rows["price of a complaint, yuan"][1].value = 0
    rows["price of a point of 考核, yuan"][1].value *= 2
    changed.save(tmp_path / "changed.xlsx")
    after = read(recalculated(tmp_path / "changed.xlsx", tmp_path / "out"))
    assert row_of(after["Costing"], "probability that the budget is exceeded")[0] == 1.0
    sheet, before = after["Profit and loss"], read(book)["Profit and loss"]
    harm = row_of(before, "harm: complaints")[0]
    assert row_of(sheet, "harm: complaints")[0] == 0
    paid = row_of(sheet, "incentive pay")[0] - row_of(before, "incentive pay")[0]
    assert paid == pytest.approx(-card_pay(folder))
    gain = row_of(sheet, "net value")[0] - row_of(before, "net value")[0]
    assert gain == pytest.approx(-harm + paid)


def card_pay(folder: Path) -> float:
    """Yuan per counted period that the base's scorecard paid, mean over the replications."""
    base = results.load(folder)[0].base
    counted = base.seats[base.seats["period"] >= base.scenario.run.warm_up]
    return counted.groupby(["replication", "period"])["pay_考核_yuan"].sum().mean()


def recalculated(path: Path, folder: Path) -> Path:
    """The workbook with every formula computed by LibreOffice."""
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
               "--convert-to", "xlsx:Calc MS Excel 2007 XML",
               "--outdir", folder / "done", path]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / "done" / path.name


@pytest.mark.parametrize("command", ["report", "workbook"])
def test_a_folder_without_results_is_refused(command, tmp_path, postloan):
    refused = postloan(command, tmp_path)
    assert refused.exit_code == 2
    assert "about.json" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_version_is_refused_by_the_column(folder, tmp_path, postloan):
    shutil.copytree(folder, tmp_path / "old")
    periods = tmp_path / "old" / "periods.parquet"
    pd.read_parquet(periods).drop(columns="bad_debt_yuan").to_parquet(periods)
    refused = postloan("report", tmp_path / "old")
    assert refused.exit_code == 2
    assert "periods.parquet has no column 'bad_debt_yuan'; run it again" in refused.output


@pytest.mark.parametrize("damage", ["periods.parquet", "about.json", "scenarios"])
def test_a_damaged_folder_is_refused_by_the_name_of_the_file(damage, folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    for path in [broken / damage] if damage != "scenarios" else (broken / damage).iterdir():
        path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match=damage):
        results.load(broken)
