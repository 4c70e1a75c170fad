"""The report's chapters on what the optimiser's studies found."""

import math
from collections.abc import Callable, Iterator

import plotly.graph_objects as go

from desk.blocks import Block, Heading, Paragraph, Picture, Table
from desk.decided import Decided
from desk.dossier import Dossier
from desk.words import Words
from optimize.costing import SHARES
from optimize.limits import QUANTITIES
from optimize.plots import costing_figure, frontier_figure, regret_figure, tornado_figure
from sim.shown import visible


def about_study(d: Dossier, study: Decided, w: Words) -> str:
    """What a study was made of; a warning where that is none of the scenarios here."""
    kind = w(*STUDIES[study.kind])
    mine = [e["name"] for e in d.about["scenarios"] if e.get("digest") == study.digest]
    if mine:
        return w(f"Study of {d.names[mine[0]]}: {kind}.", f"对{d.names[mine[0]]}的研究：{kind}。")
    return w(f"Study of another scenario than those compared here (hash {study.digest}): {kind}.",
             f"该研究所用情景（哈希 {study.digest}）与此处比较的情景不同：{kind}。")  # fmt: skip


def seats_of(d: Dossier, study: Decided) -> int:
    """Seats of the scenario that a study was made of; 0 where it is none of these."""
    for entry in d.about["scenarios"]:
        if entry.get("digest") == study.digest:
            return d.outcomes[entry["name"]].scenario.workforce.seats
    return 0


def studied(d: Dossier, w: Words) -> Iterator[Block]:
    """A chapter on what the answer hangs on, and one for every other study given."""
    kinds = [study.kind for study in d.studies]
    if "sensitivity" not in kinds:
        yield Heading(w(*TITLES["sensitivity"]))
        yield Paragraph(w(
            "No sensitivity study is added. `postloan sensitivity` makes one, `--study` puts it "
            "here. Until then the choice rests on the usual values of what is assumed, below.",
            "未附敏感性分析：用 postloan sensitivity 生成，并以 --study 附上。"
            "在此之前，结论以下文各项假设的通常取值为前提。"))  # fmt: skip
    for study in sorted(d.studies, key=lambda s: list(CHAPTERS).index(s.kind)):
        yield Heading(w(*TITLES[study.kind]))
        yield Paragraph(about_study(d, study, w))
        yield from CHAPTERS[study.kind](study, w)


def study_figure(study: Decided, w: Words) -> go.Figure:
    """The picture of a study, from its tables."""
    aim = w.quantity(study.answer.get("objective", "incentive"))
    table = next(iter(study.tables.values()))
    match study.kind:
        case "sensitivity":
            return tornado_figure(table, aim, w.lang)
        case "frontier":
            return frontier_figure(table, w.quantity(study.answer["on"]), aim, w.lang)
        case "costing":
            draws = study.tables["circumstances"]["incentive"]
            budget = study.answer["budget_yuan_per_seat_and_period"]
            return costing_figure(draws, budget, SHARES, w.lang)
        case _:
            unknowns = [name for name in table if name not in {"scheme", "worth", "regret"}]
            return regret_figure(table, unknowns, aim, w.lang)


def _sensitivity(study: Decided, w: Words) -> Iterator[Block]:
    tornado, decision = study.tables["tornado"], study.tables["decision"]
    name, unit = w.quantity(study.answer["objective"])
    digits = QUANTITIES[study.answer["objective"]].digits
    share = f"{100 * study.answer['choice_changes']:.0f} %"
    yield Paragraph(w(
        f"Over the assumptions the best scheme changes in {share} of the cases. Gains over the "
        f"first scheme in {name}, {unit}; ± is half the 95 % interval of the swing.",
        f"在各假设的区间内，最优方案在{share}的情形下改变。相对第一个方案的增益：{name}，{unit}；"
        "±为摆幅95%区间的一半。"))  # fmt: skip
    yield Picture(study_figure(study, w), w("Tornado", "龙卷风图"))
    yield Table(
        [w("scheme", "方案"), w("assumption", "假设"), w("band", "区间"),
         w("gain at low", "下限处增益"), w("at high", "上限处增益"), w("swing", "摆幅"), "±"],
        [[visible(r.scheme), r.assumption, f"{r.low:g} … {r.high:g}",
          *(f"{x:+,.{digits}f}" for x in (r.gain_at_low, r.gain_at_high)),
          *(f"{x:,.{digits}f}" for x in (r.swing, r.reach))] for r in tornado.itertuples()],
        words=3,
    )  # fmt: skip
    yield Paragraph(w("What decides which scheme is best: share of the doubt (Sobol indices).",
                      "什么决定哪个方案最优：不确定性占比（Sobol指数）。"))  # fmt: skip
    yield Table(
        [w("assumption", "假设"), w("alone", "单独作用"), w("with others", "含交互作用"), "±"],
        [[r.assumption, f"{r.alone:.2f}", f"{r.with_others:.2f}", f"{r.error:.2f}"]
         for r in decision[decision["about"] == "choice"].itertuples()],
    )  # fmt: skip


def _frontier(study: Decided, w: Words) -> Iterator[Block]:
    table = study.tables["frontier"]
    on, aim = w.quantity(study.answer["on"]), w.quantity(study.answer["objective"])
    digits = QUANTITIES[study.answer["objective"]].digits
    show = lambda x, text: "-" if math.isnan(x) else format(x, text)  # noqa: E731  (used in one table)
    yield Picture(study_figure(study, w), w("Frontier", "有效前沿"))
    yield Table(
        [w("weights", "权重"), w(f"bound on {on[0]}, {on[1]}", f"{on[0]}上限，{on[1]}"),
         w(f"gain, {aim[1]}", f"增益，{aim[1]}"), w("95 % interval", "95%区间"),
         w("price to the next", "影子价格")],
        [[visible(str(r.scheme)), f"{r.bound:,.6g}", show(r.gain, f"+,.{digits}f"),
          "-" if math.isnan(r.gain) else
          w(" to ", " 至 ").join(f"{x:+,.{digits}f}" for x in (r.low, r.high)),
          show(r.price, ",.4g")] for r in table.itertuples()],
    )  # fmt: skip


def _costing(study: Decided, w: Words) -> Iterator[Block]:
    found, table = study.answer, study.tables["costing"]
    budget = found["budget_yuan_per_seat_and_period"]
    yield Picture(study_figure(study, w), w("Cost", "成本"))
    heads = ["mean", *(f"P{round(100 * share)}" for share in SHARES)]
    yield Table(
        [w("figure", "项目"), w("mean", "均值"), *heads[1:]],
        [[w(", ", "，").join(w.quantity(r["quantity"])), *(f"{r[h]:,.0f}" for h in heads)]
         for r in table.to_dict("records")],
    )  # fmt: skip
    low, high = (f"{100 * found[end]:.0f}" for end in ("breach_low", "breach_high"))
    chance, reserve = 100 * found["breach_probability"], found["reserve_yuan_per_period"]
    yield Paragraph(w(
        f"Incentive pay exceeds {budget:,.0f} yuan per seat and period in {chance:.0f} % of "
        f"{found['draws']:,} circumstances (95 % interval {low} to {high} %). A reserve of "
        f"{reserve:,.0f} yuan per period covers it up to P95.",
        f"在{found['draws']:,}种环境中，激励薪酬有{chance:.0f}%超过{budget:,.0f}元/席位·周期"
        f"（95%区间{low}%至{high}%）。覆盖P95所需准备金为{reserve:,.0f}元/周期。"))  # fmt: skip


def _regret(study: Decided, w: Words) -> Iterator[Block]:
    found = study.answer
    digits = QUANTITIES[found["objective"]].digits
    yield Picture(study_figure(study, w), w("Regret", "遗憾值"))
    yield Table(
        [w("scheme", "方案"), w("expected", "期望值"), w("worst regret", "最大遗憾"),
         w("mean regret", "平均遗憾"), w("best in", "最优占比")],
        [[visible(r["scheme"]), *(f"{r[k]:,.{digits}f}" for k in
                                  ("expected", "worst_regret", "mean_regret")),
          f"{100 * r['best_in']:.0f} %"] for r in found["schemes"]],
    )  # fmt: skip


TITLES = {
    "sensitivity": ("What the answer hangs on", "敏感性：结论取决于什么"),
    "costing": ("What it may cost", "可能的成本"),
    "frontier": ("What a looser bound buys", "放宽约束能换来什么"),
    "regret": ("What a wrong choice would cost", "选错方案的代价"),
}
STUDIES = {
    "sensitivity": ("assumptions at the ends of their bands", "各假设取区间两端"),
    "costing": ("cost over drawn circumstances", "抽样环境下的成本"),
    "frontier": ("the best verified scheme at each bound", "各上限下经验证的最优方案"),
    "regret": ("each scheme in each behaviour that is possible", "各方案在各种可能行为下的表现"),
}
CHAPTERS: dict[str, Callable[[Decided, Words], Iterator[Block]]] = {
    "sensitivity": _sensitivity, "costing": _costing, "frontier": _frontier, "regret": _regret,
}  # fmt: skip
