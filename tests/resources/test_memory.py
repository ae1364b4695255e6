"""What is freed is kept for the next step, and given back."""

import subprocess
import sys

import pytest

from perdure.resources import memory

PROGRAM = """
import resource
import numpy as np
from perdure.resources import memory
print(memory.keep_freed())

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

np.ones(16_000_000)  # 128 MB, made and freed
before = faults()
for _ in range(5):
    np.ones(16_000_000)
print(faults() - before)
kept = resident()
memory.give_back()
print(kept - resident())
"""


def run(**environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    kept, faults, given = done.stdout.split()
    return kept == "True", int(faults), float(given)


@pytest.mark.skipif(memory._glibc() is None, reason="the C library is another one")
def test_freed_memory_is_kept_and_given_back():
    """Arrays made again touch no new pages; giving back returns them to the system."""
    kept, faults, megabytes = run(PYTHONPATH=":".join(sys.path))
    assert kept and faults < 100 and megabytes > 100


@pytest.mark.skipif(memory._glibc() is None, reason="the C library is another one")
def test_what_the_user_told_the_library_stays():
    """A user who set the C library's variables is left alone."""
    kept, faults, megabytes = run(PYTHONPATH=":".join(sys.path), MALLOC_TRIM_THRESHOLD_="131072")
    assert not kept and faults > 300 and megabytes < 10
