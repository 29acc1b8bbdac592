"""
Take the pictures of the report's page, and of the list in Excel, that the guide shows.

    make pictures

Corrects the list in `examples/my_networks.xlsx`, writes the report of it into a temporary folder,
opens the page in Chromium (CHROMIUM names another one) and saves the views in `docs/pictures`.
LibreOffice draws the sheets and `pdftoppm` the pages on paper; without them these pictures stay as
they are. The pictures are of the page as it is, never retouched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image as Picture
    from playwright.sync_api import Browser, Page

FOLDER: Final = Path(__file__).parent / "pictures"
LIST: Final = Path(__file__).parents[1] / "examples" / "my_networks.xlsx"
CORRECT: Final = {"A4": "Juva", "E8": 2021, "B11": "Wood builders"}
"""What is right in the faulty cells of the list."""

SWITCHES: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
COLOURS: Final = 256
"""Enough for a page of few colours; with all shades of its letters a picture is twice as large."""


@dataclass(frozen=True)
class View:
    """
    One picture of the page.

    Parameters
    ----------
    name
        Of the file, without its suffix.
    state
        What stands in the address after `#`.
    width, height
        Of the window, CSS pixels.
    scheme
        `light` or `dark`.
    typed
        What is typed into the search before the picture is taken.
    """

    name: str
    state: str
    width: int = 1280
    height: int = 860
    scheme: str = "light"
    typed: str = ""


VIEWS: Final = (
    View("page-start", "lang=en"),
    View("page-search", "lang=en", height=520, typed="mik"),
    View("page-place", "place=municipality:FI-491&lang=en", height=1060),
    View("page-place-dark", "place=municipality:FI-491&map=status&lang=sv", scheme="dark"),
    View("page-region", "place=region:FI-10&lang=fi"),
    View("page-network", "network=hinku&lang=en", height=1060),
    View("page-compare", "place=municipality:FI-491&with=municipality:FI-740&lang=en"),
    View("page-year", "place=municipality:FI-491&year=2016&lang=en"),
    View("page-phone", "place=municipality:FI-491&lang=fi", width=390, height=844),
)
PAPER: Final = "page-printed"
SHEETS: Final = ("list-workbook", "list-checked")
PICTURES: Final = (*(view.name for view in VIEWS), PAPER, *SHEETS)
"""Every picture, without its suffix."""


def chromium() -> str:
    """Return the browser to use."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        sys.exit("no Chromium found: install one, or name it in the variable CHROMIUM")
    return found


def run(*words: str, ends: int = 0) -> None:
    """Carry out a command of the package; with problems in the data it ends with 1."""
    command = [sys.executable, "-m", "valuma_graph", *words, "--quiet"]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603
    if done.returncode != ends:
        sys.exit(f"valuma-graph {words[0]} ended with {done.returncode}")


def save(image: Picture, name: str) -> None:
    """Save a picture in few colours, and say so."""
    from PIL import Image

    few = image.convert("RGB").quantize(  # a method that keeps the colours of small spots
        COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    few.save(FOLDER / f"{name}.png", optimize=True)
    sys.stdout.write(f"{name}.png\n")


# -- the list in Excel --------------------------------------------------------------------------


def corrected(path: Path) -> Path:
    """Write the list with what is right in the faulty cells."""
    from openpyxl import load_workbook

    book = load_workbook(LIST)
    for cell, value in CORRECT.items():
        book["Memberships"][cell] = value
    book.save(path)
    return path


def drawn(path: Path, sheets: Sequence[str]) -> list[Picture]:
    """Return sheets of a workbook as LibreOffice prints them, each without the empty paper."""
    from openpyxl import load_workbook
    from PIL import Image

    book = load_workbook(path)
    for name in book.sheetnames:
        book[name].sheet_state = "visible" if name in sheets else "hidden"
    book["Memberships"].column_dimensions["G"].hidden = True  # remarks: empty, and wide
    book.active = book.sheetnames.index(sheets[0])
    only = path.with_suffix(".only.xlsx")
    book.save(only)
    office = [shutil.which("soffice") or "soffice", "--headless", "--convert-to", "pdf"]
    subprocess.run(  # noqa: S603
        [*office, "--outdir", str(path.parent), str(only)], check=True, stdout=subprocess.DEVNULL
    )
    pages = on_paper(only.with_suffix(".pdf"), 110)
    return [trimmed(Image.open(page)) for page in pages[: len(sheets)]]


def trimmed(image: Picture) -> Picture:
    """Return a picture without the white around it."""
    from PIL import Image, ImageChops, ImageOps

    white = Image.new("RGB", image.size, "white")
    box = ImageChops.difference(image.convert("RGB"), white).getbbox()
    return ImageOps.expand(image.convert("RGB").crop(box), border=12, fill="white")


def beneath(images: Sequence[Picture]) -> Picture:
    """Return pictures one below the other."""
    from PIL import Image

    sheet = Image.new(
        "RGB", (max(one.width for one in images), sum(one.height for one in images)), "white"
    )
    top = 0
    for one in images:
        sheet.paste(one, (0, top))
        top += one.height
    return sheet


def take_sheets(folder: Path) -> None:
    """Save the pictures of the list: filled in, and as the check marks it."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        sys.stderr.write("LibreOffice or pdftoppm is not installed: no pictures of the list\n")
        return
    faulty = Path(shutil.copy(LIST, folder / LIST.name))
    save(beneath(drawn(faulty, ["Memberships"])), SHEETS[0])
    run("check", str(faulty), ends=1)
    copy = faulty.with_suffix(".checked.xlsx")
    save(beneath(drawn(copy, ["Problems", "Memberships"])), SHEETS[1])


# -- the page -----------------------------------------------------------------------------------


def opened(browser: Browser, address: str, view: View) -> Page:
    """Return the page in the state of a view."""
    page = browser.new_page(
        viewport={"width": view.width, "height": view.height},
        color_scheme="dark" if view.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page.goto(f"{address}#{view.state}")
    if view.typed:
        page.locator("#search").press_sequentially(view.typed)
        page.locator("#search-list [role=option]").first.wait_for()
    return page


def take(browser: Browser, address: str, view: View, folder: Path) -> None:
    """Save one view of a page."""
    from PIL import Image

    page = opened(browser, address, view)
    shot = folder / "shot.png"
    page.screenshot(path=shot, animations="disabled")
    page.close()
    save(Image.open(shot), view.name)


def on_paper(paper: Path, resolution: int) -> list[Path]:
    """Return the pages of a PDF as pictures, in their order."""
    draw = [shutil.which("pdftoppm") or "pdftoppm", "-r", str(resolution), "-png"]
    subprocess.run([*draw, str(paper), str(paper.with_suffix(""))], check=True)  # noqa: S603
    return sorted(paper.parent.glob(f"{paper.stem}-*.png"))


def take_paper(browser: Browser, address: str, folder: Path) -> None:
    """Save the two pages that "print this" gives, side by side."""
    from PIL import Image, ImageOps

    if shutil.which("pdftoppm") is None:
        sys.stderr.write("pdftoppm is not installed: no picture of the printed pages\n")
        return
    page = opened(browser, address, View(PAPER, "place=municipality:FI-491&lang=en"))
    page.evaluate("document.documentElement.classList.add('print-dossier')")
    page.pdf(path=folder / "paper.pdf", prefer_css_page_size=True)
    page.close()
    pages = [
        ImageOps.expand(Image.open(one).convert("RGB"), border=1, fill="#999")
        for one in on_paper(folder / "paper.pdf", 76)[:2]
    ]
    both = Image.new("RGB", (sum(one.width for one in pages) + 16, pages[0].height), "white")
    for at, one in enumerate(pages):
        both.paste(one, (at * (one.width + 16), 0))
    save(both, PAPER)


def main() -> int:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        take_sheets(folder)
        mine = corrected(folder / LIST.name)
        run("report", str(mine), "-o", str(folder / "report"))
        address = (folder / "report" / "index.html").as_uri()
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        for view in VIEWS:
            take(browser, address, view, folder)
        take_paper(browser, address, folder)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
