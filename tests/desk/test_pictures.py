"""`postloan plot`: every picture of a result as a page, or as PNG where a browser is installed."""

import os
import shutil

import pytest
from typer.testing import CliRunner

from desk import results
from desk.cli import app
from sim import Scenario, compare

CHROME = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
PNG = b"\x89PNG\r\n\x1a\n"
PICTURES = {"course", "differences", "winners"}
TINY = Scenario.of({"run": {"periods": 2, "replications": 2}, "portfolio": {"accounts": 200},
                    "workforce": {"seats": 4}})  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    richer = TINY.vary(scheme={"wage_yuan": 8000})
    target = tmp_path_factory.mktemp("results") / "比较"
    results.save(compare({"today": TINY, "<b>更高</b>": richer}, workers=1), target)
    return target


def plotted(folder, out, *options):
    return CliRunner().invoke(app, ["plot", str(folder), "--out", str(out), *options])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_picture_is_a_page_without_network(folder, tmp_path, lang):
    found = plotted(folder, tmp_path / "out", "--lang", lang)
    assert found.exit_code == 0, found.output
    pages = {path.stem: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert set(pages) == PICTURES
    assert not any('src="http' in page for page in pages.values())


@pytest.mark.skipif(CHROME is None, reason="needs an installed Chrome or Chromium")
def test_a_browser_draws_png_files(folder, tmp_path):
    found = plotted(folder, tmp_path, "--png", "--lang", "zh")
    assert found.exit_code == 0, found.output
    drawn = {path.stem: path.read_bytes() for path in tmp_path.glob("*.png")}
    assert set(drawn) == PICTURES
    assert all(content.startswith(PNG) and len(content) > 20_000 for content in drawn.values())


def test_where_no_browser_is_installed_it_says_so(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    found = plotted(folder, tmp_path / "out", "--png")
    if found.exit_code == 0:
        pytest.skip("this system's browser is found without a path")
    assert found.exit_code == 2
    assert "expected an installed Chrome or Chromium" in found.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder_for_pictures(folder, tmp_path):
    (tmp_path / "taken").write_text("mine")
    found = plotted(folder, tmp_path / "taken")
    assert found.exit_code == 2
    assert "expected a folder for the pictures" in found.stderr
    assert (tmp_path / "taken").read_text() == "mine"
