"""The main job: the folder with the page, the tables behind it, the graph and the maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from valuma_graph.exports import atomic, export, flat, write_tables
from valuma_graph.exports.glossary import explained
from valuma_graph.exports.workbook import SHEET_ROWS, write_workbook
from valuma_graph.portfolio import portfolio
from valuma_graph.report import page
from valuma_graph.report.plates import plates, write_plates
from valuma_graph.report.profiles import FOLDER, described, write_profiles
from valuma_graph.report.results import analyse, silent
from valuma_graph.text import LANGS, check_lang, sort_key, t

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.policy.statements import Answers
    from valuma_graph.report.results import Progress, Results

STEPS = (
    "coverage", "centrality", "brokerage", "structure", "overlap", "isolation",
    "profiles", "page", "tables", "graph", "maps",
)  # fmt: skip
"""The steps of `write_report` in order; the word for each is the text `step.<name>`."""


def write_report(
    aff: Affiliation,
    path: str | Path,
    *,
    about: str | None = None,
    answers: Answers | None = None,
    langs: str | Sequence[str] = LANGS,
    results: Results | None = None,
    progress: Progress | None = None,
    command: str | None = None,
) -> list[Path]:
    """
    Write the report: a page to read, the tables behind it, and the graph.

    Into the folder go `index.html` (one file that asks nothing of the network and holds all
    languages), `networks/*.html` (a page of the same kind for each network that the VALUMA report
    describes or a form answers for, and for the one of `about`), `tables/*.csv`,
    `valuma-graph.xlsx` with the same tables (save those too long for a sheet), `network.graphml`,
    `network.gexf` and `maps/*.png` where there are places to show. Each file is written whole or
    not at all, and the same input gives the same bytes.

    Parameters
    ----------
    aff
        The affiliation network.
    path
        The folder; made when missing. Files of these names in it are replaced.
    about
        Id or name of a member or network: the page begins with it, and the tables get those of
        `about_tables`.
    answers
        What forms say of networks, as `policy.read` returns it.
    langs
        Languages of the page, or one of them; the first is shown at the start, and names in the
        tables are in it.
    results
        What `analyse` returned, if that is done already.
    progress
        Called with the name of each of the `STEPS` as it begins.
    command
        What the page says it was made with; `write_report` when None.

    Returns
    -------
    paths
        The files written, the page first.

    Raises
    ------
    UnknownNodeError
        If `about` is no member or network, or names several; with suggestions.
    ValueError
        If there is no language, or one that does not exist.

    Examples
    --------
    >>> import tempfile
    >>> import valuma_graph as vg
    >>> paths = vg.write_report(vg.datasets.southern_women(), tempfile.mkdtemp(), langs=["en"])
    >>> [p.name for p in paths if p.parent.name != "tables"]
    ['index.html', 'valuma-graph.xlsx', 'network.graphml', 'network.gexf']
    """
    if not langs:
        raise ValueError(f"langs must name one language or more of {', '.join(LANGS)}")
    named = (langs,) if isinstance(langs, str) else langs
    tongues = tuple(dict.fromkeys(check_lang(lang) for lang in named))
    centre = None if about is None else find(aff, about)
    say = progress or silent
    found = analyse(aff, progress=progress, lang=tongues[0]) if results is None else results
    say("profiles")
    folder = Path(path)
    made_with = command or "valuma_graph.write_report"
    node = centre[1] if centre is not None and centre[0] == "networks" else None
    networks = described(aff, answers=answers, about=node)
    profiles = write_profiles(
        aff, folder / FOLDER, networks, answers=answers, langs=tongues, command=made_with
    )
    say("page")
    focus = {} if centre is None else about_tables(aff, found, centre, lang=tongues[0])
    tables = {
        "networks": aff.networks,
        "members": aff.members,
        "memberships": aff.memberships,
        **found.tables(),
        **({"set_aside": aff.set_aside} if len(aff.set_aside) else {}),
        **focus,
    }
    html = page.render(
        aff,
        found,
        langs=tongues,
        centre=centre,
        answers=answers,
        files=list(tables),
        maps=list(plates(aff, centre, tongues[0])),
        pages={n: f"{FOLDER}/{p.name}" for n, p in zip(networks, profiles, strict=True)},
        command=made_with,
    )
    say("tables")
    written = write_tables(tables, folder / "tables")
    book = folder / "valuma-graph.xlsx"
    with atomic(book) as temporary:
        sheets = {name: flat(frame) for name, frame in tables.items() if len(frame) < SHEET_ROWS}
        cover = {"about": _cover(tables, sheets, tongues), "columns": explained(sheets, tongues)}
        write_workbook({**cover, **sheets}, temporary, linked="sheet")
    say("graph")
    scores = {"centrality": found.centrality_members, "networks": found.centrality_networks}
    graphs = [
        path
        for name in ("network.graphml", "network.gexf")
        for path in export(aff, folder / name, results=scores)
    ]
    say("maps")
    drawn = write_plates(aff, centre, folder / "maps", tongues[0])
    index = folder / "index.html"
    with atomic(index) as temporary:
        temporary.write_text(html, encoding="utf-8", newline="\n")
    return [index, *profiles, book, *graphs, *drawn, *written]


def find(aff: Affiliation, name: str) -> tuple[Mode, str]:
    """
    Return the mode and the id of a member or network given by id or name.

    Raises
    ------
    UnknownNodeError
        If there is none, or there are several; with suggestions.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> find(vg.datasets.southern_women(), "e8")
    ('networks', 'E8')
    """
    node = aff.find(name)
    mode: Mode = "members" if node in aff.members.index else "networks"
    return mode, node


def about_tables(
    aff: Affiliation, results: Results, centre: tuple[Mode, str], *, lang: str = "en"
) -> dict[str, pd.DataFrame]:
    """
    Return the tables that centre on one member or network.

    Parameters
    ----------
    aff
        The affiliation network.
    results
        What `analyse` returned.
    centre
        Mode and id, as `find` returns them.
    lang
        Language of the names.

    Returns
    -------
    tables
        Of a member, what `portfolio` finds: `about_member` (its row of `isolation`, with
        `compared_by`), `about_networks`, `about_peers` and `about_lacks`, indexed by id. Of a
        network: `about_members` (its rows of memberships, with name, kind and the member's
        `networks`) and `about_overlaps` (index network_id: name, `shared`, `jaccard`,
        `overlap_coefficient`).

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.southern_women()
    >>> tables = about_tables(aff, analyse(aff), ("members", "Flora Price"))
    >>> tables["about_peers"].head(2)["shared"].tolist()
    [2, 2]
    """
    mode, node = centre
    if mode == "members":
        found = portfolio(aff, node, lang=lang)
        member = found.standing.to_frame().T.infer_objects().rename_axis("member_id")
        return {
            "about_member": member.assign(compared_by=found.basis),
            "about_networks": found.networks.set_index("network_id"),
            "about_peers": found.peers.set_index("member_id"),
            "about_lacks": found.lacks.set_index("network_id"),
        }
    rows = aff.memberships[aff.memberships["network_id"].eq(node)].drop(columns="network_id")
    rows = rows.set_index("member_id")
    rows.insert(0, "name", aff.names("members", lang).reindex(rows.index))
    rows.insert(1, "kind", aff.members["kind"].reindex(rows.index))
    rows["networks"] = results.centrality_members["degree"].reindex(rows.index)
    pairs = results.overlap_networks
    mine = pairs[pairs["a"].eq(node) | pairs["b"].eq(node)]
    partner = mine["a"].where(mine["a"].ne(node), mine["b"]).rename("network_id")
    overlaps = mine.set_index(partner)[["shared", "jaccard", "overlap_coefficient"]]
    overlaps.insert(0, "name", aff.names("networks", lang).reindex(overlaps.index))
    return {"about_members": _by_name(rows), "about_overlaps": overlaps}


def _by_name(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("name", kind="stable", key=lambda names: names.map(sort_key))


def _cover(tables: Iterable[str], sheets: Container[str], langs: Sequence[str]) -> pd.DataFrame:
    """Return the first sheet of the workbook: what each table holds; one too long has no sheet."""
    names = list(tables)
    words = {t("sheet.what", lang): [t(f"table.{name}", lang) for name in names] for lang in langs}
    there = [name if name in sheets else None for name in names]
    return pd.DataFrame({"sheet": there, "file": [f"tables/{n}.csv" for n in names]} | words)
