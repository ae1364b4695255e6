"""Functions that are traced once for each kind of arguments: `defun`."""

from __future__ import annotations

import functools
import threading
import types
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from perdure.functions.arguments import FunctionSpec
from perdure.functions.concrete import ConcreteFunction
from perdure.functions.tracing import func_graph_from_py_func
from perdure.graph import nest
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.func_graph import FuncGraph
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.graph.type_spec import TensorSpec
from perdure.variables.resource_variable import BaseResourceVariable


class Function:
    """A Python function that becomes functions of the library when it is called.

    Args:
        python_function: the function.
        name: what its functions are called, between a prefix and a number.
        input_signature: TensorSpecs of its arguments: then it is traced once.
        attributes: attributes of its functions.
        autograph: has no effect: Python's own control flow runs as it is.
        autograph_options: has no effect.
        experimental_relax_shapes: whether it is traced once for shapes that differ in sizes only.
        capture_by_value: whether variables are read outside; not supported.

    Raises:
        ValueError: there is a signature, and the function takes arguments by keyword only; or an attribute is
            no plain value.
    """

    def __init__(
        self,
        python_function: Callable[..., Any],
        name: str,
        input_signature: Any = None,
        attributes: Mapping[str, Any] | None = None,
        autograph: bool = True,
        autograph_options: Any = None,
        experimental_relax_shapes: bool = False,
        capture_by_value: bool | None = None,
    ) -> None:
        self._python_function = python_function
        self._function_spec = FunctionSpec.from_function_and_signature(python_function, input_signature)
        self._name = name
        self._autograph = autograph
        self._relaxes = experimental_relax_shapes
        self._capture_by_value = capture_by_value
        self._attributes = _checked_attributes(attributes or {})
        self._lock = threading.RLock()
        self._traced: dict[Any, ConcreteFunction] = {}
        self._contexts: set[Any] = set()
        self._relaxed: dict[Any, tuple[list[Any], ConcreteFunction]] = {}
        self._bound: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        functools.update_wrapper(self, python_function, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function for arguments of this kind; it is traced first if there is none."""
        function, args, kwargs = self._maybe_define_function(args, kwargs)
        return function._filtered_call(args, kwargs)

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        if instance not in self._bound:
            method = bound_weakly(self._python_function, instance)
            self._bound[instance] = type(self)(
                method, self._name, self.input_signature, dict(self._attributes), self._autograph
            )
        return self._bound[instance]

    @property
    def python_function(self) -> Callable[..., Any]:
        """The Python function."""
        return self._python_function

    @property
    def function_spec(self) -> FunctionSpec:
        """How arguments are bound to its parameters."""
        return self._function_spec

    @property
    def input_signature(self) -> Any:
        """TensorSpecs of its arguments, or None."""
        return self._function_spec.input_signature

    @property
    def flat_input_signature(self) -> Any:
        """The signature without its structure."""
        return self._function_spec.flat_input_signature

    def _get_concrete_function_internal(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for arguments of a kind, without names of arguments."""
        if self.input_signature:
            return self._maybe_define_function(None, None)[0]
        return self._maybe_define_function(args, kwargs)[0]

    _get_concrete_function_internal_garbage_collected = _get_concrete_function_internal

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for arguments of a kind: tensors, TensorSpecs, or plain values.

        Raises:
            ValueError: they do not fit the signature.
        """
        given: Any = args, kwargs
        if self.input_signature:
            self._check_fits(args, kwargs)
            given = None, None
        function = self._maybe_define_function(*given)[0]
        captured = set(function.graph.internal_captures)
        keywords: list[str] = []
        counts: dict[str, int] = {}
        arguments = [tensor for tensor in function.graph.inputs if tensor not in captured]
        for tensor in arguments:
            asked = proposal = tensor.op.get_attr("_user_specified_name").decode()
            while proposal in keywords:
                counts[asked] = counts.get(asked, 0) + 1
                proposal = f"{asked}_{counts[asked]}"
            keywords.append(proposal)
        function._arg_keywords = keywords
        function._num_positional_args = len(arguments)
        return function

    def _check_fits(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if kwargs:
            raise ValueError(
                "Cannot define a TensorFlow function from a Python function with keyword arguments when "
                "input_signature is provided."
            )
        if not args:
            return
        try:
            nest.assert_same_structure(self.input_signature, args, expand_composites=True)
        except (ValueError, TypeError):
            raise ValueError("Structure of Python function inputs does not match input_signature.") from None
        flat = nest.flatten(args, expand_composites=True)
        if any(not isinstance(arg, (Tensor, TensorSpec)) for arg in flat):
            raise ValueError(
                "When input_signature is provided, all inputs to the Python function must be Tensors or "
                "tf.TensorSpec objects."
            )
        if not all(
            spec.is_compatible_with(other)
            for spec, other in zip(self.flat_input_signature, flat, strict=True)
        ):
            raise ValueError(
                f"Python inputs incompatible with input_signature: inputs ({args}), input_signature "
                f"({self.input_signature})"
            )

    def _maybe_define_function(
        self, args: Any, kwargs: Any
    ) -> tuple[ConcreteFunction, tuple[Any, ...], dict[str, Any]]:
        if self.input_signature is None or args is not None or kwargs is not None:
            args, kwargs = self._function_spec.canonicalize_function_inputs(*args, **kwargs)
        context = _context()
        kind = self.flat_input_signature if self.input_signature is not None else _kind([args, kwargs])
        key = (kind, context)
        try:
            hash(key)
        except TypeError as error:
            raise TypeError(
                "Arguments supplied to `defun`-generated functions must be hashable.  Original error: "
                f"{error}"
            ) from None
        with self._lock:
            found = self._traced.get(key)
            if found is None:
                if self._relaxes and self.input_signature is None and context in self._contexts:
                    return self._with_relaxed_shapes(args, kwargs, context), args, kwargs
                self._contexts.add(context)
                found = self._traced[key] = self._trace(args, kwargs)
            return found, args, kwargs

    def _with_relaxed_shapes(self, args: Any, kwargs: Any, context: Any) -> ConcreteFunction:
        key = (_kind([args, kwargs], ranks_only=True), context)
        flat = nest.flatten([args, kwargs], expand_composites=True)
        shapes = [TensorShape(t.shape) if isinstance(t, (Tensor, TensorSpec)) else None for t in flat]
        known = self._relaxed.get(key)
        if known is not None:
            if all(one is None or _covers(one, other) for one, other in zip(known[0], shapes, strict=True)):
                return known[1]
            shapes = [
                None if one is None else _common(one, other)
                for one, other in zip(shapes, known[0], strict=True)
            ]
        function = self._trace(args, kwargs, shapes)
        self._relaxed[key] = shapes, function
        return function

    def _trace(self, args: Any, kwargs: Any, shapes: Sequence[Any] | None = None) -> ConcreteFunction:
        count = len(args) if self.input_signature is None else len(self.input_signature)
        names = self._function_spec.arg_names[:count]
        names += [f"{self._function_spec.vararg_name}_{i}" for i in range(count - len(names))]
        body = func_graph_from_py_func(
            self._name,
            self._python_function,
            args,
            kwargs,
            self.input_signature,
            arg_names=names,
            override_flat_arg_shapes=shapes,
            capture_by_value=self._capture_by_value,
        )
        return ConcreteFunction(body, self._attributes)


def _checked_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in attributes.items():
        if not isinstance(value, (bool, int, float, str, bytes)):
            raise ValueError(f"Unsupported attribute type for {key} with type {type(value)}")
    return dict(attributes)


def bound_weakly(function: Callable[..., Any], instance: Any) -> Any:
    """A method of an object that does not keep the object alive."""
    weak = weakref.ref(instance)

    class Target:
        """Stands for the object where the method is bound."""

    @functools.wraps(function)
    def call(_: Any, *args: Any, **kwargs: Any) -> Any:
        return function(weak(), *args, **kwargs)

    return types.MethodType(call, Target())


def _context() -> Any:
    """What a traced function belongs to: the program's graph, and what the open scopes say."""
    graph: Any = get_default_graph()
    scopes = graph.scopes
    while isinstance(graph, FuncGraph):
        graph = graph.outer
    return graph, tuple(scopes.colocation)


def _kind(value: Any, ranks_only: bool = False) -> Any:
    """What of arguments decides which function is called, as something to look up."""
    if isinstance(value, (list, tuple)):
        return type(value), tuple(_kind(item, ranks_only) for item in value)
    if isinstance(value, Mapping):
        return type(value), tuple((key, _kind(value[key], ranks_only)) for key in sorted(value))
    if isinstance(value, TensorSpec) and not ranks_only:
        return value
    if isinstance(value, (Tensor, TensorSpec)):
        shape = value.shape
        if ranks_only:
            return "tensor", value.dtype, shape.ndims
        return "tensor", value.dtype, None if shape.ndims is None else tuple(shape.as_list())
    if isinstance(value, (IndexedSlices, SparseTensor)):
        return type(value), _kind(nest.flatten(value, expand_composites=True), ranks_only)
    if isinstance(value, BaseResourceVariable):
        return "variable", id(value)
    try:
        hash(value)
    except TypeError:
        return weakref.ref(value)
    return type(value), value


def _covers(relaxed: TensorShape, shape: Any) -> bool:
    """Whether a function that was traced with one shape takes tensors of another."""
    if relaxed.dims is None or shape.dims is None:
        return relaxed.dims is None
    return len(relaxed.dims) == len(shape.dims) and all(
        one.value is None or one.value == other.value
        for one, other in zip(relaxed.dims, shape.dims, strict=True)
    )


def _common(one: Any, other: Any) -> TensorShape:
    if one.dims is None or other.dims is None or len(one.dims) != len(other.dims):
        return TensorShape(None)
    return TensorShape(
        [a.value if a.value == b.value else None for a, b in zip(one.dims, other.dims, strict=True)]
    )


def validate_signature(signature: Any) -> None:
    """Check that a signature consists of TensorSpecs.

    Raises:
        TypeError: it does not.
    """
    if any(not isinstance(arg, TensorSpec) for arg in nest.flatten(signature, expand_composites=True)):
        raise TypeError(
            f"Invalid input_signature {signature}; input_signature must be a possibly nested sequence of "
            "TensorSpec objects."
        )


def defun(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
) -> Any:
    """A Python function that is called as a function of the graph.

    Args:
        func: the function; when None, a decorator is returned.
        input_signature: TensorSpecs of its arguments: then it is traced once.
        autograph: has no effect: Python's own control flow runs as it is.
        experimental_autograph_options: has no effect.
        experimental_relax_shapes: whether it is traced once for shapes that differ in sizes only.
    """
    return defun_with_attributes(
        func,
        input_signature,
        autograph=autograph,
        experimental_autograph_options=experimental_autograph_options,
        experimental_relax_shapes=experimental_relax_shapes,
    )


def defun_with_attributes(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    attributes: dict[str, Any] | None = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
) -> Any:
    """As `defun`, with attributes for the functions.

    Args:
        func: the function; when None, a decorator is returned.
        input_signature, autograph, experimental_autograph_options, experimental_relax_shapes: see `defun`.
        attributes: plain values by name; `func_name` is taken out and names the functions.
    """
    if input_signature is not None:
        validate_signature(input_signature)

    def decorated(function: Callable[..., Any]) -> Function:
        name = (attributes or {}).pop("func_name", None) or getattr(function, "__name__", "function")
        return Function(
            function,
            name,
            input_signature,
            attributes,
            autograph,
            experimental_autograph_options,
            experimental_relax_shapes,
        )

    return decorated if func is None else decorated(func)


def register(func: Any, *args: Any, **kwargs: Any) -> ConcreteFunction:
    """Put the function for arguments of a kind, and its gradient, into the library without calling it.

    Raises:
        ValueError: `func` was not made by `defun`.
    """
    if not isinstance(func, Function):
        raise ValueError(f"Only defun function is allowed to be registered. Got type: {type(func)}")
    function = func.get_concrete_function(*args, **kwargs)
    function.add_to_graph()
    function.add_gradient_functions_to_graph()
    return function
