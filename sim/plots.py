"""Pictures: functions from result tables to a Plotly figure; they average and lay out, no more."""

from dataclasses import dataclass, replace
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.labels import Lang, label
from sim.shown import visible

# Okabe & Ito 2008, yellow left out (too faint on white); the base is black.
COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star", "cross", "hourglass")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
BAND = (0.1, 0.9)  # quantiles over the replications
BAND_WORDS, BAND_WORDS_ZH = "middle 80 % of replications", "重复模拟的中间80%"
TICKS = (1, 3, 10, 30, 100, 300)  # percent
FARTHEST = 500  # percent; a change from (almost) nothing is told in words
LONGEST_NAME = 40  # characters
TALLEST = 950  # pixels of a picture on a printed page
INK, FAINT, STRIPE = "#222222", "#666666", "#F4F4F4"


@dataclass(frozen=True)
class Panel:
    """A figure by period: `part`, or `scale` x `part` / `whole`, of the table of periods."""

    title: str
    unit: str
    part: str
    whole: str | None = None
    scale: float = 1.0
    ticks: str = "~s"
    hover: str = ",.0f"
    zh: str = ""

    def of(self, periods: pd.DataFrame) -> pd.Series:
        """The panel's figure, by row of the table."""
        part = self.scale * periods[self.part]
        return part / periods[self.whole] if self.whole else part


CASH = Panel(
    "Cash from overdue accounts",
    "yuan per period",
    "cash_yuan",
    zh="逾期回款",
)
BAD_DEBT = Panel(
    "Bad-debt rate",
    "share per period",
    "bad_debt_yuan",
    "exposure_yuan",
    1.0,
    ".1%",
    ".2%",
    zh="坏账率",
)
PAY = Panel(
    "Pay",
    "yuan per seat and period",
    "pay_yuan",
    "seats",
    ticks=",",
    zh="薪酬",
)
COMPLAINTS = Panel(
    "Complaints",
    "per 1,000 contacts",
    "complaints",
    "contacts",
    1000.0,
    ".3~g",
    ".2f",
    zh="投诉",
)


@dataclass(frozen=True)
class Style:
    """How a scenario looks: every two differ in symbol and dash too, so that grey print reads."""

    name: str
    colour: str
    symbol: str
    dash: str

    @classmethod
    def number(cls, place: int, name: str) -> "Style":
        """The style of the scenario at a place, the base first."""
        plain = visible(name)
        short = plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"
        colour, symbol, dash = (table[place % len(table)] for table in (COLOURS, SYMBOLS, DASHES))
        return cls(escape(short, quote=False), colour, symbol, dash)

    @property
    def veil(self) -> str:
        """The colour, nearly transparent."""
        red, green, blue = (int(self.colour[i : i + 2], 16) for i in (1, 3, 5))
        return f"rgba({red},{green},{blue},0.12)"


def outcome_figure(periods: pd.DataFrame, name: str) -> go.Figure:
    """Cash, bad-debt rate, pay and complaints over the periods, mean and band."""
    panels = (CASH, BAD_DEBT, PAY, COMPLAINTS)
    figure = make_subplots(
        2, 2, subplot_titles=[_panel_title(panel) for panel in panels],
        horizontal_spacing=0.09, vertical_spacing=0.16,
    )  # fmt: skip
    style = replace(Style.number(1, name), dash="solid")
    runs = _runs(periods)
    for place, panel in enumerate(panels):
        row, col = divmod(place, 2)
        _add_lines(figure, panel, {style: periods}, row + 1, col + 1, legend=False)
        figure.update_xaxes(title_text="period" if row else None, row=row + 1, col=col + 1)
    band = f"; band: {BAND_WORDS}" if runs > 1 else "; one replication has no band"
    dress(figure, f"Outcome of {style.name}", f"simulated: mean of {_count(runs)}{band}", 720)
    return figure.update_layout(showlegend=False)


def comparison_figure(differences: pd.DataFrame, periods: pd.DataFrame, base: str) -> go.Figure:
    """What changes: paired differences from the base, and cash and bad debt over the periods."""
    names = list(dict.fromkeys([base, *periods["scenario"]]))
    styles = {name: Style.number(place, name) for place, name in enumerate(names)}
    figure = make_subplots(
        2, 2, specs=[[{"rowspan": 2}, {}], [None, {}]], column_widths=[0.6, 0.4],
        subplot_titles=["", *(_panel_title(p).replace(", ", "<br>") for p in (CASH, BAD_DEBT))],
        horizontal_spacing=0.08, vertical_spacing=0.12,
    )  # fmt: skip
    if len(differences):
        _add_forest(figure, differences, styles, base)
    tables = {style: periods[periods["scenario"] == name] for name, style in styles.items()}
    _add_lines(figure, CASH, tables, 1, 2, legend=True)
    _add_lines(figure, BAD_DEBT, tables, 2, 2, legend=False)
    figure.update_xaxes(title_text="period", row=2, col=2)
    row_height = 23 + 11 * max(len(names) - 1, 1)
    measures = differences["measure"].nunique() if len(differences) else 0
    title = f"What changes compared with {styles[base].name}"
    note = _comparison_note(_runs(periods))
    dress(figure, title, note, max(190 + row_height * measures, 700))
    return _place_legend(figure, styles)


def forest_figure(differences: pd.DataFrame, base: str, lang: Lang = "en") -> go.Figure:
    """Paired differences from the base with 95 % interval, narrow enough for a printed page."""
    names = list(dict.fromkeys([base, *differences["scenario"]]))
    styles = {name: Style.number(place, name) for place, name in enumerate(names)}
    figure = make_subplots(1, 1)
    _add_forest(figure, differences, styles, base, lang)
    for name in names[1:]:
        figure.update_traces(
            showlegend=True, selector={"mode": "markers", "name": styles[name].name}
        )
    title = figure.layout.xaxis.title.text
    figure.update_xaxes(title_text=title.replace("; ", "<br>").replace("；", "<br>"))
    height = 170 + (14 + 10 * len(names)) * differences["measure"].nunique()
    return _narrow(figure, min(height, TALLEST))


def over_time_figure(periods: pd.DataFrame, lang: Lang = "en") -> go.Figure:
    """Cash, bad-debt rate, pay and complaints over the periods, a line for each scenario."""
    names = list(dict.fromkeys(periods["scenario"]))
    styles = {name: Style.number(place, name) for place, name in enumerate(names)}
    panels = (CASH, BAD_DEBT, PAY, COMPLAINTS)
    figure = make_subplots(
        2, 2, subplot_titles=[_panel_title(panel, lang) for panel in panels],
        horizontal_spacing=0.12, vertical_spacing=0.16,
    )  # fmt: skip
    tables = {style: periods[periods["scenario"] == name] for name, style in styles.items()}
    for place, panel in enumerate(panels):
        row, col = divmod(place, 2)
        _add_lines(figure, panel, tables, row + 1, col + 1, legend=not place, lang=lang)
        title = None if not row else "period" if lang == "en" else "考核周期"
        figure.update_xaxes(title_text=title, row=row + 1, col=col + 1)
    figure.update_annotations(font_size=13)
    return _narrow(figure, 560)


def _narrow(figure: go.Figure, height: int) -> go.Figure:
    """Laid out for a page whose own text has title and note; the legend stands at the foot."""
    return figure.update_layout(
        template="plotly_white", height=height, hovermode="closest",
        font={"size": 12, "color": INK}, margin={"t": 75, "r": 15, "b": 70, "l": 10},
        legend={"orientation": "h", "x": 0, "y": 10 / height, "xref": "container",
                "yref": "container", "yanchor": "bottom"},
    )  # fmt: skip


def winners_figure(winners: pd.DataFrame, base: str, runs: int, lang: Lang = "en") -> go.Figure:
    """Change of pay against the base by class of seats, a point with interval per scenario."""
    classes = list(dict.fromkeys(winners["class"]))
    names = [base, *dict.fromkeys(winners["scenario"])]
    styles = {name: Style.number(place, name) for place, name in enumerate(names)}
    figure = go.Figure()
    for place, name in enumerate(list(styles)[1:]):
        part, style = winners[winners["scenario"] == name], styles[name]
        offset = 0.7 * ((place + 0.5) / (len(styles) - 1) - 0.5)
        shown = part.assign(shown=[label("class", c, lang) for c in part["class"]])
        figure.add_scatter(
            x=part["difference"], y=part["class"].map(classes.index) + offset, mode="markers",
            name=style.name, customdata=shown[["low", "high", "gain", "lose", "shown"]],
            marker={"color": style.colour, "symbol": style.symbol, "size": 9},
            error_x={"array": part["high"] - part["difference"], "symmetric": False,
                     "arrayminus": part["difference"] - part["low"], "thickness": 1.6},
            hovertemplate=_say(
                lang,
                "<b>%{customdata[4]}</b>: %{x:+,.0f} yuan per seat and period<br>95 % interval "
                "%{customdata[0]:+,.0f} to %{customdata[1]:+,.0f}<br>"
                "%{customdata[2]:.0%} of seats gain, %{customdata[3]:.0%} lose",
                "<b>%{customdata[4]}</b>：%{x:+,.0f}元/席位·周期<br>95%区间"
                "%{customdata[0]:+,.0f}至%{customdata[1]:+,.0f}<br>"
                "%{customdata[2]:.0%}的席位增加，%{customdata[3]:.0%}减少"),
        )  # fmt: skip
    ticks = [label("class", name, lang) for name in classes]
    figure.update_yaxes(range=[len(classes) - 0.5, -0.5], tickvals=list(range(len(classes))),
                        ticktext=ticks, zeroline=False, automargin=True)  # fmt: skip
    axis = _say(lang, "change of pay, yuan per seat and period", "薪酬变化，元/席位·周期")
    figure.update_xaxes(title_text=axis, zerolinecolor=INK)
    note = _say(
        lang, f"points: paired differences with 95 % interval; same luck, {_count(runs)}",
        f"点为配对差异及95%区间；随机因素相同，重复模拟{runs}次")  # fmt: skip
    title = _say(lang, "Whose pay changes compared with {0}", "与{0}相比，谁的薪酬有变化")
    dress(figure, title.replace("{0}", styles[base].name), note, 560)
    return _place_legend(figure, {name: styles[name] for name in list(styles)[1:]})


def _comparison_note(runs: int) -> str:
    luck = f"simulated: same luck, {_count(runs)}"
    if runs < 2:
        return f"{luck}: no intervals; points: paired differences"
    return f"{luck}; points: paired differences with 95 % interval; bands: {BAND_WORDS}"


# ---- the forest of differences ----


def _add_forest(figure, differences, styles, base, lang: Lang = "en") -> None:
    """Rows are measures from the top; in a row the scenarios lie beneath each other."""
    measures = differences.drop_duplicates("measure").reset_index(drop=True)
    names = [name for name in styles if name != base]
    row_of = dict(zip(measures["measure"], measures.index, strict=True))
    for place, name in enumerate(names):
        part = differences[differences["scenario"] == name]
        offset = (place + 0.5) / len(names) - 0.5
        y = part["measure"].map(row_of).to_numpy() + 0.76 * offset
        _add_points(figure, part, y, styles[name], lang)
    stripes = [
        {"type": "rect", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": row - 0.5,
         "y1": row + 0.5, "fillcolor": STRIPE, "line": {"width": 0}, "layer": "below"}
        for row in range(0, len(measures), 2)
    ]  # fmt: skip
    figure.update_layout(shapes=stripes)
    _set_forest_axes(figure, differences, measures, styles[base].name, lang)


def _add_points(figure, part, y, style, lang: Lang) -> None:
    """A scenario's differences; in words where the base is too small to give a percentage."""
    middle, low, high = (_position(_percent(part, end)) for end in ("difference", "low", "high"))
    bars = {"type": "data", "symmetric": False, "array": high - middle, "arrayminus": middle - low,
            "thickness": 1.6, "width": 3, "color": style.colour}  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=middle, y=y, mode="markers", name=style.name, legendgroup=style.name,
            showlegend=False, error_x=bars, hovertext=_hover(part, style, lang),
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"color": style.colour, "symbol": style.symbol, "size": 8},
        ), row=1, col=1,
    )  # fmt: skip
    worded = np.isnan(middle)
    words = [
        _say(lang, "  from {0} to {1}  ", "  由 {0} 变为 {1}  ").format(
            *(_number(_scale(row.unit) * figure) for figure in (row.base, row.mean))
        )
        for row in part[worded].itertuples()
    ]
    figure.add_trace(
        go.Scatter(
            x=np.zeros(len(words)), y=y[worded], mode="text", text=words, legendgroup=style.name,
            showlegend=False, cliponaxis=False, hovertext=_hover(part[worded], style, lang),
            hovertemplate="%{hovertext}<extra></extra>",
            textfont={"color": style.colour, "size": 11},
        ), row=1, col=1,
    )  # fmt: skip


def _set_forest_axes(figure, differences, measures, base: str, lang: Lang) -> None:
    ends = np.concatenate([_percent(differences, end) for end in ("difference", "low", "high")])
    ends = ends[np.isfinite(ends)]
    least, most = np.clip([ends.min(initial=-1), ends.max(initial=1)], -FARTHEST, FARTHEST)
    reach = _position(np.array([least, most])) + np.array([-0.35, 0.35])
    side = "left" if most < -least else "right"
    figure.update_traces(textposition=f"middle {side}", selector={"mode": "text"})
    ticks = [0, *(sign * tick for tick in TICKS for sign in (-1, 1))]
    ticks = sorted(tick for tick in ticks if 1.5 * least <= tick <= 1.5 * most)
    figure.update_xaxes(
        side="top", range=reach, tickvals=_position(np.array(ticks)), row=1, col=1,
        ticktext=[f"{tick:+,d}" if tick else "0" for tick in ticks], tickangle=0,
        zeroline=True, zerolinecolor=INK, zerolinewidth=1.5,
        title={"text": _say(
                   lang, "difference in % of the mean of {0}; scale narrows beyond 1 %",
                   "相对{0}均值的差异（%）；超过1%处刻度压缩").replace("{0}", base),
               "standoff": 8, "font": {"size": 13}},
    )  # fmt: skip
    labels = [
        f'{row.meaning}<br><span style="font-size:10px;color:{FAINT}">'
        f"{base}: {_amount(row.base, row.unit, lang)}</span>"
        for row in measures.itertuples()
    ]
    figure.update_yaxes(
        range=[len(measures) - 0.5, -0.5], tickvals=list(range(len(measures))), ticktext=labels,
        showgrid=False, zeroline=False, automargin=True, ticklabelstandoff=6, row=1, col=1,
    )  # fmt: skip


def _percent(part: pd.DataFrame, column: str) -> np.ndarray:
    """A column in percent of the base; NaN where the difference is farther than FARTHEST."""
    change, base = part[column].to_numpy(float), part["base"].abs().to_numpy(float)
    difference = part["difference"].abs().to_numpy(float)
    near = (base > 0) & (100.0 * difference <= FARTHEST * base)
    return 100.0 * np.divide(change, base, out=np.where(difference, np.nan, 0.0), where=near)


def _position(percent: np.ndarray) -> np.ndarray:
    """Where a percentage is drawn: straight near zero, logarithmic far away."""
    return np.arcsinh(percent)


def _hover(part: pd.DataFrame, style: Style, lang: Lang) -> list[str]:
    lines = []
    band, difference = (
        _say(lang, "95 % interval {0} to {1}", "95%区间 {0} 至 {1}"),
        _say(lang, "difference", "差异"),
    )
    for row, percent in zip(part.itertuples(), _percent(part, "difference"), strict=True):
        shares = row.unit.startswith("share")
        points = _say(lang, "percentage points" + row.unit[5:], "个百分点")
        points = points if shares else label("unit", row.unit, lang)
        scale = _scale(row.unit)
        low, high = (_number(scale * end, "+") for end in (row.low, row.high))
        interval = f"<br>{band.format(low, high)}" if np.isfinite(row.low) else ""
        share = f" ({percent:+.3g} %)" if np.isfinite(percent) else ""
        lines.append(
            f"<b>{style.name}</b><br>{row.meaning}: {_amount(row.mean, row.unit, lang)}"
            f"<br>{difference} {_number(scale * row.difference, '+')} {points}{share}{interval}"
        )
    return lines


# ---- lines over periods ----


def _add_lines(
    figure, panel: Panel, tables: dict, row: int, col: int, *, legend: bool, lang: Lang = "en"
) -> None:
    """Mean over the replications by period, numbered as in the files; a band per table."""
    for style, table in tables.items():
        by_period = panel.of(table).groupby(table["period"].to_numpy())
        low, high = map(by_period.quantile, BAND)
        lines = pd.DataFrame({"mean": by_period.mean(), "low": low, "high": high}).dropna()
        several = _runs(table) > 1
        if several:
            figure.add_trace(_band(lines, style), row=row, col=col)
        figure.add_trace(_line(lines, style, panel, several, legend, lang), row=row, col=col)
    last = max(int(table["period"].max()) for table in tables.values())
    figure.update_xaxes(dtick=max(1, -(-last // 12)), tick0=0, range=[-0.4, last + 0.4],
                        zeroline=False, row=row, col=col)  # fmt: skip
    figure.update_yaxes(tickformat=panel.ticks, zeroline=False, automargin=True, row=row, col=col)


def _band(lines: pd.DataFrame, style: Style) -> go.Scatter:
    return go.Scatter(
        x=[*lines.index, *lines.index[::-1]], y=[*lines["high"], *lines["low"][::-1]],
        fill="toself", fillcolor=style.veil, line={"width": 0}, mode="lines", hoverinfo="skip",
        legendgroup=style.name, showlegend=False,
    )  # fmt: skip


def _line(
    lines: pd.DataFrame, style: Style, panel: Panel, several: bool, legend: bool, lang: Lang
):  # fmt: skip
    band = f"{_say(lang, BAND_WORDS, BAND_WORDS_ZH)}: %{{customdata[0]:{panel.hover}}}"
    band += f"{_say(lang, ' to ', ' 至 ')}%{{customdata[1]:{panel.hover}}}"
    unit = _say(lang, panel.unit.removeprefix("share").strip(), label("unit", panel.unit, "zh"))
    period = _say(lang, "period %{x}", "第%{x}个考核周期")
    return go.Scatter(
        x=lines.index, y=lines["mean"], customdata=lines[["low", "high"]], mode="lines+markers",
        name=style.name, legendgroup=style.name, showlegend=legend,
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 7},
        hovertemplate=f"<b>{style.name}</b>, {period}<br>%{{y:{panel.hover}}} {unit}"
        + f"<br>{band}" * several + "<extra></extra>",
    )  # fmt: skip


# ---- words and looks ----


def _say(lang: Lang, english: str, chinese: str) -> str:
    return english if lang == "en" else chinese


def _panel_title(panel: Panel, lang: Lang = "en") -> str:
    unit = _say(lang, panel.unit.replace("share", "%", 1), label("unit", panel.unit, "zh"))
    title = _say(lang, panel.title, panel.zh)
    return f'{title}<span style="font-size:12px;color:{FAINT}">, {unit}</span>'


def _runs(periods: pd.DataFrame) -> int:
    return len(periods["replication"].unique())


def _count(runs: int) -> str:
    return f"{runs:,} replication{'s' * (runs != 1)}"


def _number(number: float, sign: str = "") -> str:
    """Three digits, or all whole ones."""
    return f"{number:{sign},.0f}" if abs(number) >= 1000 else f"{number:{sign}.3g}"


def _amount(number: float, unit: str, lang: Lang = "en") -> str:
    """A figure with its unit, shares in percent: `41.1 % of cures`."""
    shown = unit.replace("share", "%", 1) if unit.startswith("share") else unit
    if lang == "zh":
        of = label("unit", unit, lang).removeprefix("比例").strip("/")
        shown = f"%（{of}）" if shown.startswith("%") and of else "%" if of == "" else of
    return f"{_number(_scale(unit) * number)} {shown}"


def _scale(unit: str) -> float:
    return 100.0 if unit.startswith("share") else 1.0


def dress(figure: go.Figure, title: str, note: str, height: int) -> None:
    """Lay out a figure: its title, beneath it what the marks are and where they come from."""
    figure.update_layout(
        template="plotly_white", height=height, hovermode="closest",
        font={"size": 12, "color": INK}, margin={"t": 120, "r": 30, "b": 60, "l": 60},
        title={"text": title, "x": 0.012, "y": 1 - 28 / height, "yanchor": "top",
               "font": {"size": 20},
               "subtitle": {"text": note, "font": {"size": 13, "color": FAINT}}},
    )  # fmt: skip
    figure.update_annotations(font_size=14)
    figure.update_xaxes(ticks="outside", ticklen=3, tickcolor=FAINT)


def _place_legend(figure: go.Figure, styles: dict[str, Style]) -> go.Figure:
    """The legend beneath the note; it takes more lines the longer the names are."""
    lines = 1 + sum(len(style.name) + 8 for style in styles.values()) // 130
    height = figure.layout.height + 20 * (lines - 1)
    return figure.update_layout(
        height=height, margin_t=130 + 20 * lines, title_y=1 - 28 / height,
        legend={"orientation": "h", "x": 0.006, "xref": "container", "xanchor": "left",
                "y": 1 - 82 / height, "yref": "container", "yanchor": "top", "font_size": 13},
    )  # fmt: skip
