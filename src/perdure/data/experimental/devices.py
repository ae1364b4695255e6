"""tf.data.experimental: elements for a device.

There is one memory: what TensorFlow copies is handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data.options_of_datasets import Options
from perdure.data.parents import UnaryUnchangedStructureDataset
from perdure.graph.builder import g
from perdure.graph.defaults import device as on_device


class _CopyToDeviceDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, target_device: Any, source_device: Any) -> None:
        with on_device(source_device):
            wrapped = g.wrap_dataset_variant(input_dataset._variant_tensor)
        with on_device(target_device):
            variant = g.unwrap_dataset_variant(wrapped)
        super().__init__(input_dataset, variant)


def copy_to_device(target_device: Any, source_device: Any = "/cpu:0") -> Callable[[Any], Any]:
    """A transformation to the same elements on a device.

    Args:
        target_device: the device.
        source_device: where they come from.
    """

    def transform(dataset: Any) -> Any:
        options = Options()
        options.experimental_optimization.apply_default_optimizations = False
        options.experimental_optimization.autotune = False
        copied = _CopyToDeviceDataset(dataset, target_device, source_device)
        return copied.with_options(options)

    return transform


def prefetch_to_device(device: Any, buffer_size: Any = None) -> Callable[[Any], Any]:
    """A transformation to the same elements on a device, some of which are made before they are wanted.

    Args:
        device: the device.
        buffer_size: how many; open when None.
    """
    return lambda dataset: dataset.apply(copy_to_device(device)).prefetch(buffer_size)
