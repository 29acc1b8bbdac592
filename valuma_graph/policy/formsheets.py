"""The Excel form that asks what the report asks of a network: its sheets, and how they look."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from valuma_graph.affiliation.assembly import ROLES
from valuma_graph.exports.lettering import page, safe
from valuma_graph.exports.workbook import sheet_name, without_clock
from valuma_graph.policy.schema import ATTRIBUTES, CODES, framework
from valuma_graph.text import LANGS, t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MARK: Final = "valuma_form"
"""Name of the very hidden sheet that says which form this is."""

TITLE: Final = "valuma-graph form"
VERSION: Final = "1"

NETWORK_FIELDS: Final = (
    "name_fi", "name_sv", "name_en", "kind", "countries", "founded_year", "ended_year",
    "list_status", "filled_by", "as_of",
)  # fmt: skip
"""What the sheet on the network asks, a row each."""

ANSWERS: Final = ("answer_1", "answer_2", "answer_3")

SHEETS: Final[dict[str, tuple[str, ...]]] = {
    "network": ("question", "value"),
    "answers": ("question", "label", *ANSWERS, "comment"),
    "funding": (
        "payer", "funding_kind", "item", "amount", "currency", "unit", "share", "since", "until",
        "note",
    ),
    "chain": ("goal", "link", "item", "indicator"),
    "members": ("member", "role", "since", "until"),
}  # fmt: skip
"""Columns of each sheet that is read, after the hidden column of keys."""

LINKS: Final = ("means_activities", "resources", "results", "societal_impacts")
FUNDING_KINDS: Final = ("basic", "project", "fee")
CURRENCIES: Final = ("EUR", "SEK", "NOK", "DKK", "ISK", "GBP", "USD")
# What may fill in a form; areas, cases and groupings by law are kinds of the bundled data only.
_KINDS: Final = (
    "network", "programme", "project", "agreement", "working_group", "office", "label",
    "joint_authority", "company",
)  # fmt: skip

_CODED: Final = (
    "code_answer", "code_area_level", "code_direction", "code_focus", "code_funding_model",
    "code_initiator", "code_level", "code_model", "code_motive", "code_openness", "code_owner",
    "code_phase", "code_stage",
)  # fmt: skip

WORDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    **{g.removeprefix("code_"): (g, CODES[g.removeprefix("code_")]) for g in _CODED},
    "kind": ("network_kind", _KINDS),
    "list_status": ("list_status", ("complete", "partial", "unknown")),
    "funding_kind": ("form_money", FUNDING_KINDS),
    "link": ("form_link", LINKS),
    "role": ("role", ROLES),
}
"""Each closed list: the group of its words in the catalogue, and its codes."""

_ROWS: Final = {"funding": 15, "chain": 30, "members": 40}
_MOST: Final = 2000
_WIDTHS: Final = {
    "question": 46, "label": 28, "value": 60, "answer_1": 36, "answer_2": 26, "answer_3": 26,
    "comment": 34, "payer": 28, "funding_kind": 18, "item": 34, "amount": 13, "currency": 10,
    "unit": 16, "share": 18, "since": 11, "until": 11, "note": 30, "goal": 36, "link": 22,
    "indicator": 34, "member": 36, "role": 20,
}  # fmt: skip
_NUMBERS: Final = {"amount", "share", "since", "until"}
_TOP: Final = 3
_GUIDE: Final = ("purpose", "fill", "lists", "several", "empty", "years", "share", "goal",
                 "members", "hidden", "send")  # fmt: skip
_DARK, _BAND, _OPEN, _SHUT = "1F4E5F", "DCE8EC", "FFFBEA", "EDEDED"


def asked() -> list[str]:
    """
    Return the attributes that the sheet of answers asks, in the order of Table 4.

    The years of founding and ending are asked with the name of the network.

    Examples
    --------
    >>> asked()[:3], "founded_year" in asked()
    (['goal', 'shared_aim', 'national_role'], False)
    """
    return [n for n, a in ATTRIBUTES.items() if a.asked and n not in NETWORK_FIELDS]


def write_form(path: Path, *, lang: str, names: Mapping[str, str]) -> None:
    """
    Write the empty form; the same language and name give the same bytes.

    Parameters
    ----------
    path
        The file, overwritten. It is not written atomically here.
    lang
        Language of the form.
    names
        Names of the network that are filled in, by language: `name_fi` and so on.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    taken: set[str] = set()
    for sheet in ("guide", *SHEETS):
        title = sheet_name(t(f"form_sheet.{sheet}", lang), taken)
        taken.add(title.casefold())
        book.create_sheet(title)
    lists = _hidden_lists(book, lang)
    guide, *others = book.worksheets[: len(SHEETS) + 1]
    _write_guide(guide, lang)
    sheets = dict(zip(SHEETS, others, strict=True))
    _write_network(sheets["network"], lists, lang, names)
    _write_answers(sheets["answers"], lists, lang)
    for name in _ROWS:
        _write_rows(name, sheets[name], lists, lang)
    _offer_goals(sheets["chain"], sheets["answers"])
    book.active = 1
    book.properties.creator = "valuma-graph"
    book.properties.title = safe(t("form_sheet.title", lang))
    buffer = BytesIO()
    book.save(buffer)
    without_clock(buffer, path)


def _hidden_lists(book: Workbook, lang: str) -> dict[str, str]:
    """Write the very hidden sheet; return the range of the words of each list."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(MARK)
    sheet.sheet_state = "veryHidden"
    for column, value in enumerate((TITLE, VERSION, lang), start=1):
        sheet.cell(1, column, value)
    ranges = {}
    lists = {n: [t(f"{g}.{c}", lang) for c in codes] for n, (g, codes) in WORDS.items()}
    lists["currency"] = list(CURRENCIES)
    for column, (name, words) in enumerate(lists.items(), start=5):
        sheet.cell(2, column, name)
        for row, word in enumerate(words, start=3):
            sheet.cell(row, column, word)
        letter = get_column_letter(column)
        ranges[name] = f"{MARK}!${letter}$3:${letter}${len(words) + 2}"
    return ranges


def _write_guide(sheet: Worksheet, lang: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 74
    head = sheet.cell(1, 1, t("form_sheet.title", lang))
    head.font = Font(name="Calibri", bold=True, size=16, color=_DARK)
    sheet.row_dimensions[1].height = 30
    for row, key in enumerate(_GUIDE, start=3):
        words = t(f"form_guide.{key}", lang)
        made = sheet.cell(row, 1, words)
        made.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = _height(words, 74)
    sheet.protection.enable()
    sheet.sheet_view.showGridLines = False
    sheet.print_area = f"A1:A{len(_GUIDE) + 2}"
    page(sheet, landscape=False)


def _write_network(
    sheet: Worksheet, lists: Mapping[str, str], lang: str, names: Mapping[str, str]
) -> None:
    _begin(sheet, "network", lang)
    for row, field in enumerate(NETWORK_FIELDS, start=_TOP + 1):
        words = t(f"form_ask.{field}", lang)
        _put(sheet, row, 1, field)
        _put(sheet, row, 2, words, wrap=True)
        _open(sheet, row, 3, value=names.get(field), text="year" not in field and field != "as_of")
        sheet.row_dimensions[row].height = _height(words, _WIDTHS["question"])
        if field in lists:
            _offer(sheet, lists[field], f"C{row}", lang)
    _finish(sheet)


def _write_answers(sheet: Worksheet, lists: Mapping[str, str], lang: str) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    _begin(sheet, "answers", lang)
    questions = framework(lang=lang)["question"]
    row, dimension = _TOP, ""
    for name in asked():
        attribute = ATTRIBUTES[name]
        row += 1
        if attribute.dimension != dimension:
            dimension = attribute.dimension
            _put(sheet, row, 1, "valuma:group")
            for column in range(2, len(SHEETS["answers"]) + 2):
                words = t(f"dimension.{dimension}", lang) if column == 2 else None  # noqa: PLR2004
                _put(sheet, row, column, words, fill=_BAND)
            sheet.cell(row, 2).font = Font(name="Calibri", bold=True, color=_DARK)
            row += 1
        asks = [str(questions[q]) for q in attribute.questions] or [t("form_ask.extra", lang)]
        _put(sheet, row, 1, name)
        _put(sheet, row, 2, "\n".join(asks), wrap=True)
        _put(sheet, row, 3, t(f"attribute.{name}", lang), wrap=True, bold=True)
        free = attribute.kind == "text"
        for k, column in enumerate(range(4, 7)):
            if k == 0 or attribute.several:
                _open(sheet, row, column, text=free)
            else:
                _put(sheet, row, column, None, fill=_SHUT)
        _open(sheet, row, 7)
        lines = sum(_lines(a, _WIDTHS["question"]) for a in asks)
        label = _lines(t(f"attribute.{name}", lang), _WIDTHS["label"] - 3)
        sheet.row_dimensions[row].height = 15.0 * max(lines, label, 2 if free else 1) + 3
        if attribute.codes:
            last = "F" if attribute.several else "D"
            _offer(sheet, lists[attribute.codes], f"D{row}:{last}{row}", lang)
    _finish(sheet, area=f"B1:{get_column_letter(len(SHEETS['answers']) + 1)}{row}")


def _write_rows(name: str, sheet: Worksheet, lists: Mapping[str, str], lang: str) -> None:
    """Write a sheet of rows: the first have borders, and there is no last one."""
    from openpyxl.utils import get_column_letter

    _begin(sheet, name, lang)
    for row in range(_TOP + 1, _TOP + 1 + _ROWS[name]):
        for column, field in enumerate(SHEETS[name], start=2):
            _open(sheet, row, column, text=field not in _NUMBERS | set(lists))
    for column, field in enumerate(SHEETS[name], start=2):
        letter = get_column_letter(column)
        whole = sheet.column_dimensions[letter]
        whole.protection, whole.alignment = _styles()["unlocked"], _styles()["wrap"]
        if field in lists:
            place = f"{letter}{_TOP + 1}:{letter}{_MOST}"
            _offer(sheet, lists[field], place, lang)
    _finish(sheet)


def _offer_goals(chain: Worksheet, answers: Worksheet) -> None:
    """Offer the goals of the sheet of answers in the chain; others are refused when it is read."""
    from openpyxl.worksheet.datavalidation import DataValidation

    row = next(c.row for c in answers["A"] if c.value == "goal")
    title = answers.title.replace("'", "''")
    offered = DataValidation("list", formula1=f"'{title}'!$D${row}:$F${row}", allow_blank=True)
    offered.showErrorMessage = False
    offered.add(f"B{_TOP + 1}:B{_MOST}")
    chain.add_data_validation(offered)


# -- cells ----------------------------------------------------------------------------------------


def _begin(sheet: Worksheet, name: str, lang: str) -> None:
    """Write the hidden row of keys, the title and the header."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    _put(sheet, 1, 1, f"valuma:{name}")
    _put(sheet, 2, 1, "valuma:title")
    _put(sheet, _TOP, 1, "valuma:head")
    sheet.cell(2, 2, t(f"form_top.{name}", lang)).font = Font(
        name="Calibri", bold=True, size=12, color=_DARK
    )
    sheet.row_dimensions[2].height = 24
    sheet.cell(2, 2).alignment = Alignment(vertical="center")
    heads = [t(f"form_head.{field}", lang) for field in SHEETS[name]]
    for column, (field, words) in enumerate(zip(SHEETS[name], heads, strict=True), start=2):
        _put(sheet, 1, column, f"valuma:{name}.{field}")
        made = _put(sheet, _TOP, column, words, fill=_DARK, wrap=True)
        made.font = Font(name="Calibri", bold=True, color="FFFFFF")
        made.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[field]
    tallest = max(_lines(w, _WIDTHS[f] - 4) for f, w in zip(SHEETS[name], heads, strict=True))
    sheet.row_dimensions[_TOP].height = 15.0 * tallest + 6
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].hidden = True
    columns = 2 + SHEETS[name].index("label") + 1 if name == "answers" else 2
    sheet.freeze_panes = f"{get_column_letter(columns)}{_TOP + 1}"


def _finish(sheet: Worksheet, *, area: str | None = None) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.protection.enable()  # without a password: it keeps the hidden keys where they are
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "sort"):
        setattr(sheet.protection, allowed, False)
    sheet.print_title_rows = f"2:{_TOP}"
    if area:
        sheet.print_area = area
    page(sheet, landscape=True)


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | None,
    *,
    fill: str = "",
    wrap: bool = False,
    bold: bool = False,
) -> Any:  # noqa: ANN401  openpyxl's cells have several classes
    styles = _styles()
    made = sheet.cell(row, column)
    if value is not None:
        made.value = safe(value)
        made.data_type = "s"  # openpyxl would take "=1+1" for a formula
    if fill:
        made.fill = styles[fill]
    if wrap:
        made.alignment = styles["wrap"]
    if bold:
        made.font = styles["bold"]
    return made


def _open(
    sheet: Worksheet, row: int, column: int, *, value: str | None = None, text: bool = True
) -> None:
    """Make a cell for an answer; text cells keep what is typed as it is, also "=1+1"."""
    styles = _styles()
    made = _put(sheet, row, column, value, fill=_OPEN, wrap=True)
    made.protection, made.border = styles["unlocked"], styles["box"]
    if text:
        made.number_format = "@"


@cache
def _styles() -> dict[str, Any]:
    """Return the styles of cells, made once: a style for each cell would take a second."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    side = Side("thin", color="B8B8B8")
    return {
        **{c: PatternFill("solid", fgColor=c) for c in (_DARK, _BAND, _OPEN, _SHUT)},
        "wrap": Alignment(wrap_text=True, vertical="top"),
        "bold": Font(name="Calibri", bold=True),
        "unlocked": Protection(locked=False),
        "box": Border(left=side, right=side, top=side, bottom=side),
    }


def _offer(sheet: Worksheet, words: str, place: str, lang: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = DataValidation("list", formula1=f"={words}", allow_blank=True)
    offered.showErrorMessage = True
    offered.errorTitle, offered.error = t("form_sheet.wrong", lang), t("form_sheet.choose", lang)
    offered.add(place)
    sheet.add_data_validation(offered)


def _lines(words: str, width: float) -> int:
    """Estimate how many lines a text takes, as no spreadsheet grows rows of a file by itself."""
    return sum(1 + int(len(line) * 1.08 / width) for line in words.split("\n"))


def _height(words: str, width: float) -> float:
    return 15.0 * _lines(words, width) + 4


def meanings() -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """Yield list, code, group and words in all languages of each entry of the closed lists."""
    for name, (group, codes) in WORDS.items():
        for code in codes:
            yield name, code, group, [t(f"{group}.{code}", lang) for lang in LANGS]
