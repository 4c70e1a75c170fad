"""Pictures of the optimiser's studies: from their tables to a Plotly figure.

A quantity is given as its name and its unit, in the language of the picture.
"""

from collections.abc import Sequence
from html import escape
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

Lang = Literal["en", "zh"]
Named = tuple[str, str]  # name and unit of a quantity

INK, BLUE, ORANGE, FAINT = "#222222", "#0072B2", "#D55E00", "#DDDDDD"  # Okabe & Ito 2008
ENDS = {"low": (BLUE, "/"), "high": (ORANGE, "")}  # patterns for black-and-white print


def _laid_out(
    figure: go.Figure, title: str, note: str, across: str, up: str, height: int = 520
) -> go.Figure:
    figure.update_layout(
        title={"text": title, "subtitle": {"text": note}, "x": 0.01,
               "y": 1 - 24 / height, "yanchor": "top"},
        template="plotly_white", font={"color": INK, "size": 13}, height=height,
        margin={"l": 70, "r": 30, "t": 110, "b": 60}, xaxis_title=across, yaxis_title=up,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def frontier_figure(table: pd.DataFrame, on: Named, aim: Named, lang: Lang = "en") -> go.Figure:
    """The verified gain at each bound with its 95 % interval, and the price to the next bound."""
    say = {"en": 0, "zh": 1}[lang]
    seen = table[table["feasible"].astype(bool)]
    band = ("95 % interval", "95%区间")[say]
    figure = go.Figure(go.Scatter(
        x=seen["bound"], y=seen["gain"], mode="lines+markers", line={"color": BLUE, "shape": "hv"},
        marker={"size": 9}, customdata=seen[["low", "high", "scheme"]],
        error_y={"array": seen["high"] - seen["gain"], "arrayminus": seen["gain"] - seen["low"]},
        hovertemplate=f"%{{x:,.6g}} {on[1]}: %{{y:+,.0f}} {aim[1]}<br>{band} "
        "%{customdata[0]:+,.0f} … %{customdata[1]:+,.0f}<br>%{customdata[2]}<extra></extra>",
    ))  # fmt: skip
    for bound in table["bound"][~table["feasible"].astype(bool)]:
        figure.add_vline(x=bound, line={"color": INK, "dash": "dot"},
                         annotation_text=("no scheme found", "未找到方案")[say])  # fmt: skip
    steps = table.assign(to=table["bound"].shift(-1)).dropna(subset=["to", "price"])
    for step in steps.itertuples():
        figure.add_annotation(
            x=(step.bound + step.to) / 2, y=step.gain, text=f"{step.price:+,.3g}",
            showarrow=False, yshift=12, font={"size": 12, "color": ORANGE},
        )  # fmt: skip
    title, note, bound, gain = (
        (f"What a looser bound buys: {aim[0]}",
         f"verified gain over today's scheme, 95 % interval; numbers on the steps: price, {aim[1]} "
         f"for each {on[1]}; simulated", f"bound on {on[0]}, {on[1]}", f"gain, {aim[1]}"),
        (f"放宽约束的收益：{aim[0]}",
         f"经验证的相对现行方案的增益，95%区间；阶梯上的数字为影子价格（每{on[1]}对应{aim[1]}）；模拟结果",
         f"{on[0]}上限，{on[1]}", f"增益，{aim[1]}"),
    )[say]  # fmt: skip
    return _laid_out(figure, title, note, bound, gain)


def tornado_figure(table: pd.DataFrame, aim: Named, lang: Lang = "en") -> go.Figure:
    """The first scheme's gain with each assumption at its ends, the widest on top."""
    say = {"en": 0, "zh": 1}[lang]
    first = table["scheme"].iloc[0]
    name, mine = escape(first, quote=False), table[table["scheme"] == first].iloc[::-1]
    figure = go.Figure()
    for end, (colour, pattern) in ENDS.items():
        words = (f"at the band's {end} end", f"区间{'下限' if end == 'low' else '上限'}处")[say]
        swing = ("swing", "摆幅")[say]
        figure.add_bar(
            y=mine["assumption"], x=mine[f"gain_at_{end}"] - mine["gain"], base=mine["gain"],
            orientation="h", name=words,
            marker={"color": colour, "pattern": {"shape": pattern}},
            customdata=mine[[end, f"gain_at_{end}", "swing", "reach"]],
            error_x={"array": mine["reach"], "color": INK, "width": 3, "thickness": 1}
            if end == "high" else None,
            hovertemplate=f"%{{y}} = %{{customdata[0]:.4g}}: %{{customdata[1]:+,.4g}} {aim[1]}<br>"
            f"{swing} %{{customdata[2]:,.4g}} ± %{{customdata[3]:,.4g}}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(automargin=True)
    title, note, across = (
        (f"Which assumptions move the gain of {name}",
         "each assumption at the ends of its band; bars: 95 % interval of the swing; simulated",
         f"gain in {aim[0]}, {aim[1]}"),
        (f"哪些假设影响{name}的增益",
         "各假设取区间两端；误差线：摆幅的95%区间；模拟结果", f"{aim[0]}的增益，{aim[1]}"),
    )[say]  # fmt: skip
    return _laid_out(figure, title, note, across, "", 220 + 30 * len(mine))


def costing_figure(
    cost: pd.Series, budget: float, shares: Sequence[float], lang: Lang = "en"
) -> go.Figure:
    """How often the cost stays below each value, with the budget and the quantiles."""
    say = {"en": 0, "zh": 1}[lang]
    ordered = np.sort(cost.to_numpy())
    reached = np.arange(1, len(ordered) + 1) / len(ordered)
    unit, below = (("yuan", "of the circumstances cost no more"), ("元", "的环境下成本不超过"))[say]
    figure = go.Figure(go.Scatter(
        x=ordered, y=reached, mode="lines", line={"color": BLUE},
        hovertemplate=f"%{{x:,.0f}} {unit}: %{{y:.0%}} {below}<extra></extra>",
    ))  # fmt: skip
    figure.add_vline(
        x=budget, line={"color": ORANGE, "dash": "dash"}, annotation_text=("budget", "预算")[say]
    )
    for share in shares:
        place = float(cost.quantile(share))
        figure.add_annotation(x=place, y=share, text=f"P{round(100 * share)} {place:,.0f}")
    title, note, across, up = (
        ("What incentive pay may cost",
         f"{len(ordered):,} circumstances, each with luck of its own; P95: in 95 % it costs no "
         "more; simulated",
         "incentive pay, yuan per seat and period", "share of circumstances"),
        ("激励薪酬可能的成本",
         f"{len(ordered):,}种环境，随机因素各自独立；P95：95%的环境下成本不超过此值；模拟结果",
         "激励薪酬，元/席位·周期", "环境占比"),
    )[say]  # fmt: skip
    return _laid_out(figure, title, note, across, up).update_yaxes(tickformat=".0%")


def regret_figure(
    table: pd.DataFrame, unknowns: Sequence[str], aim: Named, lang: Lang = "en"
) -> go.Figure:
    """Regret of every scheme in every behaviour set, the darker the worse."""
    say = {"en": 0, "zh": 1}[lang]
    cases = table[list(unknowns)].astype(str).agg(" / ".join, axis=1)
    wide = table.assign(case=cases).pivot_table(index="case", columns="scheme", values="regret",
                                                sort=False)  # fmt: skip
    figure = go.Figure(go.Heatmap(
        z=wide.to_numpy(), y=list(wide.index),
        x=[escape(name, quote=False) for name in wide.columns],
        colorscale=[[0, "#FFFFFF"], [1, ORANGE]], colorbar={"title": ("regret", "遗憾值")[say]},
        texttemplate="%{z:,.3s}", textfont={"color": INK},
        hovertemplate=f"%{{y}}<br>%{{x}}: %{{z:,.0f}} {aim[1]}<extra></extra>",
    ))  # fmt: skip
    figure.update_yaxes(automargin=True)
    title, note, across = (
        ("What a wrong choice would cost",
         f"by what people turn out to be like; regret in {aim[0]}, {aim[1]}; simulated", "scheme"),
        ("选错方案的代价", f"按员工实际行为划分；遗憾值：{aim[0]}，{aim[1]}；模拟结果", "方案"),
    )[say]  # fmt: skip
    return _laid_out(figure, title, note, across, " /<br>".join(unknowns), 260 + 22 * len(wide))
