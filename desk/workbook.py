"""The workbook for finance: results as an Excel file whose prices and budget can be changed.

XlsxWriter, not openpyxl: it keeps a computed result beside each formula, so that every reader shows
numbers before it recalculates, and it never takes a text for a formula.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from desk.documents import parameters
from desk.report import Dossier, flat
from desk.words import MEASURED, Words
from sim import Comparison, Outcome
from sim.profit import CREDIT, LINES, NET_CASH, NET_VALUE
from sim.shown import visible

QUANTILES = (0.10, 0.50, 0.90, 0.95)
LONGEST_CELL = 32_000  # characters; Excel takes 32,767
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass
class Paper:
    """An open workbook, its formats, and where cells that formulas refer to stand."""

    book: xlsxwriter.Workbook
    words: Words
    places: dict[tuple, str] = field(default_factory=dict)  # absolute references by what they hold

    def __post_init__(self):
        add = self.book.add_format
        self.bold = add({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.title = add({"bold": True, "font_size": 14})
        self.wrap = add({"text_wrap": True, "valign": "top"})
        self.money, self.exact = add({"num_format": "#,##0"}), add({"num_format": "#,##0.0000"})
        self.percent = add({"num_format": "0.0%"})
        self.input = add({"num_format": "#,##0.00", "bg_color": "#FFF2CC", "border": 1})

    def sheet(self, english: str, chinese: str, widths: Sequence[int]) -> Any:
        """A new sheet with its title in the first row."""
        name = self.words(english, chinese)
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, name, self.title)
        return sheet

    def text(self, sheet, row: int, column: int, text: str, look=None) -> None:
        """A text that stays text, whatever it begins with."""
        sheet.write_string(row, column, visible(text)[:LONGEST_CELL], look or self.wrap)

    def heads(self, sheet, row: int, heads: Sequence[str]) -> None:
        for column, head in enumerate(heads):
            self.text(sheet, row, column, head, self.bold)

    def number(self, sheet, row: int, column: int, figure: float, look=None) -> None:
        """A number; an unknown one leaves the cell empty."""
        if np.isfinite(figure):
            sheet.write_number(row, column, float(figure), look or self.money)

    def absolute(self, sheet, row: int, column: int) -> str:
        return f"'{sheet.name}'!{cell(row, column, True, True)}"


def write_workbook(dossier: Dossier, path: Path, w: Words) -> None:
    """Write the workbook of a result to a path."""
    with xlsxwriter.Workbook(path, SAFE) as book:
        paper = Paper(book, w)
        for part in (_summary, _inputs, _costing, _monthly, _profit, _assumptions, _about):
            part(dossier, paper)


# ---- what came out ----


def _summary(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("Summary", "汇总", [34, 24, *[18] * 4 * len(d.outcomes)])
    heads = [w("measure", "衡量项"), w("unit", "单位")]
    for name in d.names.values():
        heads += [
            f"{name}: {part}" for part in (w("mean", "均值"), w("low", "下限"), w("high", "上限"))
        ]
    p.heads(sheet, 2, heads)
    for place, outcome in enumerate(d.outcomes.values()):
        for row, found in enumerate(outcome.summary().itertuples(), 3):
            p.text(sheet, row, 0, w.outcome(found.measure))
            p.text(sheet, row, 1, w.unit(found.unit))
            for k, figure in enumerate((found.mean, found.low, found.high)):
                p.number(sheet, row, 2 + 3 * place + k, figure, _look(p, found.measure))
    row = 5 + len(MEASURED)
    if isinstance(d.result, Comparison):
        p.text(sheet, row - 1, 0, w("Paired differences", "配对差异"), p.title)
        p.heads(sheet, row, [
            w("measure", "衡量项"), w("unit", "单位"), w("scenario", "情景"), w("base", "基准"),
            w("difference", "差异"), w("low", "下限"), w("high", "上限")])  # fmt: skip
        for place, found in enumerate(d.result.differences().itertuples(), row + 1):
            texts = (w.outcome(found.measure), w.unit(found.unit), d.names[found.scenario])
            for column, text in enumerate(texts):
                p.text(sheet, place, column, text)
            for column, figure in enumerate(
                (found.base, found.difference, found.low, found.high), 3
            ):
                p.number(sheet, place, column, figure, _look(p, found.measure))
    sheet.freeze_panes(3, 2)


def _look(p: Paper, measure: str):
    return p.exact if MEASURED[measure].digits else p.money


# ---- what finance may change ----


def _inputs(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("Inputs", "输入", [52, *[20] * len(d.outcomes)])
    p.text(sheet, 1, 0, w("Yellow cells may be changed; the other sheets follow.",
                          "黄色单元格可修改，其他表随之更新。"))  # fmt: skip
    p.heads(sheet, 2, [w("input", "项目"), *d.names.values()])
    rows: list[tuple[str, str, Callable[[Outcome], float]]] = [
        ("budget", w("budget of pay, yuan per pay period", "薪酬预算（元/周期）"),
         lambda _: _budget(d)),
        ("complaint", w("price of a complaint, yuan", "每次投诉成本（元）"),
         lambda o: o.scenario.conduct.complaint_cost_yuan),
        ("leaver", w("cost of a leaver, yuan", "每名离职成本（元）"),
         lambda o: round(o.scenario.workforce.leaver_cost_yuan, 2)),
    ]  # fmt: skip
    for row, (key, text, of) in enumerate(rows, 3):
        p.text(sheet, row, 0, text)
        for column, (name, outcome) in enumerate(d.outcomes.items(), 1):
            sheet.write_number(row, column, of(outcome), p.input)
            p.places[key, name] = p.absolute(sheet, row, column)


def counted(outcome: Outcome) -> pd.DataFrame:
    """The table of periods without the warm-up."""
    return outcome.periods[outcome.periods["period"] >= outcome.scenario.run.warm_up]


def _cost(outcome: Outcome, column: str) -> np.ndarray:
    """Yuan per counted period of each replication."""
    return counted(outcome).groupby("replication")[column].mean().to_numpy()


# ---- costing ----


def _costing(d: Dossier, p: Paper) -> None:
    w, names = p.words, list(d.outcomes)
    sheet = p.sheet("Costing", "成本测算", [40, *[18] * len(names)])
    p.text(
        sheet, 1, 0, w("Pay, yuan per pay period, over replications", "各次重复的薪酬（元/周期）")
    )
    p.heads(sheet, 2, ["", *d.names.values()])
    first = 6 + len(QUANTILES)
    costs = {name: _cost(o, "pay_yuan") for name, o in d.outcomes.items()}
    labels = [*(f"P{round(100 * q)}" for q in QUANTILES), w("mean", "均值"),
              w("probability that the budget is exceeded", "超预算概率")]  # fmt: skip
    for row, text in enumerate(labels, 3):
        p.text(sheet, row, 0, text)
    for column, name in enumerate(names, 1):
        last = first + len(costs[name]) - 1
        run = f"{cell(first, column, True)}:{cell(last, column, True)}"
        for row, q in enumerate(QUANTILES, 3):
            sheet.write_formula(row, column, f"=PERCENTILE({run},{q})", p.money,
                                float(np.quantile(costs[name], q)))  # fmt: skip
        row = 3 + len(QUANTILES)
        sheet.write_formula(row, column, f"=AVERAGE({run})", p.money, float(costs[name].mean()))
        budget = p.places["budget", name]
        over = float((costs[name] > _budget(d)).mean())
        sheet.write_formula(row + 1, column, f'=COUNTIF({run},">"&{budget})/COUNT({run})',
                            p.percent, over)  # fmt: skip
        for r, cost in enumerate(costs[name]):
            p.text(sheet, first + r, 0, w(f"replication {r}", f"第{r}次重复"))
            p.number(sheet, first + r, column, cost)
    _quantile_chart(sheet, p, len(names))


def _budget(d: Dossier) -> float:
    return float(np.ceil(np.median(_cost(d.base, "pay_yuan")) / 1000) * 1000)


def _quantile_chart(sheet, p: Paper, scenarios: int) -> None:
    chart = p.book.add_chart({"type": "column"})
    for column in range(1, scenarios + 1):
        chart.add_series({
            "name": [sheet.name, 2, column],
            "categories": [sheet.name, 3, 0, 2 + len(QUANTILES), 0],
            "values": [sheet.name, 3, column, 2 + len(QUANTILES), column],
            **_series(column),
        })  # fmt: skip
    chart.set_title({"name": p.words("Pay, yuan per pay period", "薪酬（元/周期）")})
    sheet.insert_chart(2, scenarios + 2, chart)


COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
PATTERNS = ("percent_5", "wide_upward_diagonal", "percent_50", "horizontal_brick", "trellis")


def _series(number: int) -> dict:
    """Colours that the colour-blind tell apart, and patterns for black-and-white print."""
    colour = COLOURS[(number - 1) % len(COLOURS)]
    pattern = {"pattern": PATTERNS[(number - 1) % len(PATTERNS)], "fg_color": colour}
    return {"pattern": pattern, "border": {"color": colour}}


# ---- by period ----

MONTHLY = ("cash_yuan", "wage_yuan", "incentive_yuan", "pay_yuan", "deferred_yuan", "owed_yuan")


def _monthly(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("Monthly", "分期明细", [24, 10, *[20] * 7])
    p.text(sheet, 1, 0, w("Means over replications. Cash paid and accrued cost differ by what is "
                          "deferred.",
                          "重复模拟的均值。实付与计提之差为延期部分。"))  # fmt: skip
    p.heads(sheet, 2, [
        w("scenario", "情景"), w("period", "周期"), w("cash in, yuan", "回款（元）"),
        w("wages, yuan", "固定工资（元）"), w("incentive paid, yuan", "已付激励（元）"),
        w("pay paid in cash, yuan", "实付薪酬（元）"),
        w("deferred in the period, yuan", "本期延期（元）"),
        w("owed at the end, yuan", "期末应付（元）"),
        w("accrued cost, yuan", "计提成本（元）")])  # fmt: skip
    row, spans = 3, []
    for name, outcome in d.outcomes.items():
        spans.append((row, row + outcome.scenario.run.periods - 1))
        for period, means in outcome.periods.groupby("period")[list(MONTHLY)].mean().iterrows():
            p.text(sheet, row, 0, d.names[name])
            sheet.write_number(row, 1, int(period))
            for column, key in enumerate(MONTHLY, 2):
                p.number(sheet, row, column, means[key])
            sheet.write_formula(row, 8, f"={cell(row, 5)}+{cell(row, 6)}", p.money,
                                means["pay_yuan"] + means["deferred_yuan"])  # fmt: skip
            row += 1
    chart = p.book.add_chart({"type": "line"})
    for number, (start, end) in enumerate(spans, 1):
        colour = COLOURS[(number - 1) % len(COLOURS)]
        dash = ("solid", "dash", "round_dot", "dash_dot", "long_dash")[(number - 1) % 5]
        chart.add_series({
            "name": [sheet.name, start, 0], "categories": [sheet.name, start, 1, end, 1],
            "values": [sheet.name, start, 8, end, 8],
            "line": {"color": colour, "dash_type": dash, "width": 2},
        })  # fmt: skip
    chart.set_title({"name": w("Accrued pay, yuan per pay period", "计提薪酬（元/周期）")})
    sheet.insert_chart(2, 10, chart)
    sheet.freeze_panes(3, 2)


# ---- profit and loss ----


def _profit(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("Profit and loss", "损益", [44, *[20] * len(d.outcomes)])
    p.text(
        sheet, 1, 0, w("Yuan per pay period, means over replications", "元/周期，重复模拟的均值")
    )
    p.heads(sheet, 2, ["", *d.names.values()])
    lines = [*(x.words for x in LINES), NET_CASH, *(x.words for x in CREDIT), NET_VALUE]
    places = {line: row for row, line in enumerate(lines, 3)}
    events = {"complaints": 5 + len(lines), "leavers": 6 + len(lines)}
    for line, row in places.items():
        p.text(
            sheet,
            row,
            0,
            w.label("profit", line),
            p.bold if line in (NET_CASH, NET_VALUE) else None,
        )
    for key, text in (("complaints", w("complaints per pay period", "投诉（次/周期）")),
                      ("leavers", w("leavers per pay period", "离职（人/周期）"))):  # fmt: skip
        p.text(sheet, events[key], 0, text)
    priced = {
        "harm: complaints": ("complaints", "complaint"),
        "replacing leavers": ("leavers", "leaver"),
    }
    for column, (name, outcome) in enumerate(d.outcomes.items(), 1):
        means = outcome.profit_and_loss().set_index("line")["mean"]
        for key, row in events.items():
            p.number(sheet, row, column, counted(outcome)[key].mean(), p.exact)
        for line, row in places.items():
            formula = _formula(line, places, column)
            if line in priced:
                event, price = priced[line]
                formula = f"=-{cell(events[event], column)}*{p.places[price, name]}"
            if formula:
                sheet.write_formula(row, column, formula, p.money, float(means[line]))
            else:
                p.number(sheet, row, column, means[line])


def _formula(line: str, places: dict[str, int], column: int) -> str:
    """The sum that a line is; nothing for a part."""
    at = {name: cell(row, column) for name, row in places.items()}
    if line == NET_CASH:
        return f"=SUM({at[LINES[0].words]}:{at[LINES[-1].words]})"
    if line == NET_VALUE:
        return f"={at[NET_CASH]}+SUM({at[CREDIT[0].words]}:{at[CREDIT[-1].words]})"
    return ""


# ---- assumptions ----


def _assumptions(d: Dossier, p: Paper) -> None:
    w, about = p.words, parameters()
    sheet = p.sheet("Assumptions", "假设", [34, *[18] * len(d.outcomes), 16, 40, 60])
    p.heads(sheet, 2, [w("key", "参数"), *d.names.values(), w("unit", "单位"),
                       w("meaning", "含义（原文）"), w("source", "来源（原文）")])  # fmt: skip
    values = [flat(o.scenario) for o in d.outcomes.values()]
    differ = [key for key in values[0] if any(v[key] != values[0][key] for v in values)]
    for row, key in enumerate(differ + [k for k in values[0] if k not in differ], 3):
        p.text(sheet, row, 0, key, p.bold if key in differ else None)
        for column, each in enumerate(values, 1):
            given = each[key]
            if isinstance(given, int | float) and not isinstance(given, bool):
                sheet.write_number(row, column, given, p.exact)
            else:
                p.text(sheet, row, column, str(given))
        extra = getattr(about.get(key), "json_schema_extra", None) or {}
        texts = (extra.get("unit", ""), getattr(about.get(key), "description", "") or "",
                 extra.get("source", ""))  # fmt: skip
        for column, text in enumerate(texts, 1 + len(values)):
            p.text(sheet, row, column, text)
    sheet.freeze_panes(3, 1)


def _about(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("About", "说明", [36, 70])
    rows = [(w("seed", "随机种子"), d.about.get("seed")),
            (w("replications", "重复次数"), d.about.get("replications"))]  # fmt: skip
    rows += [(w(f"version of {n}", f"{n}版本"), v) for n, v in d.about.get("versions", {}).items()]
    for entry in d.about["scenarios"]:
        short = d.names[entry["name"]]
        rows += [
            (short, entry["name"]),
            (w(f"hash of {short}", f"{short}的哈希"), entry.get("digest")),
        ]
    for row, (name, text) in enumerate(rows, 2):
        p.text(sheet, row, 0, str(name))
        p.text(sheet, row, 1, str(text))
