"""A test program as TensorFlow's own are written; TensorFlow 1.15.5 passes it, too."""

from __future__ import absolute_import, division, print_function

import threading

import numpy as np
import tensorflow.python.ops.nn_grad  # noqa: F401
from absl.testing import parameterized
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.client import session as session_lib
from tensorflow.python.eager import context
from tensorflow.python.framework import constant_op, dtypes, errors_impl, ops, test_util
from tensorflow.python.framework import device as device_lib
from tensorflow.python.ops import (
    array_ops,
    data_flow_ops,
    gradient_checker,
    math_ops,
    resources,
    state_ops,
    variables,
)
from tensorflow.python.platform import googletest, test, tf_logging
from tensorflow.python.training import (
    basic_session_run_hooks,
    coordinator,
    monitored_session,
    session_manager,
    session_run_hook,
    supervisor,
    training_util,
)
from tensorflow.python.util import compat


class Counting(session_run_hook.SessionRunHook):
    def __init__(self, request=None):
        self.request = request
        self.results = []

    def before_run(self, run_context):
        return self.request

    def after_run(self, run_context, run_values):
        self.results.append(run_values.results)


class ManagedTest(test.TestCase):
    def testHookedSession(self):
        with ops.Graph().as_default(), session_lib.Session() as sess:
            one = constant_op.constant([1])
            hook = Counting(session_run_hook.SessionRunArgs({"two": one * 2}))
            hooked = monitored_session._HookedSession(sess=sess, hooks=[hook])
            self.assertEqual([1], hooked.run(one))
            self.assertEqual([{"two": [2]}], hook.results)

    def testCoordinatedSession(self):
        with self.cached_session() as sess:
            coord = coordinator.Coordinator()
            coordinated = monitored_session._CoordinatedSession(sess, coord)
            self.assertFalse(coordinated.should_stop())
            coordinated.close()
            self.assertTrue(coord.joined and coordinated.should_stop())

    def testRecoverableSession(self):
        class Creator(object):
            made = 0

            def create_session(self):
                self.made += 1
                if self.made == 1:
                    raise errors_impl.AbortedError(None, None, "gone")
                return session_lib.Session()

        with ops.Graph().as_default():
            x = constant_op.constant(3)
            creator = Creator()
            recoverable = monitored_session._RecoverableSession(creator)
            self.assertEqual(3, recoverable.run(x))
            self.assertEqual(2, creator.made)
            recoverable.close()

    def testScaffold(self):
        with ops.Graph().as_default():
            variables.VariableV1(1, name="v")
            scaffold = monitored_session.Scaffold().finalize()
            self.assertIsInstance(scaffold.init_op, ops.Operation)
            with self.cached_session() as sess:
                self.assertItemsEqual([b"v"], sess.run(scaffold.ready_op))
                sess.run(scaffold.init_op)
                self.assertEqual(0, len(sess.run(scaffold.ready_op)))

    def testSessionManager(self):
        with ops.Graph().as_default():
            v = variables.VariableV1([125], name="v")
            manager = session_manager.SessionManager(ready_op=variables.report_uninitialized_variables())
            with self.assertRaisesRegexp(RuntimeError, "Init operations did not make model ready.*"):
                manager.prepare_session("", init_op=None, init_fn=lambda sess: None)
            sess = manager.prepare_session("", init_op=v.initializer)
            self.assertAllEqual([125], sess.run(v))
            sess.close()

    def testSupervisor(self):
        with ops.Graph().as_default():
            step = training_util.get_or_create_global_step()
            up = state_ops.assign_add(step, 1)
            sv = supervisor.Supervisor(saver=None, summary_op=None)
            with sv.managed_session("") as sess:
                for _ in range(3):
                    if sv.should_stop():
                        break
                    sess.run(up)
                sv.request_stop()
            self.assertTrue(sv.should_stop())

    def testLogging(self):
        lines = []
        with test.mock.patch.object(tf_logging, "info", lambda *args: lines.append(args)):
            with ops.Graph().as_default():
                t = constant_op.constant(42.0, name="foo")
                hook = basic_session_run_hooks.LoggingTensorHook([t.name], every_n_iter=1)
                hook.begin()
                with session_lib.Session() as sess:
                    monitored_session._HookedSession(sess, [hook]).run(t)
        self.assertRegexpMatches(str(lines), "foo:0 = 42.0")

    @test.mock.patch("time.time")
    def testTimer(self, clock):
        clock.return_value = 1.0
        timer = basic_session_run_hooks.SecondOrStepTimer(every_secs=1.0)
        timer.update_last_triggered_step(1)
        self.assertFalse(timer.should_trigger_for_step(2))
        clock.return_value = 3.0
        self.assertTrue(timer.should_trigger_for_step(2))


class OpsTest(test_util.TensorFlowTestCase, parameterized.TestCase):
    @parameterized.parameters(1, 2)
    @test_util.run_deprecated_v1
    def testParameters(self, number):
        with self.session(use_gpu=True):
            self.assertAllEqual(math_ops.add(number, 1).eval(), number + 1)

    @test_util.run_in_graph_and_eager_modes
    def testValues(self):
        x = constant_op.constant([1.0, 2.0])
        self.assertAllClose(self.evaluate(x * 2), [2.0, 4.0])
        self.assertAllEqual([compat.as_bytes("a")], self.evaluate(constant_op.constant(["a"])))
        self.assertShapeEqual(np.zeros((2, 3)), array_ops.zeros([2, 3]))

    @test_util.run_v1_only("b/120545219")
    def testGradient(self):
        with self.cached_session():
            x = constant_op.constant([[1.0, 2.0, 3.0]], dtype=dtypes.float64, name="x")
            error = gradient_checker.compute_gradient_error(x, [1, 3], math_ops.square(x), [1, 3])
            self.assertLess(error, 1e-9)

    def testQueue(self):
        with self.cached_session() as sess:
            queue = data_flow_ops.FIFOQueue(10, dtypes.float32)
            dequeued, enqueue = queue.dequeue(), queue.enqueue((3.0,))
            thread = self.checkedThread(target=lambda: self.assertEqual(3.0, sess.run(dequeued)))
            thread.start()
            sess.run(enqueue)
            thread.join()
            sess.run(queue.close())
            with self.assertRaisesOpError("is closed and has insufficient elements"):
                self.evaluate(dequeued)
        self.assertEqual(1, threading.active_count())

    def testDevicesAndProtos(self):
        self.assertDeviceEqual("/cpu:0", "/device:CPU:0")
        self.assertEqual("/device:CPU:0", device_lib.canonical_name("/cpu:0"))
        config = config_pb2.ConfigProto(device_count={"CPU": 2})
        self.assertProtoEquals("device_count { key: 'CPU' value: 2 }", config)
        with ops.Graph().as_default() as graph, context.graph_mode():
            resources.initialize_resources(resources.shared_resources()).mark_used() if hasattr(
                ops.Operation, "mark_used"
            ) else resources.initialize_resources([])
        test_util.assert_ops_in_graph({"init": "NoOp"}, graph)


if __name__ == "__main__":
    googletest.main()
