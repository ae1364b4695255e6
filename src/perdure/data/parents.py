"""Datasets by how many inputs they have."""

from __future__ import annotations

from typing import Any

from perdure.data.dataset import DatasetV2


class DatasetSource(DatasetV2):
    """A dataset without inputs."""

    def _inputs(self) -> list[Any]:
        return []


class UnaryDataset(DatasetV2):
    """A dataset with one input.

    Args:
        input_dataset: the input.
        variant_tensor: the tensor that stands for the dataset.
    """

    def __init__(self, input_dataset: Any, variant_tensor: Any) -> None:
        self._input_dataset = input_dataset
        super().__init__(variant_tensor)

    def _inputs(self) -> list[Any]:
        return [self._input_dataset]


class UnaryUnchangedStructureDataset(UnaryDataset):
    """A dataset with elements such as those of its input."""

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._input_dataset.element_spec
