"""What the commands draw: which picture, how large, and into which file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from valuma_graph.cli.answers import about
from valuma_graph.cli.arguments import UsageError, check_paths
from valuma_graph.errors import FormatError, GeometryError
from valuma_graph.text import t

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.geography.corridors import CorridorProfile
    from valuma_graph.text import Lang

Size = Literal["a4", "slide"]
SUFFIXES: Final = (".png", ".svg", ".pdf")
_LONGEST: Final = 60


@dataclass(frozen=True)
class What:
    """
    What to draw; all networks on one page when nothing is said.

    Parameters
    ----------
    network
        Name or id of a network.
    measure
        A measure of `centrality` or `brokerage`, or `networks`.
    isolated, ties
        Statuses; the strongest ties.
    compare, difference
        Names or ids of two networks; whether on one map.
    """

    network: str | None = None
    measure: str | None = None
    isolated: bool = False
    ties: bool = False
    compare: tuple[str, str] | None = None
    difference: bool = False

    def found_in(self, aff: Affiliation, lang: Lang) -> What:
        """Return the same with the ids of networks in place of their names."""
        from valuma_graph.cli.geography import network_of

        if self.compare is not None:
            a, b = (network_of(aff, one, lang) for one in self.compare)
            return replace(self, compare=(a, b))
        if self.network is not None:
            return replace(self, network=network_of(aff, self.network, lang))
        return self

    @property
    def file_name(self) -> str:
        """
        Return a name for the file, without ending, in which nothing is a path.

        Examples
        --------
        >>> What(network="../Åland & co").file_name, What(compare=("hinku", "fisu")).file_name
        ('map-aland-co', 'map-hinku-fisu')
        """
        parts = [self.network, self.measure, *(self.compare or ())]
        parts += ["isolated"] if self.isolated else []
        parts += ["ties"] if self.ties else []
        named = [part for part in parts if part is not None] or ["networks"]
        return "-".join(["map", *filter(None, map(plain, named))])


def plain(name: str) -> str:
    """
    Return what of a name can stand in the name of a file anywhere.

    Examples
    --------
    >>> plain("Pohjoinen kasvuvyöhyke"), plain("/etc/../x"), plain("北")
    ('pohjoinen-kasvuvyohyke', 'etc-x', '')
    """
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST].rstrip("-")


def check_target(path: Path, lang: Lang, option: str = "-o") -> None:
    """Refuse a file that no picture can be written to; `option` is what named it."""
    if path.is_dir():
        raise UsageError(t("cli.wrong.folder", lang, file=path))
    if path.suffix.lower() not in SUFFIXES:
        allowed = ", ".join(SUFFIXES)
        raise UsageError(
            t("cli.wrong.value", lang, option=option, value=path.suffix, allowed=allowed)
        )


def areas_of(path: Path | None, aff: Affiliation, lang: Lang) -> gpd.GeoDataFrame | None:
    """Read official boundaries of the division of an affiliation network; None where none are."""
    if path is None:
        return None
    from valuma_graph.affiliation.assembly import division_of
    from valuma_graph.geography.official import read_boundaries

    check_paths(path, None, lang)
    try:
        return read_boundaries(path, year=division_of(aff.year))
    except FormatError as error:  # a fault of the file, not of the command line
        raise GeometryError(str(error)) from error


def draw(
    aff: Affiliation,
    what: What,
    path: Path,
    *,
    size: Size = "a4",
    areas: gpd.GeoDataFrame | None = None,
    lang: Lang = "en",
) -> list[str]:
    """
    Write a picture.

    Parameters
    ----------
    aff
        The affiliation network.
    what
        What to draw, by ids.
    path
        The file, written whole or not at all.
    size
        `a4` or `slide`.
    areas
        Official boundaries of the municipalities.
    lang
        Language of the picture and the words.

    Returns
    -------
    words
        Sentences about what is known and what not.

    Raises
    ------
    GeometryError
        If there is nothing that has a place on the map.
    """
    from valuma_graph.maps.pictures import save_picture

    ax = _drawn(aff, what, size, areas, lang)
    save_picture(ax, path)
    return about(aff, lang)


def draw_corridor(
    aff: Affiliation,
    profile: CorridorProfile,
    path: Path,
    *,
    network: str | None = None,
    size: Size = "a4",
    areas: gpd.GeoDataFrame | None = None,
    lang: Lang = "en",
) -> None:
    """
    Write the picture of a corridor.

    Parameters
    ----------
    aff
        The affiliation network.
    profile
        What `corridor_profile` found.
    path
        The file, written whole or not at all.
    network
        Id of the network whose members are shown.
    size, areas, lang
        As for `draw`.
    """
    from valuma_graph.maps.canvas import new_axes
    from valuma_graph.maps.pictures import save_picture
    from valuma_graph.maps.stretch import draw_profile

    ax = new_axes(None, size=size)
    ax = draw_profile(aff, profile, network=network, ax=ax, lang=lang, areas=areas)
    save_picture(ax, path)


# -- inside ---------------------------------------------------------------------------------------


def _drawn(
    aff: Affiliation,
    what: What,
    size: Size,
    areas: gpd.GeoDataFrame | None,
    lang: Lang,
) -> Axes:
    from valuma_graph.maps.canvas import new_axes

    ax = new_axes(None, size=size)
    if what.network is not None:
        from valuma_graph.maps.members import plot_network

        return plot_network(aff, what.network, ax=ax, lang=lang, areas=areas)
    if what.measure is not None:
        from valuma_graph.maps.members import plot_members

        values = _values(aff, what.measure)
        return plot_members(aff, values, ax=ax, lang=lang, areas=areas)
    if what.isolated:
        from valuma_graph.maps.members import plot_isolation

        return plot_isolation(aff, ax=ax, lang=lang, areas=areas)
    if what.ties:
        from valuma_graph.maps.ties import plot_ties

        return plot_ties(aff, ax=ax, lang=lang, areas=areas)
    from valuma_graph.maps.several import plot_comparison, plot_networks

    if what.compare is not None:
        a, b = what.compare
        both = plot_comparison(aff, a, b, difference=what.difference, ax=ax, lang=lang, areas=areas)
        return both[0]
    return plot_networks(aff, lang=lang, areas=areas)[0]


def _values(aff: Affiliation, measure: str) -> str | pd.Series:
    from valuma_graph.measures import CENTRALITIES, brokerage

    return measure if measure in (*CENTRALITIES, "networks") else brokerage(aff)[measure]
