"""Which file a marked copy may be: one that nobody has worked on since is replaced, no other."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

from valuma_graph.exports.workbook import without_clock

if TYPE_CHECKING:
    from io import BytesIO
    from pathlib import Path

    from openpyxl import Workbook

_NAME: Final = "valuma-graph check"
_PART: Final = "docProps/custom.xml"
_OPEN: Final = "0" * 16
_STAMP = re.compile(rf'name="{_NAME}"[^>]*>\s*<vt:lpwstr>([0-9a-f]{{16}})</vt:lpwstr>')
_CHECKED = re.compile(r"\.checked(?:-\d+)?$")


def stamp(book: Workbook) -> None:
    """Put the mark of a checked copy into a workbook that is about to be saved."""
    from openpyxl.packaging.custom import StringProperty

    if stamp_of(book) is not None:
        del book.custom_doc_props[_NAME]
    book.custom_doc_props.append(StringProperty(name=_NAME, value=_OPEN))


def stamp_of(book: Workbook) -> str | None:
    """Return the mark of a workbook that is a checked copy, also one that was worked on."""
    return next((str(p.value) for p in book.custom_doc_props if p.name == _NAME), None)


def finish(buffer: BytesIO, path: Path) -> None:
    """Write a stamped workbook; its mark then tells the bytes of all its parts."""
    without_clock(buffer, path)
    with zipfile.ZipFile(path) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
        items = archive.infolist()
    parts[_PART] = parts[_PART].replace(_OPEN.encode(), _digest(items).encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in items:
            archive.writestr(item, parts[item.filename])


def untouched(path: Path) -> bool:
    """
    Tell whether a file is a checked copy that is still as it was written.

    Parameters
    ----------
    path
        Any path, also one that does not exist.

    Examples
    --------
    >>> from pathlib import Path
    >>> untouched(Path("no such file.xlsx"))
    False
    """
    found = _read(path)
    return found is not None and found[0] == found[1]


def stamped(path: Path) -> bool:
    """
    Tell whether a file is a checked copy, also one that somebody has worked on.

    Parameters
    ----------
    path
        Any path, also one that does not exist.

    Examples
    --------
    >>> from pathlib import Path
    >>> stamped(Path("no such file.xlsx"))
    False
    """
    return _read(path) is not None


def earlier(source: Path) -> list[Path]:
    """
    Return the checked copies that lie beside a workbook, in the order of their numbers.

    Parameters
    ----------
    source
        The workbook; it may be a copy itself, which is then not among them.

    Examples
    --------
    >>> from pathlib import Path
    >>> earlier(Path("no such folder/list.xlsx"))
    []
    """
    found = []
    number = 1
    while (path := _numbered(source, number)).exists():
        if path != source and stamped(path):
            found.append(path)
        number += 1
    return found


def copy_of(source: Path) -> Path:
    """
    Return where the copy of a workbook goes: beside it, in place of an untouched copy or of none.

    Parameters
    ----------
    source
        The workbook that was checked; it may be a copy itself.

    Examples
    --------
    >>> from pathlib import Path
    >>> copy_of(Path("no such folder/list.xlsx")).name
    'list.checked.xlsx'
    """
    number = 1
    while True:
        path = _numbered(source, number)
        if path != source and (not path.exists() or untouched(path)):
            return path
        number += 1


def _numbered(source: Path, number: int) -> Path:
    end = f"-{number}" if number > 1 else ""
    return source.with_name(f"{_CHECKED.sub('', source.stem)}.checked{end}.xlsx")


def _read(path: Path) -> tuple[str, str] | None:
    """Return the mark of a copy and what it would be now; None where there is no copy."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = _STAMP.search(archive.read(_PART).decode())
            return (found[1], _digest(archive.infolist())) if found else None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _digest(items: list[zipfile.ZipInfo]) -> str:
    """Return a number for the contents of all parts but the one that it is written into."""
    from hashlib import sha256

    told = sorted(f"{i.filename}:{i.CRC:08x}:{i.file_size}" for i in items if i.filename != _PART)
    return sha256("\n".join(told).encode()).hexdigest()[:16]
