"""Chinese text is drawn where the system has no Chinese font, and no glyph is missing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import plotly.graph_objects as go
import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from desk.blocks import Paragraph, Picture, html, picture_page
from desk.fonts import CHINESE, FAMILY, face
from desk.page.app import page_app
from desk.page.library import Library
from desk.page.runs import Runs
from desk.pictures import png
from sim import Scenario

ROOT = Path(__file__).parents[2]
CHROME = shutil.which("chromium") or shutil.which("google-chrome")
BARE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
UNDRAWN = """async characters => {
    await document.fonts.load(`24px "FAMILY"`, characters).catch(() => null);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 32;
    const paper = canvas.getContext("2d", {willReadFrequently: true});
    const drawn = character => {
        paper.clearRect(0, 0, 32, 32);
        paper.font = `24px ${getComputedStyle(document.body).fontFamily}`;
        paper.fillText(character, 2, 26);
        return paper.getImageData(0, 0, 32, 32).data.join();
    };
    const box = drawn("\\u{10FFFD}");
    return [...characters].filter(character => drawn(character) === box);
}""".replace("FAMILY", FAMILY)
SOURCES = (path for d in ("sim", "optimize", "desk") for path in (ROOT / d).rglob("*.py"))
FOUND = set().union(*(CHINESE.findall(path.read_text("utf-8")) for path in SOURCES))
WORDS = "".join(sorted(c for c in FOUND if len(c) == 1 and c != "\u3000"))

needs_browser = pytest.mark.skipif(CHROME is None, reason="needs an installed Chrome or Chromium")


@pytest.fixture
def bare(tmp_path, monkeypatch) -> str:
    """A system whose only fonts are Latin ones: the path of its fontconfig."""
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    for path in Path("/usr/share/fonts").rglob("DejaVuSans*.ttf"):
        (fonts / path.name).symlink_to(path)
    (tmp_path / "fonts.conf").write_text(BARE.format(fonts=fonts, cache=tmp_path / "cache"))
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    return str(tmp_path / "fonts.conf")


def undrawn(page: str, characters: str) -> list[str]:
    """The characters that a browser shows as its box for a missing glyph; by address or text."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        tab = browser.new_page()
        if page.startswith("http"):
            tab.goto(page, wait_until="networkidle")
        else:
            tab.set_content(page)
        found = tab.evaluate(UNDRAWN, characters)
        browser.close()
    return found


@needs_browser
@pytest.mark.usefixtures("bare")
def test_a_document_draws_every_character_of_ours_without_a_chinese_font():
    page = html("标题", [Paragraph(WORDS)], "zh")
    assert undrawn(page, WORDS) == []
    assert undrawn(page.replace(face(page), ""), WORDS) == list(WORDS)  # the check can fail


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the interactive page."""
    app = page_app(Library({"a": Scenario.of({})}), Runs()).server
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@needs_browser
@pytest.mark.usefixtures("bare")
def test_the_page_draws_every_character_of_ours_without_a_chinese_font(served):
    assert undrawn(served, WORDS) == []


@needs_browser
def test_a_document_draws_every_character_of_ours_with_the_systems_fonts():
    assert undrawn(html("标题", [Paragraph(WORDS)], "zh"), WORDS) == []


@needs_browser
@pytest.mark.usefixtures("bare")
def test_a_png_shows_chinese_words_without_a_chinese_font():
    drawn = [png(go.Figure(layout={"title": {"text": word}, "height": 200}))
             for word in ("回款", "坏账", "回款")]  # fmt: skip
    assert drawn[0] != drawn[1]  # boxes would be alike
    assert drawn[0] == drawn[2]


def test_the_font_is_in_pages_with_chinese_only():
    figure = go.Figure(layout={"title": {"text": "回款"}})
    assert "data:font/otf" in html("回款", [Paragraph("cash")], "zh")
    assert "data:font/otf" in html("cash", [Picture(figure, "cash")], "en")
    assert "data:font/otf" in picture_page("cash", figure)
    assert "data:font/otf" not in html("cash", [Paragraph("cash")], "en")
    assert "data:font/otf" not in picture_page("cash", go.Figure())
