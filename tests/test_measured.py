"""Measures against random networks of the null models."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from scipy import sparse, stats
from strategies import affiliations, from_matrix, random_affiliation, shuffled, tiny

from valuma_graph import datasets, measures
from valuma_graph.chance.draws import NULLS, matrices
from valuma_graph.chance.measured import MEASURES, significance
from valuma_graph.measures import cohesion

SMALL = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]])
COLUMNS = ["observed", "expected", "sd", "z", "p_upper", "p_lower", "p", "low", "high", "defined"]


@pytest.fixture(scope="module")
def davis():
    return datasets.southern_women()


def code(matrix):
    return tuple(np.asarray(matrix).ravel().tolist())


def dense(drawn):
    return [np.asarray(matrix.toarray()) for matrix in drawn]


def every_matrix(shape):
    for bits in itertools.product((0, 1), repeat=shape[0] * shape[1]):
        yield np.array(bits).reshape(shape)


def naive_nodf(matrix):
    """Sum over pairs of rows, and of columns, as the paper has it."""
    total, pairs = 0.0, 0
    for side in (matrix, matrix.T):
        rows = [set(np.flatnonzero(row)) for row in side if row.any()]
        for a, b in itertools.combinations(rows, 2):
            pairs += 1
            if len(a) != len(b):
                poor, rich = sorted((a, b), key=len)
                total += len(poor & rich) / len(poor)
    return 100 * total / pairs if pairs else np.nan


def nodf_of(aff):
    return float(cohesion.nodf(aff)["nodf"])


# -- the draws ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["members", "networks"])
@pytest.mark.parametrize("null", NULLS)
def test_draws_keep_what_the_null_keeps(null, mode):
    aff = random_affiliation(3, members=20, networks=11, density=0.3)
    observed = aff.incidence.toarray()
    drawn = list(matrices(aff, null=null, draws=300, seed=5, mode=mode))
    assert len(drawn) == 300
    for matrix in drawn:
        assert isinstance(matrix, sparse.csr_array)
        assert matrix.dtype == np.int8
        assert matrix.has_sorted_indices
        assert (matrix.data == 1).all()
        assert matrix.shape == observed.shape
    sides = {"members": 1, "networks": 0}
    exact = {"fdsm": (0, 1), "hypergeometric": (sides[mode],), "sdsm": ()}[null]
    for axis in (0, 1):
        degree = np.array([matrix.sum(axis=axis) for matrix in drawn])
        if axis in exact:
            assert (degree == observed.sum(axis=axis)).all()
        elif null == "sdsm":
            error = degree.std(axis=0) / np.sqrt(300) + 1e-12
            assert (np.abs(degree.mean(axis=0) - observed.sum(axis=axis)) < 4.5 * error).all()
    assert len({code(matrix.toarray()) for matrix in drawn}) > 250


@pytest.mark.parametrize("degrees", [(1, 2, 2), (3, 1, 0), (0, 4, 2), (3, 3, 1)])
def test_hypergeometric_rows_are_uniform(degrees):
    rows = [[int(j < k) for j in range(4)] for k in degrees]
    drawn = matrices(from_matrix(rows), null="hypergeometric", draws=6000, seed=1)
    seen = pd.Series([code(m) for m in dense(drawn)]).value_counts()
    cells = int(np.prod([stats.binom(4, 0.5).pmf(k) * 16 for k in degrees]).round())
    counts = np.zeros(cells)
    counts[: len(seen)] = seen
    assert stats.chisquare(counts).pvalue > 1e-3 if cells > 1 else len(seen) == 1


def test_hypergeometric_of_networks_is_that_of_members_turned():
    aff = from_matrix(SMALL)
    turned = from_matrix(SMALL.T)
    a = dense(matrices(aff, null="hypergeometric", draws=20, seed=2, mode="networks"))
    b = dense(matrices(turned, null="hypergeometric", draws=20, seed=2, mode="members"))
    assert all((x == y.T).all() for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("null", NULLS)
def test_draws_belong_to_nodes_not_to_rows(null):
    aff = random_affiliation(8, members=14, networks=9, density=0.3)
    mixed = shuffled(aff, 4)
    rows = aff.members.index.get_indexer(mixed.members.index)
    columns = aff.networks.index.get_indexer(mixed.networks.index)
    pairs = zip(
        matrices(aff, null=null, draws=10, seed=7),
        matrices(mixed, null=null, draws=10, seed=7),
        strict=True,
    )
    for one, other in pairs:
        assert (one.toarray()[rows][:, columns] == other.toarray()).all()
        assert other.has_sorted_indices


def test_seeds(davis):
    for null in NULLS:
        first, again, other = (
            [code(m) for m in dense(matrices(davis, null=null, draws=3, seed=seed))]
            for seed in (1, 1, 2)
        )
        assert first == again
        assert first != other


# -- against enumeration and a loop ---------------------------------------------------------------


def exact(null, observed):
    """Return every matrix with its probability under the null model."""
    found = []
    if null == "sdsm":
        from valuma_graph.chance.ensembles import fit

        ensemble = fit(sparse.csr_array(observed.astype(np.int8)))
        p = ensemble.probability[ensemble.row_class[:, None], ensemble.column_class]
        return [(m, np.where(m == 1, p, 1 - p).prod()) for m in every_matrix(observed.shape)]
    for matrix in every_matrix(observed.shape):
        same = (matrix.sum(axis=1) == observed.sum(axis=1)).all()
        if null == "fdsm":
            same &= (matrix.sum(axis=0) == observed.sum(axis=0)).all()
        if same:
            found.append((matrix, 1.0))
    return [(matrix, 1 / len(found)) for matrix, _ in found]


def evenness(matrix):
    """Sum the squares of what rows share: few values are possible, and few are alike."""
    return float(((matrix @ matrix.T) ** 2).sum())


@pytest.mark.parametrize("null", NULLS)
def test_equals_the_enumerated_null(null):
    n = 600

    def measure(aff):
        return evenness(aff.incidence.toarray().astype(int))

    found = significance(from_matrix(SMALL), measure, null=null, draws=n, seed=3).loc["value"]
    own = evenness(SMALL)
    table = [(evenness(matrix), p) for matrix, p in exact(null, SMALL)]
    values, p = (np.array(column) for column in zip(*table, strict=True))
    mean = float(values @ p)
    sd = np.sqrt(((values - mean) ** 2) @ p)
    assert found.observed == own
    assert abs(found.expected - mean) < 5 * sd / np.sqrt(n)
    assert found.sd == pytest.approx(sd, rel=0.15)
    for name, tail in (("p_upper", values >= own), ("p_lower", values <= own)):
        true = min(p[tail].sum(), 1)
        assert 0.01 < true < 0.99
        assert abs(found[name] - true) < 5 * np.sqrt(true * (1 - true) / n) + 2 / n


@pytest.mark.parametrize("null", NULLS)
def test_equals_a_naive_loop(davis, null):
    found = significance(davis, nodf_of, null=null, draws=60, seed=9, level=0.8)
    drawn = np.array([naive_nodf(m) for m in dense(matrices(davis, null=null, draws=60, seed=9))])
    own = naive_nodf(davis.incidence.toarray())
    upper = (1 + sum(x > own - 1e-9 for x in drawn)) / 61
    lower = (1 + sum(x < own + 1e-9 for x in drawn)) / 61
    sd = drawn.std(ddof=1)
    expected = [own, drawn.mean(), sd, (own - drawn.mean()) / sd, upper, lower]
    expected += [min(1, 2 * min(upper, lower)), *np.quantile(drawn, [0.1, 0.9]), 60]
    assert found.loc["value"].to_numpy() == pytest.approx(np.array(expected), rel=1e-9)
    assert found.columns.tolist() == COLUMNS


def test_each_named_measure_is_the_public_one(davis):
    def loop(function, mode="members"):
        return significance(davis, function, null="hypergeometric", draws=5, mode=mode)

    for mode in ("members", "networks"):
        for name in ("degree", "closeness", "betweenness", "eigenvector"):
            named = significance(davis, name, null="hypergeometric", draws=5, mode=mode)
            same = loop(lambda a, m=mode, k=name: measures.centrality(a, mode=m)[k], mode)
            assert_frame_equal(named, same, rtol=1e-9)
        for name in ("constraint", "effective_size"):
            named = significance(davis, name, null="hypergeometric", draws=5, mode=mode)
            same = loop(lambda a, m=mode, k=name: measures.brokerage(a, mode=m)[k], mode)
            assert_frame_equal(named, same, rtol=1e-9)
    nested = significance(davis, "nestedness", null="hypergeometric", draws=5)
    assert_frame_equal(nested, loop(cohesion.nodf))
    grouped = significance(davis, "modularity", null="hypergeometric", draws=5)
    same = loop(lambda aff: measures.communities(aff, tries=3).modularity)
    assert_frame_equal(grouped.reset_index(drop=True), same.reset_index(drop=True))


@pytest.mark.parametrize("seed", range(4))
def test_isolation_counts_are_those_of_structure(seed):
    aff = random_affiliation(seed, members=30, networks=14, density=0.07)

    def counts(one):
        whole = cohesion.structure(one)
        summary, degree = whole.summary, np.diff(one.incidence.indptr)
        tied = int((degree > 0).sum())
        return pd.Series(
            {
                "members_without_network": summary["members_without_network"],
                "members_with_one_network": int((degree == 1).sum()),
                "components": summary["components"],
                "members_outside_main_component": tied - summary["largest_component_members"],
                "bridging_networks": summary["bridging_networks"],
            }
        )

    named = significance(aff, "isolation", null="hypergeometric", draws=10, seed=seed)
    assert_frame_equal(named, significance(aff, counts, null="hypergeometric", draws=10, seed=seed))
    assert named.loc["members_without_network", "sd"] == 0


# -- what it finds --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["members", "networks"])
def test_degrees_that_are_kept_are_no_news(davis, mode):
    for null in ("fdsm", "hypergeometric"):
        found = significance(davis, "degree", null=null, draws=50, mode=mode)
        assert (found.sd == 0).all()
        assert found.z.isna().all()
        assert (found[["p_upper", "p_lower", "p"]] == 1).all(axis=None)
        same = ["expected", "low", "high"]
        assert found[same].eq(found.observed, axis=0).all(axis=None)


def test_degrees_kept_on_average(davis):
    found = significance(davis, "degree", null="sdsm", draws=2000)
    assert (np.abs(found.expected - found.observed) < 5 * found.sd / np.sqrt(2000)).all()
    assert (found.p > 0.5).all()


def planted(nested, seed=4):
    """Plant nested memberships, or four groups that keep to themselves, and add noise."""
    rng = np.random.default_rng(seed)
    row, column = np.arange(36)[:, None], np.arange(20)
    inside = row / 36 + column / 20 < 0.8 if nested else row // 9 == column // 5
    return from_matrix(rng.random((36, 20)) < np.where(inside, 0.75, 0.08))


@pytest.mark.parametrize("null", NULLS)
def test_planted_communities_are_found(null):
    found = significance(planted(nested=False), "modularity", null=null, draws=9)
    assert found.p_upper.item() == 1 / 10
    assert found.z.item() > 10
    assert found.observed.item() > found.high.item()


def test_planted_nestedness_is_found_where_the_null_does_not_keep_it():
    found = significance(planted(nested=True), "nestedness", null="hypergeometric", draws=199)
    assert (found.p_upper == 1 / 200).all()
    assert (found.z > 5).all()
    # Degrees alone make for most of it.
    degrees = significance(planted(nested=True), "nestedness", null="fdsm", draws=199)
    assert degrees.loc["nodf", "expected"] > found.loc["nodf", "high"]


def p_of_draws(null, trials):
    """Draw networks from a null model, and test each against it."""
    source = random_affiliation(6, members=16, networks=10, density=0.3)
    source = from_matrix(source.incidence.toarray())
    found = [
        significance(from_matrix(matrix.toarray()), "nestedness", null=null, draws=19, seed=100 + k)
        for k, matrix in enumerate(matrices(source, null=null, draws=trials, seed=11))
    ]
    table = pd.concat(found)
    assert (table[["p", "p_upper", "p_lower"]] >= 1 / 20).all(axis=None)
    # The two sides overlap where they tie.
    assert (table.p_upper + table.p_lower > 1).all()
    return table


@pytest.mark.parametrize("null", ["hypergeometric", "fdsm"])
def test_p_is_calibrated(null):
    """Networks drawn from the null model are as extreme as they should be."""
    trials = {"hypergeometric": 100, "fdsm": 50}[null]
    error = 3 * np.sqrt(0.05 * 0.95 / trials)
    table = p_of_draws(null, trials)
    for name in ("p_upper", "p_lower", "p"):
        assert ((table[name] <= 0.05).groupby(level=0).mean() <= 0.05 + error).all()
        assert table[name].gt(0.5).mean() > 0.3


def test_sdsm_is_not_calibrated_for_what_degrees_make():
    """As the documentation says: draws of draws are more uneven than draws."""
    table = p_of_draws("sdsm", 50)
    assert (table.p_lower <= 0.05).mean() > 0.15
    assert table.z.mean() < -1


# -- functions ------------------------------------------------------------------------------------


def test_functions_see_the_nodes(davis):
    seen = []

    def largest(aff):
        seen.append(aff)
        return aff.incidence.sum(axis=0).max()

    found = significance(davis, largest, null="hypergeometric", draws=4)
    assert found.index.tolist() == ["value"]
    assert found.attrs["measure"] == "largest"
    assert len(seen) == 5
    for aff in seen:
        assert set(aff.members.index) == set(davis.members.index)
        assert aff.memberships.columns.isin(davis.memberships.columns).all()
        assert davis.memberships.columns.isin(aff.memberships.columns).all()
        assert (aff.incidence.toarray() == aff.at(None).incidence.toarray()).all()
        assert measures.isolation(aff).status.notna().all()


def test_functions_with_any_series(davis):
    def some(aff):
        degree = pd.Series(aff.incidence.sum(axis=1), aff.members.index, dtype="Int64")
        return degree[degree > 4]

    found = significance(davis, some, null="sdsm", draws=40)
    assert found.defined.lt(40).any()
    assert_series_equal(found.observed, some(davis).sort_index().astype(float), check_names=False)
    whole = significance(davis, lambda aff: cohesion.structure(aff).summary, draws=5)
    assert whole.index.tolist() == cohesion.structure(davis).summary.index.tolist()
    mixed = significance(davis, lambda aff: aff.incidence.nnz == 89, draws=20)
    assert mixed.observed.item() == 1


@pytest.mark.parametrize("wrong", ["text", [1, 2], None, pd.DataFrame({"a": [1]})])
def test_functions_that_return_something_else(davis, wrong):
    with pytest.raises(ValueError, match="measure must return a Series or a number"):
        significance(davis, lambda _: wrong, draws=2)


def test_ties_of_floats_are_ties(davis):
    """A value that only rounding sets apart from the observed one counts on both sides."""
    jitter = itertools.cycle([0.1 + 0.2, 0.3])
    found = significance(davis, lambda _: next(jitter), null="hypergeometric", draws=9)
    assert found[["sd", "p_upper", "p_lower", "p"]].loc["value"].tolist() == [0, 1, 1, 1]
    assert np.isnan(found.loc["value", "z"])


def test_what_is_not_defined_is_left_out(davis):
    given = iter([1.0, np.nan, 2.0, 0.0, np.nan, 3.0])
    found = significance(davis, lambda _: next(given), null="hypergeometric", draws=5)
    row = found.loc["value"]
    assert row[["expected", "p_upper", "p_lower", "p", "defined"]].tolist() == [
        pytest.approx(5 / 3), 0.75, 0.5, 1, 3,
    ]  # fmt: skip
    assert row.sd == pytest.approx(np.std([2, 0, 3], ddof=1))
    assert [row.low, row.high] == pytest.approx(np.quantile([2, 0, 3], [0.025, 0.975]))
    for own, rest in ((np.nan, 1.0), (1.0, np.nan)):
        given = iter([own, rest, rest])
        row = significance(davis, lambda _, g=given: next(g), null="hypergeometric", draws=2).loc[
            "value"
        ]
        assert row[["z", "p_upper", "p_lower", "p"]].isna().all()
        assert row.defined == (2 if np.isnan(own) else 0)
    given = iter([1.0, 2.0])
    one = significance(davis, lambda _: next(given), null="hypergeometric", draws=1).loc["value"]
    assert np.isnan(one.sd)
    assert one[["p_upper", "p_lower"]].tolist() == [1, 0.5]


# -- rows, seeds, constraints ---------------------------------------------------------------------


@pytest.mark.parametrize("null", NULLS)
def test_the_order_of_rows_does_not_matter(null):
    aff = random_affiliation(2, members=18, networks=9, density=0.25)
    mixed = shuffled(aff, 5)
    for k, measure in enumerate(MEASURES):
        turn = ("members", "networks")[(k + [*NULLS].index(null)) % 2]
        for mode in {turn, "members" if null == "fdsm" else turn}:
            a, b = (significance(x, measure, null=null, mode=mode, draws=4) for x in (aff, mixed))
            if len(a) == len(aff.members if mode == "members" else aff.networks):
                table = mixed.members if mode == "members" else mixed.networks
                assert b.index.equals(table.index)
                b = b.reindex(a.index)
            assert_frame_equal(a, b, check_exact=True)


def test_seeds_and_attrs(davis):
    one, same, other = (significance(davis, "betweenness", draws=9, seed=s) for s in (1, 1, 2))
    assert_frame_equal(one, same, check_exact=True)
    assert not one.expected.equals(other.expected)
    assert one.attrs == {
        "measure": "betweenness", "mode": "members", "null": "fdsm", "draws": 9, "seed": 1,
        "level": 0.95,
    }  # fmt: skip


@pytest.mark.parametrize("null", NULLS)
def test_progress(davis, null):
    told = []
    significance(davis, "degree", null=null, draws=4, progress=lambda *done: told.append(done))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def in_regions():
    rng = np.random.default_rng(3)
    edges = [
        (f"m{i}", f"n{j}") for i, j in zip(*np.nonzero(rng.random((20, 9)) < 0.3), strict=True)
    ]
    regions = {f"m{i}": {"region": "north" if i % 3 else "south"} for i in range(20)}
    return tiny(edges, members=regions, networks=[f"n{j}" for j in range(9)])


@pytest.mark.parametrize("null", ["sdsm", "fdsm"])
def test_constraints_hold_in_every_draw(null):
    aff = in_regions()
    empty = np.argwhere(aff.incidence.toarray() == 0)[::5]
    full = np.argwhere(aff.incidence.toarray() == 1)[::6]
    forbidden, required = (
        pd.DataFrame(
            {"member_id": aff.members.index[c[:, 0]], "network_id": aff.networks.index[c[:, 1]]}
        )
        for c in (empty, full)
    )

    def broken(one):
        there = {*one.memberships[["member_id", "network_id"]].itertuples(index=False, name=None)}
        wrong = there & {*forbidden.itertuples(index=False, name=None)}
        return len(wrong) + len({*required.itertuples(index=False, name=None)} - there)

    for one in (aff, shuffled(aff, 1)):
        held = significance(
            one, broken, null=null, draws=50, forbidden=forbidden, required=required
        ).loc["value"]
        assert held[["observed", "expected", "sd"]].tolist() == [0, 0, 0]
    assert significance(aff, broken, null=null, draws=50).loc["value", "expected"] > 1


@pytest.mark.parametrize("null", ["sdsm", "fdsm"])
def test_strata_keep_their_members(null):
    aff = in_regions()

    def of_the_north(one):
        north = one.members["region"].eq("north").to_numpy()
        return pd.Series(one.incidence.toarray()[north].sum(axis=0), one.networks.index)

    for one in (aff, shuffled(aff, 1)):
        found = significance(one, of_the_north, null=null, draws=400, within="region")
        assert found.index.equals(one.networks.index)
        error = 5 * found.sd / 20 + 1e-9
        assert (np.abs(found.expected - found.observed) <= error).all()
        assert null == "sdsm" or (found.sd == 0).all()


def test_constraints_need_a_null_that_can_have_them():
    with pytest.raises(ValueError, match="need null to be sdsm or fdsm"):
        significance(in_regions(), "degree", null="hypergeometric", within="region", draws=2)


# -- degenerate cases -----------------------------------------------------------------------------

DEGENERATE = {
    "empty": np.zeros((4, 3)),
    "no members": np.zeros((0, 3)),
    "no networks": np.zeros((3, 0)),
    "nothing": np.zeros((0, 0)),
    "all ones": np.ones((4, 3)),
    "one network": np.array([[1], [1], [0]]),
    "one member": np.array([[1, 1, 0]]),
    "one of each": np.ones((1, 1)),
    "two members": np.array([[1, 1, 0], [0, 1, 0]]),
    "full row": np.array([[1, 1, 1], [0, 1, 0], [1, 0, 0]]),
    "full column": np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1]]),
    "alike": np.eye(4),
    "nested": np.tri(4),
}


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate(name, null):
    aff = from_matrix(DEGENERATE[name])
    # Draws know no mode: of each case every measure is taken in both, and from all null models.
    turn = [*NULLS].index(null) + [*DEGENERATE].index(name)
    for k, measure in enumerate(MEASURES):
        mode = ("members", "networks")[(turn + k) % 2]
        found = significance(aff, measure, null=null, draws=3, mode=mode)
        assert found.columns.tolist() == COLUMNS
        assert found.drop(columns="defined").dtypes.eq(np.float64).all()
        known = found.observed.notna() & (found.defined > 0)
        p = found[["p_upper", "p_lower", "p"]]
        assert p[known].ge(1 / 4).all(axis=None)
        assert p[known].le(1).all(axis=None)
        assert p[~known].isna().all(axis=None)
        assert (found.low.isna() == (found.defined == 0)).all()
    if name in ("empty", "all ones", "nothing"):
        found = significance(aff, "isolation", null=null, draws=5)
        assert (found.p == 1).all()


@settings(max_examples=25)
@given(affiliations(), st.sampled_from(["hypergeometric", "fdsm"]), st.integers(0, 9))
def test_any_small_network(aff, null, seed):
    for measure in ("degree", "nestedness", "isolation"):
        found = significance(aff, measure, null=null, draws=3, seed=seed)
        fine = found[found.observed.notna() & (found.defined > 0)]
        assert (fine.low <= fine.high + 1e-12).all()
        assert fine.p_upper.between(0.25, 1).all()
        assert (fine.p_upper + fine.p_lower > 1).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"measure": "fame"}, "measure must be a function or one of degree, .*, not 'fame'"),
        ({"null": "none"}, "null must be one of hypergeometric, sdsm, fdsm, not 'none'"),
        ({"mode": "rows"}, "mode must be one of members, networks, not 'rows'"),
        ({"draws": 0}, "draws must be a whole number, 1 or more, not 0"),
        ({"level": 95}, "level must be between 0 and 1, not 95"),
        ({"level": 0}, "level must be between 0 and 1, not 0"),
    ],
)
def test_wrong_arguments(davis, given, message):
    with pytest.raises(ValueError, match=message):
        significance(davis, **({"measure": "degree"} | given))
