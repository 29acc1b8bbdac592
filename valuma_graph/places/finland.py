"""Which place is this, in which year: divisions, groupings, mergers, names and codes of Finland."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from valuma_graph.places import mergers
from valuma_graph.places.names import CODE_WIDTH, Answer, Entry, Reader

if TYPE_CHECKING:
    from collections.abc import Iterable

DIVISIONS = range(2013, 2027)
LATEST = DIVISIONS[-1]
KINDS = (
    "municipality",
    "sub_region",
    "region",
    "city_region",
    "country",
    "organisation",
    "region_group",
)
# The one group that stands for "in none".
_NO_GROUP = ("commuting_area", "99")
_SUGGEST_FOR = 300
# How a note of members.csv says that a place ended: "part of Viken from 2020".
_ENDED = re.compile(r"(?:part of|merged into|joined to) .*?(?:from|since|on 1 January) (\d{4})")


def data_path(*parts: str, root: str | Path | None = None) -> Path:
    """
    Return where a file or folder of the data lies.

    Parameters
    ----------
    parts
        Path inside the data folder, as `"municipalities", "groups.csv"`.
    root
        A data folder to use in place of the bundled one. By default the folder inside the
        installed package, or `data/` of the repository in an editable checkout.

    Returns
    -------
    path
        An existing file or folder.

    Raises
    ------
    FileNotFoundError
        If it is in none of the places looked at; the message lists them.

    Examples
    --------
    >>> data_path("municipalities", "groups.csv").name
    'groups.csv'
    """
    package = Path(__file__).resolve().parents[1]
    folders = [Path(root)] if root is not None else [package / "data", package.parent / "data"]
    looked = [folder.joinpath(*parts) for folder in folders]
    for path in looked:
        if path.exists():
            return path
    raise FileNotFoundError(f"no data file found; looked for {', '.join(map(str, looked))}")


def gazetteer(root: str | Path | None = None) -> Gazetteer:
    """
    Return the gazetteer of a data folder; the same object at every call.

    Parameters
    ----------
    root
        As for `data_path`.

    Raises
    ------
    FileNotFoundError
        If the folder has no `municipalities`.

    Examples
    --------
    >>> len(gazetteer().division(2020))
    310
    """
    return _gazetteer(data_path("municipalities", root=root).resolve().parent)


@cache
def _gazetteer(root: Path) -> Gazetteer:
    return Gazetteer(root)


def _municipality(code: str) -> str:
    return f"municipality:FI-{code}"


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """
    The municipalities of Finland and their groups in every division from 2013 to 2026.

    A *division* is the municipal division of 1 January of a year. Each table is read when it
    is first needed, once. Sources: Statistics Finland (classifications, by way of geofi),
    National Land Survey of Finland (areas, localities), Sotkanet (population); CC BY 4.0.

    Parameters
    ----------
    root
        The data folder.

    Examples
    --------
    >>> finland = gazetteer()
    >>> finland.group_of("region", 2020)["municipality:FI-090"]
    'region:FI-10'
    >>> finland.group_of("region", 2021)["municipality:FI-090"]
    'region:FI-12'
    """

    root: Path
    _memo: dict[tuple[str, object], Any] = field(default_factory=dict, repr=False)

    def division(self, year: int) -> pd.DataFrame:
        """
        Return the municipalities of one division.

        Population is that of 31 December of `year`; where that is not known, of the latest
        year before it whose figure is for the same area, as `population_year` says. The
        published series is by the municipalities of 2021–2024 back to 2000, so before a merger
        it holds the merged total only: population then is unknown both for the municipality
        that was absorbed and for the one that absorbed it. After the series, the parts of a
        merger are summed. Areas are the official ones of 2023, summed for later mergers; for
        an earlier division they are known only where they can be had by subtraction, else
        unknown (merged later, or the boundary moved). Corrections of a few km² or less
        between the years are not followed.

        Parameters
        ----------
        year
            2013 to 2026.

        Returns
        -------
        municipalities
            Index `member_id`, in the order of codes; columns code, name_fi, name_sv, name_en
            (of that year), country, region, sub_region (member ids), urban_rural,
            language_status (codes of `groups`), lon, lat (WGS84, central locality, float),
            land_km2, freshwater_km2, sea_km2, area_km2 (land and fresh water; float),
            area_basis (`official_2023`, `official_2023_sum`), population, population_year
            (Int64).

        Raises
        ------
        ValueError
            If `year` is no known division.

        Examples
        --------
        >>> gazetteer().division(2026).loc["municipality:FI-091", ["name_sv", "population"]]
        name_sv       Helsingfors
        population         664028
        Name: municipality:FI-091, dtype: object
        """
        key = ("division", _checked(year))
        if key not in self._memo:
            self._memo[key] = self._division(year)
        frame: pd.DataFrame = self._memo[key]
        return frame.copy()

    def groups(self, scheme: str, year: int) -> pd.DataFrame:
        """
        Return the groups of a scheme, or the municipalities, with their names of one year.

        Parameters
        ----------
        scheme
            `region`, `sub_region`, `wellbeing_county`, `employment_area`, … or
            `municipality`; `schemes` lists them.
        year
            2013 to 2026.

        Returns
        -------
        groups
            Index `member_id` (`scheme:FI-code`); columns kind (the scheme), code, name_fi,
            name_sv, name_en, country.

        Raises
        ------
        ValueError
            If the year or the scheme is not known, or the scheme not in that year.

        Examples
        --------
        >>> gazetteer().groups("region", 2026).loc["region:FI-06", "name_sv"]
        'Birkaland'
        """
        rows = self._current(self._groups, scheme, year)
        rows = rows[~((rows["scheme"] == _NO_GROUP[0]) & (rows["group_code"] == _NO_GROUP[1]))]
        frame = rows[["scheme", "group_code", "name_fi", "name_sv", "name_en"]]
        frame = frame.set_axis(["kind", "code", "name_fi", "name_sv", "name_en"], axis="columns")
        index = pd.Index(scheme + ":FI-" + frame["code"], name="member_id")
        return frame.set_axis(index, axis="index").assign(country="FI")

    def group_of(self, scheme: str, year: int) -> pd.Series:
        """
        Return the group that each municipality of a division is in.

        Parameters
        ----------
        scheme, year
            As for `groups`.

        Returns
        -------
        group
            Group id, index `member_id` of the municipality. A municipality that is in no group
            of the scheme is not there (`commuting_area`; `wellbeing_county` before 2021, where
            the published key leaves two out).

        Raises
        ------
        ValueError
            As for `groups`.

        Examples
        --------
        >>> gazetteer().group_of("sub_region", 2026)["municipality:FI-837"]
        'sub_region:FI-064'
        """
        if scheme == "municipality":
            index = self.groups(scheme, year).index
            return pd.Series(index, index=index, name=scheme)
        rows = self._current(self._classifications, scheme, year)
        rows = rows[~((rows["scheme"] == _NO_GROUP[0]) & (rows["group_code"] == _NO_GROUP[1]))]
        group = scheme + ":FI-" + rows["group_code"]
        index = pd.Index("municipality:FI-" + rows["code"], name="member_id")
        return group.set_axis(index).rename(scheme)

    @cached_property
    def schemes(self) -> dict[str, tuple[int, int]]:
        """
        Return every scheme with the first and the last year it is known for.

        Examples
        --------
        >>> gazetteer().schemes["employment_area"]
        (2025, 2026)
        """
        years = self._groups.groupby("scheme", sort=False).agg(
            first=("first_year", "min"), last=("last_year", "max")
        )
        return {str(scheme): (int(a), int(b)) for scheme, a, b in years.itertuples()}

    def successors(self, year: int) -> pd.Series:
        """
        Return where the area of each abolished municipality lies in a division.

        Chains of mergers are followed. The four municipalities that ended as 2013 began are
        there too.

        Parameters
        ----------
        year
            2013 to 2026.

        Returns
        -------
        successor
            Municipality id of that division; index `member_id` of every known municipality
            that does not exist in it.

        Raises
        ------
        ValueError
            If `year` is no known division.

        Examples
        --------
        >>> gazetteer().successors(2020)["municipality:FI-911"]
        'municipality:FI-541'
        """
        ends = mergers.ends(self._events, _checked(year))
        index = pd.Index([_municipality(code) for code in sorted(ends)], name="member_id")
        values = [_municipality(ends[code]) for code in sorted(ends)]
        return pd.Series(values, index=index, name="successor", dtype="str")

    def population(self, year: int) -> pd.Series:
        """
        Return the population on 31 December as it was published.

        By the municipalities of 2021–2024, back-cast for mergers; for 2019 by the finer ones
        of 2020. Source: Sotkanet, indicator 127.

        Parameters
        ----------
        year
            2000 to 2022.

        Returns
        -------
        population
            Int64, index `member_id`.

        Raises
        ------
        ValueError
            If there is no figure for the year.

        Examples
        --------
        >>> int(gazetteer().population(2019)["municipality:FI-099"])
        1620
        """
        if year not in self._figures:
            first, last = min(self._figures), max(self._figures)
            raise ValueError(f"population is known for the years {first}–{last}, not {year!r}")
        _, figures = self._figures[year]
        index = pd.Index([_municipality(code) for code in figures], name="member_id")
        return pd.Series(list(figures.values()), index=index, name="population", dtype="Int64")

    def population_total(self, year: int) -> int:
        """
        Return the population of Finland on 31 December of a year.

        Parameters
        ----------
        year
            2000 to 2022.

        Raises
        ------
        ValueError
            If there is no figure for the year.

        Examples
        --------
        >>> gazetteer().population_total(2019)
        5525292
        """
        return int(self.population(year).sum())

    def other_places(self) -> pd.DataFrame:
        """
        Return the places that the Finnish tables do not have.

        Foreign regions, municipalities and countries, city regions, former regions, and the
        four municipalities that ended as 2013 began.

        Returns
        -------
        places
            Index `member_id`; columns kind, subtype, name_fi, name_sv, name_en, country,
            code, nuts, nuts_version, same_as, note, source. `name_fi` of a foreign place is
            its own name where no Finnish one is known.

        Examples
        --------
        >>> gazetteer().other_places().loc["region:SE-BD", "name_en"]
        'Norrbotten County'
        """
        rows = self._members
        ours = self._groups["scheme"] + ":FI-" + self._groups["group_code"]
        return rows[(rows["kind"] != "organisation") & ~rows.index.isin(ours)].copy()

    def organisations(self) -> pd.DataFrame:
        """
        Return the members that are not places.

        Returns
        -------
        organisations
            Index `member_id`, columns as in `other_places`; `subtype` is the kind of
            organisation.

        Examples
        --------
        >>> gazetteer().organisations().loc["organisation:motiva", "subtype"]
        'company'
        """
        return self._members[self._members["kind"] == "organisation"].copy()

    def resolve(
        self, values: Iterable[object], year: int = LATEST, *, kind: str | None = None
    ) -> pd.DataFrame:
        """
        Tell which place or organisation each value means, without ever guessing.

        Understood are member ids, codes (`091`, `KU091`, `MK06`), names in Finnish, Swedish
        and English of any year, in any case and with any hyphen or space, and names in a
        phrase: "Tampereen kaupunki", "Staden Jakobstad", "Pirkanmaan liitto", "Birkalands
        förbund", "Joensuun seutukunta", "Helsinki (091)", "Turku – Åbo". Without `kind`, a
        name of a municipality or region goes before the same name of a sub-region, city
        region, country or organisation. A name that two places could bear is ambiguous.

        Parameters
        ----------
        values
            Texts; whole numbers are read as codes. A Series keeps its index.
        year
            The division that decides what is `former`.
        kind
            One of `KINDS`, to look at that kind only.

        Returns
        -------
        answers
            One row per value, columns

            member_id
                The id; missing where it is not certain.
            status
                `exact`; `former` (certain, and abolished before that division: the id is its
                own, `suggestions` has the successor); `ambiguous` (`suggestions` has what it
                could mean); `unknown`; `malformed` (empty, hidden characters, an id or code
                of no valid form).
            suggestions
                Tuple of at most three "Name (code or id)", best first.
            note
                `padded` where a code came without its leading zeros, else missing.

        Raises
        ------
        ValueError
            If `year` or `kind` is not known.

        Notes
        -----
        Look-alikes are searched for the first 300 distinct unknown values only.

        Examples
        --------
        >>> answers = gazetteer().resolve(["Uudenkaupungin kaupunki", "91", "Koski"])
        >>> answers[["member_id", "status", "note"]]
                     member_id   status    note
        0  municipality:FI-895    exact     NaN
        1  municipality:FI-091    exact  padded
        2                  NaN  unknown     NaN
        >>> answers["suggestions"][2][0]
        'Koski Tl (284)'
        """
        _checked(year)
        if kind is not None and kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
        texts = _texts(values)
        positions, distinct = pd.factorize(texts)
        reader = self._reader(kind)
        answers, searched = [], 0
        for text in distinct.tolist():
            answer = reader.read(text, year)
            if answer.status == "former":
                answer = answer._replace(suggestions=self._successor_label(answer, year))
            elif answer.member_id is None and not answer.suggestions and searched < _SUGGEST_FOR:
                searched += 1
                answer = answer._replace(suggestions=reader.lookalikes(text))
            answers.append(answer)
        answers.append(Answer(None, "malformed"))  # where `positions` is −1: no value
        member_id, status, suggestions, note = zip(*answers, strict=True)
        tuples = np.empty(len(answers), dtype="object")
        tuples[:] = suggestions
        columns = {
            "member_id": pd.array(member_id, dtype="str").take(positions),
            "status": pd.array(status, dtype="str").take(positions),
            "suggestions": tuples[positions],
            "note": pd.array(note, dtype="str").take(positions),
        }
        return pd.DataFrame(columns, index=texts.index)

    def label(self, member_id: str, lang: str = "fi") -> str:
        """
        Return the name of a place or organisation with its code or id, as `resolve` reads it.

        Parameters
        ----------
        member_id
            An id that `resolve` gives; any other is returned as it is.
        lang
            Language of the name: `"fi"`, `"sv"` or `"en"`.

        Examples
        --------
        >>> gazetteer().label("municipality:FI-297"), gazetteer().label("region:FI-11", "sv")
        ('Kuopio (297)', 'Norra Savolax (region:FI-11)')
        """
        entry = self._entries.get(member_id)
        return entry.label_in(lang) if entry else member_id

    def _reader(self, kind: str | None) -> Reader:
        key = ("reader", kind)
        if key not in self._memo:
            self._memo[key] = Reader(self._entries, kind)
        reader: Reader = self._memo[key]
        return reader

    def _successor_label(self, answer: Answer, year: int) -> tuple[str, ...]:
        code = mergers.ends(self._events, year).get(
            str(answer.member_id).removeprefix("municipality:FI-")
        )
        return (self._entries[_municipality(code)].label,) if code else ()

    def _read(self, *parts: str) -> pd.DataFrame:
        path = data_path(*parts, root=self.root)
        return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])

    @cached_property
    def _groups(self) -> pd.DataFrame:
        return _with_years(self._read("municipalities", "groups.csv"))

    @cached_property
    def _facts(self) -> pd.DataFrame:
        columns = ["lon", "lat", "land_km2", "freshwater_km2", "sea_km2"]
        rows = self._read("municipalities", "municipalities.csv").set_index("code")
        return rows[columns].astype("float64")

    @cached_property
    def _classifications(self) -> pd.DataFrame:
        return _with_years(self._read("municipalities", "classifications.csv"))

    @cached_property
    def _members(self) -> pd.DataFrame:
        return self._read("networks", "members.csv").set_index("member_id")

    @cached_property
    def _events(self) -> list[mergers.Event]:
        return mergers.events_of(self._read("municipalities", "mergers.csv"))

    @cached_property
    def _figures(self) -> mergers.Figures:
        return mergers.figures_of(self._read("municipalities", "population.csv"))

    def _current(self, table: pd.DataFrame, scheme: str, year: int) -> pd.DataFrame:
        _checked(year)
        if scheme not in self.schemes:
            raise ValueError(f"scheme must be one of {', '.join(self.schemes)}, not {scheme!r}")
        rows = table[table["scheme"] == scheme]
        current = rows[(rows["first_year"] <= year) & (rows["last_year"] >= year)]
        if current.empty:
            spans = zip(rows["first_year"], rows["last_year"], strict=True)
            years = sorted({y for first, last in set(spans) for y in range(first, last + 1)})
            raise ValueError(f"{scheme} is known for {', '.join(map(str, years))}, not {year}")
        return current

    def _division(self, year: int) -> pd.DataFrame:
        frame = self.groups("municipality", year).drop(columns="kind")
        for scheme in ("region", "sub_region"):
            frame[scheme] = self.group_of(scheme, year)
        for scheme in ("urban_rural", "language_status"):
            frame[scheme] = self.group_of(scheme, year).str.removeprefix(f"{scheme}:FI-")
        facts = self._facts
        frame = frame.join(facts[["lon", "lat"]], on="code")
        codes = frame["code"].to_list()
        frame = frame.join(mergers.areas(facts, self._events, codes, year), on="code")
        return frame.join(mergers.populations(self._figures, self._events, codes, year), on="code")

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        """Everything that can be meant, by id."""
        entries: dict[str, Entry] = {}
        rows = self._groups[self._groups["scheme"].isin(CODE_WIDTH)]
        columns = ["scheme", "group_code", "last_year", "name_fi", "name_sv", "name_en"]
        for scheme, code, last, *given in rows[columns].itertuples(index=False):
            member_id = f"{scheme}:FI-{code}"
            entry = entries.setdefault(member_id, Entry(member_id, str(scheme), int(last)))
            entry.last_year = max(entry.last_year, int(last))
            entry.add(*given)
        columns = ["kind", "note", "name_fi", "name_sv", "name_en"]
        for member_id, kind, note, *given in self._members[columns].itertuples():
            if member_id not in entries:
                ended = _ENDED.match(note) if isinstance(note, str) else None
                last = int(ended[1]) - 1 if ended else LATEST
                entries[member_id] = Entry(str(member_id), str(kind), last)
                entries[member_id].add(*given)
        return entries


def _checked(year: int) -> int:
    if year not in DIVISIONS:
        raise ValueError(f"divisions are known for {DIVISIONS[0]}–{LATEST}, not {year!r}")
    return year


def _with_years(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"first_year": "int64", "last_year": "int64"})


def _texts(values: Iterable[object]) -> pd.Series:
    """Return values as text: a whole number without its decimal point, nothing as missing."""
    if isinstance(values, str):
        values = [values]
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype="object")
    if isinstance(series.dtype, pd.StringDtype):
        return series
    texts = [_text(value) for value in series.astype("object")]
    return pd.Series(texts, index=series.index, dtype="str")


def _text(value: object) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return None if np.isnan(value) else f"{value:.15g}"
    return str(value)
