"""The maps that lie beside the page as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuma_graph.places import DIVISIONS, gazetteer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation, Mode

_DPI = 150


def plates(
    aff: Affiliation, centre: tuple[Mode, str] | None, lang: str
) -> dict[str, Callable[[], Axes]]:
    """
    Return the pictures that there are to draw, by the name of their file without its suffix.

    Parameters
    ----------
    aff
        The affiliation network.
    centre
        Mode and id of what the page is about.
    lang
        Language of the pictures.

    Returns
    -------
    pictures
        `networks` and `isolation`, and `about` where there is something on the map to show;
        nothing for a set without municipalities of Finland.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> list(plates(vg.datasets.finland(year=2019), ("networks", "hinku"), "en"))
    ['about', 'networks', 'isolation']
    >>> plates(vg.datasets.southern_women(), None, "en")
    {}
    """
    from valuma_graph.affiliation.assembly import division_of
    from valuma_graph.maps import plot_isolation, plot_members, plot_network

    if aff.gazetteer is None or division_of(aff.year) not in DIVISIONS:
        return {}
    towns = aff.members.index.intersection(gazetteer().division(division_of(aff.year)).index)
    if towns.empty:
        return {}
    found: dict[str, Callable[[], Axes]] = {}
    if centre is not None:
        mode, node = centre
        if mode == "members":
            shared = shared_with(aff, node).reindex(towns)
            title = f"{aff.names('members', lang)[node]}, {aff.year}" if aff.year else None
            found["about"] = lambda: plot_members(aff, shared, lang=lang, title=title)
        elif _located(aff, node, towns):
            found["about"] = lambda: plot_network(aff, node, lang=lang)
    found["networks"] = lambda: plot_members(aff, "networks", lang=lang)
    found["isolation"] = lambda: plot_isolation(aff, lang=lang)
    return found


def write_plates(
    aff: Affiliation, centre: tuple[Mode, str] | None, folder: Path, lang: str
) -> list[Path]:
    """
    Draw and write them.

    Parameters
    ----------
    aff, centre, lang
        As for `plates`.
    folder
        Made when missing.

    Returns
    -------
    paths
        PNG files of A4 pages.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from pathlib import Path
    >>> write_plates(vg.datasets.southern_women(), None, Path("nowhere"), "en")
    []
    """
    from valuma_graph.maps import save_picture

    return [
        save_picture(draw(), folder / f"{name}.png", dpi=_DPI)
        for name, draw in plates(aff, centre, lang).items()
    ]


def shared_with(aff: Affiliation, node: str) -> pd.Series:
    """
    Return how many networks each member shares with one of them; its own number for itself.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> int(shared_with(vg.datasets.southern_women(), "Flora Price")["Olivia Carleton"])
    2
    """
    import pandas as pd

    row = aff.incidence[[list(aff.members.index).index(node)]]
    shared = (aff.incidence @ row.T).toarray().ravel()
    return pd.Series(shared, index=aff.members.index).astype("int64")


def _located(aff: Affiliation, network: str, towns: pd.Index) -> bool:
    rows = aff.memberships[aff.memberships["network_id"].eq(network)]
    regions = rows["member_id"].str.startswith("region:FI-")
    return bool((rows["member_id"].isin(towns) | regions).any())
