"""Carries out `postloan plot`: the pictures of a result, each as a page or as a PNG file."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import typer

from desk.aside import aside
from desk.blocks import picture_page
from desk.fonts import FONTS, lent_to_browsers
from desk.report import Dossier, named
from desk.study_chapters import study_figure
from desk.words import Words, spoken
from sim import Comparison, InputError
from sim.insight_plots import gaming_figure
from sim.labels import Lang
from sim.plots import BAND_WORDS, BAND_WORDS_ZH, forest_figure, over_time_figure

SHARPNESS = 2  # dots of a PNG for each of the page's
WIDTH, TITLE_HEIGHT = 1000, 40
NO_KALEIDO = "--png: expected the package kaleido, install postloan[png]"
NO_KALEIDO_ZH = "--png：需要 kaleido，请安装 postloan[png]"
NO_BROWSER = (
    "--png: expected an installed Chrome or Chromium to draw with (apt install chromium, or set "
    "BROWSER_PATH to it); without --png the pictures are pages that any browser opens"
)
NO_BROWSER_ZH = (
    "--png：需要已安装的 Chrome 或 Chromium 来绘图（apt install chromium，或设 BROWSER_PATH）；"
    "不加 --png 则输出任何浏览器都能打开的网页"
)


def plot(folder: Path, studies: Sequence[Path], lang: str, png: bool, out: Path | None) -> None:
    """Write the pictures of a folder of results, beside it unless told where."""
    target = out or Path(f"{folder}-pictures")
    with spoken(lang) as words:
        dossier = Dossier.of(folder, studies)
        if target.exists() and not target.is_dir():
            raise InputError(
                f"{target}: expected a folder for the pictures, this is a file",
                zh=f"{target}：应为存放图片的文件夹，而这是一个文件",
            )
        for name, figure in figures(dossier, words).items():
            path = target / f"{name}.{'png' if png else 'html'}"
            _write(figure, path, words.lang)
            typer.echo(f"Wrote {path}")


def figures(d: Dossier, w: Words) -> dict[str, go.Figure]:
    """The pictures of a result by file name; those of differences only where some are compared."""
    periods = pd.concat([o.periods.assign(scenario=d.names[n]) for n, o in d.outcomes.items()])
    course = w(
        f"Course over the pay periods; band: {BAND_WORDS}", f"各考核周期走势；色带为{BAND_WORDS_ZH}"
    )
    found = {"course": _titled(over_time_figure(periods, w.lang), course)}
    for number, (name, ledger) in enumerate(d.ledgers.items(), 1):
        found[f"gaming-{number}"] = gaming_figure(ledger, d.names[name], w.lang)
    for number, study in enumerate(d.studies, 1):
        found[f"study-{number}-{study.kind}"] = study_figure(study, w)
    if isinstance(d.result, Comparison):
        differences = named(d.result.differences(), d.names, w)
        base = d.names[d.base.name]
        apart = w(f"Paired differences from {base}, 95 % interval", f"与{base}的配对差异，95%区间")
        found["differences"] = _titled(forest_figure(differences, base, w.lang), apart)
        found["winners"] = d.result.plot_winners(w.lang)
    return found


def _titled(figure: go.Figure, text: str) -> go.Figure:
    """The figure below a title; in a report its heading is the title."""
    top, height = figure.layout.margin.t, figure.layout.height
    return figure.update_layout(
        title={"text": text, "x": 0.01, "y": 1, "yanchor": "top", "pad": {"t": 18}},
        margin_t=top + TITLE_HEIGHT, height=height + TITLE_HEIGHT,
    )  # fmt: skip


def _write(figure: go.Figure, path: Path, lang: Lang) -> None:
    with aside(path) as fresh:
        if path.suffix == ".png":
            fresh.write_bytes(png(figure))
        else:
            text = picture_page(figure.layout.title.text, figure, lang)
            fresh.write_text(text, encoding="utf-8", newline="\n")


def png(figure: go.Figure) -> bytes:
    """The picture as an installed browser draws it. Raises InputError where there is none."""
    try:
        from kaleido.errors import ChromeNotFoundError
    except ImportError:
        raise InputError(NO_KALEIDO, zh=NO_KALEIDO_ZH) from None
    figure.update_layout(font_family=FONTS)
    try:
        with lent_to_browsers():
            return figure.to_image("png", width=WIDTH, height=figure.layout.height, scale=SHARPNESS)
    except (ChromeNotFoundError, RuntimeError):  # Plotly raises the latter in its place
        raise InputError(NO_BROWSER, zh=NO_BROWSER_ZH) from None
