"""Scopes whose operations are marked to be compiled together (`tf.xla.experimental.jit_scope`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from perdure.graph.defaults import get_default_graph

_SCOPES_KEY = ("__xla_scope",)


class _Scopes:
    """How many outermost scopes a graph had, and how many are open."""

    def __init__(self) -> None:
        self.count = 0
        self.depth = 0


def experimental_jit_scope(*args: Any, **kwds: Any) -> AbstractContextManager[None]:
    """Mark the operations made in a block; perdure chooses by itself what is compiled.

    Args:
        compile_ops: whether they are to be compiled (the default), or a function of a NodeDef that says so.
        separate_compiled_gradients: whether their gradients are to be compiled apart from them; false by
            default.
    """
    return _marked(*args, **kwds)


@contextmanager
def _marked(
    compile_ops: bool | Callable[[Any], bool] = True, separate_compiled_gradients: bool = False
) -> Iterator[None]:
    graph = get_default_graph()
    found = graph.get_collection(_SCOPES_KEY)
    scopes = found[0] if found else _Scopes()
    if not found:
        graph.add_to_collection(_SCOPES_KEY, scopes)
    chosen: Any = compile_ops

    def is_chosen(op: Any) -> bool:
        return bool(chosen(op.node_def) if callable(chosen) else chosen)

    attrs = {"_XlaCompile": is_chosen, "_XlaSeparateCompiledGradients": bool(separate_compiled_gradients)}
    if scopes.depth == 0:
        attrs["_XlaScope"] = f"jit_scope_{scopes.count}".encode()
        scopes.count += 1
    scopes.depth += 1
    with graph._attr_scope(attrs):
        yield
    scopes.depth -= 1
