"""From Python functions to graphs: they are called with placeholders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import repeat
from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.control.tensor_arrays import TensorArray, flow_of, with_flows
from perdure.functions.control_dependencies import AutomaticControlDependencies
from perdure.graph import hooks, nest
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.func_graph import FuncGraph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.type_spec import TensorSpec
from perdure.variables.resource_variable import BaseResourceVariable
from perdure.variables.scope import get_variable_scope

_USER_NAME = "_user_specified_name"


class UnknownArgument:
    """Stands for an argument that is neither a tensor nor plain data."""


def flatten(structure: Any) -> list[Any]:
    """The tensors of a structure; of a TensorArray its flow."""
    return [flow_of(item) for item in nest.flatten(structure, expand_composites=True)]


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """A structure of tensors, like `structure`: where that has a TensorArray, there is one behind the flow.

    Raises:
        ValueError: there are too many tensors, or too few.
    """
    leaves, flows = nest.flatten(structure, expand_composites=True), list(flat_sequence)
    if len(leaves) != len(flows):
        raise ValueError("Mismatch in element count")
    return nest.pack_sequence_as(structure, with_flows(leaves, flows), expand_composites=True)


def func_graph_from_py_func(
    name: str,
    python_func: Callable[..., Any],
    args: Any,
    kwargs: Any,
    signature: Sequence[Any] | None = None,
    func_graph: FuncGraph | None = None,
    autograph: bool = False,
    autograph_options: Any = None,
    add_control_dependencies: bool = True,
    arg_names: Sequence[str] | None = None,
    op_return_value: Tensor | None = None,
    collections: dict[Any, Any] | None = None,
    capture_by_value: bool | None = None,
    override_flat_arg_shapes: Sequence[Any] | None = None,
) -> FuncGraph:
    """The graph of what a Python function does.

    Args:
        name: the name of the function.
        python_func: what is called, with placeholders in the place of tensors.
        args: its positional arguments; tensors and TensorSpecs become placeholders.
        kwargs: those by keyword.
        signature: takes the place of `args` and `kwargs`: a nested sequence of TensorSpecs.
        func_graph: the graph that is filled; a new one when None.
        autograph: has no effect: Python's own control flow runs as it is.
        autograph_options: has no effect.
        add_control_dependencies: whether effects happen in the order of the program, and all of them.
        arg_names: what placeholders are called, a name for each of `args`.
        op_return_value: what the function returns where `python_func` returns an operation.
        collections: the collections that the graph starts with.
        capture_by_value: whether variables are read outside; not supported.
        override_flat_arg_shapes: the shapes of the placeholders, None for what is no tensor.

    Raises:
        TypeError: `python_func` returns what is no tensor.
        ValueError: it changes the structure of its arguments.
    """
    if func_graph is None:
        func_graph = FuncGraph(name, collections, capture_by_value)
    if signature is not None and override_flat_arg_shapes is not None:
        raise ValueError(
            f"Passed both signature and override_flat_arg_shapes: {signature} and {override_flat_arg_shapes}."
        )
    control = AutomaticControlDependencies() if add_control_dependencies else None
    with func_graph.as_default(), nullcontext() if control is None else control:
        scope = get_variable_scope()
        used_resource = scope.use_resource
        scope.set_use_resource(True)
        try:
            if signature is not None:
                args, kwargs = signature, {}
            shapes: Any = repeat(None)
            if override_flat_arg_shapes is not None:
                _check_shapes(override_flat_arg_shapes, args, kwargs)
                shapes = iter(override_flat_arg_shapes)
            func_args = _placeholders(func_graph, args, list(args), arg_names, shapes)
            keys = sorted(kwargs)
            func_kwargs = _placeholders(func_graph, kwargs, [kwargs[key] for key in keys], keys, shapes)
            func_graph.structured_input_signature = (
                convert_structure_to_signature(func_args, arg_names),
                convert_structure_to_signature(func_kwargs),
            )
            flat = nest.flatten([func_args, func_kwargs], expand_composites=True)
            func_graph.inputs = [item for item in flat if isinstance(item, Tensor)]
            before = nest.map_structure(lambda item: item, [func_args, func_kwargs], expand_composites=True)

            def convert(value: Any) -> Any:
                return _converted(value, python_func, op_return_value, control)

            outputs = nest.map_structure(
                convert, python_func(*func_args, **func_kwargs), expand_composites=True
            )
            check_mutation(before, [func_args, func_kwargs])
        finally:
            scope.set_use_resource(used_resource)
        func_graph.inputs = _arguments(func_graph, func_args, func_kwargs) + func_graph.internal_captures
        func_graph.structured_outputs = outputs
        func_graph.outputs += [func_graph.capture(item) for item in flatten(outputs) if item is not None]
    if control is not None:
        func_graph.control_outputs += control.ops_which_must_run
    return func_graph


def _check_shapes(shapes: Sequence[Any], args: Any, kwargs: Any) -> None:
    count = len(nest.flatten([args, kwargs], expand_composites=True))
    if count != len(shapes):
        raise RuntimeError(
            f"Length of fully flat shapes ({len(shapes)}) must match that of flatten(args) ({count}).  "
            f"args: {args}, flat_shapes: {shapes}"
        )


def _converted(
    value: Any,
    python_func: Callable[..., Any],
    op_return_value: Tensor | None,
    control: AutomaticControlDependencies | None,
) -> Any:
    """What a function returns for something that its Python function returned."""
    if value is None:
        return None
    if op_return_value is not None and isinstance(value, Operation):
        with control_dependencies([value]):
            value = identity(op_return_value)
    elif not isinstance(value, (TensorArray, IndexedSlices, SparseTensor)):
        try:
            value = convert_to_tensor(value)
        except (ValueError, TypeError):
            raise TypeError(
                "To be compatible with tf.contrib.eager.defun, Python functions must return zero or more "
                f"Tensors; in compilation of {python_func}, found return value of type {type(value)}, "
                "which is not a Tensor."
            ) from None
    return value if control is None else control.mark_as_return(value)


def _arguments(func_graph: FuncGraph, func_args: Any, func_kwargs: Any) -> list[Tensor]:
    """The placeholders of arguments: those of variables among them are no captured tensors any more."""
    found: list[Tensor] = []
    for item in nest.flatten([func_args, func_kwargs], expand_composites=True):
        if isinstance(item, BaseResourceVariable):
            placeholder = func_graph.pop_capture(item.handle)
            func_graph.watched.pop(id(item), None)
            if placeholder is not None:
                found.append(placeholder)
        elif isinstance(item, Tensor):
            found.append(item)
    return found


def check_mutation(n1: Any, n2: Any) -> None:
    """Check that two lists of arguments have the same structure and the same leaves.

    Raises:
        ValueError: they differ.
    """
    message = (
        "Function to be traced should not modify structure of input arguments. Check if your function has "
        "list and dictionary operations that alter input arguments, such as `list.pop`, `list.append`"
    )
    try:
        nest.assert_same_structure(n1, n2, expand_composites=True)
    except ValueError:
        raise ValueError(message) from None
    pairs = zip(
        nest.flatten(n1, expand_composites=True), nest.flatten(n2, expand_composites=True), strict=True
    )
    if any(one is not other for one, other in pairs):
        raise ValueError(message)


# -- arguments -----------------------------------------------------------------------------


def _placeholders(
    func_graph: FuncGraph, structure: Any, args: list[Any], names: Sequence[str] | None, shapes: Any
) -> Any:
    """`structure` with placeholders in the place of tensors, specs and handles of variables."""
    given = [None] * len(args) if names is None else names
    found: list[Any] = []
    for value, name in zip(args, given, strict=False):
        flat = nest.flatten(value, expand_composites=True)
        specs = [item for item in flat if isinstance(item, TensorSpec)]
        named = [spec.name for spec in specs if spec.name]
        if named and len(named) < len(specs):
            raise ValueError(
                "If specifying TensorSpec names for nested structures, either zero or all names have to be "
                "specified."
            )
        for item in flat:
            shape = next(shapes)
            if isinstance(item, (Tensor, TensorSpec)):
                asked = item.name if isinstance(item, TensorSpec) and item.name else name
                made = _placeholder(func_graph, item.dtype, item.shape if shape is None else shape, asked)
                if name is not None:
                    made.op.attrs[_USER_NAME] = asked
                found.append(made)
                continue
            if isinstance(item, BaseResourceVariable):
                func_graph.capture(item.handle, name=name).op.attrs[_USER_NAME] = name
            elif shape is not None:
                raise RuntimeError(
                    "Expected provided shape override to be None for arg that isn't a Tensor, but saw arg: "
                    f"'{item}', shape: '{shape}'.  args: {args}"
                )
            found.append(item)
    return nest.pack_sequence_as(structure, found, expand_composites=True)


def _placeholder(func_graph: FuncGraph, dtype: Any, shape: Any, name: str | None) -> Tensor:
    attrs = {"dtype": dtype, "shape": None if shape.ndims is None else tuple(shape.as_list())}
    try:
        op = hooks.create_operation(func_graph, "Placeholder", [], name or "Placeholder", attrs)
    except ValueError:  # the names of some arguments are no names of operations
        op = hooks.create_operation(func_graph, "Placeholder", [], "Placeholder", attrs)
    made: Tensor = op.outputs[0]
    return made


def convert_structure_to_signature(structure: Any, arg_names: Sequence[str] | None = None) -> Any:
    """Arguments with TensorSpecs in the place of tensors.

    Args:
        structure: a nested structure of arguments.
        arg_names: the names of the outermost ones, for tensors that nobody has named.
    """

    def described(path: tuple[Any, ...], value: Any) -> Any:
        if isinstance(value, Tensor):
            name = value.op.attrs.get(_USER_NAME) if isinstance(value.graph, FuncGraph) else None
            if name is None and arg_names:
                path = (arg_names[path[0]], *path[1:])
            return TensorSpec(value.shape, value.dtype, name or "/".join(map(str, path)))
        plain = (int, float, bool, str, bytes, type(None), TensorSpec, BaseResourceVariable)
        if isinstance(value, plain) or hasattr(value, "dtype") and hasattr(value, "shape"):
            return value
        return UnknownArgument()

    paths = nest.flatten_with_tuple_paths(structure, expand_composites=True)
    return nest.pack_sequence_as(structure, [described(*pair) for pair in paths], expand_composites=True)
