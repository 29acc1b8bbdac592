"""
Time the page of the report: how long it takes to make, to open, and to answer a click.

    python benchmarks/page.py [--runs 5]

Each size is written with `write_report`'s own page and opened from disk in Chromium (CHROMIUM
names another one). A click is a choice of a place or network, timed inside the browser from the
choice until the second frame after it, so that what it changed has been painted; without painting
is the script alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from generator import memberships

import valuma_graph as vg
from valuma_graph.report import analyse

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

CHOOSE = """
async (hash) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  const start = performance.now();
  location.hash = hash;
  dispatchEvent(new HashChangeEvent("hashchange"));
  const script = performance.now() - start;
  await frame(); await frame();
  return [script, performance.now() - start];
}
"""


def drawn(size: str) -> vg.Affiliation:
    """Draw memberships of the municipalities of Finland, and of others when they do not do."""
    table = memberships(size)
    towns = vg.datasets.municipalities(2020).index.to_list()
    place = pd.factorize(table["member"])[0]
    names = [*towns, *(f"organisation:{i}" for i in range(len(towns), place.max() + 1))]
    frame = table.assign(member=[names[i] for i in place])
    about = pd.DataFrame({"member_id": names[len(towns) :], "kind": "organisation"})
    return vg.read(frame, members=about if len(about) else None, year=2020)


def sizes() -> dict[str, vg.Affiliation]:
    """Return what the pages are made of, by name."""
    return {
        "Finland 2019": vg.datasets.finland(year=2019),
        "310 × 200": drawn("country"),
        "1,000 × 1,000": drawn("wide"),
    }


def clicks(page, aff: vg.Affiliation) -> list[tuple[float, float]]:
    """Choose many places and networks, one after the other."""
    degree = aff.incidence.sum(axis=1)
    busy = aff.members.index[degree > 0][:: max(1, int((degree > 0).sum()) // 20)][:20]
    chosen = [f"#place={m}" for m in busy] + [f"#network={n}" for n in aff.networks.index[:20]]
    return [tuple(page.evaluate(CHOOSE, hash_)) for hash_ in chosen]


def main() -> int:
    """Print one row for each size."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        print("no Chromium found: name it in CHROMIUM", file=sys.stderr)
        return 2
    print("| set | page, s | page, kB | opens, ms | click, ms: script | painted | slowest |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        for name, aff in sizes().items():
            results = analyse(aff)
            path = Path(folder) / name.replace(" ", "")
            begun, marks = [], {}

            def mark(step: str, marks=marks) -> None:
                marks[step] = time.perf_counter()

            for _ in range(runs):
                vg.write_report(aff, path, results=results, progress=mark)
                begun.append(marks["tables"] - marks["page"])
            index = path / "index.html"
            opens = []
            for _ in range(runs):
                page = browser.new_page()
                page.goto(index.as_uri())
                timing = "performance.getEntriesByType('navigation')[0].loadEventEnd"
                opens.append(page.evaluate(timing))
                page.close()
            page = browser.new_page()
            page.goto(index.as_uri())
            times = clicks(page, aff)
            script, painted = (statistics.median(one) for one in zip(*times, strict=True))
            slowest = max(whole for _, whole in times)
            print(
                f"| {name} | {statistics.median(begun):.1f} | {index.stat().st_size / 1000:.0f} "
                f"| {statistics.median(opens):.0f} | {script:.0f} | {painted:.0f} | {slowest:.0f} |"
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
