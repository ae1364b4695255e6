"""tf.data.experimental.RandomDataset: random numbers without end."""

from __future__ import annotations

from typing import Any

from perdure.data.dataset_v1 import DatasetV1Adapter
from perdure.data.parents import DatasetSource
from perdure.data.seeds import get_seed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.type_spec import TensorSpec


class RandomDatasetV2(DatasetSource):
    """Random words of 32 bits, as int64 scalars.

    Args:
        seed: the seed.
    """

    def __init__(self, seed: Any = None) -> None:
        self._seed, self._seed2 = get_seed(seed)
        super().__init__(g.random_dataset(self._seed, self._seed2, **self._flat_structure))

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return TensorSpec([], dtypes.int64)


class RandomDatasetV1(DatasetV1Adapter):
    """Random words of 32 bits, as int64 scalars.

    Args:
        seed: the seed.
    """

    def __init__(self, seed: Any = None) -> None:
        super().__init__(RandomDatasetV2(seed))


RandomDataset = RandomDatasetV1
