"""Which nodes share more than others: overlap of networks, and of members."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from valuma_graph.affiliation import Mode
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from valuma_graph.affiliation import Affiliation


def overlap(
    aff: Affiliation, *, mode: Mode = "networks", min_shared: int = 1, null: None = None
) -> pd.DataFrame:
    """
    List the pairs of networks that share members, or of members that share networks.

    With *x* shared by two nodes of the sizes *s* and *t*: `jaccard` = x / (s + t − x), the
    share of all that either has; `overlap_coefficient` = x / min(s, t), 1 when the smaller lies
    in the larger. Both compare what is known: where lists are partial, they are estimates.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        `"networks"`: pairs of networks; `"members"`: pairs of members.
    min_shared
        The fewest that a pair must share to be listed.
    null
        Must be None: overlaps are counted, not tested against chance.

    Returns
    -------
    pairs
        One row for each pair with at least `min_shared` in common, the largest overlap first
        (then `jaccard`, then ids): `a`, `b` (ids, `a` alphabetically before `b`), `size_a`,
        `size_b`, `shared` (int), `jaccard`, `overlap_coefficient` (float, 0 to 1).

    Raises
    ------
    ValueError
        If the mode does not exist, `min_shared` is below 1 or `null` is not None.

    References
    ----------
    Jaccard, P. (1901). Étude comparative de la distribution florale dans une portion des Alpes
    et des Jura. Bulletin de la Société Vaudoise des Sciences Naturelles 37, 547–579.
    https://doi.org/10.5169/seals-266450

    Szymkiewicz, D. (1934). Une contribution statistique à la géographie floristique. Acta
    Societatis Botanicorum Poloniae 11, 249–265. https://doi.org/10.5586/asbp.1934.012

    Examples
    --------
    >>> import valuma_graph as vg
    >>> pairs = vg.overlap(vg.datasets.southern_women())
    >>> pairs[["a", "b", "size_a", "size_b", "shared"]].head(2).to_numpy().tolist()
    [['E8', 'E9', 14, 12, 9], ['E7', 'E8', 10, 14, 8]]
    """
    if mode not in get_args(Mode):
        raise ValueError(f"mode must be one of {', '.join(get_args(Mode))}, not {mode!r}")
    if min_shared < 1:
        raise ValueError(f"min_shared must be 1 or more, not {min_shared}")
    if null is not None:
        raise ValueError(f"null must be None, not {null!r}")
    ids = aff.members.index if mode == "members" else aff.networks.index
    order = ids.argsort()
    incidence = aff.incidence if mode == "members" else aff.incidence.T.tocsr()
    incidence = incidence[order]
    ids = ids[order]
    size, _ = projection.degrees(incidence)
    found = [np.empty((3, 0), dtype=np.int64)]
    for start, stop, shared in projection.blocks(incidence):
        a = np.repeat(np.arange(start, stop), np.diff(shared.indptr))
        kept = (a < shared.indices) & (shared.data >= min_shared)
        found.append(np.stack([a[kept], shared.indices[kept], shared.data[kept]]))
    a, b, count = np.concatenate(found, axis=1)
    smaller, union = np.minimum(size[a], size[b]), size[a] + size[b] - count
    jaccard = count / union
    rank = np.lexsort((b, a, -jaccard, -count))
    return pd.DataFrame(
        {
            "a": ids[a[rank]].astype("str"),
            "b": ids[b[rank]].astype("str"),
            "size_a": size[a][rank],
            "size_b": size[b][rank],
            "shared": count[rank],
            "jaccard": jaccard[rank],
            "overlap_coefficient": (count / smaller)[rank],
        }
    )
