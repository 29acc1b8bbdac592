"""The tables and the graph as files: format by suffix, written whole or not at all."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from valuma_graph.errors import FormatError
from valuma_graph.exports.workbook import XML_FORBIDDEN, write_workbook
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import networkx as nx

    from valuma_graph.affiliation import Affiliation

# A spreadsheet runs a cell that begins so; the guard is an apostrophe, which `read` takes off.
# Text that has the guard by nature gets a second one, so that nothing is lost.
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n]")
# GDAL and networkx stamp the clock into files; the same input has to give the same bytes.
_STAMP = "2000-01-01"


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """
    Give a temporary path that takes the place of `path` when the block ends well.

    The temporary file lies in the same folder (which is made when missing) and has the same
    suffix. If the block raises, it is removed and whatever stood at `path` is untouched. A device
    or a pipe is written to, and stays what it is.

    Parameters
    ----------
    path
        The file that is to be.

    Yields
    ------
    temporary
        Where to write.

    Raises
    ------
    FormatError
        If `path` is a folder.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "new" / "a.txt"
    >>> with atomic(target) as temporary:
    ...     _ = temporary.write_text("whole")
    >>> target.read_text(), len(list(target.parent.iterdir()))
    ('whole', 1)
    """
    path = Path(path)
    if path.is_dir():
        raise FormatError(f"{path} is a folder, not a file that can be written")
    if path.exists() and not path.is_file():  # a device such as /dev/null, or a pipe
        with TemporaryDirectory() as folder:
            temporary = Path(folder, path.name)
            yield temporary
            path.write_bytes(temporary.read_bytes())
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem[:40]}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def export(
    aff: Affiliation,
    path: str | Path,
    *,
    results: Mapping[str, pd.DataFrame] | None = None,
) -> list[Path]:
    """
    Write an affiliation network to a file or folder; the suffix chooses the format.

    ============  ==========================================================================
    suffix        what it carries
    ============  ==========================================================================
    none          folder with `memberships.csv`, `members.csv`, `networks.csv`: everything
    `.csv`        `x.csv` (memberships), `x.members.csv`, `x.networks.csv`: everything
    `.parquet`    likewise three files: everything, with types
    `.xlsx`       one workbook, a sheet for each table: everything
    `.gpkg`       layers `members` (points, EPSG:3067), `networks`, `memberships`: everything
    `.graphml`    two-mode graph with all attributes: everything, unless `read` set rows aside
    `.gexf`       the graph for Gephi: nodes, edges and attributes; not the year, nor the
                  rows that make no edge (hosts, funders, a second role)
    `.net`        Pajek two-mode network: names and edges only
    ============  ==========================================================================

    Files are written whole or not at all, and the same input gives the same bytes.

    Parameters
    ----------
    aff
        The affiliation network.
    path
        File, or folder where there is no suffix. Missing folders are made.
    results
        Further tables by name: more sheets, files or layers. In a graph, columns of frames that
        are indexed by members or networks become attributes of the nodes.

    Returns
    -------
    paths
        The files written.

    Raises
    ------
    FormatError
        If the suffix is not one of those above, or the format cannot carry the data.

    Notes
    -----
    `read` takes back the folder and all tabular files except the GeoPackage;
    `Affiliation.from_networkx(networkx.read_graphml(path))` takes back GraphML, likewise GEXF.
    In CSV, text that a spreadsheet could run as a formula (first character `=`, `+`, `-`, `@`,
    tab or line break) gets an apostrophe in front, which `read` takes off, a lone return becomes
    a line feed and a null character �; in XLSX formula-like text is marked as text. Values that
    a graph file has no type for, such as lists, become text.

    Examples
    --------
    >>> import tempfile
    >>> import valuma_graph as vg
    >>> folder = Path(tempfile.mkdtemp())
    >>> [p.name for p in vg.export(vg.datasets.southern_women(), folder / "davis.graphml")]
    ['davis.graphml']
    >>> sorted(p.name for p in vg.export(vg.datasets.southern_women(), folder / "davis"))
    ['members.csv', 'memberships.csv', 'networks.csv']
    """
    path = Path(path)
    extra = dict(results or {})
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        allowed = ", ".join(sorted(filter(None, _WRITERS)))
        raise FormatError(
            f"cannot write {suffix!r} files: use {allowed}, or a folder without a suffix"
        )
    return _WRITERS[suffix](aff, path, extra)


def write_tables(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> list[Path]:
    """
    Write each table as `<name>.csv` into a folder.

    UTF-8, comma separated, lines end in a line feed, missing values are empty; an
    index that has a name is the first column; formula-like text is guarded as `export` says.

    Parameters
    ----------
    tables
        Frames by name.
    folder
        Made when missing.

    Returns
    -------
    paths
        The files written, in the order of `tables`.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> paths = write_tables({"a": pd.DataFrame({"name": ["=1+1", "Espoo"], "n": [1, -2]})}, folder)
    >>> paths[0].read_text().split()
    ['name,n', "'=1+1,1", 'Espoo,-2']
    """
    folder = Path(folder)
    return [_csv(frame, folder / f"{_file_name(name)}.csv") for name, frame in tables.items()]


def csv_text(frame: pd.DataFrame) -> str:
    """
    Return a table as CSV, as `write_tables` writes it.

    Parameters
    ----------
    frame
        The table; an index that has a name becomes the first column.

    Returns
    -------
    text
        Comma separated, lines end in a line feed, missing values are empty, formula-like text is
        guarded as `export` says.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"name": ["=1+1", "Espoo"], "n": [1, -2]})).split()
    ['name,n', "'=1+1,1", 'Espoo,-2']
    """
    table = flat(frame).copy()
    for position in range(table.shape[1]):
        values = table.iloc[:, position]
        if not _is_text(values):
            continue
        # The csv module does not quote a lone return, which would break the row; and what holds
        # a null is not taken for text.
        text = values.astype("str").str.replace(r"\r\n?", "\n", regex=True)
        text = text.str.replace("\0", "\ufffd")
        risky = text.str.match(_FORMULA).fillna(value=False).astype(bool)
        table.isetitem(position, text.where(~risky, "'" + text).array)
    table.columns = pd.Index([f"'{c}" if _FORMULA.match(str(c)) else c for c in table.columns])
    return str(table.to_csv(index=False, lineterminator="\n"))


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return a table with its named index levels as the first columns.

    Examples
    --------
    >>> flat(pd.DataFrame({"n": [1]}, index=pd.Index(["hinku"], name="network_id"))).columns
    Index(['network_id', 'n'], dtype='str')
    """
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named else frame


def _tables(aff: Affiliation, extra: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    networks = aff.networks
    if aff.year is not None:  # so that what is read again is of the same year and division
        networks = networks.assign(described_year=aff.year)
    own = {"memberships": aff.memberships, "members": aff.members, "networks": networks}
    taken = own.keys() & extra.keys()
    if taken:
        raise FormatError(f"a result cannot be called {', '.join(sorted(taken))}")
    return own | dict(extra)


def _folder(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    if path.is_file():
        raise FormatError(f"{path} is a file; give a folder, or a file name with a suffix")
    return write_tables(_tables(aff, extra), path)


def _beside(path: Path, name: str) -> Path:
    """Return `x.members.csv` for `x.csv`; the memberships have the plain name."""
    if name == "memberships":
        return path
    return path.with_name(f"{path.stem}.{_file_name(name)}{path.suffix}")


def _csv_files(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    tables = _tables(aff, extra)
    return [_csv(frame, _beside(path, name)) for name, frame in tables.items()]


def _csv(frame: pd.DataFrame, path: Path) -> Path:
    with atomic(path) as temporary:
        temporary.write_text(csv_text(frame), encoding="utf-8", newline="\n")
    return path


def _is_text(values: pd.Series) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(values.dtype)
        or pd.api.types.is_datetime64_any_dtype(values.dtype)
    )


def _parquet(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    written = []
    for name, frame in _tables(aff, extra).items():
        target = _beside(path, name)
        with atomic(target) as temporary:
            flat(frame).to_parquet(temporary, index=False)
        written.append(target)
    return written


def _xlsx(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    tables = {name: flat(frame) for name, frame in _tables(aff, extra).items()}
    with atomic(path) as temporary:
        write_workbook(tables, temporary)
    return [path]


def _geopackage(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    import geopandas
    import pyogrio
    import shapely

    tables = {name: flat(frame) for name, frame in _tables(aff, extra).items()}
    members = tables.pop("members")
    lon, lat = (members.get(c, pd.Series(index=members.index, dtype=float)) for c in ("lon", "lat"))
    known = (lon.notna() & lat.notna()).to_numpy()
    points = np.full(len(members), None, dtype=object)
    points[known] = shapely.points(
        lon.to_numpy(dtype=float)[known], lat.to_numpy(dtype=float)[known]
    )
    layer = geopandas.GeoDataFrame(members, geometry=points, crs=4326).to_crs(3067)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{_STAMP}T00:00:00.000Z"})
    try:
        with atomic(path) as temporary:
            pyogrio.write_dataframe(
                layer, temporary, layer="members", driver="GPKG", geometry_type="Point"
            )
            for name, frame in tables.items():
                pyogrio.write_dataframe(frame, temporary, layer=name, driver="GPKG", append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return [path]


def _graph(aff: Affiliation, extra: Mapping[str, pd.DataFrame]) -> nx.Graph[str]:
    """Return the graph with a readable `label` and the results as attributes, all XML-safe."""
    graph = aff.to_networkx()
    nodes = {(d["mode"], d["node_id"]): d for _, d in graph.nodes(data=True)}
    for mode, names in (("member", aff.names("members")), ("network", aff.names("networks"))):
        for node, name in names.items():
            nodes[mode, str(node)]["label"] = name
    for name, frame in extra.items():
        _attach(nodes, name, frame)
    for _, data in graph.nodes(data=True):
        data["type"] = data["mode"] == "network"  # as igraph and R tell the modes apart
        _clean(data)
    for _, _, data in graph.edges(data=True):
        _clean(data)
    if aff.gazetteer is not None:
        graph.graph["attribution"] = t("page.sources.attribution", "en")
    _clean(graph.graph)
    return _relabelled(graph)


def _attach(
    nodes: Mapping[tuple[str, str], dict[str, Any]], name: str, frame: pd.DataFrame
) -> None:
    mode = {"member_id": "member", "network_id": "network"}.get(str(frame.index.name))
    if mode is None or not frame.index.is_unique:
        raise FormatError(f"a graph cannot carry the table {name!r}: its rows are not nodes")
    for column in frame.columns:
        for node, value in frame[column].items():
            data = nodes.get((mode, str(node)))
            if data is not None:
                data.setdefault(str(column), value)


def _clean(data: dict[str, Any]) -> None:
    """Leave out what is missing (XML has no word for it); keep plain values, safe as XML."""
    for key in list(data):
        value = data[key]
        if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN
            del data[key]
            continue
        plain = getattr(value, "item", lambda value=value: value)()
        if not isinstance(plain, (bool, int, float)):
            plain = XML_FORBIDDEN.sub("\ufffd", str(plain))
        data[key] = plain


def _relabelled(graph: nx.Graph[str]) -> nx.Graph[str]:
    import networkx as nx

    safe = {node: XML_FORBIDDEN.sub("\ufffd", node) for node in graph}
    if len(set(safe.values())) < len(safe):
        raise FormatError("two ids differ only in characters that XML cannot hold")
    if all(old == new for old, new in safe.items()):
        return graph
    return nx.relabel_nodes(graph, safe)


def _graphml(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    import networkx as nx

    graph = _graph(aff, extra)
    with atomic(path) as temporary:
        # Not write_graphml: that one writes other bytes where lxml happens to be installed.
        nx.write_graphml_xml(graph, temporary)
    return [path]


def _gexf(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    import networkx as nx

    graph = _graph(aff, extra)
    graph.graph.clear()  # GEXF has no place for them, and networkx takes some for its own
    lines = "\n".join(nx.generate_gexf(graph))
    body = re.sub(r'lastmodifieddate="[^"]*"', f'lastmodifieddate="{_STAMP}"', lines, count=1)
    with atomic(path) as temporary:
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return [path]


def _pajek(aff: Affiliation, path: Path, extra: dict[str, pd.DataFrame]) -> list[Path]:
    if extra:
        raise FormatError("a Pajek network carries names and edges only, no further tables")
    names = pd.concat([aff.names("members"), aff.names("networks")])
    labels = [
        f"{name} [{node}]" if twin else name
        for node, name, twin in zip(names.index, names, names.duplicated(keep=False), strict=True)
    ]
    first, edges = len(aff.members), aff.incidence.tocoo()
    lines = [
        "% members, then networks",
        f"*Vertices {len(labels)} {first}",
        *(f'{number} "{_quoted(label)}"' for number, label in enumerate(labels, start=1)),
        "*Edges",
        *(f"{i + 1} {first + j + 1} 1" for i, j in zip(*edges.coords, strict=True)),
    ]
    with atomic(path) as temporary:
        # Pajek takes a file for UTF-8 only when it begins with a byte order mark.
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8-sig", newline="\n")
    return [path]


def _quoted(label: str) -> str:
    return " ".join(XML_FORBIDDEN.sub("\ufffd", label).replace('"', "”").split())


def _file_name(name: str) -> str:
    """Return a name that is safe in every file system."""
    return re.sub(r"[^\w\-]+", "_", name).strip("_") or "table"


_WRITERS: dict[str, Callable[[Affiliation, Path, dict[str, pd.DataFrame]], list[Path]]] = {
    "": _folder,
    ".csv": _csv_files,
    ".gexf": _gexf,
    ".gpkg": _geopackage,
    ".graphml": _graphml,
    ".net": _pajek,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}

SUFFIXES = tuple(_WRITERS)
"""What `export` can write; the empty one is a folder."""
