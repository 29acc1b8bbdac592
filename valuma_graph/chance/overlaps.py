"""Which nodes share more than others, and than chance: overlap of networks, and of members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.chance.cells import spread
from valuma_graph.chance.pairwise import check, counted, examine, named, unconstrained

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.chance.constraints import Mask
    from valuma_graph.chance.pairwise import Alternative, Correction, Findings, Null, Over


def overlap(  # noqa: PLR0913
    aff: Affiliation,
    *,
    mode: Mode = "networks",
    min_shared: int = 1,
    null: Null | None = None,
    alternative: Alternative = "greater",
    correction: Correction = "fdr_bh",
    over: Over = "possible",
    draws: int = 1000,
    seed: int = 0,
    forbidden: Mask | str = None,
    required: Mask = None,
    within: str | pd.Series | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """
    List the pairs of networks that share members, or of members that share networks.

    With *x* shared by two nodes of the sizes *s* and *t*: `jaccard` = x / (s + t − x), the
    share of all that either has; `overlap_coefficient` = x / min(s, t), 1 when the smaller lies
    in the larger. Both compare what is known: where lists are partial, they are estimates.

    With a null model, each *x* is held against what two such nodes share by chance, *X*:
    `expected` = E(X), `p_upper` = P(X ≥ x), `p_lower` = P(X ≤ x).

    - `hypergeometric`: the size of each node is kept, with whom it is tied is chance, all nodes
      of the other mode being alike. The tail of the hypergeometric distribution, exactly.
    - `sdsm`: how much every member and every network has is kept on average (bipartite
      configuration model). The tail of a Poisson-binomial distribution, exactly.
    - `fdsm`: both are kept exactly. p is (hits + 1) / (draws + 1), over `draws` random networks.

    `q` allows for many tests. By default these are all pairs that could have shared something,
    listed or not; how many there are, and how many share something, is in `pairs.attrs`.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        `"networks"`: pairs of networks; `"members"`: pairs of members.
    min_shared
        The fewest that a pair must share to be listed. Has no part in the tests.
    null
        None (no test), `"hypergeometric"`, `"sdsm"` or `"fdsm"`.
    alternative
        What `q` is of: sharing more than chance (`"greater"`), less (`"less"`), or either
        (`"two-sided"`, p = 2 min(p_upper, p_lower)).
    correction
        `"fdr_bh"` (Benjamini–Hochberg), `"holm"`, `"bonferroni"` or `"none"`.
    over
        The tests that are counted: `"possible"`, all pairs with `expected` above 0, or
        `"overlapping"`, only pairs that share something. The latter depends on the outcome, and
        keeps more.
    draws, seed
        Random networks (fdsm), and where they begin.
    forbidden, required
        Memberships that could not be, or have to be (sdsm, fdsm): a frame with `member_id` and
        `network_id`, a members × networks table or matrix of bool, or a function of `aff` that
        returns one; for `forbidden` also `"country"`: a network of known countries has no members
        of others. The masks may tell at most 20,000 classes of rows apart.
    within
        Column of `aff.members`, or a Series by member: each network keeps its number of members
        in each class (sdsm, fdsm).
    progress
        Called with the number of networks drawn, and `draws`.

    Returns
    -------
    pairs
        One row for each pair with at least `min_shared` in common, the largest overlap first
        (then `jaccard`, then ids): `a`, `b` (category over all ids of the mode; `a`
        alphabetically before `b`), `size_a`, `size_b`, `shared` (int), `jaccard`,
        `overlap_coefficient` (float, 0 to 1). With a null model also `expected`, `p_upper`,
        `p_lower`, `q` (float) and `null` (category); `pairs.attrs` has `null`, `alternative`,
        `correction`, `over`, `tests_possible`, `tests_overlapping`, and for fdsm `draws`, `seed`.

    Raises
    ------
    ValueError
        If an argument has a value that it does not take, or constraints contradict each other,
        the memberships or the null model.
    ConvergenceError
        If no probabilities fit the degrees (sdsm, fdsm).

    References
    ----------
    Jaccard, P. (1901). Étude comparative de la distribution florale dans une portion des Alpes
    et des Jura. Bulletin de la Société Vaudoise des Sciences Naturelles 37, 547–579.
    https://doi.org/10.5169/seals-266450

    Szymkiewicz, D. (1934). Une contribution statistique à la géographie floristique. Acta
    Societatis Botanicorum Poloniae 11, 249–265. https://doi.org/10.5586/asbp.1934.012

    Tumminello, M., Miccichè, S., Lillo, F., Piilo, J. & Mantegna, R. N. (2011). Statistically
    validated networks in bipartite complex systems. PLOS ONE 6(3), e17994.
    https://doi.org/10.1371/journal.pone.0017994

    Saracco, F., Straka, M. J., Di Clemente, R., Gabrielli, A., Caldarelli, G. & Squartini, T.
    (2017). Inferring monopartite projections of bipartite networks: an entropy-based approach.
    New Journal of Physics 19, 053022. https://doi.org/10.1088/1367-2630/aa6b38

    Zweig, K. A. & Kaufmann, M. (2011). A systematic approach to the one-mode projection of
    bipartite graphs. Social Network Analysis and Mining 1, 187–218.
    https://doi.org/10.1007/s13278-011-0021-0

    Examples
    --------
    >>> import valuma_graph as vg
    >>> pairs = vg.overlap(vg.datasets.southern_women())
    >>> pairs[["a", "b", "size_a", "size_b", "shared"]].head(2).to_numpy().tolist()
    [['E8', 'E9', 14, 12, 9], ['E7', 'E8', 10, 14, 8]]

    They share so many women because both had so many:

    >>> pairs = vg.overlap(vg.datasets.southern_women(), null="sdsm")
    >>> pairs[["a", "b", "shared", "expected", "p_upper"]].round(2).head(2).to_numpy().tolist()
    [['E8', 'E9', 9, 9.77, 0.75], ['E7', 'E8', 8, 8.25, 0.65]]
    >>> pairs.attrs["tests_possible"], pairs.attrs["tests_overlapping"]
    (91, 66)
    """
    check(mode=mode, min_shared=min_shared, alternative=alternative, correction=correction)
    check(over=over, draws=draws)
    if null is None:
        unconstrained(forbidden, required, within)
        return _listed(counted(aff, mode), min_shared, {})
    check(null=null)
    found = examine(
        aff,
        mode=mode,
        null=null,
        alternative=alternative,
        draws=draws,
        seed=seed,
        forbidden=forbidden,
        required=required,
        within=within,
        progress=progress,
    )
    q, _ = found.adjusted(correction, over)
    columns = {name: found.groups[name].to_numpy() for name in ("expected", "p_upper", "p_lower")}
    pairs = _listed(found, min_shared, columns | {"q": q})
    pairs["null"] = pd.Categorical.from_codes(np.zeros(len(pairs), dtype=np.int8), pd.Index([null]))
    pairs.attrs = {"null": null, "alternative": alternative, "correction": correction, "over": over}
    pairs.attrs.update(found.tests, **({"draws": draws, "seed": seed} if null == "fdsm" else {}))
    return pairs


def _listed(found: Findings, min_shared: int, more: dict[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Return the pairs that share enough, with `more` columns of their groups."""
    size = found.side.degree
    of_class = np.zeros(size.size and found.side.row_class.max() + 1, dtype=np.int64)
    of_class[found.side.row_class] = size
    shared = found.groups["shared"].to_numpy()
    one, other = (of_class[found.groups[name]] for name in ("first", "second"))
    union = one + other - shared
    most = union.max(initial=0) + 1
    rank = np.where(shared < min_shared, -1, (shared.max(initial=0) - shared) * most + union)
    a, b, group = found.pairs(rank)
    of_group = {"shared": shared, "jaccard": shared / union}
    of_group |= {"overlap_coefficient": shared / np.minimum(one, other)} | more
    columns = named(found.side.ids, a, b)
    columns |= {"size_a": spread(size, a), "size_b": spread(size, b)}
    columns |= {name: spread(values, group) for name, values in of_group.items()}
    return pd.DataFrame(columns, copy=False)
