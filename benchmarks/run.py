"""
Time valuma-graph beside its peers, each task in a process of its own, and print one table.

    python benchmarks/run.py [--runs 5] [--quick]

Every figure is the median of the runs; memory is the peak of the process. The table of
memberships is drawn by a seeded generator with heterogeneous degrees. Peers do the same part of
the work: edges in, degrees of both modes and connected components out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from generator import SIZES, memberships


def ours(table):
    """Read with all checks, then degrees, coverage and components."""
    import pandas as pd

    import valuma_graph as vg
    from valuma_graph.measures.cohesion import components

    aff = vg.read(table, places=None)
    whole = aff.incidence.astype("int64")
    degrees = whole.sum(axis=1), whole.sum(axis=0)
    covered = vg.coverage(aff)
    members, networks = components(aff)
    parts = pd.concat([members, networks])
    alone = int(parts.isna().sum())
    largest = max(int(side.max()) for side in degrees)
    return largest, len(covered), int(parts.nunique()) + alone


def pandas_and_scipy(table):
    """Do the least that any tool must: factorise, build the matrix, count (nothing checked)."""
    import numpy as np
    import pandas as pd
    from scipy import sparse
    from scipy.sparse import csgraph

    i, members = pd.factorize(table["member"])
    j, networks = pd.factorize(table["network"])
    n, m = len(members), len(networks)
    matrix = sparse.coo_array((np.ones(len(i), np.int8), (i, j)), shape=(n, m)).tocsr()
    whole = sparse.coo_array((np.ones(len(i), np.int8), (i, j + n)), shape=(n + m, n + m))
    largest = max(int(np.diff(matrix.indptr).max()), int(np.bincount(j).max()))
    return largest, m, int(csgraph.connected_components(whole, directed=False)[0])


def igraph(table):
    """Build an igraph graph of tuples."""
    import igraph as ig

    graph = ig.Graph.TupleList(table.itertuples(index=False), directed=False)
    return max(graph.degree()), graph.vcount(), len(graph.connected_components())


def networkx(table):
    """Build a networkx graph of edges."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_edges_from(table.itertuples(index=False, name=None))
    degree = max(dict(graph.degree()).values())
    return degree, graph.number_of_nodes(), nx.number_connected_components(graph)


TASKS = {"valuma-graph": ours, "pandas+scipy": pandas_and_scipy, "igraph": igraph,
         "networkx": networkx}  # fmt: skip


def one(tool: str, path: str) -> None:
    """Run one task and print its seconds, its peak memory and its answer."""
    import pandas as pd

    table = pd.read_parquet(path)
    start = time.perf_counter()
    answer = TASKS[tool](table)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "answer": answer}))


def measured(command: list[str], runs: int) -> tuple[float, float]:
    """Return the median seconds and peak MB of a whole process."""
    seconds, peak = [], 0.0
    for _ in range(runs + 1):  # the first warms the disk cache and is not counted
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        peak = max(peak, usage.ru_maxrss / 1024)
        if process.returncode not in (0, 3):
            sys.exit(f"{' '.join(command)} failed")
    return statistics.median(seconds[1:]), peak


def start_up(runs: int) -> list[tuple[str, ...]]:
    """Time what a person or a script waits for at the start."""
    python = sys.executable
    rows = []
    for name, command in {
        "python -c pass": [python, "-c", "pass"],
        "import valuma_graph": [python, "-c", "import valuma_graph"],
        "import networkx": [python, "-c", "import networkx"],
        "import geopandas": [python, "-c", "import geopandas"],
        "valuma-graph --help": [python, "-m", "valuma_graph", "--help"],
        "valuma-graph isolated": [python, "-m", "valuma_graph", "isolated", "--format", "csv"],
        "valuma-graph report": [python, "-m", "valuma_graph", "report", "-o", "out", "--quiet"],
    }.items():
        with tempfile.TemporaryDirectory() as folder:
            full = [str(Path(folder) / "out") if part == "out" else part for part in command]
            seconds, peak = measured(full, runs)
        rows.append((name, "whole process", f"{seconds:.3f}", f"{peak:.0f}", ""))
    return rows


def tables(sizes: list[str], runs: int) -> list[tuple[str, ...]]:
    """Time tables in, degrees and components out, beside the peers."""
    rows = []
    for size in sizes:
        n, m, k = SIZES[size]
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "memberships.parquet")
            memberships(size).to_parquet(path)
            for tool in TASKS:
                found = []
                for _ in range(runs):
                    command = [sys.executable, __file__, "--one", tool, path]
                    done = subprocess.run(command, check=True, capture_output=True, text=True)
                    found.append(json.loads(done.stdout))
                seconds = statistics.median(f["seconds"] for f in found)
                peak = max(f["peak_mb"] for f in found)
                known = "" if tool == "pandas+scipy" else version(tool)
                task = f"{size}: {k:,} rows, {n:,} × {m:,}"
                degree, _, parts = found[0]["answer"]
                answer = f"largest degree {degree}, parts {parts}"
                name = f"{tool} {known}".strip()
                rows.append((name, task, f"{seconds:.3f}", f"{peak:.0f}", answer))
    return rows


_READY = """
import time, warnings
import geopandas, igraph, matplotlib.figure, scipy.sparse, shapely, valuma_graph as vg
aff = vg.datasets.finland(year=2019)
corridor = vg.Corridor("main line", "main_line", 30)
"""
_PLACES = {
    "boundaries, 310 municipalities": ("", "answer = len(vg.boundaries(2020))"),
    "footprint, 157 networks, 999 draws": ("", "answer = len(vg.footprint(aff))"),
    "corridor_profile": ("", "answer = len(vg.corridor_profile(aff, corridor).places)"),
    "find_corridors, 999 draws": ("", "answer = len(vg.find_corridors(aff))"),
    "plot_network and PNG": (
        "",
        "answer = vg.save_picture(vg.plot_network(aff, 'hinku'), '{out}').name",
    ),
    "esda.Join_Counts of networks of 10 or more, 999 draws": (
        """
warnings.simplefilter("ignore")
from esda import Join_Counts
towns = aff.members.index[aff.members["region"].notna() & aff.members["kind"].eq("municipality")]
ground = vg.to_libpysal(vg.contiguity(2019), ids=towns)
rows = aff.members.index.get_indexer(towns)
inside = aff.incidence.toarray()[rows].T.astype(float)
inside = inside[inside.sum(axis=1) >= 10]  # with few members it stops
""",
        "answer = len([Join_Counts(x, ground, permutations=999) for x in inside])",
    ),
}


def on_the_map(runs: int) -> list[tuple[str, ...]]:
    """Time what geometry and draws cost, libraries and tables loaded, beside esda."""
    rows = []
    for name, (ready, work) in _PLACES.items():
        found = []
        with tempfile.TemporaryDirectory() as folder:
            out = str(Path(folder) / "map.png")
            code = f"{_READY}{ready}\nstart = time.perf_counter()\n{work.replace('{out}', out)}"
            code += "\nprint(time.perf_counter() - start, answer)"
            for _ in range(runs):
                command = [sys.executable, "-c", code]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                found.append(done.stdout.split())
        seconds = statistics.median(float(f[0]) for f in found)
        rows.append((name, "libraries loaded", f"{seconds:.3f}", "", f"{found[0][1]}"))
    return rows


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each (median)")
    parser.add_argument("--quick", action="store_true", help="sizes S and M only, one run")
    parser.add_argument("--one", nargs=2, metavar=("TOOL", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(*options.one)
        return
    runs = 1 if options.quick else options.runs
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"median of {runs}")  # fmt: skip
    head = ("tool", "task", "seconds", "peak MB", "answer")
    rows = [
        head,
        *start_up(runs),
        *on_the_map(runs),
        *tables(["S", "M"] if options.quick else ["S", "M", "L"], runs),
    ]
    width = [max(len(row[c]) for row in rows) for c in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, width, strict=True)).rstrip())


if __name__ == "__main__":
    main()
