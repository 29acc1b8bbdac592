"""What the page of a network says: its sections, each statement with its basis and source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valuma_graph.report.cells import Cells
from valuma_graph.report.drawing import Place, place_of
from valuma_graph.report.listings import Cell, Figure, Section
from valuma_graph.report.standing import TECHNICAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.portraits import Profile
    from valuma_graph.report.company import Company
    from valuma_graph.report.listings import Table
    from valuma_graph.report.voice import Voice

    Rows = Sequence[Mapping[str, dict[str, Any]]]


@dataclass(frozen=True)
class NetworkPage(Section):
    """A part of the page of a network: a section, the drawing of its place, what is not known."""

    place: Place | None = None
    gaps: Sequence[Markup] = ()


class Dossier(Cells):
    """
    Say in sections what a profile says, in all languages at once.

    Parameters
    ----------
    aff
        The affiliation network.
    found
        The profile in each language.
    rows
        Its tables, by name: rows in each language; `gaps` has what the goals of a form lack.
    company
        Who takes part in it.
    voice
        The languages.
    """

    def __init__(
        self,
        aff: Affiliation,
        found: Mapping[str, Profile],
        rows: Mapping[str, Rows],
        company: Company,
        voice: Voice,
    ) -> None:
        super().__init__(found, voice)
        self.company = company
        self.aff = aff
        self.rows = rows
        self.one = found[self.first]

    def lead(self) -> Markup:
        """Return what the network is, in a sentence of the report or of its coordinator."""
        rows = self.rows["statements"]
        for row in rows:
            first = row[self.first]
            if first["attribute"] == "description" and first["value"] is not None:
                return self.voice.each(self.texts(row, "value_label"), tag="bdi")
        return self.voice.t("profile.lead")

    def describes(self) -> Markup:
        """Return what year it is judged from, and whether the set has it."""
        there = self.one.network_id in self.aff.networks.index
        key = "profile.describes" if there else "profile.describes_absent"
        if self.aff.year is None:
            return self.voice.t(f"{key}_all")
        return self.voice.t(key, year=str(self.aff.year))

    def sections(self) -> list[NetworkPage]:
        """Return all parts of the page in order."""
        return [
            self._figures(),
            self._statements(),
            self._place(),
            self._money(),
            self._life(),
            self._scorecard(),
            self._risks(),
            self._impact(),
            self._members(),
            self._structure(),
        ]

    # -- parts --------------------------------------------------------------------------------

    def _figures(self) -> NetworkPage:
        t, number, first = self.voice.t, self.voice.number, self.first
        told = [row[first] for row in self.rows["statements"]]
        known = [row for row in told if row["basis"] != "unknown"]
        gaps = {row["attribute"] for row in told if row["basis"] == "unknown"}
        sources = {row["source"] for row in known} - {None}
        note = t("profile.figure.statements_note", sources=len(sources), gaps=len(gaps))
        words = t("profile.figure.statements", n=len(known))
        figures = [Figure(number(len(known)), words, note)]
        for table, good in (("scorecard", "met"), ("risks", "present")):
            counts = Counter(row[first]["answer"] for row in self.rows[table])
            n, total = counts[good], counts.total()
            words = t(f"profile.figure.{table}", n=n)
            note = t(f"profile.figure.{table}_note", total=total, unknown=counts["unknown"])
            # Where nothing could be judged, none found is no finding.
            shown = number(n) if counts["unknown"] < total else t("list_status.unknown")
            figures.append(Figure(shown, words, note))
        graph = {row[first]["id"]: row[first]["value"] for row in self.rows["structure"]}
        if "known" in graph:
            n = int(graph["known"])
            if "declared" in graph:
                note = t("profile.figure.members_note", declared=int(graph["declared"]))
            else:
                note = t("profile.figure.members_note_undeclared")
            figures.append(Figure(number(n), t("profile.figure.members", n=n), note))
        return NetworkPage("figures", t("profile.section.figures"), figures=figures)

    def _statements(self) -> NetworkPage:
        t, rows = self.voice.t, self.rows["statements"]
        first = self.first
        tables, gaps = [], []
        for dimension in dict.fromkeys(row[first]["dimension"] for row in rows):
            mine = [row for row in rows if row[first]["dimension"] == dimension]
            known = [row for row in mine if row[first]["basis"] != "unknown"]
            unknown = [row for row in mine if row[first]["basis"] == "unknown"]
            caption = t(f"dimension.{dimension}")
            if known:
                cells = [
                    [
                        Cell(self.voice.each(self.texts(row, "label"))),
                        self.said(row, "value_label"),
                        self.word(row, "basis", "basis"),
                        self.plain(row, "as_of"),
                        self.source(row),
                    ]
                    for row in known
                ]
                labels = ("question", "answer", "basis", "as_of", "source")
                tables.append(self.table(f"known-{dimension}", caption, labels, cells))
            if unknown:
                names: dict[str, str] = {
                    lang: ", ".join(dict.fromkeys(row[lang]["label"] for row in unknown))
                    for lang in self.voice.langs
                }
                dimensions = self.voice.plain(f"dimension.{dimension}")
                gaps.append(t("profile.gaps", dimension=dimensions, labels=names))
        intro = [t("profile.statements")]
        title = t("profile.section.statements")
        return NetworkPage("statements", title, intro, tables, gaps=gaps)

    def _place(self) -> NetworkPage:
        t, row = self.voice.t, self.row("position")
        groups = (("direction", "code_direction"), ("focus", "code_focus"), ("model", "code_model"))
        cells = [self.fact(f"attribute.{name}", row, name, group) for name, group in groups]
        labels = ("question", "answer", "basis", "source")
        table = self.table("place-facts", t("profile.place.facts"), labels, cells)
        first = row[self.first]
        place = place_of(first.get("direction"), first.get("focus"), first.get("model"), self.voice)
        words = [t("profile.place.intro")]
        title = t("profile.section.place")
        return NetworkPage("place", title, words, [table], place=place)

    def _money(self) -> NetworkPage:
        t, rows = self.voice.t, self.rows["funding"]
        cells = [
            [
                self.said(row, "payer", "payer_id"),
                self.word(row, "funding_kind", "funding_kind"),
                self.said(row, "item"),
                self.amount(row),
                self.share(row, "share"),
                self.years(row),
                self.word(row, "basis", "basis"),
                self.source(row),
            ]
            for row in rows
        ]
        labels = ("payer", "money", "item", "amount", "share", "years", "basis", "source")
        tables = [self.table("funding", t("profile.money.rows"), labels, cells)] if cells else []
        row = self.row("dependence")
        facts = [
            self.whole_fact(f"profile.money.{name}", row, name, cell)
            for name, cell in (
                ("sources", self.count(row, "sources")),
                ("largest_payer", self.said(row, "largest_payer")),
                ("largest_share", self.share(row, "largest_share")),
                ("single_source", self.word(row, "single_source", "verdict")),
                ("project_money", self.word(row, "project_money", "verdict")),
                ("project_share", self.share(row, "project_share")),
                ("project_until", self.year(row, "project_until")),
            )
        ]
        four = ("question", "answer", "basis", "source")
        tables.append(self.table("dependence", t("profile.money.leans"), four, facts))
        words = [] if cells else [t("profile.money.none")]
        words += self.evidence(row)
        return NetworkPage("money", t("profile.section.money"), words, tables)

    def _life(self) -> NetworkPage:
        t, row = self.voice.t, self.row("lifecycle")
        for one in row.values():  # an age is counted from the years
            one |= {"age_basis": "computed", "age_source": one.get("years_source")}
        cells = [
            self.whole_fact(key, row, name, cell, basis=f"{part}_basis", source=f"{part}_source")
            for key, name, cell, part in (
                (
                    "attribute.founded_year",
                    "founded_year",
                    self.year(row, "founded_year"),
                    "years",
                ),
                ("attribute.ended_year", "ended_year", self.year(row, "ended_year"), "years"),
                ("profile.life.age", "age", self.count(row, "age"), "age"),
            )
        ]
        cells += [
            self.fact("attribute.life_phase", row, "phase", "code_phase"),
            self.fact("attribute.stage", row, "stage", "code_stage"),
        ]
        labels = ("question", "answer", "basis", "source")
        table = self.table("life-facts", t("profile.life.facts"), labels, cells)
        return NetworkPage("life", t("profile.section.life"), self.evidence(row), [table])

    def _scorecard(self) -> NetworkPage:
        t, rows, first = self.voice.t, self.rows["scorecard"], self.first
        tables = []
        for factor in dict.fromkeys(row[first]["factor"] for row in rows):
            mine = [row for row in rows if row[first]["factor"] == factor]
            place = self.common(mine)  # once for a factor, where most of its checks have it
            cells = [
                [
                    self.judged(row, "check", "check", above=place),
                    self.word(row, "answer", "verdict"),
                    self.said(row, "evidence"),
                    self.word(row, "basis", "basis"),
                    self.source(row),
                ]
                for row in mine
            ]
            labels = ("check", "result", "evidence", "basis", "source")
            notes = [] if place is None else [self.voice.each(self.why(place))]
            name = f"checks-{factor}"
            tables.append(self.table(name, t(f"factor.{factor}"), labels, cells, notes))
        words = [t("profile.scorecard.intro")]
        return NetworkPage("scorecard", t("profile.section.scorecard"), words, tables)

    def _risks(self) -> NetworkPage:
        t, rows = self.voice.t, self.rows["risks"]
        cells = [
            [
                self.judged(row, "rule", "risk"),
                self.word(row, "answer", "verdict"),
                self.said(row, "evidence"),
                self.word(row, "basis", "basis"),
                self.source(row),
            ]
            for row in rows
        ]
        labels = ("risk", "result", "evidence", "basis", "source")
        table = self.table("risks-all", t("profile.risks.rows"), labels, cells)
        words = [t("profile.risks.intro")]
        chance = [row for row in rows if "q = " in str(row[self.first]["evidence"])]
        words += [t("profile.risks.chance")] if chance else []
        return NetworkPage("risks", t("profile.section.risks"), words, [table])

    def _impact(self) -> NetworkPage:
        t, rows = self.voice.t, self.rows["impact"]
        title = t("profile.section.impact")
        if not rows:
            return NetworkPage("impact", title, [t("profile.impact.none")])
        # Columns that nothing is known for would only make the others narrow.
        more = [c for c in ("goal", "indicator") if any(row[self.first][c] for row in rows)]
        cells = [
            [
                Cell(self.voice.each(self.texts(row, "link"))),
                self.said(row, "item"),
                *(self.said(row, column) for column in more),
                self.word(row, "basis", "basis"),
                self.source(row),
            ]
            for row in rows
        ]
        labels = ("link", "item", *more, "basis", "source")
        tables = [self.table("chain", t("profile.impact.rows"), labels, cells)]
        words = [t("profile.impact.intro")]
        if self.rows["gaps"]:
            tables.append(self._gaps())
        else:
            words.append(t("profile.impact.untied"))
        return NetworkPage("impact", title, words, tables)

    def _gaps(self) -> Table:
        """Return what each goal of a form's own chain has and lacks."""
        rows = self.rows["gaps"]
        cells = [
            [
                self.said(row, "goal"),
                Cell(self.voice.t(f"impact_check.{row[self.first]['check']}")),
                self.word(row, "answer", "verdict"),
                self.said(row, "evidence"),
                self.word(row, "basis", "basis"),
                self.source(row),
            ]
            for row in rows
        ]
        labels = ("goal", "check", "result", "evidence", "basis", "source")
        return self.table("gaps", self.voice.t("profile.impact.gaps"), labels, cells)

    def _members(self) -> NetworkPage:
        t, network = self.voice.t, self.one.network_id
        title = t("profile.section.members")
        table = self.company.table(network, self)
        if table is None:
            return NetworkPage("members", title, [t("profile.members.none")])
        status = self.company.status(network)
        words = {} if status is None else self.voice.plain_word("list_status", status)
        said = [t("profile.members.list", status=words)] if words else []
        return NetworkPage("members", title, said, [table])

    def _structure(self) -> NetworkPage:
        t, rows = self.voice.t, self.rows["structure"]
        title = t("profile.section.structure")
        if not rows:
            return NetworkPage("structure", title, [t("profile.structure.none")])
        among = len(self.aff.networks)
        shown = [row for row in rows if row[self.first]["id"] not in TECHNICAL]
        cells = [self.measured(row, among) for row in shown]
        labels = ("measure", "value", "basis", "source")
        table = self.table("graph", t("profile.structure.rows"), labels, cells)
        return NetworkPage("structure", title, (), [table])
