"""The workbook that a list of one's own networks and members is kept in."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from valuma_graph import datasets
from valuma_graph.exports.formats import atomic
from valuma_graph.exports.listguide import write_guide
from valuma_graph.exports.listsheets import fill_sheets, offered
from valuma_graph.exports.workbook import without_clock
from valuma_graph.places import LATEST, gazetteer
from valuma_graph.text import LANGS, check_lang, t

if TYPE_CHECKING:
    import os

    import pandas as pd

    from valuma_graph.places import Gazetteer

_EXAMPLE: Final = ("municipality:FI-290", "region:FI-18")


def list_template(path: str | os.PathLike[str], *, lang: str = "fi") -> Path:
    """
    Write an empty workbook in which a list of one's own networks and members is kept.

    Its first sheet says in three languages how to fill it in, check it and make a report; the
    others take memberships, networks, and members that are no Finnish municipality or region.
    Municipalities, regions, networks that are known and all other closed words can be chosen from
    lists. `read` and `problems` take the workbook as it is, with words in any of the three
    languages. The file is written whole or not at all, and the same arguments give the same bytes.

    Parameters
    ----------
    path
        The file, ending in `.xlsx`; overwritten.
    lang
        Language of sheets, headings, lists and messages; its instructions come first.

    Returns
    -------
    path
        The file.

    Raises
    ------
    ValueError
        If the language is none of the three, or the file does not end in `.xlsx`.

    Examples
    --------
    >>> import tempfile
    >>> from openpyxl import load_workbook
    >>> path = list_template(Path(tempfile.mkdtemp()) / "my_networks.xlsx", lang="en")
    >>> book = load_workbook(path)
    >>> book["Memberships"].append(["Kuhmo", "Lake network", "coordinator", 2018])
    >>> book.save(path)
    >>> import valuma_graph as vg
    >>> vg.read(path)
    Affiliation: 1 member, 1 network, 1 membership
    """
    from openpyxl import Workbook

    target = Path(path)
    check_lang(lang)
    if target.suffix.lower() != ".xlsx":
        raise ValueError(f"path must end in .xlsx, not {target.suffix!r}")
    known = gazetteer()
    towns, regions = known.division(LATEST), known.groups("region", LATEST)
    book = Workbook()
    guide = book.active
    guide.title = t("listform.sheet.guide", lang)
    write_guide(guide, lang, target.name, {one: _example(towns, regions, one) for one in LANGS})
    lists = offered(
        lang,
        towns=_told_apart(towns, known, lang),
        regions=regions,
        networks=datasets.register()[1],
    )
    fill_sheets(book, lists, lang)
    book.properties.creator = "valuma-graph"
    book.properties.title = t("listform.title", lang)
    buffer = BytesIO()
    book.save(buffer)
    with atomic(target) as temporary:
        without_clock(buffer, temporary)
    return target


def _example(towns: pd.DataFrame, regions: pd.DataFrame, lang: str) -> tuple[str, str]:
    town, region = _EXAMPLE
    column = f"name_{lang}"
    return str(towns.loc[town, column]), str(regions.loc[region, column])


def _told_apart(towns: pd.DataFrame, known: Gazetteer, lang: str) -> pd.DataFrame:
    """Leave out names that mean another place as well; the other language then stands in."""
    column = f"name_{lang}"
    names = towns[column].fillna(towns["name_fi"])
    meant = known.resolve(names.tolist(), LATEST)["member_id"].to_numpy()
    return towns.assign(**{column: names.where(meant == towns.index.to_numpy(), towns["name_fi"])})
