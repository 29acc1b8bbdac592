"""Pairs of nodes as square tables, to regress on each other: see `mrqap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.measures.nodes import side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from valuma_graph.affiliation import Affiliation, Mode

_NAMED: Final = 5
"""So many ids are named where many are wrong."""


def comembership(
    aff: Affiliation, *, mode: Mode = "members", ids: Iterable[str] | None = None
) -> pd.DataFrame:
    """
    Count what each pair of nodes shares, as a square table.

    With the incidence B (members × networks, 0/1): BBᵀ for members, BᵀB for networks.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        `"members"`: networks that two members share; `"networks"`: members that two networks
        share.
    ids
        The nodes wanted, by id or name, each once; None for all of the mode. The table is dense:
        8 bytes for each cell.

    Returns
    -------
    shared
        int64; index and columns the ids, in the order asked for; on the diagonal the degree.

    Raises
    ------
    ValueError
        If the mode does not exist, or a node is asked for twice.
    UnknownNodeError
        If there is no such node.

    References
    ----------
    Breiger, R. L. (1974). The duality of persons and groups. Social Forces 53, 181–190.
    https://doi.org/10.1093/sf/53.2.181

    Examples
    --------
    >>> import valuma_graph as vg
    >>> comembership(vg.datasets.southern_women(), mode="networks", ids=["E8", "E9"])
    network_id  E8  E9
    network_id
    E8          14   9
    E9           9  12
    """
    incidence, nodes = side(aff, mode)
    if ids is not None:
        ids = [ids] if isinstance(ids, str) else ids
        found = [aff.find(name, mode=mode) for name in ids]
        at = nodes.get_indexer(pd.Index(found))
        nodes, incidence = nodes[at], incidence[at]
        if not nodes.is_unique:
            twice = sorted(set(nodes[nodes.duplicated()]))
            raise ValueError(f"ids are asked for twice: {', '.join(twice)}")
    counts = incidence.astype(np.int64)
    return pd.DataFrame((counts @ counts.T).toarray(), index=nodes, columns=nodes)


def same(values: pd.Series) -> pd.DataFrame:
    """
    Say which pairs of nodes have the same value: 1 if vᵢ = vⱼ, else 0.

    Parameters
    ----------
    values
        One for each node, of any kind: region, kind, size class; index: the ids.

    Returns
    -------
    same
        float64, 0 or 1, NaN where a value is missing; index and columns as the index of
        `values`.

    Examples
    --------
    >>> import pandas as pd
    >>> same(pd.Series({"a": "north", "b": "north", "c": "south"}))
         a    b    c
    a  1.0  1.0  0.0
    b  1.0  1.0  0.0
    c  0.0  0.0  1.0
    """
    codes, _ = pd.factorize(values)
    alike = (codes[:, None] == codes[None, :]).astype(np.float64)
    missing = codes < 0
    alike[missing, :] = alike[:, missing] = np.nan
    return pd.DataFrame(alike, index=values.index, columns=values.index)


def difference(values: pd.Series, *, log: bool = False) -> pd.DataFrame:
    """
    Return how far the values of each pair of nodes are apart: |vᵢ − vⱼ|.

    Parameters
    ----------
    values
        A number for each node; index: the ids.
    log
        Whether to compare natural logarithms, |ln vᵢ − ln vⱼ|: by what factor two values
        differ, as fits populations (0.69: one is twice the other).

    Returns
    -------
    difference
        float64, 0 or more, NaN where a value is missing; index and columns as the index of
        `values`.

    Raises
    ------
    ValueError
        If logarithms are asked for and values are not above 0.

    Examples
    --------
    >>> import pandas as pd
    >>> difference(pd.Series({"a": 100, "b": 200, "c": 1000}), log=True).round(2)
          a     b     c
    a  0.00  0.69  2.30
    b  0.69  0.00  1.61
    c  2.30  1.61  0.00
    """
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if log:
        low = numbers <= 0
        if low.any():
            named = _some(values.index[low])
            raise ValueError(f"values must be above 0 for log=True; these are not: {named}")
        numbers = np.log(numbers)
    apart = np.abs(numbers[:, None] - numbers[None, :])
    return pd.DataFrame(apart, index=values.index, columns=values.index)


def listed(pairs: pd.DataFrame, *, ids: Iterable[str]) -> pd.DataFrame:
    """
    Say which pairs of nodes stand in a list of pairs, as that of `contiguity`: 1, else 0.

    Parameters
    ----------
    pairs
        Columns `a` and `b`: ids, in either order. Pairs with others than `ids` do not count.
    ids
        The nodes of the table, each once.

    Returns
    -------
    listed
        float64, 0 or 1, symmetric; index and columns `ids`, in the order given.

    Raises
    ------
    ValueError
        If `pairs` lacks a column, or an id is given twice.

    Examples
    --------
    >>> import pandas as pd
    >>> listed(pd.DataFrame({"a": ["x"], "b": ["y"]}), ids=["x", "y", "z"])
         x    y    z
    x  0.0  1.0  0.0
    y  1.0  0.0  0.0
    z  0.0  0.0  0.0
    """
    if not {"a", "b"} <= set(pairs.columns):
        raise ValueError(f"pairs must have the columns a and b, not {', '.join(pairs.columns)}")
    nodes = pd.Index(ids)
    if not nodes.is_unique:
        raise ValueError(
            f"ids are given twice: {', '.join(sorted(set(nodes[nodes.duplicated()])))}"
        )
    at = np.stack([nodes.get_indexer(pd.Index(pairs[side])) for side in ("a", "b")])
    a, b = at[:, (at >= 0).all(axis=0)]
    table = np.zeros((len(nodes), len(nodes)))
    table[a, b] = table[b, a] = 1.0
    return pd.DataFrame(table, index=nodes, columns=nodes)


def square(value: pd.DataFrame | pd.Series, *, ids: pd.Index) -> pd.DataFrame:
    """
    Put what is known of nodes or of pairs into the form of a square table.

    Parameters
    ----------
    value
        A value for each node: numbers become `difference`, all else `same`. Pairs with the
        columns `a` and `b`: `listed`. A square table stays as it is.
    ids
        The nodes, for a list of pairs.

    Returns
    -------
    table
        Square.

    Examples
    --------
    >>> import pandas as pd
    >>> square(pd.Series({"x": 2.0, "y": 5.0}), ids=pd.Index(["x", "y"]))
         x    y
    x  0.0  3.0
    y  3.0  0.0
    """
    if isinstance(value, pd.Series):
        numbers = pd.api.types.is_numeric_dtype(value) and not pd.api.types.is_bool_dtype(value)
        return difference(value) if numbers else same(value)
    if {"a", "b"} <= set(value.columns) and not value.columns.equals(value.index):
        return listed(value, ids=ids)
    return value


def aligned(tables: Mapping[str, pd.DataFrame]) -> NDArray[np.float64]:
    """
    Put square tables of the same ids one on the other.

    Parameters
    ----------
    tables
        By name; index and columns of all have the same ids, in any order.

    Returns
    -------
    cube
        Tables × ids × ids, in the order of the ids as text, float64; NaN where a value is
        missing and on the diagonal.

    Raises
    ------
    ValueError
        If a table has other ids than the index of the first, repeats one, or holds something
        else than numbers, or infinite ones off the diagonal.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.Series({"b": 1, "a": 3})
    >>> aligned({"same": same(values), "apart": difference(values)}).tolist()
    [[[nan, 0.0], [0.0, nan]], [[nan, 2.0], [2.0, nan]]]
    """
    first, *_ = tables.values()
    ids = first.index[np.argsort(first.index.astype(str), kind="stable")]
    cube = np.empty((len(tables), len(ids), len(ids)))
    for layer, (name, table) in zip(cube, tables.items(), strict=True):
        _check_ids(name, table, ids, next(iter(tables)))
        try:
            layer[:] = table.loc[ids, ids].to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} holds something else than numbers") from error
        np.fill_diagonal(layer, np.nan)
        if np.isinf(layer).any():
            raise ValueError(f"{name} holds infinite values off the diagonal")
    return cube


def _check_ids(name: str, table: pd.DataFrame, ids: pd.Index, first: str) -> None:
    """Raise if the ids of a table are not those wanted, saying which."""
    for axis, labels in (("index", table.index), ("columns", table.columns)):
        wrong = {
            "lacks": ids.difference(labels),
            "has besides": labels.difference(ids),
            "repeats": labels[labels.duplicated()],
        }
        if said := [f"{verb} {_some(found)}" for verb, found in wrong.items() if len(found)]:
            raise ValueError(
                f"all tables must have the ids of the index of {first}, each once; the {axis} of "
                f"{name} {', '.join(said)}"
            )


def _some(ids: pd.Index) -> str:
    """Name the first few."""
    rest = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(map(str, ids[:_NAMED])) + rest
