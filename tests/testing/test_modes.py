"""The decorators of TensorFlow's tests, and what tests ask about devices and graphs."""

import unittest

import pytest

from perdure import tf
from perdure.graph.stacks import graph_stack
from perdure.testing import devices, graphs, modes


@pytest.fixture(autouse=True)
def keep_default_graph():
    stack = list(graph_stack.stack)
    yield
    graph_stack.stack[:] = stack
    if not stack:
        tf.reset_default_graph()


def run(test):
    case = type("Case", (tf.test.TestCase,), {"test_it": test})("test_it")
    result = unittest.TestResult()
    case.run(result)
    return result


@pytest.mark.parametrize(
    "decorate",
    [
        modes.run_in_graph_and_eager_modes,
        modes.run_in_graph_and_eager_modes(use_gpu=False),
        modes.run_deprecated_v1,
        modes.run_deprecated_v1(),
        modes.run_v1_only("reason"),
        modes.disable_xla("reason"),
        modes.enable_control_flow_v2,
        modes.build_as_function_and_v1_graph,
        modes.build_as_function_and_v1_graph(),
        modes.skip_if(False),
        modes.assert_no_new_tensors,
        modes.assert_no_garbage_created,
    ],
)
def test_tests_are_run(decorate):
    """A decorated test runs once, and may fail."""
    calls = []

    def test(self):
        calls.append(self)

    assert run(decorate(test)).wasSuccessful()
    assert len(calls) == 1

    def bad(self):
        self.fail("no")

    assert len(run(decorate(bad)).failures) == 1


def test_sessions_of_decorated_tests():
    """run_in_graph_and_eager_modes makes a session the default one."""

    @modes.run_in_graph_and_eager_modes
    def test(self):
        assert tf.get_default_session() is not None

    assert run(test).wasSuccessful()
    with pytest.raises(ValueError, match="only supports test methods"):
        modes.run_in_graph_and_eager_modes(type("A", (), {}))


def test_skipped_tests():
    """Tests for what perdure is not are skipped."""

    def test(self):
        self.fail("never")

    assert [why for _, why in run(modes.run_v2_only(test)).skipped] == ["Test is only compatible with v2"]
    assert run(modes.skip_if(lambda: True)(test)).wasSuccessful()
    if not tf.test.is_gpu_available():
        assert [why for _, why in run(modes.run_gpu_only(test)).skipped] == ["Test requires GPU"]
        assert run(modes.run_cuda_only()(test)).skipped
    with pytest.raises(ValueError, match="`run_v2_only` only supports test methods"):
        modes.run_v2_only(type("A", (), {}))


def test_all_methods():
    """Class decorators reach the test methods and nothing else."""

    @modes.run_all_in_graph_and_eager_modes
    class Case(tf.test.TestCase):
        def test_it(self):
            assert tf.get_default_session() is not None

        def helper(self):
            assert tf.get_default_session() is None

    case = Case("test_it")
    result = unittest.TestResult()
    case.run(result)
    assert result.wasSuccessful()
    Case("helper").helper()

    @modes.for_all_test_methods(modes.run_v1_only, "reason")
    class Another(tf.test.TestCase):
        def test_it(self):
            pass

    result = unittest.TestResult()
    Another("test_it").run(result)
    assert result.wasSuccessful()


def test_leaks_are_found():
    """A test that keeps a tensor, or makes a circle of objects, fails."""
    kept = []

    def keeps(self):
        kept.append(tf.constant(1))

    def circles(self):
        circle = []
        circle.append(circle)

    assert "1 Tensors not deallocated" in run(modes.assert_no_new_tensors(keeps)).failures[0][1]
    assert "in a circle" in run(modes.assert_no_garbage_created(circles)).failures[0][1]


def test_modes():
    """Graphs are what there is."""
    with modes.graph_mode():
        assert not tf.executing_eagerly()
    with pytest.raises(NotImplementedError, match="no eager execution"):
        modes.eager_mode()


def test_devices():
    """Blocks place on the CPU or GPU, as they say and as there is."""
    with tf.Graph().as_default():
        gpu = "/device:GPU:0"
        there = gpu if tf.test.is_gpu_available() else "/device:CPU:0"
        with devices.device(use_gpu=False):
            assert tf.constant(1).device == "/device:CPU:0"
        with devices.use_gpu():
            assert tf.constant(1).device == there
        with devices.force_gpu():
            assert tf.constant(1).device == gpu
        with devices.force_cpu():
            assert tf.constant(1).device == "/device:CPU:0"
    assert bool(tf.test.gpu_device_name()) == tf.test.is_gpu_available()
    assert not tf.test.is_built_with_cuda()
    assert not tf.test.is_built_with_rocm()
    assert not tf.test.is_built_with_gpu_support()


def test_available_gpus(monkeypatch):
    """GPUs count from the capability that is asked for."""
    from perdure.formats.messages import DeviceAttributes

    found = DeviceAttributes(
        name="/device:GPU:0",
        device_type="GPU",
        physical_device_desc="device: 0, name: Some, pci bus id: 0, compute capability: 7.5",
    )
    monkeypatch.setattr(devices, "list_local_devices", lambda: [found])
    assert tf.test.gpu_device_name() == "/device:GPU:0"
    assert tf.test.is_gpu_available()
    assert tf.test.is_gpu_available(min_cuda_compute_capability=(7, 0))
    assert not tf.test.is_gpu_available(min_cuda_compute_capability=(8, 0))


def test_graph_defs():
    """GraphDefs are compared node by node, in any order."""

    def make(*names, value=1):
        with tf.Graph().as_default() as graph:
            for name in names:
                tf.constant(value, name=name)
        return graph

    one, other = make("a", "b").as_graph_def(), make("b", "a").as_graph_def()
    tf.test.assert_equal_graph_def(one, other)
    graphs.assert_equal_graph_def_v2(one, other)
    with pytest.raises(AssertionError, match="actual has a node b, which expected has not"):
        tf.test.assert_equal_graph_def(one, make("a").as_graph_def())
    with pytest.raises(AssertionError, match="expected has a node b"):
        tf.test.assert_equal_graph_def(make("a").as_graph_def(), one)
    with pytest.raises(AssertionError, match="node a differs"):
        tf.test.assert_equal_graph_def(one, make("a", "b", value=2).as_graph_def())
    with pytest.raises(TypeError, match="Expected tf.GraphDef for actual, got int"):
        tf.test.assert_equal_graph_def(1, one)
    assert list(graphs.assert_ops_in_graph({"a": "Const"}, make("a", "b"))) == ["a"]
    with pytest.raises(ValueError, match="Not all expected ops are present"):
        graphs.assert_ops_in_graph({"c": "Const"}, make("a"))
    with pytest.raises(ValueError, match="Expected op for node a is different. Add vs Const"):
        graphs.assert_ops_in_graph({"a": "Add"}, make("a"))
    assert graphs.get_node_def_from_graph("b", one).op == "Const"
    assert graphs.get_node_def_from_graph("c", one) is None


def test_layouts():
    """Channels are moved to the front and back, of tensors and of lists of sizes."""
    with tf.Graph().as_default():
        images = tf.zeros([1, 2, 3, 4])
        assert graphs.NHWCToNCHW(images).shape.as_list() == [1, 4, 2, 3]
        assert graphs.NCHWToNHWC(graphs.NHWCToNCHW(images)).shape.as_list() == [1, 2, 3, 4]
    assert graphs.NHWCToNCHW([1, 2, 3, 4, 5]) == [1, 5, 2, 3, 4]
    assert graphs.NCHWToNHWC([1, 5, 2, 3, 4]) == [1, 2, 3, 4, 5]
