"""The registry: for each op its shape function, kernel and gradient function.

A family module says `matmul = op("MatMul")` and decorates three functions with `@matmul.shape`,
`@matmul.kernel` and `@matmul.gradient`.  Their parameters are the names of the op's inputs (positional)
and attributes (keyword-only) in the signature table; each asks only for what it uses.  What else the op is
(heavy, waiting, an identity ...) are traits on the same line (`traits.py`).
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from perdure.graph import signatures
from perdure.graph.signatures import Signature
from perdure.ops.capabilities import CAPABILITIES, Capability
from perdure.ops.traits import PLAIN, Traits
from perdure.resources.resource import Resource, Sharing
from perdure.resources.resources import Variable

# What a shape function is given by value it may ask for by shape, too: `shape_of_<input>`.
SHAPE_OF = "shape_of_"
_PACKAGE = "perdure.ops"
GRADIENT_EXTRAS = frozenset({"node"})

# Where a word of an op type begins behind another one.
_WORD_STARTS = r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=.)(?=V\d$)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape function, kernel or gradient function with the names it asks for."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]  # after the leading `xp` or `g`
    attrs: tuple[str, ...]

    @property
    def capabilities(self) -> list[Capability]:
        """What a kernel asks for besides attributes."""
        return [CAPABILITIES[name] for name in self.attrs if name in CAPABILITIES]


def _rule(function: Callable[..., Any], leading: int) -> Rule:
    code = function.__code__
    names = code.co_varnames
    positional, keyword_only = code.co_argcount, code.co_kwonlyargcount
    return Rule(function, names[leading:positional], names[positional : positional + keyword_only])


class OpDefinition:
    """What is known of one op beyond its signature; made by `op`."""

    # Whether rules that were made by other functions are named after the op.
    _names_rules = True

    def __init__(
        self,
        op_type: str,
        static: Iterable[str] = (),
        sizes: Iterable[str] = (),
        updates: Iterable[str] = (),
        handles: Iterable[str] | Mapping[str, type[Resource]] = (),
        reads: Iterable[str] = (),
        rows: str | None = None,
        makes: type[Resource] | None = None,
        traits: Traits = PLAIN,
        ranks: Mapping[str, int] | None = None,
    ) -> None:
        self.type = op_type
        self.static = frozenset(static)
        self.sizes = frozenset(sizes)
        self.updates = tuple(updates)
        self.handles = dict(handles) if isinstance(handles, Mapping) else dict.fromkeys(handles, Variable)
        self.reads = frozenset(reads)
        self.rows = rows
        self.makes = makes
        self.traits = traits
        self.ranks = {**dict.fromkeys(self.sizes, 1), **(ranks or {})}
        self.shape_rule: Rule | None = None
        self.kernel_rule: Rule | None = None
        self.entries_rule: Rule | None = None
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
    def takes_from_session(self) -> bool:
        """Whether its kernel deals with what the session owns, so that only the host can run it."""
        rule = self.kernel_rule
        return self.traits.setup or rule is not None and any(each.host for each in rule.capabilities)

    @cached_property
    def is_pure(self) -> bool:
        """Whether its kernel computes on its inputs and attributes alone, and nothing else happens.

        What an op reads by way of a reference is the node's affair: its inputs' types say so.
        """
        if self.kernel_rule is None:
            return False
        traits = self.traits
        changes = self.updates or traits.waits or traits.draws or self.signature.is_stateful
        changes = changes or not all(each.is_constant for each in self.kernel_rule.capabilities)
        return not (
            changes or self.handles or self.reads or self.takes_from_session or self.signature.calls_functions
        )

    @property
    def reads_values(self) -> bool:
        """Whether it takes the value of a variable by way of its handle."""
        return bool(self.reads) and self.traits.reads_only is None

    @cached_property
    def may_be_folded(self) -> bool:
        """Whether a node of it may be computed beforehand when its inputs are constants."""
        outputs = self.signature.outputs
        is_flat = len(outputs) == 1 or not any(output.is_list for output in outputs)
        return self.is_pure and self.traits.foldable and not self.traits.host and is_flat

    def shape(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the shape function: shapes of inputs (values, for static ones) to those of outputs."""
        self.shape_rule = _rule(function, 0)
        return function

    def entries(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register what is known of the entries of its output, an integer vector, while a graph is built.

        The function gets what is known of each input (`inference/values.py`, `Known`), and returns a list
        of numbers, with None where one is not known, or None.
        """
        self.entries_rule = _rule(function, 0)
        return function

    def kernel(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the kernel: `xp` and arrays to arrays."""
        self.kernel_rule = _rule(function, 1)
        # What was derived before, of a node that was made when the op had no kernel yet, is not so any more.
        for fact in ("takes_from_session", "is_pure", "may_be_folded"):
            self.__dict__.pop(fact, None)
        self._checked = False
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
        _check_names(self, "entries", self.entries_rule, inputs, attrs)
        _check_names(self, "kernel", self.kernel_rule, inputs, attrs | set(CAPABILITIES))
        _check_traits(self)
        _check_makes(self)
        gradients = {f"d_{name}" for name in outputs}
        _check_names(
            self, "gradient", self.gradient_rule, inputs | outputs | gradients, attrs | GRADIENT_EXTRAS
        )
        for option in (self.static, self.sizes, self.updates, self.handles, self.reads, self.ranks):
            for name in option:
                if name not in inputs:
                    raise TypeError(f"op({self.type!r}): it has no input {name!r}, but {sorted(inputs)}")
        if self.updates and self.kernel_rule is not None:
            for capability in self.kernel_rule.capabilities:
                if capability.in_step is not None:
                    what = capability.what
                    raise TypeError(f"op({self.type!r}): it updates variables and cannot ask for {what}")
        if self._names_rules:
            self._name_rules()
        self._checked = True

    def _name_rules(self) -> None:
        """Name what factories made after the op, as tracebacks and profiles show it.

        A function that several ops share, or that has a name of its own, keeps it.
        """
        rules = {"shape": self.shape_rule, "kernel": self.kernel_rule, "gradient": self.gradient_rule}
        for what, rule in rules.items():
            if rule is None:
                continue
            function = rule.function
            if "<locals>" in function.__qualname__ or function.__name__ == "<lambda>":
                name = f"{snake_case(self.type)}_{what}"
                function.__code__ = function.__code__.replace(co_name=name, co_qualname=name)
                function.__name__ = function.__qualname__ = name


def snake_case(op_type: str) -> str:
    """An op type as rules and functions are named: `max_pool3d_grad`, `queue_dequeue_v2`."""
    return re.sub(_WORD_STARTS, "_", op_type).lower()


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


def _check_traits(definition: OpDefinition) -> None:
    """Check that what the kernel asks for is what the op line says."""
    traits, asked = definition.traits, () if definition.kernel_rule is None else definition.kernel_rule.attrs
    if "rng" in asked and not traits.draws:
        raise TypeError(f"op({definition.type!r}): its kernel asks for rng, so it needs draws=True")
    if "step" in asked and not (traits.waits or definition.signature.calls_functions):
        raise TypeError(f"op({definition.type!r}): its kernel asks for the step, so it needs waits=True")


def _check_makes(definition: OpDefinition) -> None:
    rule, makes = definition.kernel_rule, definition.makes
    if rule is not None and (makes is not None) != ("obtain" in rule.attrs):
        raise TypeError(
            f"op({definition.type!r}): an op that `makes` something has a kernel that asks for `obtain`, and "
            "the other way round"
        )
    if makes is not None and makes.sharing is Sharing.STEP and definition.traits.setup:
        raise TypeError(f"op({definition.type!r}): each step makes its own {makes.kind}; nothing is set up")


_definitions: dict[str, OpDefinition] = {}
# What has been looked up: a definition whose rules were checked, or that there is none.
_found: dict[str, OpDefinition | None] = {}


def op(
    op_type: str,
    *,
    static: Iterable[str] = (),
    sizes: Iterable[str] = (),
    updates: Iterable[str] = (),
    handles: Iterable[str] | Mapping[str, type[Resource]] = (),
    reads: Iterable[str] = (),
    rows: str | None = None,
    makes: type[Resource] | None = None,
    ranks: Mapping[str, int] | None = None,
    **traits: Any,
) -> OpDefinition:
    """Define an op of the signature table.

    Args:
        op_type: its type.
        static: inputs whose value must be known to compile; the shape function gets the value or None (in
            the place of a list, for each tensor the value or its shape).
        sizes: static inputs that are a vector of sizes; the shape function gets a plain shape.  Inputs that
            are `static` too keep their negative entries.
        updates: variable inputs it writes; the kernel returns their new values, in this order, before
            its outputs that are no references.
        handles: inputs the kernel gets as the object itself that they stand for, with the class it must be
            of; a sequence of names for variables.
        reads: resource inputs the kernel gets as the value of the variable.
        rows: the input that says which rows of the variables in `updates` change; the kernel may be lent
            the variables' own arrays (`arrays/lent.py`) to change these rows in place.
        makes: the class of the object that a node stands for, by its container and name or by itself: what
            the kernel gets when it calls `obtain`.
        ranks: the ranks of inputs that the shape function takes for granted; 1 for those in `sizes`.
        **traits: what the op is: the attributes of `Traits`.

    Raises:
        TypeError: there is no such trait.
        ValueError: it is defined already.
    """
    if op_type in _definitions:
        raise ValueError(f"op({op_type!r}) is defined twice")
    made = Traits(**traits) if traits else PLAIN
    definition = OpDefinition(op_type, static, sizes, updates, handles, reads, rows, makes, made, ranks)
    enter(definition)
    return definition


def enter(definition: OpDefinition) -> None:
    """Let `lookup` find a definition."""
    _definitions[definition.type] = definition
    _found.pop(definition.type, None)


def lookup(op_type: str) -> OpDefinition | None:
    """The definition of an op, or None if perdure has none for it."""
    definition = _found.get(op_type)
    if definition is None:
        if op_type in _found:
            return None
        definition = _found[op_type] = _find(op_type)
    if definition is not None and not definition._checked:
        definition.check()
    return definition


# The names of functions that nodes call by name.
_called: set[str] = set()
_CALL = "PartitionedCall"


def call_as(name: str) -> None:
    """Let nodes of a type that is the name of a function be what calls of functions are.

    Raises:
        ValueError: an op has that name.
    """
    if signatures.find(name) is not None:
        raise ValueError(f"Cannot add function '{name}' because an op with the same name already exists.")
    _called.add(name)
    _found.pop(name, None)


def _find(op_type: str) -> OpDefinition | None:
    """Load the family that defines an op: the one that `families.txt` names, or all if it names none."""
    family = _families().get(op_type)
    if family is not None:
        # Waits for another thread that is at it: until then rules are missing.
        import_module(f"{_PACKAGE}.{family}")
    elif op_type not in _definitions and signatures.find(op_type) is not None:
        _load_families()
    if op_type in _called:
        return lookup(_CALL)
    return _definitions.get(op_type)


@cache
def _families() -> dict[str, str]:
    """The module of each op, from the table that `tools/families.py` writes."""
    text = Path(__file__).with_name("families.txt").read_text()
    return dict(line.split() for line in text.splitlines())


def traits_of(op_type: str) -> Traits:
    """What an op is; nothing in particular if perdure has none for it."""
    definition = lookup(op_type)
    return PLAIN if definition is None else definition.traits


def all_definitions() -> dict[str, OpDefinition]:
    """The definitions of TensorFlow's ops by type; those that programs define are left out."""
    _load_families()
    types = frozenset(signatures.all_types())
    return {name: definition for name, definition in _definitions.items() if name in types}


@cache
def _load_families() -> None:
    package = import_module(_PACKAGE)
    for module in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}."):
        import_module(module.name)
