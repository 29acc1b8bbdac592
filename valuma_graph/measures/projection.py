"""Ties of one mode through the other (shared networks, shared members), block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from valuma_graph.kernels import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    import igraph
    from numpy.typing import NDArray

    from valuma_graph.affiliation import Mode

    _What = Literal["shared", "jaccard"]

_WORK = 4_000_000


def degrees(incidence: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """
    Count the ties of every row and every column of a 0/1 matrix.

    Parameters
    ----------
    incidence
        0/1, without stored zeros and duplicates, as `Affiliation.incidence` is.

    Returns
    -------
    rows, columns
        int64.

    Examples
    --------
    >>> rows, columns = degrees(sparse.csr_array([[1, 0, 1], [0, 0, 1]]))
    >>> rows.tolist(), columns.tolist()
    ([2, 1], [1, 0, 2])
    """
    rows = np.diff(incidence.indptr).astype(np.int64)
    columns = np.bincount(incidence.indices, minlength=incidence.shape[1]).astype(np.int64)
    return rows, columns


def of_mode(incidence: sparse.csr_array, mode: Mode) -> sparse.csr_array:
    """
    Return members × networks with the nodes of a mode as rows.

    Examples
    --------
    >>> of_mode(sparse.csr_array([[1, 0, 1]]), "networks").shape
    (3, 1)
    """
    return incidence if mode == "members" else incidence.T.tocsr()


def steps(incidence: sparse.csr_array) -> int:
    """
    Count the steps of the product B Bᵀ: one to each row that a row meets, and one back.

    Parameters
    ----------
    incidence
        B, 0/1.

    Returns
    -------
    steps
        Twice the squared sizes of the columns, summed.

    Examples
    --------
    >>> steps(sparse.csr_array([[1, 1], [0, 1]]))
    10
    """
    _, sizes = degrees(incidence)
    return 2 * int(sizes @ sizes)


def blocks(
    incidence: sparse.csr_array, *, work: int = _WORK
) -> Iterator[tuple[int, int, sparse.csr_array]]:
    """
    Count what the rows share, a block of rows at a time: the product B Bᵀ is never held whole.

    Parameters
    ----------
    incidence
        B, 0/1.
    work
        Steps of the product in one block, which bounds the memory it needs.

    Yields
    ------
    start, stop, shared
        `shared[i, j]` is what the rows `start + i` and `j` have in common, int32; a row shares
        its degree with itself.

    Examples
    --------
    >>> [shared.toarray().tolist() for *_, shared in blocks(sparse.csr_array([[1, 1], [0, 1]]))]
    [[[2, 1], [1, 1]]]
    """
    counts = incidence.astype(np.int32)
    across = counts.T.tocsr()
    _, sizes = degrees(incidence)
    done = np.concatenate([[0], np.cumsum(counts @ sizes)])
    start, n = 0, incidence.shape[0]
    while start < n:
        stop = int(np.searchsorted(done, done[start] + work, side="right")) - 1
        stop = min(max(stop, start + 1), n)
        yield start, stop, counts[start:stop] @ across
        start = stop


def pairs(
    incidence: sparse.csr_array,
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.integer]]]:
    """
    List the pairs of rows that share something, a block of rows at a time.

    Parameters
    ----------
    incidence
        0/1, indices sorted.

    Yields
    ------
    a, b, shared
        The two rows, `a < b`, and what they have in common; `a` ascends, `b` has no order.

    Examples
    --------
    >>> [a.tolist() for block in pairs(sparse.csr_array([[1, 1], [0, 1]])) for a in block]
    [[0], [1], [1]]
    """
    start = 0
    for length, b, shared in _walked(incidence, "shared"):
        stop = start + len(length)
        yield np.repeat(np.arange(start, stop, dtype=np.int32), length), b, shared
        start = stop


def peers(incidence: sparse.csr_array) -> np.ndarray:
    """
    Count for each row the other rows that it shares something with.

    Parameters
    ----------
    incidence
        0/1, indices sorted.

    Returns
    -------
    peers
        int64, one for each row.

    Examples
    --------
    >>> peers(sparse.csr_array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])).tolist()
    [1, 1, 0]
    """
    degree, _ = degrees(incidence)
    met = np.zeros(incidence.shape[0], dtype=np.int64)
    for start, stop, shared in blocks(incidence):
        met[start:stop] = np.diff(shared.indptr)
    return met - (degree > 0)


def common(incidence: sparse.csr_array) -> sparse.csr_array:
    """
    Count what all pairs of rows share: the upper half of B Bᵀ, without its diagonal.

    Parameters
    ----------
    incidence
        B, 0/1, indices sorted.

    Returns
    -------
    shared
        Rows × rows, int32; indices of a row in an order that has no meaning.

    Examples
    --------
    >>> common(sparse.csr_array([[1, 1], [0, 1]])).toarray().tolist()
    [[0, 1], [0, 0]]
    """
    return _upper(incidence, "shared")


def jaccard(incidence: sparse.csr_array) -> sparse.csr_array:
    """
    Compare all pairs of rows: what both have, as a share of what either has.

    Parameters
    ----------
    incidence
        0/1, indices sorted.

    Returns
    -------
    jaccard
        As `common`, float64: x / (s + t − x) for rows of the sizes s and t that share x.

    References
    ----------
    Jaccard, P. (1901). Étude comparative de la distribution florale dans une portion des Alpes
    et des Jura. Bulletin de la Société Vaudoise des Sciences Naturelles 37, 547–579.
    https://doi.org/10.5169/seals-266450

    Examples
    --------
    >>> jaccard(sparse.csr_array([[1, 1], [0, 1]])).toarray().tolist()
    [[0.0, 0.5], [0.0, 0.0]]
    """
    return _upper(incidence, "jaccard")


def _upper(incidence: sparse.csr_array, what: _What) -> sparse.csr_array:
    """Return a value of all pairs of rows that share something, as an upper half."""
    n, dtype = incidence.shape[0], np.int32 if what == "shared" else np.float64
    begins, others, values = [np.zeros(1, dtype=np.int64)], [np.empty(0, dtype=np.int32)], []
    values.append(np.empty(0, dtype=dtype))
    for length, b, value in _walked(incidence, what):
        begins.append(length)
        others.append(b)
        values.append(value)
    indptr = np.cumsum(np.concatenate(begins))
    return sparse.csr_array((np.concatenate(values), np.concatenate(others), indptr), shape=(n, n))


def _walked(
    incidence: sparse.csr_array, what: _What
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[Any]]]:
    """List for each row of a block how many later rows it meets, and which, with a value each."""
    if compiled(steps(incidence)):
        from valuma_graph.kernels import wedges

        order = np.arange(incidence.shape[0], dtype=np.int32)
        yield from wedges.walk(incidence, order, getattr(wedges, what))
        return
    degree = np.diff(incidence.indptr)
    for start, stop, counts in blocks(incidence):
        a, b = np.repeat(np.arange(start, stop), np.diff(counts.indptr)), counts.indices
        later = a < b
        a, b, value = a[later], b[later].astype(np.int32, copy=False), counts.data[later]
        length = np.bincount(a - start, minlength=stop - start)
        yield length, b, value if what == "shared" else value / (degree[a] + degree[b] - value)


def parts(incidence: sparse.csr_array) -> np.ndarray:
    """
    Label the component that each node lies in.

    Parameters
    ----------
    incidence
        Members × networks, 0/1.

    Returns
    -------
    labels
        Of the rows, then of the columns; a node without a tie is a component of its own.

    Examples
    --------
    >>> parts(sparse.csr_array([[1, 0], [0, 1]])).tolist()
    [0, 1, 0, 1]
    """
    n, m = incidence.shape
    pointers = np.concatenate([incidence.indptr, np.full(m, incidence.nnz)])
    square = sparse.csr_array(
        (incidence.data, incidence.indices + n, pointers), shape=(n + m, n + m)
    )
    return np.asarray(csgraph.connected_components(square, directed=False)[1])


def graph(incidence: sparse.csr_array) -> igraph.Graph:
    """
    Return the two-mode graph that paths are walked on: members first, then networks.

    Parameters
    ----------
    incidence
        Members × networks, 0/1.

    Returns
    -------
    graph
        Without attributes; vertex `i` is row `i`, vertex `rows + j` is column `j`.

    Examples
    --------
    >>> graph(sparse.csr_array([[1, 1], [0, 1]])).get_edgelist()
    [(0, 2), (0, 3), (1, 3)]
    """
    import igraph

    members, networks = incidence.shape
    degree, _ = degrees(incidence)
    edges = np.column_stack([np.repeat(np.arange(members), degree), incidence.indices + members])
    return igraph.Graph(n=members + networks, edges=edges)
