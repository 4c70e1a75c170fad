"""Pictures of a lender's history and of what was fitted to it."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sim.labels import Lang
from sim.plots import COLOURS, INK, dress

CHINESE = {
    "share": "占比", "at a month's end": "月末状态", "a month later": "一个月后",
    "Roll rates": "滚动率", "share of accounts; all months": "账户占比；所有月份",
    "not overdue": "未逾期", "charged off": "已核销", "month": "月份", "later": "个月后",
    "months later": "此后月数", "still overdue": "仍逾期", "Vintages": "账龄",
    "share of the accounts that became overdue in a month": "当月新逾期账户中的占比",
    "seen, and what is permitted": "实际及允许误差", "predicted": "预测",
    "The month left out": "未参与拟合的月份", "fitted to the months before it": "用此前各月拟合",
}  # fmt: skip


def _in(lang: Lang, text: str) -> str:
    return CHINESE.get(text, text) if lang == "zh" else text


def roll_figure(rolls: pd.DataFrame, name: str, lang: Lang = "en") -> go.Figure:
    """Heat map of where accounts stand a month later."""
    table = rolls.pivot_table(
        index="state_before", columns="state_after", values="share", sort=False
    )
    share = _in(lang, "share")
    figure = go.Figure(go.Heatmap(
        z=table, x=[_in(lang, s) for s in table.columns], y=[_in(lang, s) for s in table.index],
        colorscale="Cividis", zmin=0, zmax=1,
        texttemplate="%{z:.1%}", colorbar={"title": share, "tickformat": ".0%"},
        hovertemplate="%{y} → %{x}: %{z:.2%}<extra></extra>",
    ))  # fmt: skip
    figure.update_yaxes(autorange="reversed", title_text=_in(lang, "at a month's end"))
    figure.update_xaxes(title_text=_in(lang, "a month later"))
    note = _in(lang, "share of accounts; all months")
    dress(figure, f"{_in(lang, 'Roll rates')}: {name}", note, 480)
    return figure


def vintage_figure(vintages: pd.DataFrame, name: str, lang: Lang = "en") -> go.Figure:
    """Share of each month's new overdue accounts that are overdue without a break ever since."""
    figure, called, later = go.Figure(), _in(lang, "month"), _in(lang, "later")
    for month, part in vintages.groupby("month"):
        figure.add_scatter(
            x=part["months_later"], y=part["still_overdue"], mode="lines+markers",
            name=f"{called} {month}", line={"color": COLOURS[(month - 1) % len(COLOURS)]},
            hovertemplate=f"{called} {month}, %{{x}} {later}: %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text=_in(lang, "months later"), dtick=1)
    figure.update_yaxes(title_text=_in(lang, "still overdue"), tickformat=".0%", rangemode="tozero")
    note = _in(lang, "share of the accounts that became overdue in a month")
    dress(figure, f"{_in(lang, 'Vintages')}: {name}", note, 460)
    return figure


def holdout_figure(holdout: pd.DataFrame, name: str, lang: Lang = "en") -> go.Figure:
    """Predicted against seen, with what is permitted."""
    figure = go.Figure()
    figure.add_scatter(
        x=holdout["seen"], y=holdout["measure"], mode="markers",
        name=_in(lang, "seen, and what is permitted"), marker={"color": INK, "size": 9},
        error_x={"array": np.minimum(holdout["permitted"], 1.0 - holdout["seen"]),
                 "arrayminus": np.minimum(holdout["permitted"], holdout["seen"]), "color": INK},
    )  # fmt: skip
    figure.add_scatter(
        x=holdout["predicted"], y=holdout["measure"], mode="markers", name=_in(lang, "predicted"),
        marker={"color": COLOURS[2], "symbol": "diamond-open", "size": 11},
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title_text=_in(lang, "share"), tickformat=".0%", rangemode="tozero")
    note = _in(lang, "fitted to the months before it")
    dress(figure, f"{_in(lang, 'The month left out')}: {name}", note, 460)
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"})
