"""The page as a Dash application: what each control does. Nothing is kept of a tab but its key."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import send_file

from desk.blocks import html as document
from desk.fonts import FILE, FONTS, face_at
from desk.page.controls import Chosen
from desk.page.draft import GROUPS, OWN, ends
from desk.page.drawn import drawn
from desk.page.found import ledger_blocks, result_blocks, view_blocks, winner_blocks
from desk.page.instant import Look
from desk.page.layout import DOWNLOADS, dials, empty, point_dials, shapes, skeleton, texts
from desk.page.library import Library, Sent, refusal
from desk.page.runs import BusyError, Run, Runs
from desk.report import Dossier, report_document
from desk.results import save
from desk.scenario_text import whole_text
from desk.words import Words
from desk.workbook import write_workbook
from sim import InputError


@dataclass(frozen=True)
class Page:
    """The scenarios to choose from and the comparisons that run: what callbacks work on."""

    library: Library
    runs: Runs

    def controls(self, other: str, sent: Sent, lang: Any) -> tuple[list[Component], ...]:
        """Fresh controls for the scheme that is proposed: its weights, then each group."""
        scenario = self.library.get(other, sent)
        return point_dials(scenario, other, lang), *dials(scenario, other, lang).values()

    def hold(self, chosen: Chosen, locks: dict[str, bool]) -> dict[str, Any]:
        """The shares that are locked, as they are when their locks close."""
        now, before = chosen.shares, chosen.locked
        kept = {k: before.get(k, now.get(k, 0.0)) for k, locked in locks.items() if locked}
        return {"of": chosen.other, "shares": kept}

    def instant(
        self, chosen: Chosen, shown: str | None, recorded: str | None, budget: float | None,
        lang: Any,
    ) -> tuple:  # fmt: skip
        """Shares of the weight, flaws, pay, what is wrong, if results are stale, may it be run."""
        w, weights, run = Words(lang), chosen.shares, self.runs.get(shown)
        said = [w.percent(weights.get(k, 0.0)) for k in chosen.points]
        if chosen.points and not weights:
            return said, [], [], w.label("page", "no points"), "", True
        try:
            draft, pair = chosen.draft(self.library), chosen.pair(self.library)
        except InputError as wrong:
            return said, [], [], str(wrong), "", True
        look = Look.at(draft, self.runs.replayed(recorded))
        stale = run and run.found and run.scenarios != pair
        return (said, drawn(look.flaws(budget, w)), drawn(look.blocks(w)), "",
                w.label("page", "stale") if stale else "", False)  # fmt: skip

    def progress(self, key: str | None, lang: Any) -> list[Component]:
        """How far a comparison is, or why it ended."""
        w, run = Words(lang), self.runs.get(key)
        if run is None or run.looked:
            return []
        if run.wrong or run.lost:
            said = run.wrong or w.label("page", "lost")
            return [html.Div(said, className="wrong", role="alert")]
        if run.cancelled:
            return [html.Div(w.label("page", "cancelled"), className="note")]
        if run.found:
            return _bar(w.label("page", "looking"), run.looking, 2 * run.total, w)
        return _bar(w.label("page", "going" if run.done else "waiting"), run.done, run.total, w)

    def section(
        self, name: str, key: str | None, lang: Any, blocks: Callable, of: Callable = lambda r: r
    ) -> list[Component]:
        """What a finished comparison has for a section; what will stand there if none has."""
        run = self.runs.get(key)
        if run is None or run.found is None or of(run) is None:
            return empty(name, lang)
        return drawn(blocks(of(run), Words(lang)))

    def download(self, what: str, chosen: Chosen, key: str | None, lang: Any) -> dict:
        """The draft as a scenario file; the report or workbook of the comparison shown."""
        if what == "file":
            return dcc.send_string(whole_text(chosen.draft(self.library)), "proposed.toml")
        run = self.runs.get(key)
        if run is None or run.found is None:
            raise PreventUpdate
        return _written(run, what, lang)


def _bar(said: str, done: int, total: int, w: Words) -> list[Component]:
    count = f"{w(': ', '：')}{done} / {total}" if done else ""
    bar = html.Progress(value=str(done), max=str(total), **{"aria-label": said})
    return [html.Div(said + count, className="note"), bar]


def _written(run: Run, what: str, lang: Any) -> dict:
    """Report or workbook of a comparison, as what is downloaded."""
    with TemporaryDirectory() as place:
        save(run.found, Path(place) / "results", run.looked.ledgers if run.looked else {})
        made, w = Dossier.of(Path(place) / "results"), Words(lang)
        if what == "report":
            blocks = report_document(made, w)
            return dcc.send_string(document(blocks[0].text, blocks, lang), "report.html")
        book = Path(place) / "workbook.xlsx"
        write_workbook(made, book, w)
        return dcc.send_bytes(book.read_bytes(), book.name)


# ---- which control calls what ----


def _all(kind: str, **others: str) -> dict[str, Any]:
    return {"type": kind, "of": ALL, "key": ALL} | others


LANG, SENT = Input("lang", "value"), State("sent", "data")
TEXTS = {"type": "text", "key": ALL, "component": ALL}
CONTROLS = ("points", "dial", "shape", "reach")  # types of what a draft is made of


def page_app(library: Library, runs: Runs) -> Dash:
    """The application; it serves its own assets and asks no other host."""
    app = Dash(__name__, title="postloan", update_title=None, serve_locally=True)
    app.layout = skeleton(library)
    _lend_font(app)
    page = Page(library, runs)
    _connect_files(app, page)
    _connect_controls(app, page)
    _connect_runs(app, page)
    _connect_sections(app, page)
    return app


def _lend_font(app: Dash) -> None:
    """Serve the font for Chinese; a browser asks for it where its system has none."""
    app.server.add_url_rule(f"/{FILE.name}", "font", lambda: send_file(FILE, max_age=86_400))
    style = f"<style>{face_at(FILE.name)} :root {{ --fonts: {FONTS}; }}</style>"
    app.index_string = app.index_string.replace("{%css%}", style + "{%css%}")


def _controls(kind: type) -> tuple:
    """All that a draft follows from, as what triggers or as what is read along."""
    return (
        kind("base", "value"), kind("other", "value"),
        *(kind(_all(control), "value") for control in CONTROLS),
        kind("held", "data"), SENT,
    )  # fmt: skip


PARTS = len(_controls(State))


def _chosen(at: int) -> Chosen:
    """What the controls say that `_controls` named from the place `at` of the callback on."""
    base, other, *controls, held, sent = [*ctx.args_grouping][at : at + PARTS]
    every = [control for kind in controls for control in kind]
    return Chosen.of(base["value"], other["value"], every, held["value"], sent["value"])


def _connect_files(app: Dash, page: Page) -> None:
    @app.callback(
        Output("sent", "data"), Output("base", "options"), Output("other", "options"),
        Output("other", "value"), Output("refused", "children"), Output("upload", "contents"),
        Input("upload", "contents"), State("upload", "filename"), SENT, State("lang", "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(contents, name, sent, lang):
        if contents is None:  # the last one was taken; the same file may come again
            raise PreventUpdate
        try:
            sent, name = page.library.with_file(sent, name, contents)
        except InputError as wrong:
            return *[no_update] * 4, refusal(wrong, Words(lang)), None
        options = page.library.options(sent)
        return sent, options, options, name, "", None

    @app.callback(
        Output("download", "data"), *(Input(key, "n_clicks") for key in DOWNLOADS),
        *_controls(State), State("shown", "data"), State("lang", "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(*everything):
        shown, lang = everything[-2:]
        return page.download(ctx.triggered_id, _chosen(len(DOWNLOADS)), shown, lang)


def _connect_controls(app: Dash, page: Page) -> None:
    @app.callback(
        Output("points", "children"), *(Output(group, "children") for group in GROUPS),
        Input("other", "value"), Input("reset", "n_clicks"), SENT, State("lang", "value"),
    )  # fmt: skip
    def _(other, _clicks, sent, lang):
        return page.controls(other, sent, lang)

    @app.callback(Output(TEXTS, "children"), LANG, State(TEXTS, "id"))
    def _(lang, names):
        return texts(names, lang)

    @app.callback(
        Output(_all("shape"), "options"), LANG, State(_all("shape"), "options"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(lang, menus):
        return [shapes([option["value"] for option in menu], lang) for menu in menus]

    @app.callback(
        Output(_all("reach", of=MATCH, key=MATCH), "value"),
        Input(_all("shape", of=MATCH, key=MATCH), "value"),
        State(_all("shape", of=MATCH, key=MATCH), "id"), SENT, prevent_initial_call=True,
    )  # fmt: skip
    def _(shape, name, sent):
        card = page.library.get(name["of"], sent).scheme.pay[int(name["key"])]
        return ends(card.curve if shape == OWN else shape)

    @app.callback(
        Output("held", "data"), Output(_all("points"), "disabled"), Input(_all("lock"), "value"),
        *_controls(State), prevent_initial_call=True,
    )  # fmt: skip
    def _(locks, *_controls):
        chosen = _chosen(1)
        closed = dict(zip(chosen.points, map(bool, locks), strict=True))
        return page.hold(chosen, closed), list(closed.values())

    @app.callback(
        Output(_all("share"), "children"), Output("checks", "children"),
        Output("instant", "children"), Output("wrong", "children"), Output("stale", "children"),
        Output("run", "disabled"), *_controls(Input), Input("shown", "data"),
        Input("recorded", "data"), Input("budget", "value"), LANG,
    )  # fmt: skip
    def _(*everything):
        return page.instant(_chosen(0), *everything[PARTS:])


def _connect_runs(app: Dash, page: Page) -> None:
    @app.callback(
        Output("going", "data"), Input("run", "n_clicks"), *_controls(State),
        State("replications", "value"), State("lang", "value"), prevent_initial_call=True,
    )  # fmt: skip
    def _(*everything):
        replications, lang = everything[-2:]
        try:
            return page.runs.start(_chosen(1).pair(page.library), int(replications))
        except BusyError:
            set_props("wrong", {"children": Words(lang).label("page", "busy")})
            return no_update

    @app.callback(
        Output("progress", "children"), Output("shown", "data"), Output("recorded", "data"),
        Output("looked", "data"), Output("tick", "disabled"), Output("cancel", "disabled"),
        Output("report", "disabled"), Output("workbook", "disabled"),
        Input("tick", "n_intervals"), Input("going", "data"), LANG, State("shown", "data"),
        State("recorded", "data"), State("looked", "data"), prevent_initial_call=True,
    )  # fmt: skip
    def _(_ticks, going, lang, shown, recorded, looked):
        run = page.runs.get(going)
        there = (run.found, run.replayed, run.looked) if run else (None, None, None)
        known = (shown, recorded, looked)
        keys = [going if new is not None and going != old else no_update
                for new, old in zip(there, known, strict=True)]  # fmt: skip
        none = there[0] is None and shown is None
        idle, waits = run is None or run.ended, not (run and run.going)
        return page.progress(going, lang), *keys, idle, waits, none, none

    @app.callback(
        Output("cancel", "n_clicks"), Input("cancel", "n_clicks"), State("going", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks, going):
        page.runs.cancel(going)
        return clicks


def _connect_sections(app: Dash, page: Page) -> None:
    @app.callback(
        Output("results", "children"), Output("winners", "children"), Input("shown", "data"), LANG
    )
    def _(shown, lang):
        return (page.section("results", shown, lang, result_blocks),
                page.section("winners", shown, lang, winner_blocks))  # fmt: skip

    @app.callback(
        Output("ledger", "children"), Output("view", "children"), Input("looked", "data"), LANG
    )
    def _(looked, lang):
        def closer(run: Run):
            return run.looked

        return (page.section("ledger", looked, lang, ledger_blocks, closer),
                page.section("view", looked, lang, view_blocks, closer))  # fmt: skip
