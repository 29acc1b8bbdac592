"""Ties of one mode through the other (shared networks, shared members), block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    import igraph

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
