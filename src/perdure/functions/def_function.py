"""`tf.function`: a Python function as functions of the graph; the first call of it may make variables."""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable
from typing import Any

from perdure.functions.concrete import ConcreteFunction
from perdure.functions.lifted_values import lifted
from perdure.functions.polymorphic import Function as TracedByKind
from perdure.functions.polymorphic import bound_weakly, validate_signature
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import device, get_default_graph, init_scope, name_scope
from perdure.graph.func_graph import FuncGraph
from perdure.graph.keys import GraphKeys
from perdure.graph.uids import count_uids
from perdure.variables.creation import variable_creator_scope


class Function:
    """A Python function that becomes functions of the library when it is called.

    It may make variables when it is called first: then it is traced once more without that.

    Args:
        python_function: the function.
        name: what its functions are called, between a prefix and a number.
        input_signature: TensorSpecs of its arguments: then it is traced once.
        autograph: has no effect: Python's own control flow runs as it is.
        experimental_autograph_options: has no effect.
        experimental_relax_shapes: whether it is traced once for shapes that differ in sizes only.
        experimental_compile: goes into an attribute of its functions.
    """

    def __init__(
        self,
        python_function: Callable[..., Any],
        name: str,
        input_signature: Any = None,
        autograph: bool = True,
        experimental_autograph_options: Any = None,
        experimental_relax_shapes: bool = False,
        experimental_compile: bool | None = None,
    ) -> None:
        self._python_function = python_function
        self._name = name
        self._options: dict[str, Any] = {
            "input_signature": input_signature,
            "autograph": autograph,
            "experimental_relax_shapes": experimental_relax_shapes,
        }
        self._experimental_compile = experimental_compile
        self._lock = threading.RLock()
        self._made_variables: list[Any] = []
        self._first: TracedByKind | None = None
        self._later: TracedByKind | None = None
        self._bound: weakref.WeakKeyDictionary[Any, Function] = weakref.WeakKeyDictionary()
        self._shape = self._traced_within(self._python_function)
        functools.update_wrapper(self, python_function, updated=())

    def _traced_within(self, function: Callable[..., Any]) -> TracedByKind:
        compiled = self._experimental_compile
        attributes = None if compiled is None else {"_XlaCompile": bool(compiled)}
        return TracedByKind(function, self._name, attributes=attributes, **self._options)

    def _within(self, creator: Callable[..., Any]) -> TracedByKind:
        """The function, where variables are made by `creator`."""

        @functools.wraps(self._python_function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with variable_creator_scope(creator):
                return self._python_function(*args, **kwargs)

        return self._traced_within(wrapped)

    def _made(self, next_creator: Any, **arguments: Any) -> Any:
        if self._later is not None:
            raise ValueError("tf.function-decorated function tried to create variables on non-first call.")
        variable = next_creator(**_with_lifted_value(arguments))
        trained = variable.handle.graph.get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
        trained[:] = [other for other in trained if other is not variable]  # as in TensorFlow, it is in none
        self._made_variables.append(variable)
        return variable

    def _callee(self, args: Any, kwargs: Any) -> TracedByKind:
        with self._lock:
            if self._first is None:
                self._first = self._within(self._made)
                count_uids(1)  # TensorFlow has a graph for initial values
                try:
                    self._first._get_concrete_function_internal(*args, **kwargs)
                except BaseException:
                    self._first = None
                    raise
                if self._made_variables:
                    self._later = self._within(self._made)
                    _initialize_variables()
                    return self._later
                return self._first
            if self._later is not None:
                return self._later
            return self._first

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function for arguments of this kind; it is traced first if there is none.

        Raises:
            ValueError: it makes variables, and this is not the first call.
        """
        count = len(self._made_variables)
        callee = self._callee(args, kwargs)
        later = self._later
        result = callee(*args, **kwargs)
        if later is None and len(self._made_variables) > count:
            raise ValueError(
                "Creating variables on a non-first call to a function decorated with tf.function."
            )
        return result

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for arguments of a kind: tensors, TensorSpecs, or plain values."""
        given: Any = (
            (self._options["input_signature"], {}) if self._options["input_signature"] else (args, kwargs)
        )
        return self._callee(*given).get_concrete_function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        if instance not in self._bound:
            self._bound[instance] = Function(
                bound_weakly(self._python_function, instance),
                self._name,
                self._options["input_signature"],
                self._options["autograph"],
                experimental_relax_shapes=self._options["experimental_relax_shapes"],
                experimental_compile=self._experimental_compile,
            )
        return self._bound[instance]

    @property
    def python_function(self) -> Callable[..., Any]:
        """The Python function."""
        return self._python_function

    @property
    def function_spec(self) -> Any:
        """How arguments are bound to its parameters."""
        return self._shape.function_spec

    @property
    def input_signature(self) -> Any:
        """TensorSpecs of its arguments, or None."""
        return self._shape.input_signature


def _with_lifted_value(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a variable whose initial value is made in the body of a function, and lifted out of it."""
    graph = get_default_graph()
    value = arguments.get("initial_value")
    if not isinstance(graph, FuncGraph) or value is None:
        return arguments
    is_made = callable(value)
    name, dtype = arguments.get("name"), arguments.get("dtype")
    with name_scope(name, "Variable", [] if is_made else [value]), name_scope("Initializer"), device(None):
        value = convert_to_tensor(value() if is_made else value, name="initial_value", dtype=dtype)
    outer = graph.root if value.op.graph is graph else value.op.graph
    return {**arguments, "initial_value": lifted(value, outer), "caching_device": None}


def _initialize_variables() -> None:
    """Call what TensorFlow calls for variables that are made: nothing, in a graph."""

    def initialize_variables() -> None:
        pass

    with init_scope():
        TracedByKind(initialize_variables, "initialize_variables").get_concrete_function()()


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
    experimental_compile: bool | None = None,
) -> Any:
    """A Python function that is called as a function of the graph.

    Args:
        func: the function; when None, a decorator is returned.
        input_signature: TensorSpecs of its arguments: then it is traced once.
        autograph: has no effect: Python's own control flow runs as it is.
        experimental_autograph_options: has no effect.
        experimental_relax_shapes: whether it is traced once for shapes that differ in sizes only.
        experimental_compile: goes into an attribute of its functions.

    Raises:
        TypeError: the signature does not consist of TensorSpecs.
    """
    if input_signature is not None:
        validate_signature(input_signature)

    def decorated(inner: Callable[..., Any]) -> Function:
        return Function(
            inner,
            getattr(inner, "__name__", "function"),
            input_signature,
            autograph,
            experimental_autograph_options,
            experimental_relax_shapes,
            experimental_compile,
        )

    return decorated if func is None else decorated(func)
