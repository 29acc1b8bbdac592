"""
What does an approximate p-value do to a backbone?

The SDSM asks how probable it is that two rows share so much, which is a Poisson-binomial
probability. valuma-graph computes it exactly. The package `backbone` of R (version 3) uses the
refined normal approximation, a normal distribution with a term for skewness, which is good near the
mean and poor in the tails, where a backbone is decided. Here both stand side by side, on a drawn
network of 309 members and 60 networks, and on the Finnish networks of 2019.

    python examples/approximate_tails.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

import valuma_graph as vg
from valuma_graph.chance.ensembles import fit

ALPHA, SMALL = 0.05, 0.001


def drawn(members: int = 309, networks: int = 60, ties: int = 1_500) -> vg.Affiliation:
    """Draw a network in which some members and some networks have many more ties than others."""
    rng = np.random.default_rng(20)
    weight = [np.arange(1, n + 1) ** -0.5 for n in (members, networks)]
    cells: set[tuple[int, int]] = set()
    while len(cells) < ties:
        i, j = (int(rng.choice(len(w), p=w / w.sum())) for w in weight)
        cells.add((i, j))
    rows = [(f"member {i:03d}", f"network {j:02d}") for i, j in sorted(cells)]
    return vg.read(pd.DataFrame(rows, columns=["member", "network"]), places=None)


def approximate(aff: vg.Affiliation, pairs: pd.DataFrame) -> np.ndarray:
    """Return the refined normal approximation of P(X >= shared) for pairs of members."""
    null = fit(aff.incidence)
    cells = null.probability[np.ix_(null.row_class, null.column_class)]
    a, b = (aff.members.index.get_indexer(pairs[side].astype("str")) for side in "ab")
    chance = cells[a] * cells[b]
    mean = chance.sum(axis=1)
    spread = np.sqrt((chance * (1 - chance)).sum(axis=1))
    skew = (chance * (1 - chance) * (1 - 2 * chance)).sum(axis=1) / spread**3
    x = (pairs["shared"].to_numpy() - 0.5 - mean) / spread
    below = norm.cdf(x) + skew * (1 - x**2) * norm.pdf(x) / 6
    return np.clip(1 - below, 0, 1)


def compare(name: str, aff: vg.Affiliation) -> None:
    """Print how far off the approximation is, and what it does to the backbone of members."""
    pairs = vg.overlap(aff, mode="members", null="sdsm")
    exact, rough = pairs["p_upper"].to_numpy(), approximate(aff, pairs)
    tests = pairs.attrs["tests_possible"]
    rest = np.ones(tests - len(pairs))
    kept = [
        false_discovery_control(np.concatenate([p, rest]))[: len(pairs)] <= ALPHA
        for p in (exact, rough)
    ]
    off = np.abs(rough - exact)
    print(name)
    print(f"  pairs that share something: {len(pairs):,} of {tests:,}")
    print(f"  the approximation is off by {off.mean():.3f} on average, {off.max():.3f} at worst")
    tail = exact < SMALL
    if tail.any():
        ratio = np.median(rough[tail] / exact[tail])
        print(
            f"  where p < {SMALL} ({tail.sum():,} pairs) it is {ratio:.2f} times the truth (median)"
        )
        print(f"  it says exactly 0 for {int((rough[tail] == 0).sum()):,} of them")
    print(f"  backbone at q <= {ALPHA}: {kept[0].sum():,} exact, {kept[1].sum():,} approximate, "
          f"{(kept[0] & kept[1]).sum():,} in both")  # fmt: skip


def main() -> None:
    """Compare on two networks."""
    compare("A drawn network, 309 × 60", drawn())
    aff = vg.datasets.finland(year=2019)
    compare("Finland 2019", aff)
    whole = int(aff.networks["list_status"].eq("complete").sum())
    print(f"  lists of members: {whole} of {len(aff.networks)} are complete")


if __name__ == "__main__":
    main()
