"""All pairs of one mode, tested against chance: what overlaps and backbones have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from valuma_graph.affiliation import Mode
from valuma_graph.chance.cells import Cells, count_cells, pairs_in, unshared, unshared_pairs
from valuma_graph.chance.corrections import CORRECTIONS, adjusted
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from scipy import sparse

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.chance.constraints import Constraints, Mask

    At = NDArray[np.integer]
    Int = NDArray[np.int64]
    Float = NDArray[np.float64]
    Tails = tuple[Float, Float, Float]
    Pairs = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

Null = Literal["hypergeometric", "sdsm", "fdsm"]
Alternative = Literal["greater", "less", "two-sided"]
Correction = Literal["fdr_bh", "holm", "bonferroni", "none"]
Over = Literal["possible", "overlapping"]

ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "mode": get_args(Mode),
    "null": get_args(Null),
    "alternative": get_args(Alternative),
    "correction": CORRECTIONS,
    "over": get_args(Over),
}
"""Values of the arguments that are words."""

LEAST: Final[Mapping[str, int]] = {"min_shared": 1, "draws": 1, "seed": 0}
"""Least values of the arguments that are whole numbers."""


@dataclass(frozen=True, eq=False)
class Side:
    """
    The rows of one mode, in the order of their ids.

    Parameters
    ----------
    ids
        Sorted.
    incidence
        Their rows; columns in the order of their ids too.
    row_class
        Class of each row.
    cells
        Pairs of rows that share something.
    """

    ids: pd.Index
    incidence: sparse.csr_array
    row_class: NDArray[np.int64]
    cells: Cells

    @property
    def degree(self) -> NDArray[np.int64]:
        """Ties of each row."""
        return projection.degrees(self.incidence)[0]


@dataclass(frozen=True, eq=False)
class Findings:
    """
    Pairs of one mode against chance, in groups of pairs that cannot be told apart.

    Parameters
    ----------
    side
        The rows.
    groups
        Pairs that share something: classes `first` and `second`, `shared`, `count`, `expected`,
        `p_upper`, `p_lower`, and `p` of the alternative. A group is a cell of `side`, or with
        `a` and `b` a single pair.
    rest
        The same of pairs that share nothing, but could.
    """

    side: Side
    groups: pd.DataFrame
    rest: pd.DataFrame

    @property
    def tests(self) -> dict[str, int]:
        """Number of tests: all possible ones, and those of pairs that share something."""
        overlapping = int(self.groups["count"].sum())
        possible = overlapping + int(self.rest["count"].sum())
        return {"tests_possible": possible, "tests_overlapping": overlapping}

    def adjusted(self, correction: Correction, over: Over) -> tuple[Float, Float]:
        """Return q of the groups and of the rest; not a number where the rest is not tested."""
        tests = self.tests[f"tests_{over}"]
        parts = [self.groups, self.rest] if over == "possible" else [self.groups]
        p, count = (np.concatenate([one[name] for one in parts]) for name in ("p", "count"))
        q = adjusted(p, count, tests=tests, method=correction)
        if over == "overlapping":
            return q, np.full(len(self.rest), np.nan)
        return q[: len(self.groups)], q[len(self.groups) :]

    def pairs(self, rank: NDArray[np.integer]) -> Pairs:
        """
        Return positions `a < b` and the group of the pairs of groups with a rank of 0 or more.

        They are sorted by rank, then by what they share, the most first, then by `a` and `b`.
        """
        side = self.side
        if "a" not in self.groups:
            return pairs_in(side.incidence, side.row_class, side.cells, rank)
        which = np.flatnonzero(rank >= 0).astype(np.int32)
        shared, a, b = (self.groups[name].to_numpy()[which] for name in ("shared", "a", "b"))
        order = np.lexsort((b, a, -shared, rank[which]))
        return a[order], b[order], which[order]

    def rest_pairs(self, rank: NDArray[np.integer]) -> Pairs:
        """Return the same of the pairs that share nothing, in no order."""
        side, which = self.side, np.flatnonzero(rank >= 0).astype(np.int32)
        first, second = (self.rest[name].to_numpy()[which] for name in ("first", "second"))
        a, b, at = unshared_pairs(side.incidence, side.row_class, side.cells, first, second)
        return a, b, which[at]


def check(**given: object) -> None:
    """Raise ValueError for a word that an argument does not take, or a number out of its range."""
    for name, value in given.items():
        if name in ALLOWED and value not in ALLOWED[name]:
            raise ValueError(f"{name} must be one of {', '.join(ALLOWED[name])}, not {value!r}")
        if name in LEAST and (
            isinstance(value, bool)
            or not isinstance(value, (int, np.integer))
            or value < LEAST[name]
        ):
            raise ValueError(f"{name} must be a whole number, {LEAST[name]} or more, not {value!r}")
        if name in {"alpha", "level"} and not (isinstance(value, (int, float)) and 0 < value < 1):
            raise ValueError(f"{name} must be between 0 and 1, not {value!r}")


def unconstrained(*constraints: object) -> None:
    """Raise ValueError for constraints where the null model, or its absence, has none."""
    if any(one is not None for one in constraints):
        raise ValueError("forbidden, required and within need null to be sdsm or fdsm")


def counted(aff: Affiliation, mode: Mode) -> Findings:
    """Count what all pairs of a mode share, without a test: there are no p and no rest."""
    side = _by_degree(aff, mode)
    cells = side.cells
    columns = {"first": cells.first, "second": cells.second, "shared": cells.shared}
    return Findings(side, pd.DataFrame(columns | {"count": cells.count}), pd.DataFrame())


def named(ids: pd.Index, a: At, b: At) -> dict[str, Any]:
    """Return the columns `a` and `b` of pairs: positions as categories over all ids."""
    kind = pd.CategoricalDtype(ids)
    return {name: pd.Categorical.from_codes(at, dtype=kind) for name, at in (("a", a), ("b", b))}


def sorted_rows(aff: Affiliation, mode: Mode) -> tuple[pd.Index, sparse.csr_array]:
    """Return the ids of a mode in their order, and the rows of the incidence that are theirs."""
    return _ids(aff, mode), projection.of_mode(in_order(aff)[0], mode)


def examine(  # noqa: PLR0913
    aff: Affiliation,
    *,
    mode: Mode,
    null: Null,
    alternative: Alternative,
    draws: int,
    seed: int,
    forbidden: Mask | str,
    required: Mask,
    within: str | pd.Series | None,
    progress: Callable[[int, int], None] | None,
) -> Findings:
    """Test all pairs of a mode; the arguments are those of `overlap`."""
    from valuma_graph.chance import tails

    check(draws=draws, seed=seed)
    if null == "hypergeometric":
        unconstrained(forbidden, required, within)
        side = _by_degree(aff, mode)
        size, columns = np.unique(side.degree), side.incidence.shape[1]

        def model(cells: Cells) -> Tails:
            return tails.hypergeometric(
                size[cells.first], size[cells.second], cells.shared, columns
            )

        rest = unshared(side.cells, side.row_class)
        can = (size[rest.first] > 0) & (size[rest.second] > 0)
        return _exact(side, _chosen(rest, can), model, alternative)

    from valuma_graph.chance.constraints import constraints, reordered
    from valuma_graph.chance.ensembles import fit

    incidence, *orders = in_order(aff)
    bounds = constraints(aff, forbidden=forbidden, required=required, within=within)
    bounds = reordered(bounds, *orders)
    ensemble = fit(incidence, bounds)
    if mode == "networks":
        ensemble = ensemble.transposed()
    rows, row_class = projection.of_mode(incidence, mode), ensemble.row_class
    side = Side(_ids(aff, mode), rows, row_class, count_cells(rows, row_class))
    some = (ensemble.probability > 0).astype(np.float32)
    rest = unshared(side.cells, row_class)
    rest = _chosen(rest, (some @ some.T > 0)[rest.first, rest.second])
    if null == "fdsm":
        how: dict[str, Any] = {"mode": mode, "draws": draws, "seed": seed}
        return _drawn(side, rest, incidence, bounds, alternative, how, progress)
    return _exact(
        side,
        rest,
        lambda cells: tails.poisson_binomial(ensemble, cells.first, cells.second, cells.shared),
        alternative,
    )


# -- inside ---------------------------------------------------------------------------------------


def _by_degree(aff: Affiliation, mode: Mode) -> Side:
    """Return one mode, with its degrees as classes."""
    ids, rows = sorted_rows(aff, mode)
    _, row_class = np.unique(np.diff(rows.indptr), return_inverse=True)
    return Side(ids, rows, row_class, count_cells(rows, row_class))


def _ids(aff: Affiliation, mode: Mode) -> pd.Index:
    return (aff.members if mode == "members" else aff.networks).index.sort_values()


def in_order(
    aff: Affiliation,
) -> tuple[sparse.csr_array, NDArray[np.int64], NDArray[np.int64]]:
    """Return members × networks in the order of their ids, and the two orders."""
    members, networks = aff.members.index.argsort(), aff.networks.index.argsort()
    incidence = aff.incidence[members][:, networks]
    incidence.sort_indices()
    return incidence, members, networks


def _chosen(cells: Cells, wanted: NDArray[np.bool_]) -> Cells:
    return Cells(*(one[wanted] for one in (cells.first, cells.second, cells.shared, cells.count)))


def _exact(
    side: Side, rest: Cells, model: Callable[[Cells], Tails], alternative: Alternative
) -> Findings:
    """Test cells with exact tails; those that share nothing only where p is not 1 anyway."""
    groups = _frame(side.cells, *model(side.cells), alternative)
    if alternative == "greater":
        return Findings(side, groups, _untested(rest))
    return Findings(side, groups, _frame(rest, *model(rest), alternative))


def _untested(rest: Cells) -> pd.DataFrame:
    """Return the table of pairs that share nothing, where only p_upper = 1 is wanted."""
    one = np.ones(len(rest))
    return _frame(rest, one * np.nan, one, one * np.nan, "greater")


def _frame(
    cells: Cells,
    expected: Float,
    upper: Float,
    lower: Float,
    alternative: Alternative,
    at: NDArray[np.int32] | None = None,
) -> pd.DataFrame:
    """Return a table of cells, or of the pairs that lie in the cells `at`, and their tails."""
    sided = np.minimum(1, 2 * np.minimum(upper, lower))
    p = {"greater": upper, "less": lower, "two-sided": sided}[alternative]
    count = cells.count if at is None else np.ones(len(at), dtype=np.int64)
    first, second, shared = (
        one if at is None else one[at] for one in (cells.first, cells.second, cells.shared)
    )
    counts = {"first": first, "second": second, "shared": shared, "count": count}
    chances = {"expected": expected, "p_upper": upper, "p_lower": lower, "p": p}
    return pd.DataFrame({**counts, **chances}, copy=False)


def _drawn(
    side: Side,
    rest: Cells,
    incidence: sparse.csr_array,
    bounds: Constraints,
    alternative: Alternative,
    how: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> Findings:
    """Test pairs by drawing networks; p is (hits + 1) / (draws + 1)."""
    from valuma_graph.chance import trades

    cells, draws = side.cells, how["draws"]
    zero = np.zeros(len(cells), dtype=np.int64)
    a, b, cell = pairs_in(side.incidence, side.row_class, cells, zero)
    shared = cells.shared.astype(np.int32)[cell]
    passes = 1 if alternative == "greater" else 2

    def told(done: int, _: int) -> None:
        if progress is not None:
            progress(done, passes * draws)

    def again(done: int, _: int) -> None:
        told(draws + done, draws)

    above, below, mean = trades.hits(incidence, bounds, a, b, shared, progress=told, **how)
    del shared
    upper, lower = ((hits + 1) / (draws + 1) for hits in (above, below))
    groups = _frame(cells, mean, upper, lower, alternative, cell).assign(a=a, b=b)
    if alternative == "greater":
        return Findings(side, groups, _untested(rest))
    known = trades.unshared_hits(incidence, bounds, side.row_class, progress=again, **how)
    known = known.set_index(["first", "second"])
    known = known.reindex(pd.MultiIndex.from_arrays([rest.first, rest.second]))
    chances = known["expected"].to_numpy(), np.ones(len(rest)), known["p_lower"].to_numpy()
    return Findings(side, groups, _frame(rest, *chances, alternative))
