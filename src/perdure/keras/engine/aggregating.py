"""What is made of the results of many batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.composite import SparseTensorValue
from perdure.graph.nest import flatten, pack_sequence_as
from perdure.keras.callbacks.base import as_double


class MetricsAggregator:
    """The mean of losses, and the last values of metrics.

    Args:
        use_steps: whether steps count, or items.
        num_samples: how many items there are.
        steps: how many steps there are.
    """

    def __init__(self, use_steps: bool, num_samples: Any = None, steps: Any = None) -> None:
        self.use_steps = use_steps
        self.num_samples = num_samples
        self.steps = steps
        self.results: Any = []

    def create(self, batch_outs: list[Any]) -> None:
        """Begin with the first batch."""
        self.results = [0.0] * len(batch_outs)

    def aggregate(self, batch_outs: list[Any], batch_start: Any = None, batch_end: Any = None) -> None:
        """Take in the results of a batch."""
        weight = 1 if self.use_steps else batch_end - batch_start
        self.results[0] += as_double(batch_outs[0]) * weight
        self.results[1:] = batch_outs[1:]

    def finalize(self) -> None:
        """Divide by the number of items or steps.

        Raises:
            ValueError: there was no batch.
        """
        if not self.results:
            raise ValueError("Empty training data.")
        self.results[0] /= self.num_samples or self.steps


class OutputsAggregator:
    """The outputs of all batches, joined; see `MetricsAggregator`."""

    def __init__(self, use_steps: bool, num_samples: Any = None, steps: Any = None) -> None:
        self.use_steps = use_steps
        self.num_samples = num_samples
        self.steps = steps
        self._parts: list[list[Any]] = []
        self.results: Any = []

    def create(self, batch_outs: Any) -> None:
        """Begin with the first batch."""
        self._structure = batch_outs
        self._parts = [[] for _ in _flat(batch_outs)]

    def aggregate(self, batch_outs: Any, batch_start: Any = None, batch_end: Any = None) -> None:
        """Take in the outputs of a batch."""
        for parts, output in zip(self._parts, _flat(batch_outs), strict=True):
            if not self.use_steps and batch_end - batch_start != output.shape[0]:
                raise ValueError(
                    f"could not broadcast input array from shape {output.shape} into shape "
                    f"{(batch_end - batch_start, *output.shape[1:])}"
                )
            parts.append(output)

    def finalize(self) -> None:
        """Join the outputs."""
        joined = [parts[0] if len(parts) == 1 else _joined(parts) for parts in self._parts]
        packed = [np.empty(()) for _ in joined]
        self.results = joined if isinstance(self._structure, list) else pack_sequence_as(packed, joined)


def _flat(outputs: Any) -> list[Any]:
    if isinstance(outputs, list):
        return outputs
    return flatten(outputs)


def _joined(parts: list[Any]) -> Any:
    if not isinstance(parts[0], SparseTensorValue):
        return np.concatenate(parts, axis=0)
    first = np.cumsum([0, *[part.dense_shape[0] for part in parts]])
    indices = [
        part.indices + np.array([start] + [0] * (part.indices.shape[1] - 1))
        for part, start in zip(parts, first, strict=False)
    ]
    shape = np.array([first[-1], *parts[0].dense_shape[1:]])
    return SparseTensorValue(np.concatenate(indices), np.concatenate([part.values for part in parts]), shape)
