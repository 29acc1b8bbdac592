"""The explorer in a real Chromium: everything that can be chosen, by mouse and by keyboard."""

from __future__ import annotations

import pytest

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.portfolio import portfolio

pytestmark = pytest.mark.browser

TAMPERE = "municipality:FI-837"
LACKING = "Verkostot, joissa naapurit tai verrokit ovat mukana mutta tämän ei tiedetä olevan"


@pytest.fixture
def whole(finland):
    return finland


@pytest.fixture
def page(open_page, report_page):
    return open_page(report_page, viewport={"width": 1280, "height": 900})


def hash_of(page):
    return page.evaluate("location.hash")


def title(page):
    return page.locator("#panel-title").inner_text()


def facts(page):
    return page.locator("#panel .facts").first.locator(".number").all_inner_texts()


def rows(page, caption):
    """Return the first cells of a table of the panel, all rows shown."""
    box = page.locator("#panel .grid", has=page.get_by_role("heading", name=caption, exact=True))
    more = box.locator(".grid-more")
    if more.is_visible():
        more.click()
    return box.locator("tbody tr th bdi:not(.sub)").all_inner_texts()


def go(page, **state):
    page.evaluate("state => valuma.explorer.go(state)", state)


# -- search -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [("tampe", "Tampere"), ("TAMMERF", "Tampere"), ("abo", "Turku"), ("Åbo", "Turku"),
     ("aanekoski", "Äänekoski"), ("österbotten", "Pohjanmaa"), ("FI-837", "Tampere"),
     ("jyvaskyla", "Jyväskylä"), ("savonlina", "Savonlinna"), ("mikkelin kaupunki", "Mikkeli"),
     ("st michel", "Mikkeli")],
)  # fmt: skip
def test_search_finds_names_of_all_languages_with_and_without_dots(page, typed, found):
    page.fill("#search", typed)
    assert page.locator("#search-list [role=option]").first.inner_text().startswith(found)


def test_search_is_a_combobox_for_the_keyboard(page):
    field = page.get_by_role("combobox", name="Hae kuntaa")
    field.press_sequentially("hinku")
    assert field.get_attribute("aria-expanded") == "true"
    first = field.get_attribute("aria-activedescendant")
    field.press("ArrowDown")
    second = field.get_attribute("aria-activedescendant")
    assert first != second
    chosen = page.locator(f"#{second}")
    assert chosen.get_attribute("aria-selected") == "true"
    name = chosen.locator("bdi").first.inner_text()
    field.press("Enter")
    assert title(page) == name
    assert page.evaluate("document.activeElement.id") == "panel-title"
    assert field.get_attribute("aria-expanded") == "false"


def test_search_says_how_much_it_found_and_closes_on_escape(page):
    page.fill("#search", "xyzzy")
    assert page.locator("#search-count").inner_text() == "Ei osumia"
    page.fill("#search", "a")
    assert "tarkenna" in page.locator("#search-count").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#search-list").is_visible()
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""


# -- places -----------------------------------------------------------------------------------


def test_a_place_shows_its_figures_networks_peers_and_what_it_lacks(page, whole):
    go(page, place=page.evaluate(f"valuma.atlas.members.id.indexOf('{TAMPERE}')"))
    alone = vg.isolation(whole, level="municipality", lang="fi").loc[TAMPERE]
    assert title(page) == "Tampere"
    assert page.title() == "Tampere – Yhteistyöverkostot 2019"
    assert hash_of(page) == f"#place={TAMPERE}"
    expected = [str(alone[name]) for name in ("networks", "networks_possible", "peers")]
    assert facts(page)[:3] == expected
    found = portfolio(whole, TAMPERE, lang="fi")
    assert sorted(rows(page, "Verkostot, joissa on mukana")) == sorted(found.networks["name"])
    closest = rows(page, "Läheisimmät verrokit")
    assert closest[:5] == found.peers["name"].head(5).tolist()
    lacking = rows(
        page, "Verkostot, joissa naapurit tai verrokit ovat mukana mutta tämän ei tiedetä olevan"
    )
    assert set(found.lacks["name"]) <= set(lacking)


def test_clicking_the_map_chooses_and_colours_shared_networks(page):
    page.locator("#plan-place-10").dispatch_event("click")
    name = page.evaluate("valuma.words.pick(valuma.atlas.members.name[10])")
    assert title(page) == name
    assert page.locator("#map figcaption strong").inner_text() == f"{name}: yhteiset verkostot"
    assert page.locator("#plan-place-10").get_attribute("class") == "self"


def test_the_map_is_walked_by_arrows(page):
    page.locator("#map svg.plan-map").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert "place=municipality:FI-" in hash_of(page)
    assert page.evaluate("document.activeElement.tagName") == "svg"


def test_the_map_can_show_the_status(page):
    page.select_option("#map-shows", "status")
    assert hash_of(page) == "#map=status"
    legend = page.locator("#map .plan-legend li").all_inner_texts()
    assert "kytkeytynyt" in legend


def test_regions_are_a_level_of_their_own(page, whole):
    page.locator("label[for=level-region]").click()
    assert hash_of(page) == "#level=region"
    assert page.locator("#announce").inner_text().startswith("2019 · maakunnat")
    page.fill("#search", "kainuu")
    page.keyboard.press("Enter")
    regions = vg.isolation(whole, level="region", lang="fi")
    kainuu = regions[regions["name"] == "Kainuu"].iloc[0]
    assert facts(page)[0] == str(kainuu["networks"])
    page.fill("#search", "tampere")
    page.keyboard.press("Enter")
    assert page.locator("#level-municipality").is_checked()
    page.locator("label[for=level-region]").click()
    assert title(page) == "Pirkanmaa"


# -- networks ---------------------------------------------------------------------------------


def test_a_network_shows_members_and_overlaps_with_chance(page, whole):
    go(page, network=page.evaluate("valuma.atlas.networks.id.indexOf('fisu')"))
    assert title(page) == "Fisu-verkosto"
    members = rows(page, "Jäsenet ja muut osalliset")
    inside = whole.memberships[whole.memberships["network_id"].eq("fisu")]["member_id"]
    assert sorted(members) == sorted(whole.names(lang="fi")[inside.unique()])
    box = page.locator("#panel .grid").last
    labels = box.locator("thead th").all_inner_texts()
    assert [label.split()[0] for label in labels][-2:] == ["p", "q"]
    pairs = vg.overlap(whole)
    own = pairs[pairs["a"].eq("fisu") | pairs["b"].eq("fisu")]
    assert len(rows(page, "Verkostot, joilla on samoja jäseniä")) == len(own)
    assert page.locator("#map figcaption strong").inner_text() == "Fisu-verkosto: jäsenet"


def test_names_in_tables_lead_on_and_back(page):
    go(page, network=page.evaluate("valuma.atlas.networks.id.indexOf('fisu')"))
    page.locator("#panel tbody th a").first.click()
    assert hash_of(page).startswith("#place=")
    assert page.evaluate("document.activeElement.id") == "panel-title"
    page.go_back()
    page.wait_for_function(
        "() => document.getElementById('panel-title').innerText === 'Fisu-verkosto'"
    )
    page.go_forward()
    page.wait_for_function(
        "() => document.getElementById('panel-title').innerText !== 'Fisu-verkosto'"
    )


# -- comparison -------------------------------------------------------------------------------


def test_two_places_are_compared(page, whole):
    go(page, place=page.evaluate(f"valuma.atlas.members.id.indexOf('{TAMPERE}')"))
    compare = page.get_by_role("button", name="Vertaa…")
    compare.click()
    assert compare.get_attribute("aria-expanded") == "true"
    page.fill("#search-with", "oulu")
    page.keyboard.press("Enter")
    assert title(page) == "Tampere ja Oulu"
    assert hash_of(page) == f"#place={TAMPERE}&with=municipality:FI-564"
    own = [
        set(portfolio(whole, one).networks["network_id"])
        for one in (TAMPERE, "municipality:FI-564")
    ]
    both, first, second = own[0] & own[1], own[0] - own[1], own[1] - own[0]
    counts = page.locator("#panel .names").evaluate_all(
        "all => all.map(one => one.children.length)"
    )
    assert counts == [len(part) for part in (both, first, second) if part]
    assert facts(page)[0] == str(len(both))


def test_two_networks_are_compared(open_page, report_page):
    page = open_page(f"{report_page}#network=fisu&with=hinku&lang=en")
    assert title(page).startswith("Finnish Sustainable Communities and")
    assert page.locator("#panel .sides thead th").count() == 2
    assert page.locator("#map .plan-legend li").first.inner_text() == "in both"


def test_a_region_is_not_compared_with_a_municipality(open_page, report_page):
    page = open_page(f"{report_page}#place=region:FI-06&with={TAMPERE}")
    assert title(page) == "Pirkanmaa"
    assert f"with={TAMPERE}" in page.locator("#spoken").inner_text()
    page = open_page(f"{report_page}#place={TAMPERE}&with=region:FI-06")
    assert title(page) == "Tampere"
    page = open_page(f"{report_page}#place=region:FI-06&with=region:FI-05")
    assert title(page) == "Pirkanmaa ja Kanta-Häme"


def test_another_member_is_compared_with_a_place_on_the_level_of_the_place(
    open_page, report_page, whole
):
    others = whole.members[~whole.members["kind"].isin(["municipality", "region"])]
    busy = whole.memberships[whole.memberships["member_id"].isin(others.index)]
    one = busy["member_id"].value_counts().index[0]
    page = open_page(f"{report_page}#place={one}&with={TAMPERE}&level=region")
    assert page.locator("#level-municipality").is_checked()
    networks = page.locator("#panel .sides tbody tr").nth(2).locator("td").all_inner_texts()
    degree = dict(zip(whole.members.index, whole.incidence.sum(axis=1), strict=True))
    assert networks == [str(degree[one]), str(degree[TAMPERE])]


# -- year and filters -------------------------------------------------------------------------


def test_the_year_changes_memberships_and_goes_back(page, whole):
    page.locator("#year").focus()
    page.keyboard.press("ArrowLeft")
    assert hash_of(page) == "#year=2018"
    assert f"{len(whole.at(2018).networks)} verkostoa" in page.locator("#announce").inner_text()
    page.keyboard.press("Home")
    assert hash_of(page) == "#year=2013"
    page.locator("#year-back").click()
    assert hash_of(page) == ""
    assert page.evaluate("document.activeElement.id") == "year"


def test_filters_narrow_the_networks_and_are_cleared(page, whole):
    page.locator("#filters summary").click()
    levels = page.evaluate("valuma.atlas.levels")
    page.locator(f"#filter-levels-{levels.index('national')}").check()
    national = int(whole.networks["level"].eq("national").sum())
    assert f"{national} verkostoa" in page.locator("#announce").inner_text()
    assert hash_of(page) == "#levels=national"
    lists = page.evaluate("valuma.atlas.listStatuses")
    page.locator(f"#filter-lists-{lists.index('complete')}").check()
    both = whole.networks["level"].eq("national") & whole.networks["list_status"].eq("complete")
    assert f"{int(both.sum())} verkostoa" in page.locator("#announce").inner_text()
    page.locator("#filters-clear").click()
    assert hash_of(page) == ""
    # The button has gone: the keyboard goes on from what opens the filters.
    assert page.evaluate("document.activeElement.matches('#filters summary')")


def test_ticking_the_last_box_unticks_none(page):
    page.locator("#filters summary").click()
    boxes = page.locator("[id^=filter-lists-]:visible")
    for k in range(boxes.count()):
        boxes.nth(k).check()
    assert boxes.count() > 1
    assert all(boxes.nth(k).is_checked() for k in range(boxes.count()))
    assert hash_of(page).startswith("#lists=complete,")
    for k in range(boxes.count()):
        boxes.nth(k).uncheck()
    assert hash_of(page) == ""


# -- addresses --------------------------------------------------------------------------------


def test_a_link_opens_the_same_state(open_page, report_page):
    address = "#place=municipality:FI-491&year=2016&levels=national&map=status&lang=sv"
    page = open_page(report_page + address)
    assert title(page) == "S:t Michel"
    assert page.locator("#year-output").inner_text() == "2016"
    assert page.input_value("#map-shows") == "status"
    assert page.locator("html").get_attribute("lang") == "sv"
    page.get_by_role("button", name="English").click()
    assert hash_of(page) == address.replace("=sv", "=en")
    assert title(page) == "Mikkeli"


def test_what_an_address_does_not_have_is_said(open_page, report_page):
    page = open_page(f"{report_page}#place=municipality:FI-837&year=1066&levels=cosmic&%E0%A4%A")
    said = page.locator("#spoken").inner_text()
    assert title(page) == "Tampere"
    assert "year=1066" in said
    assert "levels=cosmic" in said


def test_a_number_leads_to_its_rows(page, whole):
    page.locator("#panel .meanings dt", has_text="yhden verkoston varassa").locator("a").click()
    assert hash_of(page) == "#table=municipality&status=single_network"
    status = vg.isolation(whole, level="municipality")["status"]
    count = page.locator("#table-municipality .grid-count").inner_text()
    assert count.startswith(str(int(status.eq("single_network").sum())))
    page.get_by_role("link", name="Näytä kaikki rivit").click()
    assert page.locator("#table-municipality .grid-count").inner_text().startswith("311")


def test_networks_and_overlaps_are_narrowed_by_words_of_their_own(open_page, report_page, whole):
    page = open_page(f"{report_page}#table=networks&status=partial,unknown")
    count = page.locator("#table-networks .grid-count")
    status = whole.networks["list_status"]
    assert count.inner_text().startswith(str(int(status.isin(["partial", "unknown"]).sum())))
    only = page.locator("#table-networks .only").inner_text()
    for one in ("partial", "unknown"):
        assert text.t(f"list_status.{one}", "fi") in only
    page.evaluate("location.hash = '#status=surplus&table=overlaps'")
    page.locator("#table-overlaps .only").wait_for()
    beyond = page.locator("#table-overlaps tbody .tone")
    pairs = vg.overlap(whole, null="sdsm", forbidden="country")
    surplus = int(pairs["q"].le(0.05).sum())
    assert page.locator("#table-overlaps .grid-count").inner_text().startswith(str(surplus))
    assert set(beyond.all_inner_texts()) == {text.t("beyond.surplus", "fi")}


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("table=networks&status=isolated", "#table=networks"),
        ("table=municipality&status=partial", "#table=municipality"),
        ("table=overlaps&status=by_chance,partial", "#table=overlaps&status=by_chance"),
        ("status=isolated", ""),
    ],
)
def test_a_status_of_another_table_is_said_to_be_unknown(open_page, report_page, address, kept):
    page = open_page(f"{report_page}#{address}")
    assert address.split("status=")[1].split("&")[0] in page.locator("#spoken").inner_text()
    found = page.evaluate("[valuma.explorer.state.table, valuma.explorer.state.status]")
    wanted = dict(part.split("=") for part in kept.removeprefix("#").split("&") if part)
    assert found == [
        wanted.get("table"),
        wanted["status"].split(",") if "status" in wanted else None,
    ]


def test_a_row_is_marked(open_page, report_page):
    page = open_page(f"{report_page}#table=networks&row=hinku")
    assert page.locator("#table-networks tr.marked th").inner_text() == "Hinku-verkosto"
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("button", name="Svenska").click()
    assert page.evaluate("scrollY") == 0


def test_a_sheet_on_paper_says_of_what_year_it_is(open_page, report_page):
    page = open_page(f"{report_page}#place={TAMPERE}")
    usual = page.locator("#panel .dossier-head .print-only")
    assert not usual.is_visible()
    page.emulate_media(media="print")
    assert usual.inner_text() == page.locator("#announce").text_content()
    page.emulate_media(media="screen")
    go(page, k=2, levels=[0])
    # What is not the usual is said on the screen too.
    other = page.locator("#panel .dossier-head .warn")
    assert other.inner_text().startswith("2015 · kunnat · ")


def test_every_link_of_the_report_leads_somewhere(page):
    links = page.locator("#report a[href^='#']").evaluate_all(
        "all => [...new Set(all.map(one => one.getAttribute('href')))]"
    )
    assert len(links) > 10
    for link in links:
        page.locator(f'#report a[href="{link}"]').first.click()
        assert page.locator("#spoken").inner_text() == "", link
    unknown = page.locator("#spoken.hidden")
    assert unknown.count() == 1


# -- what is taken away -----------------------------------------------------------------------


def test_the_table_in_view_and_the_map_are_saved(page):
    go(page, place=page.evaluate(f"valuma.atlas.members.id.indexOf('{TAMPERE}')"))
    with page.expect_download() as caught:
        page.locator("#panel .grid-save").first.click()
    text = caught.value.path().read_text("utf-8-sig")
    assert text.startswith("Verkosto;")
    assert "6Aika" in text
    for kind in ("SVG", "PNG"):
        with page.expect_download() as caught:
            page.locator("#map-tools button", has_text=kind).click()
        assert caught.value.suggested_filename.endswith(kind.lower())


def test_only_the_dossier_is_printed_when_asked(page):
    go(page, place=page.evaluate(f"valuma.atlas.members.id.indexOf('{TAMPERE}')"))
    page.evaluate("window.print = () => { window.asked = document.documentElement.className; }")
    page.get_by_role("button", name="Tulosta tämä").click()
    assert "print-dossier" in page.evaluate("window.asked")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert "print-dossier" not in page.evaluate("document.documentElement.className")


def test_a_page_about_a_region_begins_with_it(open_page, report_about):
    address = report_about("Kainuu")[0].as_uri()
    page = open_page(address)
    assert page.title() == "Kainuu: verkostot 2019"
    assert title(page) == "Kainuu"
    assert page.locator("#level-region").is_checked()
    through = page.locator("#panel .grid").first.locator("tbody td:nth-child(2)").all_inner_texts()
    assert "suoraan" in through
    assert any("Kuhmo" in names for names in through)
    page.get_by_role("button", name="Poista valinta").click()
    assert title(page) == "Yleiskuva"
    assert hash_of(page) == "#place=&level=region"
    assert title(open_page(page.url)) == "Yleiskuva"
