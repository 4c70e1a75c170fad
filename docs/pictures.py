"""Renews every picture of docs/img from fresh runs: `make pictures`.

Needs Chromium or Chrome, LibreOffice and pdftoppm (Debian: chromium, libreoffice-calc,
poppler-utils). Takes about two minutes.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
IMG = ROOT / "docs" / "img"
PATIENCE = 300_000  # milliseconds
SCHEMES = ("scenarios/balanced.toml", "scenarios/recovery_only.toml")
SHEET = "Profit and loss"  # of the workbook
NEEDED = ("chromium", "soffice", "pdftoppm", "pdftotext")


def main() -> None:
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        sys.exit(f"expected {', '.join(missing)} to be installed")
    expect.set_options(timeout=PATIENCE)
    with TemporaryDirectory() as place, sync_playwright() as play:
        results = Path(place) / "compare"
        postloan("compare", *SCHEMES, "--gaming", "--quiet", "--out", results)
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        comparison(browser, results)
        report(browser, results)
        workbook(results)
        page(browser)
        browser.close()


def comparison(browser: Browser, results: Path) -> None:
    """The picture that `make demo` leaves."""
    tab = opened(browser, 1200, 860)
    tab.goto((results / "comparison.html").as_uri())
    shot(tab, "compare")


def report(browser: Browser, results: Path) -> None:
    """The dossier, where the gaming ledger of the last scheme begins."""
    postloan("report", results)
    tab = opened(browser, 832, 900)
    tab.goto(results.with_name("compare-report.html").as_uri())
    tab.get_by_role("heading", name="gaming ledger").last.evaluate("at => at.scrollIntoView()")
    shot(tab, "report")


def workbook(results: Path) -> None:
    """Profit and loss, as LibreOffice recalculates and prints it."""
    postloan("workbook", results)
    book = results.with_name("compare-workbook.xlsx")
    printed = book.with_suffix(".pdf")
    done("soffice", "--headless", "--convert-to", "pdf", "--outdir", book.parent, book)
    pages = done("pdftotext", printed, "-").split("\f")
    number = next(n for n, text in enumerate(pages, 1) if text.lstrip().startswith(SHEET))
    done("pdftoppm", "-png", "-r", "80", "-f", number, "-singlefile", printed, IMG / "workbook")


def page(browser: Browser) -> None:
    """The interactive page after a comparison."""
    with served() as address:
        tab = opened(browser, 1360, 1000)
        tab.goto(address)
        tab.click("#run")
        expect(tab.locator("#view table")).to_be_visible()
        tab.locator("#instant").evaluate("at => scrollTo(0, at.offsetTop - 60)")
        shot(tab, "page")


@contextmanager
def served() -> Iterator[str]:
    """The address of the page while it is served."""
    command = (sys.executable, "-m", "desk.cli", "page", "scenarios", "--port", "0")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[0]
        process.terminate()


def opened(browser: Browser, width: int, height: int) -> Page:
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.set_default_timeout(PATIENCE)
    return tab


def shot(tab: Page, name: str) -> None:
    tab.wait_for_timeout(1000)  # pictures are drawn, scrolling has ended
    tab.screenshot(path=IMG / f"{name}.png")


def postloan(*arguments: str | Path) -> None:
    done(sys.executable, "-m", "desk.cli", *arguments)


def done(*command: str | Path | int) -> str:
    """What a command says that succeeds."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
