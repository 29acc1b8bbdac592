"""Risks that the graph and the members show: duplicates, no meetings, one tie, and departures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import ConvergenceError
from valuma_graph.policy import keeping, statements
from valuma_graph.policy.ages import places, read_year
from valuma_graph.policy.dues import network_called
from valuma_graph.policy.links import meetings, open_lists
from valuma_graph.policy.payments import holding, is_paid, payments
from valuma_graph.policy.verdicts import Verdict, plain
from valuma_graph.text import chance, number, t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers
    from valuma_graph.policy.verdicts import Facts

NEARLY_ALL: Final = 0.75
"""Share of the smaller network from which on it is nearly within the other."""

SPAN: Final = 5
"""Years that departures are counted over."""

ROLES: Final = ("coordinator", "host", "funder")
_TOGETHER: Final = ("part_of", "umbrella_of", "related_to", "member_of", "grew_out_of")


@dataclass(eq=False)
class Table:
    """What the rules look up; what costs time is done once, when a rule first asks."""

    aff: Affiliation
    facts: Facts
    graph: dict[str, dict[str, Any]]
    alpha: float
    _alike: dict[str, pd.DataFrame] | None = None
    _left: pd.DataFrame | None = None
    _names: pd.Series | None = None
    _roles: dict[str, list[dict[str, Any]]] | None = None
    _payers: dict[str, tuple[set[str], list[str | None]]] | None = None
    _tied: pd.DataFrame | None = None

    def say(self, key: str, **values: object) -> str:
        """Write evidence of the catalogue."""
        return t(f"risk_evidence.{key}", self.facts.lang, **values)

    def alike(self) -> dict[str, pd.DataFrame]:
        """Return by network the pairs beyond chance that nearly hold the smaller."""
        if self._alike is None:
            found = _alike(self.aff, self.alpha)
            self._alike = {str(n): part for n, part in found.groupby("a")}
        return self._alike

    def named(self, networks: list[str]) -> list[str]:
        """Return the names of networks of the set."""
        if self._names is None:
            lang = self.facts.lang
            self._names = statements.names_of(self.aff, [*self.aff.networks.index], lang=lang)
        return [str(n) for n in self._names[networks]]

    def tied(self, network: str) -> set[str]:
        """Return the networks that the data tie to one."""
        if self._tied is None:
            table = keeping.relations()
            self._tied = table[table["relation"].isin(_TOGETHER)]
        one, other = self._tied["from_id"], self._tied["to_id"]
        return {*other[one.eq(network)], *one[other.eq(network)]}

    def roles(self) -> dict[str, list[dict[str, Any]]]:
        """Return who coordinates, hosts and pays in each network where somebody does."""
        if self._roles is None:
            rows = self.aff.memberships
            rows = rows[rows["role"].isin(ROLES)]
            self._roles = {}
            for row in rows.to_dict("records"):
                held = {str(column): value for column, value in row.items()}
                self._roles.setdefault(str(row["network_id"]), []).append(held)
        return self._roles

    def payers(self, network: str) -> tuple[set[str], list[str | None]]:
        """Return who pays a network in the year by any source that is known, and those sources."""
        if self._payers is None:
            self._payers = {}
            table = holding(payments(self.aff, answers=self.facts.answers), self.facts.year)
            row: dict[str, Any]
            for row in table.to_dict("records"):  # type: ignore[assignment]
                if is_paid(row) and row["coding"].kind != "in_kind":
                    who, where = self._payers.setdefault(str(row["network_id"]), (set(), []))
                    who |= {payer.key for payer in row["payers"]}
                    where.append(plain(row["source"]) or None)
        return self._payers.get(network, (set(), []))

    def left(self) -> pd.DataFrame:
        """Return the departures of each network."""
        if self._left is None:
            self._left = departures(self.aff, answers=self.facts.answers, year=self.facts.year)
        return self._left

    def row(self, network: str) -> dict[str, Any] | None:
        """Return what the graph says; None where it says nothing."""
        return self.graph.get(network)


@keeping.remembered
def _alike(aff: Affiliation, alpha: float) -> pd.DataFrame:
    from valuma_graph.chance.overlaps import overlap

    stated = "countries" in aff.networks and aff.networks["countries"].notna().any()
    known = bool(stated and aff.members["country"].notna().any())
    try:
        pairs = overlap(aff, null="sdsm", forbidden="country" if known else None)
    except ConvergenceError:  # too few memberships for the model: nothing is beyond chance
        return pd.DataFrame(columns=["a", "b"])
    near = (pairs["q"] <= alpha) & (pairs["overlap_coefficient"] >= NEARLY_ALL)
    found = pairs[near].astype({"a": "str", "b": "str"})
    if found.empty:
        return found
    turned = found.rename(columns={"a": "b", "b": "a", "size_a": "size_b", "size_b": "size_a"})
    both = pd.concat([found, turned], ignore_index=True)
    complete = aff.networks["list_status"].eq("complete")
    smaller = both["a"].where(both["size_a"] <= both["size_b"], both["b"])
    level = both["size_a"].eq(both["size_b"])
    sure = smaller.map(complete) | (level & both["b"].map(complete))
    both["sure"] = both["a"].map(complete) & both["b"].map(complete)
    return both[sure.astype(bool)].sort_values(["q", "b"])


def duplicate(table: Table, network: str) -> Verdict | None:
    """Judge whether another network shares nearly all members, and more than chance."""
    row, lang = table.row(network), table.facts.lang
    if row is None or not row["members"]:
        return None
    pairs = table.alike().get(network)
    source = table.facts.from_graph(network)
    if pairs is not None:
        tied = table.tied(network)
        said = [
            table.say(
                "duplicate" if p["b"] not in tied else "duplicate_tied", name=name,
                shared=_shared(p, lang),
                smaller=number(min(p["size_a"], p["size_b"]), lang),
                expected=number(p["expected"], lang, 1), q=chance(p["q"], lang),
            )
            for p, name in zip(
                pairs.to_dict("records"), table.named(pairs["b"].tolist()), strict=True
            )
        ]  # fmt: skip
        return Verdict("; ".join(said), "computed", "risk_duplicate", source, holds=True)
    if not row["complete"]:
        return Verdict(table.say("open_list"), source=source)
    words = table.say("no_duplicate")
    if row["open_lists"]:
        return Verdict(f"{words}; {open_lists(row, lang)}", source=source)
    return Verdict(words, "computed", "risk_duplicate", source, holds=False)


def _shared(pair: Mapping[Any, Any], lang: str) -> str:
    """Write how many members are shared; more where a list lacks some."""
    count = number(pair["shared"], lang)
    return count if pair["sure"] else t("risk_evidence.at_least", lang, n=count)


def nowhere_else(table: Table, network: str) -> Verdict | None:
    """Judge whether its members share other networks."""
    row = table.row(network)
    if row is None or not row["pairs"]:
        return None
    source = table.facts.from_graph(network)
    if not row["complete"]:
        return Verdict(table.say("open_list"), source=source)
    meet, words = meetings(row, table.facts.lang)
    if meet is None:
        return Verdict(words, source=source)
    return Verdict(words, "computed", "risk_nowhere_else", source, holds=not meet)


def _linking(row: dict[str, Any], lang: str) -> str:
    count = number(int(row["linking"]), lang)
    return t("risk_evidence.at_least", lang, n=count) if row["open_lists"] else count


def one_member(table: Table, network: str) -> Verdict | None:
    """Judge whether its links to others rest on one member."""
    row = table.row(network)
    if row is None or row["members"] < 2:  # noqa: PLR2004  of one member, it is all that there is
        return None
    source = table.facts.from_graph(network)
    if not row["complete"]:
        return Verdict(table.say("open_list"), source=source)
    member = row["depends_on"]
    hangs = isinstance(member, str)
    if hangs:
        words = table.say("through_one", member=table.aff.names(lang=table.facts.lang)[member])
    elif row["linking"]:
        words = table.say("through_several", count=_linking(row, table.facts.lang))
    else:
        words = table.say("no_links")
    # A membership that is not known might be the second link, or the first.
    if row["open_besides"] and (hangs or not row["linking"]):
        return Verdict(f"{words}; {open_lists(row, table.facts.lang)}", source=source)
    return Verdict(words, "computed", "risk_one_link", source, holds=hangs)


# -- who has left ---------------------------------------------------------------------------------


def departures(aff: Affiliation, *, answers: Answers, year: int) -> pd.DataFrame:
    """
    Count the members that have left each network in the five years up to a year.

    A departure is a row of a former member with the year, or a membership that has ended while
    the network goes on, of a member that is not in it any more. Mergers of municipalities are
    none, nor is the end of a term that was over for all. What sources do not tell is not counted:
    a lower bound, unless `tracked`.

    Parameters
    ----------
    aff
        The affiliation network; memberships that it has set aside count here.
    answers
        What coordinators say: members that their forms list.
    year
        The last year.

    Returns
    -------
    departures
        Index `network_id`, of networks with departures or with `tracked` lists: `left`, `of`
        (members and those that have left; declared members where more), `since` (the first
        year), `tracked` (bool: a form gives since or until of every member), `source`.
    """
    return _departures(aff, answers, year).copy(deep=False)


@keeping.remembered
def _departures(aff: Affiliation, answers: Answers, year: int) -> pd.DataFrame:
    parts = [_of_set(aff, year), _of_forms(answers, year)]
    rows = [r for part in parts for r in part]
    columns = ["network_id", "left", "of", "since", "tracked", "source"]
    found = pd.DataFrame(rows, columns=columns).drop_duplicates("network_id", keep="last")
    return found.set_index("network_id")


def _year(column: pd.Series) -> pd.Series:
    """Return the years of dates; missing where there is none."""
    return pd.Series([read_year(v) for v in column], index=column.index, dtype="float64")


def _of_set(aff: Affiliation, year: int) -> list[tuple[object, ...]]:
    kept = aff.memberships
    whole = pd.concat([kept, aff.set_aside], ignore_index=True)
    whole = whole[whole["listed_id"].isna() & ~_merged(aff, whole["member_id"])]
    until = _year(whole["until"])
    former = whole["role"].eq("former_member") & (until <= year)
    if "reason" in whole:
        over = whole["role"].isin(["member", "coordinator"]) & (until < year)
        over &= whole["reason"].eq("outside_interval")
        former |= over & _others_stayed(whole, until, over)
    here = set(
        zip(kept.loc[kept["counted"], "network_id"], kept.loc[kept["counted"], "member_id"],
            strict=True)
    )  # fmt: skip
    gone = whole[former & (until > year - SPAN)]
    pairs = zip(gone["network_id"], gone["member_id"], strict=True)
    away = pd.Series([pair not in here for pair in pairs], index=gone.index, dtype=bool)
    rows: list[tuple[object, ...]] = []
    declared = pd.to_numeric(aff.networks["declared_total"], errors="coerce")
    sizes = kept[kept["counted"]].groupby("network_id")["member_id"].nunique()
    for network, part in gone[away].groupby("network_id"):
        if network not in aff.networks.index:
            continue
        left = part["member_id"].nunique()
        known = int(sizes.get(network, 0))
        number = declared[str(network)]
        members = known if pd.isna(number) else max(known, int(number))
        source = places(part["source"]) if "source" in part else None
        rows.append((network, left, left + members, year - SPAN + 1, False, source))
    return rows


def _others_stayed(whole: pd.DataFrame, until: pd.Series, over: pd.Series) -> pd.Series:
    """Tell where others stayed; when the term of all is over, nobody has left."""
    since, last = _year(whole["since"]).fillna(-1), until.fillna(9999)
    belongs = whole["role"].isin(["member", "coordinator"])
    stayed = pd.Series(data=False, index=whole.index)
    for network, ends in until[over].groupby(whole["network_id"]):
        of_it = belongs & whole["network_id"].eq(network)
        for end in ends.unique():
            others = bool((of_it & (since <= end) & (last > end)).any())
            stayed[ends.index[ends.eq(end)]] = others
    return stayed


def _merged(aff: Affiliation, members: pd.Series) -> pd.Series:
    """Tell which municipalities have merged into others by the year of the set."""
    if aff.gazetteer is None:
        return pd.Series(data=False, index=members.index)
    now = members.map(aff.gazetteer.successors(division_of(aff.year)))
    return now.notna() & now.ne(members)


def _of_forms(answers: Answers, year: int) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    table = answers.memberships
    roles = table["role"].fillna("member").isin(["", "member", "coordinator", "former_member"])
    for written, part in table[roles].groupby("network"):
        network = network_called(str(written), answers)
        since, until = _year(part["since"]), _year(part["until"])
        tracked = bool((since.notna() | until.notna()).all())
        recent = (until < year) | (part["role"].eq("former_member") & (until <= year))
        left = part.loc[recent & (until > year - SPAN), "member"].nunique()
        stay = part.loc[~(until < year) & ~part["role"].eq("former_member"), "member"].nunique()
        if not (tracked or left) or not left + stay:
            continue
        source = places(_sources(answers, network))
        rows.append((network, left, left + stay, year - SPAN + 1, tracked, source))
    return rows


def _sources(answers: Answers, network: str) -> list[str]:
    table = answers.networks
    if network not in table.index:
        return []
    source = table.loc[network, "source"]
    return [str(source)] if isinstance(source, str) and source else []
