"""Draw two-mode networks of several sizes, both degree sequences heterogeneous, from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import pandas as pd

SIZES = {
    "country": (310, 200, 3_000),
    "wide": (1_000, 1_000, 20_000),
    "S": (309, 60, 1_500),
    "M": (5_000, 1_000, 50_000),
    "L": (100_000, 20_000, 1_000_000),
    "XL": (1_000_000, 200_000, 8_000_000),
}
"""Members, networks, memberships; the first two are those of pages, see page.py."""

STEEPNESS = (0.45, 0.5)
"""Expected degrees fall as rank ** -steepness, in either mode."""


def incidence(size: str, *, seed: int = 20) -> sparse.csr_array:
    """Return distinct memberships as a members × networks matrix, int8."""
    n, m, rows = SIZES[size]
    rng = np.random.default_rng(seed)
    ends = []
    for count, steepness in zip((n, m), STEEPNESS, strict=True):
        weight = (np.arange(1, count + 1) ** -steepness)[rng.permutation(count)]
        ends.append(np.concatenate([[0.0], np.cumsum(weight / weight.sum())]))
    cells = np.empty(0, dtype=np.int64)
    while len(cells) < rows:
        i, j = (np.searchsorted(end, rng.random(rows), side="right") - 1 for end in ends)
        cells = np.unique(np.concatenate([cells, i * m + j]))
    cells = np.sort(rng.permutation(cells)[:rows])
    ones = np.ones(rows, dtype=np.int8)
    return sparse.coo_array((ones, (cells // m, cells % m)), shape=(n, m)).tocsr()


def memberships(size: str, *, seed: int = 20) -> pd.DataFrame:
    """Return the same as a table of two columns of text, `member` and `network`."""
    import pandas as pd

    drawn = incidence(size, seed=seed).tocoo()
    member = pd.Index([f"member {k}" for k in range(drawn.shape[0])])[drawn.row]
    network = pd.Index([f"network {k}" for k in range(drawn.shape[1])])[drawn.col]
    table = pd.DataFrame({"member": member, "network": network})
    return table.sample(frac=1, random_state=seed, ignore_index=True)
