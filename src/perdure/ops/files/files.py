"""Names of files: MatchingFiles."""

import glob
import os

import numpy as np

from perdure.graph.errors import NotFoundError
from perdure.graph.shapes import with_rank_at_most
from perdure.ops.registry import op

matching_files = op("MatchingFiles", host=True)


@matching_files.shape
def matching_files_shape(pattern):
    with_rank_at_most(pattern, 1)
    return (None,)


@matching_files.kernel
def matching_files_kernel(xp, pattern):
    found = set()
    for item in np.ravel(np.asarray(pattern, object)).tolist():
        found.update(matching(os.fsdecode(item)))
    names = np.empty(len(found), object)
    names[:] = sorted(map(os.fsencode, found))
    return names


def matching(pattern):
    """The files of a pattern; that its folder is not there is an error, as in TensorFlow."""
    special = min((pattern.index(letter) for letter in "*?[\\" if letter in pattern), default=len(pattern))
    folder = os.path.dirname(pattern[:special])
    if folder and not os.path.isdir(folder):
        raise NotFoundError(None, None, f"{folder}; No such file or directory")
    return glob.glob(pattern, include_hidden=True) if pattern else []


matching_files.not_differentiable("it returns names of files")
