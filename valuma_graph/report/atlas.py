"""The data of the page: every member, network and membership of every year, once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from valuma_graph.affiliation.snapshots import GRADES
from valuma_graph.policy.wording import cited
from valuma_graph.report.coding import Codes, each
from valuma_graph.report.holding import (
    LEVELS,
    at_homes,
    borders,
    chances,
    classes_of,
    in_regions,
    merged,
    rows,
    states,
)
from valuma_graph.report.listings import LIST_STATUSES
from valuma_graph.report.nodes import (
    known_places,
    members_of,
    networks_of,
    population_year,
    tongues_of,
)
from valuma_graph.report.particulars import central, footprints, statements, themes, words
from valuma_graph.report.shapes import drawn_in, sheet
from valuma_graph.report.years import through

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.maps.vector import Outlines
    from valuma_graph.policy.statements import Answers
    from valuma_graph.report.results import Results
    from valuma_graph.report.sentences import Sentence
    from valuma_graph.report.years import Years

    Told = Mapping[str, Mapping[str, Sequence[Sentence]]]

STARTS: Final = (
    "kind.", "kinds.", "network_kind.", "role.", "country.", "status.", "status_means.",
    "list_status.", "list_used.", "standing.", "basis.", "code_level.", "beyond.", "means.",
    "cli.grade.", "explorer.", "grid.", "plan.",
)  # fmt: skip
"""Beginnings of the texts that the scripts of the page put together or ask for."""

_LITERAL: Final = re.compile(r"[\"'`]([a-z_]+\.[\w.]+)[\"'`]")


def encode(atlas: Mapping[str, Any]) -> str:
    r"""
    Write the data as JSON that can stand inside a page: nothing in it closes a script.

    Parameters
    ----------
    atlas
        As `atlas_of` returns it.

    Examples
    --------
    >>> encode({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    text = json.dumps(atlas, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # A name may hold half a character, which no file can.
    return text.encode("utf-8", "replace").decode("utf-8")


def atlas_of(  # noqa: PLR0913  what the page is made of
    aff: Affiliation,
    results: Results,
    *,
    langs: Sequence[str],
    centre: tuple[Mode, str] | None = None,
    answers: Answers | None = None,
    pages: Mapping[str, str] | None = None,
    reach: pd.DataFrame | None = None,
    prose: Told | None = None,
    script: str = "",
) -> dict[str, Any]:
    """
    Return everything that the explorer of the page asks for, ready to be written as JSON.

    Parameters
    ----------
    aff, results
        The affiliation network and all its results.
    langs
        The languages of the page; the first is shown at the start.
    centre
        The node that the page begins with.
    answers
        What forms say of networks.
    pages
        Addresses of the pages of networks, by id.
    reach
        How networks lie on the map, as `valuma_graph.footprint` returns it.
    prose
        Sentences on `members` and `networks`, by id.
    script
        The script of the page: the texts that it names are part of the data.

    Returns
    -------
    atlas
        Lists and numbers. Years are bits of one number: bit k stands for `years[k]`. Members and
        networks are referred to by position. A member whose `mask` is 0 is not in the set: only
        the map shows it.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.results import analyse
    >>> davis = vg.datasets.southern_women()
    >>> made = atlas_of(davis, analyse(davis), langs=["en"])
    >>> len(made["rows"]), made["years"], made["map"]
    (89, [None], None)
    """
    made = _Atlas(aff, results, tuple(langs), answers, pages or {}, reach)
    return made.all(centre, prose or {}, script)


@dataclass(frozen=True)
class _Atlas:
    aff: Affiliation
    results: Results
    langs: tuple[str, ...]
    answers: Answers | None
    pages: Mapping[str, str]
    reach: pd.DataFrame | None

    def all(
        self,
        centre: tuple[Mode, str] | None,
        prose: Told,
        script: str,
    ) -> dict[str, Any]:
        codes = _Coded()
        groups, of_each = themes(self.whole.networks, self.langs)
        members = members_of(
            self.years,
            self.whole,
            langs=self.langs,
            kinds=codes.kinds,
            countries=codes.countries,
            classes=self.classes,
        )
        ties = rows(
            self.years,
            self.members,
            self.networks,
            roles=codes.roles,
            evidence=codes.evidence,
            sources=codes.sources,
        )
        networks, labels = self._networks(codes)
        networks["themes"] = of_each
        members["tongue"] = tongues_of(self.whole, "members", self.langs, codes.tongues)
        networks["tongue"] = tongues_of(self.whole, "networks", self.langs, codes.tongues)
        lists = states(
            self.years,
            self.networks,
            classes=self.classes,
            statuses=LIST_STATUSES,
            selections=codes.selections,
        )
        said = self._prose(prose, codes)
        spoken = {
            key
            for part in prose.values()
            for sentences in part.values()
            for one in sentences
            for key in one.keys()  # noqa: SIM118  a method of sentences
        }
        return {
            "schema": 1,
            "langs": [*self.langs],
            "year": self.aff.year,
            "years": [*self.years.years],
            "start": _start(centre),
            "narrowed": self.aff.narrowed,
            "populationYear": population_year(self.whole.members),
            "text": words({*spoken, *_LITERAL.findall(script)}, self.langs, starts=STARTS),
            "kinds": codes.kinds.listed,
            "countries": codes.countries.listed,
            "roles": codes.roles.listed,
            "evidence": codes.evidence.listed,
            "networkKinds": codes.network_kinds.listed,
            "levels": codes.levels.listed,
            "listStatuses": [*LIST_STATUSES],
            "selections": codes.selections.listed,
            "themes": groups,
            "members": members,
            "networks": networks,
            "tongues": codes.tongues.listed,
            "labels": labels,
            "rows": ties,
            "states": lists,
            "classes": [
                [codes.kinds.of(kind), codes.countries.of(country or None)]
                for kind, country in self.classes
            ],
            **self._places(),
            "chance": chances(self.years, self.networks, self.results.overlap_networks),
            "central": central(
                self.aff,
                self.results.centrality_members["betweenness"],
                self.members,
                len(self.members),
            ),
            "phrases": [[key, [*names]] for key, names in codes.phrases.listed],
            "links": codes.links.listed,
            "prose": said,
            "sources": [
                each({la: cited(source, la) for la in self.langs}, self.langs)
                for source in codes.sources.listed
            ],
        }

    # -- who there is -------------------------------------------------------------------------

    @cached_property
    def years(self) -> Years:
        return through(self.aff)

    @cached_property
    def drawn(self) -> list[Outlines]:
        return drawn_in(self.years)

    @cached_property
    def homes(self) -> dict[str, dict[str, int]]:
        return at_homes(self.years)

    @cached_property
    def whole(self) -> Affiliation:
        """All members and networks of any year; those that only the map shows come last."""
        judged = [place for level in LEVELS for place in self.homes.get(level, ())]
        towns = [str(town) for one in self.drawn for town in one.municipalities.index]
        return known_places(self.years, [*judged, *towns])

    @cached_property
    def members(self) -> dict[str, int]:
        return {str(node): k for k, node in enumerate(self.whole.members.index)}

    @cached_property
    def networks(self) -> dict[str, int]:
        return {str(node): k for k, node in enumerate(self.whole.networks.index)}

    @cached_property
    def classes(self) -> list[tuple[str, str]]:
        return classes_of(self.whole.members)

    # -- what is known of it ------------------------------------------------------------------

    def _networks(self, codes: _Coded) -> tuple[dict[str, list[Any]], list[Any]]:
        columns = networks_of(
            self.whole,
            langs=self.langs,
            kinds=codes.network_kinds,
            levels=codes.levels,
            pages=self.pages,
        )
        labels, told = statements(
            self.aff,
            [node for node in self.pages if node in self.networks],
            answers=self.answers,
            langs=self.langs,
            sources=codes.sources,
        )
        lie = {} if self.reach is None else footprints(self.reach)
        columns["footprint"] = [lie.get(node) for node in columns["id"]]
        columns["profile"] = [told.get(node) for node in columns["id"]]
        return columns, labels

    def _places(self) -> dict[str, Any]:
        at = self.members
        return {
            "home": {
                level: [[at[place], mask] for place, mask in places.items()]
                for level, places in self.homes.items()
            },
            "inRegion": [
                [at[town], at[region], mask]
                for (town, region), mask in in_regions(self.years).items()
                if region in at
            ],
            "merged": [
                [at[town], at[into], mask]
                for (town, into), mask in merged(self.years).items()
                if town in at and into in at
            ],
            "borders": [[at[a], at[b], mask] for (a, b), mask in borders(self.years).items()],
            "map": sheet(self.drawn, self.years.base, at) if self.drawn else None,
        }

    def _prose(self, prose: Told, codes: _Coded) -> dict[str, dict[str, list[Any]]]:
        found = {}
        for part, at in (("members", self.members), ("networks", self.networks)):
            told = prose.get(part, {})
            found[part] = {
                str(at[node]): [self._packed(one, codes) for one in sentences]
                for node, sentences in told.items()
                if node in at and sentences
            }
        return found

    def _packed(self, sentence: Sentence, codes: _Coded) -> list[Any]:
        """Return the phrase, its values in order with links by number, and the source if any."""
        told = sentence.to_json(self.members, self.networks, source=codes.sources.of)
        key, values, *source = told
        phrase = codes.phrases.of((key, tuple(values)))
        shown = [
            ["a", codes.links.of(value[1]), value[2]] if _is_link(value) else value
            for value in values.values()
        ]
        return [phrase, *shown, *(at for at in source if at >= 0)]


class _Coded:
    """The lists of values that the data refers to by position."""

    def __init__(self) -> None:
        self.kinds = Codes()
        self.countries = Codes()
        self.roles = Codes()
        self.evidence = Codes(GRADES)
        self.network_kinds = Codes()
        self.levels = Codes()
        self.selections = Codes()
        self.sources = Codes()
        self.tongues = Codes()
        self.phrases = Codes()
        self.links = Codes()


def _is_link(value: object) -> bool:
    return isinstance(value, list) and value[:1] == ["a"]


def _start(centre: tuple[Mode, str] | None) -> dict[str, str] | None:
    if centre is None:
        return None
    return {"place" if centre[0] == "members" else "network": centre[1]}
