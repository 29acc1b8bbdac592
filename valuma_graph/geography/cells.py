"""
The map as cells: which municipality of a division lies at each point of the lattice.

A grid is an integer array, north at the top; 0 is sea or abroad, a positive number the position
of a municipality plus one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.places import data_path, gazetteer

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

_FINNISH = "municipality:FI-"


@dataclass(frozen=True, eq=False)
class Grid:
    """
    Labelled cells of equal size.

    Parameters
    ----------
    labels
        Rows × columns, north at the top: 0 for nothing, k + 1 for the k-th of `ids`.
    ids
        What the labels stand for.
    x, y
        The north-western corner, metres.
    cell
        The side of a cell, metres.
    """

    labels: npt.NDArray[np.int64]
    ids: pd.Index
    x: float
    y: float
    cell: float


def grid_of(year: int, *, root: str | Path | None = None) -> Grid:
    """
    Return the lattice of the municipalities of one division.

    The lattice is of 2020. Later divisions follow by joining cells of merged municipalities; for
    earlier ones the cells of municipalities that had not yet been merged are put back
    (`lattice_before_2020.csv`). The exchange of land between Oulu and Ii in 2018 is not followed.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    grid
        Cells of 2 km in EPSG:3067; ids of the municipalities in the order of the division.

    Raises
    ------
    ValueError
        If `year` is no known division.

    Examples
    --------
    >>> grid = grid_of(2020)
    >>> grid.labels.shape, int((grid.labels > 0).sum())
    ((571, 326), 84492)
    """
    finland = gazetteer(root)
    ids = finland.division(year).index
    meta = _table("lattice_meta", root).set_index("key")["value"]
    codes = _codes(_table("lattice", root), int(meta["n_rows"]), int(meta["n_cols"]))
    before = _table("lattice_before_2020", root)
    runs = before[["row", "col_start", "col_end", "code"]].astype("int64").to_numpy()
    for row, start, end, code in runs[before["last_year"].astype("int64") >= year].tolist():
        codes[row, start : end + 1] = code
    successor = finland.successors(year)
    label = {member: position for position, member in enumerate(ids, 1)}
    of_code = np.zeros(1000, dtype="int64")
    for code in np.unique(codes[codes > 0]).tolist():
        member = f"{_FINNISH}{code:03d}"
        of_code[code] = label[successor.get(member, member)]
    corner = (float(meta["x_origin_m"]), float(meta["y_origin_m"]))
    return Grid(of_code[codes], ids, *corner, float(meta["cell_m"]))


def _codes(lattice: pd.DataFrame, rows: int, columns: int) -> npt.NDArray[np.int64]:
    """Write out the runs of `lattice.csv`: municipality codes as numbers, 0 for none."""
    codes = np.zeros((rows, columns), dtype="int64")
    for row, runs in zip(lattice["row"].astype("int64"), lattice["runs"], strict=True):
        column = 0
        for token in runs.split():
            length = int(token[1:]) if token[0] == "-" else int(token[3:] or 1)
            if token[0] != "-":
                codes[row, column : column + length] = int(token[:3])
            column += length
    return codes


def _table(name: str, root: str | Path | None) -> pd.DataFrame:
    path = data_path("municipalities", f"{name}.csv", root=root)
    return pd.read_csv(path, dtype="str", keep_default_na=False)
