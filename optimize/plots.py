"""Pictures of the optimiser's studies: from their tables to a Plotly figure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

INK, BLUE, ORANGE, FAINT = "#222222", "#0072B2", "#D55E00", "#DDDDDD"  # Okabe & Ito 2008


def _laid_out(
    figure: go.Figure, title: str, note: str, across: str, up: str, height: int = 520
) -> go.Figure:
    figure.update_layout(
        title={"text": title, "subtitle": {"text": f"{note}; simulated"}, "x": 0.01,
               "y": 1 - 24 / height, "yanchor": "top"},
        template="plotly_white", font={"color": INK, "size": 13}, height=height,
        margin={"l": 70, "r": 30, "t": 110, "b": 60}, xaxis_title=across, yaxis_title=up,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def frontier_figure(table: pd.DataFrame, across: str, up: str) -> go.Figure:
    """The verified gain at each bound with its 95 % interval."""
    seen = table[table["feasible"].astype(bool)]
    figure = go.Figure(go.Scatter(
        x=seen["bound"], y=seen["gain"], mode="lines+markers", line={"color": BLUE, "shape": "hv"},
        error_y={"array": seen["high"] - seen["gain"], "arrayminus": seen["gain"] - seen["low"]},
        text=seen["scheme"], hovertemplate="%{x:,.6g}: %{y:+,.0f}<br>%{text}<extra></extra>",
    ))  # fmt: skip
    meaning, unit = up.rsplit(", ", 1)
    return _laid_out(
        figure, f"What a looser bound buys: {meaning}",
        "verified gain over today's scheme, 95 % interval", f"bound on {across}", f"gain, {unit}",
    )  # fmt: skip


def tornado_figure(table: pd.DataFrame, unit: str) -> go.Figure:
    """The first scheme's gain with each assumption at its ends, the widest on top."""
    mine = table[table["scheme"] == table["scheme"].iloc[0]].iloc[::-1]
    figure = go.Figure()
    for end, colour in (("low", BLUE), ("high", ORANGE)):
        base = mine["gain"]
        figure.add_bar(
            y=mine["assumption"], x=mine[f"gain_at_{end}"] - base, base=base, orientation="h",
            name=f"at the band's {end} end", marker={"color": colour},
            text=[f"{x:g}" for x in mine[end]], textposition="none",
            error_x={"array": mine["reach"], "color": INK, "width": 3, "thickness": 1}
            if end == "high" else None,
            hovertemplate="%{y} = %{text}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(automargin=True)
    return _laid_out(
        figure, f"Which assumptions move the gain of {mine['scheme'].iloc[0]}",
        "each assumption at the ends of its band; bars: 95 % interval of the swing",
        f"gain in {unit}", "", 220 + 30 * len(mine),
    )  # fmt: skip


def costing_figure(cost: pd.Series, budget: float, shares: Sequence[float]) -> go.Figure:
    """How often the cost stays below each value, with the budget and the quantiles."""
    ordered = np.sort(cost.to_numpy())
    reached = np.arange(1, len(ordered) + 1) / len(ordered)
    figure = go.Figure(go.Scatter(x=ordered, y=reached, mode="lines", line={"color": BLUE}))
    figure.add_vline(x=budget, line={"color": ORANGE}, annotation_text="budget")
    for share in shares:
        place = float(cost.quantile(share))
        figure.add_annotation(x=place, y=share, text=f"P{round(100 * share)} {place:,.0f}")
    return _laid_out(
        figure, "What incentive pay may cost",
        f"{len(ordered):,} circumstances, each with luck of its own; P95: in 95 % it costs no more",
        "incentive pay, yuan per seat and period", "share of circumstances",
    )  # fmt: skip


def regret_figure(table: pd.DataFrame, unknowns: Sequence[str], unit: str) -> go.Figure:
    """Regret of every scheme in every behaviour set, the darker the worse."""
    cases = table[list(unknowns)].astype(str).agg(" / ".join, axis=1)
    wide = table.assign(case=cases).pivot_table(index="case", columns="scheme", values="regret",
                                                sort=False)  # fmt: skip
    figure = go.Figure(go.Heatmap(
        z=wide.to_numpy(), x=list(wide.columns), y=list(wide.index),
        colorscale=[[0, "#FFFFFF"], [1, ORANGE]], colorbar={"title": "regret"},
        hovertemplate="%{y}<br>%{x}: %{z:,.0f}<extra></extra>",
    ))  # fmt: skip
    figure.update_yaxes(title={"text": " / ".join(unknowns), "font": {"size": 11}})
    return _laid_out(
        figure, "What a wrong choice would cost", "by what people turn out to be like",
        f"regret in {unit}", " / ".join(unknowns), 260 + 22 * len(wide),
    )  # fmt: skip
