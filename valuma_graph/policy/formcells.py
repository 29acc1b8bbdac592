"""What the cells of a form say: words of closed lists in any language, amounts, shares, years."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.places import LATEST
from valuma_graph.places.names import normal, phrases
from valuma_graph.policy import keeping
from valuma_graph.policy.formsheets import CURRENCIES, WORDS, asked, meanings
from valuma_graph.tables import cells
from valuma_graph.text import LANGS, catalogue, t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from valuma_graph.places import Gazetteer
    from valuma_graph.policy.formblocks import Block

_UNKNOWN: Final = frozenset(
    ["", "eitiedossa", "eitietoa", "eitiedeta", "entieda", "okant", "okand", "vetej", "vetinte",
     "unknown", "notknown", "dontknow"]
)  # fmt: skip
_COUNTRIES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW"
)
# Codes of ISO 3166-1, and two that people write in their place.
_MEANT: Final = {"UK": "GB", "EL": "GR"}
_EUROS: Final = frozenset(["€", "eur", "euro", "euroa", "euros"])
_ID: Final = re.compile(r"[a-z_]+:(?!//)\S+")
_LIKE, _LIKE_TAIL, _SHORTEST = 0.85, 0.6, 4
# The state and everybody: words for payers that only look like a municipality.
_GENERAL: Final = frozenset(["valtio", "valtion", "alla"])
_LEGAL: Final = re.compile(r"\s+(?:oy|oyj|ab|ry|rf|sr|ltd)\b\.?|\s*\([^()]*\)")


@cache
def _words() -> dict[str, dict[str, str]]:
    """Return what each word of each closed list means, by its comparable form."""
    known: dict[str, dict[str, str]] = {}
    for name, code, _, words in meanings():
        for word in (code, *words, *(w.partition(":")[0] for w in words)):
            known.setdefault(name, {}).setdefault(cells.key(word), code)
    for name, group in (("role", "role"), ("kind", "network_kind"), ("list_status", "list_status")):
        for word, code in cells.words(group).items():
            if code in WORDS[name][1]:
                known[name].setdefault(word, code)
    known["answer"] |= {"true": "yes", "false": "no", "1": "yes", "0": "no"}  # ticked cells
    return known


@cache
def _labels() -> dict[str, str]:
    """Return the attribute that each label means, where it means one."""
    meant: dict[str, set[str]] = {}
    for name in asked():
        for lang in LANGS:
            meant.setdefault(cells.key(t(f"attribute.{name}", lang)), set()).add(name)
    return {label: min(names) for label, names in meant.items() if len(names) == 1}


def is_unknown(text: str) -> bool:
    """
    Tell whether a cell says that nothing is known: that is no answer.

    Examples
    --------
    >>> is_unknown("?"), is_unknown("Ei tiedossa"), is_unknown("ei")
    (True, True, False)
    """
    return cells.key(text) in _UNKNOWN and text.strip() not in {"€", "%"}


def attribute_of(key: str, label: object) -> str | None:
    """
    Return which attribute a row of answers is about: what its label says, else its key.

    Rows may have been sorted without the hidden column: who answers has read the label.

    Examples
    --------
    >>> attribute_of("goal", "Luottamus"), attribute_of("goal", None), attribute_of("", None)
    ('trust', 'goal', None)
    """
    if isinstance(label, str) and (name := _labels().get(cells.key(label))):
        return name
    return key if key in asked() else None


def code_of(text: str, name: str) -> str | None:
    """
    Return the code of a closed list that a word or code means, in any of the languages.

    Examples
    --------
    >>> code_of("Ylhäältä  ALAS", "direction"), code_of("b", "model"), code_of("up", "direction")
    ('top_down', 'B', None)
    """
    return _words()[name].get(cells.key(text)) if len(text) < 200 else None  # noqa: PLR2004


def allowed(name: str, lang: str) -> str:
    """Return the words of a closed list, as a message names them."""
    return "; ".join(t(f"{g}.{c}", lang) for n, c, g, _ in meanings() if n == name)


def word(name: str, code: str, lang: str) -> str:
    """
    Return the words of a code of a closed list.

    Examples
    --------
    >>> word("openness", "partly_open", "en")
    'partly open'
    """
    return t(f"{WORDS[name][0]}.{code}", lang)


def near(text: str, name: str, lang: str) -> str | None:
    """Return the word of a closed list that resembles a text."""
    known = _words()[name]
    close = get_close_matches(cells.key(text)[:60], known, 1, 0.6)
    return word(name, known[close[0]], lang) if close else None


def coded(block: Block, row: int, column: str, text: str, name: str, *, lang: str) -> str | None:
    """Return the code that a cell means, or note that it is none of the list."""
    code = code_of(text, name)
    if code is None:
        likely = near(text, name, lang)
        words = allowed(name, lang)
        block.note("form_not_listed", row, column, text, suggestion=likely, allowed=words)
    return code


def amount(block: Block, row: int, column: str, text: str) -> float:
    """Return the number that a cell has, NaN and a note where it is none, or negative."""
    plain = re.sub(r"(?i)\s*(?:€|eur|euroa|euro)$", "", text)
    number = cells.parse_number(plain)
    if np.isnan(number) or number < 0:
        block.note("form_bad_amount", row, column, text)
        return float("nan")
    return number


def share(block: Block, row: int, text: str, *, formatted: bool) -> float:
    """
    Return a share of 0 to 1: `50`, `50 %`, or 0.5 in a cell formatted as a percentage.

    A bare number of at most 1 is a share too, and noted: 1 could mean one per cent.
    """
    signed = text.rstrip().endswith("%")
    number = cells.parse_number(text.rstrip().removesuffix("%"))
    if np.isnan(number):
        block.note("form_bad_share", row, "share", text)
        return number
    if signed or (not formatted and number > 1):
        number /= 100
    elif not formatted and 0 < number <= 1:
        said = f"{100 * number:g} %"
        block.found.note("form_fraction", "warning", row=row, column=block.titles["share"],
                         value=text, read=said)  # fmt: skip
    if not 0 <= number <= 1:
        block.note("form_bad_share", row, "share", text)
        return float("nan")
    return number


def years(block: Block, column: str, rows: Iterable[int] | None = None) -> pd.Series:
    """Return the years of a column as text, missing where empty; what is none is noted."""
    given = block.column(column)
    there = np.array([isinstance(x, str) and not is_unknown(x) for x in given.text], dtype=bool)
    if rows is not None:
        there &= np.isin(block.rows, list(rows))
    given = cells.Column(given.text.where(there), given.rows, given.title, given.found)
    read = cells.dates(given)
    return pd.Series(
        [np.nan if np.isnan(y) else str(int(y)) for y in read.year], index=given.text.index,
        dtype="str",
    )  # fmt: skip


def currency(block: Block, row: int, text: str | None) -> str | None:
    """Return the code of a currency, or note that it is none of the list."""
    if text is None:
        return None
    if text.casefold().strip() in _EUROS:
        return "EUR"
    code = text.upper().strip()
    if code in CURRENCIES:
        return code
    near = next(iter(get_close_matches(code[:20], CURRENCIES, 1, 0.6)), None)
    block.note(
        "form_not_listed", row, "currency", text, suggestion=near, allowed="; ".join(CURRENCIES)
    )
    return None


def countries(block: Block, row: int, text: str) -> str | None:
    """Return codes of countries, separated by ";", from codes or names in any language."""
    names = {
        cells.key(word): code.removeprefix("country.")
        for code, words in catalogue().items()
        if code.startswith("country.")
        for word in words.values()
    }
    codes, listed = [], _COUNTRIES.split()
    for part in filter(None, map(str.strip, re.split(r"[;,/\n]", text))):
        code = names.get(cells.key(part), part.upper())
        if code in listed:
            codes.append(code)
            continue
        close = get_close_matches(cells.key(part)[:60], names, 1, 0.75)
        likely = names[close[0]] if close else _MEANT.get(code)
        block.note("form_country", row, "value", part, suggestion=likely)
    return ";".join(dict.fromkeys(codes)) or None


def payers(
    block: Block, *, gazetteer: Gazetteer, members: pd.DataFrame | None
) -> dict[str, str | None]:
    """
    Return the id of the member or programme that each payer is; one written as an id must exist.

    A name in words is kept as it is; one that is nearly the name of a member, an organisation
    or a programme is noted with the names that it resembles. Where the members could not be
    read (None), anybody may be one of them, and nothing is noted.
    """
    given = block.column("payer")
    said = ~given.text.map(lambda p: isinstance(p, str) and is_unknown(p)).astype(bool)
    given = cells.Column(given.text.where(said), given.rows, given.title, given.found)
    own = {} if members is None else {str(i): str(i) for i in members.index}
    for column in ("name_fi", "name_sv", "name_en"):
        if members is not None:
            own |= {normal(str(n)): str(i) for i, n in members[column].dropna().items()}
    funds = keeping.programmes().index
    texts = [p for p in given.text.dropna().unique() if not p.strip().isdigit()]
    ids: dict[str, str | None] = {}
    for text, answer in zip(texts, gazetteer.resolve(texts).itertuples(), strict=True):
        fund = text.removeprefix("programme:")
        if answer.status in {"exact", "former"}:
            ids[text] = str(answer.member_id)
        else:
            mine = own.get(text, own.get(normal(text)))
            ids[text] = mine or (fund if fund != text and fund in funds else None)
    if members is None:
        return ids
    unknown = [p for p in texts if ids[p] is None]
    lost = [p for p in unknown if _ID.fullmatch(p)]
    wrong = given.text.isin(lost).to_numpy(dtype=bool)
    given.note("form_payer", wrong, suggest=lambda text: _ids_like(text, gazetteer))
    free = [p for p in unknown if p not in lost]
    near = _names_like(free, gazetteer, members) if free else {}
    alike = given.text.isin(list(near)).to_numpy(dtype=bool)
    given.note("form_payer_like", alike, "warning", suggest=near.get)
    return ids


def _ids_like(text: str, gazetteer: Gazetteer) -> str | None:
    """Return the ids that resemble one that does not exist, the closest first."""
    known = [
        *gazetteer.organisations().index,
        *gazetteer.other_places().index,
        *(i for kind in ("municipality", "region") for i in gazetteer.groups(kind, LATEST).index),
        *(f"programme:{i}" for i in keeping.programmes().index),
    ]
    tail = text.partition(":")[2].casefold()[:100]
    close = [
        i
        for i in get_close_matches(text[:100], known, 12, _LIKE_TAIL)
        if SequenceMatcher(None, tail, i.partition(":")[2].casefold()).ratio() >= _LIKE_TAIL
    ]
    return "; ".join(close[:3]) or None


def _names_like(texts: list[str], gazetteer: Gazetteer, members: pd.DataFrame) -> dict[str, str]:
    """Return the names that each text nearly is; none for what is a name to the letter."""
    frames = [gazetteer.organisations(), gazetteer.other_places(), members]
    frames += [gazetteer.groups(kind, LATEST) for kind in ("municipality", "region")]
    frames.append(keeping.programmes())
    names: dict[str, tuple[str, str]] = {}
    for frame in frames:
        for column in {"name_fi", "name_sv", "name_en"} & {*frame.columns}:
            for key, name in frame[column].dropna().items():
                for part in _variants(str(name)):
                    names.setdefault(part, (str(key), str(name)))
    near = {}
    for text in texts:
        asked = normal(text)[:100]
        if len(asked) < _SHORTEST or asked in names or asked in _GENERAL:
            continue
        keys = [asked, *(part for part, _ in phrases(asked) if len(part) >= _SHORTEST)]
        close = [names[n] for k in keys for n in get_close_matches(k, names, 3, _LIKE)]
        labels = [
            label if (label := gazetteer.label(key)) != key else f"{name} ({key})"
            for key, name in dict.fromkeys(close)
        ]
        if labels:
            near[text] = "; ".join(list(dict.fromkeys(labels))[:3])
    return near


def _variants(name: str) -> Iterator[str]:
    """Yield a name in the form that is compared: whole, without "Oy" or "(TEM)", abbreviated."""
    whole = normal(name)
    yield whole
    plain = _LEGAL.sub("", whole)
    yield plain
    if plain.startswith("suomen "):  # "Suomen Kuntaliitto ry"
        yield plain.removeprefix("suomen ")
    before, _, short = name.rpartition(", ")
    if before and short.isupper():
        yield normal(before)
        yield normal(short)
