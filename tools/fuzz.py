"""Damages files of every kind and reads them: `python tools/fuzz.py [--count N] [--seed N] [KIND ...]`.

Each parser must say something clear, within a second and half a gigabyte.  What does not is printed with its
seed, and kept in a folder if `--keep FOLDER` is given.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from tests.mutations import attempt, place_for, targets  # noqa: E402

MOST_SECONDS = 1.0
MOST_BYTES = 512 << 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--count", type=int, default=1000, help="damaged files of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        good = Path(folder)
        found = targets(good)
        for name in options.kinds or found:
            failures += run(name, found[name], good, options)
    return 1 if failures else 0


def run(name, target, good, options) -> int:
    draw, place = random.Random(f"{name} {options.seed}"), place_for(name, good)
    for seed in target.seeds:  # a good file needs memory as well, and modules
        attempt(target, seed, place)
    start = resident()
    limit = virtual() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    failures = refused = 0
    slowest = 0.0
    began = time.monotonic()
    for number, data in zip(range(options.count), target.mutations(draw), strict=False):
        started = time.process_time()
        try:
            refused += attempt(target, data, place) is not None
            problem = None
        except BaseException:
            if isinstance(sys.exception(), KeyboardInterrupt):
                raise
            problem = traceback.format_exc(limit=-4)
        took = time.process_time() - started
        slowest = max(slowest, took)
        if problem is None and took > MOST_SECONDS:
            problem = f"took {took:.1f} s\n"
        if problem is not None:
            failures += 1
            print(f"{name} {number} (seed {options.seed}): {problem}")
            if options.keep:
                (options.keep / f"{name.replace(' ', '_')}-{number}").write_bytes(data)
        if sys.stderr.isatty() and number % 100 == 0:
            print(f"\r{name}: {number}", end="", file=sys.stderr)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(
        f"{name}: {options.count} files, {refused} refused, {failures} failures, slowest {slowest:.2f} s, "
        f"{(resident() - start) / 2**20:+.0f} MB, {time.monotonic() - began:.0f} s in all"
    )
    return failures


def virtual() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
