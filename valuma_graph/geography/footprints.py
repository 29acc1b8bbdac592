"""How a network lies on the map, and whether that is a zone, a similarity or a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import GeometryError
from valuma_graph.geography import chance
from valuma_graph.geography.neighbours import contiguity
from valuma_graph.measures.nodes import coverage

if TYPE_CHECKING:
    from collections.abc import Collection

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.places import Gazetteer

Strata = Literal["population"]
Logic = Literal["zone", "similarity", "theme", "undetermined"]

POPULATION_CLASSES: Final = {"A": 100_000, "B": 25_000, "C": 10_000, "D": 4_000, "E": 0}
"""The classes of the report's survey of municipalities (ch. 3.2), by their lowest population."""

LARGEST_PART: Final = 0.5
"""Share of the territory in one contiguous part from which a network can be a zone."""

NEAR: Final = 0.75
"""Mean distance, as a share of the expected one, up to which members are concentrated."""

ALIKE: Final = 0.75
"""Spread of sizes, or share of pairs of unlike classes, as a share of the expected one, up to
which members are alike: as `NEAR` is for distance. A network of many members can differ from chance
by very little and still be significant."""

LINEAR: Final = 0.8
"""Linearity from which members lie along a line."""

MIN_LOCATED: Final = 3
"""Fewest located members of which a logic is told: two always lie on a line."""


def footprint(
    aff: Affiliation,
    *,
    permutations: int = 999,
    seed: int = 0,
    strata: Strata | None = None,
    alpha: float = 0.05,
    min_coverage: float = 0.5,
    networks: Collection[str] | None = None,
) -> pd.DataFrame:
    """
    Tell how each network lies on the map, and by which logic it was formed.

    The *located members* are municipalities of the division of the year; the *territory* is
    theirs together with the municipalities of member regions and other groupings. Distances,
    ellipse, joins and likeness are of located members only, and are compared with random sets of
    as many municipalities.

    The ellipse has its centre in the mean of the central localities; its semi-axes are the
    square roots of the eigenvalues of their covariance matrix with the divisor n, that is, the
    standard deviations along the axes of the ellipse (Lefever's definition; no factor √2 and no
    n − 2). `linearity` = 1 − minor / major.

    The logic follows the report (ch. 2.1). A network is a **zone** if it is

    - contiguous: the territory is one part of two municipalities or more; or its largest part
      has `LARGEST_PART` of it (0.5) and `p_joins` ≤ alpha; or
    - concentrated: `distance_ratio` ≤ `NEAR` (0.75) and `p_distance` ≤ alpha; or
    - along a line: `linearity` ≥ `LINEAR` (0.8) and `p_linearity` ≤ alpha.

    Otherwise it is a **similarity** if its members are alike in size (`size_ratio` ≤ `ALIKE`
    (0.75) and `p_size` ≤ alpha) or in class (`unlike_ratio` ≤ `ALIKE` and `p_class` ≤ alpha),
    else a **theme**. The alpha is that of each single test; p-values are not corrected for there
    being several tests and networks. Of fewer than `MIN_LOCATED` (3) located members nothing is
    told. The thresholds are conventions of this package, not of the report.

    Parameters
    ----------
    aff
        An affiliation network of Finnish places.
    permutations
        The number of random sets; at least 1 / alpha − 1, or no p-value could reach alpha.
    seed
        Of the random sets.
    strata
        `"population"`: random sets have as many municipalities of each of `POPULATION_CLASSES`
        as the network has, those of unknown population being a class of their own; None: of any.
    alpha
        Largest p-value that counts.
    min_coverage
        Smallest share of the members known at which a `logic` is told.
    networks
        Ids or names of the networks; None for all.

    Returns
    -------
    footprint
        Index `network_id`. Counts are int, or Int64 where they can be missing; all else is float
        or text. Missing is what the members are too few for.

        - `located_members`; `other_members`: all others; `territory`: municipalities;
          `regions`: those that the territory touches
        - `population` of the located members (sum of what is known; missing where nothing is),
          `population_known`: of how many, `population_share` of the country's
        - `parts`: contiguous by land; `largest_part` (municipalities), `largest_part_share`
        - `mean_distance_km` between pairs of central localities, `expected_distance_km`,
          `distance_ratio`, `p_distance` (lower tail)
        - `center_x`, `center_y` (EPSG:3067, km), `major_km`, `minor_km`, `direction_deg` of the
          major axis (clockwise from grid north, 0 ≤ and < 180), `linearity`, `p_linearity` (upper)
        - `joins`: pairs of members with a common land border, `expected_joins`, `p_joins` (upper)
        - `size_spread`: standard deviation (n − 1) of log10 of the known populations,
          `size_ratio` to the expected one, `p_size` (lower); `same_class`: share of pairs of one
          urban-rural class, `unlike_ratio`: share of the other pairs as a ratio to the expected
          share, `p_class` (upper)
        - `coverage`: share of the members that is known; `coverage_basis`: `year` where
          `valuma_graph.coverage` has it, `list` where it is that of the whole list (its rows bear
          their own years, or it is said to be complete), missing where nothing is known
        - `logic_known`: what the known members say; `logic`: the same, but `undetermined` where
          coverage is below `min_coverage` or not known

    Raises
    ------
    GeometryError
        If one of `networks` has neither a municipality nor a grouping of municipalities of the
        division among its members, or no network has.
    UnknownNodeError
        If there is no such network.
    ValueError
        If another argument is out of its range.

    References
    ----------
    Lefever, D. W. (1926). Measuring geographic concentration by means of the standard deviational
    ellipse. American Journal of Sociology 32(1), 88–94. https://doi.org/10.1086/214027

    Yuill, R. S. (1971). The standard deviational ellipse: an updated tool for spatial
    description. Geografiska Annaler B 53(1), 28–39.
    https://doi.org/10.1080/04353684.1971.11879353

    Moran, P. A. P. (1948). The interpretation of statistical maps. Journal of the Royal
    Statistical Society B 10(2), 243–251. https://doi.org/10.1111/j.2517-6161.1948.tb00012.x

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> found = footprint(aff, networks=["hinku", "pohjoinen_kasvuvyohyke"])
    >>> found[["located_members", "logic"]].to_numpy().tolist()
    [[65, 'theme'], [13, 'zone']]
    """
    _check(permutations=permutations, strata=strata, alpha=alpha, min_coverage=min_coverage)
    places = aff.gazetteer
    if places is None:
        raise GeometryError("the members are no places of Finland: none of them can be located")
    year = division_of(aff.year)
    division = places.division(year)
    chosen = _chosen(aff, networks)
    located = _located(aff, chosen, division.index)
    territory = located | _of_groups(aff, chosen, places, year, division.index)
    _refuse_unlocated(territory, chosen, named=networks is not None)
    ground = _ground(division, places, year, strata)
    sizes = _incidence(aff, chosen).sum(axis=0)
    tested = chance.against_chance(
        located.astype(np.float64), ground, permutations=permutations, seed=seed
    )
    known = pd.concat(
        [
            _extent(located, territory, sizes, division, places),
            _parts(territory, ground.neighbours),
            _figures(located, ground, tested),
            _coverage(aff, chosen),
        ],
        axis="columns",
    ).set_axis(chosen, axis="index")
    known["logic"] = known["logic_known"] = _logic(known, alpha)
    known.loc[~known["coverage"].ge(min_coverage), "logic"] = "undetermined"
    return known


def _check(*, permutations: int, strata: str | None, alpha: float, min_coverage: float) -> None:
    if strata is not None and strata not in get_args(Strata):
        raise ValueError(f"strata must be None or 'population', not {strata!r}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    if not 0 <= min_coverage <= 1:
        raise ValueError(f"min_coverage must be 0 to 1, not {min_coverage}")
    least = int(np.ceil(1 / alpha - 1e-9)) - 1
    if permutations < least:
        raise ValueError(
            f"permutations must be {least} or more for alpha {alpha}, not {permutations}"
        )


def _chosen(aff: Affiliation, networks: Collection[str] | None) -> pd.Index:
    if networks is None:
        return aff.networks.index
    names = [networks] if isinstance(networks, str) else networks
    ids = dict.fromkeys(aff.find(name, mode="networks") for name in names)
    return pd.Index([*ids], name="network_id", dtype="str")


def _incidence(aff: Affiliation, chosen: pd.Index) -> Any:  # noqa: ANN401
    columns = aff.networks.index.get_indexer(chosen)
    return aff.incidence[:, columns].toarray().astype(np.int64)


def _located(aff: Affiliation, chosen: pd.Index, towns: pd.Index) -> np.ndarray:
    """Return networks × municipalities: who is a member itself."""
    rows = aff.members.index.get_indexer(towns)
    member = _incidence(aff, chosen).T[:, rows] > 0
    return np.asarray(member & (rows >= 0))


def _of_groups(
    aff: Affiliation, chosen: pd.Index, places: Gazetteer, year: int, towns: pd.Index
) -> np.ndarray:
    """Return networks × municipalities: whose region or other grouping is a member."""
    inside = np.zeros((len(chosen), len(towns)), dtype=bool)
    incidence = _incidence(aff, chosen).T > 0
    prefixes = {i.split(":FI-")[0] for i in aff.members.index if ":FI-" in i} - {"municipality"}
    for scheme in sorted(prefixes & set(places.schemes)):
        first, last = places.schemes[scheme]
        if first <= year <= last:
            group = places.group_of(scheme, year).reindex(towns)
            rows = aff.members.index.get_indexer(pd.Index(group))
            inside |= incidence[:, rows] & (rows >= 0)
    return inside


def _refuse_unlocated(territory: np.ndarray, chosen: pd.Index, *, named: bool) -> None:
    nowhere = chosen[np.flatnonzero(~territory.any(axis=1))]
    if len(nowhere) and (named or len(nowhere) == len(chosen)):
        which = ", ".join(nowhere[:5]) if named else "no network"
        has = "without any located member" if named else "has a located member"
        raise GeometryError(f"{which}: {has}; municipalities or regions of Finland are needed")
    if not len(chosen):
        raise GeometryError("there is no network, so that none has a located member")


def _ground(
    division: pd.DataFrame, places: Gazetteer, year: int, strata: str | None
) -> chance.Ground:
    from valuma_graph.datasets import municipalities

    n = len(division)
    points = municipalities(year, root=places.root).get_coordinates().reindex(division.index)
    population = division["population"].to_numpy(dtype=np.float64, na_value=np.nan)
    pairs = contiguity(year, root=places.root)
    pairs = pairs[pairs["kind"] == "land"]
    a, b = (division.index.get_indexer(pd.Index(pairs[end])) for end in ("a", "b"))
    neighbours = np.zeros((n, n))
    neighbours[a, b] = neighbours[b, a] = 1
    limits = sorted(POPULATION_CLASSES.values())
    level = np.searchsorted(limits, population, side="right")
    level = np.where(np.isnan(population), 0, level)
    return chance.Ground(
        xy=points.to_numpy() / 1000,
        neighbours=neighbours,
        size=np.log10(population),
        classes=pd.factorize(division["urban_rural"])[0],
        strata=np.zeros(n, dtype=np.intp) if strata is None else level.astype(np.intp),
    )


def _extent(
    located: np.ndarray,
    territory: np.ndarray,
    sizes: np.ndarray,
    division: pd.DataFrame,
    places: Gazetteer,
) -> pd.DataFrame:
    """Count members, inhabitants and regions."""
    population = division["population"]
    known = population.notna().to_numpy()
    total = located @ population.fillna(0).to_numpy(dtype=np.int64)
    of_known = located @ known.astype(np.int64)
    country = places.population_total(int(division["population_year"].max()))
    codes = pd.factorize(division["region"])[0]
    touched = [len(set(codes[row]) - {-1}) for row in territory]
    people = pd.Series(total, dtype="Int64").where(of_known > 0)
    members = located.sum(axis=1)
    return pd.DataFrame(
        {
            "located_members": members,
            "other_members": sizes - members,
            "territory": territory.sum(axis=1),
            "regions": touched,
            "population": people,
            "population_known": of_known,
            "population_share": np.where(of_known > 0, total / country, np.nan),
        }
    )


def _parts(territory: np.ndarray, neighbours: np.ndarray) -> pd.DataFrame:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    found = []
    for row in territory:
        mine = np.flatnonzero(row)
        _, label = connected_components(csr_array(neighbours[np.ix_(mine, mine)]), directed=False)
        counts = np.bincount(label) if len(mine) else np.array([], dtype=np.int64)
        largest = int(counts.max(initial=0))
        found.append((len(counts), largest, largest / len(mine) if len(mine) else np.nan))
    return pd.DataFrame(found, columns=["parts", "largest_part", "largest_part_share"])


def _figures(
    located: np.ndarray, ground: chance.Ground, tested: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    own, expected, p = tested["observed"], tested["expected"], tested["p"]
    center, var_x, var_y, cov = chance.moments(located.astype(np.float64), ground.xy)
    major, minor = chance.axes(var_x, var_y, cov)
    turn = np.degrees(np.arctan2(2 * cov, var_y - var_x)) / 2 % 180
    few = located.sum(axis=1) < 2  # noqa: PLR2004
    even = few | (major - minor <= 1e-6)  # noqa: PLR2004
    return pd.DataFrame(
        {
            "mean_distance_km": own["mean_distance_km"],
            "expected_distance_km": expected["mean_distance_km"],
            "distance_ratio": own["mean_distance_km"] / expected["mean_distance_km"],
            "p_distance": p["mean_distance_km"],
            "center_x": center[:, 0],
            "center_y": center[:, 1],
            "major_km": np.where(few, np.nan, major),
            "minor_km": np.where(few, np.nan, minor),
            "direction_deg": np.where(even, np.nan, np.where(turn >= 180, 0.0, turn)),  # noqa: PLR2004
            "linearity": own["linearity"],
            "p_linearity": p["linearity"],
            "joins": own["joins"].astype("Int64"),
            "expected_joins": expected["joins"],
            "p_joins": p["joins"],
            "size_spread": own["size_spread"],
            "size_ratio": own["size_spread"] / expected["size_spread"],
            "p_size": p["size_spread"],
            "same_class": own["same_class"],
            "unlike_ratio": (1 - own["same_class"]) / (1 - expected["same_class"]),
            "p_class": p["same_class"],
        }
    )


def _coverage(aff: Affiliation, chosen: pd.Index) -> pd.DataFrame:
    """Return how much of the membership is known: of the year, else of the whole list."""
    share = coverage(aff)["coverage"].reindex(chosen)
    table = aff.networks.reindex(chosen)
    whole = pd.Series(np.nan, index=chosen)
    if {"held_members", "held_kinds"} <= {*table.columns}:
        held = pd.to_numeric(table["held_members"], errors="coerce").astype("float64")
        towns = table["held_kinds"].eq("municipality")
        goal = table["declared_total"].where(~towns, table["declared_municipalities"])
        # A snapshot speaks of its own year only; a list with years of joining of every year.
        dated = table["selection"].eq("interval")
        whole = (held / goal.astype("float64").where(goal.gt(0))).where(dated)
    whole = whole.where(~table["list_status"].eq("complete"), 1.0)
    basis = pd.Series("list", index=chosen, dtype="str").where(whole.notna())
    basis = basis.where(share.isna(), "year")
    return pd.DataFrame(
        {"coverage": share.fillna(whole).to_numpy(), "coverage_basis": basis.to_numpy()}
    )


def _logic(found: pd.DataFrame, alpha: float) -> pd.Series:
    """Apply the rule of `footprint`."""
    whole = found["parts"].eq(1) & found["territory"].ge(2)
    joined = found["largest_part_share"].ge(LARGEST_PART) & found["p_joins"].le(alpha)
    near = found["distance_ratio"].le(NEAR) & found["p_distance"].le(alpha)
    line = found["linearity"].ge(LINEAR) & found["p_linearity"].le(alpha)
    size = found["size_ratio"].le(ALIKE) & found["p_size"].le(alpha)
    kind = found["unlike_ratio"].le(ALIKE) & found["p_class"].le(alpha)
    scattered = np.where(size | kind, "similarity", "theme")
    logic = np.where(whole | joined | near | line, "zone", scattered)
    enough = found["located_members"].ge(MIN_LOCATED)
    return pd.Series(np.where(enough, logic, "undetermined"), index=found.index, dtype="str")
