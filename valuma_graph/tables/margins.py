"""What stands around a table in a sheet: titles above its header, totals and notes below it."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from valuma_graph.tables.cells import key, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

_LOOK_AT = 20
_FOOTER = 20
_NUMBER = re.compile(r"[\d\s.,%−-]*")
_FIRST_WORD = re.compile(r"\*|\w+")


def header_row(rows: Sequence[Sequence[str]], recognise: Callable[[Sequence[str]], int]) -> int:
    """
    Return the row of the headers, counted from 1; titles and empty rows may stand above it.

    Parameters
    ----------
    rows
        Cells of a sheet.
    recognise
        Counts known headers among cells.

    Returns
    -------
    row
        Among the first twenty rows that hold anything, the one with most known headers, if it
        has at least two. Else one that is wider than every row above it, as a header is wider
        than its title: best one with a known header.

    Examples
    --------
    >>> rows = [["Verkostot 2019"], [], ["kunta", "verkosto"], ["Pori", "Hinku"]]
    >>> header_row(rows, lambda cells: len({"kunta", "verkosto"} & set(cells)))
    3
    """
    filled = list(islice((i for i, row in enumerate(rows) if any(map(str.strip, row))), _LOOK_AT))
    if not filled:
        return 1
    known = {i: recognise(rows[i]) for i in filled}
    best = max(filled, key=lambda i: (known[i], -i))
    if known[best] > 1:
        return 1 + best
    widths = {i: sum(bool(cell.strip()) for cell in rows[i]) for i in filled}
    wider = [i for i in filled if widths[i] > max([1, *(widths[j] for j in filled if j < i)])]
    told = [i for i in wider if known[i]]
    return 1 + (told[-1] if told else [*wider, *filled][0])


def footer(cells: pd.DataFrame, named: Sequence[int]) -> list[int]:
    """
    Return the positions of the last rows that are no data but totals of it or notes about it.

    Parameters
    ----------
    cells
        Text of the table.
    named
        Columns of names, where such a row has its word.

    Returns
    -------
    positions
        Rows at the end whose one text begins with a word such as "yhteensä" or "lähde" and
        whose other cells are numbers or empty.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({0: ["Pori", "Turku", "Yhteensä"], 1: ["Hinku", "Hinku", "2"]})
    >>> footer(cells, [0, 1])
    [2]
    """
    found: list[int] = []
    for i in range(len(cells) - 1, max(len(cells) - _FOOTER, 0) - 1, -1):
        row = cells.iloc[i].dropna()
        texts = {j: t for j, t in row.items() if not _NUMBER.fullmatch(t)}
        if len(texts) == 1 and next(iter(texts)) in named:
            if _says_footer(next(iter(texts.values()))):
                found.append(i)
                continue
        elif row.str.strip().eq("").all():
            continue
        break
    return found[::-1]


def is_total(text: str) -> bool:
    """
    Tell whether a header or cell names a sum.

    Examples
    --------
    >>> is_total("Yhteensä"), is_total("Totalt 2019"), is_total("Summanen")
    (True, True, False)
    """
    return _first_word(text) in _words("totals")


def _says_footer(text: str) -> bool:
    return _first_word(text) in _words("totals") | _words("notes")


def _first_word(text: str) -> str:
    found = _FIRST_WORD.match(text.strip())
    return (key(found[0]) or found[0]) if found else ""


@cache
def _words(group: str) -> frozenset[str]:
    return frozenset(key(word) or word for word in vocabulary()["margins"][group])
