"""Pictures of the gaming ledger, the fairness account and the collector's view."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.indicators import INDICATORS

INK = "#222222"
COLOURS = {  # Okabe & Ito 2008
    "real": "#009E73", "pulled forward": "#E69F00", "shifted from a colleague": "#0072B2",
    "harmful": "#D55E00", "cosmetic": "#CC79A7",
}  # fmt: skip
MAPS = 6  # tasks shown: those whose hour moves pay most


def gaming_figure(ledger: pd.DataFrame, name: str) -> go.Figure:
    """Waterfall of each indicator's lift, in percent of the way from nothing to full attainment."""
    keys = list(dict.fromkeys(ledger["indicator"]))
    span = {k: 100.0 / (INDICATORS[k].target - INDICATORS[k].zero) for k in keys}
    percent = ledger["record"] * ledger["indicator"].map(span)
    table = ledger.assign(percent=percent).pivot_table(
        index="indicator", columns="part", values="percent"
    )
    start, y = np.zeros(len(keys)), np.arange(len(keys))
    figure = go.Figure()
    for lane, (part, colour) in enumerate(COLOURS.items()):
        step = table.loc[keys, part].to_numpy()
        figure.add_bar(y=y + 0.15 * (lane - 2), x=step, base=start, width=0.14, orientation="h",
                       name=part, marker_color=colour)  # fmt: skip
        start = start + step
    truth = ledger[ledger["part"] == "lift"].set_index("indicator")["truth"]
    x = [truth[k] * span[k] for k in keys]
    figure.add_scatter(x=x, y=y, mode="markers", name="true lift",
                       marker={"symbol": "line-ns-open", "size": 26, "color": INK})  # fmt: skip
    figure.update_yaxes(tickvals=y, ticktext=[INDICATORS[k].en for k in keys], autorange="reversed")
    figure.update_xaxes(title="lift over replay, % of the way from nothing to full attainment")
    return _dressed(figure, f"What lifts the indicators: {name}", 760)


def fairness_figure(account: pd.DataFrame, name: str) -> go.Figure:
    """Shares of the variance of incentive pay by source, with their intervals."""
    part = account[account["unit"] == "share of variance"]
    bars = {"type": "data", "symmetric": False, "array": 100 * (part["high"] - part["mean"]),
            "arrayminus": 100 * (part["mean"] - part["low"])}  # fmt: skip
    figure = go.Figure(
        go.Bar(y=part["meaning"], x=100 * part["mean"], orientation="h", error_x=bars,
               marker_color="#0072B2")
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title="% of the variance of incentive pay among seats")
    return _dressed(figure, f"Where pay differences come from: {name}", 420)


def view_figure(view: pd.DataFrame, name: str) -> go.Figure:
    """Heat maps of marginal pay by day and attainment, of the tasks it matters most for."""
    table = view.assign(fen=view["yuan_per_hour"].abs() * view["sights"])
    tasks = list(table.groupby("task")["fen"].sum().nlargest(MAPS).index)
    figure = make_subplots(2, 3, subplot_titles=tasks, shared_xaxes=True, shared_yaxes=True,
                           vertical_spacing=0.1)  # fmt: skip
    for place, task in enumerate(tasks):
        mine = view[view["task"] == task]
        sums = mine.assign(fen=mine["yuan_per_hour"] * mine["sights"])
        sums = sums.groupby(["attainment", "day"])[["fen", "sights"]].sum()
        means = (sums["fen"] / sums["sights"]).rename("mean").reset_index()
        cells = means.pivot_table(index="attainment", columns="day", values="mean")
        heat = go.Heatmap(z=cells, x=cells.columns, y=cells.index, coloraxis="coloraxis")
        figure.add_trace(heat, row=place // 3 + 1, col=place % 3 + 1)
    figure.update_layout(coloraxis={"colorscale": "Viridis", "colorbar_title": "yuan/hour"})
    figure.update_xaxes(title_text="day of the period", row=2)
    figure.update_yaxes(title_text="tenth by incentive", col=1)
    return _dressed(figure, f"What an hour more adds to pay: {name}", 640)


def _dressed(figure: go.Figure, title: str, height: int) -> go.Figure:
    return figure.update_layout(
        template="plotly_white", title=title, height=height, font={"size": 12, "color": INK},
        margin={"t": 90, "l": 60, "r": 30},
    )  # fmt: skip
