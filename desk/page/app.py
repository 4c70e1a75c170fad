"""The page as a Dash application: what each control does. Nothing is kept of a tab but its key."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from desk.blocks import html as document
from desk.page.draft import drafted, shares
from desk.page.drawn import drawn
from desk.page.instant import instant_blocks
from desk.page.layout import DOWNLOADS, money_dials, point_dials, skeleton, texts
from desk.page.runs import Run, Runs
from desk.report import Dossier, findings, report_document
from desk.results import about, outcomes, save
from desk.scenario_text import whole_text
from desk.words import Words, short_names
from desk.workbook import write_workbook
from sim import InputError, Scenario

LETTERS = ("A", "B")  # the base, and what is proposed


@dataclass(frozen=True)
class Chosen:
    """What a tab's controls say."""

    base: str
    other: str
    points: dict[str, float]
    amounts: dict[int, float]

    @classmethod
    def of(cls, base: str, other: str, points: list, amounts: list) -> "Chosen":
        """From the controls; waits while sliders of another scheme are still there."""
        held = [(slider["id"], slider["value"]) for slider in (*points, *amounts)]
        if any(name["of"] != other or value is None for name, value in held):
            raise PreventUpdate
        by_type = {kind: {name["key"]: value for name, value in held if name["type"] == kind}
                   for kind in ("points", "amount")}  # fmt: skip
        return cls(base, other, by_type["points"], by_type["amount"])


@dataclass(frozen=True)
class Page:
    """The scenarios to choose from and the comparisons that run: what callbacks work on."""

    scenarios: dict[str, Scenario]
    runs: Runs

    def draft(self, chosen: Chosen) -> Scenario:
        return drafted(self.scenarios[chosen.other], chosen.points, chosen.amounts)

    def pair(self, chosen: Chosen) -> dict[str, Scenario]:
        """Both schemes by the names that results call them."""
        both = (self.scenarios[chosen.base], self.draft(chosen))
        named = zip(LETTERS, (chosen.base, chosen.other), strict=True)
        return dict(zip((f"{a}: {name}" for a, name in named), both, strict=True))

    def dials(self, other: str, lang: Any) -> tuple[list[Component], list[Component]]:
        """Fresh sliders for the scheme that is proposed."""
        scenario = self.scenarios[other]
        return money_dials(scenario, other, lang), point_dials(scenario, other, lang)

    def instant(self, chosen: Chosen, shown: str | None, recorded: str | None, lang: Any) -> tuple:
        """Shares of the weight, what is known at once, what is wrong, whether results are stale."""
        w, weights = Words(lang), shares(chosen.points)
        run, record = self.runs.get(shown), self.runs.record(recorded)
        said = [w.percent(weights.get(k, 0.0)) for k in chosen.points]
        if chosen.points and not weights:
            return said, [], w.label("page", "no points"), "", True
        try:
            draft = self.draft(chosen)
        except InputError as refusal:
            return said, [], str(refusal), "", True
        blocks = instant_blocks(self.scenarios[chosen.base], draft, record, w)
        fresh = not run or not run.found or run.scenarios == self.pair(chosen)
        return said, drawn(blocks), "", "" if fresh else w.label("page", "stale"), False

    def progress(self, key: str | None, lang: Any) -> list[Component]:
        """How far a comparison is, or why it ended."""
        w, run = Words(lang), self.runs.get(key)
        if run is None or run.found:
            return []
        if run.wrong:
            return [html.Div(run.wrong, className="wrong", role="alert")]
        if run.cancelled:
            return [html.Div(w.label("page", "cancelled"), className="note")]
        said = w.label("page", "going" if run.done else "waiting")
        count = f"{w(': ', '：')}{run.done} / {run.total}" if run.done else ""
        bar = html.Progress(value=str(run.done), max=str(run.total))
        return [html.Div(said + count, className="note"), bar]

    def results(self, key: str | None, lang: Any) -> list[Component]:
        """The findings of a finished comparison, as the report has them."""
        run = self.runs.get(key)
        if run is None or run.found is None:
            return []
        return drawn(findings(_dossier(run), Words(lang)))

    def download(self, what: str, chosen: Chosen, key: str | None, lang: Any) -> dict:
        """The draft as a scenario file; the report or workbook of the comparison shown."""
        if what == "file":
            return dcc.send_string(whole_text(self.draft(chosen)), "proposed.toml")
        run = self.runs.get(key)
        if run is None or run.found is None:
            raise PreventUpdate
        with TemporaryDirectory() as place:
            save(run.found, Path(place) / "results")
            dossier, w = Dossier.of(Path(place) / "results"), Words(lang)
            if what == "report":
                blocks = report_document(dossier, w)
                return dcc.send_string(document(blocks[0].text, blocks, lang), "report.html")
            book = Path(place) / "workbook.xlsx"
            write_workbook(dossier, book, w)
            return dcc.send_bytes(book.read_bytes(), book.name)


def _dossier(run: Run) -> Dossier:
    names = short_names(list(outcomes(run.found)))
    return Dossier(None, run.found, about(run.found), names)


# ---- which control calls what ----

LANG = Input("lang", "value")
POINTS = {"type": "points", "of": ALL, "key": ALL}
AMOUNTS = {"type": "amount", "of": ALL, "key": ALL}
TEXTS = {"type": "text", "key": ALL, "component": ALL}
SHARES = {"type": "share", "of": ALL, "key": ALL}


def page_app(scenarios: dict[str, Scenario], runs: Runs) -> Dash:
    """The application; it serves its own assets and asks no other host."""
    app = Dash(__name__, title="postloan", update_title=None, serve_locally=True)
    app.layout = skeleton(scenarios)
    page = Page(scenarios, runs)
    _connect_controls(app, page)
    _connect_runs(app, page)
    return app


def _controls(kind: type) -> tuple:
    """The scenarios and sliders of a tab, as what triggers or as what is read along."""
    return (
        kind("base", "value"),
        kind("other", "value"),
        kind(POINTS, "value"),
        kind(AMOUNTS, "value"),
    )


def _chosen(at: int) -> Chosen:
    """What the controls say that `_controls` named from the place `at` of the callback on."""
    everything = [*ctx.args_grouping]
    base, other, points, amounts = everything[at : at + 4]
    return Chosen.of(base["value"], other["value"], points, amounts)


def _connect_controls(app: Dash, page: Page) -> None:
    @app.callback(
        Output("money", "children"), Output("points", "children"), Input("other", "value"),
        Input("reset", "n_clicks"), State("lang", "value"),
    )  # fmt: skip
    def _(other, _clicks, lang):
        return page.dials(other, lang)

    @app.callback(Output(TEXTS, "children"), LANG, State(TEXTS, "id"))
    def _(lang, names):
        return texts(names, lang)

    @app.callback(
        Output(SHARES, "children"), Output("instant", "children"), Output("wrong", "children"),
        Output("stale", "children"), Output("run", "disabled"), *_controls(Input),
        Input("shown", "data"), Input("recorded", "data"), LANG,
    )  # fmt: skip
    def _(_base, _other, _points, _amounts, shown, recorded, lang):
        return page.instant(_chosen(0), shown, recorded, lang)

    @app.callback(
        Output("download", "data"), *(Input(key, "n_clicks") for key in DOWNLOADS),
        *_controls(State), State("shown", "data"), State("lang", "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(*everything):
        shown, lang = everything[-2:]
        return page.download(ctx.triggered_id, _chosen(len(DOWNLOADS)), shown, lang)


def _connect_runs(app: Dash, page: Page) -> None:
    @app.callback(
        Output("going", "data"), Input("run", "n_clicks"), *_controls(State),
        State("replications", "value"), prevent_initial_call=True,
    )  # fmt: skip
    def _(_clicks, _base, _other, _points, _amounts, replications):
        try:
            return page.runs.start(page.pair(_chosen(1)), int(replications))
        except InputError as refusal:
            set_props("wrong", {"children": str(refusal)})
            return no_update

    @app.callback(
        Output("progress", "children"), Output("shown", "data"), Output("tick", "disabled"),
        Output("cancel", "disabled"), Output("recorded", "data"), Input("tick", "n_intervals"),
        Input("going", "data"), LANG, State("shown", "data"), State("recorded", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(_ticks, going, lang, shown, recorded):
        run = page.runs.get(going)
        found = going if run and run.found and going != shown else no_update
        record = going if run and run.record and going != recorded else no_update
        idle = run is None or run.ended
        return page.progress(going, lang), found, idle, not (run and run.going), record

    @app.callback(Output("results", "children"), Input("shown", "data"), LANG)
    def _(shown, lang):
        return page.results(shown, lang)

    @app.callback(
        Output("cancel", "n_clicks"), Input("cancel", "n_clicks"), State("going", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks, going):
        page.runs.cancel(going)
        return clicks
