"""Random networks under each null model, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from valuma_graph.chance.constraints import Constraints, reordered, sorted_csr
from valuma_graph.chance.pairwise import ALLOWED, check, in_order, unconstrained
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from valuma_graph.affiliation import Affiliation, Mode

NULLS: Final = ALLOWED["null"]
"""The null models that networks are drawn from."""


def matrices(
    aff: Affiliation,
    *,
    null: str = "fdsm",
    draws: int = 1000,
    seed: int = 0,
    constraints: Constraints | None = None,
    mode: Mode = "members",
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[sparse.csr_array]:
    """
    Draw random networks of the same members and networks, one at a time.

    With the observed degrees *k* of the members and *d* of the networks:

    - `hypergeometric`: each node of the mode keeps its degree; with whom it is tied is drawn
      without replacement, all nodes of the other mode being alike.
    - `sdsm`: every tie is drawn by itself with a probability pᵢⱼ such that Σⱼ pᵢⱼ = kᵢ and
      Σᵢ pᵢⱼ = dⱼ: both degrees are kept on average.
    - `fdsm`: both degrees are kept exactly; all networks that do are alike (curveball trades).

    Parameters
    ----------
    aff
        The affiliation network.
    null
        `"hypergeometric"`, `"sdsm"` or `"fdsm"`.
    draws
        How many.
    seed
        Same seed, same networks; the order of the rows of the tables does not matter.
    constraints
        Ties that cannot be or have to be, and strata, in the order of the tables; not with
        `hypergeometric`.
    mode
        Whose degrees `hypergeometric` keeps.
    progress
        Called with the number of networks that are done with, and `draws`.

    Yields
    ------
    matrix
        Members × networks in the order of the tables, 0/1, int8, indices sorted.

    Raises
    ------
    ValueError
        If the null model or mode does not exist, `draws` is below 1, or the null model cannot
        have constraints.
    ConvergenceError
        If no probabilities fit the degrees (sdsm).

    References
    ----------
    Neal, Z. P. (2014). The backbone of bipartite projections: inferring relationships from
    co-authorship, co-sponsorship, co-attendance and other co-behaviors. Social Networks 39,
    84–97. https://doi.org/10.1016/j.socnet.2014.06.001

    Strona, G., Nappo, D., Boccacci, F., Fattorini, S. & San-Miguel-Ayanz, J. (2014). A fast and
    unbiased procedure to randomize ecological binary matrices with fixed row and column totals.
    Nature Communications 5, 4114. https://doi.org/10.1038/ncomms5114

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.southern_women()
    >>> drawn = matrices(aff, null="hypergeometric", draws=3, mode="networks")
    >>> [matrix.sum(axis=0).tolist() == aff.incidence.sum(axis=0).tolist() for matrix in drawn]
    [True, True, True]
    """
    check(null=null, mode=mode, draws=draws, seed=seed)
    bounds = constraints or Constraints()
    parts = (bounds.forbidden, bounds.required, bounds.strata)
    if null == "hypergeometric":
        unconstrained(*parts)
    # In the order of the ids: a draw belongs to the nodes, not to the rows that they stand in.
    incidence, order, across = in_order(aff)
    drawn = _drawn(incidence, null, draws, seed, reordered(bounds, order, across), mode)
    back, back_across = np.argsort(order), np.argsort(across)
    kept = (np.diff(order) > 0).all() and (np.diff(across) > 0).all()
    return _told(
        drawn if kept else (sorted_csr(matrix[back][:, back_across]) for matrix in drawn),
        draws,
        progress,
    )


def _told(
    drawn: Iterator[sparse.csr_array], draws: int, progress: Callable[[int, int], None] | None
) -> Iterator[sparse.csr_array]:
    """Hand on the networks, and tell of each when the next is asked for."""
    for done, matrix in enumerate(drawn, start=1):
        yield matrix
        if progress is not None:
            progress(done, draws)


def _drawn(
    incidence: sparse.csr_array,
    null: str,
    draws: int,
    seed: int,
    constraints: Constraints,
    mode: Mode,
) -> Iterator[sparse.csr_array]:
    if null == "hypergeometric":
        rng = np.random.default_rng(seed)
        rows = incidence if mode == "members" else incidence.T
        degree = projection.degrees(rows.tocsr())[0]
        for _ in range(draws):
            drawn = _without_replacement(degree, rows.shape[1], rng)
            yield drawn if mode == "members" else sorted_csr(drawn.T.tocsr())
        return
    if null == "sdsm":
        from valuma_graph.chance.ensembles import fit

        rng = np.random.default_rng(seed)
        ensemble = fit(incidence, constraints)
        for _ in range(draws):
            yield ensemble.draw(rng)
        return
    from valuma_graph.chance.trades import draw_matrices

    yield from draw_matrices(incidence, constraints, draws=draws, seed=seed)


def _without_replacement(
    degree: np.ndarray, columns: int, rng: np.random.Generator
) -> sparse.csr_array:
    """
    Draw as many columns for each row as its degree says, all sets of columns being alike.

    What is drawn twice is drawn again. For rows of more than half of the columns, what they lack
    is drawn.
    """
    full = degree > columns / 2
    lacking = np.where(full, columns - degree, degree)
    cells = np.empty(0, dtype=np.int64)
    missing = lacking
    while missing.any():
        row = np.repeat(np.arange(len(degree)), missing)
        cells = np.unique(np.append(cells, row * columns + rng.integers(columns, size=len(row))))
        missing = lacking - np.bincount(cells // columns, minlength=len(degree))
    inverse = full[cells // columns] if columns else np.empty(0, dtype=bool)
    dense = np.flatnonzero(full)
    there = np.ones((len(dense), columns), dtype=bool)
    absent = cells[inverse]
    there[np.searchsorted(dense, absent // columns), absent % columns] = False
    row, column = np.nonzero(there)
    cells = np.sort(np.append(cells[~inverse], dense[row] * columns + column))
    ends = np.concatenate([[0], np.cumsum(degree)])
    ones = np.ones(len(cells), dtype=np.int8)
    return sparse.csr_array((ones, cells % max(columns, 1), ends), shape=(len(degree), columns))
