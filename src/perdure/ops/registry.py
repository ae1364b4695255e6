"""The registry: for each op its shape function, kernel and gradient function.

A family module says `matmul = op("MatMul")` and decorates three functions with `@matmul.shape`,
`@matmul.kernel` and `@matmul.gradient`.  Their parameters are the names of the op's inputs (positional)
and attributes (keyword-only) in the signature table; each asks only for what it uses.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from perdure.graph import signatures
from perdure.graph.signatures import Signature

# Keyword-only parameters that a kernel may ask for besides attributes: the random stream of its node, a
# counter of its runs, what
# the session owns, the name of its node, and (on the host only) the step, which can wait for others.
KERNEL_EXTRAS = frozenset({"rng", "calls", "resources", "node_name", "step"})
# What a shape function is given by value it may ask for by shape, too: `shape_of_<input>`.
SHAPE_OF = "shape_of_"
GRADIENT_EXTRAS = frozenset({"node"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape function, kernel or gradient function with the names it asks for."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]  # after the leading `xp` or `g`
    attrs: tuple[str, ...]


def _rule(function: Callable[..., Any], leading: int) -> Rule:
    code = function.__code__
    names = code.co_varnames
    positional, keyword_only = code.co_argcount, code.co_kwonlyargcount
    return Rule(function, names[leading:positional], names[positional : positional + keyword_only])


class OpDefinition:
    """What is known of one op beyond its signature; made by `op`."""

    def __init__(
        self,
        op_type: str,
        static: Iterable[str],
        sizes: Iterable[str],
        host: bool,
        updates: Iterable[str],
        handles: Iterable[str],
        reads: Iterable[str],
        rows: str | None,
        setup: bool,
        ranks: Mapping[str, int] | None = None,
    ) -> None:
        self.type = op_type
        self.static = frozenset(static)
        self.sizes = frozenset(sizes)
        self.host = host
        self.updates = tuple(updates)
        self.handles = frozenset(handles)
        self.reads = frozenset(reads)
        self.rows = rows
        self.setup = setup
        self.ranks = {**dict.fromkeys(self.sizes, 1), **(ranks or {})}
        self.shape_rule: Rule | None = None
        self.kernel_rule: Rule | None = None
        self.gradient_rule: Rule | None = None
        self.direct: Callable[..., Any] | None = None
        self.no_gradient_reason: str | None = None
        self.gradient_refusal: str | None = None
        self._checked = False

    @property
    def signature(self) -> Signature:
        """The op's row of the signature table."""
        signature = signatures.find(self.type)
        if signature is None:
            raise LookupError(f"TensorFlow 1.15 has no op of type {self.type!r}")
        return signature

    @cached_property
    def calls_functions(self) -> bool:
        """Whether it has functions as attributes, which the kernel gets ready to be called."""
        return any(attr.type in ("func", "list(func)") for attr in self.signature.attrs)

    def shape(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the shape function: shapes of inputs (values, for static ones) to those of outputs."""
        self.shape_rule = _rule(function, 0)
        return function

    def kernel(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the kernel: `xp` and arrays to arrays."""
        self.kernel_rule = _rule(function, 1)
        return function

    def interpret_as(self, function: Callable[..., Any]) -> None:
        """Name a C function of the op's inputs alone that computes what the kernel does with NumPy.

        The interpreted tier calls it in the kernel's place; only if it fails is the kernel called, to
        say what was wrong.
        """
        self.direct = function

    def gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the gradient function: `g`, `d_<output>` and tensors to a dictionary by input name."""
        self.gradient_rule = _rule(function, 1)
        return function

    def not_differentiable(self, reason: str) -> None:
        """State why the op has no gradient."""
        self.no_gradient_reason = reason

    def refuse_gradient(self, reason: str = "TensorFlow 1.15 has none") -> None:
        """State why `tf.gradients` through the op is a LookupError, and not just nothing."""
        self.gradient_refusal = reason

    def check(self) -> None:
        """Check the parameter names of all rules against the signature, once.

        Raises:
            TypeError: a rule asks for something the op does not have.
        """
        if self._checked:
            return
        signature = self.signature
        inputs = {argument.name for argument in signature.inputs}
        attrs = {attr.name for attr in signature.attrs}
        outputs = {argument.name for argument in signature.outputs}
        by_value = {SHAPE_OF + name for name in self.static | self.sizes}
        _check_names(self, "shape function", self.shape_rule, inputs | by_value, attrs)
        _check_names(self, "kernel", self.kernel_rule, inputs, attrs | KERNEL_EXTRAS)
        gradients = {f"d_{name}" for name in outputs}
        _check_names(
            self, "gradient", self.gradient_rule, inputs | outputs | gradients, attrs | GRADIENT_EXTRAS
        )
        for option in (self.static, self.sizes, self.updates, self.handles, self.reads, self.ranks):
            for name in option:
                if name not in inputs:
                    raise TypeError(f"op({self.type!r}): it has no input {name!r}, but {sorted(inputs)}")
        self._checked = True


def _check_names(
    definition: OpDefinition, kind: str, rule: Rule | None, inputs: set[str], attrs: set[str]
) -> None:
    if rule is None:
        return
    where = f"{kind} {rule.function.__name__} of {definition.type}"
    for name in rule.arguments:
        if name not in inputs:
            raise TypeError(f"{where}: parameter {name!r} is none of {sorted(inputs)}")
    for name in rule.attrs:
        if name not in attrs:
            raise TypeError(f"{where}: keyword {name!r} is none of {sorted(attrs)}")


_definitions: dict[str, OpDefinition] = {}
_loaded = False


def op(
    op_type: str,
    *,
    static: Iterable[str] = (),
    sizes: Iterable[str] = (),
    host: bool = False,
    updates: Iterable[str] = (),
    handles: Iterable[str] = (),
    reads: Iterable[str] = (),
    rows: str | None = None,
    setup: bool = False,
    ranks: Mapping[str, int] | None = None,
) -> OpDefinition:
    """Define an op of the signature table.

    Args:
        op_type: its type.
        static: inputs whose value must be known to compile; the shape function gets the value or None (in
            the place of a list, for each tensor the value or its shape).
        sizes: static inputs that are a vector of sizes; the shape function gets a plain shape.  Inputs that
            are `static` too keep their negative entries.
        host: whether it only makes sense on the host.
        updates: variable inputs it writes; the kernel returns their new values, in this order, before
            its outputs that are no references.
        handles: inputs the kernel gets as the variable object itself, not its value.
        reads: resource inputs the kernel gets as the value of the variable.
        rows: the input that says which rows of the variables in `updates` change; the kernel may be lent
            the variables' own arrays (`arrays/lent.py`) to change these rows in place.
        ranks: the ranks of inputs that the shape function takes for granted; 1 for those in `sizes`.
        setup: whether it makes a handle that is the same in every step, so that it runs when a step is
            planned.

    Raises:
        ValueError: it is defined already.
    """
    if op_type in _definitions:
        raise ValueError(f"op({op_type!r}) is defined twice")
    definition = OpDefinition(op_type, static, sizes, host, updates, handles, reads, rows, setup, ranks)
    enter(definition)
    return definition


def enter(definition: OpDefinition) -> None:
    """Let `lookup` find a definition."""
    _definitions[definition.type] = definition


def lookup(op_type: str) -> OpDefinition | None:
    """The definition of an op, or None if perdure has none for it."""
    if not _loaded:
        _load_families()
    definition = _definitions.get(op_type)
    if definition is not None and not definition._checked:
        definition.check()
    return definition


def all_definitions() -> dict[str, OpDefinition]:
    """The definitions of TensorFlow's ops by type; those that programs define are left out."""
    _load_families()
    types = frozenset(signatures.all_types())
    return {name: definition for name, definition in _definitions.items() if name in types}


def _load_families() -> None:
    global _loaded
    import perdure.ops as package

    for module in pkgutil.walk_packages(package.__path__, "perdure.ops."):
        import_module(module.name)
    _loaded = True
