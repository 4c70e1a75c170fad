"""The page's skeleton: controls at the left, what is found at the right."""

from collections.abc import Iterable

from dash import dcc, html
from dash.development.base_component import Component

from desk.page.draft import Amount, amounts_of, points_of
from desk.words import Words
from sim import Scenario
from sim.labels import LANGS, Lang
from sim.run import start_of
from sim.shown import shown, visible

LANGUAGES: dict[Lang, str] = {"en": "English", "zh": "中文"}
MOST_POINTS = 100.0
FEWEST, MOST = 2, 16  # replications
USUAL = 4
POLL_MS = 300
BUTTONS = ("run", "cancel", "reset")
DOWNLOADS = ("file", "report", "workbook")


def text(key: str, lang: Lang = "en", component: str = "") -> Component:
    """A text that follows the language switch; `component` names what a money slider belongs to."""
    name = {"type": "text", "key": key, "component": component}
    return html.Span(said(name, lang), id=name)


def said(name: dict, lang: Lang) -> str:
    """What the text of that id says."""
    w, key = Words(lang), name["key"]
    group, _, inner = key.partition(": ")
    if group == "measure":
        return w.measure(inner)
    if group == "money" and inner:
        unit = w(", % of the file's", "，文件值的%") if inner == "rates" else ""
        return f"{shown(name['component'])}{w(': ', '：')}{w.label('field', inner)}{unit}"
    return w.label("page", key)


def skeleton(scenarios: dict[str, Scenario]) -> Component:
    """The whole page before anything was chosen."""
    return html.Div([
        html.Header([html.H1(text("title")), dcc.RadioItems(
            [{"label": LANGUAGES[lang], "value": lang} for lang in LANGS], "en", id="lang",
            inline=True)]),
        html.Div([_controls(scenarios), _found()], className="columns"),
        dcc.Store(id="going"), dcc.Store(id="shown"), dcc.Store(id="recorded"),
        dcc.Download(id="download"),
        dcc.Interval(id="tick", interval=POLL_MS, disabled=True),
    ])  # fmt: skip


def _controls(scenarios: dict[str, Scenario]) -> Component:
    base, *others = scenarios
    alike = (n for n in others if start_of(scenarios[n]) == start_of(scenarios[base]))
    return html.Div([
        _choice("base", scenarios, base),
        _choice("other", scenarios, next(alike, next(iter(others), base))),
        html.Div([text("replications"), dcc.Slider(
            FEWEST, MOST, 1, value=USUAL, id="replications", marks=None,
            allow_direct_input=True)], className="dial"),
        html.Div([_button(key) for key in BUTTONS], className="buttons"),
        html.Div(id="progress"),
        html.H2(text("money")), html.Div(id="money"),
        html.H2(text("points")), html.Div(id="points"),
        html.Div([_button(key) for key in DOWNLOADS], className="buttons"),
    ], className="controls")  # fmt: skip


def _found() -> Component:
    return html.Div([
        html.Div(id="wrong", className="wrong", role="alert"),
        html.Div(id="instant"),
        html.Div(id="stale", className="note"),
        html.Div(id="results"),
    ], className="found")  # fmt: skip


def _choice(key: str, scenarios: dict[str, Scenario], chosen: str) -> Component:
    options = [{"label": shown(name), "value": name, "title": visible(s.title)}
               for name, s in scenarios.items()]  # fmt: skip
    menu = dcc.Dropdown(options, chosen, id=key, clearable=False)
    return html.Div([text(key), menu], className="choice")


def _button(key: str) -> Component:
    look = "main" if key == "run" else ""
    return html.Button(text(key), id=key, className=look, disabled=key == "cancel")


# ---- the sliders of a scheme ----


def money_dials(scenario: Scenario, of: str, lang: Lang) -> list[Component]:
    """A slider for each amount of the scheme; `of` is the scenario's name."""
    return [_amount(amount, of, lang) for amount in amounts_of(scenario)]


def _amount(amount: Amount, of: str, lang: Lang) -> Component:
    label = text(f"money: {amount.kind}", lang, amount.label)
    slider = dcc.Slider(
        0, amount.most, amount.step, value=amount.start, marks=None, updatemode="drag",
        id={"type": "amount", "of": of, "key": amount.place}, allow_direct_input=True,
    )  # fmt: skip
    return html.Div([html.Div(label, className="name"), slider], className="dial")


def point_dials(scenario: Scenario, of: str, lang: Lang) -> list[Component]:
    """A slider for the points of each indicator, with the share of the weight beside its name."""
    points = points_of(scenario)
    if not points:
        return [html.P(text("no card", lang), className="note")]
    return [_points(key, start, of, lang) for key, start in points.items()]


def _points(key: str, start: float, of: str, lang: Lang) -> Component:
    share = html.Span(id={"type": "share", "of": of, "key": key}, className="share")
    slider = dcc.Slider(
        0, MOST_POINTS, 1, value=start, marks=None, updatemode="drag",
        id={"type": "points", "of": of, "key": key}, allow_direct_input=False,
    )  # fmt: skip
    name = html.Div([text(f"measure: {key}", lang), share], className="name")
    return html.Div([name, slider], className="dial")


def texts(names: Iterable[dict], lang: Lang) -> list[str]:
    """What the texts of these ids say."""
    return [said(name, lang) for name in names]
