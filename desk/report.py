"""The decision dossier of a result: what was asked, found, gamed, spent and assumed."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from desk.blocks import Block, Heading, Paragraph, Picture, Table
from desk.documents import parameters
from desk.dossier import Dossier
from desk.explain import scheme_blocks
from desk.study_chapters import studied
from desk.words import MEASURED, Words, plain
from sim import Comparison, Outcome, Scenario
from sim.indicators import INDICATORS
from sim.insight_plots import gaming_figure
from sim.labels import KINDS
from sim.parameter import ASSUMED
from sim.plots import forest_figure, over_time_figure
from sim.shown import visible

LEDGER_HEIGHT = 640  # pixels: half a printed page
MOST_TASKS = 8  # of the table of gaming hours


def report_document(dossier: Dossier, w: Words) -> list[Block]:
    """The dossier as blocks."""
    return [
        Heading(_title(dossier, w), 1), *_question(dossier, w),
        *findings(dossier, w, _ledgers(dossier, w)), *studied(dossier, w),
        Heading(w("The schemes in plain words", "方案说明")), *_schemes(dossier, w),
        Heading(w("Assumptions that differ", "情景间不同的假设")), *_differing(dossier, w),
        Heading(w("Where the numbers come from", "参数来源")), *_provenance(dossier, w),
        Heading(w("What the result depends on", "结果依据")), *_identity(dossier, w),
    ]  # fmt: skip


def findings(d: Dossier, w: Words, closer: Iterable[Block] = ()) -> list[Block]:
    """What came out: the result, what gets gamed and a closer look at it, cost and value."""
    return [
        Heading(w("Result", "结果")), *_result(d, w),
        Heading(w("What gets gamed", "哪些指标被操纵")), *_gaming(d, w), *closer,
        Heading(w("Cost and value", "成本与价值")), *_cost(d, w),
    ]  # fmt: skip


def _title(d: Dossier, w: Words) -> str:
    base, *others = d.names.values()
    if not others:
        return w(f"Outcome of {base}", f"{base}的模拟结果")
    return w(f"{w.listed(others)} compared with {base}", f"{w.listed(others)}与{base}的比较")


# ---- the question ----


def _question(d: Dossier, w: Words) -> Iterator[Block]:
    run = d.base.scenario.run
    many, seats = run.replications, d.base.scenario.workforce.seats
    yield Paragraph(
        w("What does each pay scheme do to cash, bad debt, cost, customers and staff, and what is "
          "gamed under it?",
          "各薪酬方案对回款、坏账、成本、客户和员工有何影响？哪些指标会被操纵？")
        if len(d.names) > 1 else
        w("What does this pay scheme do to cash, bad debt, cost, customers and staff, and what is "
          "gamed under it?",
          "该薪酬方案对回款、坏账、成本、客户和员工有何影响？哪些指标会被操纵？"))  # fmt: skip
    yield Table(
        [w("scenario", "情景"), w("title", "标题"), w("scheme", "方案")],
        [[d.names[name], visible(o.scenario.title), visible(o.scenario.scheme.title)]
         for name, o in d.outcomes.items()],
        words=3,
    )  # fmt: skip
    yield Paragraph(w(
        f"Simulated: {seats} seats, {run.periods} pay periods of {run.period_days} days, the first "
        f"{run.warm_up} not counted, {many} replications with the same luck for every scheme.",
        f"模拟规模：{seats}个席位，{run.periods}个考核周期（每期{run.period_days}天），前"
        f"{run.warm_up}期不计入，重复{many}次，各方案使用相同的随机因素。"))  # fmt: skip
    for note in d.about.get("notes", []):
        yield Paragraph(w("Note: ", "注意（原文）：") + visible(str(note)), note=True)


# ---- the result ----


def _result(d: Dossier, w: Words) -> Iterator[Block]:
    periods = pd.concat([o.periods.assign(scenario=d.names[n]) for n, o in d.outcomes.items()])
    yield Picture(
        over_time_figure(periods, w.lang), w("Course over the pay periods", "各考核周期走势")
    )
    if isinstance(d.result, Comparison):
        differences = named(d.result.differences(), d.names, w)
        base = d.names[d.base.name]
        yield Picture(
            forest_figure(differences, base, w.lang),
            w(f"Paired differences from {base} with 95 % interval", f"与{base}的配对差异及95%区间"),
        )
        for name, part in differences.groupby("scenario", sort=False):
            yield Heading(
                w(f"{name}: paired differences from {base}", f"{name}：与{base}的配对差异"), 3
            )
            yield Table(
                [w("measure", "衡量项"), base, name, w("difference", "差异"),
                 w("95 % interval", "95%区间")],
                [[f"{row.meaning}{w(', ', '，')}{w.unit(row.unit)}", number(row.base, row),
                  number(row.mean, row), number(row.difference, row, "+"), interval(row, w, "+")]
                 for row in part.itertuples()],
            )  # fmt: skip
    else:
        yield Table(
            [w("measure", "衡量项"), w("mean", "均值"), w("95 % interval", "95%区间")],
            [[f"{w.outcome(row.measure)}{w(', ', '，')}{w.unit(row.unit)}", number(row.mean, row),
              interval(row, w)] for row in d.result.summary().itertuples()],
        )  # fmt: skip


def named(table: pd.DataFrame, names: Mapping[str, str], w: Words) -> pd.DataFrame:
    """The table with short names of scenarios, and measures in the reader's language."""
    return table.assign(
        scenario=table["scenario"].map(names), meaning=table["measure"].map(w.outcome)
    )


def number(figure: float, row: Any, sign: str = "") -> str:
    """A figure of a measure with the digits that the measure has."""
    if math.isnan(figure):
        return "-"
    digits = MEASURED[row.measure].digits
    shown = round(figure, digits) or 0.0  # no negative zero
    return f"{shown:{sign if shown else ''},.{digits}f}"


def interval(row: Any, w: Words, sign: str = "") -> str:
    if math.isnan(row.low):
        return "-"
    return w(" to ", " 至 ").join(number(end, row, sign) for end in (row.low, row.high))


# ---- what is gamed ----


def _gaming(d: Dossier, w: Words) -> Iterator[Block]:
    yield Paragraph(w(
        "Each indicator as it was recorded and as it truly was, means over seats and counted "
        "periods; the gap is what gaming and errors of the record add.",
        "各指标的上报值与真实值（各席位、各计入周期的均值）；"
        "差距来自操纵和记录误差。"))  # fmt: skip
    for name, outcome in d.outcomes.items():
        yield Heading(d.names[name], 3)
        table = record_and_truth(outcome)
        yield Table(
            [w("indicator", "指标"), w("recorded", "上报值"), w("true", "真实值"),
             w("gap", "差距")],
            [[w.named(INDICATORS[key]), w.worth(key, row.record), w.worth(key, row.truth),
              w.worth(key, row.record - row.truth)] for key, row in table.iterrows()],
        )  # fmt: skip
        tasks = gaming_hours(outcome)[:MOST_TASKS]
        if len(tasks):
            yield Table(
                [
                    w("hours of gaming", "操纵行为用时"),
                    w("hours per seat and week", "每席位每周工时"),
                ],
                [[w.task(key), plain(hours)] for key, hours in tasks.items()],
            )
        else:
            yield Paragraph(w("No hour went to gaming.", "没有工时用于操纵。"))


def _ledgers(d: Dossier, w: Words) -> Iterator[Block]:
    for name, ledger in d.ledgers.items():
        yield from _ledger(d.names[name], ledger, w)
    if not d.ledgers:
        yield Paragraph(w(
            "What each lift is made of was not asked for: `--gaming` at the run adds the gaming "
            "ledger.",
            "未附操纵账本：模拟时加 --gaming 即附上各项提升的构成。"), note=True)  # fmt: skip


def _ledger(name: str, ledger: pd.DataFrame, w: Words) -> Iterator[Block]:
    """The gaming ledger of a scenario: what lifts each indicator over unmoved behaviour."""
    kinds = {english: kind for kind, (english, _) in KINDS.items()}
    parts = list(dict.fromkeys(ledger["part"]))
    yield Heading(w(f"{name}: gaming ledger", f"{name}：操纵账本"), 3)
    yield Paragraph(w(
        "What each indicator's lift over people who do not respond to pay is made of; the parts "
        "sum to the lift, ± is half its 95 % interval.",
        "各指标较员工对薪酬无反应时的提升及其构成，各部分之和等于总提升；"
        "±为95%区间的一半。"))  # fmt: skip
    drawn = gaming_figure(ledger, name, w.lang, LEDGER_HEIGHT)
    yield Picture(drawn, w("Gaming ledger", "操纵账本"))
    yield Table(
        [w("indicator", "指标"), *(w.label("kind", kinds[part]) for part in parts), "±"],
        [[w.named(INDICATORS[key]), *(w.worth(key, x) for x in mine["record"]),
          _half(key, mine, w)]
         for key, mine in ledger.groupby("indicator", sort=False)],
    )  # fmt: skip


def _half(key: str, mine: pd.DataFrame, w: Words) -> str:
    """Half the interval of the lift, which stands last."""
    half = (mine["high"] - mine["record"]).iloc[-1]
    return "-" if math.isnan(half) else w.worth(key, half)


def record_and_truth(outcome: Outcome) -> pd.DataFrame:
    """`truth` and `record` of each indicator, means over replications and counted periods."""
    table = outcome.indicators
    counted = table[table["period"] >= outcome.scenario.run.warm_up]
    return counted.groupby("indicator", sort=False)[["truth", "record"]].mean()


def gaming_hours(outcome: Outcome) -> pd.Series:
    """Hours per seat and week of the gaming tasks that take any, the most first."""
    table = outcome.efforts
    counted = table[(table["period"] >= outcome.scenario.run.warm_up) & table["gaming"]]
    hours = counted.groupby("task")["hours_per_week"].mean()
    return hours[hours.round(2) > 0].sort_values(ascending=False)


# ---- cost ----


def _cost(d: Dossier, w: Words) -> Iterator[Block]:
    tables = {d.names[name]: o.profit_and_loss() for name, o in d.outcomes.items()}
    first = next(iter(tables.values()))
    yield Table(
        [w("yuan per pay period", "元/周期"), *(h for name in tables for h in (name, "±"))],
        [[w.label("profit", line),
          *(cell for t in tables.values() for cell in _with_half(t.loc[i]))]
         for i, line in enumerate(first["line"])],
    )  # fmt: skip
    yield Paragraph(w("Means over the replications; ± is half the 95 % interval. Costs carry a "
                      "minus.",
                      "重复模拟的均值，±为95%区间的一半；成本为负。"), note=True)  # fmt: skip


def _with_half(row: pd.Series) -> tuple[str, str]:
    half = row["high"] - row["mean"]
    return f"{row['mean']:,.0f}", "-" if math.isnan(half) else f"{half:,.0f}"


# ---- schemes, assumptions, provenance ----


def _schemes(d: Dossier, w: Words) -> Iterator[Block]:
    for name, outcome in d.outcomes.items():
        scheme = outcome.scenario.scheme
        yield Heading(f"{d.names[name]}{w(': ', '：')}{visible(scheme.title)}".rstrip(": ："), 3)
        yield from scheme_blocks(scheme, w)
        for change in outcome.scenario.change:
            number = change.period
            yield Heading(w(f"From pay period {number} on: ", f"自考核周期{number}起：")
                          + visible(change.scheme.title), 3)  # fmt: skip
            yield from scheme_blocks(change.scheme, w)


def flat(scenario: Scenario) -> dict[str, Any]:
    """Every key of the scenario but its pay and luck by `section.key`."""
    values = scenario.model_dump(mode="json", exclude={"scheme", "change", "title"})
    return {f"{s}.{k}": v for s, table in values.items() for k, v in table.items()}


def _differing(d: Dossier, w: Words) -> Iterator[Block]:
    if len(d.outcomes) == 1:
        yield Paragraph(w("There is one scenario.", "只有一个情景。"))
        return
    keys = [flat(o.scenario) for o in d.outcomes.values()]
    differing = [key for key in keys[0] if any(k[key] != keys[0][key] for k in keys)]
    if not differing:
        yield Paragraph(w("None: the scenarios differ in their schemes alone.",
                          "无：各情景仅薪酬方案不同。"))  # fmt: skip
        return
    yield Table(
        [w("key", "参数"), *d.names.values()],
        [[key, *(visible(str(k[key]))[:80] for k in keys)] for key in differing],
        words=1 + len(keys),
    )


def _provenance(d: Dossier, w: Words) -> Iterator[Block]:
    about, values = parameters(), flat(d.base.scenario)
    rows, assumed = [], 0
    for key, field in about.items():
        extra = field.json_schema_extra or {}
        if not isinstance(extra, dict) or "source" not in extra or key not in values:
            continue
        if extra["source"] == ASSUMED:
            assumed += 1
            continue
        rows.append([key, visible(str(values[key]))[:60], extra["unit"], extra["source"]])
    yield Paragraph(w(
        f"{len(rows)} parameters have a public source, {assumed} are assumed. Trust signs and "
        "orders of size, and compare schemes rather than forecast levels. Values are those of the "
        "first scenario.",
        f"{len(rows)}个参数有公开来源，{assumed}个为假设。宜看方向与量级、比较方案，不宜用作水平预测。"
        "所列为第一个情景的取值；来源保留原文。"))  # fmt: skip
    yield Table(
        [w("key", "参数"), w("value", "取值"), w("unit", "单位"), w("source", "来源")],
        rows,
        words=4,
    )


def _identity(d: Dossier, w: Words) -> Iterator[Block]:
    about = d.about
    yield Table(
        ["", w("value", "取值")],
        [[w("seed", "随机种子"), str(about.get("seed"))],
         [w("replications", "重复次数"), str(about.get("replications"))],
         *([f"{w('version of', '版本：')} {name}".strip(), str(version)]
           for name, version in about.get("versions", {}).items())],
        words=2,
    )  # fmt: skip
    yield Table(
        [w("scenario", "情景"), w("hash of its keys", "情景哈希"),
         w("of its portfolio file", "贷款文件哈希")],
        [[d.names[entry["name"]], str(entry.get("digest")),
          str(entry.get("portfolio_sha256") or "-")] for entry in about["scenarios"]],
        words=3,
    )  # fmt: skip
    yield Table(
        [w("file of the folder", "结果文件"), "SHA-256"],
        [[path.name, hashlib.sha256(path.read_bytes()).hexdigest()]
         for path in sorted(d.folder.glob("*.parquet"))],
        words=2,
    )  # fmt: skip
