"""What the tests of all op families share.

A family's test module is:

    class TestMath(OpFamilyTests):
        family = "math"

and runs every case of tests/cases/math.py against the goldens in tests/golden/ops/math.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import perdure  # noqa: F401  (binds the graph's hooks)
from perdure.arrays import jax_arrays
from perdure.arrays.philox import Stream
from perdure.graph import errors, signatures
from perdure.graph.builder import raw_constructor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import as_dtype, resource
from perdure.graph.graph import Graph
from perdure.ops.registry import lookup
from perdure.resources.resources import Resources
from perdure.resources.resources import Variable as StoredVariable
from perdure.resources.streams import Calls
from perdure.runtime.plan import plan
from perdure.runtime.planning.place import Placer
from tests import golden
from tests.cases import Case, Variable

GOLDEN = Path(golden.__file__).parent / "ops"
TOLERANCES = {  # rtol, atol: a few units in the last place of sums of a few numbers
    "float16": (4e-3, 1e-3),
    "bfloat16": (2e-2, 1e-2),
    "float32": (1e-5, 1e-6),
    "float64": (1e-10, 1e-12),
    "complex64": (1e-5, 1e-6),
    "complex128": (1e-10, 1e-12),
}


# -- cases and goldens ------------------------------------------------------------


@cache
def family_cases(family: str) -> list[Case]:
    """The cases of a family."""
    return import_module(f"tests.cases.{family}").CASES


@cache
def op_goldens(family: str, op_type: str) -> dict:
    """The records of an op's cases."""
    return golden.read(str(GOLDEN / family / f"{op_type}.jsonl"))


def golden_of(family: str, case: Case) -> dict:
    """The golden of a case; fails when it is missing or stale."""
    remedy = f"run tests/oracle/make_op_goldens.py {family}/{case.op}"
    record = op_goldens(family, case.op).get(case.key)
    if record is None:
        pytest.fail(f"{case.key} has no golden: {remedy}")
    if is_stale(case, record):
        pytest.fail(f"the case {case.key} has changed since its golden was made: {remedy}")
    return record


def is_stale(case: Case, record: dict) -> bool:
    """Whether a golden was made from other inputs or attrs."""
    form, sums = case.fingerprint()
    return record["form"] != form or not np.allclose(record["sums"], sums, rtol=1e-4, atol=1e-6)


def arguments_of(case: Case) -> list:
    """The op's input arguments, one for each input of the case."""
    signature = signatures.find(case.op)
    assert signature is not None, f"{case.op} is no op of TensorFlow 1.15"
    assert len(signature.inputs) == len(case.inputs), f"{case.key}: number of inputs"
    return list(signature.inputs)


def is_variable(argument, value) -> bool:
    """Whether an input enters the graph as a variable."""
    return argument.is_ref or argument.type is resource or isinstance(value, Variable)


def leaves(value) -> list:
    """The arrays of an input: itself, or the items of a list input."""
    return value if isinstance(value, list) else [value]


# -- a case in a graph ------------------------------------------------------------


class Built:
    """A case built into a graph of its own, as the oracle builds it.

    Args:
        case: the case.
        mode: how its inputs enter: "constant", or placeholders that are "shaped" (full shape), "partial"
            (first size unknown) or "unknown" (rank unknown).
        constant_inputs: positions of inputs that are constants whatever the mode.
        widen: whether float32 inputs become float64.
    """

    def __init__(self, case: Case, mode: str, constant_inputs=(), widen: bool = False) -> None:
        self.case, self.widen = case, widen
        self.feeds, self.leaves, self.variables = {}, [], []
        self.graph, self.resources = Graph(), Resources()
        with self.graph.as_default():
            inputs = []
            for index, (argument, value) in enumerate(zip(arguments_of(case), case.inputs, strict=True)):
                how = "constant" if index in constant_inputs else mode
                made = [self._input(argument, item, how) for item in leaves(value)]
                inputs.append(made if isinstance(value, list) else made[0])
            raw_constructor(case.op)(*inputs, name="case", **case.attrs)
            self.op = self.graph.get_operation_by_name("case")

    def _input(self, argument, value, how):
        if is_variable(argument, value):
            return self._variable(argument, value)
        if self.widen and value.dtype == np.float32:
            value = value.astype(np.float64)
        dtype = as_dtype(value.dtype) if value.dtype != object else as_dtype("string")
        if how == "constant":
            tensor = raw_constructor("Const")(value=value, dtype=dtype)
        else:
            shape = {
                "shaped": value.shape,
                "unknown": None,
                "partial": (None, *value.shape[1:]) if value.ndim else (),
            }[how]
            tensor = raw_constructor("Placeholder")(dtype=dtype, shape=shape)
            self.feeds[tensor] = value
        self.leaves.append(tensor)
        return tensor

    def _variable(self, argument, value):
        if not isinstance(value, Variable):
            value = Variable(value)
        dtype, name = as_dtype(value.dtype), f"v{len(self.variables)}"
        maker = raw_constructor("VariableV2" if argument.is_ref else "VarHandleOp")
        handle = maker(shape=value.shape, dtype=dtype, shared_name=name)
        stored = self.resources.get(StoredVariable, name, dtype=dtype, declared_shape=value.shape)
        stored.value = value.value
        self.variables.append(stored)
        return handle

    def shapes(self) -> list:
        """The static shapes of the outputs, as lists."""
        return [None if t._shape is None else list(t._shape) for t in self.op.outputs]

    def sources(self) -> list:
        """The inputs that gradients are taken by."""
        return [leaf for leaf in self.leaves if _is_differentiable(leaf)]

    def targets(self) -> list:
        """The outputs that gradients are taken of."""
        return [output for output in self.op.outputs if _is_differentiable(output)]

    def run(self, fetches=None) -> list:
        """Run the op once; returns what is fetched (its outputs that are no handles)."""
        if fetches is None:
            fetches = [t for t in self.op.outputs if t.dtype.base_dtype.name not in HANDLES]
        step = plan(fetches, [self.op], list(self.feeds), self.resources, Placer())
        return step.run([np.asarray(value) for value in self.feeds.values()])


HANDLES = ("resource", "variant")


# -- comparing --------------------------------------------------------------------


def check_equal(actual, record, case: Case, what: str) -> None:
    """`actual` has the dtype, shape and, within the tolerance, the numbers of a golden."""
    expected = golden.unpack(record)
    actual = np.asarray(actual)
    name = "string" if actual.dtype.kind in "OSU" else actual.dtype.name
    assert name == record[0], f"{what}: dtype {name}, TensorFlow's is {record[0]}"
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, not {expected.shape}"
    if name == "string" or expected.dtype.kind in "biu":
        np.testing.assert_array_equal(actual, expected, err_msg=what)
        return
    rtol, atol = TOLERANCES[name]
    rtol = rtol if case.rtol is None else case.rtol
    atol = atol if case.atol is None else case.atol
    if name == "bfloat16":
        actual = actual.astype(np.float32)
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, err_msg=what)


def check_all(actual, records, case: Case, what: str) -> None:
    """`check_equal` for several values; a golden of None asks for None."""
    assert len(actual) == len(records), f"{what}: {len(actual)} values, not {len(records)}"
    for i, (value, record) in enumerate(zip(actual, records, strict=True)):
        if record is None:
            assert value is None, f"{what} {i}: TensorFlow has none"
        else:
            assert value is not None, f"{what} {i}: TensorFlow has one"
            check_equal(value, record, case, f"{what} {i}")


# -- the compiled tier ------------------------------------------------------------


def run_traced(case: Case):
    """Run a case's kernel with jax.numpy, under jit.

    Returns:
        For each run: the new values of the variables the op updates, by name, and its outputs that are
        no references.
    """
    import jax

    from perdure.arrays.checks_jax import collected_checks

    definition = lookup(case.op)
    rule, signature = definition.kernel_rule, definition.signature
    values = dict(zip([a.name for a in signature.inputs], case.inputs, strict=True))
    known = {
        name
        for name in rule.arguments
        if name in definition.static | definition.sizes | set(definition.handles)
        or any(leaf.dtype == object for leaf in leaves(values[name]))
    }
    traced = [name for name in rule.arguments if name not in known]
    attrs = _attrs_of(case, rule)

    def kernel(*arrays):
        given = dict(zip(traced, arrays, strict=True))
        arguments = [
            given[name] if name in given else _known(definition, name, values[name])
            for name in rule.arguments
        ]
        result = rule.function(jax_arrays(), *arguments, **attrs)
        if result is None:
            return []
        return list(result) if isinstance(result, (list, tuple)) else [result]

    def checked(*arrays):
        with collected_checks() as checks:
            return kernel(*arrays), list(checks)

    runs = []
    with jax.enable_x64(True):
        for _ in range(case.runs):
            arrays = [_as_jax(values[name]) for name in traced]
            # Random kernels reserve their numbers while tracing: trace anew in each run.
            results, checks = jax.jit(lambda *a: checked(*a))(*arrays)
            assert all(checks), "a check failed"
            flat = [leaf for result in results for leaf in leaves(result)]
            count = len(definition.updates)
            updated = dict(zip(definition.updates, flat[:count], strict=True))
            for name in definition.updates:
                values[name] = np.asarray(updated[name])
            runs.append((updated, flat[count:]))
    return runs


def _attrs_of(case, rule):
    extras = {"node_name": "case", "calls": Calls("case")}
    op = Built(case, "shaped").op
    if "rng" in rule.attrs:
        extras["rng"] = Stream(op.attrs["seed"], op.attrs["seed2"])
    return {name: extras[name] if name in extras else op.attrs[name] for name in rule.attrs}


def _known(definition, name, value):
    if name not in definition.handles:
        return value
    # What perdure.runtime.execution.step.VariableInStep shows of a variable.
    if not isinstance(value, Variable):
        value = Variable(value)
    return SimpleNamespace(
        initialized=value.value is not None, dtype=as_dtype(value.dtype), shape=value.shape, name="v0"
    )


def _as_jax(value):
    import jax.numpy as jnp

    if isinstance(value, list):
        return [jnp.asarray(item) for item in value]
    return jnp.asarray(value.value if isinstance(value, Variable) else value)


def is_traceable(case: Case) -> bool:
    """Whether a case's op makes sense inside a compiled program."""
    definition = lookup(case.op)
    if definition is None or definition.kernel_rule is None:
        return True  # the test then says that the op has no kernel
    rule = definition.kernel_rule
    strings = any(leaf.dtype == object for value in case.inputs for leaf in leaves(value))
    needed = set(rule.arguments) - set(definition.handles)
    unset = any(
        isinstance(value, Variable) and value.value is None and argument.name in needed
        for argument, value in zip(arguments_of(case), case.inputs, strict=True)
    )
    traits = definition.traits
    return not (traits.host or definition.takes_from_session or strings or unset)


# -- gradients --------------------------------------------------------------------


def gradients_of(built: Built, targets: list) -> tuple[list, list]:
    """tf.gradients of `targets` by the floating inputs, with the golden weights as incoming gradients.

    Returns:
        The gradients as tensors and as values; None in both where there is no path.
    """
    from perdure.gradients import gradients

    with built.graph.as_default():
        values = [np.asarray(value) for value in built.run(targets)]
        incoming = [
            raw_constructor("Const")(value=golden.weights(value), dtype=target.dtype)
            for value, target in zip(values, targets, strict=True)
        ]
        found = [
            None if gradient is None else convert_to_tensor(gradient)
            for gradient in gradients(targets, built.sources(), incoming)
        ]
        numbers = iter(built.run([tensor for tensor in found if tensor is not None]))
        return found, [None if tensor is None else next(numbers) for tensor in found]


def _is_differentiable(tensor) -> bool:
    return tensor.dtype.base_dtype.is_floating or tensor.dtype.base_dtype.is_complex


def slope(case: Case) -> tuple[float, float, float]:
    """The change of the weighted outputs along a fixed direction, in float64.

    Returns:
        (before, after, according to tf.gradients): the one-sided slopes and the gradient's product with
        the direction.  The first two differ where the op has a corner.
    """
    built = Built(case, "shaped", widen=True)
    targets = built.targets()
    _, found = gradients_of(built, targets)
    # TensorFlow has no gradient by some inputs (Zeta's x): those stay where they are.
    gradients = {
        leaf: gradient for leaf, gradient in zip(built.sources(), found, strict=True) if gradient is not None
    }
    start = {leaf: built.feeds[leaf] for leaf in gradients}
    random = np.random.RandomState(3)
    along = {leaf: random.randn(*value.shape) for leaf, value in start.items()}

    def total(step):
        for leaf in start:
            built.feeds[leaf] = start[leaf] + step * along[leaf]
        values = built.run(targets)
        return sum(float(np.sum(golden.weights(np.asarray(v)) * v)) for v in values)

    step = 1e-6
    low, middle, high = total(-step), total(0.0), total(step)
    product = sum(float(np.sum(gradient * along[leaf])) for leaf, gradient in gradients.items())
    return (middle - low) / step, (high - middle) / step, product


def has_gradient(case: Case) -> bool:
    """Whether gradients are compared for a case."""
    return case.error is None and case.grad


def can_widen(case: Case) -> bool:
    """Whether a case can be tried in float64.

    Its floats are finite float32 or float64 and none is a variable; the op takes float64 for them and gives
    no float32 (as resizes do); and no attr names a type that would have to follow.
    """
    signature = signatures.find(case.op)
    if any(output.type is not None and output.type.name == "float32" for output in signature.outputs):
        return False
    has_floats = False
    for argument, value in zip(arguments_of(case), case.inputs, strict=True):
        if is_variable(argument, value):
            return False
        floats = [leaf for leaf in leaves(value) if leaf.dtype.kind in "fc"]
        attr = signature.attr(argument.type_attr) if argument.type_attr else None
        allows = attr is not None and (attr.allowed is None or as_dtype("float64") in attr.allowed)
        if (
            floats
            and not (allows or argument.type_list_attr)
            or not all(leaf.dtype in (np.float32, np.float64) and np.isfinite(leaf).all() for leaf in floats)
        ):
            return False
        has_floats = has_floats or bool(floats)
    return has_floats and all(
        attr.type != "type" or attr.name in signature.inferred_attrs for attr in signature.attrs
    )


SELECTIONS = {
    "case": lambda case: case.error is None,
    "traceable_case": lambda case: case.error is None and case.compiled and is_traceable(case),
    "differentiable_case": has_gradient,
    "smooth_case": lambda case: has_gradient(case) and can_widen(case),
    "failing_case": lambda case: case.error is not None,
}


# -- the tests --------------------------------------------------------------------


class OpFamilyTests:
    """The tests every op family passes; a subclass names its `family`."""

    family: str

    def test_interpreted(self, case):
        """The interpreted tier gives TensorFlow's outputs, and its variables afterwards."""
        record = golden_of(self.family, case)
        built = Built(case, "shaped")
        assert [t.dtype.name for t in built.op.outputs] == record["dtypes"]
        for run, expected in enumerate(record["outputs"]):
            check_all(built.run(), expected, case, f"run {run}, output")
        check_all([v.value for v in built.variables], record["variables"], case, "variable")

    def test_traced(self, traceable_case):
        """The kernel gives the same with jax.numpy."""
        case = traceable_case
        record = golden_of(self.family, case)
        kept = [not name.endswith("_ref") for name in record["dtypes"] if name not in HANDLES]
        runs = run_traced(case)
        for run, ((_, outputs), expected) in enumerate(zip(runs, record["outputs"], strict=True)):
            expected = [r for r, keep in zip(expected, kept, strict=True) if keep]
            check_all(outputs, expected, case, f"run {run}, output")
        names = [
            argument.name
            for argument, value in zip(arguments_of(case), case.inputs, strict=True)
            if is_variable(argument, value)
        ]
        after = dict(zip(names, record["variables"], strict=True))
        for name, value in runs[-1][0].items():
            check_equal(value, after[name], case, f"variable {name}")

    def test_static_shapes(self, case):
        """Static shapes are TensorFlow's for inputs that are known, partly known and unknown."""
        record = golden_of(self.family, case)
        shapes = record["shapes"]
        constant_inputs = shapes["constant_inputs"]
        for mode, constants in [
            ("constant", ()),
            ("shaped", ()),
            ("partial", constant_inputs),
            ("unknown", constant_inputs),
        ]:
            expected = shapes.get(mode, shapes["constant"])
            if isinstance(expected, dict):
                with pytest.raises((ValueError, TypeError)):
                    Built(case, mode, constants)
            else:
                assert Built(case, mode, constants).shapes() == expected, f"{mode} inputs"

    def test_gradients(self, differentiable_case):
        """tf.gradients gives TensorFlow's numbers, first and second order."""
        case = differentiable_case
        record = golden_of(self.family, case)
        expected = record["gradients"]
        built = Built(case, "shaped")
        targets = built.targets()
        for order in expected:
            if isinstance(expected[order], dict):
                with pytest.raises((LookupError, TypeError, ValueError, errors.OpError)):
                    gradients_of(built, targets)
                return
            tensors, values = gradients_of(built, targets)
            check_all(values, expected[order], case, f"gradient of {order} order")
            targets = [tensor for tensor in tensors if tensor is not None]

    def test_gradient_is_the_slope(self, smooth_case):
        """In float64 the gradient is the slope of the outputs, wherever they have one."""
        record = golden_of(self.family, smooth_case)
        first = record["gradients"].get("first")
        if not isinstance(first, list) or any(item is None for item in first):
            return  # TensorFlow differentiates by some inputs only, or by none
        if any(name.startswith("complex") for name in record["dtypes"]):
            return
        before, after, product = slope(smooth_case)
        if np.isclose(before, after, rtol=1e-3, atol=1e-4):
            np.testing.assert_allclose(product, (before + after) / 2, rtol=1e-4, atol=1e-5)

    def test_errors(self, failing_case):
        """What TensorFlow refuses is refused, with the same class."""
        record = golden_of(self.family, failing_case)
        expected = record["error"]
        if "build" in expected:
            with pytest.raises((ValueError, TypeError)) as caught:
                Built(failing_case, "constant")
            assert type(caught.value).__name__ == expected["build"]
        if "run" in expected:
            with pytest.raises((ValueError, TypeError, errors.OpError)) as caught:
                Built(failing_case, "unknown").run()
            assert type(caught.value).__name__ == expected["run"]
