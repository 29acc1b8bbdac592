"""What the report page says: its headline numbers, what is not known, its tables."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from valuma_graph.measures.isolates import at_home
from valuma_graph.portfolio import despite_open_list, named, of_register
from valuma_graph.report.listings import (
    ALPHA,
    LIST_STATUSES,
    STATUSES,
    Column,
    Figure,
    Listing,
    Section,
    Table,
    rows_of,
)
from valuma_graph.report.mapping import page_map
from valuma_graph.text import sort_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.results import Results
    from valuma_graph.report.voice import Voice

_REPORT: Final = "valuma-graph report"
_EXAMPLE: Final = "municipality:FI-491"  # Mikkeli

PAIRS: Final = 100
"""Pairs of networks on the page; all of them are in the table beside it."""

BEYOND: Final = ("surplus", "by_chance")
"""What a pair of networks shares: more than chance, or what may be chance."""


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
        self.listing = Listing(aff, voice)

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
        return self.listing.names[mode][node]

    def describes(self) -> Markup:
        """Return the sentence that says what year the numbers are of."""
        if self.aff.year is None:
            return self.voice.t("page.describes_all")
        return self.voice.t("page.describes", year=str(self.aff.year))

    def method(self, command: str) -> list[Markup]:
        """Return how the numbers are made, and with what."""
        made = self.voice.t("page.method.version", version=version("valuma-graph"), command=command)
        keys = ("page.method.members", "means.possible", "page.method.betweenness")
        return [*(self.voice.t(key) for key in keys), made]

    def sources(self) -> list[Markup]:
        """Return whose data it is."""
        rows, ids = self.aff.memberships, self.aff.members.index
        keys = []
        if "source" in rows and rows["source"].notna().any():
            keys.append("facts")
        if ids.str.match(r"(municipality|region):FI-").any():
            keys.append("attribution")
        return [self.voice.t(f"page.sources.{key}") for key in keys]

    def all(
        self,
        centre: tuple[Mode, str] | None,
        focus: Mapping[str, pd.DataFrame],
        *,
        command: str = "",
    ) -> list[Section]:
        """Return all parts of the page in order, the one on the centre first."""
        parts = [
            self._figures(),
            self._unknown(),
            self._most(None if centre else command),
            self._overlap(),
            self._outside(),
            self._networks(),
        ]
        drawn = page_map(self.aff, self.voice, centre)
        if drawn is not None:
            parts.insert(1, Section("map", self.voice.t("page.section.map"), map=drawn))
        return parts if centre is None else [self._about(centre, focus), *parts]

    # -- headline numbers, and what is not known --------------------------------------------

    @cached_property
    def _lists(self) -> dict[str, int]:
        counts = self.aff.networks["list_status"].value_counts()
        return {status: int(counts.get(status, 0)) for status in LIST_STATUSES}

    @cached_property
    def _incomplete(self) -> int:
        return len(self.aff.networks) - self._lists["complete"]

    def _figures(self) -> Section:
        t, number = self.voice.t, self.voice.number
        n, ties = len(self.aff.networks), int(self.aff.incidence.nnz)
        whole = "complete" if of_register(self.aff) else "taken"
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

    def _unknown(self) -> Section:
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
            key = "lists_none" if of_register(self.aff) else "lists_taken"
            return [t(f"page.unknown.{key}", n=total)]
        lists = {k: n for k, n in self._lists.items() if k != "complete"}
        open_lists = self.aff.networks["list_status"].ne("complete").to_numpy()
        cover = self.results.coverage[open_lists]
        told = cover[cover["declared"].notna()]
        taken = not of_register(self.aff) and self._lists["complete"]
        return [
            *([t("cli.check.taken")] if taken else []),
            t("page.unknown.lists", total=total, incomplete=self._incomplete, **lists),
            t(
                "page.unknown.declared",
                declared=int(told["declared"].sum()),
                known=int(told["compared"].sum()),
                n=len(cover) - len(told),
            ),
        ]

    def _reasons(self) -> Table | None:
        aside = self.aff.set_aside
        if aside.empty:
            return None
        counts = aside["reason"].value_counts().rename("rows").to_frame()
        return self.listing.table(
            "set-aside",
            self.voice.t("page.unknown.set_aside", n=len(aside)),
            counts,
            [self.listing.word("reason", "id", "set_aside"), self.listing.count("rows")],
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
        if level == "member":
            return self.results.isolation_members
        results = self.results
        municipalities = level == "municipality"
        return results.isolation_municipalities if municipalities else results.isolation_regions

    def _most(self, command: str | None) -> Section:
        t, one = self.voice.t, self.listing
        frames = {level: self._isolation(level) for level in ("municipality", "region")}
        tables, shown = [], []
        for level, frame in frames.items():
            if frame is not None:
                shown += frame.index.tolist()
                tables.append(self._members(level, f"kinds.{level}", frame, self._columns()))
        everyone = self.results.isolation_members
        rest = everyone[~everyone.index.isin(shown)]
        if len(rest):
            kinds = [one.word("kind", "kind", "kind"), one.word("country", "country", "country")]
            caption = "kinds.other" if tables else "kinds.all"
            several = len(rest["kind"].unique()) > 1
            columns = self._columns(kinds if several else [])
            tables.append(self._members("other", caption, rest, columns))
        paragraphs = [t("page.most.intro")] if self.has_places else []
        if self.has_places and of_register(self.aff):
            paragraphs.append(t("page.most.large"))
        towns = frames["municipality"]
        if towns is not None and command is not None and command.startswith(_REPORT):
            tail = command.removeprefix(_REPORT)
            place = towns["name"].get(_EXAMPLE, towns["name"].iloc[0])
            place = f'"{place}"' if " " in place else place
            one_page = f"{_REPORT}{tail} --about {place}"
            listing = f"valuma-graph portfolio {place}{tail}"
            paragraphs.append(t("page.most.one_place", report=one_page, portfolio=listing))
        if tables and self._home is not None:
            country = self.voice.plain_word("country", self._home)
            paragraphs.append(t("page.most.home", country=country))
        return Section("most", t("page.section.most"), paragraphs, tables)

    def _columns(self, kinds: Sequence[Column] = ()) -> list[Column]:
        """Return the columns of members; a table leaves out those that it has no data for."""
        one = self.listing
        return [
            one.member("name"),
            one.count("networks"),
            one.count("own", "networks_own"),
            one.count("via", "networks_of_municipalities"),
            one.count("possible", "networks_possible"),
            one.count("peers"),
            one.share("betweenness", decimals=1),
            *(kinds or [one.member("region", "region"), one.count("population")]),
            one.word("status", "status", "status", STATUSES),
        ]

    def _members(
        self, name: str, caption: str, frame: pd.DataFrame, columns: Sequence[Column]
    ) -> Table:
        about = self.aff.members.reindex(frame.index)
        extra = [c for c in ("region", "country", "population") if about.get(c) is not None]
        wide = frame.join(about[[c for c in extra if about[c].notna().any()]])
        if "networks_own" not in wide:
            wide = wide.join(self.results.centrality_members["betweenness"])
        wide = wide.sort_values(["networks", "peers"], ascending=False, kind="stable")
        return self.listing.table(name, self.voice.t(caption), wide, columns, ordered_by=1)

    def _outside(self) -> Section:
        t = self.voice.t
        levels = ("region", "municipality") if self.has_places else ("member",)
        tables = []
        for level in levels:
            frame = self._isolation(level)
            outside = None if frame is None else frame[frame["status"].ne("connected")]
            if outside is not None and len(outside):
                tables.append(self._outside_table(level, outside))
        intro = "page.outside.intro" if self.has_places else "page.outside.intro_any"
        return Section(
            "outside",
            t("page.section.outside"),
            [t(intro), *([] if tables else [t("page.outside.none")])],
            tables,
            meanings=[(s, t(f"status.{s}"), t(f"status_means.{s}")) for s in STATUSES],
        )

    def _outside_table(self, level: str, outside: pd.DataFrame) -> Table:
        one = self.listing
        wide = outside.assign(rank=outside["status"].map(STATUSES.index))
        people = self.aff.members.get("population")
        if people is not None and people.notna().any():
            wide["population"] = people.reindex(wide.index)
            wide = wide.sort_values("population", ascending=False, kind="stable")
        columns = [
            one.member("name"),
            one.word("status", "status", "status", STATUSES),
            one.network("depends_on", "depends_on"),
            one.count("networks"),
            one.count("possible", "networks_possible"),
            one.count("population"),
        ]
        caption = self.voice.t("kinds.all" if level == "member" else f"kinds.{level}")
        wide = wide.sort_values("rank", kind="stable")
        return one.table(f"outside-{level}", caption, wide, columns, ordered_by=1)

    # -- networks ---------------------------------------------------------------------------

    def _overlap(self) -> Section:
        t, one, pairs = self.voice.t, self.listing, self.results.overlap_networks
        title = t("page.section.overlap")
        if pairs.empty:
            return Section("overlap", title, [t("page.overlap.none")])
        shown = pairs.head(PAIRS)
        columns = [
            one.network("network_a", "a"),
            one.network("network_b", "b"),
            one.count("shared"),
            one.decimal("expected"),
            one.word("beyond", "beyond", "beyond", BEYOND),
            one.count("size_a"),
            one.count("size_b"),
            one.share("jaccard", bar=True),
            one.share("contained", "overlap_coefficient"),
        ]
        shown = shown.assign(beyond=np.where(shown["q"] <= ALPHA, *BEYOND))
        table = one.table("overlaps", t("page.overlap.pairs"), shown, columns, ordered_by=2)
        intro = t("page.overlap.intro", shown=len(shown), total=len(pairs))
        tests = pairs.attrs["tests_possible"]
        judged = t("page.overlap.chance", n=pairs.attrs["beyond"], tests=tests)
        return Section("overlap", title, [intro, judged], [table])

    def _networks(self) -> Section:
        t, one = self.voice.t, self.listing
        wide = self.results.coverage.assign(kind=self.aff.networks["kind"])
        wide["used"] = wide["snapshot_as_of"].fillna(wide["selection"]).fillna("none")
        wide = wide.sort_values("known", ascending=False, kind="stable")
        columns = [
            one.linked("name", self.pages),
            one.word("kind", "kind", "network_kind"),
            one.count("known"),
            one.count("declared"),
            one.share("coverage", bar=True),
            one.word("list", "list_status", "list_status", LIST_STATUSES),
            one.text("complete_for", "complete_for", self._complete_for),
            one.word("as_of", "used", "list_used"),
        ]
        title = t("page.section.networks")
        caption = t("page.about.portfolio")
        table = one.table("networks-all", caption, wide, columns, ordered_by=2)
        words = [t("page.networks.intro")]
        beyond = [node for node in self.pages if node not in self.aff.networks.index]
        words += [t("page.networks.pages")] if len(beyond) < len(self.pages) else []
        words += [t("page.networks.beyond")] if beyond else []
        return Section("networks", title, words, [table], points=self._links(beyond))

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

    def _complete_for(self, value: str) -> Markup:
        parts = [part.strip() for part in value.split(";") if part.strip()]
        # The tables say "state bodies"; keys of the catalogue have no spaces.
        keys = [part.replace(" ", "_").replace("-", "_") for part in parts]
        groups = ["country" if len(key) == 2 else "complete_for" for key in keys]  # noqa: PLR2004  FI
        words = [self.voice.plain_word(g, key) for g, key in zip(groups, keys, strict=True)]
        return self.voice.each({la: ", ".join(w[la] for w in words) for la in self.voice.langs})

    # -- one member or network --------------------------------------------------------------

    def _about(self, centre: tuple[Mode, str], focus: Mapping[str, pd.DataFrame]) -> Section:
        mode, node = centre
        title = self.voice.name(self._centre_name(centre))
        make = self._about_member if mode == "members" else self._about_network
        paragraphs, tables = make(node, focus)
        return Section("about", title, paragraphs, [table for table in tables if table.rows])

    def _about_member(
        self, node: str, focus: Mapping[str, pd.DataFrame]
    ) -> tuple[list[Markup], list[Table]]:
        t, one, lacks = self.voice.t, self.listing, focus["about_lacks"]
        (row,) = rows_of(focus["about_member"].loc[[node]])
        paragraphs = [
            t(
                "page.about.member_lead",
                networks=row["networks"],
                possible=row["networks_possible"],
                n=row["peers"],
                status=self.voice.plain_word("status", row["status"]),
            )
        ]
        if "networks_own" in row:
            ways = {"own": row["networks_own"], "via": row["networks_of_municipalities"]}
            paragraphs.append(t("page.about.two_ways", **ways))
        if row["status"] != "connected":
            paragraphs.append(t(f"status_means.{row['status']}"))
        if lacks.empty:
            paragraphs.append(t("portfolio.lacks_none"))
        compared = int(lacks["compared"].iloc[0]) if len(lacks) else 0
        notes = [t(f"portfolio.by_{row['compared_by']}", n=compared), t("means.standing")]
        decided = despite_open_list(lacks)
        if len(decided):
            ids = decided.get("network_id", decided.index)
            words = [self.listing.names["networks"][i] for i in ids]
            shown: dict[str, str] = {la: named([w[la] for w in words]) for la in self.voice.langs}
            notes.append(t("portfolio.decided", n=len(decided), networks=shown))
        networks = focus["about_networks"]
        through = networks["through"].notna().any()
        columns = [
            one.network("name"),
            *([one.text("through", "through", self._through)] if through else []),
            one.word("kind", "kind", "network_kind"),
            one.word("role", "role", "role"),
            one.date("since", "since"),
            one.count("known"),
            one.word("list", "list_status", "list_status", LIST_STATUSES),
        ]
        peers = [
            one.member("name"),
            one.word("kind", "kind", "kind"),
            one.count("networks"),
            one.count("shared"),
            one.share("jaccard", bar=True),
        ]
        lacking = [
            one.network("name"),
            one.word("kind", "kind", "network_kind"),
            one.count("peers_in"),
            one.word("standing", "standing", "standing"),
            one.count("known"),
            one.count("declared"),
        ]
        titles = [t(f"page.about.{name}") for name in ("portfolio", "peers", "lacks")]
        own = networks.fillna({"through": ""})
        own = own.sort_values("name", key=lambda names: names.map(sort_key), kind="stable")
        return paragraphs, [
            one.table("about-networks", titles[0], own, columns, ordered_by=0),
            one.table("about-peers", titles[1], focus["about_peers"], peers),
            one.table("about-lacks", titles[2], lacks, lacking, notes=notes, ordered_by=2),
        ]

    def _through(self, ids: str) -> Markup:
        """Name the municipalities by which a region is in a network."""
        if not ids:
            return self.voice.t("page.about.directly")
        names = [self.listing.names["members"][i] for i in ids.split(";")]
        return self.voice.each({la: ", ".join(n[la] for n in names) for la in self.voice.langs})

    def _about_network(
        self, node: str, focus: Mapping[str, pd.DataFrame]
    ) -> tuple[list[Markup], list[Table]]:
        t, one = self.voice.t, self.listing
        (row,) = rows_of(self.results.coverage.loc[[node]])
        declared = row["declared"]
        lead = t(
            "page.about.network_lead",
            n=row["known"],
            declared="–" if declared is None else declared,
            status=self.voice.plain_word("list_status", row["list_status"]),
        )
        members = [
            one.member("name"),
            one.word("kind", "kind", "kind"),
            one.word("role", "role", "role"),
            one.date("since", "since"),
            one.count("networks"),
        ]
        overlaps = [one.network("name"), one.count("shared"), one.share("jaccard", bar=True)]
        titles = t("page.about.members"), t("page.about.overlaps")
        words = [lead]
        if node in self.pages:
            from markupsafe import Markup

            link = Markup('<a href="{}">{}</a>')
            words.append(link.format(self.pages[node], t("page.about.profile")))
        return words, [
            one.table("about-members", titles[0], focus["about_members"], members, ordered_by=0),
            one.table("about-overlaps", titles[1], focus["about_overlaps"], overlaps, ordered_by=1),
        ]


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
