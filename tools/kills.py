"""Kill programs while they save, and see that no checkpoint is lost.

    python tools/kills.py [COUNT]

A program saves bundles over one another, whole ones and merged ones, until it is killed at a random moment;
then the last one that it said was complete, or the next, has to be there and whole.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from perdure.filesystem.files import Files
from perdure.formats.bundle.merging import merge_bundles
from perdure.formats.bundle.reader import Bundle
from perdure.formats.bundle.writer import write_bundle
from perdure.formats.slices.saved import Saved
from perdure.graph.dtypes import as_dtype

FILES = Files()
LARGEST = 300_000  # values of a tensor


def tensors(number: int, names: str) -> list[Saved]:
    """Tensors of the checkpoint of a number."""
    sizes = random.Random(number)
    arrays = [np.full(sizes.randint(0, LARGEST), float(number)) for _ in names]
    return [
        Saved(name.encode(), as_dtype("float64"), array, array.shape)
        for name, array in zip(names, arrays, strict=True)
    ]


def save_for_ever(prefix: str, first: int) -> None:
    """Save one checkpoint after the other, and say of each that it is complete."""
    for number in itertools.count(first):
        if number % 3:
            write_bundle(FILES, prefix, tensors(number, "abcd"))
        else:
            parts = [f"{prefix}_temp_{number}/part-{shard}" for shard in range(2)]
            for part, names in zip(parts, ("ab", "cd"), strict=True):
                write_bundle(FILES, part, tensors(number, names))
            merge_bundles(FILES, parts, prefix)
        print(number, flush=True)


def number_of(prefix: str) -> int:
    """The number of the checkpoint that is there, which is whole; 0 if there is none.

    Raises:
        AssertionError: it is made of two.
    """
    if not os.path.exists(f"{prefix}.index"):
        return 0
    bundle = Bundle(FILES, prefix)
    assert [name for name, _, _ in bundle.tensors()] == [b"a", b"b", b"c", b"d"]
    found = {float(value) for name in (b"a", b"b", b"c", b"d") for value in np.unique(bundle.read(name))}
    assert len(found) == 1, f"parts of several checkpoints: {found}"
    return int(found.pop())


def run(folder: Path, count: int, seed: int = 0) -> int:
    """Kill a number of programs.

    Returns:
        The number of the last checkpoint.

    Raises:
        AssertionError: a checkpoint was lost.
    """
    moments = random.Random(seed)
    prefix, last = str(folder / "c"), 0
    for _ in range(count):
        command = [sys.executable, __file__, "--save", prefix, str(last + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            if moments.random() < 0.8:  # it is killed in one of its first saves, or later
                child.stdout.readline()
            time.sleep(moments.random() * 0.1)
            child.send_signal(signal.SIGKILL)
            said = [int(line) for line in child.stdout.read().split()]
        found = number_of(prefix)
        # What was said in the line that was read before is no less than the number before it.
        assert found >= max([last, *said]), f"{found} is there, but {said or last} was complete"
        last = found
    return last


def main() -> None:
    """What the program does."""
    if sys.argv[1:2] == ["--save"]:
        save_for_ever(sys.argv[2], int(sys.argv[3]))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        last = run(Path(folder), count, seed=int(time.time()))
        print(f"{count} kills, {last} checkpoints, none lost, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
