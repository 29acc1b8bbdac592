"""Footprints against independent calculations, constructed cases and known networks."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.spatial.distance import pdist
from strategies import shuffled, tiny

import valuma_graph as vg
from valuma_graph.errors import GeometryError
from valuma_graph.geography import chance
from valuma_graph.geography.footprints import footprint
from valuma_graph.geography.neighbours import contiguity, to_libpysal


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def found(aff):
    return footprint(aff)


def grid(side=12):
    y, x = np.divmod(np.arange(side * side), side)
    xy = np.column_stack([x, y]).astype(float)
    near = (np.abs(xy[:, None] - xy[None]).sum(axis=2) == 1).astype(float)
    rng = np.random.default_rng(1)
    n = len(xy)
    return chance.Ground(
        xy, near, rng.normal(4, 1, n), rng.integers(0, 3, n), np.zeros(n, dtype=np.intp)
    )


def of(ground, *sets):
    matrix = np.zeros((len(sets), len(ground.xy)))
    for i, one in enumerate(sets):
        matrix[i, one] = 1
    return matrix


def test_figures_equal_independent_ones(aff, found):
    import esda

    towns = vg.datasets.municipalities(2019)
    land = contiguity(2019).query("kind == 'land'")
    graph = to_libpysal(land, ids=towns.index)
    for network in ("hinku", "seutukaupunkiverkosto", "fisu"):
        ids = aff.members.index[
            aff.incidence[:, [aff.networks.index.get_loc(network)]].toarray()[:, 0] > 0
        ]
        mine = towns.index.isin(ids)
        xy = towns.geometry.get_coordinates().to_numpy()[mine] / 1000
        row = found.loc[network]
        assert row.mean_distance_km == pytest.approx(pdist(xy).mean())
        values, vectors = np.linalg.eigh(np.cov(xy.T, ddof=0))
        assert [row.minor_km, row.major_km] == pytest.approx(np.sqrt(values))
        x, y = vectors[:, 1]
        assert row.direction_deg == pytest.approx(np.degrees(np.arctan2(x, y)) % 180)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert row.joins == esda.Join_Counts(mine.astype(int), graph, permutations=0).bb


def test_line_block_all_one_none():
    ground = grid()
    n = len(ground.xy)
    block = [r * 12 + c for r in range(4) for c in range(4)]
    sets = of(ground, np.arange(12), block, np.arange(n), [5], [])
    result = chance.against_chance(sets, ground, permutations=199, seed=0)
    own, p = result["observed"], result["p"]
    assert own.linearity[0] == 1
    assert p.linearity[0] == 1 / 200
    assert own.joins[:3].tolist() == [11, 24, 264]
    assert p.joins[1] == p.mean_distance_km[1] == 1 / 200
    assert p.iloc[2].eq(1).all()
    assert own.iloc[3:].isna().all(axis=None)
    assert p.iloc[3:].isna().all(axis=None)


def test_p_values_of_random_sets_are_calibrated():
    ground = grid()
    rng = np.random.default_rng(7)
    sets = of(ground, *[rng.choice(144, 12, replace=False) for _ in range(600)])
    p = chance.against_chance(sets, ground, permutations=199, seed=0)["p"]
    assert (p.le(0.05).mean() < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 600)).all()


def test_order_and_company_change_nothing(aff, found):
    other = footprint(shuffled_with_places(aff, 3))
    assert_frame_equal(other.sort_index(), found.sort_index())
    assert_frame_equal(footprint(aff, networks=["fisu", "hinku"]), found.loc[["fisu", "hinku"]])


def shuffled_with_places(aff, seed):
    mixed = shuffled(aff, seed)
    return type(aff)(
        mixed.members, mixed.networks, mixed.memberships, aff.year, aff.set_aside, aff._origin
    )


def test_known_networks(found):
    assert found.loc["pohjoinen_kasvuvyohyke", "logic"] == "zone"
    towns = found.loc["seutukaupunkiverkosto"]
    assert [towns.logic, towns.logic_known] == ["undetermined", "similarity"]
    assert found.loc["hinku", "coverage_basis"] == "list"
    assert found.loc["hinku", "coverage"] == pytest.approx(95 / 99)


def test_strata_keep_the_classes(aff, found):
    kept = footprint(aff, strata="population", networks=["c21", "fisu"])
    assert_frame_equal(kept[["joins", "parts"]], found.loc[kept.index, ["joins", "parts"]])
    assert kept.loc["c21", "p_class"] > found.loc["c21", "p_class"]


def test_nowhere_and_wrong_arguments(aff):
    with pytest.raises(GeometryError, match="no places of Finland"):
        footprint(tiny(["ab X"]))
    with pytest.raises(GeometryError, match="ris3_verkosto"):
        footprint(aff, networks=["ris3_verkosto"])
    for wrong in ({"permutations": 9}, {"alpha": 0}, {"strata": "x"}, {"min_coverage": 2}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            footprint(aff, **wrong)


def test_own_table():
    rows = pd.DataFrame({"network": ["X"] * 3, "member": ["Helsinki", "Espoo", "Vantaa"]})
    row = footprint(vg.read(rows, year=2020)).iloc[0]
    assert [row.joins, row.parts, row.logic] == [3, 1, "zone"]
    assert [row.coverage, row.coverage_basis] == [1, "list"]  # read takes a list as complete


def test_the_examples_of_the_report_come_out_as_it_describes_them():
    finland = vg.datasets.finland(year=2019)
    networks = ["hinku", "seutukaupunkiverkosto", "pohjoinen_kasvuvyohyke"]
    found = vg.footprint(finland, networks=networks)
    assert found["logic_known"].tolist() == ["theme", "similarity", "zone"]
    # 16 of the 55 towns of seutukaupunkiverkosto are known: too few to say.
    assert found["logic"].tolist() == ["theme", "undetermined", "zone"]
    assert found.loc["hinku", "coverage"] == pytest.approx(95 / 99)


@pytest.mark.parametrize("seed", range(5))
def test_they_do_not_hang_on_the_seed(seed):
    finland = vg.datasets.finland(year=2019)
    networks = ["hinku", "seutukaupunkiverkosto", "pohjoinen_kasvuvyohyke"]
    found = vg.footprint(finland, networks=networks, seed=seed)
    assert found["logic_known"].tolist() == ["theme", "similarity", "zone"]
