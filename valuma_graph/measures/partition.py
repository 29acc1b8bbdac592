"""Communities of both modes at once, by Barber's two-mode modularity."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from valuma_graph import kernels
from valuma_graph.measures import cohesion, projection

if TYPE_CHECKING:
    from valuma_graph.affiliation import Affiliation

_GAIN = 1e-12
_HEATS = np.concatenate([np.geomspace(1, 0.25, 200), np.zeros(10)])
_COUNTS = (8, 4, 16, 32)
_AROUND = (1, 0.75, 1.25)
_COOLED_TIES = 4_000_000
_LEIDEN_TIES = 500_000
_NOISE = 1 << 16
_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Communities:
    """
    A division of members and networks into communities.

    Parameters
    ----------
    members, networks
        Community of each node, Int64, 1 = the largest; missing for a node without a tie.
    modularity
        Barber's modularity of the division.
    """

    members: pd.Series
    networks: pd.Series
    modularity: float


def communities(
    aff: Affiliation, *, resolution: float = 1.0, tries: int = 20, seed: int = 0
) -> Communities:
    """
    Divide members and networks into communities that are tied more than chance would have it.

    Maximises Barber's modularity, see `barber_modularity`, from two kinds of starting points,
    and keeps the best:

    - The Leiden algorithm; since it maximises the modularity of one-mode graphs, its
      communities are refined: networks move to the community that gains most, then members,
      until nothing gains (BRIM, Barber 2007).
    - Networks put into 4 to 32 communities at random, and BRIM with noise that dies down:
      members, then networks, go to a community with a probability that rises with their gain
      (exp(gain / temperature), the gain in ties), while the temperature falls from 1 to 0.25
      in 200 rounds. The first starts try numbers of communities, the others stay near the best.

    Leiden is strong where communities are clear, the other where they are diffuse. Maximising
    is a heuristic: another seed can find a division that is as good and a little different.

    Parameters
    ----------
    aff
        The affiliation network.
    resolution
        Higher values give more and smaller communities; 1.0 is Barber's modularity proper.
    tries
        How many starting points of either kind. Fewer where the network is large: as many as
        have 500,000 ties together, but 1, for Leiden; 4,000,000, but 6, for the other.
    seed
        Same seed, same communities; the order of the rows does not matter.

    Returns
    -------
    communities
        `members` and `networks` (Int64 Series indexed like the tables; 1 for the community
        with most members, then most networks, then the member whose id comes first; missing
        for a node without a tie) and `modularity` (NaN without any tie), at the resolution.

    Raises
    ------
    ValueError
        If `tries` is below 1 or `resolution` is negative.

    References
    ----------
    Barber, M. J. (2007). Modularity and community detection in bipartite networks. Physical
    Review E 76, 066102. https://doi.org/10.1103/PhysRevE.76.066102

    Kirkpatrick, S., Gelatt, C. D. & Vecchi, M. P. (1983). Optimization by simulated annealing.
    Science 220, 671–680. https://doi.org/10.1126/science.220.4598.671

    Traag, V. A., Waltman, L. & van Eck, N. J. (2019). From Louvain to Leiden: guaranteeing
    well-connected communities. Scientific Reports 9, 5233.
    https://doi.org/10.1038/s41598-019-41695-z

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = vg.communities(vg.datasets.southern_women())
    >>> round(found.modularity, 4), int(found.members.max())
    (0.3455, 4)
    """
    if tries < 1:
        raise ValueError(f"tries must be 1 or more, not {tries}")
    if resolution < 0:
        raise ValueError(f"resolution must be 0 or more, not {resolution}")
    # In the order of the ids, so that a table sorted otherwise has the same communities.
    order, across = aff.members.index.argsort(), aff.networks.index.argsort()
    incidence = aff.incidence[order][:, across]
    n, m = incidence.shape
    best, found = np.nan, np.full(n + m, -1, dtype=np.int64)
    if incidence.nnz:
        best, found = _divide(incidence, resolution, tries, seed)
    degree, size = projection.degrees(incidence)
    found = np.where(np.concatenate([degree, size]) > 0, found, -1)
    number = cohesion.number_by_size(found, aff.members.index[order])
    numbers = pd.array(number, dtype="Int64")
    numbers[number == 0] = pd.NA
    members = pd.Series(numbers[:n], index=aff.members.index[order], name="community")
    networks = pd.Series(numbers[n:], index=aff.networks.index[across], name="community")
    return Communities(
        members=members.reindex(aff.members.index),
        networks=networks.reindex(aff.networks.index),
        modularity=best,
    )


def barber_modularity(
    aff: Affiliation, *, members: pd.Series, networks: pd.Series, resolution: float = 1.0
) -> float:
    """
    Compute Barber's two-mode modularity of a division.

    Q = 1/E · Σᵢⱼ (Bᵢⱼ − γ kᵢ dⱼ / E) over members *i* and networks *j* of the same community,
    with E ties, degrees *k* and *d*, and the resolution γ.

    Parameters
    ----------
    aff
        The affiliation network.
    members, networks
        Community of each node, indexed by its id; a missing one is in no community.
    resolution
        γ, 1.0 in Barber (2007).

    Returns
    -------
    modularity
        At most 1; 0 when all are in one community; NaN without any tie.

    Raises
    ------
    ValueError
        If a node has no row in the divisions.

    References
    ----------
    Barber, M. J. (2007). Modularity and community detection in bipartite networks. Physical
    Review E 76, 066102. https://doi.org/10.1103/PhysRevE.76.066102

    Examples
    --------
    >>> import pandas as pd, valuma_graph as vg
    >>> aff = vg.datasets.southern_women()
    >>> one = {m: pd.Series(1, index=getattr(aff, m).index) for m in ("members", "networks")}
    >>> barber_modularity(aff, **one)
    0.0
    """
    for given, index in ((members, aff.members.index), (networks, aff.networks.index)):
        if not index.isin(given.index).all():
            raise ValueError(f"no community is given for {index[~index.isin(given.index)][0]!r}")
    both = pd.concat([members.reindex(aff.members.index), networks.reindex(aff.networks.index)])
    labels, _ = pd.factorize(both)
    n = len(aff.members)
    return _modularity(aff.incidence, labels[:n], labels[n:], resolution)


def _modularity(
    incidence: sparse.csr_array, members: np.ndarray, networks: np.ndarray, resolution: float
) -> float:
    if not incidence.nnz:
        return np.nan
    degree, size = projection.degrees(incidence)
    tie = np.repeat(members, degree)
    inside = int(((tie == networks[incidence.indices]) & (tie >= 0)).sum())
    count = int(max(members.max(initial=0), networks.max(initial=0))) + 1
    k = np.bincount(members[members >= 0], degree[members >= 0], minlength=count)
    d = np.bincount(networks[networks >= 0], size[networks >= 0], minlength=count)
    return float(inside / incidence.nnz - resolution * (k @ d) / incidence.nnz**2)


def _divide(
    incidence: sparse.csr_array, resolution: float, tries: int, seed: int
) -> tuple[float, np.ndarray]:
    """Return the best modularity, and the labels of rows and columns that have it."""
    n = incidence.shape[0]

    def rated(labels: np.ndarray) -> tuple[float, np.ndarray]:
        return _modularity(incidence, labels[:n], labels[n:], resolution), labels

    ties = incidence.nnz
    starts = _leiden(incidence, resolution, min(tries, max(1, _LEIDEN_TIES // ties)), seed)
    found = [rated(_refine(incidence, labels, resolution)) for labels in starts]
    cooled = min(tries, max(6, _COOLED_TIES // ties))
    seeds = np.random.SeedSequence(seed).spawn(cooled)
    across = incidence.T.tocsr()
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def search(counts: list[int], first: int) -> list[tuple[float, np.ndarray]]:
            tasks = zip(counts, seeds[first : first + len(counts)], strict=True)
            return [
                rated(labels)
                for labels in pool.map(lambda t: _cool(incidence, across, resolution, *t), tasks)
            ]

        first = list(_COUNTS[:cooled])
        tried = search(first, 0)
        near = first[int(np.argmax([quality for quality, _ in tried]))]
        rest = [round(near * _AROUND[k % len(_AROUND)]) for k in range(cooled - len(first))]
        found += tried + search(rest, len(first))
    # The first of those that are equally good.
    best = max(quality for quality, _ in found)
    labels = next(labels for quality, labels in found if quality > best - _GAIN)
    return rated(_refine(incidence, _apart(incidence, labels), resolution))


def _leiden(
    incidence: sparse.csr_array, resolution: float, tries: int, seed: int
) -> list[np.ndarray]:
    import igraph

    graph = projection.graph(incidence)
    rounds = min(10, max(2, _LEIDEN_TIES // incidence.nnz))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  no secret is drawn
    try:
        found = [
            graph.community_leiden(
                objective_function="modularity", resolution=resolution, n_iterations=rounds
            ).membership
            for _ in range(tries)
        ]
    finally:
        igraph.set_random_number_generator(random)
    return [np.array(labels, dtype=np.int64) for labels in found]


def _cool(
    incidence: sparse.csr_array,
    across: sparse.csr_array,
    resolution: float,
    count: int,
    seed: np.random.SeedSequence,
) -> np.ndarray:
    """Divide at random into so many communities, and let rows and columns settle as it cools."""
    rng = np.random.default_rng(seed)
    count = min(count, *incidence.shape)
    noise = rng.gumbel(size=_NOISE + count)
    rows = np.zeros(incidence.shape[0], dtype=np.int32)
    columns = rng.integers(count, size=incidence.shape[1], dtype=np.int32)
    settle = _settle
    if kernels.compiled(incidence.nnz * len(_HEATS)):
        from valuma_graph.kernels import moves

        settle = moves.settle
    degree, size = projection.degrees(incidence)
    scale = resolution / incidence.nnz
    sides = ((incidence, columns, size, rows), (across, rows, degree, columns))
    for heat in _HEATS:
        for matrix, other, ties, own in sides:
            weight = np.bincount(other, ties, minlength=count)
            offset = rng.integers(_NOISE, size=len(own), dtype=np.int32)
            ends = matrix.indptr, matrix.indices
            settle(*ends, other, weight, scale, heat, noise, offset, own)
    return np.concatenate([rows, columns]).astype(np.int64)


def _settle(  # noqa: PLR0913, PLR0917
    pointers: np.ndarray,
    others: np.ndarray,
    other: np.ndarray,
    weight: np.ndarray,
    scale: float,
    heat: float,
    noise: np.ndarray,
    offset: np.ndarray,
    own: np.ndarray,
) -> None:
    """Do what `kernels.moves.settle` does, without it."""
    count = len(weight)
    matrix = sparse.csr_array(
        (np.ones(len(others)), others, pointers), shape=(len(own), len(other))
    )
    there = np.eye(count)[other]
    shifted = np.lib.stride_tricks.sliding_window_view(noise, count)
    expected = scale * np.diff(pointers)
    step = max(1, _CELLS // count)
    for start in range(0, len(own), step):
        here = slice(start, start + step)
        gain = matrix[here] @ there - expected[here, None] * weight
        gain += heat * shifted[offset[here]]
        own[here] = gain.argmax(axis=1)


def _apart(incidence: sparse.csr_array, labels: np.ndarray) -> np.ndarray:
    """Make communities of what does not hang together within a community: it always gains."""
    n = incidence.shape[0]
    inside = incidence.tocoo()
    kept = labels[:n][inside.row] == labels[n:][inside.col]
    size = len(labels)
    ties = sparse.coo_array(
        (np.ones(kept.sum()), (inside.row[kept], inside.col[kept] + n)), shape=(size, size)
    )
    return np.asarray(csgraph.connected_components(ties, directed=False)[1], dtype=np.int64)


def _refine(incidence: sparse.csr_array, labels: np.ndarray, resolution: float) -> np.ndarray:
    """Let networks, then members, move to where they gain most, until nothing gains."""
    n = incidence.shape[0]
    across = incidence.T.tocsr()
    members, networks = labels[:n], labels[n:]
    quality = _modularity(incidence, members, networks, resolution)
    while True:
        networks = _best_side(across, members, networks, resolution)
        members = _best_side(incidence, networks, members, resolution)
        better = _modularity(incidence, members, networks, resolution)
        if better <= quality + _GAIN:
            return np.concatenate([members, networks])
        quality = better


def _best_side(
    incidence: sparse.csr_array, other: np.ndarray, own: np.ndarray, resolution: float
) -> np.ndarray:
    """Put each row into the community where it gains most, given the communities of the columns."""
    degree, size = projection.degrees(incidence)
    count = int(max(other.max(), own.max())) + 1
    to = sparse.csr_array(
        (np.ones(len(other)), (np.arange(len(other)), other)), shape=(len(other), count)
    )
    ties = (incidence.astype(np.float64) @ to).tocsr()
    ties.sort_indices()
    row = np.repeat(np.arange(len(own)), np.diff(ties.indptr))
    weight = np.bincount(other, size, minlength=count)
    gain = ties.data - resolution * degree[row] * weight[ties.indices] / incidence.nnz
    order = np.lexsort((ties.indices, -gain, row))
    first = order[np.unique(row[order], return_index=True)[1]]
    best = own.copy()
    best[row[first]] = ties.indices[first]
    return best
