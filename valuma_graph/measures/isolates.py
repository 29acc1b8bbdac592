"""Who is left outside, and who would be if one network ended."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import sparse

from valuma_graph import places
from valuma_graph.affiliation.assembly import division_of
from valuma_graph.measures import cohesion, projection

if TYPE_CHECKING:
    from valuma_graph.affiliation import Affiliation

STATUSES: Final = (
    "isolated",
    "no_known_membership",
    "single_network",
    "bridge_dependent",
    "separate_component",
    "connected",
)
"""What `isolation` says of a member; the first that applies."""

COUNT_OF_KIND: Final = {
    "municipality": "declared_municipalities",
    "region": "declared_regions",
    "organisation": "declared_organisations",
    "region_group": "declared_organisations",
    "sub_region": "declared_other",
    "city_region": "declared_other",
    "country": "declared_other",
}
"""The declared count that a kind of member falls under."""

_ROLLED: Final = ("region", "sub_region")
_COMPLETE_FOR: Final = {
    "municipalities": "municipality",
    "regions": "region",
    "sub-regions": "sub_region",
    "city regions": "city_region",
    "organisations": "organisation",
    "countries": "country",
}
_BORDERS_OF = 2020
_FEWEST = 10
"""Members needed to fit the null model."""
_FINNISH = "municipality:FI-"
_NO_BORDERS = (pd.DataFrame({"a": [], "b": []}, dtype="str"), pd.Index([]))


def isolation(
    aff: Affiliation,
    *,
    level: str | None = None,
    min_networks: int = 1,
    adjacency: pd.DataFrame | None = None,
    abroad: bool = False,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Say who is left outside the networks of the set, and whose tie hangs on one network.

    `status` is the first of these that applies:

    - `isolated`: in fewer than `min_networks` networks, and no partial or unknown list could
      raise that to `min_networks`;
    - `no_known_membership`: fewer than `min_networks` known, but partial or unknown lists that
      could hold the member might (see `could_hold`);
    - `single_network`: in one network only; `depends_on` names it;
    - `bridge_dependent`: in two or more networks of the main component, but taking one network
      away, the nearest such being `depends_on`, cuts the member off from the larger part of it;
    - `separate_component`: in two or more networks, but not in the main component;
    - `connected`.

    With `level="region"` or `"sub_region"`, the municipalities stand under their region: it is
    in every network that it or one of its municipalities is in, and it could be in those that
    could hold either.

    Parameters
    ----------
    aff
        The affiliation network; components and peers are those of all its members.
    level
        Kind of member to judge; all members when None. Of municipalities and groupings of
        them, those at home are judged (see `at_home`).
    min_networks
        The fewest networks that count as being reached.
    adjacency
        Pairs of neighbours: columns `a` and `b` (member ids; each pair once is enough). When
        None, the land borders between Finnish municipalities, of the year of the set.
    abroad
        Whether to judge places of other countries, and groupings that no longer are, too.
    lang
        Language of the names.

    Returns
    -------
    members
        Indexed by member_id, in the order of `aff.members`:

        - `kind`, `name`, `status` (text);
        - `networks` (int): known; `networks_possible` (int): those and the partial or unknown
          ones that could hold the member;
        - `networks_own`, `networks_of_municipalities` (int): only with the level `region` or
          `sub_region`;
        - `peers` (int): other members met in these networks;
        - `component` (Int64): 1 = the main component, missing without a network;
        - `depends_on` (text): network_id, missing if not dependent on one;
        - `expected_networks` (float): what a null model of size alone expects (Notes);
        - `neighbours_in` (float): share of the neighbours that are in any network of the set;
          NaN without neighbours or where the borders are not known.

    Raises
    ------
    ValueError
        If the level does not exist, or `min_networks` is below 1.

    Notes
    -----
    *Null model*: a Poisson regression of the number of networks on the logarithm of the
    population, among members of the same kind; NaN where the population is not known or known
    for fewer than 10. It says what a place of this size has on average, and no more than that.

    *Borders* are those of the municipal division of 2020. For later years the borders of merged
    municipalities pass to their successors. For earlier years the borders of municipalities
    abolished by 2020 are not known: they, their successors and the neighbours of these are NaN.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = vg.isolation(vg.datasets.southern_women())
    >>> found.status.value_counts().to_dict()
    {'connected': 18}
    """
    if min_networks < 1:
        raise ValueError(f"min_networks must be 1 or more, not {min_networks}")
    allowed = sorted({*COUNT_OF_KIND, *aff.members["kind"].dropna()})
    if level is not None and level not in allowed:
        raise ValueError(f"level must be one of {', '.join(allowed)}, not {level!r}")
    kinds = aff.members["kind"]
    towns = bool(kinds.eq("municipality").any())
    rolled = towns and level in _ROLLED and level in aff.members
    whole = _roll_up(aff, str(level)) if rolled else aff
    rows = _rows(whole, aff, level)
    degree, _ = projection.degrees(whole.incidence)
    component, _ = cohesion.components(whole)
    open_to = _open_to(whole, with_municipalities=rolled)
    possible = degree + _not_yet(whole, open_to)
    cut = cohesion.cuts(whole.incidence).depends_on
    status = _status(degree, possible, component.eq(1).fillna(value=False), cut, min_networks)
    frame = pd.DataFrame(
        {
            "kind": whole.members["kind"],
            "name": whole.names(lang=lang),
            "status": pd.Series(status, index=whole.members.index, dtype="str"),
            "networks": degree,
            "networks_possible": possible,
        },
        index=whole.members.index,
    )
    if rolled:
        frame = frame.join(_two_ways(aff, whole, str(level)))
    frame["peers"] = projection.peers(whole.incidence)
    frame["component"] = component
    frame["depends_on"] = _depends_on(whole, status, cut)
    frame["expected_networks"] = _expected(whole.members, degree)
    pairs, unclear = _NO_BORDERS if adjacency is None else (adjacency, pd.Index([]))
    if adjacency is None and aff.members.index.str.startswith(_FINNISH).any():
        pairs, unclear = _borders(aff.year)
    if rolled and adjacency is None:
        group = aff.members[str(level)]
        pairs, unclear = pairs.apply(lambda side: side.map(group)), pd.Index([])
    frame["neighbours_in"] = _neighbours_in(frame["networks"], pairs, unclear)
    if level is not None and not abroad:
        rows = rows[at_home(aff, level).reindex(rows, fill_value=False).to_numpy()]
    return frame.loc[rows]


def at_home(aff: Affiliation, level: str) -> pd.Series:
    """
    Say which places of a level belong to the country and division that the set describes.

    A set of Finland holds all its places, and of other countries those that networks name:
    these are in a network by the way they came in, and say nothing of who is left outside. So
    do regions long abolished that an old list still names.

    Parameters
    ----------
    aff
        The affiliation network.
    level
        Kind of member.

    Returns
    -------
    home
        Bool, indexed by the members of that kind and the groups of that kind that
        municipalities lie in. All True for kinds that are no places of a division, and for sets
        that were not read as places of Finland.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> home = at_home(vg.datasets.finland(year=2019), "region")
    >>> int(home.sum()), len(home)
    (19, 105)
    """
    members = aff.members
    ids = members.index[members["kind"].eq(level)]
    if level in _ROLLED and level in members:
        ids = ids.union(pd.Index(members[level].dropna().unique()), sort=False)
    home = pd.Series(data=True, index=ids, name="at_home")
    gazetteer = aff.gazetteer
    if gazetteer is None or level not in ("municipality", *gazetteer.schemes):
        return home
    return home & ids.isin(gazetteer.groups(level, division_of(aff.year)).index)


def _roll_up(aff: Affiliation, level: str) -> Affiliation:
    whole = aff.roll_up(level)
    if "population" not in aff.members:
        return whole
    # A region without a population of its own has that of its municipalities.
    population = aff.members["population"].astype("Int64")
    towns = population[aff.members["kind"].eq("municipality")]
    summed = towns.groupby(aff.members[level]).sum(min_count=1)
    members = whole.members.copy()
    own = members["population"].astype("Int64") if "population" in members else population
    members["population"] = own.reindex(members.index).fillna(
        summed.reindex(members.index).astype("Int64")
    )
    return type(aff)(members, whole.networks, whole.memberships, whole.year)


def _rows(whole: Affiliation, aff: Affiliation, level: str | None) -> pd.Index:
    """Return the ids to report, those of `aff.members` first and in its order."""
    if level is None:
        return aff.members.index
    ids = whole.members.index[whole.members["kind"].eq(level)]
    listed = aff.members.index[aff.members.index.isin(ids)]
    return listed.append(ids[~ids.isin(listed)])


def _status(
    degree: np.ndarray, possible: np.ndarray, main: pd.Series, cut: np.ndarray, fewest: int
) -> np.ndarray:
    tests = [
        (degree < fewest) & (possible < fewest),
        degree < fewest,
        degree == 1,
        main.to_numpy(dtype=bool) & (cut >= 0),
        ~main.to_numpy(dtype=bool),
    ]
    return np.select(tests, STATUSES[:-1], STATUSES[-1])


def _depends_on(aff: Affiliation, status: np.ndarray, cut: np.ndarray) -> pd.Series:
    """Name the one network of a member of one, and the bridge of a member behind a bridge."""
    incidence = aff.incidence
    position = np.where(status == "bridge_dependent", cut, -1)
    single = np.flatnonzero((status == "single_network") & (np.diff(incidence.indptr) == 1))
    position[single] = incidence.indices[incidence.indptr[single]]
    ids = np.append(aff.networks.index.to_numpy(dtype=object), np.nan)
    return pd.Series(ids[position], index=aff.members.index, dtype="str")


def _two_ways(aff: Affiliation, whole: Affiliation, level: str) -> pd.DataFrame:
    """Count the networks that each group reaches itself, and through its municipalities."""
    groups = whole.members.index
    degree, _ = projection.degrees(aff.incidence)
    own = pd.Series(degree, index=aff.members.index).reindex(groups).fillna(0).astype(np.int64)
    into = groups.get_indexer(pd.Index(aff.members[level]))
    towns = aff.members["kind"].eq("municipality").to_numpy() & (into >= 0)
    lies_in = sparse.csr_array(
        (np.ones(int(towns.sum()), np.int64), (into[towns], np.flatnonzero(towns))),
        shape=(len(groups), len(aff.members)),
    )
    through = (lies_in @ aff.incidence.astype(np.int64) > 0).sum(axis=1)
    return pd.DataFrame({"networks_own": own, "networks_of_municipalities": through}, index=groups)


def could_hold(aff: Affiliation) -> pd.DataFrame:
    """
    Say which networks may have members that are not known, by kind and country of member.

    A network could hold a member unless one of these is known:

    - its list is complete (`list_status` is `complete`; it is that of the list in use);
    - `complete_for` of its partial list names the kind of the member, its country, or all;
    - `countries` is given, without `EU`, and without the member's country;
    - it states its members by kind, these add up to the total, and none is of this kind.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    could
        bool; one row for each (kind, country) among `aff.members` (country missing = ""), one
        column for each network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> bool(could_hold(vg.datasets.southern_women()).to_numpy().any())
    False
    """
    kinds = aff.members["kind"].fillna("")
    countries = aff.members["country"].fillna("")
    classes = pd.MultiIndex.from_frame(
        pd.DataFrame({"kind": kinds, "country": countries}).drop_duplicates(ignore_index=True)
    )
    networks = aff.networks
    lists_open = networks["list_status"].ne("complete").to_numpy()
    partial = networks["list_status"].eq("partial").to_numpy()
    done = _split(networks, "complete_for")
    within = _split(networks, "countries")
    full = [bool(p) and "all members" in d for p, d in zip(partial, done, strict=True)]
    could = np.tile(lists_open & ~np.array(full, dtype=bool), (len(classes), 1))
    stated = _stated_kinds(networks)
    for row, (kind, country) in enumerate(classes):
        is_done = [country in d or any(_COMPLETE_FOR.get(word) == kind for word in d) for d in done]
        could[row] &= ~(partial & np.array(is_done, dtype=bool))
        abroad = [bool(w) and "EU" not in w and country not in w for w in within]
        could[row] &= ~np.array(abroad, dtype=bool) | (country == "")
        if kind in COUNT_OF_KIND:
            could[row] &= stated[COUNT_OF_KIND[kind]]
    return pd.DataFrame(could, index=classes, columns=networks.index)


def _split(networks: pd.DataFrame, column: str) -> list[frozenset[str]]:
    """Return the parts of each cell of a ";"-list."""
    if column not in networks:
        return [frozenset()] * len(networks)
    cells = networks[column].fillna("")
    return [frozenset(p.strip() for p in cell.split(";") if p.strip()) for cell in cells]


def _stated_kinds(networks: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return for each declared count whether a network may have members that fall under it."""
    columns = sorted(set(COUNT_OF_KIND.values()))
    counts = np.column_stack(
        [
            networks[c].to_numpy(dtype=np.float64, na_value=np.nan)
            if c in networks
            else np.full(len(networks), np.nan)
            for c in columns
        ]
    )
    total = networks["declared_total"].to_numpy(dtype=np.float64, na_value=np.nan)
    itemised = np.nansum(counts, axis=1) >= total  # False without a total
    itemised &= total > 0
    none = ~(np.nan_to_num(counts) > 0)
    return {c: ~(itemised & none[:, k]) for k, c in enumerate(columns)}


def _open_to(aff: Affiliation, *, with_municipalities: bool) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the class of each member, and classes × networks: which could hold the class.

    With the municipalities rolled up, a group could be in what could hold its municipalities.
    """
    members = aff.members
    if with_municipalities:
        towns = pd.DataFrame(
            {"kind": "municipality", "country": members["country"].dropna().unique()}
        )
        wider = pd.concat([members[["kind", "country"]], towns])
        could = could_hold(type(aff)(wider, aff.networks, aff.memberships, aff.year))
    else:
        could = could_hold(aff)
    keys = pd.MultiIndex.from_arrays([members["kind"].fillna(""), members["country"].fillna("")])
    table = could.to_numpy(dtype=bool, copy=True)
    if with_municipalities:
        for row, (kind, country) in enumerate(could.index):
            town = ("municipality", country)
            if kind in _ROLLED and town in could.index:
                table[row] |= could.loc[town].to_numpy(dtype=bool)
    return could.index.get_indexer(keys), table


def _not_yet(aff: Affiliation, open_to: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Count for each member the networks that could hold it and are not known to."""
    group, table = open_to
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    degree, _ = projection.degrees(aff.incidence)
    row = np.repeat(np.arange(len(group)), degree)
    held = np.bincount(row, table[group[row], aff.incidence.indices], minlength=len(group))
    return np.asarray(table.sum(axis=1)[group] - held.astype(np.int64))


def _expected(members: pd.DataFrame, degree: np.ndarray) -> np.ndarray:
    """Fit the null model for each kind of member."""
    expected = np.full(len(members), np.nan)
    if "population" not in members:
        return expected
    population = members["population"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = population > 0
    for kind in members["kind"].dropna().unique():
        here = known & members["kind"].eq(kind).to_numpy()
        if here.sum() >= _FEWEST:
            expected[here] = _poisson(np.log(population[here]), degree[here])
    return expected


def _poisson(x: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """
    Return the fitted means of a Poisson regression, log link, by reweighted least squares.

    See McCullagh & Nelder (1989), Generalized Linear Models, 2.5.
    """
    design = np.column_stack([np.ones(len(x)), x - x.mean()])
    mean = counts + 0.5
    linear = np.log(mean)
    for _ in range(100):
        root = np.sqrt(mean)
        working = linear + (counts - mean) / mean
        beta, *_ = np.linalg.lstsq(design * root[:, None], working * root, rcond=None)
        before, linear = linear, np.clip(design @ beta, -30, 30)
        mean = np.exp(linear)
        if np.abs(linear - before).max() < 1e-10:  # noqa: PLR2004
            break
    return mean


def _neighbours_in(networks: pd.Series, pairs: pd.DataFrame, unclear: pd.Index) -> np.ndarray:
    """Return the share of each member's neighbours that are in a network."""
    index = networks.index
    a, b = (index.get_indexer(pd.Index(pairs[side])) for side in ("a", "b"))
    both = (a >= 0) & (b >= 0) & (a != b)
    ends = np.concatenate([a[both], b[both]])
    others = np.concatenate([b[both], a[both]])
    shape = (len(index), len(index))
    beside = sparse.coo_array((np.ones(len(ends)), (ends, others)), shape=shape).tocsr()
    beside.sum_duplicates()
    beside.data[:] = 1
    count = np.diff(beside.indptr)
    inside = beside @ networks.gt(0).to_numpy(dtype=np.float64)
    share = np.full(len(index), np.nan)
    np.divide(inside, count, out=share, where=count > 0)
    share[index.isin(unclear)] = np.nan
    return share


@cache
def _borders(year: int | None) -> tuple[pd.DataFrame, pd.Index]:
    """
    Return the land borders of the Finnish municipalities of a year, and those not known.

    The table is of the division of 2020.
    """
    table = pd.read_csv(
        places.data_path("municipalities", "adjacency.csv"), dtype=str, keep_default_na=False
    )
    table = table[table["kind"] == "land"]
    pairs = pd.DataFrame({side: _FINNISH + table[f"code_{side}"] for side in ("a", "b")})
    division = min(max(division_of(year), places.DIVISIONS[0]), places.DIVISIONS[-1])
    gazetteer = places.gazetteer()
    if division >= _BORDERS_OF:
        successor = gazetteer.successors(division)
        return pairs.apply(lambda side: side.map(successor).fillna(side)), pd.Index([])
    later = gazetteer.successors(_BORDERS_OF)
    gone = later[later.index.isin(gazetteer.division(division).index)]
    grown = pairs["a"].isin(gone) | pairs["b"].isin(gone)
    beside = pd.unique(pairs[grown].to_numpy().ravel())
    return pairs, pd.Index(gone.index).union(pd.Index(beside))
