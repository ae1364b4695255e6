"""Traced functions that can be called, and their gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perdure.functional.array.array import zeros_like
from perdure.functions.calls import CONFIG, partitioned_call
from perdure.functions.definition import TracedFunction
from perdure.functions.tracing import func_graph_from_py_func, pack_sequence_as
from perdure.gradients.driver import gradients_through, is_trainable
from perdure.gradients.registry import RegisterGradient
from perdure.graph import dtypes, nest
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.func_graph import FuncGraph
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.graph.type_spec import TensorSpec
from perdure.graph.uids import count_uids, uid
from perdure.variables.resource_variable import BaseResourceVariable

_FORWARD = "forward_function_name"
_BACKWARD = "backward_function_name"


class GradientFunctions:
    """What the gradient of a call is made of: the function with more results, and a function of those.

    The call becomes one of the first when its gradient is asked for.

    Args:
        func_graph: the body of the function.
        attrs: attributes of all functions made of it.
    """

    def __init__(self, func_graph: FuncGraph, attrs: Mapping[str, Any]) -> None:
        self._func_graph = func_graph
        self._attrs = dict(attrs)
        self.inference = self._function(f"__inference_{func_graph.name}_{uid()}", {})
        self._result_count = len(func_graph.outputs)
        self._pairs: dict[int, tuple[TracedFunction, ConcreteFunction]] = {}
        self._gradient_name: str | None = None

    def _function(self, name: str, attrs: Mapping[str, Any]) -> TracedFunction:
        body = self._func_graph
        return TracedFunction(name, body, body.inputs, body.outputs, {**attrs, **self._attrs})

    def forward_backward(self, count: int | None = None) -> tuple[TracedFunction, ConcreteFunction]:
        """The function whose results are all that the gradient needs, and the gradient.

        Args:
            count: of how many results there is a gradient; of all that the function has when None.
        """
        count = self._result_count if count is None else count
        if count not in self._pairs:
            self._pairs[count] = self._make(count)
        return self._pairs[count]

    def _make(self, count: int) -> tuple[TracedFunction, ConcreteFunction]:
        body = self._func_graph
        ys = [output for output in body.outputs[:count] if is_trainable(output)]
        specs = [TensorSpec(y.shape, y.dtype) for y in ys]

        def backward_function(*grad_ys: Any) -> list[Any]:
            return gradients_through(body, ys, body.inputs, grad_ys=list(grad_ys))

        with body.as_default():
            backward_body = FuncGraph(f"__backward_{body.name}_{uid()}")
            func_graph_from_py_func(
                backward_body.name, backward_function, [], {}, signature=specs, func_graph=backward_body
            )
            forward_name = f"__forward_{body.name}_{uid()}"
            known = set(body.outputs)
            needed = [t for t in backward_body.external_captures if t.op.graph is body and t not in known]
            body.outputs += needed
            backward = ConcreteFunction(backward_body, {_FORWARD: forward_name, **self._attrs})
            forward = self._function(forward_name, {_BACKWARD: backward.name})
        return forward, backward

    def register(self) -> str:
        """The name under which the gradient of calls is registered."""
        if self._gradient_name is None:
            self._gradient_name = f"PartitionedCall-{uid()}"
            RegisterGradient(self._gradient_name)(self.gradient)
        return self._gradient_name

    def gradient(self, op: Operation, *d_outputs: Any) -> Any:
        """The gradients of the inputs of a call, which gets the results that they need."""
        forward, backward = self.forward_backward(len(d_outputs))
        if not backward.outputs:
            return []
        forward.add_to_graph(op.graph)
        give_results(op, "f", forward)
        values = dict(zip(forward.outputs, op.outputs, strict=False))
        captured = [values.get(tensor, tensor) for tensor in backward.captured_inputs]
        given = []
        for d_output, output in zip(d_outputs, self._func_graph.outputs, strict=False):
            if is_trainable(output):
                given.append(zeros_like(output) if d_output is None else d_output)
        return backward._call_flat(given, captured)


def give_results(op: Operation, attribute: str, function: TracedFunction) -> None:
    """Let a node call another function, which returns more behind what it returned."""
    op.attrs[attribute] = function
    op.attrs["Tout"] = function.output_types
    count_uids(len(function.outputs) - len(op.outputs))
    for i, output in enumerate(function.outputs[len(op.outputs) :], len(op.outputs)):
        made = Tensor(op, i, output.dtype.base_dtype)
        made._shape = output._shape
        op.outputs.append(made)
    op.graph.structure_changed()
    op.graph.root.structure_changed()


class ConcreteFunction:
    """A traced function.

    Args:
        func_graph: its body.
        attrs: attributes of the function.
        signature: TensorSpecs of its arguments: then what is no tensor may be given, too.
        shared_func_graph: has no effect: graphs that nobody refers to are collected.
    """

    def __init__(
        self,
        func_graph: FuncGraph,
        attrs: Mapping[str, Any] | None = None,
        signature: Sequence[Any] | None = None,
        shared_func_graph: bool = True,
    ) -> None:
        self._arg_keywords: list[str] | None = None
        self._num_positional_args: int | None = None
        self._func_graph = func_graph
        self._captured_inputs = func_graph.external_captures
        self._signature = signature
        self._functions = GradientFunctions(func_graph, attrs or {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it with tensors, in the order of its arguments or by their names.

        Raises:
            AssertionError: it was made inside and has no names of arguments.
            TypeError: arguments do not fit the names.
            ValueError: an argument is no tensor, or of another shape.
        """
        if self._arg_keywords is None or self._num_positional_args is None:
            if self._signature is None:
                raise AssertionError(
                    "Tried to call a concrete function obtained from an internal API through the public "
                    "interface. Use get_concrete_function instead."
                )
            if kwargs:
                raise NotImplementedError(
                    "Keyword arguments not supported when calling a wrap_function-decorated function."
                )
            return self._call_flat(args, self.captured_inputs)
        return self._call_flat(self._by_name(args, dict(kwargs)), self.captured_inputs)

    def _by_name(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        keywords, most = self._arg_keywords or [], self._num_positional_args or 0
        if len(args) > most:
            raise TypeError(
                f"Expected at most {most} positional arguments (and the rest keywords, of {keywords}), got "
                f"{args}. When calling a concrete function, positional arguments may not be bound to Tensors "
                "within nested structures."
            )
        found = list(args)
        for keyword in keywords[len(args) :]:
            if keyword not in kwargs:
                given = [*keywords[: len(found)], *kwargs]
                raise TypeError(
                    f"Expected argument names {keywords} but got values for {given}. Missing: "
                    f"{sorted(set(keywords) - set(given))}."
                )
            found.append(kwargs.pop(keyword))
        for unused in kwargs:
            if unused in keywords:
                raise TypeError(f"Got two values for keyword '{unused}'.")
        if kwargs:
            raise TypeError(f"Keyword arguments {list(kwargs)} unknown. Expected {keywords}.")
        return found

    def _filtered_call(self, args: Any, kwargs: Any) -> Any:
        """Call it with the tensors and variables among arguments of the Python function."""
        flat = nest.flatten([args, kwargs], expand_composites=True)
        return self._call_flat(
            [item for item in flat if isinstance(item, (Tensor, BaseResourceVariable))], self.captured_inputs
        )

    def _call_flat(
        self, args: Sequence[Any], captured_inputs: Sequence[Tensor], cancellation_manager: Any = None
    ) -> Any:
        graph = get_default_graph()
        if isinstance(graph, FuncGraph):
            for variable in self._func_graph.variables:
                graph.watch_variable(variable)
        tensors: list[Tensor] = []
        seen: set[Tensor] = set()
        for i, arg in enumerate(args):
            if isinstance(arg, BaseResourceVariable):
                if arg.handle not in seen:
                    seen.add(arg.handle)
                    tensors.append(arg.handle)
            elif isinstance(arg, Tensor):
                tensors.append(arg)
                self._check_shape(i, arg)
            elif isinstance(arg, (IndexedSlices, SparseTensor)):
                raise AssertionError(
                    f"Expected all args to be Tensors or Variables; but got CompositeTensor: {list(args)!r}"
                )
            elif self._signature is not None and isinstance(self._signature[i], TensorSpec):
                tensors.append(convert_to_tensor(arg, self._signature[i].dtype))
            else:
                raise ValueError(
                    "All inputs to `ConcreteFunction`s must be Tensors; on invocation of "
                    f"{self._func_graph.name}, the {i}-th input ({arg}) was not a Tensor."
                )
        function = self._functions.inference
        inputs = [*tensors, *captured_inputs]
        if len(inputs) != len(function.inputs):
            raise ValueError(
                f"Arguments and signature arguments do not match. got: {len(inputs)}, expected: "
                f"{len(function.inputs)} "
            )
        name = self._functions.register()
        overrides = {"PartitionedCall": name, "StatefulPartitionedCall": name}
        with (
            graph.gradient_override_map(overrides),
            control_dependencies(list(self._func_graph.control_captures)),
        ):
            results = partitioned_call(inputs, function, function.output_types, config=CONFIG)
        if isinstance(results, Operation):
            return self._build_call_outputs(results)
        for result, output in zip(results, function.outputs, strict=False):
            result.set_shape(output.shape)
            if output.dtype is dtypes.resource and isinstance(graph, FuncGraph):
                graph.stands_for[result] = output
        return self._build_call_outputs(results)

    def _check_shape(self, i: int, arg: Tensor) -> None:
        expected = self._func_graph.inputs[i].shape
        if not expected.is_compatible_with(arg.shape):
            where = f"'{self._arg_keywords[i]}'" if self._arg_keywords else f"with index {i}"
            raise ValueError(
                f"The argument {where} (value {arg}) is not compatible with the shape this function was "
                f"traced with. Expected shape {expected}, but got shape {arg.shape}.\n\nIf you called "
                "get_concrete_function, you may need to pass a tf.TensorSpec(..., shape=...) with a less "
                "specific shape, having None on axes which can vary."
            )

    def _build_call_outputs(self, results: Any) -> Any:
        """What a call returns, in the structure that the Python function returned."""
        structure = self._func_graph.structured_outputs
        if structure is None:
            return results
        leaves = nest.flatten(structure, expand_composites=True)
        values = iter(() if isinstance(results, Operation) else results)
        return pack_sequence_as(structure, [None if leaf is None else next(values) for leaf in leaves])

    @property
    def attribute(self) -> TracedFunction:
        """The function as the attribute of an operation."""
        return self._functions.inference

    @property
    def name(self) -> str:
        """Its name in the library."""
        return self._functions.inference.name

    @property
    def graph(self) -> FuncGraph:
        """Its body."""
        return self._func_graph

    @property
    def inputs(self) -> list[Tensor]:
        """The placeholders of its arguments, captured tensors last."""
        return self._func_graph.inputs

    @property
    def outputs(self) -> list[Tensor]:
        """What it returns, in its body."""
        return self._func_graph.outputs

    @property
    def structured_input_signature(self) -> Any:
        """The arguments that it was traced with, tensors as TensorSpecs."""
        return self._func_graph.structured_input_signature

    @property
    def structured_outputs(self) -> Any:
        """What the Python function returned."""
        return self._func_graph.structured_outputs

    @property
    def captured_inputs(self) -> list[Tensor]:
        """The tensors from outside, which a call hands in behind its arguments."""
        return self._captured_inputs

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that it reads."""
        return self._func_graph.variables

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of them that are trained."""
        return tuple(variable for variable in self.variables if variable.trainable)

    @property
    def function_def(self) -> Any:
        """It as a FunctionDef."""
        return self._functions.inference.definition

    @property
    def output_shapes(self) -> Any:
        """The shapes of what it returns, in its structure."""
        return nest.map_structure(
            lambda item: getattr(item, "shape", TensorShape(None)), self._func_graph.structured_outputs
        )

    @property
    def output_dtypes(self) -> Any:
        """The types of what it returns, in its structure."""
        return nest.map_structure(
            lambda item: None if item is None else item.dtype, self._func_graph.structured_outputs
        )

    def add_to_graph(self, g: Graph | None = None) -> None:
        """Put it into the library of a graph, of the default one when None."""
        self._functions.inference.add_to_graph(get_default_graph() if g is None else g)

    def add_gradient_functions_to_graph(self, g: Graph | None = None) -> None:
        """Put it and the functions of its gradient into the library of a graph."""
        graph = get_default_graph() if g is None else g
        self._functions.inference.add_to_graph(graph)
        forward, backward = self._functions.forward_backward()
        forward.add_to_graph(graph)
        backward.add_to_graph(graph)
