"""The same affiliation network as a networkx or an igraph graph, without loss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import igraph
    import networkx as nx

PREFIX = "network:"
"""Put before every network id in a graph where a member and a network share an id."""

_MEMBERS, _NETWORKS = "member", "network"


def to_networkx(
    members: pd.DataFrame, networks: pd.DataFrame, memberships: pd.DataFrame, year: int | None
) -> nx.Graph[str]:
    """
    Build a two-mode `networkx.Graph`.

    Every node carries `mode` (`member` or `network`), `bipartite` (0 or 1, as networkx has it),
    `node_id` and all known columns of its table; every edge the columns of its membership. What
    makes no edge of its own (hosts, funders, a second role in the same network) is kept as JSON
    in the graph attribute `other_rows`.

    Parameters
    ----------
    members, networks, memberships
        As in `Affiliation`.
    year
        The year that the graph describes.

    Returns
    -------
    graph
        Nodes in the order of the tables. Where a member and a network share an id, the nodes of
        all networks are called `network:<id>`.
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    names = _network_nodes(members.index, networks.index)
    for node, row in _records(members):
        graph.add_node(node, mode=_MEMBERS, bipartite=0, node_id=node, **row)
    for node, row in _records(networks):
        graph.add_node(names[node], mode=_NETWORKS, bipartite=1, node_id=node, **row)
    edges, others = _split(memberships)
    for _, row in _records(edges):
        ends = row.pop("member_id"), names[row.pop("network_id")]
        graph.add_edge(*ends, **row)
    graph.graph["other_rows"] = json.dumps([row for _, row in _records(others)], ensure_ascii=False)
    if year is not None:
        graph.graph["year"] = year
    return graph


def to_igraph(
    members: pd.DataFrame, networks: pd.DataFrame, memberships: pd.DataFrame, year: int | None
) -> igraph.Graph:
    """
    Build a two-mode `igraph.Graph`: members first, then networks, in the order of the tables.

    Vertices have `name`, `type` (False for members, True for networks, as igraph has it),
    `mode`, `node_id` and all columns of both tables (None where unknown); edges those of their
    membership; the graph `year` and `other_rows`.

    Parameters
    ----------
    members, networks, memberships, year
        As in `to_networkx`.

    Returns
    -------
    graph
        Undirected.
    """
    import igraph

    names = _network_nodes(members.index, networks.index)
    graph = igraph.Graph(n=len(members) + len(networks), directed=False)
    both = [*members.index, *networks.index]
    graph.vs["name"] = [*members.index, *(names[i] for i in networks.index)]
    graph.vs["node_id"] = both
    graph.vs["mode"] = [_MEMBERS] * len(members) + [_NETWORKS] * len(networks)
    graph.vs["type"] = [False] * len(members) + [True] * len(networks)
    for column in dict.fromkeys([*members.columns, *networks.columns]):
        graph.vs[column] = [*_values(members, column), *_values(networks, column)]
    edges, others = _split(memberships)
    ends = zip(
        members.index.get_indexer(pd.Index(edges["member_id"])).tolist(),
        (networks.index.get_indexer(pd.Index(edges["network_id"])) + len(members)).tolist(),
        strict=True,
    )
    graph.add_edges(ends)
    for column in edges.columns.difference(["member_id", "network_id"], sort=False):
        graph.es[column] = _values(edges, column)
    graph["other_rows"] = json.dumps([row for _, row in _records(others)], ensure_ascii=False)
    graph["year"] = year
    return graph


def from_networkx(
    graph: nx.Graph[Any], members: Iterable[Any] | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int | None]:
    """
    Take the tables out of a two-mode `networkx.Graph`.

    Parameters
    ----------
    graph
        Undirected; every edge joins a member and a network.
    members
        The nodes of the first mode. May be left out only where every node says its `mode`, as
        the graphs of `to_networkx` do: the two sides are never guessed.

    Returns
    -------
    members, networks, memberships, year
        Frames with whatever attributes the graph has.

    Raises
    ------
    ValueError
        If the graph is directed, if the members are not given and not marked, or if an edge
        joins two nodes of one mode.
    """
    if graph.is_directed():
        raise ValueError("an affiliation network is undirected; the graph is directed")
    nodes = {node: dict(data) for node, data in graph.nodes(data=True)}
    edges = [(u, v, dict(data)) for u, v, data in graph.edges(data=True)]
    return _tables(nodes, edges, members, graph.graph)


def from_igraph(
    graph: igraph.Graph,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int | None]:
    """
    Take the tables out of a two-mode `igraph.Graph` whose vertices have a boolean `type`.

    Parameters
    ----------
    graph
        Undirected; `type` is False for members and True for networks.

    Returns
    -------
    members, networks, memberships, year
        Frames with whatever attributes the graph has.

    Raises
    ------
    ValueError
        If the graph is directed or its vertices have no `type`, or an edge joins one mode.
    """
    if graph.is_directed():
        raise ValueError("an affiliation network is undirected; the graph is directed")
    if "type" not in graph.vs.attributes():
        raise ValueError("the vertices need a boolean attribute 'type': True for networks")
    named = "name" in graph.vs.attributes()
    keys = [str(v["name"]) if named else str(v.index) for v in graph.vs]
    nodes, first = {}, []
    for key, vertex in zip(keys, graph.vs, strict=True):
        data = vertex.attributes()
        is_network = bool(data.pop("type"))
        data.pop("name", None)
        nodes[key] = {k: v for k, v in data.items() if v is not None}
        if not is_network:
            first.append(key)
    edges = [(keys[e.source], keys[e.target], e.attributes()) for e in graph.es]
    return _tables(nodes, edges, first, {k: graph[k] for k in graph.attributes()})


def _tables(
    nodes: Mapping[Any, dict[str, Any]],
    edges: list[tuple[Any, Any, dict[str, Any]]],
    members: Iterable[Any] | None,
    about: Mapping[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int | None]:
    first = _first_mode(nodes, members)
    ids = {node: str(data.get("node_id", node)) for node, data in nodes.items()}
    for side in (first, nodes.keys() - first):
        if len({ids[node] for node in side}) < len(side):
            raise ValueError("two nodes of the same mode have the same id when written as text")
    frames = []
    for wanted, name in ((True, "member_id"), (False, "network_id")):
        rows = [
            {name: ids[node]} | {k: v for k, v in data.items() if k not in {name, *_OURS}}
            for node, data in nodes.items()
            if (node in first) is wanted
        ]
        frame = pd.DataFrame(rows, columns=None if rows else [name]).set_index(name)
        frame.index = frame.index.astype("str")
        frames.append(frame.dropna(axis="columns", how="all"))
    rows = []
    for u, v, data in edges:
        if (u in first) is (v in first):
            raise ValueError(f"the edge {u!r} – {v!r} joins two nodes of the same mode")
        member, network = (u, v) if u in first else (v, u)
        ends = {"network_id": ids[network], "member_id": ids[member]}
        # GEXF numbers its edges
        rows.append(ends | {k: v for k, v in data.items() if k not in {"id", *ends}})
    rows += json.loads(about.get("other_rows") or "[]")
    memberships = pd.DataFrame(rows, columns=None if rows else ["network_id", "member_id"])
    year = about.get("year")
    return frames[0], frames[1], memberships, None if year is None else int(year)


_OURS = frozenset({"mode", "bipartite", "node_id", "id", "label", "type"})


def _first_mode(nodes: Mapping[Any, dict[str, Any]], members: Iterable[Any] | None) -> set[Any]:
    if members is not None:
        first = set(members)
        missing = first - set(nodes)
        if missing:
            raise ValueError(
                f"not in the graph: {', '.join(map(repr, sorted(missing, key=str)[:5]))}"
            )
        return first
    if not all(data.get("mode") in (_MEMBERS, _NETWORKS) for data in nodes.values()):
        raise ValueError("say which nodes are the members: the two sides are never guessed")
    return {node for node, data in nodes.items() if data["mode"] == _MEMBERS}


def _network_nodes(members: pd.Index, networks: pd.Index) -> dict[str, str]:
    prefix = PREFIX if members.intersection(networks).size else ""
    return {i: prefix + i for i in networks}


def _split(memberships: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the first counted row of each edge, and all other rows."""
    counted = memberships[memberships["counted"]]
    edges = counted.drop_duplicates(["member_id", "network_id"])
    return edges, memberships.drop(edges.index)


def _records(frame: pd.DataFrame) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield each row with its known values only, as plain Python values."""
    columns = [(name, _values(frame, name)) for name in frame.columns]
    for position, index in enumerate(frame.index):
        yield index, {k: v[position] for k, v in columns if v[position] is not None}


def _values(frame: pd.DataFrame, column: str) -> list[Any]:
    if column not in frame:
        return [None] * len(frame)
    values = frame[column]
    return values.astype(object).where(values.notna(), None).tolist()
