"""Places: facts of every division, and what written names can and cannot mean."""

from __future__ import annotations

import shutil
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valuma_graph import places
from valuma_graph.places import mergers, names

FINLAND = places.gazetteer()
COUNTS = {2013: 320, 2014: 320, 2015: 317, 2016: 313, 2017: 311, 2018: 311, 2019: 311, 2020: 310}
COUNTS |= dict.fromkeys(range(2021, 2025), 309) | {2025: 308, 2026: 308}
SUCCESSORS = {
    "099": ("214", 2021),
    "164": ("301", 2016),
    "174": ("297", 2017),
    "283": ("098", 2016),
    "319": ("783", 2016),
    "413": ("609", 2015),
    "442": ("051", 2017),
    "476": ("297", 2015),
    "532": ("398", 2016),
    "588": ("507", 2025),
    "838": ("423", 2015),
    "911": ("541", 2020),
    "246": ("740", 2013),
    "534": ("297", 2013),
    "618": ("740", 2013),
    "926": ("678", 2013),
}
# Every genitive, read through one by one; what the rules give must stay this.
MUNICIPALITIES = """
Akaa:Akaan, Alajärvi:Alajärven, Alavieska:Alavieskan, Alavus:Alavuden, Asikkala:Asikkalan,
Askola:Askolan, Aura:Auran, Brändö:Brändön, Eckerö:Eckerön, Enonkoski:Enonkosken,
Enontekiö:Enontekiön, Espoo:Espoon, Eura:Euran, Eurajoki:Eurajoen, Evijärvi:Evijärven,
Finström:Finströmin, Forssa:Forssan, Föglö:Föglön, Geta:Getan, Haapajärvi:Haapajärven,
Haapavesi:Haapaveden, Hailuoto:Hailuodon, Halsua:Halsuan, Hamina:Haminan,
Hammarland:Hammarlandin, Hankasalmi:Hankasalmen, Hanko:Hangon, Harjavalta:Harjavallan,
Hartola:Hartolan, Hattula:Hattulan, Hausjärvi:Hausjärven, Heinola:Heinolan,
Heinävesi:Heinäveden, Helsinki:Helsingin, Hirvensalmi:Hirvensalmen, Hollola:Hollolan,
Honkajoki:Honkajoen, Huittinen:Huittisten, Humppila:Humppilan, Hyrynsalmi:Hyrynsalmen,
Hyvinkää:Hyvinkään, Hämeenkoski:Hämeenkosken, Hämeenkyrö:Hämeenkyrön, Hämeenlinna:Hämeenlinnan,
Ii:Iin, Iisalmi:Iisalmen, Iitti:Iitin, Ikaalinen:Ikaalisten, Ilmajoki:Ilmajoen,
Ilomantsi:Ilomantsin, Imatra:Imatran, Inari:Inarin, Inkoo:Inkoon, Isojoki:Isojoen,
Isokyrö:Isonkyrön, Jalasjärvi:Jalasjärven, Janakkala:Janakkalan, Joensuu:Joensuun,
Jokioinen:Jokioisten, Jomala:Jomalan, Joroinen:Joroisten, Joutsa:Joutsan, Juankoski:Juankosken,
Juuka:Juuan, Juupajoki:Juupajoen, Juva:Juvan, Jyväskylä:Jyväskylän, Jämijärvi:Jämijärven,
Jämsä:Jämsän, Järvenpää:Järvenpään, Kaarina:Kaarinan, Kaavi:Kaavin, Kajaani:Kajaanin,
Kalajoki:Kalajoen, Kangasala:Kangasalan, Kangasniemi:Kangasniemen, Kankaanpää:Kankaanpään,
Kannonkoski:Kannonkosken, Kannus:Kannuksen, Karijoki:Karijoen, Karkkila:Karkkilan,
Karstula:Karstulan, Karvia:Karvian, Kaskinen:Kaskisten, Kauhajoki:Kauhajoen, Kauhava:Kauhavan,
Kauniainen:Kauniaisten, Kaustinen:Kaustisen, Keitele:Keiteleen, Kemi:Kemin,
Kemijärvi:Kemijärven, Keminmaa:Keminmaan, Kemiönsaari:Kemiönsaaren, Kempele:Kempeleen,
Kerava:Keravan, Keuruu:Keuruun, Kihniö:Kihniön, Kinnula:Kinnulan, Kirkkonummi:Kirkkonummen,
Kitee:Kiteen, Kittilä:Kittilän, Kiuruvesi:Kiuruveden, Kivijärvi:Kivijärven, Kokemäki:Kokemäen,
Kokkola:Kokkolan, Kolari:Kolarin, Konnevesi:Konneveden, Kontiolahti:Kontiolahden,
Korsnäs:Korsnäsin, Kotka:Kotkan, Kouvola:Kouvolan, Kristiinankaupunki:Kristiinankaupungin,
Kruunupyy:Kruunupyyn, Kuhmo:Kuhmon, Kuhmoinen:Kuhmoisten, Kumlinge:Kumlingen, Kuopio:Kuopion,
Kuortane:Kuortaneen, Kurikka:Kurikan, Kustavi:Kustavin, Kuusamo:Kuusamon, Kyyjärvi:Kyyjärven,
Kärkölä:Kärkölän, Kärsämäki:Kärsämäen, Kökar:Kökarin, Köyliö:Köyliön, Lahti:Lahden,
Laihia:Laihian, Laitila:Laitilan, Lapinjärvi:Lapinjärven, Lapinlahti:Lapinlahden,
Lappajärvi:Lappajärven, Lappeenranta:Lappeenrannan, Lapua:Lapuan, Laukaa:Laukaan, Lavia:Lavian,
Lemi:Lemin, Lemland:Lemlandin, Lempäälä:Lempäälän, Leppävirta:Leppävirran,
Lestijärvi:Lestijärven, Lieksa:Lieksan, Lieto:Liedon, Liminka:Limingan, Liperi:Liperin,
Lohja:Lohjan, Loimaa:Loimaan, Loppi:Lopen, Loviisa:Loviisan, Luhanka:Luhangan,
Lumijoki:Lumijoen, Lumparland:Lumparlandin, Luoto:Luodon, Luumäki:Luumäen, Luvia:Luvian,
Maalahti:Maalahden, Maaninka:Maaningan, Maarianhamina:Maarianhaminan, Marttila:Marttilan,
Masku:Maskun, Merijärvi:Merijärven, Merikarvia:Merikarvian, Miehikkälä:Miehikkälän,
Mikkeli:Mikkelin, Muhos:Muhoksen, Multia:Multian, Muonio:Muonion, Mustasaari:Mustasaaren,
Muurame:Muuramen, Mynämäki:Mynämäen, Myrskylä:Myrskylän, Mäntsälä:Mäntsälän,
Mänttä-Vilppula:Mänttä-Vilppulan, Mäntyharju:Mäntyharjun, Naantali:Naantalin, Nakkila:Nakkilan,
Nastola:Nastolan, Nivala:Nivalan, Nokia:Nokian, Nousiainen:Nousiaisten, Nurmes:Nurmeksen,
Nurmijärvi:Nurmijärven, Närpiö:Närpiön, Orimattila:Orimattilan, Oripää:Oripään,
Orivesi:Oriveden, Oulainen:Oulaisten, Oulu:Oulun, Outokumpu:Outokummun, Padasjoki:Padasjoen,
Paimio:Paimion, Paltamo:Paltamon, Parainen:Paraisten, Parikkala:Parikkalan, Parkano:Parkanon,
Pelkosenniemi:Pelkosenniemen, Pello:Pellon, Perho:Perhon, Pertunmaa:Pertunmaan,
Petäjävesi:Petäjäveden, Pieksämäki:Pieksämäen, Pielavesi:Pielaveden, Pietarsaari:Pietarsaaren,
Pihtipudas:Pihtiputaan, Pirkkala:Pirkkalan, Polvijärvi:Polvijärven, Pomarkku:Pomarkun,
Pori:Porin, Pornainen:Pornaisten, Porvoo:Porvoon, Posio:Posion, Pudasjärvi:Pudasjärven,
Pukkila:Pukkilan, Punkalaidun:Punkalaitumen, Puolanka:Puolangan, Puumala:Puumalan,
Pyhtää:Pyhtään, Pyhäjoki:Pyhäjoen, Pyhäjärvi:Pyhäjärven, Pyhäntä:Pyhännän, Pyhäranta:Pyhärannan,
Pälkäne:Pälkäneen, Pöytyä:Pöytyän, Raahe:Raahen, Raasepori:Raaseporin, Raisio:Raision,
Rantasalmi:Rantasalmen, Ranua:Ranuan, Rauma:Rauman, Rautalampi:Rautalammin,
Rautavaara:Rautavaaran, Rautjärvi:Rautjärven, Reisjärvi:Reisjärven, Riihimäki:Riihimäen,
Ristijärvi:Ristijärven, Rovaniemi:Rovaniemen, Ruokolahti:Ruokolahden, Ruovesi:Ruoveden,
Rusko:Ruskon, Rääkkylä:Rääkkylän, Saarijärvi:Saarijärven, Salla:Sallan, Salo:Salon,
Saltvik:Saltvikin, Sastamala:Sastamalan, Sauvo:Sauvon, Savitaipale:Savitaipaleen,
Savonlinna:Savonlinnan, Savukoski:Savukosken, Seinäjoki:Seinäjoen, Sievi:Sievin,
Siikainen:Siikaisten, Siikajoki:Siikajoen, Siikalatva:Siikalatvan, Siilinjärvi:Siilinjärven,
Simo:Simon, Sipoo:Sipoon, Siuntio:Siuntion, Sodankylä:Sodankylän, Soini:Soinin, Somero:Someron,
Sonkajärvi:Sonkajärven, Sotkamo:Sotkamon, Sottunga:Sottungan, Sulkava:Sulkavan, Sund:Sundin,
Suomussalmi:Suomussalmen, Suonenjoki:Suonenjoen, Sysmä:Sysmän, Säkylä:Säkylän,
Taipalsaari:Taipalsaaren, Taivalkoski:Taivalkosken, Taivassalo:Taivassalon, Tammela:Tammelan,
Tampere:Tampereen, Tarvasjoki:Tarvasjoen, Tervo:Tervon, Tervola:Tervolan, Teuva:Teuvan,
Tohmajärvi:Tohmajärven, Toholampi:Toholammin, Toivakka:Toivakan, Tornio:Tornion, Turku:Turun,
Tuusniemi:Tuusniemen, Tuusula:Tuusulan, Tyrnävä:Tyrnävän, Ulvila:Ulvilan, Urjala:Urjalan,
Utajärvi:Utajärven, Utsjoki:Utsjoen, Uurainen:Uuraisten, Uusikaarlepyy:Uudenkaarlepyyn,
Uusikaupunki:Uudenkaupungin, Vaala:Vaalan, Vaasa:Vaasan, Valkeakoski:Valkeakosken,
Valtimo:Valtimon, Vantaa:Vantaan, Varkaus:Varkauden, Vehmaa:Vehmaan, Vesanto:Vesannon,
Vesilahti:Vesilahden, Veteli:Vetelin, Vieremä:Vieremän, Vihti:Vihdin, Viitasaari:Viitasaaren,
Vimpeli:Vimpelin, Virolahti:Virolahden, Virrat:Virtain|Virtojen, Vårdö:Vårdön, Vöyri:Vöyrin,
Ylitornio:Ylitornion, Ylivieska:Ylivieskan, Ylöjärvi:Ylöjärven, Ypäjä:Ypäjän, Ähtäri:Ähtärin,
Äänekoski:Äänekosken
"""
REGIONS = """
Ahvenanmaa:Ahvenanmaan, Etelä-Karjala:Etelä-Karjalan, Etelä-Pohjanmaa:Etelä-Pohjanmaan,
Etelä-Savo:Etelä-Savon, Kainuu:Kainuun, Kanta-Häme:Kanta-Hämeen,
Keski-Pohjanmaa:Keski-Pohjanmaan, Keski-Suomi:Keski-Suomen, Kymenlaakso:Kymenlaakson,
Lappi:Lapin, Pirkanmaa:Pirkanmaan, Pohjanmaa:Pohjanmaan, Pohjois-Karjala:Pohjois-Karjalan,
Pohjois-Pohjanmaa:Pohjois-Pohjanmaan, Pohjois-Savo:Pohjois-Savon, Päijät-Häme:Päijät-Hämeen,
Satakunta:Satakunnan, Uusimaa:Uudenmaan, Varsinais-Suomi:Varsinais-Suomen
"""


def pairs(block):
    for pair in block.replace("\n", " ").strip().split(", "):
        nominative, forms = pair.split(":")
        yield nominative, tuple(forms.split("|"))


def m(code):
    return f"municipality:FI-{code}"


def one(value, year=places.LATEST, kind=None):
    return FINLAND.resolve([value], year, kind=kind).iloc[0]


# Divisions


@pytest.mark.parametrize(("year", "count"), COUNTS.items())
def test_number_of_municipalities(year, count):
    division = FINLAND.division(year)
    assert len(division) == count
    assert division.index.is_unique
    assert list(division.index) == [m(code) for code in division["code"]]
    assert division["code"].str.fullmatch(r"\d{3}").all()


@pytest.mark.parametrize("year", places.DIVISIONS)
def test_everything_needed_is_known_every_year(year):
    division = FINLAND.division(year)
    always = ["name_fi", "name_sv", "name_en", "region", "sub_region", "urban_rural"]
    assert division[[*always, "language_status", "lon", "lat"]].notna().all(axis=None)
    assert set(division["urban_rural"]) == {"1", "2", "3"}
    assert set(division["language_status"]) == {"0", "1", "2", "3"}
    assert set(division["region"]) == set(FINLAND.groups("region", year).index)
    assert set(division["sub_region"]) == set(FINLAND.groups("sub_region", year).index)
    assert division["lon"].between(19, 32).all()
    assert division["lat"].between(59, 70.1).all()
    assert str(division["population"].dtype) == str(division["population_year"].dtype) == "Int64"


@pytest.mark.parametrize("scheme", ["region", "sub_region"])
@pytest.mark.parametrize("year", places.DIVISIONS)
def test_each_municipality_is_in_exactly_one_group(scheme, year):
    group = FINLAND.group_of(scheme, year)
    assert group.index.is_unique
    assert set(group.index) == set(FINLAND.division(year).index)
    assert set(group) <= set(FINLAND.groups(scheme, year).index)


@pytest.mark.parametrize("scheme", FINLAND.schemes)
def test_groups_of_every_scheme_have_names(scheme):
    first, last = FINLAND.schemes[scheme]
    for year in (first, last):
        groups = FINLAND.groups(scheme, year)
        assert groups.index.is_unique
        assert groups["name_fi"].notna().all()
        assert set(FINLAND.group_of(scheme, year)) <= set(groups.index)


@pytest.mark.parametrize(
    ("code", "scheme", "before", "after", "year"),
    [
        ("090", "region", "10", "12", 2021),
        ("171", "region", "10", "11", 2021),
        ("142", "region", "08", "07", 2021),
        ("152", "region", "15", "14", 2021),
        ("291", "region", "13", "06", 2021),
        ("785", "region", "18", "17", 2016),
        ("291", "sub_region", "134", "064", 2021),
        ("399", "sub_region", "151", "152", 2021),
    ],
)
def test_municipalities_that_changed_group(code, scheme, before, after, year):
    assert FINLAND.group_of(scheme, year - 1)[m(code)] == f"{scheme}:FI-{before}"
    assert FINLAND.group_of(scheme, year)[m(code)] == f"{scheme}:FI-{after}"
    assert FINLAND.division(year).loc[m(code), scheme] == f"{scheme}:FI-{after}"


def test_names_are_those_of_the_year():
    sv = [FINLAND.division(year).loc[m("139"), "name_sv"] for year in (2019, 2020)]
    assert sv == ["Ii", "Ijo"]
    en = [FINLAND.groups("region", year).loc["region:FI-02", "name_en"] for year in (2018, 2019)]
    assert en == ["Varsinais-Suomi", "Southwest Finland"]


def test_groups_frame():
    groups = FINLAND.groups("sub_region", 2026)
    assert list(groups) == ["kind", "code", "name_fi", "name_sv", "name_en", "country"]
    assert groups.index.name == "member_id"
    assert set(groups["kind"]) == {"sub_region"}
    assert groups.loc["sub_region:FI-063", "code"] == "063"
    assert FINLAND.group_of("municipality", 2020).eq(FINLAND.division(2020).index).all()
    assert len(FINLAND.groups("region", 2026)) == 19
    assert len(FINLAND.groups("wellbeing_county", 2023)) == 23
    assert len(FINLAND.groups("employment_area", 2025)) == 46


def test_no_commuting_area_is_no_group():
    assert "commuting_area:FI-99" not in set(FINLAND.group_of("commuting_area", 2023))
    assert len(FINLAND.group_of("commuting_area", 2023)) < 309


def test_names_that_are_missing_are_missing():
    assert FINLAND.groups("commuting_area", 2019)["name_sv"].isna().all()


@pytest.mark.parametrize("year", [2012, 2027, 0, "2020"])
def test_unknown_year_names_the_known_ones(year):
    calls = (
        FINLAND.division,
        FINLAND.successors,
        lambda y: FINLAND.groups("region", y),
        lambda y: FINLAND.group_of("region", y),
        lambda y: FINLAND.resolve(["Pori"], y),
    )
    for call in calls:
        with pytest.raises(ValueError, match="2013–2026"):
            call(year)


def test_unknown_scheme_and_scheme_without_the_year():
    with pytest.raises(ValueError, match=r"scheme must be one of .*wellbeing_county.*'county'"):
        FINLAND.groups("county", 2020)
    with pytest.raises(ValueError, match="employment_area is known for 2025, 2026, not 2020"):
        FINLAND.group_of("employment_area", 2020)
    with pytest.raises(ValueError, match="university_hospital_area is known for 2020, 2022, not"):
        FINLAND.groups("university_hospital_area", 2021)


def test_frames_can_be_changed_without_harm():
    for frame in (FINLAND.division(2020), FINLAND.groups("region", 2020), FINLAND.other_places()):
        frame["name_fi"] = "x"
    assert FINLAND.division(2020).loc[m("091"), "name_fi"] == "Helsinki"
    assert FINLAND.groups("region", 2020).loc["region:FI-06", "name_fi"] == "Pirkanmaa"
    assert FINLAND.other_places().loc["region:SE-C", "name_fi"] == "Uppsala län"


# Mergers


@pytest.mark.parametrize(("code", "target", "year"), [(c, *t) for c, t in SUCCESSORS.items()])
def test_successors(code, target, year):
    assert FINLAND.successors(year)[m(code)] == m(target)
    assert FINLAND.successors(places.LATEST)[m(code)] == m(target)
    if year > places.DIVISIONS[0]:
        assert m(code) not in FINLAND.successors(year - 1)
        assert m(code) in FINLAND.division(year - 1).index


@pytest.mark.parametrize("year", places.DIVISIONS)
def test_merging_loses_no_municipality(year):
    successors, division = FINLAND.successors(year), FINLAND.division(year)
    ever = set().union(*(FINLAND.division(y).index for y in places.DIVISIONS))
    ever |= {m(code) for code in ("246", "534", "618", "926")}
    assert set(successors.index) == ever - set(division.index)
    assert set(successors) <= set(division.index)


def test_chains_of_mergers_are_followed():
    events = [
        mergers.Event(2015, "merger", "001", "002"),
        mergers.Event(2018, "boundary_change", "002", "009"),
        mergers.Event(2019, "merger", "002", "003"),
        mergers.Event(2022, "merger", "003", "004"),
    ]
    assert mergers.ends(events, 2014).get("001") is None
    assert mergers.ends(events, 2015)["001"] == "002"
    assert mergers.ends(events, 2020)["001"] == "003"
    ends = mergers.ends(events, 2022)
    assert [ends[code] for code in ("001", "002", "003")] == ["004"] * 3


# Population


@pytest.mark.parametrize(("year", "total"), [(2019, 5_525_292), (2022, 5_563_970)])
def test_population_total(year, total):
    assert FINLAND.population_total(year) == total
    assert FINLAND.population(year).sum() == total


def test_population_is_by_the_division_of_its_figures():
    assert len(FINLAND.population(2019)) == 310
    assert len(FINLAND.population(2018)) == len(FINLAND.population(2022)) == 309
    assert str(FINLAND.population(2000).dtype) == "Int64"
    with pytest.raises(ValueError, match="2000–2022, not 2023"):
        FINLAND.population(2023)


@pytest.mark.parametrize("year", range(2021, 2027))
def test_population_of_later_divisions_adds_up(year):
    division = FINLAND.division(year)
    assert division["population"].sum() == FINLAND.population_total(min(year, 2022))
    assert set(division["population_year"]) == {min(year, 2022)}


def test_merged_population_is_the_sum_of_its_parts():
    then, now = FINLAND.division(2024)["population"], FINLAND.division(2025)["population"]
    assert now[m("507")] == then[m("507")] + then[m("588")] == 5564 + 1600


def test_population_that_cannot_be_split_is_unknown():
    division = FINLAND.division(2019)
    assert (
        division.loc[[m("911"), m("541")], ["population", "population_year"]].isna().all(axis=None)
    )
    # Honkajoki has figures of its own in one year only, in the division of 2020.
    assert division.loc[m("099"), "population"] == 1620
    assert division.loc[m("214"), "population"] == 11286
    late = FINLAND.division(2020).loc[[m("099"), m("214")]]
    assert list(late["population"]) == [1620, 11286]
    assert list(late["population_year"]) == [2019, 2019]
    early = FINLAND.division(2018)
    unknown = set(early.index[early["population"].isna()])
    assert unknown == {m(code) for code in ("099", "214", "911", "541")}


@pytest.mark.parametrize("year", range(2013, 2021))
def test_unknown_population_is_that_of_later_mergers(year):
    division = FINLAND.division(year)
    unknown = set(division.index[division["population"].isna()])
    later = {
        m(c)
        for code, (target, joined) in SUCCESSORS.items()
        if year < joined <= 2023
        for c in (code, target)
    }
    if year >= 2019:
        later -= {m("099"), m("214")}
    assert unknown == later


def test_population_goes_by_the_boundary_of_the_next_day():
    # A part of Oulu moved to Ii on 1 January 2018, and the figures of the day before follow it.
    division = FINLAND.division(2017).loc[[m("139"), m("564")]]
    assert list(division["population_year"]) == [2016, 2016]
    assert list(division["population"]) == [9628, 200526]
    assert FINLAND.division(2018).loc[m("139"), "population_year"] == 2018


# Areas


def test_area_is_land_and_fresh_water():
    row = FINLAND.division(2026).loc[m("005")]
    assert row["area_km2"] == pytest.approx(1008.77 + 47.98)
    assert row["area_basis"] == "official_2023"


def test_areas_of_the_merger_after_the_official_figures():
    then, now = FINLAND.division(2024), FINLAND.division(2025)
    parts = then.loc[[m("507"), m("588")]]
    assert now.loc[m("507"), "area_km2"] == pytest.approx(parts["area_km2"].sum())
    assert set(parts["area_basis"]) == {"official_2023"}
    assert now.loc[m("507"), "area_basis"] == "official_2023_sum"
    assert then["area_km2"].sum() == pytest.approx(now["area_km2"].sum())


@pytest.mark.parametrize("year", places.DIVISIONS)
def test_areas_are_unknown_only_where_the_territory_changed(year):
    division = FINLAND.division(year)
    changed = {
        m(c)
        for code, (target, joined) in SUCCESSORS.items()
        if year < joined <= 2023
        for c in (code, target)
    }
    changed |= {m("564"), m("139")} if year < 2018 else set()
    assert set(division.index[division["area_km2"].isna()]) == changed
    assert division["area_basis"].isna().equals(division["area_km2"].isna())


# Other members


def test_other_places_and_organisations():
    other, organisations = FINLAND.other_places(), FINLAND.organisations()
    assert other.loc["region:SE-BD", "country"] == "SE"
    assert {m("246"), "country:DK", "city_region:tampere"} <= set(other.index)
    assert not set(other.index) & set(FINLAND.groups("region", 2026).index)
    assert set(organisations["kind"]) == {"organisation"}
    assert not set(organisations.index) & set(other.index)


# Where the data lies


def test_data_path_says_where_it_looked(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"valuma_graph.data.nothing.csv, .*nothing\.csv"):
        places.data_path("nothing.csv")
    with pytest.raises(FileNotFoundError, match="municipalities"):
        places.gazetteer(tmp_path)


def test_gazetteer_of_another_folder(tmp_path):
    shutil.copytree(places.data_path("municipalities"), tmp_path / "municipalities")
    other = places.gazetteer(tmp_path)
    assert other is places.gazetteer(str(tmp_path)) is not places.gazetteer()
    assert len(other.division(2020)) == 310  # without the tables of networks


def test_each_table_is_read_once_and_only_when_needed(monkeypatch):
    read = []
    original = places.Gazetteer._read
    monkeypatch.setattr(
        places.Gazetteer,
        "_read",
        lambda self, *parts: read.append(parts[-1]) or original(self, *parts),
    )
    fresh = places.Gazetteer(places.data_path())
    fresh.groups("region", 2020)
    assert read == ["groups.csv"]
    for year in (2019, 2020, 2020):
        fresh.division(year)
        fresh.resolve(["Pori", "Valtimo"], year)
        fresh.resolve(["Pori"], year, kind="municipality")
        fresh.other_places()
    assert len(read) == len(set(read)) == 6


# Genitives


@pytest.mark.parametrize(("name", "forms"), [*pairs(MUNICIPALITIES), *pairs(REGIONS)])
def test_genitives(name, forms):
    assert names.genitives(name) == forms


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Kerimäki", "Kerimäen"),
        ("Nilsiä", "Nilsiän"),
        ("Punkaharju", "Punkaharjun"),
        ("Vihanti", "Vihannin"),
        ("Itä-Uusimaa", "Itä-Uudenmaan"),
        ("Kuusiokunnat", "Kuusiokuntien"),
        ("Järviseutu", "Järviseudun"),
        ("Oulunkaari", "Oulunkaaren"),
        ("Vakka-Suomi", "Vakka-Suomen"),
        ("Jakobstadsregionen", "Pietarsaaren"),
    ],
)
def test_genitives_of_other_places(name, form):
    assert names.genitives(name) == (form,)


def test_reviewed_genitives_cover_every_municipality_and_region():
    reviewed = {name for name, _ in pairs(MUNICIPALITIES)} | {"Koski Tl", "Pedersören kunta"}
    assert reviewed == {n for y in places.DIVISIONS for n in FINLAND.division(y)["name_fi"]}
    reviewed = {name for name, _ in pairs(REGIONS)}
    assert reviewed == set(FINLAND.groups("region", 2026)["name_fi"])


# Names


def test_every_genitive_phrase_is_certain():
    for name, forms in pairs(MUNICIPALITIES):
        phrases = [f"{form} {word}" for form in forms for word in ("kaupunki", "kunta")]
        phrases += [f"{name} kaupunki", f"{name} kunta"]
        answers = FINLAND.resolve(phrases, 2013)
        assert set(answers["status"]) == {"exact"}
        assert set(answers["member_id"]) == {one(name, 2013)["member_id"]}


def test_every_region_phrase_is_certain():
    regions = FINLAND.groups("region", 2026)
    for member_id, row in regions.iterrows():
        (genitive,) = names.genitives(row["name_fi"])
        phrases = [f"{genitive} liitto", f"{genitive} maakunta", f"{genitive} maakuntaliitto"]
        phrases += [f"{names.swedish_genitive(row['name_sv'])} förbund"]
        answers = FINLAND.resolve(phrases)
        assert set(answers["member_id"]) == {member_id}


@pytest.mark.parametrize("year", places.DIVISIONS)
@pytest.mark.parametrize("column", ["name_fi", "name_sv"])
def test_every_official_name_is_understood(year, column):
    division = FINLAND.division(year)
    answers = FINLAND.resolve(division[column], year)
    wrong = division.index[answers["member_id"] != division.index]
    # Övertorneå is a municipality of Sweden too.
    assert list(wrong) == ([m("976")] if column == "name_sv" else [])
    kept = FINLAND.resolve(division[column], year, kind="municipality")
    assert set(kept.loc[kept.index != m("976"), "status"]) == {"exact"}
    for scheme in ("region", "sub_region"):
        groups = FINLAND.groups(scheme, year)
        answers = FINLAND.resolve(groups[column], year, kind=scheme)
        assert list(answers["member_id"]) == list(groups.index)


@settings(deadline=None)  # the first example reads the tables
@given(
    st.sampled_from(places.DIVISIONS),
    st.data(),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from(["-", "‑", "–", " - ", "\u00a0–\u00a0"]),
    st.sampled_from(["", " ", "\u00a0", "\n", "\u200b", "\ufeff"]),
)
def test_a_name_in_any_dress(year, data, case, form, hyphen, edge):
    division = FINLAND.division(year)
    position = data.draw(st.integers(0, len(division) - 1))
    row = division.iloc[position]
    name = row[data.draw(st.sampled_from(["name_fi", "name_sv"]))]
    if name == "Övertorneå":
        name = "Ylitornio"
    written = edge + unicodedata.normalize(form, case(name)).replace("-", hyphen) + edge
    answer = one(written, year)
    assert (answer["member_id"], answer["status"]) == (row.name, "exact")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tampereen kaupunki", m("837")),
        ("Helsingin kaupunki", m("091")),
        ("Vantaan kaupunki", m("092")),
        ("Iin kunta", m("139")),
        ("Kokkolan kaupunki", m("272")),
        ("Uudenkaupungin kaupunki", m("895")),
        ("Uusikaupunki", m("895")),
        ("Mänttä-Vilppulan kaupunki", m("508")),
        ("Pedersören kunta", m("599")),
        ("Pedersöre kommun", m("599")),
        ("Raaseporin kaupunki", m("710")),
        ("Kristinestads stad", m("287")),
        ("Kristinestad", m("287")),
        ("Esbo stad", m("049")),
        ("Staden Jakobstad", m("598")),
        ("Staden Jakobstads", m("598")),
        ("Kimitoöns kommun", m("322")),
        ("City of Turku", m("853")),
        ("Mariehamns stad", m("478")),
        ("Jomala", m("170")),
        ("Sankt Michel", m("491")),
        ("S:t Karins", m("202")),
        ("St. Karins stad", m("202")),
        ("Koski Tl:n kunta", m("284")),
        ("Koskis", m("284")),
        ("Virtain kaupunki", m("936")),
        ("Virtojen kaupunki", m("936")),
        ("Pori kaupunki", m("609")),
        ("Mänttä Vilppula", m("508")),
        ("KU091", m("091")),
        ("mk06", "region:FI-06"),
        ("091", m("091")),
        (" 091 ", m("091")),
        ("municipality:FI-091", m("091")),
        ("MUNICIPALITY:fi-091", m("091")),
        ("Helsinki (091)", m("091")),
        ("Koski Tl (284)", m("284")),
        ("091 Helsinki", m("091")),
        ("KU091 Helsinki", m("091")),
        ("Helsinki 091", m("091")),
        ("Turku – Åbo", m("853")),
        ("Helsinki/Helsingfors", m("091")),
        ("Maarianhamina - Mariehamn", m("478")),
        ("Pirkanmaan liitto", "region:FI-06"),
        ("Birkalands förbund", "region:FI-06"),
        ("Egentliga Finlands förbund", "region:FI-02"),
        ("Lapin maakunta", "region:FI-19"),
        ("Lapin maakunnan liitto", "region:FI-19"),
        ("Uudenmaan liitto", "region:FI-01"),
        ("Åland", "region:FI-21"),
        ("Ahvenanmaa - Åland", "region:FI-21"),
        ("Ahvenanmaan maakunta", "region:FI-21"),
        ("Landskapet Åland", "region:FI-21"),
        ("Regional Council of Lapland", "region:FI-19"),
        ("Pirkanmaa (region:FI-06)", "region:FI-06"),
        ("Norra Savolax", "region:FI-11"),
        ("region:SE-BD", "region:SE-BD"),
        ("Norrbottens län", "region:SE-BD"),
        ("region:NL-randstad", "region:NL-randstad"),
        ("sub_region:FI-063", "sub_region:FI-063"),
        ("Joensuun seutukunta", "sub_region:FI-122"),
        ("Kotkan–Haminan seutukunta", "sub_region:FI-082"),
        ("Kotka-Haminan seutukunta", "sub_region:FI-082"),
        ("Åbo ekonomiska region", "sub_region:FI-023"),
        ("Oulun seutu", "city_region:oulu"),
        ("city_region:tampere", "city_region:tampere"),
        ("Denmark", "country:DK"),
        ("country:DK", "country:DK"),
        ("organisation:motiva", "organisation:motiva"),
        ("Motiva Oy", "organisation:motiva"),
        ("Göteborgs stad", "municipality:SE-goteborg"),
    ],
)
def test_understood(text, expected):
    answer = one(text)
    assert (answer["member_id"], answer["status"]) == (expected, "exact")
    assert answer["suggestions"] == ()
    assert pd.isna(answer["note"])


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Joensuu", "sub_region", "sub_region:FI-122"),
        ("Joensuu", None, m("167")),
        ("Mariehamns stad", "sub_region", "sub_region:FI-211"),
        ("Norra Savolax", "sub_region", "sub_region:FI-111"),
        ("063", "sub_region", "sub_region:FI-063"),
        ("06", "region", "region:FI-06"),
        ("Riga", "region", "region:LV-riga"),
        ("Riga", "municipality", "municipality:LV-riga"),
        ("Randstad", "region_group", "region:NL-randstad"),
        ("Randstad", "region", "region:NL-randstad"),
    ],
)
def test_kind_decides(text, kind, expected):
    assert one(text, kind=kind)["member_id"] == expected


@pytest.mark.parametrize(
    ("text", "year", "status", "suggestions"),
    [
        ("Köyliön kunta", 2015, "exact", ()),
        ("Köyliön kunta", 2016, "former", ("Säkylä (783)",)),
        ("911", 2019, "exact", ()),
        ("911", 2020, "former", ("Nurmes (541)",)),
        ("Nilsiä", 2013, "former", ("Kuopio (297)",)),
        ("Kjulo", 2026, "former", ("Säkylä (783)",)),
        ("Kyrönmaa", 2020, "exact", ()),
        ("Kyrönmaan seutukunta", 2021, "former", ()),
        ("Itä-Uusimaa", 2013, "former", ()),
        ("Finnmark", 2019, "exact", ()),
        ("Finnmark", 2020, "former", ()),
        ("Hedmark", 2020, "former", ()),
        ("Innlandet", 2026, "exact", ()),
    ],
)
def test_former(text, year, status, suggestions):
    answer = one(text, year)
    assert isinstance(answer["member_id"], str)
    assert (answer["status"], answer["suggestions"]) == (status, suggestions)


@pytest.mark.parametrize(
    ("value", "expected"), [("91", "091"), ("5", "005"), (91, "091"), (91.0, "091"), ("99", "099")]
)
def test_codes_without_their_zeros_are_marked(value, expected):
    answer = one(value, 2020)
    assert (answer["member_id"], answer["status"], answer["note"]) == (
        m(expected),
        "exact",
        "padded",
    )


@pytest.mark.parametrize(
    ("value", "status", "first"),
    [
        ("Koski", "unknown", "Koski Tl (284)"),
        ("Koski kunta", "unknown", "Koski Tl (284)"),
        ("Uusi kaupunki", "unknown", "Uusikaupunki (895)"),
        ("Tampereen", "unknown", "Tampere (837)"),
        ("Helsngin kaupunki", "unknown", "Helsinki (091)"),
        ("JyvÃ¤skylÃ¤", "unknown", "Jyväskylä (179)"),
        ("Jyv\ufffdskyl\ufffd", "malformed", "Jyväskylä (179)"),
        ("Hel\u202esinki", "malformed", "Helsinki (091)"),
        ("Hel\x00sinki", "malformed", "Helsinki (091)"),
        ("Övertorneå", "ambiguous", "Ylitornio (976)"),
        ("Riga", "ambiguous", "Rīga (region:LV-riga)"),
        ("Helsinki (049)", "ambiguous", "Helsinki (091)"),
        ("Helsinki / Espoo", "ambiguous", "Helsinki (091)"),
        ("05", "malformed", "Alajärvi (005)"),
        ("0911", "malformed", None),
        ("999", "unknown", None),
        ("91.0", "unknown", "Helsinki (091)"),
        ("municipality:FI-91", "malformed", "Helsinki (091)"),
        ("municipality:91", "malformed", "Helsinki (091)"),
        ("region:FI-6", "malformed", "Pirkanmaa (region:FI-06)"),
        ("muncipality:FI-091", "malformed", "Helsinki (091)"),
        ("municipality:FI-999", "unknown", None),
        ("organisation:motva", "unknown", "Motiva Oy (organisation:motiva)"),
        ("organisation:", "malformed", None),
        ("", "malformed", None),
        ("  \u00a0 ", "malformed", None),
        (None, "malformed", None),
        (np.nan, "malformed", None),
        (pd.NA, "malformed", None),
        ("NA", "unknown", None),
        ("<script>alert(1)</script>", "unknown", None),
        ("=cmd|' /C calc'!A0", "unknown", None),
        ("../../etc/passwd", "unknown", None),
        (91.5, "unknown", None),
        (True, "unknown", None),
        (["Pori"], "unknown", "Pori (609)"),
        ("x" * 10_000, "unknown", None),
    ],
)
def test_never_guessed(value, status, first):
    answer = one(value)
    assert pd.isna(answer["member_id"])
    assert answer["status"] == status
    assert len(answer["suggestions"]) <= 3
    if first is not None:
        assert answer["suggestions"][0] == first


def test_an_id_of_another_kind_is_shown_but_not_taken():
    answer = one("region:FI-06", kind="municipality")
    assert pd.isna(answer["member_id"])
    assert (answer["status"], answer["suggestions"]) == ("unknown", ("Pirkanmaa (region:FI-06)",))


def test_unknown_kind_names_the_known_ones():
    with pytest.raises(ValueError, match=r"municipality, sub_region, .*'kunta'"):
        FINLAND.resolve(["Pori"], kind="kunta")


def test_label_of_what_is_not_known_is_its_id():
    assert FINLAND.label("organisation:motiva") == "Motiva Oy (organisation:motiva)"
    assert FINLAND.label("municipality:EE-narva") == "municipality:EE-narva"


def test_labels_are_understood_again():
    labels = [entry.label for entry in FINLAND._entries.values()]
    answers = FINLAND.resolve(labels, 2013)
    assert list(answers["member_id"]) == list(FINLAND._entries)


@settings(deadline=None)  # the first example reads the tables
@given(st.lists(st.one_of(st.text(max_size=30), st.none(), st.integers(-5, 1100), st.floats())))
def test_any_value_gets_an_answer(values):
    answers = FINLAND.resolve(values)
    assert len(answers) == len(values)
    certain = answers["status"].isin(["exact", "former"])
    assert (answers["member_id"].notna() == certain).all()
    assert set(answers["status"]) <= {"exact", "former", "unknown", "ambiguous", "malformed"}


def test_answers_are_indexed_like_the_values():
    values = pd.Series(["Pori", None, "Pori", "Valtimo", "x"], index=[9, 9, "a", 3, None])
    answers = FINLAND.resolve(values)
    assert answers.index.equals(values.index)
    assert list(answers["status"]) == ["exact", "malformed", "exact", "former", "unknown"]
    assert list(answers) == ["member_id", "status", "suggestions", "note"]
    assert answers["member_id"].iloc[[0, 2]].tolist() == [m("609")] * 2


@pytest.mark.parametrize("dtype", ["object", "str", "category", "string"])
def test_any_dtype(dtype):
    values = pd.Series(["Pori", "091", None], dtype=dtype)
    assert FINLAND.resolve(values)["member_id"].tolist()[:2] == [m("609"), m("091")]
    assert FINLAND.resolve(pd.Series([91, 49]))["member_id"].tolist() == [m("091"), m("049")]


def test_nothing_and_one_text():
    assert FINLAND.resolve([]).empty
    assert list(FINLAND.resolve([])) == ["member_id", "status", "suggestions", "note"]
    assert FINLAND.resolve("Pori")["member_id"].tolist() == [m("609")]


def test_only_distinct_values_are_read_and_few_are_searched(monkeypatch):
    reads, searches = [], []
    read, search = names.Reader.read, names.Reader.lookalikes
    monkeypatch.setattr(
        names.Reader, "read", lambda self, *args: reads.append(args) or read(self, *args)
    )
    monkeypatch.setattr(
        names.Reader, "lookalikes", lambda self, text: searches.append(text) or search(self, text)
    )
    answers = FINLAND.resolve([*["Pori"] * 10_000, *(f"Paikka {i}" for i in range(2_000))])
    assert len(answers) == 12_000
    assert len(reads) == 2_001
    assert len(searches) == 300


def test_long_runs_of_space_and_brackets_do_not_hang():
    hostile = ["a" + " " * 200_000 + "b", "x" * 500_000, "(/" * 100_000, "- " * 100_000]
    assert set(FINLAND.resolve(hostile)["status"]) <= {"unknown", "malformed"}
