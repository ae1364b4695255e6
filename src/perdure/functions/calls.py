"""Nodes that call functions: PartitionedCall, StatefulPartitionedCall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.graph import hooks
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph

# A ConfigProto without rewriting of graphs, as TensorFlow's context gives it to functions: one CPU, no GPU.
CONFIG = b"\n\x07\n\x03CPU\x10\x01\n\x07\n\x03GPU\x10\x002\x02J\x008\x01"
# The same as `function_utils.get_disabled_rewriter_config()` gives it.
DISABLED_REWRITER_CONFIG = b"R\x05R\x03\x98\x01\x01"


def partitioned_call(
    args: Sequence[Any],
    f: Any,
    tout: Sequence[Any] | None = None,
    executing_eagerly: bool | None = None,
    config: bytes | None = None,
    executor_type: str | None = None,
) -> Any:
    """Call a function.

    Args:
        args: its arguments, captured tensors last.
        f: a function of a library.
        tout: the types of its results; those that it says when None.
        executing_eagerly: has no effect: there are graphs only.
        config: a serialized ConfigProto; one without rewriting of graphs when None.
        executor_type: goes into the node.

    Returns:
        The list of its results, or the operation if it has none.
    """
    types = f.output_types if tout is None else list(tout)
    graph = get_default_graph()
    f.add_to_graph(graph)
    kind = "stateful_partitioned_call" if f.stateful_ops else "partitioned_call"
    if types:
        return getattr(g, kind)(
            args,
            Tout=types,
            f=f,
            config_proto=DISABLED_REWRITER_CONFIG if config is None else config,
            executor_type=executor_type or "",
        )
    tensors = [convert_to_tensor(value) for value in args]
    op: Operation = hooks.create_operation(
        graph,
        "StatefulPartitionedCall" if f.stateful_ops else "PartitionedCall",
        tensors,
        "PartitionedFunctionCall",
        {
            "Tin": [tensor.dtype.base_dtype for tensor in tensors],
            "Tout": [],
            "f": f,
            "config_proto": DISABLED_REWRITER_CONFIG,
            "executor_type": executor_type or "",
        },
    )
    return op
