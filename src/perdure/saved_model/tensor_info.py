"""How a signature names a tensor: TensorInfo messages."""

from __future__ import annotations

from typing import Any

from perdure.formats import messages
from perdure.graph.composite import SparseTensor
from perdure.graph.dtypes import as_dtype
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.scopes import prepend_name_scope
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor_shape import unknown_shape


def build_tensor_info(tensor: Any) -> Any:
    """The name, type and shape of a tensor as a TensorInfo message.

    Args:
        tensor: a Tensor or SparseTensor.
    """
    info = messages.TensorInfo(
        dtype=as_dtype(tensor.dtype).as_datatype_enum, tensor_shape=tensor.get_shape().as_proto()
    )
    if isinstance(tensor, SparseTensor):
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        info.name = tensor.name
    return info


def build_tensor_info_from_op(op: Operation) -> Any:
    """A TensorInfo message that names an operation, which has no type."""
    return messages.TensorInfo(tensor_shape=unknown_shape().as_proto(), name=op.name)


def get_tensor_from_tensor_info(
    tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None
) -> Any:
    """The Tensor or SparseTensor that a TensorInfo message names.

    Args:
        tensor_info: the message.
        graph: where the tensor is; the default graph if None.
        import_scope: the scope that the graph was imported under.

    Raises:
        KeyError: there is no such tensor.
        ValueError: the message names none.
        NotImplementedError: it names parts of something that perdure does not have.
    """
    graph = graph or get_default_graph()

    def named(name: str) -> Any:
        return graph.get_tensor_by_name(prepend_name_scope(name, import_scope))

    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return named(tensor_info.name)
    if encoding == "coo_sparse":
        parts = tensor_info.coo_sparse
        return SparseTensor(
            named(parts.indices_tensor_name),
            named(parts.values_tensor_name),
            named(parts.dense_shape_tensor_name),
        )
    if encoding == "composite_tensor":
        raise NotImplementedError(
            "a signature with a composite tensor other than a SparseTensor is not supported by perdure: "
            f"{tensor_info}"
        )
    raise ValueError(f"Invalid TensorInfo.encoding: {encoding}")


def get_element_from_tensor_info(
    tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None
) -> Any:
    """The tensor or operation that a TensorInfo message names; see `get_tensor_from_tensor_info`."""
    graph = graph or get_default_graph()
    return graph.as_graph_element(prepend_name_scope(tensor_info.name, import_scope))
