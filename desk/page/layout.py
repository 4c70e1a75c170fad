"""The page's skeleton: controls at the left, what is found at the right."""

from collections.abc import Iterable

from dash import dcc, html
from dash.development.base_component import Component

from desk.page.draft import GROUPS, OWN, TARGETS, Dial, dials_of, points_of
from desk.page.library import Library
from desk.words import Words
from sim import INDICATORS, Scenario
from sim.labels import COMPONENTS, LANGS, Lang
from sim.run import start_of
from sim.shown import shown

LANGUAGES: dict[Lang, str] = {"en": "English", "zh": "中文"}
MOST_POINTS = 100.0
FEWEST, MOST = 2, 16  # replications
USUAL = 4
POLL_MS = 300
DOWNLOADS = ("file", "report", "workbook")
SECTIONS = {  # title, and what stands there until something is known
    "checks": ("checks title", ""),
    "instant": ("instant title", ""),
    "results": ("results title", "results empty"),
    "ledger": ("ledger title", "ledger empty"),
    "view": ("view title", "view empty"),
    "winners": ("winners title", "winners empty"),
}


# ---- texts that follow the language switch ----


def text(key: str, lang: Lang = "en", component: str = "") -> Component:
    """A text that follows the language switch; `component` names what a control belongs to."""
    name = {"type": "text", "key": key, "component": component}
    return html.Span(said(name, lang), id=name)


def said(name: dict, lang: Lang) -> str:
    """What the text of that id says."""
    w = Words(lang)
    group, _, inner = name["key"].rpartition(": ")
    what = w.measure(inner) if group == "measure" else w.label(group or "page", inner)
    about = name["component"]
    if not about:
        return what
    if group == "measure":  # a value of it is set: say in what
        unit = INDICATORS[inner].unit
        what += w(", ", "，") + ("%" if unit == "share" else w.unit(unit))
    whose = w.label("component", about) if about in COMPONENTS else shown(about)
    return f"{whose}{w(': ', '：')}{what}"


def texts(names: Iterable[dict], lang: Lang) -> list[str]:
    """What the texts of these ids say."""
    return [said(name, lang) for name in names]


# ---- the page before anything was chosen ----


def skeleton(library: Library) -> Component:
    """The whole page before anything was chosen."""
    return html.Div([
        html.Header([html.H1(text("title")), dcc.RadioItems(
            [{"label": LANGUAGES[lang], "value": lang} for lang in LANGS], "en", id="lang",
            inline=True, className="switch")]),
        html.Div([_controls(library), _found()], className="columns"),
        *(dcc.Store(id=key) for key in ("going", "shown", "recorded", "looked", "held")),
        dcc.Store(id="sent", data={}), dcc.Download(id="download"),
        dcc.Interval(id="tick", interval=POLL_MS, disabled=True),
    ])  # fmt: skip


def _controls(library: Library) -> Component:
    base, *others = library.names()
    first = library.get(base)
    alike = (n for n in others if start_of(library.get(n)) == start_of(first))
    return html.Div([
        html.Div([
            _choice("base", library, base),
            _choice("other", library, next(alike, next(iter(others), base))),
            dcc.Upload(html.Button(text("load"), className="quiet"), id="upload",
                       accept=".toml", className="upload", style_reject={}, style_active={}),
            html.Div(id="refused", className="wrong", role="alert"),
            html.Div([html.Div(text("replications"), className="name"), dcc.Slider(
                FEWEST, MOST, 1, value=USUAL, id="replications", marks=None,
                allow_direct_input=True)], className="dial"),
        ], className="setup"),
        html.Div([
            html.Div([_button("run", "main"), _button("cancel", disabled=True)],
                     className="buttons"),
            html.Div(id="progress", role="status"),
        ], className="bar"),
        html.Div([html.H2(text("draft"), id="draft-title"), _button("reset", "quiet")],
                 className="titled"),
        _group("points", html.Div(id="points")),
        *(_group(group, html.Div(id=group)) for group in GROUPS),
        _group("budget", _budget()),
        html.H2(text("take away")),
        html.Div([_button(key, disabled=key != "file") for key in DOWNLOADS], className="buttons"),
    ], className="controls")  # fmt: skip


def _budget() -> Component:
    field = dcc.Input(id="budget", type="number", min=0, step=50, debounce=True)
    return html.Div([html.Label(text("budget of"), htmlFor="budget"), field], className="field")


def _group(title: str, inside: Component) -> Component:
    return html.Details([html.Summary(text(title)), inside], open=title != TARGETS,
                        className="group", id=f"group-{title}")  # fmt: skip


def _found() -> Component:
    links = [html.A(text(title), href=f"#{key}") for key, (title, _) in SECTIONS.items()]
    return html.Div([
        html.Nav(links),
        html.Div(id="wrong", className="wrong", role="alert"),
        html.Section(id="checks"),
        html.Section(id="instant"),
        html.Div(id="stale", className="stale", role="status"),
        *(html.Section(empty(key, "en"), id=key) for key, (_, none) in SECTIONS.items() if none),
    ], className="found")  # fmt: skip


def empty(key: str, lang: Lang) -> list[Component]:
    """A section about which nothing is known yet."""
    title, told = (Words(lang).label("page", what) for what in SECTIONS[key])
    return [html.H2(title), html.P(told, className="empty")]


def _choice(key: str, library: Library, chosen: str) -> Component:
    menu = dcc.Dropdown(library.options(), chosen, id=key, clearable=False)
    return html.Div([html.Label(text(key), htmlFor=key), menu], className="choice")


def _button(key: str, look: str = "", disabled: bool = False) -> Component:
    return html.Button(text(key), id=key, className=look, disabled=disabled)


# ---- the controls of a scheme ----


def dials(scenario: Scenario, of: str, lang: Lang) -> dict[str, list[Component]]:
    """The controls of each group; `of` is the scenario's name."""
    found: dict[str, list[Component]] = {group: [] for group in GROUPS}
    for dial in dials_of(scenario):
        found[dial.group].append(_dial(dial, of, lang))
    none = [html.P(text("none here", lang), className="note")]
    return {group: controls or none for group, controls in found.items()}


def _dial(dial: Dial, of: str, lang: Lang) -> Component:
    label = html.Div(text(dial.label, lang, dial.about), className="name")
    what, _, place = dial.key.rpartition(".")
    looks = {"marks": None, "updatemode": "drag", "allow_direct_input": True}
    ends = (dial.least, dial.most, dial.step)
    if dial.options:
        name = {"type": "shape", "of": of, "key": place}
        menu = dcc.Dropdown(shapes(dial.options, lang), dial.start, id=name, clearable=False)
        return html.Div([label, menu], className="dial")
    if what == "reach":
        name = {"type": "reach", "of": of, "key": place}
        slider = dcc.RangeSlider(*ends, value=dial.start, id=name, **looks)
    else:
        name = {"type": "dial", "of": of, "key": dial.key}
        slider = dcc.Slider(*ends, value=dial.start, id=name, **looks)
    return html.Div([label, slider], className="dial")


def shapes(names: Iterable[str], lang: Lang) -> list[dict[str, str]]:
    """The curves that a menu offers."""
    w = Words(lang)
    said = {OWN: w.label("page", "own curve")}
    return [{"value": n, "label": said.get(n) or w.label("curve", n)} for n in names]


def point_dials(scenario: Scenario, of: str, lang: Lang) -> list[Component]:
    """A slider for the points of each indicator, with lock and share of the weight beside it."""
    points = points_of(scenario)
    if not points:
        return [html.P(text("no card", lang), className="note")]
    return [_points(key, start, of, lang) for key, start in points.items()]


def _points(key: str, start: float, of: str, lang: Lang) -> Component:
    share = html.Span(id={"type": "share", "of": of, "key": key}, className="share")
    lock = dcc.Checklist(
        [{"label": html.Span(text("lock", lang), className="spoken"), "value": "locked"}], [],
        id={"type": "lock", "of": of, "key": key}, className="lock",
    )  # fmt: skip
    slider = dcc.Slider(
        0, MOST_POINTS, 1, value=start, marks=None, updatemode="drag",
        id={"type": "points", "of": of, "key": key}, allow_direct_input=False,
    )  # fmt: skip
    name = html.Div([text(f"measure: {key}", lang), html.Span([share, lock])], className="name")
    return html.Div([name, slider], className="dial")
