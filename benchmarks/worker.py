"""One measurement of one case under one peer, in this process.

    python -m benchmarks.worker PEER CASE [check]

It prints a line of JSON: the numbers the case computed, and what was measured.  With `check` a steady state
is not waited for, and only the numbers count.  What it imports by itself is kept small, since whole
processes and imports are measured, too.  Python 3.7 runs this file.
"""

import importlib
import sys
import time

from benchmarks import adapter

# Steady state: the shortest batch of steps (seconds), and how long batches are repeated.
BATCH, DURATION = 0.01, 1.5
# Who does not compile while it runs needs no longer to warm up, in seconds.
WARM_UP = 2.0
# A step slower than this is measured this many times, however long that takes.
FEWEST = 5
CHECKED = 3


def steady(case, module):
    """Microseconds of a step: the fastest batch after warming up; None if only numbers are wanted."""
    step = case_function(case, module)()
    checked = [step() for _ in range(CHECKED)]
    if case["warm_up"] is None:
        return {"checked": checked, "value": None}
    first = time.perf_counter()
    step()
    size = max(1, int(BATCH / max(time.perf_counter() - first, 1e-7)))
    while time.perf_counter() - first < case["warm_up"]:
        step()
    batches, start = [], time.perf_counter()
    while len(batches) < FEWEST or time.perf_counter() - start < DURATION:
        began = time.perf_counter()
        for _ in range(size):
            step()
        batches.append((time.perf_counter() - began) / size)
        if len(batches) == 1:  # it was compiled since the first guess
            size = max(1, int(BATCH / max(batches[0], 1e-7)))
    batches.sort()
    return {"checked": checked, "value": batches[0] * 1e6, "median": batches[len(batches) // 2] * 1e6}


def once(case, module):
    """Microseconds of a call that can happen only once in a process."""
    call = case_function(case, module)()
    start = time.perf_counter()
    checked = call()
    return {"value": (time.perf_counter() - start) * 1e6, "checked": [checked]}


def process(case, module):
    """Microseconds from the start of the process to its end; the parent's clock counts."""
    return {"checked": [case_function(case, module)()], "value": None}


def memory(case, module):
    """The largest resident memory of the process, in bytes."""
    import resource

    checked = [case_function(case, module)()]
    return {"checked": checked, "value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0}


def peak(case, module):
    """The largest resident memory of the process while it makes steps, after warming up, in bytes."""
    step = case_function(case, module)()
    checked = [step() for _ in range(CHECKED)]
    first = time.perf_counter()
    while time.perf_counter() - first < (case["warm_up"] or 0):
        step()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # forgets the largest so far
    for _ in range(FEWEST):
        step()
    with open("/proc/self/status") as file:
        (line,) = [line for line in file if line.startswith("VmHWM")]
    return {"checked": checked, "value": int(line.split()[1]) * 1024.0}


def growth(case, module):
    """Bytes by which the resident memory grows from a tenth of many steps to their end."""
    step = case_function(case, module)()
    for _ in range(case["steps"] // 10):
        step()
    before = resident()
    for _ in range(case["steps"] - case["steps"] // 10):
        step()
    return {"checked": [], "value": resident() - before}


def resident():
    """Bytes of memory that this process occupies now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096.0


def case_function(case, module):
    """The function that builds a case."""
    return getattr(importlib.import_module("benchmarks." + module), case["function"])


def plain(value):
    """Numbers of any structure as nested lists of floats."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [plain(value[key]) for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def main(peer, name, check=""):
    """Measure and print."""
    from benchmarks.table import find

    case = dict(find(name))
    if check:
        case["warm_up"] = None
    elif peer.startswith("tf-") and "warm_up" in case:
        case["warm_up"] = min(case["warm_up"], WARM_UP)
    if case["kind"] == "versions":
        adapter.choose(peer)
        result = {"versions": adapter.versions(peer)}
    elif case["kind"] == "import":
        start = time.perf_counter()
        adapter.choose(peer)
        result = {"value": (time.perf_counter() - start) * 1e6, "checked": []}
    else:
        adapter.choose(peer)
        module = "bare_jax" if peer == "jax" else "cases." + case["group"]
        result = globals()[case["kind"]](case, module)
        result["checked"] = plain(result["checked"])
    import json

    print("\n" + json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
