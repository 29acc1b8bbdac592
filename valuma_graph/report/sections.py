"""What the report page says once: its title, headline numbers, what is not known, its method."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from valuma_graph.measures.isolates import at_home
from valuma_graph.portfolio import of_register
from valuma_graph.report import positions
from valuma_graph.report.listings import (
    LIST_STATUSES,
    STATUSES,
    Cell,
    Column,
    Figure,
    Section,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.results import Results
    from valuma_graph.report.voice import Voice

_REPORT: Final = "valuma-graph report"
_EXAMPLE: Final = "municipality:FI-491"  # Mikkeli


class Sections:
    """
    Say in words, figures and tables what the results say.

    Parameters
    ----------
    aff, results
        The affiliation network and all its results.
    voice
        The languages.
    pages
        Addresses of the pages of networks, by id.
    """

    def __init__(
        self, aff: Affiliation, results: Results, voice: Voice, pages: Mapping[str, str]
    ) -> None:
        self.aff = aff
        self.results = results
        self.voice = voice
        self.pages = pages

    @cached_property
    def names(self) -> dict[str, dict[str, dict[str, str]]]:
        """Names of all nodes, and of the regions they lie in: mode → id → language → name."""
        members = self.voice.names(self.aff, "members")
        judged = self.results.isolation_regions
        if judged is not None and not judged.index.isin(self.aff.members.index).all():
            members = self.voice.names(self.aff.roll_up("region"), "members") | members
        return {"members": members, "networks": self.voice.names(self.aff, "networks")}

    @cached_property
    def has_places(self) -> bool:
        """Whether there are municipalities or regions among the members."""
        return bool(self.aff.members["kind"].isin(["municipality", "region"]).any())

    @cached_property
    def year(self) -> str | dict[str, str]:
        """The year described, in words where it is all years."""
        if self.aff.year is None:
            return self.voice.plain("page.figure.any_year")
        return str(self.aff.year)

    def title(self, centre: tuple[Mode, str] | None) -> dict[str, str]:
        """Return the title in each language."""
        values: dict[str, Any] = {}
        key = "page.title"
        if centre is not None:
            key = "page.title_member" if centre[0] == "members" else "page.title_network"
            values = {"name": self._centre_name(centre)}
        if self.aff.year is None:
            return self.voice.plain(f"{key}_all", **values)
        return self.voice.plain(key, year=str(self.aff.year), **values)

    def _centre_name(self, centre: tuple[Mode, str]) -> dict[str, str]:
        mode, node = centre
        return self.names[mode][node]

    def lead(self, centre: tuple[Mode, str] | None) -> Markup:
        """Return the sentence below the title: what the page tells."""
        if centre is None:
            return self.voice.t("page.lead" if self.has_places else "page.lead_any")
        key = "page.lead_member" if centre[0] == "members" else "page.lead_network"
        return self.voice.t(key, name=self._centre_name(centre))

    def subject(self, centre: tuple[Mode, str], paragraphs: Sequence[Markup]) -> Section:
        """Return the figures and the prose of the node that the page is about."""
        figures = self._of_member if centre[0] == "members" else self._of_network
        title = self.voice.name(self._centre_name(centre))
        return Section("subject", title, paragraphs, figures=figures(centre[1]))

    def _of_member(self, node: str) -> list[Figure]:
        results = self.results
        frames = (results.isolation_municipalities, results.isolation_regions)
        judged = [frame for frame in frames if frame is not None and node in frame.index]
        row = (judged or [results.isolation_members])[0].loc[node]
        counts = {"known": "networks", "possible": "networks_possible", "peers": "peers"}
        figures = [
            self._counted(name, int(cast("int", row[column]))) for name, column in counts.items()
        ]
        towns = results.isolation_municipalities
        if towns is None or "region" not in self.aff.members:
            return figures
        inside = towns[self.aff.members["region"].reindex(towns.index).eq(node).fillna(value=False)]
        return figures + ([self._reach_figure("municipality", inside)] if len(inside) else [])

    def _of_network(self, node: str) -> list[Figure]:
        row, pairs = self.results.coverage.loc[node], self.results.overlap_networks
        figures = [self._counted("members", int(cast("int", row["known"])))]
        if pd.notna(row["declared"]):
            dated = str(row["declared_as_of"])[:4]
            when = dated if dated.isdigit() else self.voice.plain("prose.undated")
            figures.append(self._counted("declared", int(cast("int", row["declared"])), when))
        meeting = int((pairs["a"].eq(node) | pairs["b"].eq(node)).sum())
        return [*figures, self._counted("overlapping", meeting)]

    def _counted(self, name: str, n: int, when: str | dict[str, str] | None = None) -> Figure:
        """Return a headline number of the node that the page is about, with its year."""
        year = self.voice.each(_in_each(self.year if when is None else when, self.voice.langs))
        return Figure(self.voice.number(n), self.voice.t(f"explorer.figure.{name}", n=n), year)

    def describes(self) -> Markup:
        """Return the sentence that says what year the numbers are of."""
        if self.aff.year is None:
            return self.voice.t("page.describes_all")
        return self.voice.t("page.describes", year=str(self.aff.year))

    def method(self, command: str, *, of_all: bool = True) -> list[Markup]:
        """Return how the numbers are made; of a page of all, how to make one of one."""
        made = self.voice.t("page.method.version", version=version("valuma-graph"), command=command)
        whose = "page.method.members" if self.has_places else "page.method.members_any"
        keys = (whose, "means.possible", "page.method.betweenness")
        more = self._one_place(command) if of_all else []
        return [*(self.voice.t(key) for key in keys), made, *more]

    def _one_place(self, command: str) -> list[Markup]:
        towns = self.results.isolation_municipalities
        if towns is None or towns.empty or not command.startswith(_REPORT):
            return []
        tail = command.removeprefix(_REPORT)
        place = towns["name"].get(_EXAMPLE, towns["name"].iloc[0])
        place = f'"{place}"' if " " in place else place
        one_page = f"{_REPORT}{tail} --about {place}"
        listing = f"valuma-graph portfolio {place}{tail}"
        return [self.voice.t("page.most.one_place", report=one_page, portfolio=listing)]

    def sources(self) -> list[Markup]:
        """Return whose data it is."""
        rows, ids = self.aff.memberships, self.aff.members.index
        keys = []
        if "source" in rows and rows["source"].notna().any():
            keys.append("facts")
        if ids.str.match(r"(municipality|region):FI-").any():
            keys.append("attribution")
        return [self.voice.t(f"page.sources.{key}") for key in keys]

    def notes(self) -> list[Markup]:
        """Return what to keep in mind of the tables."""
        keys = ["page.most.intro"] if self.has_places else []
        keys += ["page.most.large"] if self.has_places and of_register(self.aff) else []
        notes = [self.voice.t(key) for key in keys]
        if self._home is not None:
            country = self.voice.plain_word("country", self._home)
            notes.append(self.voice.t("page.most.home", country=country))
        return notes

    def beyond(self) -> list[Markup]:
        """Return links to the pages of networks that the set does not have in its year."""
        return self._links([node for node in self.pages if node not in self.aff.networks.index])

    # -- headline numbers, and what is not known --------------------------------------------

    @cached_property
    def _lists(self) -> dict[str, int]:
        counts = self.aff.networks["list_status"].value_counts()
        return {status: int(counts.get(status, 0)) for status in LIST_STATUSES}

    @cached_property
    def _taken(self) -> bool:
        """Whether there are lists that count as complete only because nobody says otherwise."""
        return bool(positions.taken_lists(self.aff).any())

    @cached_property
    def _incomplete(self) -> int:
        return len(self.aff.networks) - self._lists["complete"]

    def figures(self) -> Section:
        """Return the headline numbers."""
        t, number = self.voice.t, self.voice.number
        n, ties = len(self.aff.networks), int(self.aff.incidence.nnz)
        whole = "taken" if self._taken else "complete"
        note = "memberships_note" if self._incomplete else f"memberships_note_{whole}"
        figures = [
            Figure(
                number(n),
                t("page.figure.networks", n=n),
                t("page.figure.networks_note", year=self.year, **self._lists),
                _stack(self._lists),
            ),
            self._members_figure(),
            Figure(
                number(ties),
                t("page.figure.memberships", n=ties),
                t(f"page.figure.{note}", year=self.year, n=self._incomplete),
            ),
        ]
        for level in ("municipality", "region"):
            frame = self._isolation(level)
            if frame is not None:
                figures.append(self._reach_figure(level, frame))
        return Section("figures", t("page.section.figures"), figures=figures)

    def _members_figure(self) -> Figure:
        t, kinds = self.voice.t, self.aff.members["kind"]
        inside = (self.results.centrality_members["degree"] > 0).to_numpy()
        n = int(inside.sum())
        if self.has_places:
            counts = kinds[inside].value_counts()
            towns, regions = int(counts.get("municipality", 0)), int(counts.get("region", 0))
            note = t(
                "page.figure.members_note",
                year=self.year,
                municipalities=towns,
                regions=regions,
                others=n - towns - regions,
            )
        else:
            note = t("page.figure.members_note_any", year=self.year, without=len(kinds) - n)
        return Figure(self.voice.number(n), t("page.figure.members", n=n), note)

    def _reach_figure(self, level: str, frame: pd.DataFrame) -> Figure:
        t, counts = self.voice.t, frame["status"].value_counts()
        inside = int(frame["networks"].gt(0).sum())
        note = t(
            "page.figure.outside_note",
            year=self.year,
            isolated=int(counts.get("isolated", 0)),
            no_known=int(counts.get("no_known_membership", 0)),
            single=int(counts.get("single_network", 0)),
        )
        parts = {status: int(counts.get(status, 0)) for status in reversed(STATUSES)}
        number = t("page.figure.of", n=inside, total=len(frame))
        return Figure(number, t(f"page.figure.{level}"), note, _stack(parts))

    def unknown(self) -> Section:
        """Return what is not known."""
        t, coverage = self.voice.t, self.results.coverage
        points = self._list_points()
        empty = int(coverage["known"].eq(0).sum())
        if empty:
            points.append(t("page.unknown.empty", n=empty))
        dated = coverage["snapshot_as_of"].dropna().astype("str").str.slice(0, 4)
        if self.aff.year is not None and len(dated):
            other = int(dated.ne(str(self.aff.year)).sum())
            span = {"first": dated.min(), "last": dated.max()}
            points.append(t("page.unknown.dates", n=other, **span))
        points.append(t("page.unknown.absence"))
        others = int((~self.aff.memberships["counted"].astype(bool)).sum())
        if others:
            points.append(t("page.unknown.not_counted", n=others))
        title = t("page.section.unknown")
        return Section("unknown", title, points=points, reasons=self._reasons())

    def _list_points(self) -> list[Markup]:
        t, total = self.voice.t, len(self.aff.networks)
        if not self._incomplete:
            key = "lists_taken" if self._taken else "lists_none"
            return [t(f"page.unknown.{key}", n=total)]
        lists = {k: n for k, n in self._lists.items() if k != "complete"}
        open_lists = self.aff.networks["list_status"].ne("complete").to_numpy()
        cover = self.results.coverage[open_lists]
        told = cover[cover["declared"].notna()]
        untold = len(cover) - len(told)
        return [
            *([t("cli.check.taken")] if self._taken else []),
            t("page.unknown.lists", total=total, incomplete=self._incomplete, **lists),
            *self._declared_points(told, untold),
        ]

    def _declared_points(self, told: pd.DataFrame, untold: int) -> list[Markup]:
        """Say what networks with an incomplete list declare, and how many declare nothing."""
        t, points = self.voice.t, []
        if len(told):
            sums = {name: int(told[name].sum()) for name in ("declared", "compared")}
            points.append(t("page.unknown.declared", **sums))
        if untold:
            points.append(t("page.unknown.undeclared", n=untold))
        return points

    def _reasons(self) -> Table | None:
        aside = self.aff.set_aside
        if aside.empty:
            return None
        t, total = self.voice.t, len(aside)
        counts = aside["reason"].value_counts()
        rows = [
            [Cell(self.voice.word("set_aside", reason)), Cell(self.voice.number(n), float(n))]
            for reason, n in zip(counts.index.tolist(), counts.tolist(), strict=True)
        ]
        return Table(
            name="set-aside",
            caption=t("page.unknown.set_aside", n=total),
            columns=[
                Column(t("page.col.reason"), numeric=False),
                Column(t("page.col.rows"), numeric=True),
            ],
            rows=rows,
            ordered_by=1,
        )

    # -- members ----------------------------------------------------------------------------

    @cached_property
    def _home(self) -> str | None:
        """The country of the places judged, where there are places of other countries too."""
        home = at_home(self.aff, "municipality")
        country = self.aff.members["country"].reindex(home.index)
        places = self.aff.members[self.aff.members["kind"].isin(["municipality", "region"])]
        if not home.any() or country[home].isna().all():
            return None
        here = str(country[home].dropna().iloc[0])
        return here if places["country"].dropna().ne(here).any() else None

    def _isolation(self, level: str) -> pd.DataFrame | None:
        results = self.results
        municipalities = level == "municipality"
        return results.isolation_municipalities if municipalities else results.isolation_regions

    def _links(self, networks: Sequence[str]) -> list[Markup]:
        """Return links to the pages of networks that the set does not have."""
        from markupsafe import Markup

        from valuma_graph.policy.statements import names_of

        if not networks:
            return []
        named = {lang: names_of(self.aff, networks, lang=lang) for lang in self.voice.langs}
        names: dict[str, dict[str, str]] = {
            n: {lang: str(column[n]) for lang, column in named.items()} for n in networks
        }
        return [
            Markup('<a href="{}">{}</a>').format(self.pages[n], self.voice.name(names[n]))
            for n in networks
        ]


def _in_each(words: str | dict[str, str], langs: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(langs, words) if isinstance(words, str) else words


def _stack(parts: Mapping[str, int]) -> list[tuple[str, float, float]]:
    """Return (name, start, width), in percent, for a bar made of parts."""
    total = sum(parts.values())
    stacked, start = [], 0.0
    for name, size in parts.items():
        width = 100 * size / total if total else 0.0
        if width:
            stacked.append((name, round(start, 3), round(width, 3)))
        start += width
    return stacked
