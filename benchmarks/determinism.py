"""`python -m benchmarks.determinism`: whether the cases compute the same bits in every process.

    python -m benchmarks.determinism lenet word2vec vae --steps 200

Each case runs with an empty cache of programs, with the cache that this left, and without a cache.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile

from benchmarks import adapter
from benchmarks.table import find


def main() -> None:
    """Run each case three times, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--here", choices=("cached", "uncached"), help="run in this process")
    given = parser.parse_args()
    if given.here:
        print(digest(given.cases[0], given.steps, given.here == "cached"))
        return
    different = []
    for name in given.cases:
        with tempfile.TemporaryDirectory() as cache:
            found = []
            for turn, here in enumerate(("cached", "cached", "uncached")):
                environment = {**os.environ, "XDG_CACHE_HOME": cache, "PYTHONHASHSEED": str(turn)}
                command = [sys.executable, "-m", "benchmarks.determinism", name, "--here", here]
                command += ["--steps", str(given.steps)]
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
                found.append(done.stdout.split("\n")[-2])
        print(name, *found, sep="\n  ", flush=True)
        if len(set(found)) > 1:
            different.append(name)
    if different:
        sys.exit(f"not the same bits: {', '.join(different)}")


def digest(name: str, steps: int, cached: bool) -> str:
    """What a case computes in so many steps, and when it was compiled, in a line."""
    adapter.choose("perdure")
    from benchmarks.worker import case_function
    from perdure.runtime.options import set_process_options
    from perdure.session.session import open_sessions

    set_process_options(cache=cached)
    case = find(name)
    step = case_function(case, "cases." + case["group"])()
    bits = hashlib.sha256()
    compiled_in = None
    for number in range(steps):
        bits.update(step().tobytes())
        if compiled_in is None and _has_step_program(open_sessions):
            compiled_in = number
    for session in open_sessions:
        for _, variable in sorted(session._resources.variables.items()):
            bits.update(memoryview(variable.value).tobytes())
    return f"{bits.hexdigest()} compiled in step {compiled_in}"


def _has_step_program(sessions: object) -> bool:
    for session in list(sessions):  # type: ignore[call-overload]
        executable = list(session._executables.values())[-1]
        for unit in executable.units:
            if any(s.program is not None for s in getattr(unit, "specialisations", {}).values()):
                return True
    return False


if __name__ == "__main__":
    main()
