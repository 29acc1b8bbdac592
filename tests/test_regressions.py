"""Matrix regression: coefficients, p-values by relabelling, what cannot be fitted."""

from __future__ import annotations

import itertools
import math
import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from pandas.testing import assert_frame_equal
from scipy.optimize import linprog

from valuma_graph import datasets
from valuma_graph.chance.dyads import comembership, difference, listed, same
from valuma_graph.chance.fits import logit
from valuma_graph.chance.regressions import mrqap
from valuma_graph.errors import ConvergenceError, UnknownNodeError

P = ["p_upper", "p_lower", "p"]

# Business ties of the Florentine families (Padgett), as tabulated by Breiger, R. L. & Pattison,
# P. E. (1986), Cumulated social roles, Social Networks 8, 215-256, and their wealth in 1427 in
# thousands of lire, as in Wasserman & Faust (1994), Social Network Analysis, table B.6. The
# marriages are those of networkx, which leaves out Pucci, who has none.
BUSINESS = {
    "Barbadori": ["Castellani", "Ginori", "Medici", "Peruzzi"],
    "Bischeri": ["Guadagni", "Lamberteschi", "Peruzzi"],
    "Castellani": ["Lamberteschi", "Peruzzi"],
    "Ginori": ["Medici"],
    "Guadagni": ["Lamberteschi"],
    "Lamberteschi": ["Peruzzi"],
    "Medici": ["Pazzi", "Salviati", "Tornabuoni"],
}
WEALTH = {
    "Acciaiuoli": 10, "Albizzi": 36, "Barbadori": 55, "Bischeri": 44, "Castellani": 20,
    "Ginori": 32, "Guadagni": 8, "Lamberteschi": 42, "Medici": 103, "Pazzi": 48, "Peruzzi": 49,
    "Pucci": 3, "Ridolfi": 27, "Salviati": 10, "Strozzi": 146, "Tornabuoni": 48,
}  # fmt: skip


def florentines() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return marriage, business and difference in wealth."""
    marriages = pd.DataFrame(nx.florentine_families_graph().edges(), columns=["a", "b"])
    deals = [(a, b) for a, others in BUSINESS.items() for b in others]
    return (
        listed(marriages, ids=WEALTH),
        listed(pd.DataFrame(deals, columns=["a", "b"]), ids=WEALTH),
        difference(pd.Series(WEALTH)),
    )


def square(rng: np.random.Generator, n: int, *, symmetric: bool, spread: float = 1) -> pd.DataFrame:
    """Draw a table whose rows and columns have effects of their own."""
    cells = rng.normal(size=(n, n))
    table = cells + spread * rng.normal(size=n)[:, None] + spread * rng.normal(size=n)[None, :]
    ids = [f"n{i:02}" for i in range(n)]
    return pd.DataFrame(table + table.T if symmetric else table, index=ids, columns=ids)


def drawn(seed: int, n: int, *, symmetric: bool, logit: bool = False, holes: int = 0):
    """Draw a dependent and two correlated predictors."""
    rng = np.random.default_rng(seed)
    one, two = (square(rng, n, symmetric=symmetric) for _ in range(2))
    two = two + 0.5 * one
    y = 0.3 * two + square(rng, n, symmetric=symmetric)
    if logit:
        y = (y > 0.4).astype(float)
    for table in (y, two)[: min(holes, 2)]:
        for i, j in rng.choice(n, size=(holes, 2)):
            table.iloc[i, j] = np.nan
            if symmetric:
                table.iloc[j, i] = np.nan
    return y, {"one": one, "two": two}


def dyads(tables, *, symmetric: bool) -> list[np.ndarray]:
    """List the cells of each table that are known in all, pair by pair."""
    n = len(tables[0])
    found = []
    for i in range(n):
        for j in range(i + 1 if symmetric else 0, n):
            cells = [table.iloc[i, j] for table in tables]
            if i != j and not np.isnan(cells).any():
                found.append(cells)
    return list(np.array(found).T)


def least_squares(y: np.ndarray, x: list[np.ndarray]) -> float:
    """Return the t of the last predictor."""
    design = np.column_stack([np.ones(len(y)), *x])
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    rest = np.sum((y - design @ beta) ** 2) / (len(y) - design.shape[1])
    return beta[-1] / math.sqrt(rest * np.linalg.inv(design.T @ design)[-1, -1])


def likelihood(y: np.ndarray, x: list[np.ndarray]) -> float:
    """Return the z of the last predictor."""
    design = np.column_stack([np.ones(len(y)), *x])
    return sm.Logit(y, design).fit(disp=0, tol=1e-12).tvalues[-1]


def by_hand(y, predictors, name, orders, *, symmetric: bool, statistic) -> list[float]:
    """Double semi-partialling of one predictor, written out: p_upper, p_lower, p."""
    n = len(y)
    x = predictors[name].to_numpy()
    rest = [table.to_numpy() for other, table in predictors.items() if other != name]
    cells = {}
    for i in range(n):
        for j in range(i + 1 if symmetric else 0, n):
            values = [y.iloc[i, j], x[i, j], *(table[i, j] for table in rest)]
            if i != j and not np.isnan(values).any():
                cells[i, j] = values
    taken = np.array(list(cells.values()))
    others = np.column_stack([np.ones(len(taken)), taken[:, 2:]])
    left = taken[:, 1] - others @ np.linalg.lstsq(others, taken[:, 1], rcond=None)[0]
    residual = dict(zip(cells, left, strict=True))
    seen = statistic(taken[:, 0], [*taken[:, 2:].T, taken[:, 1]])
    found = []
    for order in orders:
        rows, moved = [], []
        for (i, j), values in cells.items():
            a, b = order[i], order[j]
            key = (min(a, b), max(a, b)) if symmetric else (a, b)
            if key in residual:
                rows.append(values)
                moved.append(residual[key])
        kept = np.array(rows)
        found.append(statistic(kept[:, 0], [*kept[:, 2:].T, np.array(moved)]))
    t = np.array(found)
    near = 1e-6 * max(1, abs(seen))
    return [
        float(np.mean(t >= seen - near)),
        float(np.mean(t <= seen + near)),
        float(np.mean(np.abs(t) >= abs(seen) - near)),
    ]


# --- coefficients ---------------------------------------------------------------------------


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("holes", [0, 6])
def test_ols_is_that_of_statsmodels(symmetric, holes) -> None:
    y, x = drawn(1, 14, symmetric=symmetric, holes=holes)
    found = mrqap(y, x, permutations=5)
    values = dyads([y, *x.values()], symmetric=symmetric)
    expected = sm.OLS(values[0], sm.add_constant(np.column_stack(values[1:]))).fit()
    table = found.coefficients
    np.testing.assert_allclose(table["estimate"], expected.params, rtol=1e-10)
    np.testing.assert_allclose(table["se"], expected.bse, rtol=1e-10)
    np.testing.assert_allclose(table["t"], expected.tvalues, rtol=1e-10)
    assert found.r_squared == pytest.approx(expected.rsquared, rel=1e-12)
    assert (found.n, found.dyads, found.directed) == (14, len(values[0]), not symmetric)
    less = sm.OLS(values[0], sm.add_constant(values[2])).fit()
    drop = expected.rsquared - less.rsquared
    assert table.loc["one", "r_squared_drop"] == pytest.approx(drop, rel=1e-9)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("holes", [0, 6])
def test_logit_is_that_of_statsmodels(symmetric, holes) -> None:
    y, x = drawn(2, 14, symmetric=symmetric, logit=True, holes=holes)
    found = mrqap(y, x, model="logit", permutations=5)
    values = dyads([y, *x.values()], symmetric=symmetric)
    design = sm.add_constant(np.column_stack(values[1:]))
    expected = sm.Logit(values[0], design).fit(disp=0, tol=1e-14)
    table = found.coefficients
    np.testing.assert_allclose(table["estimate"], expected.params, rtol=1e-8)
    np.testing.assert_allclose(table["se"], expected.bse, rtol=1e-8)
    np.testing.assert_allclose(table["t"], expected.tvalues, rtol=1e-8)
    mean, n = values[0].mean(), len(values[0])
    empty = n * (mean * math.log(mean) + (1 - mean) * math.log(1 - mean))
    assert found.r_squared == pytest.approx(1 - expected.llf / empty, rel=1e-12)
    less = sm.Logit(values[0], design[:, [0, 2]]).fit(disp=0, tol=1e-14)
    drop = (less.llf - expected.llf) / empty
    assert table.loc["one", "r_squared_drop"] == pytest.approx(drop, rel=1e-6)


def test_the_unit_of_a_predictor_does_not_matter() -> None:
    y, x = drawn(3, 12, symmetric=True)
    for model, outcome in (("ols", y), ("logit", (y > 0).astype(float))):
        one = mrqap(outcome, x, model=model, permutations=50).coefficients
        other = mrqap(
            outcome, x | {"one": 1e7 * x["one"] + 1e9}, model=model, permutations=50
        ).coefficients
        assert_frame_equal(
            one.loc[["one", "two"], ["t", *P]], other.loc[["one", "two"], ["t", *P]], rtol=1e-5
        )


# --- p-values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "symmetric", "holes"), [(5, False, 0), (5, False, 3), (6, True, 0), (6, True, 2)]
)
def test_p_is_exact_where_all_relabellings_are_tried(n, symmetric, holes) -> None:
    y, x = drawn(4, n, symmetric=symmetric, holes=holes)
    found = mrqap(y, x)
    assert found.permutations == math.factorial(n) - 1
    orders = list(itertools.permutations(range(n)))
    for name in x:
        expected = by_hand(y, x, name, orders, symmetric=symmetric, statistic=least_squares)
        np.testing.assert_allclose(found.coefficients.loc[name, P].tolist(), expected, rtol=1e-12)


@pytest.mark.parametrize("holes", [0, 1])
def test_p_of_a_logit_is_exact_where_all_relabellings_are_tried(holes) -> None:
    y, x = drawn(9, 5, symmetric=False, logit=True, holes=holes)
    found = mrqap(y, x, model="logit")
    assert found.unsettled == 0
    orders = list(itertools.permutations(range(5)))
    for name in x:
        expected = by_hand(y, x, name, orders, symmetric=False, statistic=likelihood)
        np.testing.assert_allclose(found.coefficients.loc[name, P].tolist(), expected, rtol=1e-12)


@pytest.mark.parametrize("symmetric", [True, False])
def test_p_is_right_within_its_error(symmetric) -> None:
    y, x = drawn(5, 10, symmetric=symmetric, holes=2)
    found = mrqap(y, x, permutations=4000)
    rng = np.random.default_rng(99)
    orders = [rng.permutation(10) for _ in range(1500)]
    for name in x:
        expected = by_hand(y, x, name, orders, symmetric=symmetric, statistic=least_squares)
        for p, q in zip(found.coefficients.loc[name, P], expected, strict=True):
            error = math.sqrt(max(q * (1 - q), 1e-3) * (1 / 1500 + 1 / 4000))
            assert abs(p - q) < 4 * error


def test_one_predictor_is_the_mantel_test() -> None:
    y, x = drawn(6, 6, symmetric=True)
    found = mrqap(y, {"two": x["two"]}).coefficients.loc["two"]
    upper = np.triu_indices(6, 1)
    table, other = y.to_numpy(), x["two"].to_numpy()
    seen = np.corrcoef(table[upper], other[upper])[0, 1]
    drawn_ = [
        np.corrcoef(table[upper], other[np.ix_(order, order)][upper])[0, 1]
        for order in itertools.permutations(range(6))
    ]
    assert found["p_upper"] == pytest.approx(np.mean(np.array(drawn_) >= seen - 1e-9))
    assert found["p"] == pytest.approx(np.mean(np.abs(drawn_) >= abs(seen) - 1e-9))


@pytest.mark.parametrize("model", ["ols", "logit"])
def test_p_is_calibrated_under_row_and_column_effects(model) -> None:
    """The dependent follows `two` and its own nodes; `one` goes along with `two` alone."""
    tries, n = (300, 20) if model == "ols" else (100, 20)
    rng = np.random.default_rng(7)
    rejected = classical = 0
    for _ in range(tries):
        two = square(rng, n, symmetric=True)
        one = square(rng, n, symmetric=True) + 0.7 * two
        y = 0.3 * two + square(rng, n, symmetric=True)
        y = y if model == "ols" else (y > 0).astype(float)
        found = mrqap(y, {"one": one, "two": two}, model=model, permutations=99).coefficients
        rejected += found.loc["one", "p"] <= 0.05
        classical += abs(found.loc["one", "t"]) > 1.96
    assert rejected / tries <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / tries)
    assert rejected / tries >= 0.05 - 3 * math.sqrt(0.05 * 0.95 / tries)
    assert classical / tries > 0.15


def test_a_planted_effect_is_found_and_its_sign() -> None:
    rng = np.random.default_rng(8)
    one, two = (square(rng, 25, symmetric=False) for _ in range(2))
    y = square(rng, 25, symmetric=False) - 2 * one
    found = mrqap(y, {"one": one, "two": two}, permutations=199).coefficients
    assert found.loc["one", P].tolist() == [1.0, 1 / 200, 1 / 200]
    assert found.loc["two", "p"] > 0.05


def test_florentine_families() -> None:
    """
    Against the output of R's sna on the same data.

    The correlation of 0.3718679 and its p of 0.001 (1,000 permutations) stand in the statnet
    workshop notes of V. Batagelj (`gcor` and `qaptest` of business and marriage). The regression
    of marriage on business and the difference in wealth, `netlm` and `netlogit` with
    mode="graph", stands in the tests of SNA.jl (statistical-network-analysis-with-Julia), which
    quote R: coefficients and t, and the p of double semi-partialling in 2,000 and 1,000 draws,
    0.000 and 0.0015 (OLS), 0 and 0.001 (logit).
    """
    marriage, business, wealth = florentines()
    alone = mrqap(business, {"marriage": marriage}, permutations=4000)
    assert math.sqrt(alone.r_squared) == pytest.approx(0.3718679, abs=5e-8)
    assert alone.coefficients.loc["marriage", "p_upper"] <= 0.003

    both = {"business": business, "wealth": wealth}
    ols = mrqap(marriage, both, permutations=4000)
    table = ols.coefficients
    assert (ols.n, ols.dyads) == (16, 120)
    np.testing.assert_allclose(table["estimate"], [0.0115567910, 0.4292240761, 0.0026646583], 1e-7)
    np.testing.assert_allclose(table["t"], [0.2469658004, 4.6124554994, 3.0852487650], 1e-9)
    assert ols.r_squared == pytest.approx(0.2031176130, abs=1e-9)
    assert table.loc["business", "p"] <= 0.001
    assert table.loc["wealth", "p"] == pytest.approx(0.0015, abs=0.003)

    logit = mrqap(marriage, both, model="logit", permutations=1000)
    table = logit.coefficients
    np.testing.assert_allclose(table["estimate"], [-3.0417761907, 2.4966227608, 0.0199475777], 1e-5)
    np.testing.assert_allclose(table["se"], [0.5283397915, 0.6511320086, 0.0068658522], 1e-5)
    np.testing.assert_allclose(table["t"], [-5.7572347186, 3.8342804957, 2.9053316701], 1e-5)
    assert table.loc["business", "p"] <= 0.004
    assert table.loc["wealth", "p"] == pytest.approx(0.001, abs=0.005)


# --- what the result hangs on ---------------------------------------------------------------


def test_the_order_of_rows_does_not_matter() -> None:
    y, x = drawn(10, 15, symmetric=False, holes=3)
    rng = np.random.default_rng(0)
    names = list(y.index)
    mixed = {name: table.loc[rng.permutation(names), rng.permutation(names)]
             for name, table in x.items()}  # fmt: skip
    other = y.loc[rng.permutation(names), rng.permutation(names)]
    one, two = mrqap(y, x, permutations=60), mrqap(other, mixed, permutations=60)
    assert_frame_equal(one.coefficients, two.coefficients, check_exact=True)


def test_seeds() -> None:
    y, x = drawn(11, 15, symmetric=True)
    one, again, other = (mrqap(y, x, permutations=200, seed=seed) for seed in (0, 0, 1))
    assert_frame_equal(one.coefficients, again.coefficients, check_exact=True)
    assert one.coefficients["p"].iloc[1] != other.coefficients["p"].iloc[1]
    assert one.coefficients["t"].equals(other.coefficients["t"])


def test_blocks_do_not_matter(monkeypatch) -> None:
    y, x = drawn(12, 15, symmetric=True, holes=2)
    seen: list[tuple[int, int]] = []
    one = mrqap(y, x, permutations=30)
    monkeypatch.setattr("valuma_graph.chance.regressions._BLOCK", 1000)
    two = mrqap(y, x, permutations=30, progress=lambda done, of: seen.append((done, of)))
    assert_frame_equal(one.coefficients, two.coefficients)
    assert len(seen) > 2
    assert seen[-1] == (30, 30)


def test_missing_in_one_direction_makes_pairs_ordered() -> None:
    y, x = drawn(13, 8, symmetric=True)
    y.iloc[0, 1] = np.nan
    found = mrqap(y, x, permutations=10)
    assert found.directed
    assert found.dyads == 8 * 7 - 1


@pytest.mark.parametrize("model", ["ols", "logit"])
def test_a_node_of_which_nothing_is_known_is_left_out(model) -> None:
    y, x = drawn(20, 12, symmetric=True, logit=model == "logit")
    less = y.index[:-1]
    one = mrqap(y.loc[less, less], {k: v.loc[less, less] for k, v in x.items()}, model=model)
    x["two"].loc[y.index[-1]] = x["two"][y.index[-1]] = np.nan
    two = mrqap(y, x, model=model)
    assert two.n == 11
    assert_frame_equal(one.coefficients, two.coefficients, check_exact=True)


def test_rounding_does_not_make_pairs_ordered() -> None:
    y, x = drawn(13, 8, symmetric=True)
    y.iloc[0, 1] *= 1 + 1e-15
    assert not mrqap(y, x, permutations=10).directed


def test_the_diagonal_does_not_count() -> None:
    y, x = drawn(14, 8, symmetric=True)
    other = y.copy()
    for i in range(8):
        other.iloc[i, i] = [math.inf, math.nan, 1e9][i % 3]
    one, two = (mrqap(table, x, permutations=20).coefficients for table in (y, other))
    assert_frame_equal(one, two)


def test_integers_and_booleans_are_numbers() -> None:
    y, x = drawn(15, 8, symmetric=True)
    yes = y > 0
    one = mrqap(yes, x, model="logit", permutations=20).coefficients
    two = mrqap(yes.astype("Int64"), x, model="logit", permutations=20).coefficients
    assert_frame_equal(one, two)


def test_fits_without_a_t_count_as_extreme() -> None:
    """One tie of a predictor among few ones separates in most relabellings."""
    ids = list("abcdef")
    pairs = pd.DataFrame({"a": list("abcda"), "b": list("bcdee")})
    y = listed(pairs, ids=ids)
    x = listed(pd.DataFrame({"a": list("abe"), "b": list("bdf")}), ids=ids)
    other = square(np.random.default_rng(3), 6, symmetric=True).set_axis(ids).set_axis(ids, axis=1)
    found = mrqap(y, {"x": x, "z": other}, model="logit")
    assert found.unsettled > 0
    assert found.coefficients.loc["x", P].min() >= found.unsettled / 2 / 720


# --- what cannot be done --------------------------------------------------------------------


def test_collinear_predictors_are_named() -> None:
    y, x = drawn(16, 8, symmetric=True)
    third = square(np.random.default_rng(0), 8, symmetric=True)
    with pytest.raises(ValueError, match=r"collinear: one, two, sum$"):
        mrqap(y, x | {"third": third, "sum": x["one"] - 3 * x["two"] + 7})


def test_a_constant_predictor_is_named() -> None:
    y, x = drawn(16, 8, symmetric=True)
    with pytest.raises(ValueError, match=r"same for all dyads: two$"):
        mrqap(y, x | {"two": x["two"] * 0 + 3})


def test_separation_says_what_to_do() -> None:
    y, x = drawn(17, 10, symmetric=True)
    yes = (y > 0).astype(float)
    whole = {"one": x["one"], "apart": 10 * yes + np.abs(x["two"]) / 10}
    with pytest.raises(ConvergenceError, match=r"no finite estimate: apart separate.*Leave one"):
        mrqap(yes, whole, model="logit")
    part = {"one": x["one"], "some": yes * (x["two"] > 0.5)}
    with pytest.raises(ConvergenceError, match=r"no finite estimate: some separate"):
        mrqap(yes, part, model="logit")


def test_separation_is_found_where_a_linear_programme_finds_it() -> None:
    """Konis (2007): there is no estimate iff some beta has s x'beta >= 0 everywhere, > 0 once."""
    rng = np.random.default_rng(1)
    seen = {True: 0, False: 0}
    for case in range(300):
        n, k = rng.integers(8, 30), rng.integers(1, 4)
        x = rng.normal(size=(k, n)) if case % 2 else (rng.random((k, n)) < 0.3).astype(float)
        y = (x[0] + rng.normal(size=n) > 1).astype(float)
        signed = np.vstack([np.ones(n), *x]).T * (2 * y - 1)[:, None]
        best = linprog(-signed.sum(0), A_ub=-signed, b_ub=np.zeros(n), bounds=[(-1, 1)] * (k + 1))
        try:
            logit(y, list(x), list("abc"[:k]))
            found = False
        except ConvergenceError:
            found = True
        except ValueError:  # constant or collinear
            continue
        assert found == (-best.fun > 1e-7)
        seen[found] += 1
    assert min(seen.values()) > 30


def test_a_logit_with_a_long_tail_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(2)
    x = rng.lognormal(0, 3, size=132)
    y = (rng.random(132) < 1 / (1 + np.exp(1 - 0.05 * np.minimum(x, 500)))).astype(float)
    with warnings.catch_warnings(action="ignore"):
        expected = sm.Logit(y, sm.add_constant(x)).fit(disp=0, maxiter=200, tol=1e-12)
    found = logit(y, [x], ["x"])
    np.testing.assert_allclose(found.estimate, expected.params, rtol=1e-8)
    np.testing.assert_allclose(found.se, expected.bse, rtol=1e-6)


def test_a_rare_tie_and_a_rare_predictor_do_not_throw_the_logit_off(monkeypatch) -> None:
    """Where whole steps of Newton's method go too far, as with neighbours that share networks."""
    rng = np.random.default_rng(3)
    near = (rng.random(20_000) < 0.016).astype(float)
    far = rng.normal(size=20_000) - 2 * near
    odds = -6 + 1.5 * near - 1.5 * far
    y = (rng.random(20_000) < 1 / (1 + np.exp(-odds))).astype(float)
    expected = sm.Logit(y, sm.add_constant(np.column_stack([near, far]))).fit(disp=0, tol=1e-12)
    found = logit(y, [near, far], ["near", "far"])
    np.testing.assert_allclose(found.estimate, expected.params, rtol=1e-8)
    np.testing.assert_allclose(found.se, expected.bse, rtol=1e-8)
    monkeypatch.setattr("valuma_graph.chance.fits._SAFE", math.inf)
    with pytest.raises(ConvergenceError):
        logit(y, [near, far], ["near", "far"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(index="n03"), "the index of two lacks n03$"),
        (lambda t: t.drop(columns=["n03", "n01"]), "the columns of two lacks n01, n03$"),
        (lambda t: t.rename(index={"n01": "x"}), "the index of two lacks n01, has besides x$"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "the index of two repeats n00$"),
        (
            lambda t: t.set_axis(range(8)).set_axis(range(8), axis=1),
            "n04 and 3 more, has besides 0",
        ),
        (lambda t: t.astype(object).replace(t.iloc[0, 1], "many"), "two holds something else"),
        (lambda t: t.replace(t.iloc[0, 1], math.inf), "two holds infinite values"),
    ],
)
def test_tables_that_do_not_fit(change, message) -> None:
    y, x = drawn(18, 8, symmetric=False)
    with pytest.raises(ValueError, match=message):
        mrqap(y, x | {"two": change(x["two"])})


def test_a_dependent_that_is_not_square() -> None:
    y, x = drawn(18, 8, symmetric=False)
    with pytest.raises(ValueError, match=r"the columns of dependent lacks n07$"):
        mrqap(y.iloc[:, :-1], x)


def test_other_faults() -> None:
    y, x = drawn(19, 8, symmetric=True)
    with pytest.raises(ValueError, match="model must be one of ols, logit, not 'probit'"):
        mrqap(y, x, model="probit")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="permutations must be 1 or more, not 0"):
        mrqap(y, x, permutations=0)
    with pytest.raises(ValueError, match="must be 0 and 1"):
        mrqap(y, x, model="logit")
    with pytest.raises(ValueError, match="dependent is the same"):
        mrqap(y * 0, x)
    with pytest.raises(ValueError, match="one, two explain the dependent exactly"):
        mrqap(2 * x["one"] - x["two"], x)
    with pytest.raises(ValueError, match="one table or more"):
        mrqap(y, {})
    with pytest.raises(ValueError, match="none called intercept"):
        mrqap(y, {"intercept": x["one"]})
    with pytest.raises(ValueError, match="3 dyads without missing values are too few"):
        mrqap(y.iloc[:3, :3], {name: table.iloc[:3, :3] for name, table in x.items()})
    with pytest.raises(ValueError, match="0 dyads"):
        mrqap(y * np.nan, x)


# --- tables of pairs ------------------------------------------------------------------------


def test_comembership_is_the_product() -> None:
    women = datasets.southern_women()
    dense = women.incidence.toarray().astype(int)
    assert (comembership(women).to_numpy() == dense @ dense.T).all()
    events = comembership(women, mode="networks")
    assert (events.to_numpy() == dense.T @ dense).all()
    some = comembership(women, ids=["evelyn jefferson", "Nora Fayette"])
    assert some.loc["Nora Fayette", "Evelyn Jefferson"] == 2
    with pytest.raises(UnknownNodeError, match="Evelyn"):
        comembership(women, ids=["Evelyn Jeferson"])
    with pytest.raises(ValueError, match="asked for twice: E8"):
        comembership(women, mode="networks", ids=["E8", "E9", "E8"])
    with pytest.raises(ValueError, match="mode must be one of"):
        comembership(women, mode="women")  # type: ignore[arg-type]


def test_tables_of_values() -> None:
    values = pd.Series({"a": 1.0, "b": 4.0, "c": math.nan, "d": 4.0})
    alike, apart = same(values), difference(values)
    assert alike.loc["b", "d"] == 1
    assert alike.loc["a", "b"] == 0
    assert alike.loc["c"].isna().all()
    assert alike["c"].isna().all()
    assert apart.loc["a", "d"] == 3
    assert apart["c"].isna().all()
    assert difference(values, log=True).loc["a", "b"] == pytest.approx(math.log(4))
    assert difference(pd.Series({"a": 1, "b": None}, dtype="Int64")).loc["a", "a"] == 0
    with pytest.raises(ValueError, match="these are not: a"):
        difference(pd.Series({"a": 0, "b": 1}), log=True)


def test_listed_pairs() -> None:
    pairs = pd.DataFrame({"a": ["x", "q"], "b": ["y", "x"]})
    table = listed(pairs, ids=["y", "z", "x"])
    assert table.sum().sum() == 2
    assert table.loc["x", "y"] == table.loc["y", "x"] == 1
    with pytest.raises(ValueError, match=r"columns a and b, not a$"):
        listed(pairs[["a"]], ids=["x"])
    with pytest.raises(ValueError, match="given twice: x"):
        listed(pairs, ids=["x", "x"])
