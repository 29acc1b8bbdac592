"""Which municipalities of a division are neighbours, on land and across the sea."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.geography.cells import grid_of
from valuma_graph.places import LATEST, data_path, gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from libpysal.graph import Graph

    from valuma_graph.geography.cells import Grid

_TABLE_OF: Final = 2020
"""The division that the table of neighbours is of."""

_FINNISH: Final = "municipality:FI-"
_LATTICE: Final = "lattice"
_COLUMNS: Final = ["a", "b", "kind", "border_km", "source"]
_Pair = tuple[str, str]


def contiguity(
    year: int = LATEST, *, sea: bool = False, root: str | Path | None = None
) -> pd.DataFrame:
    """
    Return the pairs of neighbouring municipalities of a division.

    They come from the table of neighbours of 2020, without the pairs that a redrawn line made.
    For later divisions the neighbours of merged municipalities are put together. For earlier
    ones the borders of municipalities abolished since are read from the lattice of 2 km, and
    the border of the one that absorbed them is shortened by the share that was theirs; where
    that was all of it, the pair is left out. The lattice cannot tell ties across the sea: those
    stay with the municipality that absorbed another.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    sea
        Whether ties across the sea only count too.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    pairs
        One row for each pair, once, sorted; columns a, b (ids, a < b), kind (`land`: a common
        border on land or inland water; `sea`: only across the sea), border_km (float: common
        border without sea, of a pair of kind `sea` that at sea; on a map of 1:4,500,000, or
        along the cells of the lattice, which make a slanting border up to 1.4 times as long),
        source (ids of the table of sources, or `lattice`, joined by " | "). Municipalities
        without any neighbour are in no row.

    Raises
    ------
    ValueError
        If there is no such division.

    Examples
    --------
    >>> pairs = contiguity(2020)
    >>> len(pairs), len(contiguity(2020, sea=True))
    (777, 820)
    >>> before = contiguity(2019)
    >>> before.loc[before["b"].eq("municipality:FI-911"), ["a", "border_km", "source"]]
                           a  border_km   source
    617  municipality:FI-541       70.0  lattice
    712  municipality:FI-687       34.0  lattice
    754  municipality:FI-765       56.0  lattice
    """
    finland = gazetteer(root)
    finland.division(year)
    table = _table(root)
    successor = finland.successors(max(year, _TABLE_OF))
    for side in ("a", "b"):
        table[side] = table[side].map(successor).fillna(table[side])
    pairs = _united(table)
    parts = _parts(year, root)
    if parts:
        pairs = _divided(pairs, parts, _grid_borders(grid_of(year, root=root)))
    if not sea:
        pairs = pairs[pairs["kind"] == "land"]
    return pairs.sort_values(["a", "b"], ignore_index=True)[_COLUMNS]


def to_libpysal(pairs: pd.DataFrame, *, ids: Iterable[str]) -> Graph:
    """
    Return pairs of neighbours as a graph of libpysal, with weights of 1 both ways.

    Parameters
    ----------
    pairs
        As `contiguity` returns them; columns a, b. Pairs with an end that is not in `ids` are
        left out.
    ids
        The nodes, in the order that the graph is to have. Those without a neighbour are kept as
        isolates.

    Returns
    -------
    graph
        `libpysal.graph.Graph`, not standardised.

    Raises
    ------
    ImportError
        If libpysal is not installed.
    ValueError
        If an id is there twice, or there is none.

    Examples
    --------
    >>> pairs = contiguity(2020)
    >>> ids = ["municipality:FI-091", "municipality:FI-092", "municipality:FI-170"]
    >>> to_libpysal(pairs, ids=ids).cardinalities.tolist()
    [1, 1, 0]
    """
    try:
        from libpysal.graph import Graph
    except ImportError as error:
        raise ImportError("to_libpysal needs libpysal: pip install libpysal") from error

    nodes = pd.Index(list(ids), dtype="str")
    if nodes.empty or nodes.has_duplicates:
        twice = ", ".join(nodes[nodes.duplicated()].unique())
        raise ValueError(f"ids must name places, each once; named again: {twice or 'none given'}")
    ends = np.vstack([nodes.get_indexer(pd.Index(pairs[side])) for side in ("a", "b")])
    a, b = ends[:, (ends >= 0).all(axis=0)]
    focal, neighbour = np.concatenate([a, b]), np.concatenate([b, a])
    alone = np.setdiff1d(np.arange(len(nodes)), focal)
    weight = np.repeat([1.0, 0.0], [len(focal), len(alone)])
    focal, neighbour = np.append(focal, alone), np.append(neighbour, alone)
    order = np.lexsort((neighbour, focal))
    return Graph.from_arrays(nodes[focal[order]], nodes[neighbour[order]], weight[order])


def _table(root: str | Path | None) -> pd.DataFrame:
    """Read the table of 2020, and put the length at sea where there is no other border."""
    path = data_path("municipalities", "adjacency.csv", root=root)
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows = rows[rows["kind"] != "artefact"]
    length = rows["border_km"].where(rows["kind"] == "land", rows["border_with_sea_km"])
    return pd.DataFrame(
        {
            "a": _FINNISH + rows["code_a"],
            "b": _FINNISH + rows["code_b"],
            "kind": rows["kind"],
            "border_km": length.astype("float64"),
            "source": rows["source"],
        }
    )


def _united(rows: pd.DataFrame) -> pd.DataFrame:
    """Put pairs that mergers made one together; land goes before sea."""
    low, high = rows[["a", "b"]].min(axis="columns"), rows[["a", "b"]].max(axis="columns")
    rows = rows.assign(a=low, b=high)[low != high]
    on_land = (rows["kind"] == "land").groupby([rows["a"], rows["b"]]).transform("any")
    rows = rows[~on_land | (rows["kind"] == "land")]
    return rows.groupby(["a", "b"], as_index=False).agg(
        kind=("kind", "first"),
        border_km=("border_km", lambda km: round(km.sum(), 2)),
        source=("source", lambda texts: _joined(texts.tolist())),
    )


def _joined(sources: Sequence[str]) -> str:
    return " | ".join(dict.fromkeys(one for text in sources for one in text.split(" | ")))


def _parts(year: int, root: str | Path | None) -> dict[str, list[str]]:
    """Return the municipalities of 2020 that were several in an earlier year, and which."""
    finland = gazetteer(root)
    there = finland.division(year).index
    found: dict[str, list[str]] = {}
    for part, whole in finland.successors(_TABLE_OF).items():
        if part in there:
            found.setdefault(str(whole), [str(whole)]).append(str(part))
    return found


def _divided(
    pairs: pd.DataFrame, parts: dict[str, list[str]], grid: dict[_Pair, float]
) -> pd.DataFrame:
    """Divide the borders of 2020 among the municipalities of an earlier year."""
    cut = pairs["a"].isin(parts) | pairs["b"].isin(parts)
    cut &= pairs["kind"] == "land"
    rows = []
    for row in pairs[cut].itertuples():
        whole = (str(row.a), str(row.b))
        lengths = {
            _ordered(a, b): km
            for a, b in product(*(parts.get(one, [one]) for one in whole))
            if (km := grid.get(_ordered(a, b), 0.0))
        }
        if not lengths:  # too short for the lattice: nothing says that it was another's
            lengths = {whole: 1.0}
        share = lengths.get(whole, 0.0) / sum(lengths.values())
        for pair, km in lengths.items():
            if pair != whole:
                rows.append((*pair, "land", km, _LATTICE))
            elif share == 1:
                rows.append((*pair, "land", float(str(row.border_km)), str(row.source)))
            else:
                length = round(float(str(row.border_km)) * share, 2)
                rows.append((*pair, "land", length, f"{row.source} | {_LATTICE}"))
    for same in parts.values():
        within = {_ordered(a, b) for a in same for b in same if a != b}
        rows += [(*pair, "land", grid[pair], _LATTICE) for pair in sorted(within) if pair in grid]
    return pd.concat([pairs[~cut], pd.DataFrame(rows, columns=_COLUMNS)])


def _grid_borders(grid: Grid) -> dict[_Pair, float]:
    """Return how long the border of each pair is along the sides of cells, km."""
    labels = grid.labels
    sides = [(labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])]
    one = np.concatenate([first.ravel() for first, _ in sides])
    other = np.concatenate([second.ravel() for _, second in sides])
    border = (one != other) & (one > 0) & (other > 0)
    ends = np.sort(np.column_stack([one[border], other[border]]), axis=1)
    pairs, count = np.unique(ends, axis=0, return_counts=True)
    return {
        _ordered(str(grid.ids[a - 1]), str(grid.ids[b - 1])): n * grid.cell / 1000
        for (a, b), n in zip(pairs.tolist(), count.tolist(), strict=True)
    }


def _ordered(a: str, b: str) -> _Pair:
    return (a, b) if a < b else (b, a)
