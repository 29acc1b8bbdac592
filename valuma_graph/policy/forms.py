"""The form that a coordinator fills in: written, recognised, and read with every fault named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph import datasets, intake, reading
from valuma_graph.errors import TableError
from valuma_graph.exports import atomic
from valuma_graph.places import DIVISIONS, gazetteer
from valuma_graph.policy import formblocks, formcells, formclashes, formparts
from valuma_graph.policy.formparts import UNNAMED
from valuma_graph.policy.formsheets import write_form
from valuma_graph.policy.schema import ATTRIBUTES
from valuma_graph.policy.statements import CHAIN_COLUMNS, COLUMNS, FUNDING_COLUMNS, Answers
from valuma_graph.tables import Problem, RawTable
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from valuma_graph.affiliation.assembly import Origin
    from valuma_graph.policy.formblocks import Filled

    Source = str | os.PathLike[str]

_NETWORK: Final = (
    "name_fi", "name_sv", "name_en", "kind", "countries", "level", "founded_year", "ended_year",
    "list_status", "filled_by", "as_of", "source",
)  # fmt: skip
_MEMBERS: Final = ("network", "member", "role", "since", "until", "source")
_LISTED: Final = 20


def template(path: Source, *, lang: str = "fi", network: str | None = None) -> Path:
    """
    Write an empty form in Excel that asks of a network what the report asks.

    One sheet for the network itself, one for the questions of the report's framework (Table 4)
    with lists of the coded answers, and one each for its money, impact chain and members. The
    file is written whole or not at all, and the same arguments give the same bytes.

    Parameters
    ----------
    path
        The file, ending in `.xlsx`; overwritten.
    lang
        Language of the form; `read` understands answers in any of the three.
    network
        A name that is filled in; one of the bundled networks by name or id gets all its names.

    Returns
    -------
    path
        The file.

    Raises
    ------
    ValueError
        If the language is none of the three, or the file does not end in `.xlsx`.

    Source: the report, ch. 4.1, Table 4; ch. 4.2, Table 5; ch. 5.1, figure 12.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> made = template(Path(tempfile.mkdtemp()) / "hub.xlsx", lang="en")
    >>> is_form(made), read(made).statements.empty
    (True, True)
    """
    from pathlib import Path as _Path

    target = _Path(path)
    check_lang(lang)
    if target.suffix.lower() != ".xlsx":
        raise ValueError(f"path must end in .xlsx, not {target.suffix!r}")
    with atomic(target) as temporary:
        write_form(temporary, lang=lang, names=formparts.names_of(network, lang))
    return target


def is_form(path: Source) -> bool:
    """
    Tell whether a file is a form that `template` made; False for anything else, never an error.

    Parameters
    ----------
    path
        Any path, also one that does not exist.

    Examples
    --------
    >>> is_form("no such file.xlsx")
    False
    """
    return formblocks.looks_like(path)


def read(
    path: Source | Sequence[Source], *, lang: str = "en", root: str | Path | None = None
) -> Answers:
    """
    Read forms that coordinators have filled in.

    Parameters
    ----------
    path
        A form, or several: of different networks, or of one that several have answered for.
    lang
        Language of the error message.
    root
        Data folder with the networks and members that are known; None for the bundled one.

    Returns
    -------
    answers
        Every statement with basis `stated` and the file, sheet and cell as its source. A form
        without a name and answers gives one network with the id `unnamed` and no statements.

    Raises
    ------
    TableError
        If anything is wrong; `.problems` lists everything, as `form_problems` does.

    Notes
    -----
    Cells are found by hidden keys, so rows and columns may be moved, and sheets renamed. Answers
    are understood in the three languages and as codes. The id of the network is that of the
    bundled network with that name, else made from its name as `valuma_graph.read` makes it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> made = template(Path(tempfile.mkdtemp()) / "hub.xlsx", network="Fisu")
    >>> read(made).networks.index.tolist()
    ['fisu']
    """
    return read_and_check(path, lang=lang, root=root)[0]


def read_and_check(
    path: Source | Sequence[Source], *, lang: str = "en", root: str | Path | None = None
) -> tuple[Answers, pd.DataFrame]:
    """
    Read forms as `read` does, with what is doubtful in them as `form_problems` lists it.

    Parameters
    ----------
    path, lang, root
        As in `read`.

    Returns
    -------
    answers, problems
        The answers, and the warnings; each file is opened once.

    Raises
    ------
    TableError
        If anything is wrong; `.problems` lists everything.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> made = template(Path(tempfile.mkdtemp()) / "hub.xlsx", network="Fisu")
    >>> answers, problems = read_and_check(made)
    >>> answers.networks.index.tolist(), len(problems)
    (['fisu'], 0)
    """
    told, problems = _read(path, lang=check_lang(lang), root=root)
    frame = intake.told(problems, lang, root=root)
    wrong = frame[frame["severity"].eq("error")]
    if len(wrong):
        shown = [_line(row) for _, row in wrong.head(_LISTED).iterrows()]
        more = [f"… {len(wrong) - _LISTED} more"] if len(wrong) > _LISTED else []
        raise TableError("\n".join([*shown, *more]), frame)
    return told, frame


def form_problems(
    path: Source | Sequence[Source], *, lang: str = "en", root: str | Path | None = None
) -> pd.DataFrame:
    """
    List everything that is wrong with forms, and raise nothing.

    Parameters
    ----------
    path, root
        As in `read`.
    lang
        Language of the messages.

    Returns
    -------
    problems
        One row each: file, sheet, row, column, code, value, suggestion, severity (`error` or
        `warning`) and message, as `valuma_graph.problems` has them. Empty if all is well.

    Examples
    --------
    >>> form_problems("no such file.xlsx")[["code", "severity"]].values.tolist()
    [['no_such_file', 'error']]
    """
    return intake.told(_read(path, lang=check_lang(lang), root=root)[1], lang, root=root)


def origin(
    answers: Answers,
    *,
    year: int | None = None,
    root: str | Path | None = None,
    lang: str = "en",
) -> Origin:
    """
    Return the networks and members of forms as tables that an affiliation network is built from.

    Parameters
    ----------
    answers
        As `read` returns them.
    year
        The year that is asked for; it decides the municipal division.
    root
        Data folder; None for the bundled one.
    lang
        Language of the error message.

    Returns
    -------
    origin
        Ready for `datasets.finland(beside=…)`. The networks are there also where no members
        are listed; their lists are then unknown.

    Raises
    ------
    TableError
        If a member or a year is wrong.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> made = template(Path(tempfile.mkdtemp()) / "hub.xlsx", network="Uusi hubi")
    >>> beside = origin(read(made), year=2019)
    >>> "uusi_hubi" in datasets.finland(year=2019, beside=beside).networks.index
    True
    """
    check_lang(lang)
    known = datasets.register(root=root)
    named = answers.networks.rename_axis("network_id").reset_index()
    bundled = named["network_id"].map(known[1]["kind"])
    named["kind"] = named["kind"].astype("str").fillna(bundled.astype("str"))
    kept = [c for c in ("network_id", *_NETWORK) if c in named and c not in {"filled_by", "as_of"}]
    rows = answers.memberships.rename(columns={"network": "network_id"})
    found = intake.prepare(
        _raw("memberships", rows),
        networks=_raw("networks", named[kept]),
        year=year if year in DIVISIONS else None,
        root=root,
        known=known,
    )
    return reading.accept(found, known=gazetteer(root), year=year, lang=lang)


# -- inside ---------------------------------------------------------------------------------------


def _raw(role: Any, frame: pd.DataFrame) -> RawTable:  # noqa: ANN401  one of three literals
    texts = frame.astype("str").reset_index(drop=True)
    rows = np.arange(2, len(texts) + 2)
    return RawTable(role, texts, rows, {str(c): str(c) for c in texts}, "form")


def _line(row: pd.Series) -> str:
    place = [str(row[c]) for c in ("file", "sheet") if isinstance(row[c], str) and row[c]]
    if not pd.isna(row["row"]):
        place.append(f"row {row['row']}")
    if isinstance(row["column"], str):
        place.append(row["column"])
    return f"{', '.join(place)}: {row['message']}"


def _read(
    path: Source | Sequence[Source], *, lang: str, root: str | Path | None
) -> tuple[Answers, list[Problem]]:
    paths = [path] if isinstance(path, str | os.PathLike) else list(path)
    known = datasets.register(root=root)
    problems: list[Problem] = []
    parts = []
    for one in paths:
        filled = formblocks.open_form(one, lang=lang)
        if filled.blocks:
            parts.append(_told(filled, known, lang=lang, root=root))
        problems += filled.problems
    parts = [p for p in parts if p["named"]] or parts[:1]
    problems += formclashes.disagreements(parts, lang=lang)
    return _answers(parts), problems


def _told(
    filled: Filled, known: tuple[pd.DataFrame, pd.DataFrame], *, lang: str, root: str | Path | None
) -> dict[str, Any]:
    """Return what one form says; the parts that are missing are empty."""
    blocks = filled.blocks
    told: dict[str, str] = {}
    network_id: str | None = None
    row_of: dict[str, int] = {}
    if "network" in blocks:
        told, row_of = formparts.network(blocks["network"], lang=lang)
        network_id = formparts.identity(blocks["network"], told, row_of, known[1])
    as_of = told.get("as_of")
    told["source"] = filled.file
    statements: list[dict[str, Any]] = []
    if "answers" in blocks:
        statements = formparts.answers(blocks["answers"], lang=lang)
        formclashes.contradictions(blocks["answers"], statements, lang=lang)
    if "network" in blocks:
        place = blocks["network"].place
        told["source"] = place(row_of.get("name_fi", min(row_of.values(), default=1)), "value")
        for name in ("founded_year", "ended_year"):
            if name in told:
                source = {"source": place(row_of[name], "value"), "column": "value"}
                statements.append({"attribute": name, "value": told[name], **source})
    level = [s["value"] for s in statements if s["attribute"] == "level"]
    told |= {"level": level[0]} if level else {}
    members = pd.DataFrame(columns=list(_MEMBERS), dtype="str")
    people = known[0].iloc[:0] if "members" in blocks else None
    identity = network_id or UNNAMED
    if "members" in blocks and len(blocks["members"].rows):
        year = int(as_of) if as_of else None
        members, people = formparts.members(
            blocks["members"], identity, known=known, year=year, root=root
        )
    funding: list[dict[str, Any]] = []
    if "funding" in blocks:
        payers = formcells.payers(blocks["funding"], gazetteer=gazetteer(root), members=people)
        funding = formparts.money(blocks["funding"], filled, payers=payers, lang=lang)
        if "network" in blocks:  # which tells the year
            formclashes.note_sum(blocks["funding"], funding, as_of)
    goals = [s["value"] for s in statements if s["attribute"] == "goal"]
    served = goals if "answers" in blocks else None
    chain = formparts.chain(blocks["chain"], served, lang=lang) if "chain" in blocks else []
    if network_id is None and "network" in blocks and (
        statements or funding or chain or len(members) or row_of
    ):  # fmt: skip
        title = t("form_ask.name_fi", lang).splitlines()[0]
        at = blocks["network"].rows[blocks["network"].keys.eq("name_fi").to_numpy()]
        row = int(at[0]) if len(at) else None
        blocks["network"].found.note("form_no_name", row=row, column=title)
    return {
        "file": filled.file,
        "named": network_id is not None,
        "network": {"network_id": identity, **told},
        "statements": [{"network_id": identity, "as_of": as_of, **s} for s in statements],
        "funding": [{"network_id": identity, "as_of": as_of, **s} for s in funding],
        "chain": [{"network_id": identity, "as_of": as_of, **s} for s in chain],
        "memberships": members,
    }


def _answers(parts: list[dict[str, Any]]) -> Answers:
    """Put the forms together; what two of them say alike is there once."""
    if not parts:
        return Answers()
    networks = pd.DataFrame([p["network"] for p in parts]).reindex(
        columns=["network_id", *_NETWORK]
    )
    networks = networks.astype("str").groupby("network_id", sort=False).first().astype("str")

    def table(name: str, columns: Sequence[str]) -> pd.DataFrame:
        rows = [row for p in parts for row in p[name]]
        frame = pd.DataFrame(rows, columns=list(columns)).assign(basis="stated")
        frame = frame if len(frame) else pd.DataFrame(columns=list(columns))
        numbers = {"amount", "share"}
        frame = frame.astype({c: "float64" if c in numbers else "str" for c in columns})
        return frame.drop_duplicates([c for c in columns if c != "source"], ignore_index=True)

    statements = table("statements", COLUMNS)
    dimensions = {n: a.dimension for n, a in ATTRIBUTES.items()}
    statements["dimension"] = statements["attribute"].map(dimensions).astype("str")
    members = pd.concat([p["memberships"] for p in parts], ignore_index=True)
    return Answers(
        networks=networks,
        statements=statements.drop_duplicates(
            ["network_id", "attribute", "value"], ignore_index=True
        ),
        funding=table("funding", FUNDING_COLUMNS),
        chain=table("chain", CHAIN_COLUMNS),
        memberships=members.astype("str").drop_duplicates(
            ["network", "member", "role", "since", "until"], ignore_index=True
        ),
    )
