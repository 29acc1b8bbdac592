"""What holds the network together, and where it would break: components, cores, nestedness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.measures import projection

if TYPE_CHECKING:
    from scipy import sparse

    from valuma_graph.affiliation import Affiliation


@dataclass(frozen=True, eq=False)
class Structure:
    """
    How an affiliation network hangs together.

    Parameters
    ----------
    summary
        The whole in numbers, see `structure`.
    members
        One row for each member: `component`, `core`.
    networks
        One row for each network: `component`, `core`, `bridging`, `splits_into`,
        `members_cut_off`, `strands`.
    """

    summary: pd.Series
    members: pd.DataFrame
    networks: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Cuts:
    """
    What would happen if each network were taken away, one at a time.

    Parameters
    ----------
    parts
        For each network: into how many parts with a network in them its component falls
        (1: it holds together; 0: no other network is left in it).
    cut_off
        For each network: members of its component that are no longer in the largest part.
    strands
        For each network: members that have no other network.
    depends_on
        For each member: position of the nearest network without which it is cut off from a
        larger part of its component; -1 for none, also for members of one network only.
    """

    parts: np.ndarray
    cut_off: np.ndarray
    strands: np.ndarray
    depends_on: np.ndarray


def structure(aff: Affiliation) -> Structure:
    """
    Describe components, cores, nestedness, and the networks whose removal splits the graph.

    All of it on the two-mode graph, in which a tie joins a member and a network. A *component*
    is a part whose nodes reach each other; 1 is the main component, the one with most members
    (then most networks, then the member whose id comes first). The *core* number of a node is
    the largest k such that it belongs to a part in which every node has k ties or more
    (Seidman 1983). A network is *bridging* when taking it away leaves two or more parts of its
    component that each still have a network, that is, when it is a cut vertex and not only the
    sole network of some members: these are its *strands*, and are counted apart.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    structure
        `summary` (Series, dtype object): `members`, `networks`, `memberships` (distinct ties),
        `density` (share of the possible ties), `components` (those with a tie),
        `largest_component_members`, `largest_component_networks`, `largest_component_share`
        (of all members), `members_without_network`, `networks_without_member`, `max_core`,
        `bridging_networks`, `nodf`, `nodf_members`, `nodf_networks` (see `nodf`).

        `members`, indexed like `aff.members`: `component` (Int64, missing without a tie),
        `core` (int, 0 without a tie).

        `networks`, indexed like `aff.networks`: `component`, `core`; `bridging` (bool);
        `splits_into` (parts with a network left in them, 1 for a network that does not split,
        0 for one that is alone in its component); `members_cut_off` (members no longer in the
        largest part left, its strands among them); `strands` (members left with no network).

    References
    ----------
    Seidman, S. B. (1983). Network structure and minimum degree. Social Networks 5, 269–287.
    https://doi.org/10.1016/0378-8733(83)90028-X

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = vg.structure(vg.datasets.southern_women())
    >>> found.summary[["components", "largest_component_members", "max_core"]].to_dict()
    {'components': 1, 'largest_component_members': 18, 'max_core': 4}
    >>> int(found.networks.bridging.sum())
    0
    """
    incidence = aff.incidence
    n, m = incidence.shape
    member_part, network_part = components(aff)
    core = np.array(projection.graph(incidence).coreness() or [], dtype=np.int64)
    cut = cuts(incidence)
    members = pd.DataFrame({"component": member_part, "core": core[:n]}, index=aff.members.index)
    networks = pd.DataFrame(
        {
            "component": network_part,
            "core": core[n:],
            "bridging": cut.parts > 1,
            "splits_into": cut.parts,
            "members_cut_off": cut.cut_off,
            "strands": cut.strands,
        },
        index=aff.networks.index,
    )
    inside = int((member_part == 1).sum())
    summary = {
        "members": n,
        "networks": m,
        "memberships": int(incidence.nnz),
        "density": incidence.nnz / (n * m) if n * m else np.nan,
        "components": int(member_part.max()) if member_part.notna().any() else 0,
        "largest_component_members": inside,
        "largest_component_networks": int((network_part == 1).sum()),
        "largest_component_share": inside / n if n else np.nan,
        "members_without_network": int(member_part.isna().sum()),
        "networks_without_member": int(network_part.isna().sum()),
        "max_core": int(core.max(initial=0)),
        "bridging_networks": int((cut.parts > 1).sum()),
        **nodf(aff).to_dict(),
    }
    return Structure(pd.Series(summary, dtype=object, name="structure"), members, networks)


def components(aff: Affiliation) -> tuple[pd.Series, pd.Series]:
    """
    Give every node the number of its component, the largest first.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    members, networks
        Int64, indexed like `aff.members` and `aff.networks`: 1 for the component with most
        members (then most networks, then the member whose id comes first), missing for a node
        without a tie.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> members, networks = components(vg.datasets.southern_women())
    >>> int(members.max()), int(networks.max())
    (1, 1)
    """
    incidence = aff.incidence
    n, _ = incidence.shape
    raw = projection.parts(incidence)
    tied = np.concatenate([degree > 0 for degree in projection.degrees(incidence)])
    number = number_by_size(np.where(tied, raw, -1), aff.members.index)
    labels = pd.array(number, dtype="Int64")
    labels[number == 0] = pd.NA
    return (
        pd.Series(labels[:n], index=aff.members.index, name="component"),
        pd.Series(labels[n:], index=aff.networks.index, name="component"),
    )


def number_by_size(labels: np.ndarray, members: pd.Index) -> np.ndarray:
    """
    Give numbers from 1 on to groups of both modes, the one with most members first.

    Ties go to the group with most networks, then to the one whose first member id comes first,
    so that the numbers do not lean on the order of the rows.

    Parameters
    ----------
    labels
        Group of each member, then of each network; negative for none.
    members
        Ids of the members.

    Returns
    -------
    numbers
        Aligned with `labels`; 0 for none.

    Examples
    --------
    >>> number_by_size(np.array([5, 7, 7, -1, 5, 7]), pd.Index(["a", "b", "c", "d"])).tolist()
    [2, 1, 1, 0, 2, 1]
    """
    n = len(members)
    numbers = np.zeros(len(labels), dtype=np.int64)
    grouped = labels >= 0
    if not grouped.any():
        return numbers
    found, code = np.unique(labels[grouped], return_inverse=True)
    is_member = np.flatnonzero(grouped) < n
    in_members = np.bincount(code[is_member], minlength=len(found))
    in_networks = np.bincount(code[~is_member], minlength=len(found))
    alphabetical = np.empty(n, dtype=np.int64)
    alphabetical[members.argsort()] = np.arange(n)
    first = np.full(len(found), n, dtype=np.int64)
    np.minimum.at(first, code[is_member], alphabetical[grouped[:n]])
    rank = np.empty(len(found), dtype=np.int64)
    rank[np.lexsort((first, -in_networks, -in_members))] = np.arange(1, len(found) + 1)
    numbers[grouped] = rank[code]
    return numbers


def nodf(aff: Affiliation) -> pd.Series:
    """
    Measure nestedness by overlap and decreasing fill.

    Members are nested when those with few networks are in networks that members with many are
    in too. For each pair of members with unlike degrees: the percentage of the networks of the
    one with fewer that the other is in as well; 0 for a pair with equal degrees. `nodf_members`
    is the mean over all pairs of members (N rows of the paper), `nodf_networks` over all pairs
    of networks (N columns), `nodf` over both kinds of pair together. Nodes without a tie are
    left out: nestedness says how the ties that exist lie.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    scores
        `nodf`, `nodf_members`, `nodf_networks`: 0 to 100, missing where there is no pair.

    References
    ----------
    Almeida-Neto, M., Guimarães, P., Guimarães, P. R., Loyola, R. D. & Ulrich, W. (2008).
    A consistent metric for nestedness analysis in ecological systems: reconciling concept and
    measurement. Oikos 117, 1227–1239. https://doi.org/10.1111/j.0030-1299.2008.16644.x

    Examples
    --------
    >>> import valuma_graph as vg
    >>> nodf(vg.datasets.southern_women()).round(1).to_dict()
    {'nodf': 48.6, 'nodf_members': 48.2, 'nodf_networks': 49.2}
    """
    return nestedness(aff.incidence)


def nestedness(incidence: sparse.csr_array) -> pd.Series:
    """
    Measure the nestedness of a matrix: `nodf` without the tables.

    Parameters
    ----------
    incidence
        Members × networks, 0/1.

    Returns
    -------
    scores
        See `nodf`.

    Examples
    --------
    >>> from scipy import sparse
    >>> nestedness(sparse.csr_array([[1, 1, 1], [1, 1, 0], [1, 0, 0]])).tolist()
    [100.0, 100.0, 100.0]
    """
    sides = (_paired_overlap(incidence), _paired_overlap(incidence.T.tocsr()))
    total, pairs = (sum(part) for part in zip(*sides, strict=True))
    scores = [(total, pairs), *sides]
    return pd.Series(
        [100 * share / count if count else np.nan for share, count in scores],
        index=["nodf", "nodf_members", "nodf_networks"],
        name="nodf",
    )


def _paired_overlap(incidence: sparse.csr_array) -> tuple[float, float]:
    """Return the sum of the shares over pairs of rows of unlike degree, and the pairs there are."""
    degree, _ = projection.degrees(incidence)
    total = 0.0
    for start, stop, shared in projection.blocks(incidence):
        own = np.repeat(degree[start:stop], np.diff(shared.indptr))
        other = degree[shared.indices]
        smaller = own < other  # each pair once, seen from its poorer row
        total += float((shared.data[smaller] / own[smaller]).sum())
    filled = int((degree > 0).sum())
    return total, filled * (filled - 1) / 2


def cuts(incidence: sparse.csr_array) -> Cuts:
    """
    Find out what each network holds together.

    Parameters
    ----------
    incidence
        Members × networks, 0/1.

    Returns
    -------
    cuts
        See `Cuts`.

    Notes
    -----
    The graph is cut into its biconnected blocks; blocks and cut vertices form trees (Hopcroft &
    Tarjan 1973, https://doi.org/10.1145/362248.362272), on which one walk up and one down give
    the size of every part that any removal leaves, in time proportional to the graph.

    Examples
    --------
    >>> from scipy import sparse
    >>> chain = sparse.csr_array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]])
    >>> cuts(chain).parts.tolist(), cuts(chain).strands.tolist()
    ([1, 2, 1], [1, 0, 1])
    """
    n, m = incidence.shape
    degree, size = projection.degrees(incidence)
    alone = degree == 1
    strands = np.zeros(m, dtype=np.int64)
    np.add.at(strands, incidence[alone].indices, 1)
    parts = np.where(size > strands, 1, 0)
    cut_off = strands.copy()
    depends_on = np.full(n, -1, dtype=np.int64)
    # Members with one network hang on it alone: they weigh on it, and the rest is cut.
    kept = incidence.tocoo()
    rest = ~alone[kept.row]
    edges = np.column_stack([kept.row[rest], kept.col[rest] + n])
    weight = np.concatenate([np.where(alone, 0, 1), strands])
    for tree in _block_trees(n + m, edges):
        _cut_tree(tree, weight, n, Cuts(parts, cut_off, strands, depends_on))
    return Cuts(parts, cut_off, strands, depends_on)


@dataclass(frozen=True, eq=False)
class _BlockTree:
    """
    Blocks and cut vertices of one component.

    `neighbours[x]` lists the tree nodes beside node `x`; `inner[x]` holds the vertices that lie
    in block `x` alone, or the cut vertex itself; `vertex[x]` is the cut vertex, -1 for a block.
    """

    neighbours: list[list[int]]
    inner: list[list[int]]
    vertex: list[int]


def _block_trees(vertices: int, edges: np.ndarray) -> list[_BlockTree]:
    """Return the tree of each component that has a cut vertex."""
    import igraph

    graph = igraph.Graph(n=vertices, edges=edges)
    cover, cut = graph.biconnected_components(return_articulation_points=True)
    if not cut:
        return []
    blocks = [list(block) for block in cover]
    node = {v: len(blocks) + i for i, v in enumerate(cut)}
    neighbours: list[list[int]] = [[node[v] for v in block if v in node] for block in blocks]
    neighbours += [[] for _ in cut]
    for x in range(len(blocks)):
        for y in neighbours[x]:
            neighbours[y].append(x)
    inner = [[v for v in block if v not in node] for block in blocks] + [[v] for v in cut]
    vertex = [-1] * len(blocks) + list(cut)
    trees, seen = [], [False] * len(neighbours)
    for start in node.values():
        if not seen[start]:
            order, _ = _walk(neighbours, start)
            here = {x: i for i, x in enumerate(order)}
            for x in order:
                seen[x] = True
            trees.append(
                _BlockTree(
                    neighbours=[[here[y] for y in neighbours[x]] for x in order],
                    inner=[inner[x] for x in order],
                    vertex=[vertex[x] for x in order],
                )
            )
    return trees


def _walk(neighbours: list[list[int]], root: int) -> tuple[list[int], dict[int, int]]:
    """Return the nodes of a tree from the root outwards, and the parent of each."""
    order, parent = [root], {root: -1}
    for x in order:
        for y in neighbours[x]:
            if y not in parent:
                parent[y] = x
                order.append(y)
    return order, parent


def _cut_tree(tree: _BlockTree, weight: np.ndarray, n: int, cut: Cuts) -> None:
    """Fill in `cut` for one component."""
    own = [int(weight[inside].sum()) for inside in tree.inner]
    # Rooted at its centre, a tree has the larger part on the root's side of every other node.
    root = _centre(tree.neighbours, own)
    order, parent = _walk(tree.neighbours, root)
    below = _weights_below(order, parent, own)
    total = below[root]
    nearest = [-1] * len(order)
    for x in order:
        up = parent[x]
        if tree.vertex[x] < n:  # a block, or a cut member: nothing of its own to depend on
            nearest[x] = nearest[up] if up >= 0 and nearest[x] < 0 else nearest[x]
            continue
        nearest[x] = nearest[up] if up >= 0 else -1
        branches = {y: total - below[x] if y == up else below[y] for y in tree.neighbours[x]}
        largest = max(branches.values())
        network = tree.vertex[x] - n
        cut.parts[network] = len(branches)
        cut.cut_off[network] = total - largest
        for y, size in branches.items():
            if y != up:
                nearest[y] = network if size < largest else nearest[x]
    for x in order:
        for v in tree.inner[x]:
            if v < n:
                cut.depends_on[v] = nearest[x]


def _weights_below(order: list[int], parent: dict[int, int], own: list[int]) -> list[int]:
    below = own.copy()
    for x in reversed(order[1:]):
        below[parent[x]] += below[x]
    return below


def _centre(neighbours: list[list[int]], own: list[int]) -> int:
    """Return the node whose heaviest branch is lightest."""
    order, parent = _walk(neighbours, 0)
    below = _weights_below(order, parent, own)
    heaviest = [below[0] - below[x] for x in range(len(own))]
    for x in order[1:]:
        heaviest[parent[x]] = max(heaviest[parent[x]], below[x])
    return int(np.argmin(heaviest))
