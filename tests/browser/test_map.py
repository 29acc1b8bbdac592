"""The map of the page: mouse, finger, keyboard, and the pictures it saves, in a real Chromium."""

from __future__ import annotations

import io
import struct
import xml.etree.ElementTree as ET
from itertools import pairwise

import bare_page
import hostile
import pytest

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
ONLY_FIRST, ONLY_SECOND, BOTH = 1, 2, 3


def square(x, y, side):
    return f"M{x} {y}l{side} 0 0 {side}-{side} 0z"


# Three towns in a row and one below; the region of the east has two. The fourth is small; the
# fifth is there only in the second year.
MEMBERS = ["west", ["Keski", "Mitten", "Keski"], "east", "islet", "late", "Länsi", "Itä"]
ATLAS = {
    "years": [2019, 2020],
    "members": {"id": [f"m{i}" for i in range(7)], "name": MEMBERS},
    "map": {
        "width": 300,
        "height": 300,
        "shapes": [
            [0, square(0, 0, 100), BOTH],
            [1, square(100, 0, 100), BOTH],
            [2, square(200, 0, 100), BOTH],
            [3, square(150, 200, 2), BOTH],
            [4, square(0, 200, 60), ONLY_SECOND],
        ],
        "lines": [["M100 0l0 100", BOTH], ["M0 200l60 0", ONLY_SECOND]],
    },
    "inRegion": [[0, 5, BOTH], [1, 6, BOTH], [2, 6, BOTH], [3, 6, BOTH], [4, 5, ONLY_SECOND]],
}

START = """
const chosen = [];
const map = makeMap(document.getElementById("map"), atlas, words, {
  choose: (member) => chosen.push(member),
});
const state = (more) => ({
  k: 0, level: "municipality",
  classes: new Map(["c0", "c3", "unknown", "c5", "c1", "c2", "c4"].entries()),
  values: new Map([[0, "0 networks"], [1, "3 networks"], [6, "7 networks"]]),
  chosen: null, with: null, caption: "Networks 2019", note: "Light is not none.",
  legend: [{ cls: "c0", text: "0" }, { cls: "c3", text: "3–4" }, { cls: "unknown", text: "?" }],
  ...more,
});
map.draw(state({}));
Object.assign(globalThis, { map, state, chosen });
"""


@pytest.fixture
def show(browser, tmp_path):
    """Open a page with the map; fail at the end if it said or asked for anything."""
    complaints, pages = [], []

    def shown(atlas=ATLAS, **options):
        address = bare_page.write(tmp_path / "page.html", {"sources": [], **atlas}, START)
        pages.append(bare_page.opened(browser, address, complaints, **options))
        return pages[-1]

    yield shown
    for page in pages:
        page.context.close()
    assert complaints == []


def classes(page):
    return page.locator(".plan-shapes path").evaluate_all(
        "all => all.map(one => one.getAttribute('class'))"
    )


def point(page, x, y):
    """Return where a point of the map is on the screen."""
    return page.evaluate(
        "([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(map.svg.getScreenCTM());"
        " return [p.x, p.y] }",
        [x, y],
    )


def active(page):
    label = "document.getElementById(map.svg.getAttribute('aria-activedescendant'))?.ariaLabel"
    return page.evaluate(label)


def saved(page, kind, title="Networks"):
    with page.expect_download() as saving:
        page.evaluate("([kind, title]) => map.save(kind, 'Kuva: ä', { title })", [kind, title])
    return saving.value


def test_shapes_and_lines_are_those_of_the_year(show):
    page = show()
    assert classes(page) == ["c0", "c3", "unknown", "c5", "gone"]
    assert page.locator(".plan-lines path.line").count() == 1
    page.evaluate("map.draw(state({ k: 1 }))")
    assert classes(page) == ["c0", "c3", "unknown", "c5", "c1"]
    assert page.locator(".plan-lines path.line").count() == 2
    page.evaluate("map.draw(state({ classes: new Map() }))")
    assert classes(page) == [*["absent"] * 4, "gone"]


def test_a_click_chooses_the_place_and_its_region_at_that_level(show):
    page = show()
    page.mouse.click(*point(page, 250, 50))
    page.evaluate("map.draw(state({ level: 'region' }))")
    page.mouse.click(*point(page, 250, 50))
    page.mouse.click(*point(page, 20, 20))
    page.mouse.click(*point(page, 20, 280))  # the sea
    assert page.evaluate("chosen") == [2, 6, 5]
    assert classes(page) == ["c2", "c4", "c4", "c4", "gone"]


def test_a_finger_finds_the_islet(show):
    page = show(viewport={"width": 320, "height": 640}, has_touch=True)
    x, y = point(page, 151, 201)
    page.touchscreen.tap(x + 9, y - 8)
    assert page.evaluate("chosen") == [3]


def test_hovering_says_the_name_in_its_languages_and_the_value(show):
    page = show()
    page.mouse.move(*point(page, 150, 50))
    assert page.locator(".plan-tip bdi").inner_text() == "Keski – Mitten"
    assert page.locator(".plan-tip span").inner_text() == "3 networks"
    page.evaluate("parts.words.lang = 'sv'; map.draw(state({}))")
    assert not page.locator(".plan-tip").is_visible()
    page.mouse.move(*point(page, 151, 51))
    assert page.locator(".plan-tip bdi").inner_text() == "Mitten – Keski"
    page.mouse.move(1, 1)
    assert not page.locator(".plan-tip").is_visible()


def test_arrows_go_from_place_to_place_and_enter_chooses(show):
    page = show()
    page.locator("#map .plan-map").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement === map.svg")
    assert active(page) == "Keski – Mitten: 3 networks"  # the nearest to the middle
    steps = []
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        steps.append(active(page).split(":")[0])
    assert steps == ["west", "west", "Keski – Mitten", "east", "islet", "Keski – Mitten"]
    page.keyboard.press("Enter")
    assert page.evaluate("chosen") == [1]
    page.keyboard.press("Tab")  # one stop: the next is a button
    assert page.evaluate("document.activeElement.localName") == "button"


def test_the_map_tells_what_a_screen_reader_needs(show):
    page = show()
    box = page.get_by_role("listbox", name="Networks 2019")
    assert box.get_by_role("option").count() == 4
    page.evaluate("map.draw(state({ chosen: 1, with: 0 }))")
    chosen = box.get_by_role("option", selected=True)
    assert chosen.evaluate_all("all => all.map(one => one.ariaLabel)") == [
        "west: 0 networks",
        "Keski – Mitten: 3 networks",
    ]
    page.evaluate("map.draw(state({ level: 'region' }))")
    assert box.get_by_role("option").evaluate_all("all => all.map(one => one.ariaLabel)") == [
        "Länsi",
        "Itä: 7 networks",
    ]
    assert page.locator("#plan-help").inner_text().startswith("Nuolinäppäimillä")
    assert page.locator(".plan-legend li").all_inner_texts() == ["0", "3–4", "?"]


def test_the_chosen_are_ringed(show):
    page = show()
    page.evaluate("map.draw(state({ chosen: 1, with: 6 }))")
    rings = page.locator(".plan-rings:not(.plan-passing) path.ring")
    kinds = rings.evaluate_all("all => all.map(one => one.getAttribute('class'))")
    assert kinds == ["ring with", "ring chosen"]
    assert rings.nth(1).get_attribute("d") == square(100, 0, 100)
    # A region is ringed by all its municipalities, whatever the level.
    assert rings.first.get_attribute("d").count("M") == 3
    page.evaluate("map.draw(state({}))")
    assert rings.count() == 0


def test_zoom_and_drag_and_back(show):
    page = show()
    whole = page.locator("#map .plan-map").get_attribute("viewBox")
    wider, narrower, back = (page.locator(".plan-zoom button").nth(i) for i in range(3))
    assert back.get_attribute("aria-disabled") == "true"
    wider.click()
    left, top, width, height = map(
        float, page.locator("#map .plan-map").get_attribute("viewBox").split()
    )
    assert (width, height) == (153, 153)
    x, y = point(page, left + width / 2, top + height / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    moved = float(page.locator("#map .plan-map").get_attribute("viewBox").split()[0])
    assert moved < left
    assert page.evaluate("chosen") == []  # a drag is no click
    narrower.click()
    assert page.locator("#map .plan-map").get_attribute("viewBox") == whole
    page.evaluate("map.center(3)")
    box = [float(n) for n in page.locator("#map .plan-map").get_attribute("viewBox").split()]
    assert box[0] < 151 < box[0] + box[2]
    assert box[1] < 201 < box[1] + box[3]
    back.click()
    assert page.locator("#map .plan-map").get_attribute("viewBox") == whole


def test_without_a_map_the_figure_stays_away(show):
    page = show(ATLAS | {"map": None})
    assert not page.locator("#map").is_visible()
    page.evaluate("map.center(0); map.focus(); map.draw(state({}))")


def test_a_year_without_places_is_a_picture_without_options(show):
    shapes = [[m, d, ONLY_SECOND] for m, d, _ in ATLAS["map"]["shapes"]]
    page = show(ATLAS | {"map": ATLAS["map"] | {"shapes": shapes}})
    assert page.locator("#map .plan-map").get_attribute("role") == "img"
    assert page.locator("#map [role=option]").count() == 0


def luminance(colour):
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_classes_get_steadily_further_from_the_ground(show, scheme):
    page = show(color_scheme=scheme)
    colours = page.evaluate(
        "['--plan-ground', ...[0, 1, 2, 3, 4, 5].map(k => `--c${k}`), '--plan-line']"
        ".map(name => getComputedStyle(document.documentElement).getPropertyValue(name))"
    )
    ground, *steps, line = (luminance(colour.strip()) + 0.05 for colour in colours)

    def contrast(a, b):
        return max(a, b) / min(a, b)

    assert all(contrast(a, b) >= 1.2 for a, b in pairwise(steps))
    ordered = [contrast(ground, one) for one in steps]
    assert ordered == sorted(ordered)
    assert contrast(steps[0], steps[4]) >= 3
    assert contrast(ground, line) >= 3
    assert contrast(steps[0], line) >= 3


def test_the_drawing_stands_alone_and_is_light(show):
    pages = {scheme: show(color_scheme=scheme) for scheme in ("light", "dark")}
    files = {}
    for scheme, page in pages.items():
        page.evaluate("map.draw(state({ chosen: 1 }))")
        found = saved(page, "svg", "Networks <b> & \x07 ä")
        assert found.suggested_filename == "kuva-a.svg"
        files[scheme] = found.path().read_bytes()
    assert files["light"] == files["dark"]
    root = ET.fromstring(files["light"])  # noqa: S314  our own file
    assert root.tag == f"{SVG}svg"
    text = files["light"].decode()
    for part in ("class=", "style=", "var(", "http://", "https://", "aria-", "data-", "<script"):
        assert part not in text.replace("http://www.w3.org/2000/svg", ""), part
    words = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert words[0] == "Networks <b> & \ufffd ä"
    assert {"Networks 2019 · 2019", "0", "3–4", "?", "Light is not none."} <= set(words)
    assert any("Maanmittauslaitos" in one for one in words)
    titles = [one.text for one in root.iter(f"{SVG}title")]
    assert "Keski – Mitten: 3 networks" in titles
    fills = {one.get("fill") for one in root.iter(f"{SVG}path")}
    assert {"rgb(243, 246, 246)", "rgb(76, 152, 166)", "url(#plan-hatch)"} <= fills
    ids = {one.get("id") for one in root.iter(f"{SVG}pattern")}
    used = {one.get("fill") for one in root.iter()} - {None}
    assert {one[5:-1] for one in used if one.startswith("url(#")} <= ids
    # It opens by itself, and is drawn.
    page = pages["light"]
    drawn = page.evaluate(
        "async (text) => { const image = new Image();"
        " image.src = 'data:image/svg+xml,' + encodeURIComponent(text); await image.decode();"
        " return [image.width, image.height] }",
        text,
    )
    assert drawn == [int(root.get("width")), int(root.get("height"))]


def test_the_picture_has_twice_the_size_and_a_white_ground(show):
    page = show(color_scheme="dark")
    page.evaluate("map.center(3)")  # the picture is of the whole map all the same
    drawing = ET.parse(saved(page, "svg").path()).getroot()  # noqa: S314  our own file
    content = saved(page, "png").path().read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert (width, height) == (2 * int(drawing.get("width")), 2 * int(drawing.get("height")))
    inner = drawing.find(f"{SVG}svg")
    assert inner.get("viewBox") == "-3 -3 306 306"
    from PIL import Image

    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    scale = 2 * float(inner.get("width")) / 306
    at = [round(2 * float(inner.get(side)) + scale * (3 + 50)) for side in ("x", "y")]
    assert picture.getpixel(tuple(at)) == (0xF3, 0xF6, 0xF6)  # the west: c0


def test_hostile_names_stay_text(show):
    names = [
        *hostile.NAMES[:4],
        "x" * 10_000,
        hostile.CONTROL,
        "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ]
    page = show(ATLAS | {"members": ATLAS["members"] | {"name": names}})
    for x in (50, 150, 250):
        page.mouse.move(*point(page, x, 50))
        assert page.locator(".plan-tip bdi").inner_text().strip() != ""
    assert page.locator("#map img, #map script").count() == 0
    page.evaluate("map.draw(state({ caption: parts.atlas.members.name[4] }))")
    text = saved(page, "svg", hostile.SCRIPT).path().read_bytes()
    assert ET.fromstring(text).find(f"{SVG}title").text == hostile.SCRIPT  # noqa: S314
    assert page.evaluate("globalThis.hacked") is None
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)


def test_the_middle_of_a_shape_is_that_of_its_largest_part(show):
    page = show()
    extent = page.evaluate("parts.pathExtent('M0 0l4 0 0 4-4 0zM10 10l1 0 0 1-1 0z')")
    assert extent == {"x": 2, "y": 2, "area": 17}
    dot = page.evaluate("parts.pathExtent('M7 8l0 0')")
    assert (dot["x"], dot["y"], dot["area"]) == (7, 8, 0)
