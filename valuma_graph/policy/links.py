"""What members of a network share besides it, and through whom it is linked to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph.measures.cohesion import cuts
from valuma_graph.measures.isolates import could_hold
from valuma_graph.policy.keeping import remembered
from valuma_graph.text import number, percent, t

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from scipy import sparse

    from valuma_graph.affiliation import Affiliation

HALF: Final = 0.5
"""Share of the pairs of members from which on members are said to meet elsewhere."""

_ROWS: Final = 512


def links(aff: Affiliation, *, networks: Collection[str] | None = None) -> pd.DataFrame:
    """
    Return for each network what its members share besides it, and who links it to others.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids; those that the set does not have are left out. None for all.

    Returns
    -------
    links
        Index `network_id`, in the order of `aff.networks`: `members` (known), `pairs` (of them),
        `elsewhere` (pairs that share another network too), `linking` (members that are in another
        network too), `depends_on` (the member without whom the network is cut off from a larger
        part of the graph, or the only one that links it to others; missing for none), `complete`
        (whether its list is). Where the lists of others are not complete, `elsewhere` and `linking`
        are lower bounds: `at_most` counts the pairs that share another network or could, because
        lists that are not complete may hold them (`could_hold`), `open_lists` the other networks
        that could hold a member that they are not known to, and `open_besides` those that could
        hold one other than `depends_on` (any member of the set, where that one is no member).

    References
    ----------
    Borgatti, S. P. (2006). Identifying sets of key players in a social network. Computational
    & Mathematical Organization Theory 12, 21–34. https://doi.org/10.1007/s10588-006-7084-x

    Examples
    --------
    >>> import valuma_graph as vg
    >>> links(vg.datasets.southern_women()).loc["E1", ["members", "pairs", "elsewhere"]].tolist()
    [3, 3, 3]
    """
    incidence = aff.incidence.astype(np.int64)
    columns = incidence.tocsc()
    degree = np.diff(incidence.indptr)
    sizes = np.diff(columns.indptr)
    # Members and networks change places: without which member is a network cut off?
    cut_by = cuts(incidence.T.tocsr()).depends_on
    could, kinds = _could(aff)
    # What is open is told by counts of each kind of member: no table of all members is needed.
    heads, held = np.bincount(kinds, minlength=len(could)), _by_kind(incidence, kinds, len(could))
    chosen = np.arange(len(sizes))
    if networks is not None:
        chosen = np.flatnonzero(aff.networks.index.isin(list(networks)))
    elsewhere, linking, hinge, most, open_lists, besides = [], [], [], [], [], []
    for j in chosen.tolist():
        rows = columns.indices[columns.indptr[j] : columns.indptr[j + 1]]
        linked = rows[degree[rows] > 1]
        linking.append(len(linked))
        elsewhere.append(_elsewhere(incidence, linked, j))
        by = int(cut_by[j])
        hinge.append(int(linked[0]) if len(linked) == 1 else by)
        own, of = incidence[rows], kinds[rows]
        n, k = np.bincount(of, minlength=len(could)), _by_kind(own, of, len(could))
        most.append(_at_most((own.toarray() > 0) | could[of], j))
        open_lists.append(_open(could, n, k, j))
        if hinge[-1] in rows:  # the other members, without the one that links them
            n[kinds[hinge[-1]]] -= 1
            k[kinds[hinge[-1]]] -= incidence[[hinge[-1]]].toarray().ravel()
            besides.append(_open(could, n, k, j))
        else:
            besides.append(_open(could, heads, held, j))
    ids = [aff.members.index[k] if k >= 0 else None for k in hinge]
    sizes, index = sizes[chosen].astype(np.int64), aff.networks.index[chosen]
    return pd.DataFrame(
        {
            "members": sizes,
            "pairs": sizes * (sizes - 1) // 2,
            "elsewhere": elsewhere,
            "linking": linking,
            "depends_on": pd.Series(ids, index=index, dtype="str"),
            "at_most": most,
            "open_lists": open_lists,
            "open_besides": besides,
            "complete": aff.networks["list_status"].eq("complete").to_numpy()[chosen],
        },
        index=index,
    )


def _elsewhere(incidence: sparse.csr_array, rows: NDArray[np.integer], network: int) -> int:
    """Count the pairs among rows that share a column other than that of the network."""
    if len(rows) < 2:  # noqa: PLR2004  a pair has two
        return 0
    others = incidence[rows].copy()
    others.data[others.indices == network] = 0
    others.eliminate_zeros()
    turned = others.T.tocsr()
    # Block by block: pairs of a large network are many.
    met = sum((others[k : k + _ROWS] @ turned).nnz for k in range(0, len(rows), _ROWS))
    return int((met - len(rows)) // 2)


def _could(aff: Affiliation) -> tuple[NDArray[np.bool_], NDArray[np.integer]]:
    """Return which networks could hold members of each kind and country, and the kind of each."""
    table = could_hold(aff)
    keys = [aff.members["kind"].fillna(""), aff.members["country"].fillna("")]
    kinds = table.index.get_indexer(pd.MultiIndex.from_arrays(keys))
    return table.to_numpy(dtype=bool), kinds


def _by_kind(
    incidence: sparse.csr_array, kinds: NDArray[np.integer], most: int
) -> NDArray[np.int64]:
    """Count the members of each kind (rows) in each network (columns)."""
    from scipy import sparse

    n = len(kinds)
    into = sparse.csr_array((np.ones(n, np.int64), (kinds, np.arange(n))), shape=(most, n))
    return np.asarray((into @ incidence).toarray(), dtype=np.int64)


def _open(
    could: NDArray[np.bool_], heads: NDArray[np.integer], held: NDArray[np.int64], network: int
) -> int:
    """Count the other networks that could hold a member more than they are known to."""
    lists = np.asarray((could & (held < heads[:, None])).any(axis=0))
    lists[network] = False
    return int(lists.sum())


def _at_most(could: NDArray[np.bool_], network: int) -> int:
    """Count the pairs of members (rows) that share another network, or could."""
    if len(could) < 2:  # noqa: PLR2004  a pair has two
        return 0
    could[:, network] = False
    # Members of one kind in the same networks are alike: one row stands for all of them.
    alike, count = np.unique(could, axis=0, return_counts=True)
    sure = alike.astype(np.float32)
    met = 0
    for k in range(0, len(alike), _ROWS):
        shared = (sure[k : k + _ROWS] @ sure.T) > 0
        met += int(count[k : k + _ROWS] @ (shared @ count))
    alone = int(count[alike.any(axis=1)].sum())
    return (met - alone) // 2


@remembered
def by_network(aff: Affiliation, networks: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return the rows of `links`; none where there are not two networks with members."""
    if (aff.incidence.sum(axis=0) > 0).sum() < 2:  # noqa: PLR2004
        return {}
    table = links(aff, networks=networks)
    rows = zip(table.index, table.to_dict("records"), strict=True)
    return {str(n): {str(k): v for k, v in row.items()} for n, row in rows}


def meetings(row: dict[str, Any], lang: str) -> tuple[bool | None, str]:
    """
    Tell whether at least half of the pairs of members meet elsewhere; None where that is open.

    Parameters
    ----------
    row
        Of `by_network`, with at least one pair.
    lang
        Language of the words.

    Returns
    -------
    meet, words
        True where the known pairs suffice, False where those that could meet do not.
    """
    known, most = row["elsewhere"] / row["pairs"], row["at_most"] / row["pairs"]
    share = percent(known, lang)
    if row["at_most"] == row["elsewhere"]:
        return known >= HALF, t("check_evidence.pairs", lang, share=share)
    words = t("check_evidence.pairs_at_least", lang, share=share, lists=open_lists(row, lang))
    return (True if known >= HALF else False if most < HALF else None), words


def open_lists(row: dict[str, Any], lang: str) -> str:
    """Say how many other networks could hold the members, without it being known."""
    return t("check_evidence.open_lists", lang, n=number(int(row["open_lists"]), lang))
