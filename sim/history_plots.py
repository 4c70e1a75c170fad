"""Pictures of a lender's history and of what was fitted to it."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sim.plots import COLOURS, INK, dress


def roll_figure(rolls: pd.DataFrame, name: str) -> go.Figure:
    """Heat map of where accounts stand a month later."""
    table = rolls.pivot_table(
        index="state_before", columns="state_after", values="share", sort=False
    )
    figure = go.Figure(go.Heatmap(
        z=table, x=table.columns, y=table.index, colorscale="Cividis", zmin=0, zmax=1,
        texttemplate="%{z:.1%}", colorbar={"title": "share", "tickformat": ".0%"},
        hovertemplate="%{y} to %{x}: %{z:.2%}<extra></extra>",
    ))  # fmt: skip
    figure.update_yaxes(autorange="reversed", title_text="at a month's end")
    figure.update_xaxes(title_text="a month later")
    dress(figure, f"Roll rates: {name}", "share of accounts; all months", 480)
    return figure


def vintage_figure(vintages: pd.DataFrame, name: str) -> go.Figure:
    """Share of each month's new overdue accounts that are overdue without a break ever since."""
    figure = go.Figure()
    for month, part in vintages.groupby("month"):
        figure.add_scatter(
            x=part["months_later"], y=part["still_overdue"], mode="lines+markers",
            name=f"month {month}", line={"color": COLOURS[(month - 1) % len(COLOURS)]},
            hovertemplate=f"month {month}, %{{x}} later: %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text="months later", dtick=1)
    figure.update_yaxes(title_text="still overdue", tickformat=".0%", rangemode="tozero")
    dress(figure, f"Vintages: {name}", "share of the accounts that became overdue in a month", 460)
    return figure


def holdout_figure(holdout: pd.DataFrame, name: str) -> go.Figure:
    """Predicted against seen, with what is permitted."""
    figure = go.Figure()
    figure.add_scatter(
        x=holdout["seen"], y=holdout["measure"], mode="markers", name="seen, and what is permitted",
        marker={"color": INK, "size": 9},
        error_x={
            "array": np.minimum(holdout["permitted"], 1.0 - holdout["seen"]),
            "arrayminus": np.minimum(holdout["permitted"], holdout["seen"]), "color": INK,
        },
    )  # fmt: skip
    figure.add_scatter(
        x=holdout["predicted"], y=holdout["measure"], mode="markers", name="predicted",
        marker={"color": COLOURS[2], "symbol": "diamond-open", "size": 11},
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title_text="share", tickformat=".0%", rangemode="tozero")
    dress(figure, f"The month left out: {name}", "fitted to the months before it", 460)
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"})
