"""The ties that are more than chance: the backbone of a projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from valuma_graph.chance.cells import spread
from valuma_graph.chance.pairwise import check, examine, named, sorted_rows
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from collections.abc import Callable

    import igraph
    import networkx as nx
    from numpy.typing import NDArray

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.chance.constraints import Mask
    from valuma_graph.chance.pairwise import Correction, Findings, Null, Over


@dataclass(frozen=True, eq=False)
class Backbone:
    """
    The ties of a projection that are more than chance.

    Parameters
    ----------
    edges
        One row for each tie, the smallest p first (then what
        is shared, the most first, then ids): `a`, `b` (category over all ids of
        the mode; `a` alphabetically before `b`), `shared` (int), `expected`, `p`, `q` (float),
        `sign` (1: more than chance; -1: less).
    nodes
        All nodes of the mode, index ids, with their kind and names.
    mode
        `"members"` or `"networks"`.
    null
        The null model, or `"disparity"`.
    alpha
        The largest q of a tie.
    correction
        How q allows for many tests.
    summary
        `tests_possible`, `tests_overlapping`: pairs that could share something, and that do;
        `kept`: ties here; `kept_over_possible`, `kept_over_overlapping`: ties if the tests
        counted were these; `kept_uncorrected`: ties if p were not corrected; `nodes`: nodes with
        a tie.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = backbone(vg.datasets.southern_women(), correction="none")
    >>> found.to_networkx().number_of_edges() == len(found.edges)
    True
    """

    edges: pd.DataFrame
    nodes: pd.DataFrame
    mode: Mode
    null: str
    alpha: float
    correction: str
    summary: pd.Series

    def to_networkx(self) -> nx.Graph[str]:
        """
        Return the backbone as a `networkx.Graph`.

        Returns
        -------
        graph
            All nodes of the mode with the known columns of `nodes`; edges with `shared`,
            `expected`, `p`, `q`, `sign`; the graph with `mode`, `null`, `alpha`, `correction`.
        """
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph(**self._about())
        for node, row in zip(self.nodes.index, self.nodes.to_dict("records"), strict=True):
            graph.add_node(node, **{str(k): v for k, v in row.items() if not pd.isna(v)})
        for row in self.edges.to_dict("records"):
            known = {str(k): v for k, v in row.items() if not pd.isna(v)}
            graph.add_edge(known.pop("a"), known.pop("b"), **known)
        return graph

    def to_igraph(self) -> igraph.Graph:
        """
        Return the backbone as an `igraph.Graph`.

        Returns
        -------
        graph
            As `to_networkx`; vertices in the order of `nodes`, with the attribute `name`, and
            None where something is unknown.
        """
        import igraph

        where = self.nodes.index.get_indexer(self.edges["a"].cat.categories)
        ends = np.column_stack([where[self.edges[side].cat.codes] for side in ("a", "b")])
        graph = igraph.Graph(n=len(self.nodes), edges=ends)
        graph.vs["name"] = self.nodes.index.tolist()
        for column in self.nodes:
            graph.vs[column] = _known(self.nodes[column])
        for column in self.edges.columns.difference(["a", "b"], sort=False):
            graph.es[column] = _known(self.edges[column])
        for name, value in self._about().items():
            graph[name] = value
        return graph

    def _about(self) -> dict[str, Any]:
        names = ("mode", "null", "alpha", "correction")
        return {name: getattr(self, name) for name in names}


def backbone(  # noqa: PLR0913
    aff: Affiliation,
    *,
    mode: Mode = "members",
    null: Null = "sdsm",
    alpha: float = 0.05,
    correction: Correction = "fdr_bh",
    over: Over = "possible",
    signed: bool = False,
    draws: int = 1000,
    seed: int = 0,
    forbidden: Mask | str = None,
    required: Mask = None,
    within: str | pd.Series | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backbone:
    """
    Keep the ties of a projection that are more than chance.

    Two nodes that share *x* are tied where P(X ≥ x), corrected for the number of tests, is
    `alpha` or less, *X* being what two such nodes share by chance. Signed, the test is two-sided,
    p = min(1, 2 min(P(X ≥ x), P(X ≤ x))): ties with `sign` 1 share more than chance, ties with
    `sign` -1 less, among them nodes that share nothing at all.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        Ties between `"members"`, or between `"networks"`.
    null
        `"hypergeometric"`, `"sdsm"` or `"fdsm"`, as for `overlap`.
    alpha
        The largest q of a tie, between 0 and 1.
    correction, over
        As for `overlap`.
    signed
        Whether ties that are less than chance are kept too.
    draws, seed, forbidden, required, within, progress
        As for `overlap`.

    Returns
    -------
    backbone
        Its edges, all nodes, and how many ties other choices would have kept.

    Raises
    ------
    ValueError
        If an argument has a value that it does not take, or constraints contradict each other,
        the memberships or the null model.
    ConvergenceError
        If no probabilities fit the degrees (sdsm, fdsm).

    References
    ----------
    Neal, Z. P. (2014). The backbone of bipartite projections: inferring relationships from
    co-authorship, co-sponsorship, co-attendance and other co-behaviors. Social Networks 39,
    84–97. https://doi.org/10.1016/j.socnet.2014.06.001

    Neal, Z. P., Domagalski, R. & Sagan, B. (2021). Comparing alternatives to the fixed degree
    sequence model for extracting the backbone of bipartite projections. Scientific Reports 11,
    23929. https://doi.org/10.1038/s41598-021-03238-3

    Examples
    --------
    >>> import valuma_graph as vg
    >>> women = vg.datasets.southern_women()
    >>> found = backbone(women, mode="networks", correction="none")
    >>> found.edges[["a", "b", "shared", "expected", "p"]].round(3).to_numpy().tolist()
    [['E13', 'E14', 3, 0.707, 0.028], ['E10', 'E12', 5, 2.147, 0.043]]

    Of 91 tests, these are what chance alone brings:

    >>> found = backbone(women, mode="networks")
    >>> found.summary[["tests_possible", "tests_overlapping", "kept"]].tolist()
    [91, 66, 0]
    """
    check(mode=mode, null=null, alpha=alpha, correction=correction, over=over, draws=draws)
    found = examine(
        aff,
        mode=mode,
        null=null,
        alternative="two-sided" if signed else "greater",
        draws=draws,
        seed=seed,
        forbidden=forbidden,
        required=required,
        within=within,
        progress=progress,
    )
    overs: tuple[Over, ...] = ("possible", "overlapping")
    q = {one: found.adjusted(correction, one) for one in overs}
    edges = _edges(found, q[over], alpha, signed=signed)
    summary = found.tests | {"kept": len(edges)}
    summary |= {f"kept_over_{one}": _kept(found, q[one], alpha) for one in overs}
    summary["kept_uncorrected"] = _kept(found, found.adjusted("none", "possible"), alpha)
    return _whole(aff, mode, null, alpha, correction, edges, summary)


def disparity(aff: Affiliation, *, mode: Mode = "members", alpha: float = 0.05) -> Backbone:
    r"""
    Keep the ties of a projection that carry more of a node's ties than an even spread would.

    Two nodes are tied by the number *w* of what they share. A node with *k* neighbours and
    *s* = Σ *w* has its ties by chance if the *w* cut its *s* at random;
    p = (1 − w / s)ᵏ⁻¹ is the chance that a tie is as strong as it is. A tie is kept
    where p is `alpha` or less at one of its ends. It is a filter of the projection alone: it does
    not know that a projection makes a clique of every network, and does not correct for the
    number of ties. `backbone` does both.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        Ties between `"members"`, or between `"networks"`.
    alpha
        The largest p of a tie, between 0 and 1.

    Returns
    -------
    backbone
        As `backbone` returns it, with `p` the smaller of both ends, `q` the same, and `expected`
        missing. Nodes with one neighbour have p = 1 at their end.

    Raises
    ------
    ValueError
        If the mode does not exist, or alpha is not between 0 and 1.

    References
    ----------
    Serrano, M. Á., Boguñá, M. & Vespignani, A. (2009). Extracting the multiscale backbone of
    complex weighted networks. Proceedings of the National Academy of Sciences 106(16), 6483–6488.
    https://doi.org/10.1073/pnas.0808904106

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = disparity(vg.datasets.southern_women(), alpha=0.2)
    >>> found.edges[["a", "b", "shared", "p"]].round(3).head(1).to_numpy().tolist()
    [['Katherina Rogers', 'Sylvia Avondale', 6, 0.07]]
    """
    check(mode=mode, alpha=alpha)
    ids, rows = sorted_rows(aff, mode)
    _, size = projection.degrees(rows)
    strength = rows.astype(np.int64) @ (size - 1)
    neighbours, tests = np.zeros(len(ids), dtype=np.int64), 0
    for a, b, _ in projection.pairs(rows):
        neighbours += np.bincount(a, minlength=len(ids)) + np.bincount(b, minlength=len(ids))
        tests += len(a)
    kept = [np.empty((4, 0))]
    for a, b, shared in projection.pairs(rows):
        ends = [(1 - shared / strength[end]) ** (neighbours[end] - 1) for end in (a, b)]
        p = np.minimum(*ends)
        kept.append(np.stack([a, b, shared, p])[:, p <= alpha])
    a, b, shared = (found := np.concatenate(kept, axis=1))[:3].astype(np.int64)
    edges = pd.DataFrame({"a": a, "b": b, "shared": shared, "expected": np.nan, "p": found[3]})
    edges = _sorted(edges.assign(q=edges["p"], sign=1))
    summary = {"tests_possible": tests, "tests_overlapping": tests, "kept": len(edges)}
    summary |= dict.fromkeys(
        ("kept_over_possible", "kept_over_overlapping", "kept_uncorrected"), len(edges)
    )
    return _whole(aff, mode, "disparity", alpha, "none", edges, summary)


# -- inside ---------------------------------------------------------------------------------------


def _known(values: pd.Series) -> list[Any]:
    """Return values as they are, None where missing."""
    return values.astype(object).where(values.notna(), None).tolist()


def _kept(found: Findings, q: tuple[NDArray[np.float64], NDArray[np.float64]], alpha: float) -> int:
    """Return how many pairs have q of alpha or less."""
    both = zip((found.groups, found.rest), q, strict=True)
    return sum(int(table["count"].to_numpy()[one <= alpha].sum()) for table, one in both)


def _edges(
    found: Findings,
    q: tuple[NDArray[np.float64], NDArray[np.float64]],
    alpha: float,
    *,
    signed: bool,
) -> pd.DataFrame:
    """Return the pairs with q of alpha or less, positions for ids, the smallest p first."""
    parts = []
    for table, one, pairs in (
        (found.groups, q[0], found.pairs),
        (found.rest, q[1], found.rest_pairs),
    ):
        _, rank = np.unique(table["p"], return_inverse=True)
        a, b, at = pairs(np.where(one <= alpha, rank, -1))
        less = table["p_lower"].lt(table["p_upper"]).to_numpy() & signed
        of_group = {name: table[name].to_numpy() for name in ("shared", "expected", "p")}
        of_group |= {"q": one, "sign": np.where(less, -1, 1)}
        columns = {name: spread(values, at) for name, values in of_group.items()}
        parts.append(pd.DataFrame({"a": a, "b": b, **columns}, copy=False))
    if parts[1].empty:
        return parts[0]
    return _sorted(pd.concat(parts))


def _sorted(edges: pd.DataFrame) -> pd.DataFrame:
    by = {"p": True, "shared": False, "a": True, "b": True}
    return edges.sort_values(list(by), ascending=list(by.values()), ignore_index=True)


def _whole(
    aff: Affiliation,
    mode: Mode,
    null: str,
    alpha: float,
    correction: str,
    edges: pd.DataFrame,
    summary: dict[str, int],
) -> Backbone:
    table = aff.members if mode == "members" else aff.networks
    ends = [edges[side].to_numpy() for side in ("a", "b")]
    summary["nodes"] = len(np.unique(np.concatenate(ends)))
    return Backbone(
        edges=edges.assign(**named(table.index.sort_values(), *ends)),
        nodes=table.filter(items=["kind", "name_fi", "name_sv", "name_en"]),
        mode=mode,
        null=null,
        alpha=alpha,
        correction=correction,
        summary=pd.Series(summary, dtype="int64"),
    )
