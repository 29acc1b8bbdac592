"""Who is meant: from names, codes and ids in a user's tables to ids of members and networks."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from valuma_graph.places import DIVISIONS, KINDS, LATEST
from valuma_graph.places.names import CODE_WIDTH, Lookalikes, normal
from valuma_graph.tables.cells import Column, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from valuma_graph.places import Gazetteer

_EXPLICIT = re.compile(rf"(?P<kind>{'|'.join(KINDS)}):(?P<rest>.+)", re.DOTALL)
_ORGANISATION = re.compile(
    r"(?:organisaatio|organi[sz]ation)\s*:\s*(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL
)
_PLACE_ID = re.compile(r"[a-z_]+:(?:[A-Z]{2}(?:-[A-Za-z0-9_.-]+)?|[a-z0-9_]+)")
_ORGANISATION_ID = re.compile(r"organisation:[a-z0-9_]+")
_CODE = re.compile(r"(?:KU|MK|SK)?\d+")
_NUMBER = re.compile(r"[0-9]+")
_NETWORK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_SWAPPED_MEMBERS, _SWAPPED_NETWORKS = 0.3, 0.7
_SUGGESTIONS = 3
_LIKE = 0.85
_SHORTEST_WORD = 4
_GENERIC = {"verkosto", "nätverk", "network"}
_MOST_COMPARED = 1000  # new networks; each is compared with every known name


@dataclass(frozen=True, eq=False)
class Register:
    """
    Ids that are known already, with the names that mean them.

    Parameters
    ----------
    ids
        Every id.
    by_name
        Normal form of a name → id, where the name means one id only.
    shown
        Normal form of a name → the name as it is written.
    """

    ids: frozenset[str] = frozenset()
    by_name: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    def find(self, text: str) -> str | None:
        """Return the id that a text is, or is the name of."""
        return text if text in self.ids else self.by_name.get(normal(text))

    def lookalikes(self) -> Lookalikes:
        """Return a finder of ids whose names resemble a text."""
        return Lookalikes([*self.by_name.items(), *((normal(i), i) for i in self.ids)])


def register(frame: pd.DataFrame | None) -> Register:
    """
    Return the register of a table whose index is ids and which has `name_*` columns.

    Examples
    --------
    >>> table = pd.DataFrame({"name_fi": ["Pori"], "name_sv": ["Björneborg"]}, index=["a"])
    >>> register(table).find("BJÖRNEBORG")
    'a'
    """
    if frame is None or frame.empty:
        return Register()
    meant: dict[str, set[str]] = {}
    shown: dict[str, str] = {}
    for column in ("name_fi", "name_sv", "name_en"):
        if column in frame:
            named = frame[column].dropna()
            for identity, name in zip(named.index, named, strict=True):
                meant.setdefault(normal(str(name)), set()).add(str(identity))
                shown.setdefault(normal(str(name)), str(name))
    single = {name: next(iter(ids)) for name, ids in meant.items() if len(ids) == 1}
    return Register(frozenset(map(str, frame.index)), single, shown)


@dataclass(frozen=True, eq=False)
class Identified:
    """
    Ids of the cells of a column.

    Parameters
    ----------
    ids
        One for each cell; missing where nothing certain is meant.
    names
        Names of ids that were made from free text.
    kinds
        Kinds that the user gave for such ids.
    """

    ids: pd.Series
    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


def plain_members(column: Column, kinds: pd.Series) -> Identified:
    """
    Take members as they are written: any text is an id.

    Parameters
    ----------
    column
        Names or ids of members.
    kinds
        Kind of each, where given.

    Returns
    -------
    identified
        The text itself; kinds of those that have one.
    """
    given = kinds.notna()
    pairs = pd.DataFrame({"id": column.text[given], "kind": kinds[given]}).drop_duplicates("id")
    pairs = pairs.dropna()
    return Identified(column.text, kinds=dict(zip(pairs["id"], pairs["kind"], strict=True)))


def finnish_members(
    column: Column,
    kinds: pd.Series,
    *,
    hint: str | None,
    own: Register,
    gazetteer: Gazetteer,
    year: int | None,
    sheet: str | None = None,
) -> Identified:
    """
    Tell which place or organisation each cell means; what is not certain is noted.

    Parameters
    ----------
    column
        Names, codes or ids.
    kinds
        Kind of each, where given: an organisation may have any name.
    hint
        Kind that the header speaks of: asked first, as if it stood in `kinds`. What is certain,
        but of another kind, is taken and noted; a bare number is a code of this kind only.
    own
        The user's own members, looked at first.
    gazetteer
        Finnish places, foreign places and organisations.
    year
        The division of the user's data.
    sheet
        The sheet that organisations can be added to, if there is one.

    Returns
    -------
    identified
        Former municipalities keep their own id.
    """
    v_codes, texts = pd.factorize(column.text)
    k_codes, k_names = pd.factorize(kinds)
    pair_of, pairs = pd.factorize(v_codes * (len(k_names) + 1) + k_codes + 1)
    # The last of each list stands for an empty cell.
    all_texts, all_kinds = [*texts.tolist(), None], [None, *k_names.tolist()]
    asked = [
        _Asked(all_texts[p // len(all_kinds)], all_kinds[p % len(all_kinds)])
        for p in pairs.tolist()
    ]
    meant = [_Asked(_in_english(text), kind) for text, kind in asked]
    answers = _answers(meant, hint, own, gazetteer, year)
    _note_answers(column, asked, answers, pair_of, sheet)
    other = [_of_other_kind(a, answer, hint) for a, answer in zip(meant, answers, strict=True)]
    taken = {a.text: str(x.member_id) for a, x, o in zip(asked, answers, other, strict=True) if o}
    column.note(
        "other_kind",
        np.array(other, dtype=bool)[pair_of],
        "warning",
        suggest=lambda text: gazetteer.label(taken[text]),
    )
    ids = pd.Series([a.member_id or np.nan for a in answers], dtype="str")
    names = {str(a.member_id): a.name for a in answers if a.name}
    return Identified(
        pd.Series(ids.array.take(pair_of), index=column.text.index),
        names,
        {i: i.partition(":")[0] for i in names},
    )


class _Asked(NamedTuple):
    text: str | None
    kind: str | None


class _Answer(NamedTuple):
    member_id: str | None = None
    status: str = "unknown"
    suggestions: tuple[str, ...] = ()
    padded: bool = False
    name: str | None = None

    @property
    def certain(self) -> bool:
        return self.status in {"exact", "former", "own", "empty"}


def _in_english(text: str | None) -> str | None:
    """Return "organisaatio: Esedu" as "organisation:Esedu"."""
    told = _ORGANISATION.fullmatch(text) if text else None
    return f"organisation:{told['rest']}" if told else text


def _answers(
    asked: list[_Asked], hint: str | None, own: Register, gazetteer: Gazetteer, year: int | None
) -> list[_Answer]:
    division = LATEST if year is None else min(max(year, DIVISIONS[0]), LATEST)
    listed = [own.find(text) if text is not None else None for text, _ in asked]
    wanted = [kind or hint for _, kind in asked]
    answers = [
        _Answer(status="empty")
        if text is None
        else _Answer(found, "own")
        if found and kind in {None, _kind_of(found)}
        else _Answer()
        for (text, _), found, kind in zip(asked, listed, wanted, strict=True)
    ]
    for kind in sorted({kind or "" for kind in wanted}):
        among = [i for i, other in enumerate(wanted) if (other or "") == kind]
        _resolve(answers, asked, among, gazetteer, division, kind or None)
    for i, found in enumerate(listed):
        if found and not answers[i].certain:
            answers[i] = _Answer(found, "own")
    if hint:
        among = [
            i
            for i, (text, kind) in enumerate(asked)
            if kind is None
            and answers[i].status != "ambiguous"
            and not (hint in CODE_WIDTH and _NUMBER.fullmatch(text or ""))
        ]
        _resolve(answers, asked, among, gazetteer, division, None)
    _take_free(answers, asked, hint)
    return answers


def _kind_of(member_id: str) -> str:
    return member_id.partition(":")[0]


def _of_other_kind(asked: _Asked, answer: _Answer, hint: str | None) -> bool:
    """Tell whether a name means a place that its header does not speak of; an id says its kind."""
    if answer.status not in {"exact", "former"} or asked.kind or hint in {None, "organisation"}:
        return False
    told = _EXPLICIT.fullmatch(asked.text or "")
    return told is None and _kind_of(str(answer.member_id)) != hint


def _resolve(
    answers: list[_Answer],
    asked: list[_Asked],
    among: list[int],
    gazetteer: Gazetteer,
    year: int,
    kind: str | None,
) -> None:
    """Ask the gazetteer for what is not certain yet; a later answer counts if it is certain."""
    at = [i for i in among if not answers[i].certain]
    if not at:
        return
    made = gazetteer.resolve([asked[i].text for i in at], year, kind=kind)
    made = made.astype(object).where(made.notna(), None)
    columns = (made[c].tolist() for c in ("member_id", "status", "suggestions", "note"))
    for i, member_id, status, suggestions, note in zip(at, *columns, strict=True):
        new = _Answer(member_id, status, tuple(suggestions), note == "padded")
        if new.certain or not answers[i].suggestions:
            answers[i] = new


def _take_free(answers: list[_Answer], asked: list[_Asked], hint: str | None) -> None:
    """Accept organisations of any name, and ids of places abroad that the gazetteer lacks."""
    names: dict[str, str] = {}
    for i in sorted(range(len(asked)), key=lambda i: asked[i].text or ""):
        text, kind = asked[i]
        if answers[i].certain or text is None:
            continue
        told = _EXPLICIT.fullmatch(text)
        if told and told["kind"] != "organisation":
            if _PLACE_ID.fullmatch(text) and not told["rest"].startswith("FI"):
                answers[i] = _Answer(text, "unlisted", name=told["rest"])
            continue
        is_name = answers[i].status in {"unknown", "malformed"} and not _CODE.fullmatch(text)
        by_header = hint == "organisation" and kind is None and is_name
        if not told and kind != "organisation" and not by_header:
            continue
        name = told["rest"].strip() if told else text
        is_id = told and _ORGANISATION_ID.fullmatch(text)
        made = text if is_id else f"organisation:{slug(name)}"
        if names.setdefault(made, normal(name)) != normal(name):
            made = _told_apart(made, name)
        near = tuple(s for s in answers[i].suggestions if by_header and _like(name, s))
        answers[i] = _Answer(made, "free", near, name=name)


def _like(name: str, suggestion: str) -> bool:
    from difflib import SequenceMatcher

    near = normal(suggestion.rpartition(" (")[0] or suggestion)
    return SequenceMatcher(None, normal(name), near).ratio() >= _LIKE


def _told_apart(identity: str, name: str) -> str:
    return f"{identity}_{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _note_answers(
    column: Column,
    asked: list[_Asked],
    answers: list[_Answer],
    pair_of: np.ndarray,
    sheet: str | None,
) -> None:
    # One text may be certain as one kind and not as another: what is noted is what is not.
    both = list(zip(asked, answers, strict=True))
    uncertain = {a.text: x for a, x in both if not x.certain}
    numbers = {a.text: x for a, x in both if x.padded}

    def suggest(text: str) -> str | None:
        return "; ".join(uncertain[text].suggestions) or None

    def code_of(text: str) -> str | None:
        return str(numbers[text].member_id).rpartition("-")[2]

    def answered(*statuses: str) -> np.ndarray:
        return np.array([a.status in statuses for a in answers], dtype=bool)

    coded = np.array([_CODE.fullmatch(a.text or "") is not None for a in asked], dtype=bool)
    lost = answered("unknown", "malformed")
    # A name that is nearly that of a place is a slip; only another may be an organisation.
    slip = np.array([any(_like(a.text or "", s) for s in x.suggestions) for a, x in both], bool)
    how = "sheet" if sheet else "column"
    hint = {"hint": f"organisation_{how}", "members": sheet or ""}
    column.note("unknown_code", (lost & coded)[pair_of], suggest=suggest)
    column.note("unknown_member", (lost & ~coded & slip)[pair_of], suggest=suggest)
    column.note("unknown_member", (lost & ~coded & ~slip)[pair_of], suggest=suggest, values=hint)
    column.note("ambiguous_member", answered("ambiguous")[pair_of], suggest=suggest)
    free = np.array([a.status == "free" and bool(a.suggestions) for a in answers], dtype=bool)
    column.note("organisation_like", free[pair_of], "warning", suggest=suggest)
    column.note("unlisted_place", answered("unlisted")[pair_of], "warning")
    padded = np.array([a.padded for a in answers], dtype=bool)
    column.note("padded_code", padded[pair_of], "warning", suggest=code_of)


def look_swapped(
    members: pd.Series, networks: pd.Series, ids: pd.Series, gazetteer: Gazetteer
) -> bool:
    """
    Tell whether the columns of members and networks stand the wrong way round.

    So if less than 30 % of the distinct members are places while at least 70 % of the distinct
    networks are.

    Parameters
    ----------
    members, networks
        Texts of the two columns.
    ids
        Ids found for the members, missing where none was.
    gazetteer
        Knows the places.
    """
    known = pd.DataFrame({"text": members, "ok": ids.notna()}).dropna().drop_duplicates("text")
    if not len(known) or known["ok"].mean() >= _SWAPPED_MEMBERS:
        return False
    others = networks.dropna().drop_duplicates()
    answers = gazetteer.resolve(others.head(1000).tolist())
    certain = answers["status"].isin(["exact", "former", "ambiguous"])
    return bool(len(certain)) and bool(certain.mean() >= _SWAPPED_NETWORKS)


def networks(
    column: Column, *, registers: Iterable[Register], closed: bool, as_is: bool, are_ids: bool
) -> Identified:
    """
    Give each network its id.

    Parameters
    ----------
    column
        Names or ids.
    registers
        Networks that are known, the first that knows a text decides.
    closed
        Whether a network that none of them knows is an error.
    as_is
        Whether any text is an id.
    are_ids
        Whether the header says that the cells are ids: then those of a safe form stay as they
        are.

    Returns
    -------
    identified
        Ids made from names: see `slug`; a new name very like a known one is noted. Two names
        that differ in more than case, spaces and hyphens but give the same id are told apart by
        digits after it, and noted.
    """
    codes, distinct = pd.factorize(column.text)
    known = [r for r in registers if r.ids]
    if as_is and not known:
        return Identified(column.text)
    made = np.full(len(distinct) + 1, np.nan, dtype=object)
    first: dict[str, str] = {}
    named: dict[str, str] = {}
    alike = np.zeros(len(distinct) + 1, dtype=bool)
    # In order of the alphabet, so that the order of rows changes nothing.
    for i, text in sorted(enumerate(distinct.tolist()), key=lambda pair: pair[1]):
        identity = next((x for r in known if (x := r.find(text))), None)
        if identity is None and closed and not as_is:  # as an open list would take it
            identity = next((slug(text) for r in known if slug(text) in r.ids), None)
        if identity is None and not closed:
            keep = as_is or (are_ids and _NETWORK_ID.fullmatch(text))
            identity = text if keep else slug(text)
            if not keep and first.setdefault(identity, normal(text)) != normal(text):
                identity, alike[i] = _told_apart(identity, text), True
            named.setdefault(identity, text)
        made[i] = identity or np.nan
    found = pd.Series(made, dtype="str")
    lost = found.isna().to_numpy(copy=True)
    lost[-1] = False
    if lost.any():
        column.note("unknown_network", lost[codes], suggest=_suggester(known))
    column.note("similar_names", alike[codes], "warning", suggest=slug)
    if known and not as_is:
        _note_like(column, known, named)
    ids = pd.Series(found.array.take(codes), index=column.text.index)
    return Identified(ids, named)


def _suggester(known: Iterable[Register]) -> Callable[[str], str | None]:
    """Return what names, of known networks, a text that means none of them could be."""
    finders = [r.lookalikes() for r in known]
    name_of: dict[str, str] = {}
    for r in known:
        for name, identity in r.by_name.items():
            name_of.setdefault(identity, r.shown.get(name, identity))

    def suggest(text: str) -> str | None:
        near = [i for f in finders for i in f.best([normal(text)], _SUGGESTIONS)]
        names = list(dict.fromkeys(name_of.get(i, i) for i in near[:_SUGGESTIONS]))
        # Beside a name that differs by a letter, others that share a word are noise.
        return "; ".join([n for n in names if _like(text, n)] or names) or None

    return suggest


def _note_like(column: Column, known: Iterable[Register], named: Mapping[str, str]) -> None:
    """Note the first row of each new network whose name resembles that of a known one."""
    from difflib import get_close_matches

    by_core = {_core(text): text for r in known for text in r.shown.values()}
    near: dict[str, str] = {}
    for text in sorted(named.values())[:_MOST_COMPARED]:
        asked = _core(text)
        close = get_close_matches(asked, by_core, 1, _LIKE)
        within = [
            by_core[core]
            for core in by_core
            if min(len(core), len(asked)) >= _SHORTEST_WORD
            and (f" {core} " in f" {asked} " or f" {asked} " in f" {core} ")
        ]
        if found := [by_core[c] for c in close] + within:
            near[text] = found[0]
    first = column.text.isin(list(near)) & ~column.text.duplicated()
    column.note("network_like", first.to_numpy(dtype=bool), "warning", suggest=near.get)


def _core(text: str) -> str:
    """Return the words of a name without "verkosto", which makes any two names alike."""
    words = re.findall(r"\w+", normal(text))
    return " ".join([w for w in words if w not in _GENERIC] or words)
