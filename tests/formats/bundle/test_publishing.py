"""Whatever happens while a bundle is written, there is a whole one under its name.

A disk that fails at one operation after the other stands for one that is full, one that is dead from then on
for a program that was killed: what the program would have done then is not done.
"""

import errno
import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from perdure.filesystem.files import SCHEMES, Files
from perdure.filesystem.local import LocalDisk
from perdure.formats.bundle.merging import merge_bundles
from perdure.formats.bundle.reader import Bundle
from perdure.formats.bundle.writer import write_bundle
from perdure.formats.slices.saved import Saved
from perdure.formats.tensor_slices.reader import SliceFiles
from perdure.formats.tensor_slices.writer import write_slices
from perdure.graph.dtypes import as_dtype
from perdure.graph.errors import ResourceExhaustedError
from tools import kills

FILES = Files()


class Killed(BaseException):
    """The program is no more."""


class FailingDisk(LocalDisk):
    """A disk on which the operation of a number fails, and all after it if `dead`."""

    def __init__(self, number, dead, links=True):
        self.left, self.dead, self.links = number, dead, links
        self.failed = False

    def count(self):
        """Note that something is about to be changed."""
        if self.failed and not self.dead:
            return
        if self.left == 0 or self.failed:
            self.failed = True
            raise Killed if self.dead else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.left -= 1

    def link(self, source, target):
        self.count()
        return self.links and super().link(source, target)

    def rename(self, source, target):
        self.count()
        super().rename(source, target)

    def remove(self, path):
        self.count()
        super().remove(path)

    def make_folder(self, path):
        self.count()
        super().make_folder(path)

    def write_durably(self, writes):
        begun = []

        def counting(path, write):
            def write_it(file):
                begun.append(path)
                self.count()
                write(Counting(file, self))
                self.count()

            return path, write_it

        try:
            super().write_durably([counting(*each) for each in writes])
        except Killed:
            for path in begun:  # what was cleaned up would still be there
                Path(path).write_bytes(b"half of it")
            raise


class Counting:
    """A file of such a disk."""

    def __init__(self, file, disk):
        self.file, self.disk = file, disk

    def write(self, data):
        self.disk.count()
        return self.file.write(data)


@pytest.fixture
def failing():
    """Makes files on a failing disk."""

    def make(*arguments, **options):
        SCHEMES["failing"] = FailingDisk(*arguments, **options)
        return Files(), SCHEMES["failing"]

    yield make
    SCHEMES.pop("failing", None)


def tensor(name, value, count=3):
    return Saved(name, as_dtype("float64"), np.full(count, float(value)), (count,))


def save(files, prefix, value):
    write_bundle(files, prefix, [tensor(b"a", value), tensor(b"b", value, 20_000)])


def saved_at(folder, shards=1):
    """The value of the bundle that is there, None if there is none; it is whole."""
    prefix = str(folder / "d" / "c")
    if not os.path.exists(f"{prefix}.index"):
        return None
    bundle = Bundle(FILES, prefix)
    found = {float(value) for name, _, _ in bundle.tensors() for value in bundle.read(name)}
    assert len(found) == 1 and len(list(bundle.tensors())) == 2
    return found.pop()


def prepare_save(folder, files, prefix, value):
    return lambda: save(files, prefix, value)


def prepare_merge(folder, files, prefix, value):
    (folder / "d").mkdir(exist_ok=True)
    parts = []
    for shard in range(2):
        part = folder / f"t{shard}" / "p"
        part.parent.mkdir(exist_ok=True)
        write_bundle(FILES, str(part), [tensor(b"ab"[shard : shard + 1], value)])
        parts.append(f"failing://{part}")
    return lambda: merge_bundles(files, parts, prefix)


PREPARATIONS = {"save": prepare_save, "merge": prepare_merge}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("old", [None, "save", "merge"], ids=["new", "over one", "over two"])
@pytest.mark.parametrize("kind", PREPARATIONS)
@pytest.mark.parametrize("dead", [True, False], ids=["killed", "full"])
def test_a_whole_bundle_is_there(tmp_path, failing, kind, old, links, dead):
    """The old one or the new one after each operation, and the next save needs no help."""
    for number in itertools.count():
        folder = tmp_path / str(number)
        folder.mkdir()
        prefix = f"failing://{folder}/d/c"
        if old is not None:
            files, _ = failing(-1, False)
            PREPARATIONS[old](folder, files, prefix, 1)()
        files, disk = failing(number, dead, links)
        act = PREPARATIONS[kind](folder, files, prefix, 2)
        before = 1 if old else None
        try:
            act()
        except Killed:
            assert saved_at(folder) in (before, 2)
        except ResourceExhaustedError as error:
            assert "No space left on device" in str(error)
            assert saved_at(folder) in (before, 2)
            assert not list(folder.glob("d/*tempstate*"))
        else:
            assert saved_at(folder) == 2
            if not disk.failed:
                break
        files, _ = failing(-1, False)
        save(files, prefix, 3)
        assert saved_at(folder) == 3
    assert number > (8 if kind == "save" else 6)


def test_programs_that_are_killed(tmp_path):
    """A few of what `tools/kills.py` does hundreds of."""
    assert kills.run(tmp_path, 4, seed=1) >= 1


@pytest.mark.parametrize("old", [None, 1])
@pytest.mark.parametrize("dead", [True, False], ids=["killed", "full"])
def test_files_of_version_1_are_replaced_whole(tmp_path, failing, old, dead):
    for number in itertools.count():
        name = f"{tmp_path}/c{number}"
        if old is not None:
            write_slices(FILES, name, [tensor(b"a", old)])
        files, disk = failing(number, dead)
        try:
            write_slices(files, f"failing://{name}", [tensor(b"a", 2)])
        except (Killed, ResourceExhaustedError):
            assert disk.failed
        found = SliceFiles(FILES, name).read(b"a")[0] if os.path.exists(name) else None
        assert found in (old, 2)
        if not disk.failed:
            assert found == 2
            break
    assert number >= 3
