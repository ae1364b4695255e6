"""Which function makes the gradient of an operation: the ops' own rules, and those a program registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.builder import g
from perdure.gradients import array_rules, flow_rules
from perdure.graph import hooks, signatures
from perdure.graph.construction import split_by_argument
from perdure.graph.func_graph import CALLED
from perdure.graph.operation import Operation
from perdure.ops.registry import OpDefinition, lookup

# As a program writes it: from the operation and the gradients of its outputs to those of its inputs.
GradientFunction = Callable[..., Any]

_registered: dict[str, GradientFunction | None] = {}
# The gradients of what loops, branches and arrays are made of deal with operations, not with tensors.
_STRUCTURAL: dict[str, GradientFunction | None] = {
    **flow_rules.RULES,
    **array_rules.RULES,
    **dict.fromkeys(array_rules.CONSTANT),
}


class RegisterGradient:
    """A decorator that registers a gradient function under a name.

    The function takes the Operation and the gradients of its outputs, and returns those of its inputs.

    Args:
        op_type: an op type, or a name for use with `Graph.gradient_override_map`.

    Raises:
        TypeError: `op_type` is not a string.
        KeyError: the name is taken.
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, function: GradientFunction) -> GradientFunction:
        _register(self._op_type, function)
        return function


def no_gradient(op_type: str) -> None:
    """State that an op type is not differentiable: no gradient flows through it.

    Raises:
        TypeError: `op_type` is not a string.
        KeyError: a gradient is registered for it.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, None)


NotDifferentiable = no_gradient


def _register(name: str, function: GradientFunction | None) -> None:
    definition = lookup(name)
    has_own = (
        name in _STRUCTURAL
        or definition is not None
        and (definition.gradient_rule is not None or definition.no_gradient_reason is not None)
    )
    if name in _registered or has_own:
        raise KeyError(f"Registering two gradient with name '{name}'!")
    _registered[name] = function


def gradient_function(op: Operation) -> GradientFunction | None:
    """The function that makes the gradient of `op`.

    Returns:
        A function of the operation and the gradients of its outputs that returns the gradients of its
        inputs, flat; None if the op is not differentiable or has no inputs.

    Raises:
        LookupError: there is none, nor a statement that there cannot be one.
    """
    if not op.inputs:
        return None
    name = op.attrs.get("_gradient_op_type", op.type)
    if CALLED in op.attrs and name not in _registered:
        return hooks.named_call_gradient  # type: ignore[return-value]
    if name in _registered:
        return _registered[name]
    if name in _STRUCTURAL:
        return _STRUCTURAL[name]
    definition = lookup(name)
    if definition is not None and definition.gradient_rule is not None:
        return lambda op, *d_outputs: _apply_rule(definition, op, d_outputs)
    if definition is not None and definition.no_gradient_reason is not None:
        return None
    refusal = None if definition is None else definition.gradient_refusal
    reason = f": {refusal}" if refusal else ""
    raise LookupError(f"No gradient defined for operation '{op.name}' (op type: {op.type}){reason}")


def _apply_rule(definition: OpDefinition, op: Operation, d_outputs: Sequence[Any]) -> list[Any]:
    """Call an op's own rule, by names, and put what it returns into the order of the inputs."""
    rule = definition.gradient_rule
    assert rule is not None
    # Another type's where a gradient override asks for it.
    signature = op.signature if definition.type == op.type else signatures.find(definition.type)
    assert signature is not None
    named: dict[str, Any] = {}
    for prefix, arguments, flat in (
        ("", signature.outputs, op.outputs),
        ("", signature.inputs, op.inputs),
        ("d_", signature.outputs, d_outputs),
    ):
        items = split_by_argument(flat, arguments, op.attrs)
        named.update(zip((prefix + a.name for a in arguments), items, strict=True))
    keywords = {
        name: op if name == "node" else op.attrs[name] if name in op.attrs else signature.attr(name).default  # type: ignore[union-attr]
        for name in rule.attrs
    }
    made = rule.function(g, *[named[name] for name in rule.arguments], **keywords)
    unknown = set(made) - {argument.name for argument in signature.inputs}
    if unknown:
        raise TypeError(f"the gradient of {op.type} names {sorted(unknown)}, which are no inputs of it")
    flat_gradients: list[Any] = []
    for argument, given in zip(
        signature.inputs, split_by_argument(op.inputs, signature.inputs, op.attrs), strict=True
    ):
        gradient = made.get(argument.name)
        if argument.is_list:
            flat_gradients += [None] * len(given) if gradient is None else list(gradient)
        else:
            flat_gradients.append(gradient)
    return flat_gradients
