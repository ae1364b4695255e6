"""Input: where a network begins."""

from __future__ import annotations

from typing import Any

from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.shapes import placeholder
from perdure.keras.backend.state import dtype as dtype_of
from perdure.keras.backend.state import get_uid
from perdure.keras.config import floatx
from perdure.keras.engine.calls import KerasHistory
from perdure.keras.engine.layer import Layer
from perdure.keras.engine.node import Node
from perdure.keras.utils.structures import is_symbolic_tensor


class InputLayer(Layer):
    """A layer that is a placeholder, or a given tensor.

    Args:
        input_shape: the shape of an item of the batch.
        batch_size: the size of the batch, or None.
        dtype: the element type; `floatx()` if None.
        input_tensor: a tensor to begin with instead of a placeholder.
        sparse: whether the placeholder is sparse.
        name: its name.
        ragged: whether the placeholder is ragged, which is not supported.
        **kwargs: `batch_input_shape`: the shape with the batch.

    Raises:
        ValueError: wrong arguments.
    """

    def __init__(
        self,
        input_shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        input_tensor: Any = None,
        sparse: bool = False,
        name: str | None = None,
        ragged: bool = False,
        **kwargs: Any,
    ) -> None:
        if "batch_input_shape" in kwargs:
            batch_input_shape = kwargs.pop("batch_input_shape")
            if input_shape and batch_input_shape:
                raise ValueError(
                    "Only provide the input_shape OR batch_input_shape argument to InputLayer, not both at "
                    "the same time."
                )
            batch_size, *input_shape = batch_input_shape
        if kwargs:
            raise ValueError("Unrecognized keyword arguments:", kwargs.keys())
        if not name:
            name = f"input_{get_uid('input')}"
        if not dtype:
            dtype = floatx() if input_tensor is None else dtype_of(input_tensor)
        elif input_tensor is not None and input_tensor.dtype != dtype:
            raise ValueError(f"`input_tensor.dtype` differs from `dtype`: {input_tensor.dtype} vs. {dtype}")
        super().__init__(dtype=dtype, name=name)
        self.built = True
        self.sparse = sparse
        self.ragged = ragged
        self.batch_size = batch_size
        self.supports_masking = True
        if isinstance(input_shape, TensorShape):
            input_shape = input_shape.as_list()
        elif isinstance(input_shape, int):
            input_shape = (input_shape,)
        self.is_placeholder = input_tensor is None
        if input_tensor is None:
            shape = None if input_shape is None else (batch_size, *input_shape)
            input_tensor = placeholder(shape=shape, dtype=dtype, name=self.name, sparse=sparse, ragged=ragged)
            self._batch_input_shape = shape  # type: ignore[assignment]
        else:
            if not is_symbolic_tensor(input_tensor):
                raise ValueError(
                    "You should not pass an EagerTensor to `Input`. For example, instead of creating an "
                    "InputLayer, you should instantiate your model and directly call it on your input."
                )
            self._batch_input_shape = tuple(input_tensor.shape.as_list())
        input_tensor._keras_history = KerasHistory(self, 0, 0)
        input_tensor._keras_mask = None
        Node(self, [], [], [], input_tensors=[input_tensor], output_tensors=[input_tensor])

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_input_shape": self._batch_input_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
        }


def Input(  # noqa: N802 - Keras' name
    shape: Any = None,
    batch_size: int | None = None,
    name: str | None = None,
    dtype: Any = None,
    sparse: bool = False,
    tensor: Any = None,
    ragged: bool = False,
    **kwargs: Any,
) -> Any:
    """A placeholder that a model can begin with.

    Args:
        shape: the shape of an item of the batch; None for sizes that may vary.
        batch_size: the size of the batch, or None.
        name: the name of the layer and of the placeholder.
        dtype: the element type; `floatx()` if None.
        sparse: whether it is sparse.
        tensor: a tensor to begin with instead of a placeholder.
        ragged: whether it is ragged, which is not supported.
        **kwargs: `batch_shape`: the shape with the batch.

    Raises:
        ValueError: wrong arguments, or neither a shape nor a tensor.
    """
    if sparse and ragged:
        raise ValueError("Cannot set both sparse and ragged to True in a Keras input.")
    batch_shape = kwargs.pop("batch_input_shape", kwargs.pop("batch_shape", None))
    if shape and batch_shape:
        raise ValueError(
            "Only provide the `shape` OR `batch_input_shape` argument to Input, not both at the same time."
        )
    if kwargs:
        raise ValueError("Unrecognized keyword arguments:", kwargs.keys())
    given: dict[str, Any] = {"batch_size": batch_size, "input_shape": shape}
    if batch_shape:
        shape = batch_shape[1:]
        given = {"batch_input_shape": batch_shape}
    if shape is None and tensor is None:
        raise ValueError(
            "Please provide to Input either a `shape` or a `tensor` argument. Note that `shape` does not "
            "include the batch dimension."
        )
    layer = InputLayer(name=name, dtype=dtype, sparse=sparse, ragged=ragged, input_tensor=tensor, **given)
    outputs = layer._inbound_nodes[0].output_tensors
    return outputs[0] if len(outputs) == 1 else outputs
