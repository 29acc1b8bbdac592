"""Who is in a network, who is not, and of whom that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.measures.isolates import could_hold

if TYPE_CHECKING:
    from valuma_graph.affiliation import Affiliation

_TOWN = ("municipality", "FI")


def is_in(aff: Affiliation, network: str) -> pd.Series:
    """
    Say of each member of a set whether it is in a network.

    Parameters
    ----------
    aff
        The affiliation network.
    network
        Its id.

    Returns
    -------
    inside
        Bool, index of `aff.members`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> int(is_in(vg.datasets.southern_women(), "E8").sum())
    14
    """
    column = aff.networks.index.get_indexer(pd.Index([network]))
    inside = aff.incidence.tocsc()[:, column].toarray().ravel() > 0
    return pd.Series(inside, index=aff.members.index, name=network)


def standing(aff: Affiliation, network: str, towns: pd.Index) -> pd.Series:
    """
    Say how municipalities of Finland stand to a network, whether the set holds them or not.

    Absence says something only where the list of the network is complete for them. A
    municipality that `select` or `without` may have taken from the set is not known either; one
    that a whole set never had is in no complete list.

    Parameters
    ----------
    aff
        The affiliation network.
    network
        Its id.
    towns
        Ids of municipalities of the division.

    Returns
    -------
    standing
        `member`, `not_member` or `unknown`, index `towns`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> towns = aff.members.index[aff.members["kind"].eq("municipality")]
    >>> standing(aff, "fisu", towns[towns.str.contains(":FI-")]).value_counts().to_dict()
    {'not_member': 300, 'member': 11}
    """
    inside = is_in(aff, network).astype("boolean").reindex(towns)
    could = could_hold(aff)
    if _TOWN in could.index:
        open_list = bool(could[network][_TOWN])
    else:  # no municipality is left to ask about
        open_list = aff.networks["list_status"].ne("complete")[network]
    taken = inside.isna() & aff.narrowed
    absent = np.where(taken | open_list, "unknown", "not_member")
    found = np.where(inside.fillna(value=False).to_numpy(dtype=bool), "member", absent)
    return pd.Series(found, index=towns, name="standing", dtype="str")
