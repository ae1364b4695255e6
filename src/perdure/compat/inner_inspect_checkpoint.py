"""`tensorflow.python.tools.inspect_checkpoint`: what is in a checkpoint, as text."""

from __future__ import annotations

import math
import re

from perdure.graph.errors import OpError
from perdure.training.checkpoint_reader import CheckpointReader, NewCheckpointReader


def print_tensors_in_checkpoint_file(
    file_name: str,
    tensor_name: str,
    all_tensors: bool,
    all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:
    """Print names, types and shapes, or values, and how many numbers there are; errors are printed, too.

    Args:
        file_name: the checkpoint's prefix.
        tensor_name: the tensor whose value is printed; with "" names, types and shapes of all are.
        all_tensors: whether the values of all are printed.
        all_tensor_names: whether the names of all are printed.
        count_exclude_pattern: an expression; tensors in whose name it is found are not counted.
    """
    try:
        reader = NewCheckpointReader(file_name)
        if all_tensors or all_tensor_names:
            for name in sorted(reader.get_variable_to_shape_map()):
                print("tensor_name: ", name)
                if all_tensors:
                    print(reader.get_tensor(name))
        elif tensor_name:
            print("tensor_name: ", tensor_name)
            print(reader.get_tensor(tensor_name))
        else:
            print(reader.debug_string().decode("utf-8"))
        print(f"# Total number of params: {_count(reader, count_exclude_pattern)}")
    except (OpError, ValueError, re.error) as error:
        print(error)


def _count(reader: CheckpointReader, excluded: str) -> int:
    """How many numbers there are in tensors that are not excluded; what is, is said."""
    sizes = {name: math.prod(shape) for name, shape in reader.get_variable_to_shape_map().items()}
    if excluded:
        left_out = [name for name in sizes if re.search(excluded, name)]
        params = sum(sizes.pop(name) for name in left_out)
        print(f"# Excluding {len(left_out)} tensors ({params} params) that match {excluded} when counting.")
    return sum(sizes.values())
