"""Documents as blocks, written as Markdown for a terminal or as one HTML file without network.

Every text of a block is plain text: names of files and schemes cannot become markup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from desk.fonts import FONTS, face
from sim.labels import Lang
from sim.shown import visible

TITLE_SPACE, LEGEND_SPACE = 80, 55  # pixels above a figure that its title and legend take
PAGE_WIDTH = 700  # pixels: what A4 takes in print
STYLE = f"""
body {{ font: 15px/1.5 {FONTS}; color: #222; max-width: {PAGE_WIDTH}px; margin: 2em auto;
  padding: 0 1em; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.6em; line-height: 1.25; }} h2 {{ font-size: 1.25em; margin-top: 2em; }}
h3 {{ font-size: 1.05em; margin-bottom: .3em; }} h1, h2, h3 {{ break-after: avoid; }}
table {{ border-collapse: collapse; width: 100%; font-size: .87em; margin: 1em 0; }}
th, td {{ text-align: left; vertical-align: top; padding: .25em .6em .25em 0;
  border-bottom: 1px solid #ccc; unicode-bidi: isolate; }}
th {{ border-bottom: 2px solid #222; overflow-wrap: normal; }} tr {{ break-inside: avoid; }}
thead {{ display: table-header-group; }}
.number {{ text-align: right; overflow-wrap: normal; font-variant-numeric: tabular-nums; }}
.picture {{ break-inside: avoid; margin: 1em 0; }}
.note {{ color: #555; font-size: .87em; }}
@page {{ size: A4; margin: 14mm 12mm; }}
@media print {{ body {{ margin: 0 auto; padding: 0; font-size: 13px; }} }}
"""
LANGUAGE = {"en": "en", "zh": "zh-Hans"}
PICTURE = {"displaylogo": False, "displayModeBar": False, "responsive": False}


@dataclass(frozen=True)
class Heading:
    """A title of level 1 to 3."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several; a note is set smaller."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Rows of texts; all columns but the first `words` ones are numbers."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


@dataclass(frozen=True)
class Picture:
    """A Plotly figure, with the text that stands for it where it cannot be drawn."""

    figure: go.Figure = field(repr=False)
    text: str


Block = Heading | Paragraph | Bullets | Table | Picture


# ---- Markdown ----


def markdown(blocks: Iterable[Block]) -> str:
    """The document as Markdown; pictures by their text."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_literal(text)}"
        case Paragraph(text):
            return _literal(text)
        case Bullets(items):
            return "\n".join(f"- {_literal(item)}" for item in items)
        case Table(headings, rows, words):
            marks = ["---"] * words + ["---:"] * (len(headings) - words)
            lines = [headings, marks, *rows]
            cells = [line if line is marks else map(_literal, line) for line in lines]
            return "\n".join(f"| {' | '.join(line)} |" for line in cells)
        case Picture(_, text):
            return f"[{_literal(text)}]"


def _literal(text: str) -> str:
    """Text that Markdown shows as it is: `<b>` and `[x](y)` too."""
    text = re.sub(r"([\\`*\[\]<>|])", r"\\\1", " ".join(text.split()))
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    return re.sub(
        r"^([#+=~-]+|\d+[.)])(?=\s|$)", lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", text
    )


# ---- HTML ----


def html(title: str, blocks: Sequence[Block], lang: Lang) -> str:
    """The document as one HTML file that needs nothing else."""
    pictures = any(isinstance(block, Picture) for block in blocks)
    script = f"<script>{get_plotlyjs()}</script>\n" if pictures else ""
    body = "\n".join(_html(block, f"picture{n}") for n, block in enumerate(blocks))
    return _page(title, f"<style>{face(title + body)}{STYLE}</style>\n{script}", body, lang)


def picture_page(title: str, figure: go.Figure, lang: Lang = "en") -> str:
    """A picture as wide as the window, as one HTML file that needs nothing else."""
    drawn = figure.update_layout(font_family=FONTS).to_html(
        full_html=False, include_plotlyjs=True, div_id="picture", config={"displaylogo": False}
    )
    words = title + figure.to_json()
    return _page(title, f"<style>{face(words)}</style>\n", drawn, lang)


def _page(title: str, head: str, body: str, lang: Lang) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE[lang]}">\n<head><meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(visible(title))}</title>\n{head}</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block, name: str) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text, note):
            return f"<p{' class=note' * note}>{escape(text)}</p>"
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
        case Table(headings, rows, words):
            head = _row("th", headings, words)
            body = "\n".join(_row("td", row, words) for row in rows)
            return f"<table>\n<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table>"
        case Picture(figure, text):
            caption, bare = _captioned(figure)
            drawn = bare.update_layout(width=PAGE_WIDTH, font_family=FONTS).to_html(
                full_html=False, include_plotlyjs=False, div_id=name, config=PICTURE
            )
            alone = f'<div role="img" aria-label="{escape(text)}">{drawn}</div>'
            return f'<div class="picture">{caption}{alone}</div>'


def _captioned(figure: go.Figure) -> tuple[str, go.Figure]:
    """Title and note of a figure as text, which a narrow page can wrap, and the figure without."""
    title = figure.layout.title
    if not title.text:
        return "", figure
    note = f"<br><span class=note>{escape(unescape(title.subtitle.text or ''))}</span>"
    top = (figure.layout.margin.t or TITLE_SPACE) - TITLE_SPACE
    bare = go.Figure(figure).update_layout(title=None, margin_t=max(top, LEGEND_SPACE))
    return f"<p><b>{escape(unescape(title.text))}</b>{note}</p>", bare


def _row(tag: str, cells: Sequence[str], words: int) -> str:
    parts = [
        f"<{tag}{' class=number' * (i >= words)}>{escape(cell)}</{tag}>"
        for i, cell in enumerate(cells)
    ]
    return f"<tr>{''.join(parts)}</tr>"
