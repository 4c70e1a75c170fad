"""The report and the workbook say what the results table says, and names stay text."""

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from desk import results
from desk.blocks import Table, html
from desk.dossiers import report as write_report
from desk.dossiers import workbook as write
from desk.report import Dossier, number, report_document
from desk.words import Words
from sim import InputError, Scenario, compare, gaming_ledger
from sim.labels import LANGS

TINY = Scenario.of(
    {
        "title": "=HYPERLINK(1)",
        "run": {"periods": 4, "replications": 3, "warm_up": 1},
        "portfolio": {"accounts": 400},
        "workforce": {"seats": 4, "quits_per_year": 2.0},
        "scheme": {"pay": [
            {"kind": "commission", "name": "提成", "rates": {"M1": 0.03, "M2": 0.05}},
            {"kind": "deferral", "share": 0.4, "vesting": [0.5, 0.5], "spacing": 1},
        ]},
    }
)  # fmt: skip
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


def cells(blocks) -> set[str]:
    tables = [block for block in blocks if isinstance(block, Table)]
    return {cell for table in tables for row in table.rows for cell in row}


@pytest.fixture(scope="module")
def book(folder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    write(folder, "en", path)
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
            r"[A-Za-z]{4,}", re.sub("today|deferral|[\\w=]*HYPERLINK", "", text)
        ), text


def test_a_gaming_ledger_in_the_folder_is_shown(folder, tmp_path):
    with_ledger = tmp_path / "with"
    shutil.copytree(folder, with_ledger)
    ledger = gaming_ledger(TINY, replications=1, workers=1)
    ledger.to_parquet(with_ledger / "gaming.parquet")
    shown = cells(report_document(Dossier.of(with_ledger), Words("en")))
    lifts = ledger[ledger["part"] == "lift"]
    assert {Words("en").worth(row.indicator, row.record) for row in lifts.itertuples()} <= shown


def test_a_report_needs_no_network(folder, tmp_path):
    write_report(folder, "zh", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    bare = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert not re.search(r"(src|href)\s*=|@import|url\(", bare)
    assert page.count("plotly.js v") <= 1


@pytest.mark.parametrize("lang", LANGS)
def test_names_stay_text_in_a_report(nasty, lang):
    blocks = report_document(Dossier.of(nasty), Words(lang))
    page = html("title", blocks, lang)
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert NASTY[0] in unescape(page)


def test_names_stay_text_in_a_workbook(nasty, tmp_path):
    write(nasty, "en", tmp_path / "b.xlsx")
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


def test_profit_and_loss_ends_in_the_net_value_of_the_summary(folder, book):
    sheet = read(book)["Profit and loss"]
    summary = pd.read_parquet(folder / "summary.parquet")
    means = summary[summary["measure"] == "net_value"]["mean"].to_list()
    assert row_of(sheet, "net value")[:2] == pytest.approx(means)


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
def test_prices_and_budget_act_on_the_other_sheets(book, tmp_path):
    changed = openpyxl.load_workbook(book)
    inputs = changed["Inputs"]
    rows = {row[0].value: row for row in inputs.iter_rows() if row[0].value}
    rows["budget of pay, yuan per pay period"][1].value = 1
    rows["price of a complaint, yuan"][1].value = 0
    changed.save(tmp_path / "changed.xlsx")
    after = read(recalculated(tmp_path / "changed.xlsx", tmp_path / "out"))
    assert row_of(after["Costing"], "probability that the budget is exceeded")[0] == 1.0
    sheet, before = after["Profit and loss"], read(book)["Profit and loss"]
    harm = row_of(before, "harm: complaints")[0]
    assert row_of(sheet, "harm: complaints")[0] == 0
    gain = row_of(sheet, "net value")[0] - row_of(before, "net value")[0]
    assert gain == pytest.approx(-harm)


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


@pytest.mark.parametrize("damage", ["periods.parquet", "about.json", "scenarios"])
def test_a_damaged_folder_is_refused_by_the_name_of_the_file(damage, folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    for path in [broken / damage] if damage != "scenarios" else (broken / damage).iterdir():
        path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match=damage):
        results.load(broken)
