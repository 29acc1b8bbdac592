"""Whether what a measure says of a network is more, or less, than chance would have it."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph import measures
from valuma_graph.affiliation import Affiliation, Mode
from valuma_graph.chance import draws as drawing
from valuma_graph.chance.constraints import constraints, reordered
from valuma_graph.chance.pairwise import check
from valuma_graph.measures import HOLES, cohesion, projection

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy import sparse

    from valuma_graph.chance.constraints import Mask

    Reals = NDArray[np.float64]
    Measuring = Callable[[sparse.csr_array], pd.Series]

_CENTRALITIES: Final = ("degree", "closeness", "betweenness", "eigenvector")
_WHOLE: Final = ("nestedness", "modularity", "isolation")
MEASURES: Final = (*_CENTRALITIES, *HOLES, *_WHOLE)
"""What `significance` knows by name; the last three are of the whole network."""

_TRIES: Final = 3
"""Starting points of the search for communities, in the observed network and in each drawn one."""
_TIE: Final = 1e-9
_NOTHING: Final = 1e-15


def significance(  # noqa: PLR0913
    aff: Affiliation,
    measure: str | Callable[[Affiliation], pd.Series | float],
    *,
    mode: Mode = "members",
    null: str = "fdsm",
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    forbidden: Mask | str = None,
    required: Mask = None,
    within: str | pd.Series | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """
    Compare a measure with what it is in random networks of a null model.

    The network is drawn anew `draws` times, see `matrices`, and measured each time. Of the D
    draws in which the measure has a value, k have one at least as large as the observed:
    p_upper = (k + 1) / (D + 1), never 0; p_lower likewise. What the null model keeps is no news:
    under `fdsm` every degree is as expected.

    Parameters
    ----------
    aff
        The affiliation network.
    measure
        Of each node of the mode: `"degree"`, `"closeness"`, `"betweenness"`, `"eigenvector"`
        (see `centrality`), `"constraint"`, `"effective_size"`, `"efficiency"`, `"hierarchy"`
        (see `brokerage`).

        Of the whole:

        - `"nestedness"`: `nodf`, `nodf_members`, `nodf_networks`, see `nodf`;
        - `"modularity"`: Barber's, of the best division that `communities` finds in 3 tries, in
          the observed network as in the drawn ones; random networks have communities too;
        - `"isolation"`: `members_without_network`, `members_with_one_network`, `components`
          (with a tie), `members_outside_main_component` (that have a network, but do not lie in
          the component with most members), `bridging_networks` (see `structure`).

        Or a function of an `Affiliation` that returns a Series or a number. The drawn ones have
        the members and networks of `aff`, and memberships that say no more than who is where.
    mode
        Whose measure it is, for those of each node, and whose degrees `hypergeometric` keeps.
    null
        `"fdsm"` (both degrees are kept exactly), `"hypergeometric"` (those of the mode are) or
        `"sdsm"` (both on average); see Notes on what that makes of the whole network.
    draws
        Random networks. The smallest p possible is 1 / (draws + 1).
    seed
        Same seed, same result; the order of the rows of the tables does not matter.
    level
        Share of the draws that lie from `low` to `high`.
    forbidden, required
        Memberships that cannot be, or have to be, see `constraints`; `sdsm` and `fdsm` only.
    within
        A column of `aff.members`, or a Series by member_id: each network keeps its number of
        members in every class of it; `sdsm` and `fdsm` only.
    progress
        Called with the number of networks drawn and measured, and `draws`.

    Returns
    -------
    compared
        Indexed like `aff.members` (or `aff.networks`), by the names above, or as the Series of
        the function is; `["value"]` for a number. All float but the last:

        - `observed`; `expected`, `sd`: mean and standard deviation of the draws;
        - `z`: (observed − expected) / sd, NaN where all draws are alike. It is no p-value: what
          is measured is seldom normal;
        - `p_upper`, `p_lower`: of a value as large, as small; `p`: two-sided, twice the smaller
          of them, at most 1. None is corrected for the number of rows;
        - `low`, `high`: the quantiles of the draws between which the share `level` of them lies;
        - `defined` (int): draws in which the measure has a value. Where it is not defined, as
          the constraint of a member that shares nothing, there is nothing to compare: z and p
          are NaN where the observed is, or where no draw has a value.

        `attrs`: `measure`, `mode`, `null`, `draws`, `seed`, `level`.

    Raises
    ------
    ValueError
        If a measure, null model or mode does not exist, `draws` is below 1, `level` is not
        between 0 and 1, a function returns something else, or the constraints contradict the
        memberships.
    ConvergenceError
        If no probabilities fit the degrees (sdsm).

    Notes
    -----
    With `fdsm` and `hypergeometric`, p is what it says: a network that is itself a draw of the
    null model has p ≤ 0.05 at most 5 times in 100. With `sdsm` that holds only for measures that
    degrees do not sway. Its draws have degrees that scatter around the observed ones, so that
    many a node of degree 1 has none; the observed network has no such scatter, and differs from
    its own draws in everything that degrees make: how many are isolated, nestedness, and
    modularity in a sparse network (of 40 networks of 100 × 60 drawn from an SDSM, the modularity
    of 32 was "more than chance"). Use `sdsm` for pairs, and here where the degrees themselves are
    uncertain.

    Memory: one number of 8 bytes for each row and draw.

    References
    ----------
    Gotelli, N. J. (2000). Null model analysis of species co-occurrence patterns. Ecology 81,
    2606–2621. https://doi.org/10.1890/0012-9658(2000)081[2606:NMAOSC]2.0.CO;2

    Phipson, B. & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9, 39. https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.southern_women()
    >>> found = significance(aff, "nestedness", null="hypergeometric", draws=99)
    >>> found[["observed", "expected", "p_upper"]].round(2).loc["nodf"].to_dict()
    {'observed': 48.58, 'expected': 39.18, 'p_upper': 0.01}
    """
    check(mode=mode, draws=draws, seed=seed, level=level)
    held = constraints(aff, forbidden=forbidden, required=required, within=within)
    held = reordered(held, aff.members.index.argsort(), aff.networks.index.argsort())
    # In the order of the ids, so that tables sorted otherwise come to the same, to the last bit.
    ordered = replace(aff, members=aff.members.sort_index(), networks=aff.networks.sort_index())
    drawn = drawing.matrices(
        ordered, null=null, draws=draws, seed=seed, constraints=held, mode=mode, progress=progress
    )
    measuring = _measuring(ordered, measure, mode)
    observed = measuring(ordered.incidence)
    values = np.empty((len(observed), draws))
    for k, matrix in enumerate(drawn):
        values[:, k] = measuring(matrix).reindex(observed.index)
    found = _compared(observed, values, level)
    for index in (aff.members.index, aff.networks.index):
        if len(index) == len(found) and index.isin(found.index).all():
            found = found.reindex(index)
    name = measure if isinstance(measure, str) else getattr(measure, "__name__", "function")
    found.attrs = {"measure": name, "mode": mode, "null": null, "draws": draws, "seed": seed}
    found.attrs["level"] = level
    return found


def _measuring(
    aff: Affiliation, measure: str | Callable[[Affiliation], pd.Series | float], mode: Mode
) -> Measuring:
    """Return the function that measures a matrix of the members and networks of `aff`."""
    side, index = (0, aff.members.index) if mode == "members" else (1, aff.networks.index)
    of_matrix: dict[str, Measuring] = {
        "degree": lambda matrix: pd.Series(projection.degrees(matrix)[side], index=index),
        "nestedness": cohesion.nestedness,
        "isolation": _isolation,
    }
    if isinstance(measure, str) and measure in of_matrix:
        return of_matrix[measure]
    function = measure if callable(measure) else _named(measure, mode)
    return lambda matrix: numbers(function(_with(aff, matrix)))


def _named(measure: str, mode: Mode) -> Callable[[Affiliation], pd.Series]:
    """Return a measure that needs more than the matrix."""
    if measure in _CENTRALITIES:
        return lambda aff: measures.centrality(aff, mode=mode, measures=[measure])[measure]
    if measure in HOLES:
        return lambda aff: measures.brokerage(aff, mode=mode)[measure]
    if measure == "modularity":
        return lambda aff: pd.Series(
            {"modularity": measures.communities(aff, tries=_TRIES).modularity}
        )
    raise ValueError(f"measure must be a function or one of {', '.join(MEASURES)}, not {measure!r}")


def _with(aff: Affiliation, matrix: sparse.csr_array) -> Affiliation:
    """Return the members and networks with the memberships of a matrix, and no others."""
    member, network = matrix.nonzero()
    blank = aff.memberships.iloc[:0].reindex(range(len(member)))
    rows = blank.assign(
        network_id=aff.networks.index[network],
        member_id=aff.members.index[member],
        role="member",
        evidence="explicit",
        counted=True,
    )
    return Affiliation(aff.members, aff.networks, rows, aff.year, aff.set_aside.iloc[:0])


def numbers(found: object) -> pd.Series:
    """
    Take what a measure of one's own returns: a Series, or a number as the row `value`.

    Examples
    --------
    >>> numbers(3).to_dict()
    {'value': 3.0}
    """
    if isinstance(found, pd.Series):
        return pd.to_numeric(found).astype("float64")
    if isinstance(found, Real):
        return pd.Series({"value": float(found)})
    raise ValueError(f"measure must return a Series or a number, not {type(found).__name__}")


def _isolation(incidence: sparse.csr_array) -> pd.Series:
    """Count who is left outside; see `significance`."""
    n, _ = incidence.shape
    degree, _ = projection.degrees(incidence)
    label = projection.parts(incidence)[:n][degree > 0]
    sizes = np.bincount(label)
    return pd.Series(
        {
            "members_without_network": int((degree == 0).sum()),
            "members_with_one_network": int((degree == 1).sum()),
            "components": int((sizes > 0).sum()),
            "members_outside_main_component": int(sizes.sum() - sizes.max(initial=0)),
            "bridging_networks": int((cohesion.cuts(incidence).parts > 1).sum()),
        }
    )


def _compared(observed: pd.Series, values: Reals, level: float) -> pd.DataFrame:
    """Compare each row of the draws with the observed value; what is not defined is left out."""
    own = observed.to_numpy(np.float64)
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    known = (count > 0) & ~np.isnan(own)
    # Sums in another order are still the same value.
    largest = np.where(there, np.abs(values), 0).max(axis=1)
    slack = _TIE * np.fmax(np.abs(own), largest) + _NOTHING
    upper = (values >= (own - slack)[:, None]).sum(axis=1)
    lower = (values <= (own + slack)[:, None]).sum(axis=1)
    p_upper, p_lower = (np.where(known, (k + 1) / (count + 1), np.nan) for k in (upper, lower))
    values.sort(axis=1)  # NaN last
    least, low, high, most = (
        _quantile(values, count, q) for q in (0, (1 - level) / 2, (1 + level) / 2, 1)
    )
    alike = most - least <= slack
    expected = np.nansum(values, axis=1) / np.where(count > 0, count, np.nan)
    expected = np.where(alike, least, expected)
    squares = np.nansum((values - expected[:, None]) ** 2, axis=1)
    sd = np.sqrt(np.where(alike, 0, squares) / np.where(count > 1, count - 1, np.nan))
    return pd.DataFrame(
        {
            "observed": own,
            "expected": expected,
            "sd": sd,
            "z": (own - expected) / np.where(sd > 0, sd, np.nan),
            "p_upper": p_upper,
            "p_lower": p_lower,
            "p": np.minimum(1, 2 * np.minimum(p_upper, p_lower)),
            "low": low,
            "high": high,
            "defined": count,
        },
        index=observed.index,
    )


def _quantile(values: Reals, count: np.ndarray, q: float) -> Reals:
    """Return a quantile of the first `count` of each sorted row, as `numpy.quantile` does."""
    place = q * np.maximum(count - 1, 0)
    below = np.floor(place).astype(np.int64)
    rows = np.arange(len(values))
    low, high = values[rows, below], values[rows, np.ceil(place).astype(np.int64)]
    return np.asarray(low + (high - low) * (place - below))
