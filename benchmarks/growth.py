"""`python -m benchmarks.growth`: the resident memory of a process over many steps of a small training.

    python -m benchmarks.growth --tier compile --steps 100000

The step is that of the MLP (784-256-256-10, Adam) with small batches.
"""

from __future__ import annotations

import argparse
import time

from benchmarks import adapter
from benchmarks.worker import resident


def main() -> None:
    """Run the steps, printing the memory ten times, and by how much it grew behind the first tenth."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tier", choices=("auto", "compile", "interpret"), default="auto")
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=8)
    given = parser.parse_args()
    adapter.choose("perdure")
    from benchmarks.cases.matrix_products import mlp
    from perdure.runtime.options import set_process_options

    set_process_options(tier=given.tier)
    step = mlp(given.batch)
    started = time.process_time()
    sizes = []
    for number in range(given.steps + 1):
        loss = step()
        if number % max(1, given.steps // 10) == 0:
            sizes.append(resident())
            seconds = time.process_time() - started
            memory = f"{sizes[-1] / 1e6:8.1f} MB"
            print(f"{number:>8} steps {memory} {seconds:8.1f} s CPU, loss {loss:.6f}", flush=True)
    print(f"grew by {(sizes[-1] - sizes[1]) / 1e6:.1f} MB after the first tenth")


if __name__ == "__main__":
    main()
