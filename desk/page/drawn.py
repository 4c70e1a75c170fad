"""Blocks of a document as components of the page; every text stays text."""

from collections.abc import Iterable

from dash import dcc, html
from dash.development.base_component import Component

from desk.blocks import FONTS, Block, Bullets, Heading, Paragraph, Picture, Table

GRAPH = {"displaylogo": False, "displayModeBar": False, "responsive": True}


def drawn(blocks: Iterable[Block]) -> list[Component]:
    """A component for each block."""
    return [_drawn(block) for block in blocks]


def _drawn(block: Block) -> Component:
    match block:
        case Heading(text, level):
            return (html.H1, html.H2, html.H3)[level - 1](text)
        case Paragraph(text, note):
            return html.P(text, className="note" * note)
        case Bullets(items):
            return html.Ul([html.Li(item) for item in items])
        case Table(headings, rows, words):
            head = html.Thead(_row(html.Th, headings, words))
            return html.Table([head, html.Tbody([_row(html.Td, row, words) for row in rows])])
        case Picture(figure, text):
            figure.update_layout(font_family=FONTS)
            graph = dcc.Graph(figure=figure, config=GRAPH)
            return html.Div(graph, role="img", **{"aria-label": text})


def _row(cell: type[Component], texts: Iterable[str], words: int) -> Component:
    return html.Tr([cell(text, className="number" * (i >= words)) for i, text in enumerate(texts)])
