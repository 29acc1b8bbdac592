"""Who takes part in a network: the members of its page, each with its roles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.report.listings import Cell
from valuma_graph.text import sort_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.report.cells import Cells
    from valuma_graph.report.listings import Table
    from valuma_graph.report.voice import Voice

    Taking = dict[str, list[dict[str, Any]]]

MOST: Final = 60
"""Members that a page lists by name; of more it counts the kinds."""

_FIELDS: Final = ("network_id", "member_id", "role", "since", "until", "source")


class Company:
    """
    Say who takes part in each of some networks.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids of the networks.
    voice
        The languages.
    """

    def __init__(self, aff: Affiliation, networks: Sequence[str], voice: Voice) -> None:
        rows = aff.memberships[aff.memberships["network_id"].isin(list(networks))]
        rows = rows.reindex(columns=list(_FIELDS)).astype("object")
        self._rows: dict[str, Taking] = {}
        for row in rows.where(rows.notna(), None).to_dict("records"):
            taking = self._rows.setdefault(str(row["network_id"]), {})
            taking.setdefault(str(row["member_id"]), []).append({str(k): v for k, v in row.items()})
        self._names = voice.names(aff, "members")
        self._kinds: Mapping[Any, Any] = aff.members["kind"].to_dict()
        table = aff.networks
        status: pd.Series = (
            table["list_status"] if "list_status" in table else pd.Series(dtype="str")
        )
        self._status = status.dropna().to_dict()

    def status(self, network: str) -> str | None:
        """Return whether the list of a network is complete; None where the set does not say."""
        return self._status.get(network)

    def table(self, network: str, cells: Cells) -> Table | None:
        """Return the members with their roles, or how many of each kind; None of none."""
        taking = self._rows.get(network)
        if not taking:
            return None
        if len(taking) > MOST:
            return self._counted(taking, cells)
        voice = cells.voice
        first = voice.langs[0]
        members = sorted(taking, key=lambda one: (sort_key(self._names[one][first]), one))
        rows = [
            [
                Cell(voice.name(self._names[one])),
                Cell(voice.each(self._roles(taking[one], cells))),
                Cell(_years(taking[one])),
                cells.places(*(row["source"] for row in taking[one])),
            ]
            for one in members
        ]
        labels = ("member", "roles", "years", "source")
        return cells.table("members", voice.t("profile.members.rows"), labels, rows)

    def _roles(self, rows: Sequence[Mapping[str, Any]], cells: Cells) -> dict[str, str]:
        roles = dict.fromkeys(row["role"] for row in rows)
        words = [cells.voice.plain_word("role", role) for role in roles]
        return {lang: ", ".join(one[lang] for one in words) for lang in cells.voice.langs}

    def _counted(self, taking: Taking, cells: Cells) -> Table:
        voice = cells.voice
        counts = Counter(self._kinds.get(member) for member in taking)
        rows = [
            [Cell(voice.word("kind", kind)), Cell(voice.number(n), float(n))]
            for kind, n in counts.most_common()
        ]
        words = voice.t("profile.members.many")
        return cells.table("members", words, ("kind", "count"), rows)


def _years(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return from when to when, where that is known of one of the rows."""
    known = dict.fromkeys((row["since"] or "", row["until"] or "") for row in rows)
    spans = [f"{since}–{until}" for since, until in known if since or until]
    return ", ".join(spans) or "–"
