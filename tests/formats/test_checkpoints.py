"""Checkpoints of both versions: TensorFlow's files are read, and are what perdure writes, byte for byte."""

import base64
import hashlib
import json

import numpy as np
import pytest

from perdure.filesystem.files import Files
from perdure.formats.bundle.writer import write_bundle
from perdure.formats.checkpoints import open_checkpoint
from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import parse_shape_and_slice
from perdure.formats.tensor_slices.writer import write_slices
from perdure.graph.dtypes import as_dtype
from perdure.graph.errors import (
    DataLossError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    UnimplementedError,
)
from tests.formats import checkpoint_cases
from tests.formats.conftest import GOLDEN
from tools import fuzz_checkpoints

FILES = Files()
CASES = checkpoint_cases.CASES
KEPT = "types shapes slices names".split()
KEPT += [f"{name} of version 1" for name in KEPT]


@pytest.fixture(scope="module")
def files_of():
    """What TensorFlow wrote (tests/oracle/make_checkpoint_goldens.py)."""
    return json.loads((GOLDEN / "checkpoints.json").read_text())


def saved_of(name, dtype, array, text):
    """A tensor of a case as it is saved."""
    dtype = as_dtype(dtype)
    if array.dtype != object:
        array = np.ascontiguousarray(array).reshape(array.shape).view(dtype.as_numpy_dtype)
    if not text:
        return Saved(name.encode(), dtype, array, array.shape)
    shape, part, _ = parse_shape_and_slice(text)
    return Saved(name.encode(), dtype, array, shape, part)


def write(version, tensors, name):
    """Save the tensors of a case."""
    made = write_bundle if version == 2 else write_slices
    made(FILES, name, [saved_of(*tensor) for tensor in tensors])


@pytest.mark.parametrize("case", CASES)
def test_the_files_are_tensorflow_s(tmp_path, files_of, case):
    write(*CASES[case], str(tmp_path / "c"))
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(found) == sorted(files_of[case])
    for name, expected in files_of[case].items():
        if "bytes" in expected:
            assert found[name] == base64.b64decode(expected["bytes"]), name
        else:
            assert hashlib.sha256(found[name]).hexdigest() == expected["sha256"], name


@pytest.mark.parametrize("case", KEPT)
def test_tensorflow_s_files_are_read(tmp_path, files_of, case):
    for name, contents in files_of[case].items():
        (tmp_path / name).write_bytes(base64.b64decode(contents["bytes"]))
    check(open_checkpoint(FILES, str(tmp_path / "c")), CASES[case][1])


def check(checkpoint, tensors):
    """A checkpoint has the tensors of a case, and no others."""
    expected = {}
    for tensor in tensors:
        saved = saved_of(*tensor)
        expected[saved.name] = saved.dtype, saved.shape
        found = checkpoint.read(saved.name, saved.part)
        assert found.dtype == saved.array.dtype and found.shape == saved.array.shape
        if found.dtype == object:
            np.testing.assert_array_equal(found, saved.array)
        else:
            assert found.tobytes() == saved.array.tobytes()
    assert {name: (dtype, shape) for name, dtype, shape in checkpoint.tensors()} == expected


@pytest.mark.parametrize("case", ["many names", "many names of version 1", "large values of version 1"])
def test_large_files_are_read(tmp_path, case):
    write(*CASES[case], str(tmp_path / "c"))
    checkpoint = open_checkpoint(FILES, str(tmp_path / "c"))
    assert len(list(checkpoint.tensors())) == len(CASES[case][1])
    for tensor in CASES[case][1][::41]:
        saved = saved_of(*tensor)
        np.testing.assert_array_equal(checkpoint.read(saved.name), saved.array)


# -- version 1 alone ----------------------------------------------------------------------------


def old(name, array, text="", dtype=None):
    """A tensor that is saved."""
    array = np.asarray(array)
    return saved_of(name, dtype or ("string" if array.dtype == object else array.dtype.name), array, text)


def test_a_pattern_stands_for_several_files(tmp_path):
    write_slices(FILES, str(tmp_path / "c-0"), [old("w", np.ones([2, 3]), "4 3 0,2:-"), old("a", np.ones(1))])
    write_slices(
        FILES, str(tmp_path / "c-1"), [old("w", np.zeros([2, 3]), "4 3 2,2:-"), old("b", np.ones(2))]
    )
    checkpoint = open_checkpoint(FILES, str(tmp_path / "c-?"))
    assert checkpoint.read(b"w").tolist() == [[1] * 3] * 2 + [[0] * 3] * 2
    assert (
        checkpoint.debug_string() == b"a (DT_DOUBLE) [1]\nb (DT_DOUBLE) [2]\nw (DT_DOUBLE) [4,3], 2 slices\n"
    )
    _, part, _ = parse_shape_and_slice("4 3 1,2:0,1")
    assert checkpoint.read(b"w", part).tolist() == [[1], [0]]


def test_files_of_a_pattern_agree(tmp_path):
    write_slices(FILES, str(tmp_path / "c-0"), [old("w", np.ones(2))])
    for other, message in (
        (old("w", np.ones(2, np.float32)), "Incompatible tensor types .* w: existing = double, new = float"),
        (old("w", np.ones(3)), r"Incompatible tensor shapes .* w: existing = \[2\], new = \[3\]"),
        (old("w", np.ones(2)), "Overlapping slices: existing slice = -, new slice = -"),
    ):
        write_slices(FILES, str(tmp_path / "c-1"), [other])
        with pytest.raises(InternalError, match=message):
            open_checkpoint(FILES, str(tmp_path / "c-?"))


@pytest.mark.parametrize(
    ("tensors", "error", "message"),
    [
        ([old("a", np.ones(1, np.uint32))], UnimplementedError, "Saving data type uint32 not yet supported"),
        ([old("a", np.ones(1)), old("a", np.ones(2))], InternalError, "Mismatching shapes: existing tensor"),
        (
            [old("a", np.ones(1)), old("a", np.ones(1, int))],
            InternalError,
            "Mismatching types: existing type = double",
        ),
        (
            [old("a", np.broadcast_to(np.float64(0), [1 << 28]))],
            InvalidArgumentError,
            "too large to serialize",
        ),
        ([Saved(b"\xff", as_dtype("float64"), np.ones(1), (1,))], InvalidArgumentError, "must be UTF-8"),
    ],
)
def test_what_version_1_cannot_write(tmp_path, tensors, error, message):
    with pytest.raises(error, match=message):
        write_slices(FILES, str(tmp_path / "c"), tensors)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda data: b"",
            DataLossError,
            "Unable to open table file .*: Data loss: file is too short to be an sst",
        ),
        (
            lambda data: data[:-1],
            DataLossError,
            "not an sstable .*: perhaps your file is in a different file format",
        ),
        (
            lambda data: b"\1" + data[1:],
            InternalError,
            "Failed to find the saved tensor slices at the beginning",
        ),
    ],
)
def test_damaged_files_of_version_1(tmp_path, change, error, message):
    write_slices(FILES, str(tmp_path / "c"), [old("a", np.ones(1))])
    (tmp_path / "c").write_bytes(change((tmp_path / "c").read_bytes()))
    with pytest.raises(error, match=message):
        open_checkpoint(FILES, str(tmp_path / "c"))


def test_missing_checkpoints(tmp_path):
    with pytest.raises(NotFoundError, match="Failed to find any matching files for .*/none"):
        open_checkpoint(FILES, str(tmp_path / "none"))
    with pytest.raises(
        InvalidArgumentError, match="Failed to get matching files on .*/none/x: Not found: .*/none;"
    ):
        open_checkpoint(FILES, str(tmp_path / "none" / "x"))
    with pytest.raises(
        DataLossError, match="Unable to open table file .*: Failed precondition: .*; Is a directory"
    ):
        open_checkpoint(FILES, str(tmp_path))


def test_damaged_checkpoints_fail_clearly(tmp_path):
    """A few hundred of what `tools/fuzz_checkpoints.py` does many of."""
    assert fuzz_checkpoints.run(tmp_path, 400, seed=3) > 50
