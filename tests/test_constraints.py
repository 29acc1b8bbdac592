"""What users say about memberships that could not be, or have to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from strategies import tiny

from valuma_graph.chance.constraints import Constraints, constraints
from valuma_graph.chance.ensembles import fit


@pytest.fixture
def aff():
    return tiny(["abc x", "bd y", "ae z"])


PAIRS = pd.DataFrame({"member_id": ["d", "e"], "network_id": ["x", "y"]})


def dense(aff, pairs=PAIRS):
    mask = np.zeros(aff.incidence.shape, dtype=bool)
    at = aff.members.index.get_indexer(pairs["member_id"])
    mask[at, aff.networks.index.get_indexer(pairs["network_id"])] = True
    return mask


WAYS = {
    "pairs": lambda _: PAIRS,
    "pairs twice": lambda _: pd.concat([PAIRS, PAIRS.assign(why="so")]),
    "array": dense,
    "integers": lambda aff: dense(aff).astype(int),
    "sparse": lambda aff: sparse.csc_array(dense(aff)),
    "sparse matrix": lambda aff: sparse.csr_matrix(dense(aff)),
    "table": lambda aff: pd.DataFrame(dense(aff), aff.members.index, aff.networks.index),
    "table of some": lambda aff: pd.DataFrame(
        dense(aff), aff.members.index, aff.networks.index
    ).loc[["e", "d"], ["y", "x"]],
    "function": lambda _: dense,
    "function of pairs": lambda _: lambda _: PAIRS,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_says_the_same(aff, way):
    found = constraints(aff, forbidden=WAYS[way](aff))
    assert found.required is None
    assert found.strata is None
    assert found.forbidden.dtype == bool
    assert found.forbidden.has_canonical_format
    np.testing.assert_array_equal(found.forbidden.toarray(), dense(aff))
    np.testing.assert_array_equal(
        fit(aff.incidence, found).draw(np.random.default_rng(0)).toarray()[dense(aff)], 0
    )


def test_nothing_said_is_no_constraint(aff):
    assert constraints(aff) == constraints(aff) or constraints(aff).forbidden is None
    assert vars(constraints(aff)) == vars(Constraints())


def test_required(aff):
    pairs = pd.DataFrame({"member_id": ["a"], "network_id": ["x"]})
    found = constraints(aff, required=pairs)
    np.testing.assert_array_equal(found.required.toarray(), dense(aff, pairs))


def test_names_stand_for_ids():
    aff = tiny(["a x"], members={"a": {"name_en": "Alpha"}, "b": {"name_en": "Beta"}})
    pairs = pd.DataFrame({"member_id": ["Beta"], "network_id": ["x"]})
    assert constraints(aff, forbidden=pairs).forbidden.toarray().tolist() == [[False], [True]]


def test_countries():
    countries = {"a": "FI", "b": "SE", "c": None, "d": "NO"}
    aff = tiny(
        ["a x", "a y", "a z", "a w"],
        members={m: {"country": c} for m, c in countries.items()},
        networks={
            "x": {"countries": "FI"}, "y": {"countries": "FI; SE"},
            "z": {"countries": None}, "w": {"countries": "NO;EU"},
        },
    )  # fmt: skip
    mask = constraints(aff, forbidden="country").forbidden.toarray()
    found = pd.DataFrame(mask, aff.members.index, aff.networks.index)
    assert {(m, n) for m in found.index for n in found.columns if found.loc[m, n]} == {
        ("b", "x"), ("d", "x"), ("d", "y"),
    }  # fmt: skip


def test_everything_that_is_wrong_is_said_at_once(aff):
    both = pd.DataFrame({"member_id": ["d", "a", "q"], "network_id": ["x", "x", "x"]})
    other = pd.DataFrame({"member_id": ["d", "d"], "network_id": ["x", "nowhere"]})
    strata = pd.Series({"a": 1, "zzz": 2})
    with pytest.raises(ValueError, match="The constraints cannot hold") as caught:
        constraints(aff, forbidden=both, required=other, within=strata)
    message = str(caught.value)
    for part in (
        "forbidden: There is no 'q'",
        "required: There is no 'nowhere'",
        "within: There is no 'zzz'",
        "a in x is forbidden, but a membership",
        "d in x is required, but not a membership",
        "d in x is both forbidden and required",
    ):
        assert part in message
    assert message.count("\n") == 6


def test_suggestions():
    aff = tiny([("turku", "hinku")])
    pairs = pd.DataFrame({"member_id": ["turkuu"], "network_id": ["hinku"]})
    with pytest.raises(ValueError, match=r"no 'turkuu'\. Did you mean: turku\?"):
        constraints(aff, forbidden=pairs)


def test_a_long_list_is_cut():
    aff = tiny([(f"m{k}", "x") for k in range(50)])
    with pytest.raises(ValueError, match="and 30 more: is forbidden, but a membership"):
        constraints(aff, forbidden=np.ones((50, 1), dtype=bool))


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("forbidden", "region", "forbidden must be a DataFrame.*\"country\".*'region'"),
        ("required", "country", "required must be a DataFrame, an array.*'country'"),
        ("forbidden", np.zeros((2, 2)), "forbidden must be 5 × 3, not of shape"),
        ("required", pd.DataFrame({"member": ["a"]}), "columns member_id and network_id"),
        ("forbidden", lambda _: 5, "forbidden must be .* not 5"),
        ("within", "height", "within must be a Series or one of .*kind.*not 'height'"),
        ("within", 5, "within must be a Series or a column"),
        ("within", pd.Series([1, 2], index=["a", "a"]), "within must have each member once"),
    ],
)
def test_wrong_values(aff, name, given, message):
    with pytest.raises(ValueError, match=message):
        constraints(aff, **{name: given})


def test_strata_of_a_column_or_a_series(aff):
    aff = tiny(
        ["abc x", "bd y", "ae z"],
        members={m: {"region": r} for m, r in zip("abcde", "SNS N", strict=True) if r != " "},
    )
    codes = constraints(aff, within="region").strata
    assert codes.dtype == np.int64
    found = dict(zip(aff.members.index, codes.tolist(), strict=True))
    assert found == {"a": 1, "b": 0, "c": 1, "d": 2, "e": 0}
    series = pd.Series({"e": "N", "c": "S", "b": "N", "a": "S"})
    np.testing.assert_array_equal(constraints(aff, within=series).strata, codes)
    shares = fit(aff.incidence, constraints(aff, within="region"))
    p = shares.probability[shares.row_class][:, shares.column_class]
    for code in range(3):
        np.testing.assert_allclose(
            p[codes == code].sum(axis=0), aff.incidence.toarray()[codes == code].sum(axis=0)
        )


@pytest.mark.parametrize(
    "values",
    [[3, 1, 3, None, 1], [0.5, -1.0, 0.5, np.nan, -1.0], pd.Categorical([*"baba", None])],
)
def test_strata_of_any_kind(aff, values):
    codes = constraints(aff, within=pd.Series(values, index=[*"abcde"])).strata
    of = dict(zip(aff.members.index, codes.tolist(), strict=True))
    known = pd.Series(values, index=[*"abcde"])
    for one in "abcde":
        for other in "abcde":
            same = known[one] == known[other] or (pd.isna(known[one]) and pd.isna(known[other]))
            assert (of[one] == of[other]) == same


def test_bundled_data_keep_to_their_countries():
    import valuma_graph as vg

    aff = vg.datasets.finland(year=2019)
    found = constraints(aff, forbidden="country", within="country")
    ensemble = fit(aff.incidence, Constraints(forbidden=found.forbidden))
    p = ensemble.probability[ensemble.row_class][:, ensemble.column_class]
    np.testing.assert_allclose(p.sum(axis=1), aff.incidence.sum(axis=1), rtol=1e-8)
    assert found.forbidden.nnz > 0
    assert (p[found.forbidden.toarray()] == 0).all()


def test_the_country_rule_leaves_what_is_there():
    aff = tiny(["abc x", "bd y", "ae z"])
    aff = replace(
        aff,
        members=aff.members.assign(country=["FI", "FI", "SE", "SE", "FI"]),
        networks=aff.networks.assign(countries=["FI", "FI", None]),
    )
    found = constraints(aff, forbidden="country").forbidden
    abroad = (aff.members["country"] == "SE").to_numpy()[:, None] & np.array([True, True, False])
    assert (found.toarray() == (abroad & (aff.incidence.toarray() == 0))).all()


@pytest.mark.parametrize("value", [np.nan, 2, -1, 0.5])
def test_masks_hold_nothing_but_zero_and_one(aff, value):
    mask = np.zeros(aff.incidence.shape)
    mask[0, 0] = value
    with pytest.raises(ValueError, match="nothing but 0 and 1"):
        constraints(aff, forbidden=mask)


@pytest.mark.parametrize("column", ["member_id", "network_id"])
def test_a_missing_id_is_a_problem(aff, column):
    pairs = pd.DataFrame({"member_id": ["d", "e"], "network_id": ["x", "y"]}, dtype=object)
    pairs.loc[0, column] = None
    with pytest.raises(ValueError, match=f"1 rows have no {column}"):
        constraints(aff, forbidden=pairs)
