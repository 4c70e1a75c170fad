"""Writes documents to files: the plan document, the report and the workbook."""

from pathlib import Path

import typer

from desk.aside import aside
from desk.blocks import html, markdown
from desk.explain import plan_document
from desk.report import Dossier, report_document
from desk.words import Words
from desk.workbook import write_workbook
from sim import InputError, Scenario
from sim.labels import LANGS

TEXT, HTML = (".md", ".txt"), (".html", ".htm")


def explain(path: Path, lang: str, out: Path | None) -> None:
    """Write the plan document of a scenario to a file, or to stdout as Markdown."""
    words = Words(language_of(lang))
    if out:
        _check_ending(out, *HTML, *TEXT)
    blocks = plan_document(Scenario.load(path), words)
    if out is None:
        typer.echo(markdown(blocks), nl=False)
        return
    as_page = out.suffix.lower() in HTML
    text = html(blocks[0].text, blocks, words.lang) if as_page else markdown(blocks)
    _write(out, text)


def report(folder: Path, lang: str, out: Path | None) -> None:
    """Write the decision dossier of a folder of results, beside its tables unless told where."""
    words = Words(language_of(lang))
    target = out or Path(f"{folder}-report.html")
    _check_ending(target, *HTML)
    blocks = report_document(Dossier.of(folder), words)
    _write(target, html(blocks[0].text, blocks, words.lang))


def workbook(folder: Path, lang: str, out: Path | None) -> None:
    """Write the workbook of a folder of results, beside it unless told where."""
    words = Words(language_of(lang))
    target = out or Path(f"{folder}-workbook.xlsx")
    _check_ending(target, ".xlsx")
    dossier = Dossier.of(folder)
    with aside(target) as fresh:
        write_workbook(dossier, fresh, words)
    typer.echo(f"Wrote {target}")


def language_of(lang: str):
    """The language of `--lang`. Raises InputError for one we do not write."""
    if lang not in LANGS:
        raise InputError(f"--lang {lang[:60]}: expected one of {', '.join(LANGS)}")
    return lang


def _check_ending(path: Path, *endings: str) -> None:
    """Refuse a file name that does not say what will be in it."""
    if path.suffix.lower() not in endings or path.is_dir():
        raise InputError(f"{path}: expected a file whose name ends in {' or '.join(endings)}")


def _write(path: Path, text: str) -> None:
    with aside(path) as fresh:
        fresh.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    typer.echo(f"Wrote {path}")
