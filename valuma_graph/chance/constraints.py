"""What a random network cannot have, has to have, and within what it keeps its degrees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from valuma_graph.errors import UnknownNodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from valuma_graph.affiliation import Affiliation, Mode

Mask: TypeAlias = "pd.DataFrame | np.ndarray | sparse.sparray | Callable[[Affiliation], Any] | None"
"""Ways to say for which members and networks something holds."""

_NAMED = 20


@dataclass(frozen=True, eq=False)
class Constraints:
    """
    Constraints on random networks; without arguments there are none.

    Parameters
    ----------
    forbidden, required
        Members × networks, bool: where there cannot, or has to, be a membership.
    strata
        Code of the stratum of each member; every network keeps its number of members in each.

    Examples
    --------
    >>> Constraints().strata is None
    True
    """

    forbidden: sparse.csr_array | None = None
    required: sparse.csr_array | None = None
    strata: NDArray[np.int64] | None = None


def constraints(
    aff: Affiliation,
    *,
    forbidden: Mask | str = None,
    required: Mask = None,
    within: str | pd.Series | None = None,
) -> Constraints:
    """
    Read what a user says about memberships that could not be, or have to be.

    Parameters
    ----------
    aff
        The affiliation network.
    forbidden, required
        A frame with the columns `member_id` and `network_id`, a row for each membership; a frame
        of bool with members as index and networks as columns (what it leaves out is false); an
        array or sparse array of the shape of `aff.incidence`; or a function of `aff` that returns
        one of these. `forbidden` may also be `"country"`: networks whose `countries` are known,
        and are not all of the EU, cannot have members of another country; memberships that are
        there were possible, so the rule leaves them allowed (a mask of one's own does not).
    within
        A column of `aff.members`, or a Series by member: each network keeps its number of members
        in each class. Members without a class are a class.

    Returns
    -------
    constraints
        In the order of `aff.members` and `aff.networks`.

    Raises
    ------
    ValueError
        If something is none of the above; and, all in one message, for ids that do not exist,
        memberships that are forbidden, required ones that are not there, and pairs that are both.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> women = vg.datasets.southern_women()
    >>> pairs = pd.DataFrame({"member_id": ["Flora Price"], "network_id": ["E1"]})
    >>> constraints(women, forbidden=pairs).forbidden.nnz
    1
    """
    problems: list[str] = []
    masks = {
        name: None if mask is None else _mask(aff, name, mask, problems)
        for name, mask in (("forbidden", forbidden), ("required", required))
    }
    strata = None if within is None else _strata(aff, within, problems)
    there = aff.incidence.astype(bool)
    never, always = masks["forbidden"], masks["required"]
    if never is not None:
        _note(aff, there.multiply(never), "is forbidden, but a membership", problems)
    if always is not None:
        _note(aff, always > there, "is required, but not a membership", problems)
    if never is not None and always is not None:
        _note(aff, never.multiply(always), "is both forbidden and required", problems)
    if problems:
        raise ValueError("The constraints cannot hold:\n" + "\n".join(f"- {p}" for p in problems))
    return Constraints(never, always, strata)


# -- inside ---------------------------------------------------------------------------------------


def reordered(constraints: Constraints, members: np.ndarray, networks: np.ndarray) -> Constraints:
    """
    Put the members and networks of constraints in another order.

    Parameters
    ----------
    constraints
        The constraints.
    members, networks
        Position of what comes first, second and so on.

    Returns
    -------
    constraints
        The same of the same nodes.
    """
    masks = {
        name: None if mask is None else sorted_csr(mask[members][:, networks])
        for name, mask in (("forbidden", constraints.forbidden), ("required", constraints.required))
    }
    strata = constraints.strata
    return replace(constraints, **masks, strata=None if strata is None else strata[members])


def sorted_csr(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a matrix by rows, their indices in order."""
    matrix = matrix.tocsr()
    matrix.sort_indices()
    return matrix


def _mask(aff: Affiliation, name: str, given: Any, problems: list[str]) -> sparse.csr_array:  # noqa: ANN401
    """Return members × networks of bool, whichever way it was said."""
    if callable(given):
        given = given(aff)
    if name == "forbidden" and isinstance(given, str) and given == "country":
        given = _abroad(aff)
    shape = aff.incidence.shape
    if isinstance(given, pd.DataFrame):
        row, column = _pairs(aff, name, given, problems)
        given = sparse.coo_array((np.ones(len(row), dtype=bool), (row, column)), shape=shape)
    elif not isinstance(given, np.ndarray) and not sparse.issparse(given):
        also = ', "country"' if name == "forbidden" else ""
        raise ValueError(
            f"{name} must be a DataFrame, an array, a sparse array{also} or a function that "
            f"returns one, not {given!r}"
        )
    if given.shape != shape:
        raise ValueError(f"{name} must be {shape[0]} × {shape[1]}, not of shape {given.shape}")
    mask = sparse.csr_array(given)
    if not np.isin(mask.data, (0, 1)).all():
        raise ValueError(f"{name} must hold nothing but 0 and 1, or True and False")
    mask = mask.astype(bool)
    mask.sum_duplicates()
    mask.eliminate_zeros()
    mask.sort_indices()
    return mask


def _abroad(aff: Affiliation) -> sparse.csr_array:
    """Mark members of another country than those that a network is known to cover, if not in it."""
    if "countries" not in aff.networks:
        raise ValueError('forbidden="country" needs a column countries in the table of networks')
    code, country = pd.factorize(aff.members["country"].fillna(""))
    cover, countries = pd.factorize(aff.networks["countries"].fillna(""))
    abroad = np.zeros((len(country), len(countries)), dtype=bool)
    for column, cell in enumerate(countries):
        known = {part.strip() for part in cell.split(";")} - {""}
        if known and "EU" not in known:
            abroad[:, column] = ~np.isin(country, ["", *known])
    mask = sparse.csr_array(abroad)[code][:, cover]
    return sparse.csr_array(mask > aff.incidence.astype(bool))


def _pairs(
    aff: Affiliation, name: str, frame: pd.DataFrame, problems: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of members and networks that a frame marks."""
    if not {"member_id", "network_id"} <= set(frame):
        values = frame.to_numpy()
        if not np.isin(values, (0, 1)).all():
            raise ValueError(
                f"{name} must have the columns member_id and network_id, or hold nothing but True "
                f"and False; it has the columns {', '.join(map(str, frame.columns[:5]))}"
            )
        row, column = np.nonzero(values.astype(bool))
        at = _positions(aff, "members", frame.index.to_series(), name, problems)
        across = _positions(aff, "networks", frame.columns.to_series(), name, problems)
        return _known(at[row], across[column])
    row = _positions(aff, "members", frame["member_id"], name, problems)
    return _known(row, _positions(aff, "networks", frame["network_id"], name, problems))


def _known(
    row: NDArray[np.int64], column: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Leave out what is unknown, and noted as a problem."""
    known = (row >= 0) & (column >= 0)
    return row[known], column[known]


def _positions(
    aff: Affiliation, mode: Mode, ids: pd.Series, name: str, problems: list[str]
) -> NDArray[np.int64]:
    """Return the position of each id or name, -1 where there is none."""
    index = aff.members.index if mode == "members" else aff.networks.index
    codes, distinct = pd.factorize(ids)
    at = index.get_indexer(pd.Index(distinct))
    if missing := int((codes < 0).sum()):
        kind = mode.removesuffix("s")
        problems.append(f"{name}: {missing} rows have no {kind}_id")
    for k, one in enumerate(distinct):
        if at[k] >= 0:
            continue
        try:
            at[k] = index.get_indexer(pd.Index([aff.find(str(one), mode=mode)]))[0]
        except UnknownNodeError as error:
            problems.append(f"{name}: {error}")
    return np.asarray(np.append(at, -1)[codes], dtype=np.int64)


def _strata(aff: Affiliation, within: str | pd.Series, problems: list[str]) -> NDArray[np.int64]:
    """Return the code of the class of each member, in the order of the classes."""
    if isinstance(within, str):
        if within not in aff.members:
            allowed = ", ".join(aff.members.columns)
            raise ValueError(f"within must be a Series or one of {allowed}, not {within!r}")
        classes = aff.members[within]
    elif isinstance(within, pd.Series):
        at = _positions(aff, "members", within.index.to_series(), "within", problems)
        if len(np.unique(at[at >= 0])) < (at >= 0).sum():
            raise ValueError("within must have each member once")
        classes = pd.Series(within.to_numpy()[at >= 0], index=aff.members.index[at[at >= 0]])
        classes = classes.reindex(aff.members.index)
    else:
        raise ValueError(f"within must be a Series or a column of aff.members, not {within!r}")  # noqa: TRY004
    names = classes.astype(object).where(classes.notna(), None)
    codes, distinct = pd.factorize(names.map(str, na_action="ignore"), sort=True)
    return np.where(codes < 0, len(distinct), codes).astype(np.int64)


def _note(aff: Affiliation, where: sparse.csr_array, word: str, problems: list[str]) -> None:
    """Note the members and networks for which something is wrong."""
    row, column = where.nonzero()
    for i, j in zip(row[:_NAMED], column[:_NAMED], strict=True):
        problems.append(f"{aff.members.index[i]} in {aff.networks.index[j]} {word}")
    if len(row) > _NAMED:
        problems.append(f"and {len(row) - _NAMED} more: {word}")
