"""Text files with separated cells: encoding, separator, quotation marks."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from valuma_graph.tables.findings import Findings

_SEPARATORS = ",;\t|"
_SAMPLE = 1 << 16
_GUARD = re.compile(r"'+[=+@\-\t\r\n]")
_CP1252_UNDEFINED = re.compile(b"[\x81\x8d\x8f\x90\x9d]")


def utf16_without_mark(data: bytes) -> str | None:
    """
    Return the name of the encoding if bytes are UTF-16 without a byte order mark.

    Examples
    --------
    >>> utf16_without_mark("kunta;verkosto".encode("utf-16-le"))
    'utf-16-le'
    """
    sample = data[:4096]
    if len(sample) < 8 or b"\x00" not in sample:  # noqa: PLR2004
        return None
    half = len(sample) // 2
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[offset::2].count(0) > 0.6 * half and sample[1 - offset :: 2].count(0) == 0:
            return name
    return None


def decode(data: bytes) -> tuple[str, str]:
    """
    Decode a text file: by its byte order mark, else UTF-8, else Windows-1252.

    Parameters
    ----------
    data
        The bytes of the file.

    Returns
    -------
    text, encoding
        Bytes that Windows-1252 does not define are read as Latin-1, where they are control
        characters.

    Examples
    --------
    >>> decode("Jämsä".encode("cp1252")), decode("Jämsä".encode("utf-8-sig"))
    (('Jämsä', 'cp1252'), ('Jämsä', 'utf-8-sig'))
    """
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", "replace"), "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", "replace"), "utf-8-sig"
    if name := utf16_without_mark(data):
        return data.decode(name, "replace"), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = "latin-1" if _CP1252_UNDEFINED.search(data) else "cp1252"
        return data.decode(name), name


def unguarded(text: str) -> str:
    """
    Take off the apostrophe by which exports keep text from being run as a formula.

    Text that begins with apostrophes and one of `=`, `+`, `-`, `@`, tab or a line break loses
    exactly one, as an export adds exactly one.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("''=x"), unguarded("'70-luku")
    ('=1+1', "'=x", "'70-luku")
    """
    return text[1:] if _GUARD.match(text) else text


def separator_of(text: str, recognise: Callable[[Sequence[str]], int]) -> str:
    """
    Return what separates the cells: comma, semicolon, tab or vertical bar.

    The separator that makes most headers known; else the one by which most rows are as long
    as the first.

    Parameters
    ----------
    text
        A text file.
    recognise
        Counts known headers among cells.

    Returns
    -------
    separator
        A comma where nothing separates.

    Examples
    --------
    >>> separator_of("kunta;verkosto;osuus,%", lambda cells: len(cells))
    ';'
    """
    sample = text[:_SAMPLE]

    def score(separator: str) -> tuple[int, float, int]:
        try:
            rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
        except csv.Error:
            return 0, 0.0, 0
        rows = [row for row in rows[: -1 if len(text) > _SAMPLE else None] if any(row)]
        if not rows:
            return 0, 0.0, 0
        widths = Counter(map(len, rows))
        usual, times = widths.most_common(1)[0]
        known = max(map(recognise, rows[:20]))
        return known, times / len(rows) if usual > 1 else 0.0, usual

    return max(_SEPARATORS, key=score)


def split(text: str, separator: str, found: Findings) -> list[list[str]]:
    """
    Split a text file into rows of cells; quotation marks that do not match are noted.

    Parameters
    ----------
    text
        The file.
    separator
        What separates its cells.
    found
        Takes the problems.

    Returns
    -------
    rows
        One for each row that a spreadsheet would show; empty where a row is broken.
    """

    def reader() -> Any:  # noqa: ANN401  csv does not name the type of its readers
        return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    try:
        return list(reader())
    except csv.Error:
        rows: list[list[str]] = []
    cells = reader()
    while True:
        try:
            rows.append(next(cells))
        except StopIteration:
            return rows
        except csv.Error as error:
            huge = "limit" in str(error)  # 131,072 characters; a spreadsheet holds 32,767
            found.note("huge_cell" if huge else "broken_quotes", row=len(rows) + 1)
            rows.append([])
