"""What tests ask about graphs and GraphDefs, and layouts of images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.functional.array.rearranging import transpose
from perdure.graph.graph import Graph


def assert_ops_in_graph(expected_ops: dict[str, str], graph: Graph) -> dict[str, Any]:
    """Check that a graph has operations of these names and types.

    Args:
        expected_ops: the types by name.
        graph: the graph.

    Returns:
        The NodeDefs by name.

    Raises:
        ValueError: one is missing or of another type.
    """
    found = {}
    for node in graph.as_graph_def().node:
        if node.name in expected_ops:
            if expected_ops[node.name] != node.op:
                raise ValueError(
                    f"Expected op for node {node.name} is different. {expected_ops[node.name]} vs {node.op}"
                )
            found[node.name] = node
    if set(expected_ops) != set(found):
        raise ValueError(
            f"Not all expected ops are present. Expected {sorted(expected_ops)}, found {sorted(found)}"
        )
    return found


def assert_equal_graph_def(
    actual: Any,
    expected: Any,
    checkpoint_v2: bool = False,
    hash_table_shared_name: bool = False,
) -> None:
    """Check that two GraphDefs have the same nodes, in any order.

    Args:
        actual, expected: the GraphDefs.
        checkpoint_v2: whether to overlook the random part of names in checkpoints.
        hash_table_shared_name: whether to overlook the shared names of tables.

    Raises:
        TypeError: one is no GraphDef.
        AssertionError: they differ; it says where first.
    """
    for name, value in ("actual", actual), ("expected", expected):
        if getattr(getattr(value, "DESCRIPTOR", None), "name", None) != "GraphDef":
            raise TypeError(f"Expected tf.GraphDef for {name}, got {type(value).__name__}")
    one, other = (
        _nodes_by_name(graph_def, checkpoint_v2, hash_table_shared_name) for graph_def in (actual, expected)
    )
    for name in sorted({*one, *other}):
        if name not in one:
            raise AssertionError(f"expected has a node {name}, which actual has not")
        if name not in other:
            raise AssertionError(f"actual has a node {name}, which expected has not")
        if one[name] != other[name]:
            raise AssertionError(f"node {name} differs: {one[name]} is not {other[name]}")


def assert_equal_graph_def_v2(expected: Any, actual: Any) -> None:
    """Check that two GraphDefs have the same nodes, whatever is random in their names."""
    assert_equal_graph_def(actual, expected, checkpoint_v2=True, hash_table_shared_name=True)


def _nodes_by_name(graph_def: Any, checkpoint_v2: bool, hash_table_shared_name: bool) -> dict[str, Any]:
    nodes = {}
    for node in graph_def.node:
        copy = type(node)()
        copy.CopyFrom(node)
        if hash_table_shared_name and node.op == "HashTableV2":
            copy.attr.pop("shared_name", None)
        value = node.attr["value"].tensor.string_val if "value" in node.attr else ()
        if checkpoint_v2 and value and b"_temp_" in value[0]:
            copy.attr.pop("value", None)
        nodes[node.name] = copy
    return nodes


def get_node_def_from_graph(node_name: str, graph_def: Any) -> Any:
    """The NodeDef of a name in a GraphDef, or None."""
    return next((node for node in graph_def.node if node.name == node_name), None)


def NHWCToNCHW(input_tensor: Any) -> Any:
    """A tensor, or list of sizes, with the channels moved from the end to the front."""
    is_list = isinstance(input_tensor, list)
    rank = len(input_tensor) if is_list else input_tensor.shape.ndims
    return _moved(input_tensor, {4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]}[rank])


def NCHWToNHWC(input_tensor: Any) -> Any:
    """A tensor, or list of sizes, with the channels moved from the front to the end."""
    is_list = isinstance(input_tensor, list)
    rank = len(input_tensor) if is_list else input_tensor.shape.ndims
    return _moved(input_tensor, {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]}[rank])


def _moved(value: Any, order: Iterable[int]) -> Any:
    return [value[i] for i in order] if isinstance(value, list) else transpose(value, list(order))


def is_xla_enabled() -> bool:
    """False: nothing is compiled because of an environment variable."""
    return False


def IsGoogleCudaEnabled() -> bool:
    """False: see `tf.test.is_built_with_cuda`."""
    return False


def IsBuiltWithROCm() -> bool:
    """False: see `tf.test.is_built_with_rocm`."""
    return False


def IsMklEnabled() -> bool:
    """False: perdure does not use MKL's kernels."""
    return False


def GpuSupportsHalfMatMulAndConv() -> bool:
    """False: the question is one about CUDA, which perdure itself does not use."""
    return False


def InstallStackTraceHandler() -> None:
    """Print the stacks of all threads when the process crashes."""
    import faulthandler

    faulthandler.enable()
