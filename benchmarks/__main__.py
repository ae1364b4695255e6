"""`python -m benchmarks`: perdure beside its peers, interleaved; writes a table of ratios.

Run it from the repository's folder with perdure's Python.  A peer takes part when its interpreter is given.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.measure import call_worker, measure
from benchmarks.table import CASES


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--tf115", metavar="PYTHON", help="a Python that has TensorFlow 1.15")
    parser.add_argument("--tf2", metavar="PYTHON", help="a Python that has TensorFlow 2")
    parser.add_argument("--before", metavar="FOLDER", type=Path, help="a checkout of perdure to compare with")
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=[case["name"] for case in CASES])
    parser.add_argument("--skip", metavar="NAME", nargs="+", default=[], help="cases to leave out")
    parser.add_argument("--rounds", type=int, default=3, help="fresh processes a peer and case (3)")
    parser.add_argument("--out", type=Path, default=Path("build/benchmarks"), help="folder of the tables")
    parser.add_argument("--check", action="store_true", help="compare the numbers only")
    return parser.parse_args()


def main() -> None:
    """Measure, write the tables, print the Markdown one."""
    given = arguments()
    with tempfile.TemporaryDirectory() as cache:
        results = measured(given, Path(cache))
    if not given.check:
        print("\n" + (given.out / "results.md").read_text())
    elif any(result["problems"] for result in results):
        sys.exit("not all peers computed the same numbers")


def measured(given: argparse.Namespace, cache: Path) -> list[dict[str, Any]]:
    """Measure the cases that are asked for; the tables are written after each of them."""
    ours = sys.executable
    interpreters = {"perdure": ours, "tf-1.15": given.tf115, "tf-2": given.tf2, "jax": ours}
    if given.before:
        interpreters["before"] = ours
    present = {peer: python for peer, python in interpreters.items() if python}
    versions = {
        peer: call_worker(python, peer, "versions", cache)["versions"] for peer, python in present.items()
    }
    results = []
    for case in CASES:
        if case["name"] in given.skip or (given.only and case["name"] not in given.only):
            continue
        print(case["name"], end=": ", flush=True)
        say = partial(print, "\n", end=" ")
        result = measure(case, present, given.rounds, cache, say, given.check, given.before)
        results.append(result)
        print(summary(case, result, given.check), flush=True)
        if not given.check:
            report.write(given.out, results, versions, given.rounds)
    return results


def summary(case: Mapping[str, Any], result: Mapping[str, Any], check: bool) -> str:
    """What came out for a case, in a line."""
    if check:
        return "" if result["problems"] else "same numbers"
    parts = [f"{peer} {report.shown(v, case['kind'])}" for peer, v in result["values"].items()]
    found = report.ratio(result)
    return ", ".join(parts) + ("" if found is None else f"; ratio {found:.2f}")


if __name__ == "__main__":
    main()
