"""Functions of the library that are called by their names: `tensorflow.python.framework.function.Defun`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from perdure.functions.definition import TracedFunction, add_functions
from perdure.functions.named_calls import call_by_name
from perdure.graph import dtypes, hooks
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.func_graph import FuncGraph
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.variables.resource_variable import BaseResourceVariable
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import variable_scope
from perdure.variables.variable_store import STORE_KEY, variable_store

# The collections that a body shares with the graph around it.
_SHARED = (
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.METRIC_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.MOVING_AVERAGE_VARIABLES,
    GraphKeys.CONCATENATED_VARIABLES,
    GraphKeys.TRAINABLE_RESOURCE_VARIABLES,
)
_SHORT = {
    "float16": "f16", "float32": "f32", "float64": "f64", "int32": "i32", "uint8": "i8", "uint16": "u16",
    "uint32": "u32", "uint64": "u64", "int16": "i16", "int8": "i8", "string": "s", "complex64": "c64",
    "complex128": "c128", "int64": "i64", "bool": "b", "qint8": "qi8", "quint8": "qu8", "qint16": "qi16",
    "quint16": "qu16", "qint32": "qi32", "bfloat16": "b16",
}  # fmt: skip


class Defun:
    """A decorator that makes a function of the library of a Python function.

    Args:
        *input_types: the types of its arguments; when there are none, there is a function for each
            combination of types that it is called with.
        func_name: its name; made of that of the Python function and a hash when None.
        grad_func: a function of the library that is its gradient: from arguments and gradients of results.
        python_grad_func: a Python function that makes the gradient: from the call and the gradients.
        out_names: what its results are called.
        shape_func: from a call of it to the shapes of the results.
        capture_by_value: whether what it takes from outside is made once more inside.
        whitelisted_stateful_ops: operations with a state that may be made once more.
        capture_resource_var_by_value: whether `tf.get_variable` gives the value of a resource variable.
        noinline, compiled, separate_compiled_gradients, experimental_*: attributes of the function.
    """

    def __init__(self, *input_types: Any, **kwargs: Any) -> None:
        self._input_types = input_types
        self._func_name = kwargs.pop("func_name", None)
        self._grad_func = kwargs.pop("grad_func", None)
        self._python_grad_func = kwargs.pop("python_grad_func", None)
        self._out_names = kwargs.pop("out_names", None)
        self._more = kwargs

    def __call__(self, func: Callable[..., Any]) -> Any:
        """The function.

        Raises:
            ValueError: `func` takes keywords or has defaults, or another number of arguments.
        """
        if not callable(func):
            raise ValueError(f"function {func} must be callable")
        spec = inspect.getfullargspec(func)
        if spec.varkw or spec.defaults:
            raise ValueError(
                "function with argument defaults or keywords arguments are not supported. "
                f"{func} has defaults {spec.defaults} and keywords {spec.varkw}."
            )
        names = spec.args[1:] if inspect.ismethod(func) else spec.args
        given = (self._func_name, self._grad_func, self._python_grad_func)
        if self._input_types:
            count = len(self._input_types)
            if count < len(names) or count > len(names) and not spec.varargs:
                raise ValueError("The function has fewer arguments than the number of specified input types.")
            return DefinedFunction(func, names, self._input_types, *given, self._out_names, **self._more)
        if not names and not spec.varargs:
            return DefinedFunction(func, [], [], *given, self._out_names, **self._more)
        return OverloadedFunction(func, names, *given, self._out_names, **self._more)


class DefinedFunction:
    """A function of the library, made when it is first needed; see `Defun`."""

    def __init__(
        self,
        func: Callable[..., Any],
        argnames: Sequence[str],
        input_types: Sequence[Any],
        func_name: str | None = None,
        grad_func: Any = None,
        python_grad_func: Callable[..., Any] | None = None,
        out_names: Sequence[str] | None = None,
        shape_func: Callable[..., Any] | None = None,
        capture_by_value: bool = False,
        whitelisted_stateful_ops: Any = None,
        capture_resource_var_by_value: bool = True,
        **kwargs: Any,
    ) -> None:
        self._func = func
        self._input_types = list(input_types)
        self._func_name = func_name
        self._grad_func = grad_func
        self._python_grad_func = python_grad_func
        self._out_names = out_names
        self._shape_func = shape_func
        self._capture_by_value = capture_by_value
        self._allowed = set(whitelisted_stateful_ops or ())
        self._takes_values = capture_resource_var_by_value
        self._more = kwargs
        devices = get_default_graph().scopes.devices
        self._device = devices[-1] if devices else None
        self._arg_names = [
            argnames[i] if i < len(argnames) else f"arg{i}" for i in range(len(self._input_types))
        ]
        self._made: TracedFunction | None = None
        self._body: DefunGraph | None = None

    def _traced(self) -> TracedFunction:
        if self._made is None:
            parent = get_default_graph()._collections
            collections = {key: parent.setdefault(key, []) for key in (*_SHARED, STORE_KEY)}
            body = self._body = func_graph_from_py_func(
                self._func,
                self._arg_names,
                self._input_types,
                self._func_name,
                self._capture_by_value,
                self._device,
                collections_ref=collections,
                whitelisted_stateful_ops=self._allowed,
                capture_resource_var_by_value=self._takes_values,
            )
            name = self._func_name or _name_of(self._func)
            if not self._func_name and self._grad_func:
                name += f"_{self._grad_func.name}"
            self._made = TracedFunction(
                name,
                body,
                body.inputs,
                body.outputs,
                attributes_of(name, **self._more),
                self._out_names or (),
                self._func.__doc__ or "",
                is_hashed=not self._func_name,
            )
            vars(self._made)["python_grad_func"] = self._python_grad_func
            if self._grad_func is not None:
                vars(self._made)["gradient_function"] = self._grad_func
        return self._made

    @property
    def name(self) -> str:
        """Its name."""
        return self._traced().name

    @property
    def definition(self) -> Any:
        """It as a FunctionDef."""
        return self._traced().definition

    @property
    def _signature(self) -> Any:
        return self.definition.signature

    def set_grad_func(self, grad_func: DefinedFunction) -> None:
        """Say which function of the library is its gradient."""
        assert not self._grad_func and isinstance(grad_func, DefinedFunction)
        self._grad_func = grad_func
        if self._made is not None:
            vars(self._made)["gradient_function"] = grad_func

    @property
    def grad_func_name(self) -> str | None:
        """The name of the function that is its gradient, or None."""
        return self._grad_func.name if self._grad_func else None

    @property
    def python_grad_func(self) -> Callable[..., Any] | None:
        """The Python function that makes its gradient, or None."""
        return self._python_grad_func

    @property
    def declared_input_types(self) -> tuple[Any, ...]:
        """The types of its arguments, without those that were taken from outside."""
        return tuple(self._input_types)

    @property
    def captured_inputs(self) -> list[Tensor]:
        """The tensors that it takes from outside."""
        self._traced()
        assert self._body is not None
        return self._body.extra_inputs

    @property
    def stateful_ops(self) -> list[tuple[str, str]]:
        """Names and types of the operations in it that have a state."""
        return [(op.name, op.type) for op in self._traced().stateful_ops]

    @property
    def output_types(self) -> list[Any]:
        """The types of its results."""
        return self._traced().output_types

    @property
    def attribute(self) -> TracedFunction:
        """It as the attribute of an operation."""
        return self._traced()

    def add_to_graph(self, g: Graph) -> None:
        """Put it, what it calls and its gradient into the library of a graph."""
        made = self._traced()
        add_functions(g, [made])
        assert self._body is not None
        for function in list(self._body.functions.values()):
            function.add_to_graph(g)
        if self._grad_func:
            self._grad_func.add_to_graph(g)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it.

        Args:
            *args: its arguments.
            **kwargs: `name` of the node, and attributes as for `Defun`.

        Raises:
            ValueError: another number of arguments, or an unknown keyword.
        """
        graph = get_default_graph()
        self.add_to_graph(graph)
        inputs = [*map(convert_to_tensor, args), *self.captured_inputs]
        made = self._traced()
        if len(inputs) != len(made.inputs):
            raise ValueError(f"Expected number of arguments: {len(made.inputs)}, received: {len(inputs)}")
        name = kwargs.pop("name", None) or made.name
        op = call_by_name(graph, made, inputs, name, attributes_of(made.name, **kwargs))
        if self._shape_func is not None:
            shapes = self._shape_func(op)
            if len(shapes) != len(op.outputs):
                raise ValueError(f"shape_func produced {len(shapes)} shapes for {len(op.outputs)} outputs")
            for tensor, shape in zip(op.outputs, shapes, strict=True):
                tensor.set_shape(shape)
        if not op.outputs:
            return op
        return op.outputs[0] if len(op.outputs) == 1 else tuple(op.outputs)


class OverloadedFunction:
    """A function of the library for each combination of types; see `Defun`."""

    def __init__(
        self,
        func: Callable[..., Any],
        argnames: Sequence[str],
        func_name: str | None = None,
        grad_func: Any = None,
        python_grad_func: Callable[..., Any] | None = None,
        out_names: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        assert grad_func is None or isinstance(grad_func, OverloadedFunction)
        self._func, self._argnames, self._func_name = func, argnames, func_name
        self._grad_func, self._python_grad_func = grad_func, python_grad_func
        self._out_names, self._more = out_names, kwargs
        self._overload: dict[str, DefinedFunction] = {}

    def instantiate(self, input_types: Sequence[Any]) -> DefinedFunction:
        """The function for arguments of these types."""
        names = [dtypes.as_dtype(dtype).base_dtype.name for dtype in input_types]
        if any(name not in _SHORT for name in names):
            raise ValueError(f"Unsupported dtypes: {input_types}")
        key = "".join(_SHORT[name] for name in names)
        defined = self._overload.get(key)
        if defined is None:
            name = None if self._func_name is None else f"{self._func_name}_{key}"
            defined = DefinedFunction(
                self._func,
                self._argnames,
                input_types,
                name,
                None,
                self._python_grad_func,
                self._out_names,
                **self._more,
            )
            types = defined.output_types
            if self._grad_func:
                defined.set_grad_func(self._grad_func.instantiate([*input_types, *types]))
            self._overload[key] = defined
        return defined

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function for arguments of these types."""
        tensors = [convert_to_tensor(arg) for arg in args]
        return self.instantiate([tensor.dtype for tensor in tensors])(*tensors, **kwargs)


def attributes_of(
    func_name: str,
    noinline: Any = None,
    compiled: Any = None,
    separate_compiled_gradients: Any = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """Keyword arguments as attributes of a function or call.

    Raises:
        ValueError: one is not known.
    """
    attrs: dict[str, Any] = {}
    if noinline is not None:
        attrs["_noinline"] = bool(noinline)
    attrs["_disable_call_shape_inference"] = True
    if compiled is not None:
        attrs["_XlaCompile"] = bool(compiled)
        attrs["_XlaSeparateCompiledGradients"] = bool(separate_compiled_gradients)
        scopes = get_default_graph().scopes.attrs
        attrs["_XlaScope"] = scopes.get("_XlaScope", f"function_{func_name}")
    for key in list(kwargs):
        value = kwargs[key]
        if key.startswith("experimental_") or key in ("_implements", "_reference"):
            if not isinstance(value, (bool, int, float, str)):
                raise ValueError(f"Unsupported attribute type for {key} with type {type(value)}")
            attrs[key] = kwargs.pop(key)
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {kwargs.keys()}")
    return attrs


def _name_of(func: Any) -> str:
    name = getattr(func, "__name__", None)
    if name is None:
        inner = getattr(func, "func", None)  # of a partial one
        return type(func).__name__ if inner is None else _name_of(inner)
    return str(name)


# -- bodies --------------------------------------------------------------------------------


class DefunGraph(FuncGraph):
    """The body of a function that `Defun` makes.

    Attributes:
        extra_inputs: what was taken from outside.
        extra_args: the placeholders that stand for it.
        extra_vars: the variables that were asked for by name.
    """

    uses_functions = False

    def __init__(self, name: str, by_value: bool, allowed: Any, takes_values: bool) -> None:
        super().__init__(name, {})
        self.scopes.colocation = ()
        self.seed = None
        self.scope = get_variable_scope()
        self._by_value = by_value
        self._allowed = allowed or set()
        self._takes_values = takes_values
        self.extra_inputs: list[Tensor] = []
        self.extra_args: list[Tensor] = []
        self.extra_vars: list[Any] = []
        self._store = variable_store()

    def _capture_helper(self, tensor: Tensor, name: str | None) -> Tensor:
        found = self._captures.get(tensor)
        if found is not None:
            return found
        if self._by_value:
            return self._made_again(tensor.op).outputs[tensor.value_index]
        self.extra_inputs.append(tensor)
        placeholder = self.substitute_for(tensor, "Placeholder")
        self.add_capture(tensor, placeholder)
        self.extra_args.append(placeholder)
        if _is_guaranteed(tensor.op, {}):
            with self.as_default(), super().control_dependencies(None):
                result: Tensor = hooks.create_operation(
                    self, "GuaranteeConst", [placeholder], None, {}
                ).outputs[0]
            return result
        return placeholder

    def _made_again(self, op: Operation) -> Operation:
        if op.signature.is_stateful and op not in self._allowed:
            raise ValueError(f"Cannot capture a stateful node (name:{op.name}, type:{op.type}) by value.")
        if op.type in ("Placeholder", "PlaceholderV2"):
            raise ValueError(f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value.")
        known = [self._captures.get(tensor) for tensor in op.outputs]
        if known and known[0] is not None:
            return known[0].op
        inputs = [self._made_again(t.op).outputs[t.value_index] for t in op.inputs]
        made: Operation = hooks.create_operation(self, op.type, inputs, op.name, dict(op.attrs))
        self._captures.update(zip(op.outputs, made.outputs, strict=True))
        return made

    def getvar(
        self,
        getter: Any,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        reuse: Any = None,
        trainable: bool = True,
        collections: Any = None,
        use_resource: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """A variable outside of the function, or the value of a resource variable."""
        with self.outer.as_default():
            variable = self.scope.get_variable(
                self._store,
                name,
                shape=shape,
                dtype=dtype,
                initializer=initializer,
                reuse=reuse,
                trainable=trainable,
                collections=collections,
                use_resource=use_resource,
            )
            self.extra_vars.append(variable)
            if isinstance(variable, BaseResourceVariable) and self._takes_values:
                return variable.value()
            return variable


def _is_guaranteed(op: Operation, seen: dict[Operation, bool]) -> bool:
    """Whether an operation makes what programs say is constant."""
    if op not in seen:
        seen[op] = False
        seen[op] = op.type == "GuaranteeConst" or (
            bool(op.inputs) and all(_is_guaranteed(tensor.op, seen) for tensor in op.inputs)
        )
    return seen[op]


def func_graph_from_py_func(
    func: Callable[..., Any],
    arg_names: Sequence[str],
    arg_types: Sequence[Any],
    name: str | None = None,
    capture_by_value: bool = False,
    device: Any = None,
    colocation_stack: Any = None,
    container: str | None = None,
    collections_ref: dict[Any, Any] | None = None,
    arg_shapes: Sequence[Any] | None = None,
    whitelisted_stateful_ops: Any = None,
    capture_resource_var_by_value: bool = True,
) -> DefunGraph:
    """The graph of what a Python function does.

    Args:
        func: what is called, with a placeholder for each argument.
        arg_names, arg_types, arg_shapes: of the placeholders.
        name: the name of the function.
        capture_by_value, whitelisted_stateful_ops, capture_resource_var_by_value: see `Defun`.
        device: where its operations are.
        colocation_stack: the operations that its operations lie with.
        container: where the state of its operations is kept.
        collections_ref: the collections of the graph.

    Raises:
        ValueError: the function returns None among other things.
    """
    name = name or _name_of(func)
    graph = DefunGraph(name, capture_by_value, whitelisted_stateful_ops, capture_resource_var_by_value)
    if collections_ref is not None:
        graph._collections = collections_ref
    if container is not None:
        graph.scopes.container = container
    if colocation_stack is not None:
        graph.scopes.colocation = tuple(colocation_stack)
    with graph.as_default(), graph.scopes.replaced(devices=() if device is None else (device,)):
        shapes = [None] * len(arg_types) if arg_shapes is None else arg_shapes
        for argument, dtype, shape in zip(arg_names, arg_types, shapes, strict=True):
            attrs = {"dtype": dtypes.as_dtype(dtype).base_dtype, "shape": shape}
            graph.inputs.append(hooks.create_operation(graph, "Placeholder", [], argument, attrs).outputs[0])
        with variable_scope("", custom_getter=graph.getvar):
            outputs = func(*graph.inputs)
        if outputs is None:
            outputs = []
        elif not isinstance(outputs, (list, tuple)):
            outputs = (outputs,)
        if any(output is None for output in outputs):
            raise ValueError(f"Function {name} can not return None.")
        graph.outputs = [graph.capture(convert_to_tensor(output)) for output in outputs]
    return graph


def get_extra_vars() -> list[Any]:
    """The variables that the function which is being made has asked for."""
    graph = get_default_graph()
    return graph.extra_vars if isinstance(graph, DefunGraph) else []


def get_extra_inputs() -> list[Tensor]:
    """The tensors that the function which is being made has taken from outside."""
    graph = get_default_graph()
    return graph.extra_inputs if isinstance(graph, DefunGraph) else []


def get_extra_args() -> list[Tensor]:
    """What stands for these in it."""
    graph = get_default_graph()
    return graph.extra_args if isinstance(graph, DefunGraph) else []
