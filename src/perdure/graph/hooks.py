"""What the graph offers but something above it implements, bound by name in `perdure/wiring.py`.

Imports point downwards, yet building a node infers its shape (which needs the ops), `graph.as_graph_def`
writes a proto (formats), `tensor[1:]` builds slicing nodes (functional) and `graph.create_op` checks inputs
as `graph/construction.py` does, which knows graphs.  Each of these is one `Hook` here; the module that
implements it is imported at the first call.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any


class Hook:
    """A function that another layer provides; calling it before it is bound is a bug of perdure."""

    __slots__ = ("_function", "_where")

    def __init__(self) -> None:
        self._where = ""
        self._function: Callable[..., Any] | None = None

    def bind(self, where: str) -> None:
        """Name the implementation as "module:function"; it is imported when first called."""
        self._where, self._function = where, None

    def resolve(self) -> Callable[..., Any]:
        """The implementing function itself, for callers that keep it."""
        if self._function is None:
            module, _, function = self._where.partition(":")
            self._function = getattr(import_module(module), function)
        return self._function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return (self._function or self.resolve())(*args, **kwargs)


create_operation = Hook()  # (Graph, op type, inputs, name, attributes, whether on its device) -> Operation
infer_shapes = Hook()  # (Operation) -> sequence of plain shapes, one for each output
graph_def = Hook()  # (Graph, from_version, add_shapes) -> GraphDef
graph_versions = Hook()  # (Graph) -> VersionDef
shape_proto = Hook()  # (plain shape) -> TensorShapeProto
node_def = Hook()  # (Operation) -> NodeDef
printed_node = Hook()  # (Operation) -> its NodeDef as text
op_def = Hook()  # (Operation) -> OpDef
attr_value = Hook()  # (Operation, name) -> the attribute as `Operation.get_attr` returns it
from_attr_value = Hook()  # (AttrValue, Attribute) -> the plain Python value
graph_html = Hook()  # (Graph) -> the graph as HTML for notebooks
gradients = Hook()  # (ys, xs, grad_ys, ...) -> list of gradients, as `tf.gradients`
custom_gradient = Hook()  # (function) -> function, as `tf.custom_gradient`
slice_tensor = Hook()  # (Tensor, slice_spec) -> Tensor
matmul = Hook()  # (a, b, name=) -> Tensor
context_from_proto = Hook()  # (ControlFlowContextDef, import_scope) -> ControlFlowContext
cond_v2 = Hook()  # (pred, true_fn, false_fn, name) -> what they return, as an If
indexed_case = Hook()  # (branch index, functions) -> what they return, as a Case
list_array = Hook()  # the class of TensorArrays that are lists
while_v2 = Hook()  # (cond, body, loop_vars, ...) -> as `tf.while_loop`, as a While
function_body = Hook()  # (FunctionDef, shapes of the arguments) -> FuncGraph
named_call_gradient = Hook()  # (Operation, *gradients of its outputs) -> those of its inputs
loop_gradient = Hook()  # (Operation, gradients of its outputs) -> those of its inputs
conditional_gradient = Hook()  # (Operation, gradients of its outputs) -> those of its inputs but the first
variable_scope = Hook()  # () -> the open VariableScope
