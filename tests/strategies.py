"""Small affiliation networks: drawn by hand, at random, and by hypothesis."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from valuma_graph.affiliation import Affiliation

TEXT = "str"


def tiny(edges, *, members=(), networks=(), year=None):
    """
    Make an affiliation network of edges ("ab c": a-c and b-c, or pairs) and columns.

    `members` and `networks` list further ids, or are dicts id -> {column: value}, which also
    fill in columns of those in the edges.
    """
    pairs = []
    for edge in edges:
        if isinstance(edge, str):
            who, network = edge.split()
            pairs += [(one, network) for one in who]
        else:
            pairs.append(tuple(edge))
    member_rows = {m: {} for m, _ in pairs} | _rows(members)
    network_rows = {n: {} for _, n in pairs} | _rows(networks)
    return Affiliation(
        members=_frame(
            member_rows, "member_id", {"kind": "organisation", "country": "FI"}, {"population"}
        ),
        networks=_frame(
            network_rows,
            "network_id",
            {"kind": "network", "list_status": "complete", "selection": "all"},
            {
                "founded_year", "ended_year", "declared_total", "declared_municipalities",
                "declared_regions", "declared_organisations", "declared_other",
            },
        ),
        memberships=_memberships(pairs),
        year=year,
    )  # fmt: skip


def _rows(given):
    return dict(given) if isinstance(given, dict) else {one: {} for one in given}


def _frame(rows, index, defaults, counts):
    text = {"name_fi": np.nan, "name_sv": np.nan, "name_en": np.nan, "snapshot_as_of": np.nan}
    frame = pd.DataFrame(
        [{**text, **defaults, **dict.fromkeys(counts, pd.NA), **row} for row in rows.values()],
        index=pd.Index(list(rows), dtype=TEXT, name=index),
        columns=None if rows else [*text, *defaults, *counts],
    )
    return frame.astype({c: "Int64" if c in counts else TEXT for c in frame})


def _memberships(pairs):
    frame = pd.DataFrame(pairs, columns=["member_id", "network_id"], dtype=TEXT)
    for column in ("since", "until", "as_of", "source", "note", "listed_id"):
        frame[column] = pd.Series(np.nan, frame.index, dtype=TEXT)
    return frame.assign(role="member", evidence="explicit", counted=True).astype({"counted": bool})


def from_matrix(matrix):
    """Make the affiliation network of a 0/1 matrix, members m0…, networks n0…."""
    matrix = np.asarray(matrix)
    return tiny(
        [(f"m{i}", f"n{j}") for i, j in zip(*np.nonzero(matrix), strict=True)],
        members=[f"m{i}" for i in range(matrix.shape[0])],
        networks=[f"n{j}" for j in range(matrix.shape[1])],
    )


def random_affiliation(seed, *, members=25, networks=12, density=0.15):
    """Make a random one; sparse ones fall into components and isolates."""
    rng = np.random.default_rng(seed)
    return from_matrix(rng.random((members, networks)) < density)


def shuffled(aff, seed):
    """Return the same network with all tables in another order."""
    rng = np.random.default_rng(seed)

    def mix(frame):
        return frame.iloc[rng.permutation(len(frame))]

    return Affiliation(
        mix(aff.members),
        mix(aff.networks),
        mix(aff.memberships).reset_index(drop=True),
        aff.year,
    )


@st.composite
def affiliations(draw, max_members=9, max_networks=7):
    """Any small two-mode graph, empty and disconnected ones included."""
    n = draw(st.integers(0, max_members))
    m = draw(st.integers(0, max_networks))
    cells = draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))
    return from_matrix(np.array(cells, dtype=bool).reshape(n, m))
