"""
Time null models, projections, paths and communities beside their peers, and print one table.

    python benchmarks/chance.py [--runs 3] [--sizes S M L XL] [--tasks sdsm fdsm …] [--limit 600]

Each row is a process of its own: the graph is drawn by `generator.py` and put into the tool's own
form, the task is done once (`first`: with compilation and imports) and then `--runs` times
(`median`). `peak MB` is the most that the process held, the drawn graph and the libraries among
it. What passes `--limit` seconds is stopped and marked so, and a tool that cannot do a task has no
row. `check` is a figure of the answer, by which tools can be compared.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from importlib.metadata import version

import numpy as np
from generator import SIZES, incidence

import valuma_graph as vg


def aff_of(matrix):
    """Return the graph as an `Affiliation`; the matrix is handed over, not read from a table."""
    import pandas as pd

    tiny = vg.read(pd.DataFrame({"member": ["m"], "network": ["n"]}), places=None)
    members = pd.Index([f"m{k:07d}" for k in range(matrix.shape[0])], name="member_id")
    networks = pd.Index([f"n{k:06d}" for k in range(matrix.shape[1])], name="network_id")
    aff = replace(
        tiny, members=tiny.members.reindex(members), networks=tiny.networks.reindex(networks)
    )
    aff.__dict__["incidence"] = matrix
    return aff


def as_igraph(matrix):
    import igraph

    drawn = matrix.tocoo()
    n, m = matrix.shape
    edges = np.column_stack([drawn.row, drawn.col + n])
    graph = igraph.Graph(n=n + m, edges=edges)
    graph.vs["type"] = [False] * n + [True] * m
    return graph


def as_networkx(matrix):
    import networkx as nx

    return nx.bipartite.from_biadjacency_matrix(matrix.tocsc())


def as_networkit(matrix):
    import networkit as nk

    drawn = matrix.tocoo()
    n, m = matrix.shape
    return nk.GraphFromCoo(
        (np.ones(matrix.nnz), (drawn.row.astype(np.uint64), (drawn.col + n).astype(np.uint64))),
        n=n + m,
    )


# -- what each tool does: prepare(matrix) returns the task, which returns a figure -----------------


def sdsm(matrix):
    aff = aff_of(matrix)
    return lambda: len(vg.backbone(aff, mode="members", null="sdsm").edges)


def sdsm_plain(matrix):
    from valuma_graph import kernels

    kernels.WORTH = float("inf")
    return sdsm(matrix)


def sdsm_table(matrix):
    aff = aff_of(matrix)
    return lambda: len(vg.overlap(aff, mode="members", null="sdsm"))


def hypergeometric(matrix):
    aff = aff_of(matrix)
    return lambda: len(vg.backbone(aff, mode="members", null="hypergeometric").edges)


def fdsm(matrix):
    aff = aff_of(matrix)
    run = {"mode": "members", "null": "fdsm", "draws": 1000, "correction": "none"}
    return lambda: len(vg.backbone(aff, **run).edges)


def bicm_sdsm(matrix):
    from bicm import BipartiteGraph

    drawn = matrix.tocoo()
    edges = list(zip(drawn.row.tolist(), (drawn.col + matrix.shape[0]).tolist(), strict=True))

    def task():
        graph = BipartiteGraph(edgelist=edges)
        graph.solve_tool(method="newton", initial_guess="degrees", tol=1e-10)
        graph.compute_projection(rows=True, alpha=0.05, method="poibin", progress_bar=True)
        return sum(map(len, graph.get_rows_projection().values())) // 2

    return task


def fit(matrix):
    from valuma_graph.chance.ensembles import fit as fitted

    return lambda: round(float(fitted(matrix).probability.max()), 6)


def bicm_fit(matrix):
    from bicm import BipartiteGraph

    n, m = np.diff(matrix.indptr), np.bincount(matrix.indices, minlength=matrix.shape[1])

    def task():
        graph = BipartiteGraph(degree_sequences=(n[n > 0], m[m > 0]))
        graph.solve_tool(method="newton", initial_guess="degrees", tol=1e-10)
        return round(
            float((graph.x.max() * graph.y.max()) / (1 + graph.x.max() * graph.y.max())), 6
        )

    return task


def projection(matrix):
    from valuma_graph.measures.projection import common

    return lambda: int(common(matrix).nnz)


def scipy_projection(matrix):
    from scipy import sparse

    whole = matrix.astype(np.int32)
    return lambda: int(sparse.triu(whole @ whole.T, k=1).nnz)


def igraph_projection(matrix):
    graph = as_igraph(matrix)
    return lambda: graph.bipartite_projection(which=0).ecount()


def networkx_projection(matrix):
    import networkx as nx

    graph = as_networkx(matrix)
    members = range(matrix.shape[0])
    return lambda: nx.bipartite.weighted_projected_graph(graph, members).number_of_edges()


def jaccard(matrix):
    from valuma_graph.measures.projection import jaccard as of_all_pairs

    return lambda: round(float(of_all_pairs(matrix).data.max()), 6)


def scipy_jaccard(matrix):
    from scipy import sparse

    whole = matrix.astype(np.int32)
    degree = np.diff(matrix.indptr)

    def task():
        shared = sparse.triu(whole @ whole.T, k=1).tocoo()
        union = degree[shared.row] + degree[shared.col] - shared.data
        return round(float((shared.data / union).max()), 6)

    return task


def centrality(measure, **options):
    def prepare(matrix):
        aff = aff_of(matrix)

        def task():
            scores = vg.centrality(aff, mode="members", measures=[measure], **options)
            return round(float(scores[measure].max()), 6)

        return task

    return prepare


def igraph_closeness(matrix):
    graph = as_igraph(matrix)
    return lambda: round(float(np.nanmax(graph.closeness(range(matrix.shape[0])))), 6)


def networkit_closeness(matrix):
    import networkit as nk

    graph = as_networkit(matrix)
    variant = nk.centrality.ClosenessVariant.GENERALIZED
    return lambda: round(max(nk.centrality.Closeness(graph, False, variant).run().scores()), 6)


def networkx_closeness(matrix):
    import networkx as nx

    graph = as_networkx(matrix)
    members = set(range(matrix.shape[0]))
    return lambda: round(max(nx.bipartite.closeness_centrality(graph, members).values()), 6)


def igraph_betweenness(matrix):
    graph = as_igraph(matrix)
    return lambda: round(max(graph.betweenness(range(matrix.shape[0]), directed=False)), 3)


def networkx_betweenness(matrix):
    import networkx as nx

    graph = as_networkx(matrix)
    return lambda: round(max(nx.betweenness_centrality(graph, normalized=False).values()), 3)


def networkit_betweenness(matrix):
    import networkit as nk

    graph = as_networkit(matrix)

    def task():
        return round(
            max(nk.centrality.EstimateBetweenness(graph, 256, False, True).run().scores()), 0
        )

    return task


def constraint(matrix):
    aff = aff_of(matrix)
    return lambda: round(float(vg.brokerage(aff, mode="members")["constraint"].min()), 6)


def weighted(matrix):
    """Return the projection of the members as igraph and networkx take it."""
    whole = matrix.astype(np.int64)
    shared = (whole @ whole.T).tocoo()
    upper = shared.row < shared.col
    return shared.row[upper], shared.col[upper], shared.data[upper]


def igraph_constraint(matrix):
    import igraph

    a, b, weight = weighted(matrix)
    graph = igraph.Graph(n=matrix.shape[0], edges=np.column_stack([a, b]))
    return lambda: round(float(np.nanmin(graph.constraint(weights=weight.tolist()))), 6)


def networkx_constraint(matrix):
    import networkx as nx

    a, b, weight = weighted(matrix)
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(a.tolist(), b.tolist(), weight.tolist(), strict=True))
    return lambda: round(min(nx.constraint(graph, weight="weight").values()), 6)


def barber(matrix, members, networks):
    from valuma_graph.measures.partition import _modularity

    return round(_modularity(matrix, np.asarray(members), np.asarray(networks), 1.0), 4)


def communities(matrix):
    aff = aff_of(matrix)
    return lambda: round(vg.communities(aff).modularity, 4)


def sknetwork_communities(matrix):
    from scipy import sparse
    from sknetwork.clustering import Louvain

    def task():
        model = Louvain(modularity="dugue", random_state=0)
        model.fit(sparse.csr_matrix(matrix.astype(float)), force_bipartite=True)
        return barber(matrix, model.labels_row_, model.labels_col_)

    return task


def leidenalg_communities(matrix):
    import leidenalg

    graph = as_igraph(matrix)
    how = {"degree_as_node_size": True, "types": "type"}

    def task():
        parts = leidenalg.CPMVertexPartition.Bipartite(
            graph, resolution_parameter_01=1 / matrix.nnz, **how
        )
        optimiser = leidenalg.Optimiser()
        optimiser.set_rng_seed(0)
        optimiser.optimise_partition_multiplex(list(parts), layer_weights=[1, -1, -1])
        found = parts[0].membership
        return barber(matrix, found[: matrix.shape[0]], found[matrix.shape[0] :])

    return task


OURS = "valuma-graph"
TASKS = {
    "sdsm": ("exact SDSM, Benjamini-Hochberg, backbone", {
        OURS: (sdsm, "S M L XL"), f"{OURS} (not compiled)": (sdsm_plain, "S M"),
        "bicm": (bicm_sdsm, "S M"),
    }),
    "table": ("exact SDSM, table of all pairs", {OURS: (sdsm_table, "S M L")}),
    "fit": ("fit of the BiCM", {OURS: (fit, "S M L"), "bicm": (bicm_fit, "S M L")}),
    "fdsm": ("FDSM, 1,000 draws", {OURS: (fdsm, "S M")}),
    "hypergeometric": ("hypergeometric, backbone", {OURS: (hypergeometric, "S M L")}),
    "projection": ("projection", {
        OURS: (projection, "M L"), "scipy": (scipy_projection, "M L"),
        "igraph": (igraph_projection, "M L"), "networkx": (networkx_projection, "M"),
    }),
    "jaccard": ("Jaccard of all pairs", {OURS: (jaccard, "M L"), "scipy": (scipy_jaccard, "M L")}),
    "closeness": ("closeness, exact", {
        OURS: (centrality("closeness"), "M L"), "igraph": (igraph_closeness, "M"),
        "networkit": (networkit_closeness, "M"), "networkx": (networkx_closeness, "M"),
    }),
    "betweenness": ("betweenness, exact", {
        OURS: (centrality("betweenness"), "M"), "igraph": (igraph_betweenness, "M"),
        "networkx": (networkx_betweenness, "M"),
    }),
    "sampled": ("betweenness, 256 pivots", {
        OURS: (centrality("betweenness", pivots=256), "M L"),
        "networkit": (networkit_betweenness, "M L"),
    }),
    "constraint": ("Burt's constraint of the projection", {
        OURS: (constraint, "M L"), "igraph": (igraph_constraint, "M"),
        "networkx": (networkx_constraint, "M"),
    }),
    "communities": ("two-mode communities (check: Barber's modularity)", {
        OURS: (communities, "M L"), "scikit-network": (sknetwork_communities, "M L"),
        "leidenalg": (leidenalg_communities, "M L"),
    }),
}  # fmt: skip


def one(task: str, tool: str, size: str, runs: int) -> None:
    """Do one task in this process and print its figures."""
    warnings.simplefilter("ignore")
    work = TASKS[task][1][tool][0](incidence(size))
    seconds, answer = [], None
    for _ in range(runs + 1):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
        if seconds[0] > 60:  # one is enough
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    median = statistics.median(seconds[1:] or seconds)
    print(json.dumps({"first": seconds[0], "median": median, "peak": peak, "check": answer}))


def row(task: str, tool: str, size: str, runs: int, limit: float) -> tuple[str, ...]:
    """Run one task in a process of its own and return its row of the table."""
    package = tool.partition(" ")[0]
    if (
        importlib.util.find_spec(
            {"scikit-network": "sknetwork"}.get(package, package.replace("-", "_"))
        )
        is None
    ):
        return (task, size, tool, "not installed", "", "", "")
    named = tool.replace(package, f"{package} {version(package)}", 1)
    command = [sys.executable, __file__, "--one", task, tool, size, "--runs", str(runs)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return (task, size, named, f"> {limit:.0f}", "", "", "")
    if done.returncode:
        return (task, size, named, "failed", "", "", done.stderr.strip().splitlines()[-1][:60])
    found = json.loads(done.stdout.strip().splitlines()[-1])
    figures = f"{found['median']:.3f}", f"{found['first']:.3f}", f"{found['peak']:.0f}"
    return (task, size, named, *figures, str(found["check"]))


def main() -> None:
    """Run what is asked for and print it, row by row."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each (median)")
    parser.add_argument("--sizes", nargs="*", default=["S", "M", "L", "XL"], choices=[*SIZES])
    parser.add_argument("--tasks", nargs="*", default=[*TASKS], choices=[*TASKS])
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a row ends")
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    parser.add_argument("--one", nargs=3, metavar=("TASK", "TOOL", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(*options.one, options.runs)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"numpy {np.__version__}, median of {options.runs}; seconds")  # fmt: skip
    print(
        f"R's backbone: {'found' if shutil.which('Rscript') else 'no R on this machine'}, not run"
    )
    head = ("task", "size", "tool", "median", "first", "peak MB", "check")
    widths = (14, 4, 32, 10, 10, 8, 10)
    for cells in [head]:
        print("  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip())
    for task in options.tasks:
        for tool, (_, sizes) in TASKS[task][1].items():
            if options.ours and not tool.startswith(OURS):
                continue
            for size in sizes.split():
                if size not in options.sizes:
                    continue
                cells = row(task, tool, size, options.runs, options.limit)
                line = "  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True))
                print(line.rstrip(), flush=True)


if __name__ == "__main__":
    main()
