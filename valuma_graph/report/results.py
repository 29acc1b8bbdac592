"""Everything that the report shows, each thing computed once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from valuma_graph.report.listings import ALPHA
from valuma_graph.report.years import judges, overlaps

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from valuma_graph.affiliation import Affiliation

    Progress = Callable[[str], None]

MIN_SHARED = 2
"""Pairs of members are listed when they share this many networks: very many share one."""

MOST_PAIRS = 100_000
"""Pairs that a table of overlaps holds at most, the largest overlaps first."""


@dataclass(frozen=True, eq=False)
class Results:
    """
    Everything that the report shows.

    Parameters
    ----------
    coverage
        As `coverage` returns it.
    centrality_members, centrality_networks
        As `centrality`.
    brokerage_members
        As `brokerage`.
    structure
        The `summary` of `structure`, one row for each `measure`: `value`.
    structure_networks
        Component, core and bridging of each network, as `structure`.
    overlap_networks, overlap_members
        As `overlap`, at most `MOST_PAIRS`; pairs of networks against chance (`sdsm`), pairs of
        members share `MIN_SHARED` networks or more.
    isolation_municipalities, isolation_regions
        As `isolation` with these levels: places at home. None where the set has no such members,
        and no municipality of which the region is known.
    isolation_members
        As `isolation` of all members.
    """

    coverage: pd.DataFrame
    centrality_members: pd.DataFrame
    centrality_networks: pd.DataFrame
    brokerage_members: pd.DataFrame
    structure: pd.DataFrame
    structure_networks: pd.DataFrame
    overlap_networks: pd.DataFrame
    overlap_members: pd.DataFrame
    isolation_municipalities: pd.DataFrame | None
    isolation_regions: pd.DataFrame | None
    isolation_members: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table there is, by name, in the order of the fields."""
        named = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: frame for name, frame in named.items() if frame is not None}


def analyse(aff: Affiliation, *, progress: Progress | None = None, lang: str = "en") -> Results:
    """
    Compute everything that the report shows, each thing once.

    Parameters
    ----------
    aff
        The affiliation network.
    progress
        Called with the name of each of the `STEPS` as it begins.
    lang
        Language of the names.

    Returns
    -------
    results
        The tables.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> results = analyse(vg.datasets.southern_women())
    >>> results.isolation_members.status.unique().tolist()
    ['connected']
    >>> results.isolation_regions is None
    True
    """
    from valuma_graph import chance, measures

    say = progress or silent
    say("coverage")
    coverage = measures.coverage(aff)
    say("centrality")
    members = measures.centrality(aff)
    networks = measures.centrality(aff, mode="networks")
    say("brokerage")
    brokers = measures.brokerage(aff)
    say("structure")
    whole = measures.structure(aff)
    say("overlap")
    pairs = overlaps(aff)
    pairs.attrs["beyond"] = int((pairs["q"] <= ALPHA).sum())  # before the table is cut
    peers = chance.overlap(aff, mode="members", min_shared=MIN_SHARED)
    say("isolation")
    levels = {
        level: measures.isolation(aff, level=level, lang=lang)
        for level in ("municipality", "region")
        if judges(aff, level)
    }
    return Results(
        coverage=coverage,
        centrality_members=members,
        centrality_networks=networks,
        brokerage_members=brokers,
        structure=whole.summary.rename("value").rename_axis("measure").astype("float64").to_frame(),
        structure_networks=whole.networks,
        overlap_networks=pairs.head(MOST_PAIRS),
        overlap_members=peers.head(MOST_PAIRS),
        isolation_municipalities=levels.get("municipality"),
        isolation_regions=levels.get("region"),
        isolation_members=measures.isolation(aff, lang=lang),
    )


def silent(step: str) -> None:
    """Say nothing of a step."""
