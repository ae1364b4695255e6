"""Traits: what an op is stands on its line, and every pass asks for it there."""

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.ops.registry import OpDefinition, all_definitions, lookup, traits_of
from perdure.ops.traits import PLAIN, Traits
from perdure.resources.resources import Resources
from perdure.runtime.plan import plan
from perdure.runtime.planning import cost
from perdure.runtime.planning.effects import may_wait
from perdure.runtime.planning.place import Placer


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def unary(op_type, **traits):
    """An op of a program that hands on its input, with these traits."""
    definition = perdure.op(op_type, inputs=["x: T"], outputs=["y: T"], attrs=["T: type"], **traits)
    definition.shape(lambda x: x)
    definition.kernel(lambda xp, x: x)
    return definition


plain = unary("TestPlain")
heavy = unary("TestHeavy", work="transcendental")
windowed = unary("TestWindowed", work="window")
passing = unary("TestPassing", identity=True, keeps_elements=True)
checking = unary("TestChecking", is_check=True)
unfolded = unary("TestUnfolded", foldable=False)
on_host = unary("TestOnHost", host=True)

waiting = perdure.op(
    "TestWaiting", inputs=["x: float"], outputs=["y: float"], host=True, waits=True, stateful=True
)
waiting.shape(lambda x: x)


@waiting.kernel
def waiting_kernel(xp, x, *, step):
    assert step.deferring is not None  # so that it can be put off
    return x


of_shape = perdure.op(
    "TestOfShape", inputs=["x: T"], outputs=["y: int32"], attrs=["T: type"], reads_only="shape"
)
of_shape.shape(lambda x: (2,))
of_shape.kernel(lambda xp, x: np.array([len(np.shape(x)), np.shape(x)[0]], np.int32))

widened = perdure.op("TestWidened", inputs=["x: T"], outputs=["y: int64"], attrs=["T: type"])
widened.shape(lambda x: None if x is None else (len(x),))
widened.entries(lambda x: None if x.shape is None else [None if s is None else s + 1 for s in x.shape])
widened.kernel(lambda xp, x: np.array(np.shape(x), np.int64) + 1)


def run_types(*fetches, feeds=()):
    """The types of the operations that a step runs, unit by unit."""
    executable = plan(fetches, (), feeds, Resources(), Placer())
    return [[i.node.type for i in unit.instructions] for unit in executable.units]


# -- a new op touches its family's module ----------------------------------------------------------


def test_a_heavy_op_costs_what_its_work_costs():
    """Estimates ask for the work, and know no op."""
    x = tf.placeholder(tf.float32, [100, 100])
    sizes = [cost.Sized(x)]

    def costs(tensor):
        return [cost.cost_of(tensor.op, sizes, sizes, compiled) for compiled in (False, True)]

    assert costs(heavy(x)) == costs(tf.exp(x))
    assert costs(plain(x)) == costs(tf.negative(x))
    for made in (heavy(x), windowed(x)):
        assert all(one > other for one, other in zip(costs(made), costs(plain(x)), strict=True))
    assert cost.compile_cost_of(heavy(x).op) > cost.compile_cost_of(plain(x).op)


def test_ops_that_wait_are_run_around_each_other():
    """Two of a step can be put off; an op that does not wait runs without."""
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    assert may_wait(waiting(x).op) and not may_wait(on_host(x).op)
    with tf.Session() as session:
        assert session.run([waiting(x), waiting(y)], {x: 1.0, y: 2.0}) == [1.0, 2.0]


def test_waiting_is_declared():
    """A kernel that asks for the step, without an op line that says so, is refused; likewise for draws."""
    for name, trait in (("step", "waits=True"), ("rng", "draws=True")):
        wrong = OpDefinition("MatMul")
        namespace: dict = {}
        exec(f"def kernel(xp, a, b, *, {name}): return a", namespace)
        wrong.kernel(namespace["kernel"])
        with pytest.raises(TypeError, match=f"it needs {trait}"):
            wrong.check()


def test_an_identity_leaves_the_plan():
    """What takes its output takes its input; what is known of its elements is known of the input's."""
    x = tf.placeholder(tf.float32, [2])
    assert run_types(passing(x) * 2.0, feeds=[x]) == [["Mul"]]
    assert run_types(plain(x) * 2.0, feeds=[x]) == [["TestPlain", "Mul"]]
    y = tf.placeholder(tf.float32, [None, 3])
    assert tf.zeros(passing(tf.shape(y))).shape.as_list() == [None, 3]
    assert tf.zeros(plain(tf.shape(y))).shape.as_list() == [None, None]


def test_a_check_runs_though_nobody_uses_its_output():
    """What is only waited for leaves, unless programs make it for its error."""
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([plain(x), checking(x)]):
        y = x * 2.0
    assert run_types(y, feeds=[x]) == [["TestChecking", "Mul"]]


def test_what_is_not_folded_stays():
    """It is computed in the step though its input is a constant."""
    x = tf.placeholder(tf.float32, [])
    assert run_types(plain(tf.constant(2.0)) * x, feeds=[x]) == [["Mul"]]
    assert run_types(unfolded(tf.constant(2.0)) * x, feeds=[x]) == [["TestUnfolded", "Mul"]]


def test_what_reads_a_shape_is_known_with_the_shape():
    """While the graph is built, and while a program is compiled."""
    assert tf.zeros(of_shape(tf.placeholder(tf.float32, [5, 7]))).shape.as_list() == [2, 5]
    x = tf.placeholder(tf.float32, [None, 7])
    assert tf.zeros(of_shape(x)).shape.as_list() == [None, None]
    y = tf.reshape(tf.range(10.0), of_shape(x)) * 2.0
    assert len(run_types(y, feeds=[x])) == 1
    with perdure.options(tier="compile"), tf.Session() as session:
        assert session.run(y, {x: np.zeros([5, 7])}).shape == (2, 5)


def test_an_op_says_what_is_known_of_its_entries():
    """Sizes that are known in part give shapes that are known in part."""
    assert tf.zeros(widened(tf.placeholder(tf.float32, [None, 3]))).shape.as_list() == [None, 4]


def test_a_kernel_that_comes_later_counts():
    """A node that was made before its op had a kernel does not decide what the op is."""
    late = perdure.op("TestLate", inputs=["x: float"], outputs=["y: float"])
    late.shape(lambda x: x)
    y = late(tf.constant(2.0))
    assert not lookup("TestLate").is_pure
    late.kernel(lambda xp, x: x + 1)
    assert lookup("TestLate").is_pure and lookup("TestLate").may_be_folded
    with tf.Session() as session:
        assert session.run(y) == 3.0


# -- declaring them --------------------------------------------------------------------------------


def test_unknown_traits_are_refused():
    """By perdure's own op lines, and by those of programs, which are told what there is."""
    with pytest.raises(TypeError, match="slow"):
        Traits(slow=True)  # type: ignore[call-arg]
    with pytest.raises(
        TypeError, match="'setup' is none of the traits that programs declare: foldable, host"
    ):
        perdure.op("TestSetup", setup=True)
    with pytest.raises(TypeError, match="work is one of memory, product, .*, got 'hard'"):
        perdure.op("TestHard", work="hard")
    assert lookup("TestSetup") is None and lookup("TestHard") is None


def test_traits_of_ops_without_a_kernel():
    """Nothing in particular."""
    assert traits_of("Abort") is PLAIN and traits_of("NoSuchOp") is PLAIN


def test_what_is_derived_agrees_with_what_is_declared():
    """Nothing pure waits, draws, writes, makes handles or calls functions."""
    for op_type in all_definitions():
        definition = lookup(op_type)
        traits = definition.traits
        impure = traits.waits or traits.draws or traits.setup or traits.calls or definition.updates
        assert not (impure and definition.is_pure), op_type
        assert not (definition.may_be_folded and traits.host), op_type
        assert not traits.copies or traits.identity, op_type


@pytest.mark.parametrize("work", ["product", "convolution"])
def test_estimates_take_any_shapes(work):
    """Ops of programs need not look like TensorFlow's products."""
    odd = unary(f"TestOdd{work.title()}", work=work)
    x = tf.placeholder(tf.float32, [3])
    assert cost.cost_of(odd(x).op, [cost.Sized(x)], [cost.Sized(x)], False) >= 0.0
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(odd(x), {x: [1, 2, 3]}), [1, 2, 3])
