"""Blocks of a document as components of the page; every text stays text."""

from collections.abc import Iterable, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from desk.blocks import FONTS, Block, Bullets, Heading, Paragraph, Picture, Table

GRAPH = {"displaylogo": False, "displayModeBar": False, "responsive": True}


class TextTable(Component):
    """A table of texts, drawn by `assets/table.js`; the first `words` columns are no numbers."""

    _namespace, _type = "postloan", "Table"
    _prop_names = ("headings", "rows", "words")
    available_properties = _prop_names
    available_wildcard_properties = _valid_wildcard_attributes = ()
    _children_props = ()

    def __init__(self, headings: Sequence[str], rows: Sequence[Sequence[str]], words: int) -> None:
        super().__init__(headings=headings, rows=rows, words=words)


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
            return TextTable(headings, rows, words)
        case Picture(figure, text):
            figure.update_layout(font_family=FONTS)
            graph = dcc.Graph(figure=figure, config=GRAPH)
            return html.Div(graph, role="img", **{"aria-label": text})
