"""Files: MatchingFiles, ReadFile, WriteFile.

Names of inputs and outputs are rows of the signature table.  A kernel asks for `files`, which knows where
they are and which of them the session may touch.
"""

import os

import numpy as np

from perdure.graph.shapes import format_shape, with_rank, with_rank_at_most
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- shared by the family ------------------------------------------------------------------------


def scalar(value, what):
    """The bytes of a scalar of strings."""
    array = np.asarray(value, object)
    if array.ndim:
        raise invalid(f"{what} tensor must be scalar, but had shape: {format_shape(array.shape)}")
    item = array.item()
    return item if isinstance(item, bytes) else str(item).encode()


# -- MatchingFiles -------------------------------------------------------------------------------

matching_files = op("MatchingFiles", host=True)


@matching_files.shape
def matching_files_shape(pattern):
    with_rank_at_most(pattern, 1)
    return (None,)


@matching_files.kernel
def matching_files_kernel(xp, pattern, *, files):
    patterns = np.asarray(pattern, object)
    if patterns.ndim > 1:
        shape = format_shape(patterns.shape)
        raise invalid(f"Input patterns tensor must be scalar or vector, but had shape: {shape}")
    found = files.glob([os.fsdecode(item) for item in patterns.ravel().tolist()])
    names = np.empty(len(found), object)
    names[:] = sorted(map(os.fsencode, found))
    return names


matching_files.not_differentiable("it returns names of files")

# -- ReadFile ------------------------------------------------------------------------------------

read_file = op("ReadFile", host=True)


@read_file.shape
def read_file_shape(filename):
    with_rank(filename, 0)
    return ()


@read_file.kernel
def read_file_kernel(xp, filename, *, files):
    return np.array(files.read(scalar(filename, "Input filename")), object)


read_file.not_differentiable("it returns bytes")

# -- WriteFile -----------------------------------------------------------------------------------

write_file = op("WriteFile", host=True)


@write_file.shape
def write_file_shape(filename, contents):
    with_rank(filename, 0)
    with_rank(contents, 0)
    return []


@write_file.kernel
def write_file_kernel(xp, filename, contents, *, files):
    name, contents = scalar(filename, "Input filename"), scalar(contents, "Contents")
    folder = os.path.dirname(name)
    if folder:
        files.make_directories(folder)
    files.write(name, contents)
    return ()


write_file.not_differentiable("it has no outputs")
