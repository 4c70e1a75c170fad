"""The sheets of the optimiser's studies: frontier, tornado, and cost over circumstances."""

from collections.abc import Callable
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from desk.decided import Decided
from desk.dossier import Dossier
from desk.study_chapters import about_study, seats_of
from desk.workbook.paper import COLOURS, Paper, filled
from optimize.costing import SHARES

WEIGHTS = 80  # width of the column of a scheme's weights
FIRST = 4  # row of a table, below title, note and headings
PER_SEAT = "yuan per seat and period"


def write_studies(d: Dossier, p: Paper) -> None:
    """A sheet for each study that was given; two of a kind are numbered."""
    for study in d.studies:
        number = [s for s in d.studies if s.kind == study.kind].index(study) + 1
        if study.kind in SHEETS:
            SHEETS[study.kind](d, p, study, f" {number}" if number > 1 else "")


def _sheet(d: Dossier, p: Paper, study: Decided, names: tuple[str, str], widths, note) -> Any:
    sheet = p.sheet(*names, widths)
    p.text(sheet, 1, 0, about_study(d, study, p.words), p.plain)
    p.note(sheet, 2, *note)
    return sheet


# ---- frontier ----


def _frontier(d: Dossier, p: Paper, study: Decided, number: str) -> None:
    """Gain by bound; the price follows from gains and bounds, the gain from the budget given."""
    w, table = p.words, study.tables["frontier"]
    on, aim = w.quantity(study.answer["on"]), w.quantity(study.answer["objective"])
    sheet = _sheet(
        d, p, study, (f"Frontier{number}", f"前沿{number}"), [40, *[15] * 7, WEIGHTS],
        (f"Gain in {aim[0]}, {aim[1]}, over today's scheme; every scheme verified on fresh luck.",
         f"相对现行方案的增益：{aim[0]}，{aim[1]}；各方案均经新的随机样本验证。"),
    )  # fmt: skip
    p.heads(sheet, FIRST - 1, [
        w(f"bound on {on[0]}, {on[1]}", f"{on[0]}上限，{on[1]}"), w("gain", "增益"),
        w("low", "下限"), w("high", "上限"), w("up", "区间上半"), w("down", "区间下半"),
        w("price to the next bound", "至下一上限的影子价格"), w("pool, yuan", "奖金池（元）"),
        w("weights", "权重")])  # fmt: skip
    for row, point in enumerate(table.itertuples(), FIRST):
        figures = (point.bound, point.gain, point.low, point.high)
        for column, figure in enumerate(figures):
            p.number(sheet, row, column, figure, p.exact if column == 0 else None)
        at = [cell(row, column) for column in range(4)]
        p.formula(sheet, row, 4, f"{at[3]}-{at[1]}", point.high - point.gain)
        p.formula(sheet, row, 5, f"{at[1]}-{at[2]}", point.gain - point.low)
        slope = f"({cell(row + 1, 1)}-{at[1]})/({cell(row + 1, 0)}-{at[0]})"
        p.formula(sheet, row, 6, slope, point.price, p.exact)
        p.number(sheet, row, 7, point.pool_yuan)
        p.text(sheet, row, 8, str(point.scheme))
        p.tall(sheet, row, [point.scheme], [WEIGHTS])
    last = FIRST + len(table) - 1
    _budget(d, p, study, sheet, last)
    _frontier_chart(p, sheet, last, w(*_titles(on, aim)))


def _titles(on, aim) -> tuple[str, str]:
    return (f"Gain in {aim[0]} by bound on {on[0]}", f"{on[0]}上限与{aim[0]}增益")


def _budget(d: Dossier, p: Paper, study: Decided, sheet, last: int) -> None:
    """What finance asks: the gain at a bound of its own, and what a yuan of budget brings."""
    w, table = p.words, study.tables["frontier"]
    bounds, gains = (p.down(sheet, FIRST, last, column) for column in (0, 1))
    row, asked = last + 2, float(table["bound"].median())
    p.text(sheet, row, 0, w("bound asked about", "查询的上限"), p.bold)
    sheet.write_number(row, 1, asked, p.input)
    p.text(sheet, row + 1, 0, w("gain verified there", "该上限下的增益"))
    reached = table[table["bound"] <= asked]["gain"]
    found = float(reached.iloc[-1]) if len(reached) and np.isfinite(reached.iloc[-1]) else 0.0
    p.formula(sheet, row + 1, 1, f"LOOKUP({cell(row, 1)},{bounds},{gains})", found)
    seats = seats_of(d, study)
    if seats and w.quantity(study.answer["on"])[1] == w.unit(PER_SEAT):
        p.text(sheet, row + 2, 0, w("seats", "席位数"))
        sheet.write_number(row + 2, 1, seats, p.input)
        p.text(
            sheet, row + 3, 0, w("budget of all seats, yuan per period", "全部席位预算（元/周期）")
        )
        p.formula(sheet, row + 3, 1, f"{cell(row, 1)}*{cell(row + 2, 1)}", asked * seats)
        p.text(sheet, row + 4, 0, w("gain per yuan of that budget", "每元预算的增益"))
        p.formula(
            sheet,
            row + 4,
            1,
            f"IF({cell(row + 3, 1)}>0,{cell(row + 1, 1)}/{cell(row + 3, 1)},0)",
            found / (asked * seats) if asked else 0.0,
            p.exact,
        )


def _frontier_chart(p: Paper, sheet, last: int, title: str) -> None:
    chart = p.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    chart.add_series({
        "name": title, "categories": [sheet.name, FIRST, 0, last, 0],
        "values": [sheet.name, FIRST, 1, last, 1],
        "line": {"color": COLOURS[1], "width": 2}, "marker": {"type": "circle", "size": 7},
        "y_error_bars": {"type": "custom",
                         "plus_values": f"={p.down(sheet, FIRST, last, 4)}",
                         "minus_values": f"={p.down(sheet, FIRST, last, 5)}"},
    })  # fmt: skip
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_format": "#,##0", "label_position": "low"})
    chart.set_y_axis({"num_format": "#,##0"})
    sheet.insert_chart(last + 9, 0, chart, {"x_scale": 1.5})


# ---- tornado ----


def _tornado(d: Dossier, p: Paper, study: Decided, number: str) -> None:
    """Each scheme's gain with every assumption at its ends, and what decides the choice."""
    w, table = p.words, study.tables["tornado"]
    aim = w.quantity(study.answer["objective"])
    sheet = _sheet(
        d, p, study, (f"Tornado{number}", f"龙卷风{number}"), [32, 36, *[14] * 9],
        (f"Gain in {aim[0]}, {aim[1]}, over the first scheme; ± is half the 95 % interval.",
         f"相对第一个方案的增益：{aim[0]}，{aim[1]}；±为95%区间的一半。"),
    )  # fmt: skip
    p.heads(sheet, FIRST - 1, [
        w("scheme", "方案"), w("assumption", "假设"), w("low end", "区间下限"),
        w("high end", "区间上限"), w("usual gain", "通常增益"), w("gain at low end", "下限处增益"),
        w("gain at high end", "上限处增益"), w("swing", "摆幅"), "±",
        w("low end, change", "下限处变化"),
        w("high end, change", "上限处变化")], words=2)  # fmt: skip
    for row, found in enumerate(table.itertuples(), FIRST):
        p.text(sheet, row, 0, found.scheme)
        p.text(sheet, row, 1, found.assumption)
        for column, figure in enumerate((found.low, found.high), 2):
            p.number(sheet, row, column, figure, p.exact)
        for column, figure in enumerate((found.gain, found.gain_at_low, found.gain_at_high), 4):
            p.number(sheet, row, column, figure)
        usual, low, high = (cell(row, column) for column in (4, 5, 6))
        p.formula(sheet, row, 7, f"ABS({high}-{low})", found.swing)
        p.number(sheet, row, 8, found.reach)
        p.formula(sheet, row, 9, f"{low}-{usual}", found.gain_at_low - found.gain)
        p.formula(sheet, row, 10, f"{high}-{usual}", found.gain_at_high - found.gain)
    row = FIRST + len(table) + 1
    row = _decision(p, study, sheet, row)
    mine = (table["scheme"] == table["scheme"].iloc[0]).sum()
    _tornado_chart(p, sheet, FIRST + int(mine) - 1, row + 1)


def _decision(p: Paper, study: Decided, sheet, row: int) -> int:
    """Sobol indices of the choice; the next free row."""
    w, table = p.words, study.tables["decision"]
    mine = table[table["about"] == "choice"]
    p.heads(sheet, row, [
        w("what decides which scheme is best", "什么决定哪个方案最优"), w("assumption", "假设"),
        w("alone", "单独作用"), w("with others", "含交互作用"), "±"], words=2)  # fmt: skip
    for place, found in enumerate(mine.itertuples(), row + 1):
        p.text(sheet, place, 1, found.assumption)
        for column, figure in enumerate((found.alone, found.with_others, found.error), 2):
            p.number(sheet, place, column, figure, p.exact)
    p.text(sheet, row + 1 + len(mine), 0, w("share of cases in which the choice changes",
                                            "选择改变的情形占比"))  # fmt: skip
    p.number(sheet, row + 1 + len(mine), 2, study.answer["choice_changes"], p.percent)
    return row + 2 + len(mine)


def _tornado_chart(p: Paper, sheet, last: int, row: int) -> None:
    chart = p.book.add_chart({"type": "bar"})
    for number, column in enumerate((9, 10), 2):
        chart.add_series({
            "name": [sheet.name, FIRST - 1, column],
            "categories": [sheet.name, FIRST, 1, last, 1],
            "values": [sheet.name, FIRST, column, last, column],
            "overlap": 100, "gap": 60, **filled(number),
        })  # fmt: skip
    chart.set_title({"name": p.words("Change of the gain", "增益变化"), "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"num_format": "#,##0"})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(row, 0, chart, {"x_scale": 1.7, "y_scale": 1.4})


# ---- cost over circumstances ----


def _circumstances(d: Dossier, p: Paper, study: Decided, number: str) -> None:
    """Quantiles of incentive pay over circumstances, breaches of a budget, and the reserve."""
    w, draws = p.words, study.tables["circumstances"]["incentive"].to_numpy()
    sheet = _sheet(
        d, p, study, (f"Circumstances{number}", f"不同环境{number}"), [48, 18, 6, 18],
        ("Incentive pay, yuan per seat and period, over drawn circumstances; the draws stand at "
         "the right.", "抽样环境下的激励薪酬（元/席位·周期）；各次抽样见右列。"),
    )  # fmt: skip
    p.heads(sheet, FIRST - 1, ["", w("figure", "数值"), "", w("incentive pay", "激励薪酬")])
    for row, figure in enumerate(draws, FIRST):
        p.number(sheet, row, 3, figure)
    run = p.down(sheet, FIRST, FIRST + len(draws) - 1, 3)
    limit = float(study.answer["budget_yuan_per_seat_and_period"])
    for row, q in enumerate(SHARES, FIRST):
        p.text(sheet, row, 0, f"P{round(100 * q)}")
        p.formula(sheet, row, 1, f"PERCENTILE({run},{q})", np.quantile(draws, q))
    row = FIRST + len(SHARES)
    p.text(sheet, row, 0, w("mean", "均值"))
    p.formula(sheet, row, 1, f"AVERAGE({run})", draws.mean())
    p.text(sheet, row + 1, 0, w("budget, yuan per seat and period", "预算（元/席位·周期）"), p.bold)
    sheet.write_number(row + 1, 1, limit, p.input)
    budget = cell(row + 1, 1)
    p.text(sheet, row + 2, 0, w("probability that it is exceeded", "超预算概率"))
    p.formula(sheet, row + 2, 1, f'COUNTIF({run},">"&{budget})/COUNT({run})',
              (draws > limit).mean(), p.percent)  # fmt: skip
    p.text(sheet, row + 3, 0, w("reserve per seat that covers P95", "覆盖P95所需的每席位准备金"))
    over = max(0.0, float(np.quantile(draws, 0.95)) - limit)
    p.formula(sheet, row + 3, 1, f"MAX(0,PERCENTILE({run},0.95)-{budget})", over)


SHEETS: dict[str, Callable[[Dossier, Paper, Decided, str], None]] = {
    "frontier": _frontier, "sensitivity": _tornado, "costing": _circumstances,
}  # fmt: skip
