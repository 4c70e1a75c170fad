"""The sheets that finance reads: costing, months, profit and loss. All follow from the runs."""

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from desk.dossier import Dossier
from desk.workbook.paper import Paper, drawn, filled, half_width
from desk.workbook.runs import Runs, means
from optimize.costing import SHARES
from sim.interval import interval
from sim.profit import CREDIT, LINES, NET_CASH, NET_VALUE

MONTHLY = (
    ("cash_yuan", "cash in, yuan", "回款（元）"),
    ("wage_yuan", "wages, yuan", "固定工资（元）"),
    ("incentive_yuan", "incentive paid, yuan", "已付激励（元）"),
    ("pay_yuan", "pay paid in cash, yuan", "实付薪酬（元）"),
    ("deferred_yuan", "earned, paid later, yuan", "本期计提未付（元）"),
    ("accrued_yuan", "accrued cost, yuan", "计提成本（元）"),
    ("owed_yuan", "owed at the end, yuan", "期末应付（元）"),
)
CHARTED = (("accrued_yuan", "Accrued cost of pay, yuan per pay period", "计提薪酬（元/周期）"),
           ("pay_yuan", "Pay paid in cash, yuan per pay period", "实付薪酬（元/周期）"),
           ("cash_yuan", "Cash in, yuan per pay period", "回款（元/周期）"))  # fmt: skip


# ---- costing ----


def budget_of(d: Dossier) -> float:
    """The median of the base's pay, rounded up to a thousand: where finance begins."""
    base = d.base
    pay = base.periods[base.periods["period"] >= base.scenario.run.warm_up]
    median = np.median(pay.groupby("replication")["pay_yuan"].mean())
    return float(np.ceil(median / 1000) * 1000)


def write_costing(d: Dossier, p: Paper, runs: Runs) -> None:
    """Quantiles of pay over the replications, the mean, breaches of the budget and a reserve."""
    w, names = p.words, list(d.outcomes)
    sheet = p.sheet("Costing", "成本测算", [44, *[18] * len(names)])
    p.note(sheet, 1, "Pay, yuan per pay period, over the replications: luck alone; the study "
           "`costing` varies circumstances too.",
           "各次重复的薪酬（元/周期）：仅反映随机波动；环境变化见 costing 研究。")  # fmt: skip
    p.heads(sheet, 2, ["", *d.names.values()])
    rows = [*(f"P{round(100 * q)}" for q in SHARES), w("mean", "均值"),
            w("low end of its 95 % interval", "95%区间下限"),
            w("high end of its 95 % interval", "95%区间上限"),
            w("probability that the budget is exceeded", "超预算概率"),
            w("reserve above the budget that covers P95", "覆盖P95所需准备金")]  # fmt: skip
    for row, text in enumerate(rows, 3):
        p.text(sheet, row, 0, text)
    for column, (name, outcome) in enumerate(d.outcomes.items(), 1):
        run = runs.of_scenario(p, name, "pay_yuan")
        pay = means(runs.data, name, "pay_yuan", outcome.scenario.run.warm_up)
        for row, (formula, figure) in enumerate(_costs(p, name, run, pay, budget_of(d)), 3):
            look = p.percent if "COUNTIF" in formula else None
            p.formula(sheet, row, column, formula, figure, look)
    chart = p.book.add_chart({"type": "column"})
    for column in range(1, len(names) + 1):
        chart.add_series({
            "name": [sheet.name, 2, column],
            "categories": [sheet.name, 3, 0, 2 + len(SHARES), 0],
            "values": [sheet.name, 3, column, 2 + len(SHARES), column],
            **filled(column),
        })  # fmt: skip
    chart.set_title({"name": w("Pay, yuan per pay period", "薪酬（元/周期）"),
                     "name_font": {"size": 12}})  # fmt: skip
    chart.set_y_axis({"num_format": "#,##0", "min": 0})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(5 + len(rows), 0, chart, {"x_scale": 1.4})


def _costs(p: Paper, name: str, run: str, pay: np.ndarray, limit: float):
    """Formula and figure of each row."""
    budget = p.places["budget", name]
    mean, low, high = interval(pay)
    for q in SHARES:
        yield f"PERCENTILE({run},{q})", np.quantile(pay, q)
    yield f"AVERAGE({run})", mean
    yield f"AVERAGE({run})-{half_width(run)}", low
    yield f"AVERAGE({run})+{half_width(run)}", high
    yield f'COUNTIF({run},">"&{budget})/COUNT({run})', (pay > limit).mean()
    yield f"MAX(0,PERCENTILE({run},0.95)-{budget})", max(0.0, np.quantile(pay, 0.95) - limit)


# ---- by period ----


def write_monthly(d: Dossier, p: Paper, runs: Runs) -> None:
    """Cash and accrual by period, means over the replications with their intervals."""
    w = p.words
    sheet = p.sheet("Monthly", "分期明细", [24, 8, *[14, 10] * len(MONTHLY)])
    p.note(sheet, 1, "Means over the replications; ± is half the 95 % interval. Accrued cost is "
           "pay paid in cash and the rise of what is earned and not yet paid.",
           "重复模拟的均值；±为95%区间的一半。计提成本＝实付薪酬＋本期计提未付。")  # fmt: skip
    pairs = [(w(english, chinese), "±") for _, english, chinese in MONTHLY]
    p.heads(
        sheet, 2, [w("scenario", "情景"), w("period", "周期"), *(h for pair in pairs for h in pair)]
    )
    row, spans = 3, []
    for name, outcome in d.outcomes.items():
        spans.append((row, row + outcome.scenario.run.periods - 1))
        mine = runs.data[runs.data["scenario"] == name]
        for period, part in mine.groupby("period"):
            p.text(sheet, row, 0, d.names[name], p.plain)
            sheet.write_number(row, 1, int(period))
            for place, (key, _, _) in enumerate(MONTHLY):
                run = runs.of_period(p, name, period, key)
                mean, _, high = interval(part[key].to_numpy())
                p.formula(sheet, row, 2 + 2 * place, f"AVERAGE({run})", mean)
                p.formula(sheet, row, 3 + 2 * place, half_width(run), high - mean)
            row += 1
    for place, (key, *title) in enumerate(CHARTED):
        column = 2 + 2 * [name for name, _, _ in MONTHLY].index(key)
        _chart_periods(
            p, sheet, spans, column, w(*title), (row + 1 + 16 * (place // 2), 8 * (place % 2))
        )
    sheet.freeze_panes(3, 2)


def _chart_periods(p: Paper, sheet, spans, column: int, title: str, at: tuple[int, int]) -> None:
    chart = p.book.add_chart({"type": "line"})
    for number, (start, end) in enumerate(spans, 1):
        chart.add_series({
            "name": [sheet.name, start, 0], "categories": [sheet.name, start, 1, end, 1],
            "values": [sheet.name, start, column, end, column], **drawn(number),
        })  # fmt: skip
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_x_axis({"name": p.words("period", "周期")})
    chart.set_y_axis({"num_format": "#,##0"})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(*at, chart, {"x_scale": 1.3})


# ---- profit and loss ----

ORDER = (*(x.words for x in LINES), NET_CASH, *(x.words for x in CREDIT), NET_VALUE)
PLACES = {line: row for row, line in enumerate(ORDER, 3)}
COLUMNS = {line.words: (line.column, line.sign) for line in (*LINES, *CREDIT)} | {
    NET_CASH: ("net_cash_yuan", 1), NET_VALUE: ("net_yuan", 1),
}  # fmt: skip


def write_profit(d: Dossier, p: Paper, runs: Runs) -> None:
    """What a scheme brings and costs, line by line, with the intervals of the means."""
    w = p.words
    sheet = p.sheet("Profit and loss", "损益", [38, *[22] * 3 * len(d.outcomes)])
    p.note(sheet, 1, "Yuan per pay period, means over the replications with 95 % interval.",
           "元/周期，重复模拟的均值及95%区间。")  # fmt: skip
    parts = (w("mean", "均值"), w("low", "下限"), w("high", "上限"))
    p.heads(sheet, 2, ["", *(f"{n}{w(': ', '：')}{x}" for n in d.names.values() for x in parts)])
    for line, row in PLACES.items():
        p.text(
            sheet,
            row,
            0,
            w.label("profit", line),
            p.strong if line in (NET_CASH, NET_VALUE) else None,
        )
    for place, (name, outcome) in enumerate(d.outcomes.items()):
        tables = outcome.profit_and_loss().set_index("line")
        for line, row in PLACES.items():
            key, sign = COLUMNS[line]
            run, mean = runs.of_scenario(p, name, key), cell(row, 1 + 3 * place)
            look = p.total if line in (NET_CASH, NET_VALUE) else None
            minus = "-" if sign < 0 else ""
            formula = _sum(line, 1 + 3 * place) or f"{minus}AVERAGE({run})"
            found = tables.loc[line]
            p.formula(sheet, row, 1 + 3 * place, formula, found["mean"], look)
            p.formula(sheet, row, 2 + 3 * place, f"{mean}-{half_width(run)}", found["low"], look)
            p.formula(sheet, row, 3 + 3 * place, f"{mean}+{half_width(run)}", found["high"], look)
    sheet.freeze_panes(3, 1)
    _chart_value(d, p, sheet)


def _sum(line: str, column: int) -> str:
    """The sum that a line is; nothing for a part."""
    at = {name: cell(row, column) for name, row in PLACES.items()}
    if line == NET_CASH:
        return f"SUM({at[LINES[0].words]}:{at[LINES[-1].words]})"
    if line == NET_VALUE:
        return f"SUM({at[NET_CASH]}:{at[CREDIT[-1].words]})"
    return ""


def _chart_value(d: Dossier, p: Paper, sheet) -> None:
    """Net value of the scenarios with the intervals of their means."""
    row = PLACES[NET_VALUE]
    p.text(sheet, row + 1, 0, p.words("half the interval of net value", "净价值区间的一半"))
    chart = p.book.add_chart({"type": "column"})
    for number, half in enumerate(_halves(d), 1):
        first = 3 * number - 2
        p.formula(sheet, row + 1, first, f"{cell(row, first + 2)}-{cell(row, first)}", half)
        ends = f"={p.place(sheet, row + 1, first)}"
        chart.add_series({
            "name": [sheet.name, 2, first], "categories": [sheet.name, row, 0, row, 0],
            "values": [sheet.name, row, first, row, first], **filled(number),
            "y_error_bars": {"type": "custom", "plus_values": ends, "minus_values": ends},
        })  # fmt: skip
    chart.set_title({
        "name": p.words("Net value with 95 % interval, yuan per pay period",
                        "净价值及95%区间（元/周期）"),
        "name_font": {"size": 12},
    })  # fmt: skip
    chart.set_x_axis({"label_position": "low"})  # net value may be below zero
    chart.set_y_axis({"num_format": "#,##0", "label_position": "low"} | _from_zero(d))
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(row + 4, 0, chart, {"x_scale": 1.4})


def _halves(d: Dossier) -> list[float]:
    """Half the interval of each scenario's net value."""
    tables = (o.profit_and_loss().set_index("line") for o in d.outcomes.values())
    return [float(t.loc[NET_VALUE, "high"] - t.loc[NET_VALUE, "mean"]) for t in tables]


def _from_zero(d: Dossier) -> dict:
    """Bars begin at nothing, unless some go below it."""
    worst = min(o.profit_and_loss()["mean"].iloc[-1] for o in d.outcomes.values())
    return {"min": 0} if worst > 0 else {}
