"""Pictures of the gaming ledger, the fairness account and the collector's view."""

from collections.abc import Iterable, Mapping
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.indicators import INDICATORS, TASKS, Indicator, Task
from sim.labels import KINDS, LANGS, Lang, Pair, label
from sim.plots import COLOURS, DASHES, INK, Style, dress
from sim.shown import shown

LOOKS = {  # colours of Okabe & Ito 2008; patterns for grey print
    "real": ("#009E73", ""),
    "pulled forward": ("#E69F00", "/"),
    "shifted from a colleague": ("#0072B2", "\\"),
    "harmful": ("#D55E00", "x"),
    "cosmetic": ("#CC79A7", "."),
}
GRID = "#E6EBF0"
SHOWN = 6  # tasks of the view: those whose hours move pay most
ACROSS = 4  # panels in a row
ATTAINMENT_WORDS: dict[Lang, tuple[str, str, str, str, str]] = {
    "en": (
        "Where people stand on the payout curves: {}",
        "share of seats",
        "payout",
        "attainment, % of the way to the target",
        "as recorded, seats with a collector and counted periods; ends hold all beyond; simulated",
    ),
    "zh": (
        "员工在兑付曲线上的位置：{}",
        "席位占比",
        "兑付率",
        "达成率，占起评至目标距离的%",
        "按上报值；在岗席位与计入周期；两端含更低与更高者；模拟结果",
    ),
}
PAYOUT_WORDS: dict[Lang, tuple[str, str, str]] = {
    "en": ("attainment, % of the target", "payout, %", "pay, yuan per seat and period"),
    "zh": ("达成率（目标的%）", "兑付率（%）", "薪酬，元/席位·周期"),
}
PART_WORDS: dict[str, Pair] = {pair[0]: pair for pair in KINDS.values()}
LIFT_AXIS: Pair = (
    "lift over replay, % of the way from nothing to full attainment",
    "较无激励反应的提升，占起评值至目标值的%",
)
LEDGER_WORDS = (
    ("What lifts the indicators: {}",
     "each part starts where the one above it ends; bars: 95 % interval over replications; "
     "simulated"),
    ("各指标提升的构成：{}",
     "每一部分从上一部分的终点开始；误差线：重复模拟的95%区间；模拟结果"),
)  # by language  # fmt: skip
VIEW_WORDS = (
    ("day of the period", "tenth of people, by incentive ahead", "yuan<br>per hour"),
    ("考核周期第几天", "按预计激励排序的人员十分档", "元/小时"),
)  # by language
VIEW_HOVER: Pair = (
    "day %{x}, tenth %{y}: %{customdata:,.1f} yuan per hour<extra></extra>",
    "第%{x}天，第%{y}档：%{customdata:,.1f}元/小时<extra></extra>",
)
VIEW_TITLE = (
    ("What an hour more adds to pay: {}",
     "as collectors believe it; mean over all people and replications; simulated"),
    ("多做一小时增加多少薪酬：{}", "催收员的看法；人员与重复的均值；模拟结果"),
)  # by language  # fmt: skip
FAIRNESS_WORDS: dict[Lang, tuple[str, str, str, str]] = {
    "en": ("Where pay differences come from: {}",
           "% of the variance of incentive pay among seats", "95 % interval",
           "bars: 95 % interval over replications; simulated"),
    "zh": ("薪酬差异的来源：{}", "占席位间激励薪酬方差的%", "95%区间",
           "误差线：重复模拟的95%区间；模拟结果"),
}  # fmt: skip


def gaming_figure(
    ledger: pd.DataFrame, name: str, lang: Lang = "en", height: int = 900
) -> go.Figure:
    """Waterfall of each indicator's lift, in percent of the way from nothing to full attainment."""
    keys, at = list(dict.fromkeys(ledger["indicator"])), LANGS.index(lang)
    figure = make_subplots(1, 1)
    _add_ledger(figure, ledger, 1, lang)
    both = ("{0.en}<br>{0.zh}", "{0.zh}")[at]
    figure.update_yaxes(
        tickvals=list(range(len(keys))), range=[len(keys) - 0.5, -0.5], zeroline=False,
        ticktext=[both.format(INDICATORS[k]) for k in keys], automargin=True,
    )  # fmt: skip
    figure.update_xaxes(title_text=LIFT_AXIS[at])
    title, note = LEDGER_WORDS[at]
    dress(figure, title.format(_plain(name)), note, height)
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"})


def ledgers_figure(ledgers: Mapping[str, pd.DataFrame], lang: Lang) -> go.Figure:
    """The gaming ledgers of several schemes side by side, on one scale."""
    keys = list(dict.fromkeys(next(iter(ledgers.values()))["indicator"]))
    figure = make_subplots(
        1, len(ledgers), shared_yaxes=True, shared_xaxes="all", horizontal_spacing=0.03,
        column_titles=[_styled(name) for name in ledgers],
    )  # fmt: skip
    for col, ledger in enumerate(ledgers.values(), start=1):
        _add_ledger(figure, ledger, col, lang)
    figure.update_yaxes(
        tickvals=list(range(len(keys))), ticktext=[_named(INDICATORS[k], lang) for k in keys],
        range=[len(keys) - 0.5, -0.5], zeroline=False, automargin=True, ticklabelstandoff=4,
    )  # fmt: skip
    axis = LIFT_AXIS[LANGS.index(lang)].replace(", ", ",<br>").replace("，", "，<br>")
    figure.update_xaxes(title={"text": axis, "font": {"size": 11}}, zerolinecolor=INK)
    return _side_by_side(figure, 720)


def _add_ledger(figure: go.Figure, ledger: pd.DataFrame, col: int, lang: Lang) -> None:
    """A waterfall per indicator: each part starts where the one above it ends."""
    keys = list(dict.fromkeys(ledger["indicator"]))
    span = ledger["indicator"].map(
        {k: 100.0 / (INDICATORS[k].target - INDICATORS[k].zero) for k in keys}
    )
    columns = ["record", "low", "high", "truth"]
    table = ledger.assign(**{c: ledger[c] * span for c in columns}).set_index("part")
    rows, start = np.arange(len(keys)), np.zeros(len(keys))
    at = LANGS.index(lang)
    band = (
        "95 % interval %{customdata[0]:+.1f} to %{customdata[1]:+.1f} %",
        "95%区间%{customdata[0]:+.1f}至%{customdata[1]:+.1f}%",
    )[at]
    for lane, (part, (colour, pattern)) in enumerate(LOOKS.items()):
        step = table.loc[[part], columns].to_numpy()
        ends = np.sort(np.abs(step[:, 1:3] - step[:, :1]), axis=1)
        figure.add_bar(
            x=step[:, 0], base=start, y=rows + 0.16 * (lane - 2), width=0.15, orientation="h",
            name=PART_WORDS[part][at], legendgroup=part, showlegend=col == 1,
            marker={"color": colour, "pattern": {"shape": pattern}},
            error_x={"array": ends[:, 1], "thickness": 1, "width": 2, "color": INK},
            customdata=step[:, 1:3], row=1, col=col,
            hovertemplate=f"{PART_WORDS[part][at]} %{{x:+.1f}} %<br>{band}<extra></extra>",
        )  # fmt: skip
        start = start + step[:, 0]
    lift = ("true lift", "真实提升")[at]
    figure.add_scatter(
        x=table.loc[["lift"], "truth"], y=rows, mode="markers", name=lift, legendgroup="lift",
        showlegend=col == 1, row=1, col=col,
        marker={"symbol": "line-ns-open", "size": 26, "color": INK, "line": {"width": 2}},
        hovertemplate=f"{lift} %{{x:+.1f}} %<extra></extra>",
    )  # fmt: skip


def _plain(name: str) -> str:
    """A name as Plotly shows it: without markup or hidden signs."""
    return escape(shown(name), quote=False)


def fairness_figure(account: pd.DataFrame, name: str, lang: Lang = "en") -> go.Figure:
    """Shares of the variance of incentive pay by source, with their intervals."""
    part = account[account["unit"] == "share of variance"]
    percent = 100.0 * part[["mean", "low", "high"]].to_numpy()
    said = FAIRNESS_WORDS[lang]
    figure = go.Figure(go.Bar(
        y=[label("fairness", key, lang) for key in part["figure"]], x=percent[:, 0],
        orientation="h", marker_color="#0072B2",
        error_x={"symmetric": False, "array": percent[:, 2] - percent[:, 0],
                 "arrayminus": percent[:, 0] - percent[:, 1], "color": INK},
        customdata=percent[:, 1:], hovertemplate=f"%{{y}}: %{{x:.1f}} %<br>{said[2]} "
        "%{customdata[0]:.1f} … %{customdata[1]:.1f} %<extra></extra>",
    ))  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title_text=said[1])
    dress(figure, said[0].format(_plain(name)), said[3], 420)
    return figure


def view_figure(view: pd.DataFrame, name: str, lang: Lang = "en") -> go.Figure:
    """Heat maps of marginal pay by day and attainment, of the tasks it matters most for."""
    shown, means, at = _dearest(view, SHOWN), _cells(view), LANGS.index(lang)
    figure = make_subplots(
        2, 3, subplot_titles=[_named(TASKS[task], lang) for task in shown],
        shared_xaxes=True, shared_yaxes=True, vertical_spacing=0.12, horizontal_spacing=0.03,
    )  # fmt: skip
    for place, task in enumerate(shown):
        figure.add_trace(_heat(_grid(means, task), lang), row=place // 3 + 1, col=place % 3 + 1)
    figure.update_layout(coloraxis=_colours([means], lang))
    figure.update_xaxes(title_text=VIEW_WORDS[at][0], row=2)
    figure.update_yaxes(title_text=VIEW_WORDS[at][1], dtick=3, tick0=1, col=1)
    title, note = VIEW_TITLE[at]
    dress(figure, title.format(_plain(name)), note, 720)
    return figure.update_layout(margin_t=130)


def _heat(grid: pd.DataFrame, lang: Lang) -> go.Heatmap:
    """A task's cells; colours are logarithmic away from zero."""
    return go.Heatmap(
        z=np.arcsinh(grid), x=grid.columns, y=grid.index, customdata=grid, coloraxis="coloraxis",
        hovertemplate=VIEW_HOVER[LANGS.index(lang)],
    )  # fmt: skip


def _colours(means: Iterable[pd.Series], lang: Lang) -> dict:
    """The colour scale of such cells, marked in yuan."""
    lowest, highest = min(m.min() for m in means), max(m.abs().max() for m in means)
    marks = [m for m in (1, 3, 10, 30, 100, 300, 1000, 3000) if m <= highest] or [1]
    if lowest < -1:
        marks = [-m for m in reversed(marks)] + marks
    marks = sorted({0, *marks})
    return {
        "colorscale": "Cividis",
        "colorbar": {"title": VIEW_WORDS[LANGS.index(lang)][2], "thickness": 14,
                     "tickvals": list(np.arcsinh(marks)), "ticktext": [f"{m:,}" for m in marks]},
    }  # fmt: skip


def views_figure(views: Mapping[str, pd.DataFrame], lang: Lang) -> go.Figure:
    """The collector's views of several schemes side by side: a row for each task, one scale.

    Colours are logarithmic away from zero, so that one dear task does not hide the others.
    """
    tasks = _dearest(pd.concat(views.values()), SHOWN)
    titles = [_named(TASKS[t], lang) if not n else "" for t in tasks for n in range(len(views))]
    figure = make_subplots(
        len(tasks), len(views), shared_xaxes=True, shared_yaxes=True, horizontal_spacing=0.03,
        vertical_spacing=0.06, subplot_titles=titles,
    )  # fmt: skip
    figure.for_each_annotation(lambda title: title.update(x=0, xanchor="left", font_size=12))
    for col, view in enumerate(views.values(), start=1):
        means = _cells(view)
        for row, task in enumerate(tasks, start=1):
            if task in means.index:
                figure.add_trace(_heat(_grid(means, task), lang), row=row, col=col)
    _name_columns(figure, views)
    _dress_views(figure, views, len(tasks), lang)
    return figure


def _dearest(view: pd.DataFrame, many: int) -> list[str]:
    """The tasks whose hours move pay most."""
    moved = view["yuan_per_hour"].abs() * view["sights"]
    return list(moved.groupby(view["task"]).sum().nlargest(many).index)


def _cells(view: pd.DataFrame) -> pd.Series:
    """Mean yuan per hour by task, attainment and day, over the types of collectors."""
    yuan = view["yuan_per_hour"] * view["sights"]
    by = ["task", "attainment", "day"]
    cells = view.assign(yuan=yuan).groupby(by)[["yuan", "sights"]].sum()
    return cells["yuan"] / cells["sights"]


def _grid(cells: pd.Series, task: str) -> pd.DataFrame:
    """A task's cells, attainment by day."""
    mine = cells[task].rename("yuan").reset_index()
    return mine.pivot_table("yuan", "attainment", "day")


def _name_columns(figure: go.Figure, names: Iterable[str]) -> None:
    """The names of the schemes above their columns."""
    for col, name in enumerate(names, start=1):
        axis = figure.get_subplot(1, col).xaxis
        figure.add_annotation(
            text=f"<b>{_styled(name)}</b>", x=axis.domain[0], y=1, xref="paper", yref="paper",
            xanchor="left", yanchor="bottom", yshift=24, showarrow=False, font={"size": 13},
        )  # fmt: skip


def _dress_views(figure: go.Figure, views: Mapping, tasks: int, lang: Lang) -> None:
    """Axes and colours."""
    said = VIEW_WORDS[LANGS.index(lang)]
    figure.update_xaxes(title={"text": said[0], "font": {"size": 11}}, row=tasks)
    figure.update_yaxes(dtick=3, tick0=1, col=1)
    figure.update_yaxes(title={"text": said[1], "font": {"size": 11}}, col=1, row=(tasks + 1) // 2)
    figure.update_layout(coloraxis=_colours([_cells(view) for view in views.values()], lang))
    _side_by_side(figure, 110 + 115 * tasks)


def _side_by_side(figure: go.Figure, height: int) -> go.Figure:
    """Laid out for the page, whose own text has title and note."""
    return figure.update_layout(
        template="plotly_white", height=height, font={"size": 12, "color": INK},
        margin={"t": 70, "r": 15, "b": 50, "l": 20},
        legend={"orientation": "h", "x": 0, "xref": "container", "y": 1, "yref": "container",
                "yanchor": "top", "font": {"size": 11}},
    )  # fmt: skip


def _named(thing: Indicator | Task, lang: Lang) -> str:
    return thing.en if lang == "en" else thing.zh


def _styled(name: str) -> str:
    """A scheme's name as text: it cannot become markup, and fits above a column."""
    return Style.number(0, name).name


def attainment_figure(account: pd.DataFrame, name: str, lang: Lang = "en") -> go.Figure:
    """Where seats stand on each payout curve: bars are shares of seats, the line what is paid."""
    shown = list(dict.fromkeys(zip(account["component"], account["indicator"], strict=True)))
    said, rows = ATTAINMENT_WORDS[lang], -(-max(len(shown), 1) // ACROSS)
    figure = make_subplots(
        rows, ACROSS, shared_xaxes=True, shared_yaxes=True, horizontal_spacing=0.03,
        vertical_spacing=0.2 / rows, subplot_titles=[_measured(key, lang) for _, key in shown],
    )  # fmt: skip
    for place, (_, part) in enumerate(account.groupby(["component", "indicator"], sort=False)):
        at = {"row": place // ACROSS + 1, "col": place % ACROSS + 1}
        figure.add_bar(
            x=100.0 * part["attainment"], y=100.0 * part["share"], name=said[1], **at,
            marker={"color": COLOURS[6], "line": {"color": INK, "width": 0.5}},
            showlegend=not place,
            hovertemplate=f"%{{x:.0f}} %: {said[1]} %{{y:.1f}} %<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=100.0 * part["attainment"], y=100.0 * part["payout"], mode="lines", name=said[2],
            line={"color": COLOURS[2], "width": 2}, showlegend=not place, **at,
            hovertemplate=f"%{{x:.0f}} %: {said[2]} %{{y:.0f}} %<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=100, line={"color": INK, "width": 1, "dash": "dot"})
    figure.update_xaxes(showticklabels=True)
    figure.update_xaxes(title_text=said[3], row=rows, col=1)
    figure.update_yaxes(title_text="%", col=1)
    height = 230 + 190 * rows
    dress(figure, said[0].format(_plain(name)), said[4], height)
    figure.update_annotations(font_size=12)
    return figure.update_layout(
        bargap=0, margin_t=150,
        legend={"orientation": "h", "x": 0.006, "xref": "container", "yref": "container",
                "y": 1 - 82 / height, "yanchor": "top"},
    )  # fmt: skip


def _measured(key: str, lang: Lang) -> str:
    """The name of an indicator; a share of columns as the scheme has it."""
    if key not in INDICATORS:
        return _plain(key)
    return INDICATORS[key].en if lang == "en" else INDICATORS[key].zh


def payout_figure(curves: pd.DataFrame, points: pd.DataFrame, lang: Lang) -> go.Figure:
    """Payout by attainment, a line per curve of a card; beside it what each indicator pays.

    `curves` has columns `name`, `attainment`, `payout`; `points` has `name`, `yuan`, `payout`,
    empty where no run is recorded yet.
    """
    said, axis = PAYOUT_WORDS[lang], {"zeroline": False, "gridcolor": GRID, "ticks": ""}
    figure = go.Figure(layout={  # written out: a template would take a third of a slider's time
        "template": "none", "height": 340, "font": {"size": 12, "color": INK},
        "margin": {"t": 40 if len(set(curves["name"])) > 1 else 12, "r": 15, "b": 50, "l": 60},
        "xaxis": axis | {"title": {"text": said[0]}, "domain": [0.0, 0.36]},
        "yaxis": axis | {"title": {"text": said[1]}},
        "xaxis2": axis | {"title": {"text": said[2]}, "domain": [0.64, 1.0], "anchor": "y2",
                          "zeroline": True, "zerolinecolor": INK},
        "yaxis2": {"anchor": "x2", "autorange": "reversed", "ticklabelstandoff": 4,
                   "showgrid": False, "zeroline": False},
        "showlegend": len(set(curves["name"])) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    })  # fmt: skip
    for place, (name, part) in enumerate(curves.groupby("name", sort=False)):
        colour, dash = COLOURS[(place + 1) % len(COLOURS)], DASHES[place % len(DASHES)]
        figure.add_scatter(
            x=100.0 * part["attainment"], y=100.0 * part["payout"], mode="lines", name=name,
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate="%{x:.0f} % → %{y:.0f} %<extra></extra>",
        )  # fmt: skip
    return figure.add_bar(
        x=points["yuan"], y=points["name"], orientation="h", marker_color=COLOURS[1],
        customdata=100.0 * points["payout"], showlegend=False, width=min(0.7, 0.1 * len(points)),
        xaxis="x2", yaxis="y2",
        hovertemplate="%{y}: %{x:,.0f} ¥, %{customdata:.0f} %<extra></extra>",
    )  # fmt: skip
