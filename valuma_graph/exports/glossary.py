"""What the columns of results mean, in words: for the workbook that people open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from valuma_graph.text import catalogue, t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def explained(tables: Mapping[str, pd.DataFrame], langs: Sequence[str]) -> pd.DataFrame:
    """
    Return the columns of tables with what they mean; one that has no words is left out.

    Parameters
    ----------
    tables
        Frames by the name of their sheet.
    langs
        Languages of the words, a column each.

    Returns
    -------
    columns
        A row for each column of each table: `sheet`, `column`, and one column for each language,
        headed in that language.

    Examples
    --------
    >>> explained({"people": pd.DataFrame({"population": [3]})}, ["en"]).values.tolist()
    [['people', 'population', 'population']]
    """
    known = catalogue()
    rows = [
        (name, column, *(t(keys[0], lang) for lang in langs))
        for name, table in tables.items()
        for column in map(str, table.columns)
        if (keys := [k for k in (f"sheetcol.{column}", f"cli.col.{column}") if k in known])
    ]
    heads = [t("sheet.column", lang) for lang in langs]
    return pd.DataFrame(rows, columns=["sheet", "column", *heads])
