"""Which parameter server a variable goes to: strategies for `tf.train.replica_device_setter`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.graph.operation import Operation
from perdure.graph.tensor_shape import TensorShape


class RandomStrategy:
    """Chooses by the name of an operation, the same in each run.

    Args:
        num_ps_tasks: how many servers there are.
        seed: another number gives other places.
    """

    def __init__(self, num_ps_tasks: int, seed: int = 0) -> None:
        self._num_tasks = num_ps_tasks
        self._seed = seed

    def __call__(self, op: Operation) -> int:
        """The server of an operation: the MD5 sum of `<name>_<seed>`, modulo the number of servers."""
        return int(hashlib.md5(f"{op.name}_{self._seed}".encode()).hexdigest(), 16) % self._num_tasks


class GreedyLoadBalancingStrategy:
    """Chooses the server that has the least to carry.

    Args:
        num_tasks: how many servers there are.
        load_fn: what an operation weighs, such as `byte_size_load_fn`.
    """

    def __init__(self, num_tasks: int, load_fn: Callable[[Operation], float]) -> None:
        self._num_tasks = num_tasks
        self._load_fn = load_fn
        self._ps_loads = np.zeros(num_tasks)

    def __call__(self, op: Operation) -> int:
        """The server of an operation, which then carries it, too."""
        task = np.argmin(self._ps_loads)
        self._ps_loads[task] += self._load_fn(op)
        return task  # type: ignore[return-value]  # a number of NumPy's, as in TensorFlow


def byte_size_load_fn(op: Any) -> int:
    """How many bytes the only output of an operation has.

    Args:
        op: the operation.

    Raises:
        ValueError: it has several outputs, or one whose shape is not known.
    """
    if len(op.outputs) != 1:
        raise ValueError(f"Op {op} must have a single output")
    (output,) = op.outputs
    shape = output.get_shape()
    if not shape.is_fully_defined():
        shape = TensorShape(op.get_attr("shape"))
    shape.assert_is_fully_defined()
    return int(shape.num_elements() * output.dtype.size)
