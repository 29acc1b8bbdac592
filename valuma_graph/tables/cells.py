"""What one cell of text says: made clean, then read as a date, a number, a word or an id."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph.tables.delimited import unguarded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from valuma_graph.tables.findings import Findings, Severity

_LONGEST_NAME = 500
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
_LONGEST_ID = 60
_DAY_ZERO = dt.date(1899, 12, 30)  # of spreadsheets
_LETTERS = str.maketrans(
    {"æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ß": "ss", "ð": "d", "Ð": "d", "þ": "th",
     "Þ": "th", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d"}
)  # fmt: skip

# Inside brackets of a pattern: marks without width, control characters, failed decoding, spaces.
_MARKS = "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_JOINERS = "\u200c\u200d"
_CONTROL = "\x00-\x08\x0e-\x1f\x7f"
_BROKEN = "\x80-\x84\x86-\x9f\ufffd"
_SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BREAKS = "\t\n\x0b\x0c\r\x85\u2028\u2029"
_MOJIBAKE = "Ã[\x80-\xbf\u0152-\u2122]"  # UTF-8 read as Windows-1252: Ã¤ for ä
_LOOK_AT = (
    rf"^\s|\s$|^'+[=+@\-\t\r\n]|  |{_MOJIBAKE}|[^\s][„†”][^\s]"
    rf"|[{_MARKS}{_JOINERS}{_CONTROL}{_BROKEN}{_SPACES}{_BREAKS}]"
)
# A joiner beside a letter is a slip; between emoji it is part of the picture.
_UNSEEN = rf"[{_MARKS}]|(?<=[!-ɏ])[{_JOINERS}]|[{_JOINERS}](?=[!-ɏ])"
_DROP = re.compile(rf"[{_CONTROL}]|{_UNSEEN}")
_FLAGS = {
    "broken_letters": re.compile(rf"[{_BROKEN}]|{_MOJIBAKE}|(?<=\w)[„†”](?=\w)"),
    "control_characters": re.compile(f"[{_CONTROL}]"),
    "invisible_characters": re.compile(rf"{_UNSEEN}|[{_SPACES}]"),
    "line_break": re.compile(rf"(?<=\S)[{_BREAKS}]+(?=\s*\S)"),
}
_UNUSUAL = {
    "markup_in_name": r"<[A-Za-z/!]",
    "formula_in_name": r"^(?:[=@]|[+\-][^ ].*[(|!])",
    "path_in_name": r"\.\.[/\\]",
    "long_text": rf"(?s)^.{{{_LONGEST_NAME + 1}}}",
}


@dataclass(frozen=True, eq=False)
class Column:
    """
    A column of a table, and where it stands.

    Parameters
    ----------
    text
        Cells as text, missing where empty.
    rows
        Row number of each cell.
    title
        The user's own header; empty where the cells are headers themselves.
    found
        Takes the problems.
    """

    text: pd.Series
    rows: np.ndarray
    title: str
    found: Findings

    def note(
        self,
        code: str,
        mask: np.ndarray,
        severity: Severity = "error",
        *,
        suggest: Callable[[str], str | None] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Note a problem in the rows of a mask."""
        at = np.flatnonzero(mask)
        if len(at):
            # A row of a matrix, or a header of it, is several rows here: it is noted once.
            place = self.rows[at] if self.title else np.zeros(len(at))
            cell = pd.DataFrame({"place": place, "text": self.text.iloc[at].to_numpy()})
            at = at[~cell.duplicated().to_numpy()]
            self.found.note_rows(
                code,
                severity,
                self.rows[at],
                self.text.iloc[at],
                column=self.title,
                suggest=suggest,
                values=values,
            )


@cache
def vocabulary() -> dict[str, Any]:
    """
    Return the words that headers and cells are understood by, as `vocabulary.toml` has them.

    Examples
    --------
    >>> vocabulary()["terms"]["role"]["host"][0]
    'isäntä'
    """
    return tomllib.loads(
        files("valuma_graph.tables").joinpath("vocabulary.toml").read_text("utf-8")
    )


def key(text: str) -> str:
    """
    Return the form in which headers and words are compared: letters and digits only.

    Examples
    --------
    >>> key(" Jäsen-ID "), key("T.o.m."), key("Øst")
    ('jasenid', 'tom', 'ost')
    """
    folded = unicodedata.normalize("NFKD", text).casefold().translate({248: "o", 230: "ae"})
    return "".join(c for c in folded if c.isalnum())


@cache
def words(group: str) -> dict[str, str]:
    """
    Return what each word of a list means, by its comparable form.

    Examples
    --------
    >>> words("role")["isanta"]
    'host'
    """
    return {
        key(word): term
        for term, synonyms in vocabulary()["terms"][group].items()
        for word in (term, *synonyms)
    }


def clean(column: Column, *, identifying: bool, one_line: bool, guarded: bool) -> pd.Series:
    """
    Strip cells, take out what cannot be seen, and note what may be wrong with them.

    Parameters
    ----------
    column
        Text as read.
    identifying
        Whether the cells are names or ids, where a mark without width makes a difference.
    one_line
        Whether a line break is read as a space.
    guarded
        Whether an apostrophe before `=`, `+`, `-` or `@` is the mark of an export.

    Returns
    -------
    text
        Cells that can be compared; missing where nothing is left.
    """
    codes, distinct = pd.factorize(column.text)
    texts, text = pd.Series(distinct, dtype="str"), column.text
    suspect = np.flatnonzero(texts.str.contains(_LOOK_AT, regex=True).to_numpy(dtype=bool))
    if len(suspect):
        originals = texts.iloc[suspect].tolist()
        for code, pattern in _FLAGS.items():
            if identifying or code in {"broken_letters", "control_characters"}:
                mark = np.array([pattern.search(t) is not None for t in originals], dtype=bool)
                suggest = _repaired if code == "broken_letters" else _shortest
                column.note(code, np.isin(codes, suspect[mark]), "warning", suggest=suggest)
        made = [_clean(t, one_line=one_line, guarded=guarded) for t in originals]
        replaced = texts.to_numpy(dtype=object, copy=True)
        replaced[suspect] = [t or np.nan for t in made]
        texts = pd.Series(replaced, dtype="str")
        text = pd.Series(texts.array.take(codes, allow_fill=True), index=text.index)
    if identifying:
        for code, unusual in _UNUSUAL.items():
            mark = texts.str.contains(unusual, regex=True, na=False).to_numpy(dtype=bool)
            if mark.any():
                values = {"longest": str(_LONGEST_NAME)}
                column.note(code, np.isin(codes, np.flatnonzero(mark)), "warning", values=values)
    return text


def _clean(text: str, *, one_line: bool, guarded: bool) -> str:
    text = _DROP.sub("", unguarded(text) if guarded else text)
    if one_line:
        return " ".join(text.split())
    return re.sub(f"[{_SPACES}]", " ", text).strip()


def _shortest(text: str) -> str:
    return _clean(text, one_line=True, guarded=False)[:80]


def _repaired(text: str) -> str | None:
    """Return what a text was before it was read in the wrong encoding, where that is clear."""
    target = "utf-8" if "Ã" in text else "cp850"
    try:
        return text.encode("cp1252").decode(target)
    except UnicodeError:
        return None


def slug(name: str) -> str:
    """
    Return an id for a name: small ASCII letters, digits and underscores.

    Letters lose their marks (å and ä become a, ö becomes o). An id longer than 60 characters is
    cut and ends in eight digits of the name's SHA-256, as does one of a name that has no
    Latin letter or digit.

    Parameters
    ----------
    name
        Any text; the same text always gives the same id.

    Returns
    -------
    id
        Matches `[a-z0-9_]+`.

    Examples
    --------
    >>> slug("Pohjoinen kasvuvyöhyke"), slug("../<script>"), slug("🌲")
    ('pohjoinen_kasvuvyohyke', 'script', 'x_9a80fdc9')
    """
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore")
    made = re.sub(r"[^a-z0-9]+", "_", plain.decode().lower()).strip("_")
    if made and len(made) <= _LONGEST_ID:
        return made
    digits = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{made[:_LONGEST_ID].strip('_') or 'x'}_{digits}"


@dataclass(frozen=True, eq=False)
class Dates:
    """
    Dates of a column.

    Parameters
    ----------
    text
        As `2019`, `2019-06` or `2019-06-10`, missing where empty or not a date.
    year
        The year of each, NaN where missing.
    first, last
        First and last day that each covers, as the number 20190610; NaN where missing.
    """

    text: pd.Series
    year: np.ndarray
    first: np.ndarray
    last: np.ndarray


def dates(column: Column) -> Dates:
    """
    Read a column of dates, written as years, months or days, ISO or Finnish and Swedish.

    Parameters
    ----------
    column
        Text; what is no date, or outside 1900 to 2100, is noted.

    Returns
    -------
    dates
        One for each cell.
    """
    codes, distinct = pd.factorize(column.text)
    read = [parse_date(t) for t in distinct]
    bad = np.array([d is None for d in read] + [False], dtype=bool)
    out = np.array(
        [d is not None and not FIRST_YEAR <= int(d[:4]) <= LAST_YEAR for d in read] + [False],
        dtype=bool,
    )
    column.note("bad_date", bad[codes], suggest=_maybe_date)
    span = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
    column.note("date_range", out[codes], values=span)
    years = np.array([_year_shown_as_day(d) is not None for d in read] + [False], dtype=bool)
    column.note("year_as_date", years[codes], "warning", suggest=_year_shown_as_day)
    good = [d if d and not o else None for d, o in zip(read, out[:-1].tolist(), strict=True)]
    texts = pd.Series([d or np.nan for d in good], dtype="str")
    number = [float(d.replace("-", "")) if d else np.nan for d in good]
    steps = [{4: 10_000, 7: 100, 10: 1}[len(d)] if d else 1 for d in good]
    first = np.array([n * s for n, s in zip(number, steps, strict=True)] + [np.nan])
    last = np.array([(n + 1) * s - 1 for n, s in zip(number, steps, strict=True)] + [np.nan])
    return Dates(
        pd.Series(texts.array.take(codes, allow_fill=True), index=column.text.index),
        year=(first // 10_000)[codes],
        first=first[codes],
        last=last[codes],
    )


_DATE_FORMS = (
    re.compile(r"(?P<y>\d{4})(?:\.0)?"),
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ][\d:.+Z-]*)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})"),
    re.compile(r"(?P<m>\d{1,2})[./-](?P<y>\d{4})"),
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def parse_date(text: str) -> str | None:
    """
    Return a date as ISO 8601, as exact as it is written, or None where it is not clear.

    Examples
    --------
    >>> parse_date("31.12.2019"), parse_date("6/2019"), parse_date("2019-06-10T12:00:00")
    ('2019-12-31', '2019-06', '2019-06-10')
    >>> parse_date("3/4/2019") is None, parse_date("31.2.2019") is None
    (True, True)
    """
    if slashed := _SLASHED.fullmatch(text):
        one, other, year = slashed.groups()  # day first, or month first
        readings = {_iso(year, other, one), _iso(year, one, other)}
        known = readings - {None}
        return known.pop() if len(known) == 1 else None
    for form in _DATE_FORMS:
        if match := form.fullmatch(text):
            told = match.groupdict()
            return _iso(told["y"], told.get("m"), told.get("d"))
    return None


def _iso(year: str, month: str | None = None, day: str | None = None) -> str | None:
    try:
        date = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return date.isoformat()[: 4 if month is None else 7 if day is None else 10]


def _year_shown_as_day(text: str | None) -> str | None:
    """Return the year whose number a cell in date format shows as a day of 1905."""
    date = parse_date(text) if text else None
    if date is None or len(date) < 10:  # noqa: PLR2004  only a whole day can be a number
        return None
    number = (dt.date.fromisoformat(date) - _DAY_ZERO).days
    return str(number) if FIRST_YEAR <= number <= LAST_YEAR else None


def _maybe_date(text: str) -> str | None:
    """Suggest a date for what only looks like one: a count of days, two digits of a year."""
    if re.fullmatch(r"[34]\d{4}", text):
        return (_DAY_ZERO + dt.timedelta(days=int(text))).isoformat()
    if short := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{2})", text):
        return _iso(f"20{short[3]}", short[2], short[1])
    if spelt := re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text):
        return spelt[0]
    return None


def numbers(
    column: Column, *, lowest: float = 0, highest: float = np.inf, whole: bool = False
) -> pd.Series:
    """
    Read a column of numbers, with decimal points or commas and spaces between thousands.

    Parameters
    ----------
    column
        Text; what is no number, or outside the limits, is noted.
    lowest, highest
        Limits, both allowed.
    whole
        Whether the numbers are counts.

    Returns
    -------
    numbers
        dtype float64, or Int64 where `whole`.
    """
    codes, distinct = pd.factorize(column.text)
    read = np.array([parse_number(t, whole=whole) for t in distinct] + [np.nan], dtype=float)
    missing = codes < 0
    values = read[codes]
    column.note("bad_number", np.isnan(values) & ~missing)
    outside = (values < lowest) | (values > highest)
    limits = {"lowest": f"{lowest:g}", "highest": "∞" if np.isinf(highest) else f"{highest:g}"}
    column.note("number_range", outside, values=limits)
    values[outside] = np.nan
    series = pd.Series(values, index=column.text.index)
    return series.round().astype("Int64") if whole else series


def parse_number(text: str, *, whole: bool = False) -> float:
    """
    Return the number that a text writes, NaN where it is not clear.

    Examples
    --------
    >>> parse_number("1 234,5"), parse_number("5,525,292", whole=True), parse_number("n. 30")
    (1234.5, 5525292.0, nan)
    """
    plain = "".join(text.split()).replace("−", "-")
    if whole and re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", plain):
        plain = plain.replace(",", "").replace(".", "")
    if not re.fullmatch(r"-?\d{1,15}(?:[.,]\d+)?", plain):
        return float("nan")
    number = float(plain.replace(",", "."))
    return number if not whole or number.is_integer() else float("nan")


def terms(column: Column, group: str, *, code: str, default: str | None = None) -> pd.Series:
    """
    Read a column of words from a closed list, in any of the three languages.

    Parameters
    ----------
    column
        Text; a word that is not on the list is noted, with those that are.
    group
        List in the vocabulary, such as `"role"`.
    code
        Code of the problem.
    default
        What an empty or unknown cell stands for.

    Returns
    -------
    terms
        dtype `str`.
    """
    from difflib import get_close_matches

    known = words(group)
    codes, distinct = pd.factorize(column.text)
    read = [known.get(key(t)) if len(t) < _LONGEST_NAME else None for t in distinct]
    bad = np.array([r is None for r in read] + [False], dtype=bool)

    written = {key(w): w for words_ in vocabulary()["terms"][group].values() for w in words_}

    def suggest(text: str) -> str | None:
        near = get_close_matches(key(text)[:_LONGEST_ID], known, 1, 0.7)
        return written.get(near[0], known[near[0]]) if near else None

    allowed = {"allowed": ", ".join(vocabulary()["terms"][group])}
    column.note(code, bad[codes], suggest=suggest, values=allowed)
    # An empty text for a missing code: it is filled below.
    made = pd.Series([*(r or np.nan for r in read), np.nan], dtype="str")
    result = pd.Series(made.array.take(codes), index=column.text.index)
    return result if default is None else result.fillna(default)
