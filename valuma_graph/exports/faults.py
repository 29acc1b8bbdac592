"""The sheet that lists what is wrong with a workbook, each with a link to its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from valuma_graph.exports.lettering import alike, height, page, put
from valuma_graph.text import number, t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

_COLUMNS: Final = ("sheet_name", "cell", "severity", "message", "value", "suggestion")
_WIDTHS: Final = (20, 10, 12, 78, 26, 34)
_TOP: Final = 5
_MOST_LINKS: Final = 20_000
"""A sheet takes 65,530 links; a list so long is not clicked through."""


class Fault(NamedTuple):
    """
    One problem, and the cell that it is in.

    Parameters
    ----------
    sheet
        Sheet that it names; None for the whole file.
    cell
        Cell of the copy; None where the problem is in no cell.
    severity
        `error` or `warning`.
    message, value, suggestion
        What is wrong, what stands there, what would be right.
    """

    sheet: str | None
    cell: Any
    severity: str
    message: str
    value: str | None
    suggestion: str | None


def write_faults(
    sheet: Worksheet, faults: Sequence[Fault], *, file: str, fills: Mapping[str, str], lang: str
) -> None:
    """
    Fill the sheet: what the colours mean, how many problems there are, and each of them.

    Parameters
    ----------
    sheet
        An empty sheet.
    faults
        The problems, in the order of their places.
    file
        Name of the file that was checked.
    fills
        Colour of each severity.
    lang
        Language of the words.

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> sheet = Workbook().active
    >>> fault = Fault(None, None, "error", "The file is empty.", None, None)
    >>> write_faults(sheet, [fault], file="a.xlsx", fills={"error": "F8B5AC"}, lang="en")
    >>> sheet["A1"].value, sheet["D6"].value
    ('Checked: a.xlsx', 'The file is empty.')
    """
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    counts = {s: sum(f.severity == s for f in faults) for s in ("error", "warning")}
    shown = {f"{s}s": number(n, lang) for s, n in counts.items()}
    put(sheet, 1, 1, t("listform.found.title", lang, file=file), style="title")
    put(sheet, 2, 1, t("cli.check.counts", lang, **shown), style="part")
    put(sheet, 3, 1, t("listform.found.about", lang), style="wrap")
    sheet.merge_cells(start_row=3, start_column=1, end_row=3, end_column=len(_COLUMNS))
    sheet.row_dimensions[1].height, sheet.row_dimensions[3].height = 30, 34
    for column, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True), start=1):
        put(sheet, _TOP, column, t(f"listform.found.{name}", lang), style="head")
        sheet.column_dimensions[get_column_letter(column)].width = width
    colours = {s: PatternFill("solid", fgColor=colour) for s, colour in fills.items()}
    kinds = {s: t(f"cli.check.{s}", lang) for s in counts}
    models = [put(sheet, _TOP + 1, c, style="wrap") for c in range(1, len(_COLUMNS) + 1)]
    models[1] = put(sheet, _TOP + 1, 2, style="link")
    for model in models[4:]:
        model.number_format = "@"
    for row, fault in enumerate(faults, start=_TOP + 1):
        title = fault.sheet if fault.cell is None else fault.cell.parent.title
        place = "–" if fault.cell is None else fault.cell.coordinate
        told = (fault.message, fault.value, fault.suggestion)
        cells = (title or "–", place, kinds[fault.severity], *told)
        made = [alike(m, row, words) for m, words in zip(models, cells, strict=True)]
        made[2].fill = colours[fault.severity]
        if fault.cell is not None and row < _MOST_LINKS:
            _link(made[1], fault)
        lines = zip(told, _WIDTHS[3:], strict=True)
        sheet.row_dimensions[row].height = max(height(w or "", wide) for w, wide in lines)
    sheet.freeze_panes = f"A{_TOP + 1}"
    sheet.auto_filter.ref = f"A{_TOP}:{get_column_letter(len(_COLUMNS))}{_TOP + len(faults)}"
    sheet.print_title_rows = f"{_TOP}:{_TOP}"
    sheet.sheet_view.showGridLines = False
    page(sheet, landscape=True)


def _link(made: Any, fault: Fault) -> None:  # noqa: ANN401  openpyxl's cells have several classes
    """Make a cell a link to the cell of a problem; its look stays."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    title = fault.cell.parent.title.replace("'", "''")
    style = made._style  # noqa: SLF001  a link would take a look of its own
    made.hyperlink = Hyperlink(ref=made.coordinate, location=f"'{title}'!{fault.cell.coordinate}")
    made._style = style  # noqa: SLF001
