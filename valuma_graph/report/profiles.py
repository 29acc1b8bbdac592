"""The pages of networks: what is known of each, one self-contained HTML file for each."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph import datasets, text
from valuma_graph.exports import atomic
from valuma_graph.portfolio import of_register
from valuma_graph.report.company import Company
from valuma_graph.report.dossier import Dossier
from valuma_graph.report.pieces import (
    TONGUES,
    code_hash,
    joined_script,
    joined_style,
    template,
)
from valuma_graph.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.portraits import Profile
    from valuma_graph.policy.statements import Answers

    Rows = list[dict[str, dict[str, Any]]]

FOLDER: Final = "networks"
"""The folder of the pages, beside `index.html`."""

_LONGEST: Final = 60
# What Windows keeps for itself, with any ending.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def file_name(network: str) -> str:
    """
    Return the name of a network's file: safe anywhere, and of no other network.

    Examples
    --------
    >>> file_name("hinku"), file_name("../x").startswith("x-")
    ('hinku.html', True)
    """
    folded = unicodedata.normalize("NFKD", network.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9_-]+", "-", folded).strip("-")[:_LONGEST]
    if plain and plain == network and not _DEVICES.fullmatch(plain):
        return f"{plain}.html"
    mark = hashlib.sha256(network.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain or 'network'}-{mark}.html"


def described(
    aff: Affiliation, *, answers: Answers | None = None, about: str | None = None
) -> list[str]:
    """
    Return the networks that get a page: those of the report and of the answers, and `about`.

    Parameters
    ----------
    aff
        The affiliation network; without the bundled networks in it, the report says nothing.
    answers
        What forms say.
    about
        Id of the network that the report begins with.

    Returns
    -------
    networks
        Ids, each once.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> described(vg.datasets.southern_women(), about="E8")
    ['E8']
    """
    ids = [] if about is None else [about]
    ids += [] if answers is None else [*answers.networks.index]
    if of_register(aff):
        ids += [*datasets.policy("network_profiles")["network_id"]]
    return [*dict.fromkeys(map(str, ids))]


def write_profiles(
    aff: Affiliation,
    folder: Path,
    networks: Sequence[str],
    *,
    answers: Answers | None = None,
    langs: Sequence[str],
    command: str,
) -> list[Path]:
    """
    Write a page for each of some networks.

    Parameters
    ----------
    aff
        The affiliation network.
    folder
        Where the pages go; made when missing.
    networks
        Their ids, as `described` returns them.
    answers
        What forms say.
    langs
        Languages of the pages, the first shown at the start.
    command
        What the pages say they were made with.

    Returns
    -------
    paths
        The files, in the order of the networks.

    Examples
    --------
    >>> import tempfile, valuma_graph as vg
    >>> from pathlib import Path
    >>> davis = vg.datasets.southern_women()
    >>> where = Path(tempfile.mkdtemp())
    >>> [p.name for p in write_profiles(davis, where, ["E8"], langs=["en"], command="-")]
    ['e8-a8d0a111.html']
    """
    from valuma_graph.policy.portraits import profiles

    if not networks:
        return []
    found = {
        lang: profiles(aff, networks=networks, answers=answers, lang=lang)
        for lang in dict.fromkeys(langs)
    }
    voice = _Remembering(langs)
    rows = {part: _rows_of(found, part) for part in _TABLES}
    rows["gaps"] = _gaps(aff, networks, answers, voice.langs)
    company = Company(aff, networks, voice)
    render = _renderer(voice, company, command)
    written = []
    for k, network in enumerate(networks):
        path = folder / file_name(network)
        own = {part: lists[k] for part, lists in rows.items()}
        html = render(aff, {lang: ones[k] for lang, ones in found.items()}, own)
        with atomic(path) as temporary:
            temporary.write_text(html, encoding="utf-8", errors="replace", newline="\n")
        written.append(path)
    return written


# -- inside ---------------------------------------------------------------------------------------

_TABLES: Final = ("statements", "funding", "scorecard", "risks", "impact", "structure")
"""The parts of a profile that are tables."""


class _Remembering(Voice):
    """Write the same words once: pages of networks have most of theirs in common."""

    def __init__(self, langs: Sequence[str]) -> None:
        super().__init__(langs)
        self._each: dict[tuple[object, ...], Markup] = {}
        self._keys: dict[str, Markup] = {}
        self._words: dict[tuple[str, object], Markup] = {}

    def each(self, texts: Mapping[str, str], tag: str = "span") -> Markup:
        """Return the markup of a text given in each language."""
        key = (tag, *(texts[lang] for lang in self.langs))
        found = self._each.get(key)
        if found is None:
            found = self._each[key] = super().each(texts, tag)
        return found

    def t(self, key: str, **values: Any) -> Markup:  # noqa: ANN401  as the voice has them
        """Return a text of the catalogue as markup."""
        if values:
            return super().t(key, **values)
        found = self._keys.get(key)
        if found is None:
            found = self._keys[key] = super().t(key)
        return found

    def word(self, group: str, value: object) -> Markup:
        """Return the word for a value of a list of the catalogue."""
        found = self._words.get((group, value))
        if found is None:
            found = self._words[group, value] = super().word(group, value)
        return found


def _rows_of(found: Mapping[str, Sequence[Profile]], part: str) -> list[Rows]:
    """Return the rows of a part for each network, each row in every language."""
    lists = {}
    for lang, profiles in found.items():
        frames = [getattr(one, part) for one in profiles]
        records = _records(pd.concat(frames)) if any(map(len, frames)) else []
        ends = [*accumulate(map(len, frames), initial=0)]
        lists[lang] = [records[a:b] for a, b in pairwise(ends)]
    made: list[Rows] = []
    for of_network in zip(*lists.values(), strict=True):
        rows = of_network
        if len({*map(len, rows)}) > 1:  # never guess which rows belong together
            rows = (of_network[0],) * len(of_network)
        made.append([dict(zip(lists, row, strict=True)) for row in zip(*rows, strict=True)])
    return made


def _gaps(
    aff: Affiliation, networks: Sequence[str], answers: Answers | None, langs: Sequence[str]
) -> list[Rows]:
    """Return what goals lack, of networks whose form ties something to them; of others none."""
    from valuma_graph.policy.impacts import impact_gaps

    tied = set() if answers is None else set(answers.chain["network_id"])
    made: list[Rows] = []
    for network in networks:
        lists = {
            lang: _records(impact_gaps(aff, network, answers=answers, lang=lang))
            for lang in (langs if network in tied else ())
        }
        rows = zip(*lists.values(), strict=True)
        made.append([dict(zip(lists, row, strict=True)) for row in rows])
    return made


def _renderer(voice: Voice, company: Company, command: str) -> Any:  # noqa: ANN401  a closure over jinja2's template
    drawn = template("profile.html")
    style = joined_style(("page.css", "profile.css"))
    script = joined_script(("opening.js", "static.js"))
    fixed = {
        "langs": list(voice.langs),
        "tongues": TONGUES,
        "t": voice.t,
        "style": style,
        "script": script,
        "style_hash": code_hash(style),
        "script_hash": code_hash(script),
        "method": [voice.t("profile.method"), voice.t("profile.made", command=command)],
    }

    def render(aff: Affiliation, found: Mapping[str, Profile], rows: Mapping[str, Rows]) -> str:
        page = Dossier(aff, found, rows, company, voice)
        names: dict[str, str] = {lang: found[lang].name for lang in voice.langs}
        titles: dict[str, str] = {
            lang: f"{name} – {text.t('profile.title', lang)}" for lang, name in names.items()
        }
        html = drawn.render(
            **fixed,
            titles=titles,
            title=voice.name(names),
            lead=page.lead(),
            describes=page.describes(),
            sections=page.sections(),
        )
        return f"{html.rstrip()}\n"

    return render


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain values, None where missing, with the index as `id`."""
    columns = {str(c): frame[c].tolist() for c in frame.columns}
    rows = zip(frame.index.tolist(), *columns.values(), strict=True)
    return [
        {k: None if v is pd.NA or v != v else v for k, v in zip(("id", *columns), row, strict=True)}  # noqa: PLR0124  NaN
        for row in rows
    ]
