"""Public functions that are an op and little more: `tf.exp(x, name=None)` adds one Exp node.

Some of them take a SparseTensor, too, and then work on its values.

`function_of("Exp", "x")` makes such a function; its parameters are named, so that it can be called and
inspected as if it had been written out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.composite import SparseTensor
from perdure.graph.construction import apply_op

TEMPLATE = """
def {name}({parameters}, name=None):
    return apply_op({op_type!r}, ({parameters},), {{}}, name)
"""
SPARSE_TEMPLATE = """
def {name}({parameters}, name=None):
    if isinstance({parameters}, SparseTensor):
        values = apply_op({op_type!r}, ({parameters}.values,), {{}}, name)
        return SparseTensor({parameters}.indices, values, {parameters}.dense_shape)
    return apply_op({op_type!r}, ({parameters},), {{}}, name)
"""


def function_of(
    op_type: str, name: str, *parameters: str, says: str, sparse: bool = False
) -> Callable[..., Any]:
    """Make the public function of an op.

    Args:
        op_type: the op type.
        name: the name of the function.
        *parameters: the names of the tensors it takes, in the order of the op's inputs.
        says: its docstring.
        sparse: whether it maps over the values of a SparseTensor (for one parameter only).

    Returns:
        A function `name(*parameters, name=None)` that adds one node and returns its output.
    """
    template = SPARSE_TEMPLATE if sparse else TEMPLATE
    source = template.format(name=name, parameters=", ".join(parameters), op_type=op_type)
    namespace: dict[str, Any] = {"apply_op": apply_op, "SparseTensor": SparseTensor}
    # As `collections.namedtuple` does, to get real parameter names; under the name of this file, so that
    # nobody takes its frame for one of the program.
    exec(compile(source, __file__, "exec"), namespace)
    function = namespace[name]
    function.__doc__ = says
    function.__module__ = __name__
    return function
