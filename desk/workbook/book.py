"""The workbook sheet by sheet; here those in words: summary, inputs, assumptions, about."""

from pathlib import Path

import xlsxwriter

from desk.documents import parameters
from desk.dossier import Dossier
from desk.report import flat
from desk.words import MEASURED, Words
from desk.workbook.money import budget_of, write_costing, write_monthly, write_profit
from desk.workbook.paper import Paper
from desk.workbook.runs import cards, write_runs
from desk.workbook.studied import write_studies
from sim import Comparison

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(dossier: Dossier, path: Path, w: Words) -> None:
    """Write the workbook of a result to a path."""
    with xlsxwriter.Workbook(path, SAFE) as book:
        paper = Paper(book, w)
        _summary(dossier, paper)
        _inputs(dossier, paper)
        runs = write_runs(dossier, paper)
        for part in (write_costing, write_monthly, write_profit):
            part(dossier, paper, runs)
        write_studies(dossier, paper)
        _assumptions(dossier, paper)
        _about(dossier, paper)
        book.worksheets_objs.sort(key=lambda sheet: sheet in (runs.replications, runs.periods))


# ---- what came out ----


def _summary(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("Summary", "汇总", [48, 26, *[18] * 4 * len(d.outcomes)])
    p.note(sheet, 1, "As simulated, whatever the inputs are changed to.",
           "模拟结果，不随输入的修改而变。")  # fmt: skip
    heads = [w("measure", "衡量项"), w("unit", "单位")]
    for name in d.names.values():
        heads += [
            f"{name}: {part}" for part in (w("mean", "均值"), w("low", "下限"), w("high", "上限"))
        ]
    p.heads(sheet, 2, heads, words=2)
    for place, outcome in enumerate(d.outcomes.values()):
        for row, found in enumerate(outcome.summary().itertuples(), 3):
            p.text(sheet, row, 0, w.outcome(found.measure))
            p.text(sheet, row, 1, w.unit(found.unit))
            for k, figure in enumerate((found.mean, found.low, found.high)):
                p.number(sheet, row, 2 + 3 * place + k, figure, p.look(found.measure))
    row = 5 + len(MEASURED)
    if isinstance(d.result, Comparison):
        p.text(sheet, row - 1, 0, w("Paired differences", "配对差异"), p.title)
        p.heads(sheet, row, [
            w("measure", "衡量项"), w("unit", "单位"), w("scenario", "情景"), w("base", "基准"),
            w("difference", "差异"), w("low", "下限"), w("high", "上限")], words=3)  # fmt: skip
        for place, found in enumerate(d.result.differences().itertuples(), row + 1):
            texts = (w.outcome(found.measure), w.unit(found.unit), d.names[found.scenario])
            for column, text in enumerate(texts):
                p.text(sheet, place, column, text)
            for column, figure in enumerate(
                (found.base, found.difference, found.low, found.high), 3
            ):
                p.number(sheet, place, column, figure, p.look(found.measure))
    sheet.freeze_panes(3, 2)


# ---- what finance may change ----


def _inputs(d: Dossier, p: Paper) -> None:
    w = p.words
    sheet = p.sheet("Inputs", "输入", [52, *[20] * len(d.outcomes)])
    p.note(sheet, 1, "Yellow cells may be changed; costing, months and profit follow, people's "
           "behaviour does not: that takes another run.",
           "黄色单元格可修改，成本、分期、损益随之更新；行为变化需重新模拟。")  # fmt: skip
    p.heads(sheet, 2, [w("input", "项目"), *d.names.values()])
    rows = [
        (("budget",), w("budget of pay, yuan per pay period", "薪酬预算（元/周期）")),
        (("complaint",), w("price of a complaint, yuan", "每次投诉成本（元）")),
        (("leaver",), w("cost of a leaver, yuan", "每名离职成本（元）")),
    ]
    labels = dict.fromkeys(card.name for o in d.outcomes.values() for card in cards(o))
    rows += [
        (("point", name), w(f"price of a point of {name}, yuan", f"{name}每分单价（元）"))
        for name in labels
    ]
    for row, (key, text) in enumerate(rows, 3):
        p.text(sheet, row, 0, text)
        for column, (name, outcome) in enumerate(d.outcomes.items(), 1):
            prices = {
                ("budget",): budget_of(d),
                ("complaint",): outcome.scenario.conduct.complaint_cost_yuan,
                ("leaver",): round(outcome.scenario.workforce.leaver_cost_yuan, 2),
            } | {("point", card.name): card.yuan_per_point for card in cards(outcome)}
            if key in prices:
                sheet.write_number(row, column, prices[key], p.input)
                p.places[key[0], name, *key[1:]] = p.place(sheet, row, column)


# ---- assumptions ----


def _assumptions(d: Dossier, p: Paper) -> None:
    w, about = p.words, parameters()
    widths = [34, *[18] * len(d.outcomes), 16, 50, 70]
    sheet = p.sheet("Assumptions", "假设", widths, long=True)
    p.note(sheet, 1, "Bold keys differ between the scenarios.", "加粗的参数在各情景间不同。")
    p.heads(sheet, 2, [w("key", "参数"), *d.names.values(), w("unit", "单位"),
                       w("meaning", "含义（原文）"), w("source", "来源（原文）")],
            words=len(widths))  # fmt: skip
    values = [flat(o.scenario) for o in d.outcomes.values()]
    differ = [key for key in values[0] if any(v[key] != values[0][key] for v in values)]
    for row, key in enumerate(differ + [k for k in values[0] if k not in differ], 3):
        texts = [key, *(v[key] for v in values), *_described(about.get(key), key, w)]
        p.tall(sheet, row, texts, widths)
        for column, given in enumerate(texts):
            if isinstance(given, int | float) and not isinstance(given, bool):
                sheet.write_number(row, column, given, p.given)
            else:
                p.text(sheet, row, column, str(given), p.bold if given in differ else None)
    sheet.freeze_panes(3, 1)


def _described(parameter, key: str, w: Words) -> tuple[str, str, str]:
    """Unit, meaning and source; the settings of a run are nobody's estimate."""
    extra = getattr(parameter, "json_schema_extra", None) or {}
    source = extra.get("source", "")
    if key.startswith("run."):
        source = w("setting of the run", "运行设置")
    return extra.get("unit", ""), getattr(parameter, "description", "") or "", source


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
