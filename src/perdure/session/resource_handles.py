"""What fetching the handle of a resource gives: as in TensorFlow an array of bytes that describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.graph.dtypes import resource
from perdure.session.fetches import FetchMapping

_BYTES = np.dtype([("resource", np.ubyte)])


def with_handles(mapping: FetchMapping, device: str, container: str) -> FetchMapping:
    """A mapping that puts serialized `ResourceHandleProto`s in place of what the session itself keeps.

    Args:
        mapping: what is fetched.
        device: the full name of the device of the resources.
        container: the container that they are said to be in.
    """
    positions = [i for i, tensor in enumerate(mapping.tensors) if tensor.dtype.base_dtype is resource]
    rebuild = mapping.rebuild

    def rebuild_with_handles(values: Sequence[Any]) -> Any:
        described = list(values)
        for position in positions:
            described[position] = _description(described[position], device, container)
        return rebuild(described)

    return FetchMapping(mapping.tensors, mapping.targets, rebuild_with_handles)


def _description(value: Any, device: str, container: str) -> np.ndarray:
    from perdure.formats.protos import resource_handle_pb2

    make: Any = resource_handle_pb2.ResourceHandleProto  # type: ignore[attr-defined]
    item = value.item() if isinstance(value, np.ndarray) else value
    proto = make(
        device=device,
        container=container,
        name=str(getattr(item, "name", "")),
        hash_code=hash(type(item).__name__) & (2**63 - 1),
        maybe_type_name=type(item).__name__,
    )
    return np.frombuffer(proto.SerializeToString(), np.uint8).view(_BYTES).copy()
