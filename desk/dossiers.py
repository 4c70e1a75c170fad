"""Writes documents to files: the plan document, the report and the workbook."""

from collections.abc import Sequence
from pathlib import Path

import typer

from desk.aside import aside
from desk.blocks import html, markdown
from desk.explain import plan_document
from desk.report import Dossier, report_document
from desk.words import spoken
from desk.workbook import write_workbook
from sim import InputError, Scenario

TEXT, HTML = (".md", ".txt"), (".html", ".htm")


def explain(path: Path, lang: str, out: Path | None) -> None:
    """Write the plan document of a scenario to a file, or to stdout as Markdown."""
    with spoken(lang) as words:
        if out:
            _check_ending(out, *HTML, *TEXT)
        blocks = plan_document(Scenario.load(path), words)
    if out is None:
        typer.echo(markdown(blocks), nl=False)
        return
    as_page = out.suffix.lower() in HTML
    text = html(blocks[0].text, blocks, words.lang) if as_page else markdown(blocks)
    _write(out, text)


def report(folder: Path, studies: Sequence[Path], lang: str, out: Path | None) -> None:
    """Write the decision dossier of a folder of results, beside its tables unless told where."""
    target = out or Path(f"{folder}-report.html")
    with spoken(lang) as words:
        _check_ending(target, *HTML)
        blocks = report_document(Dossier.of(folder, studies), words)
    _write(target, html(blocks[0].text, blocks, words.lang))


def workbook(folder: Path, studies: Sequence[Path], lang: str, out: Path | None) -> None:
    """Write the workbook of a folder of results, beside it unless told where."""
    target = out or Path(f"{folder}-workbook.xlsx")
    with spoken(lang) as words:
        _check_ending(target, ".xlsx")
        dossier = Dossier.of(folder, studies)
    with aside(target) as fresh:
        write_workbook(dossier, fresh, words)
    typer.echo(f"Wrote {target}")


def _check_ending(path: Path, *endings: str) -> None:
    """Refuse a file name that does not say what will be in it."""
    if path.suffix.lower() not in endings or path.is_dir():
        raise InputError(
            f"{path}: expected a file whose name ends in {' or '.join(endings)}",
            zh=f"{path}：文件名应以 {' 或 '.join(endings)} 结尾",
        )


def _write(path: Path, text: str) -> None:
    with aside(path) as fresh:
        fresh.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    typer.echo(f"Wrote {path}")
