"""Tests of sessions, queues and hooks, written as TensorFlow's own are; TensorFlow 1.15.5 passes them."""

from __future__ import absolute_import, division, print_function

import collections
import re
import threading
import time
import warnings

import numpy as np
from tensorflow.core.framework import attr_value_pb2, types_pb2  # noqa: F401
from tensorflow.core.lib.core import error_codes_pb2
from tensorflow.core.protobuf import cluster_pb2, config_pb2, rewriter_config_pb2
from tensorflow.python import pywrap_tensorflow as tf_session  # noqa: F401
from tensorflow.python import tf2
from tensorflow.python.client import session, timeline
from tensorflow.python.eager import backprop, context, def_function  # noqa: F401
from tensorflow.python.eager import function as eager_function  # noqa: F401
from tensorflow.python.framework import (
    common_shapes,
    constant_op,
    dtypes,
    errors,
    errors_impl,
    function,  # noqa: F401
    importer,  # noqa: F401
    ops,
    sparse_tensor,
    tensor_util,
    test_util,
)
from tensorflow.python.framework import device as framework_device_lib
from tensorflow.python.ops import (
    array_ops,
    control_flow_ops,
    data_flow_ops,
    gen_control_flow_ops,
    gradients_impl,
    math_ops,
    resource_variable_ops,
    state_ops,
    variables,
)
from tensorflow.python.platform import googletest, test
from tensorflow.python.training import (
    basic_session_run_hooks,
    coordinator,
    monitored_session,
    queue_runner_impl,
    server_lib,  # noqa: F401
    session_run_hook,
)
from tensorflow.python.training import input as inp
from tensorflow.python.util import compat

# As session_test.py does: without effect in 1.15.
ops.RegisterShape("ConstructionFails")(common_shapes.unknown_shape)


class SessionTest(test_util.TensorFlowTestCase):
    def setUp(self):
        super(SessionTest, self).setUp()
        warnings.simplefilter("always")

    def testDevices(self):
        with session.Session(config=config_pb2.ConfigProto(device_count={"CPU": 2, "GPU": 0})) as sess:
            self.assertEqual(1.0, sess.run(constant_op.constant(1.0)))
            cpus = 0
            for device in sess.list_devices():
                device_type = framework_device_lib.DeviceSpec.from_string(device.name).device_type
                if device_type == "CPU":
                    cpus += 1
            self.assertEqual(2, cpus)

    @test_util.run_v1_only("b/120545219")
    def testErrorPayload(self):
        with session.Session():
            a = array_ops.placeholder(dtypes.float32)
            with self.assertRaisesOpError(lambda e: e.op == a.op):
                a.eval()

    @test_util.run_v1_only("b/120545219")
    def testErrorCode(self):
        with session.Session() as sess:
            x = array_ops.placeholder(dtypes.int32)
            with self.assertRaisesOpError(lambda e: e.error_code == error_codes_pb2.INVALID_ARGUMENT):
                sess.run(array_ops.reshape([1, 2, 3], [x]), {x: 2})

    @test_util.run_v1_only("b/120545219")
    def testErrorBasedOn(self):
        with session.Session() as sess:
            a = constant_op.constant(0.0, shape=[2, 3])
            with sess.graph._original_op(a.op):
                b = array_ops.identity(a, name="id")
            with sess.graph._original_op(b.op):
                c = array_ops.placeholder(dtypes.float32)

            def predicate(e):
                return e.op == c.op and e.op._original_op == b.op and e.op._original_op._original_op == a.op

            with self.assertRaisesOpError(predicate):
                c.eval()

    def testFetchNamedTuple(self):
        ABC = collections.namedtuple("ABC", ["a", "b", "c"])
        with session.Session() as sess:
            a = constant_op.constant(42.0)
            b = control_flow_ops.no_op()
            res = sess.run(ABC(a, b, [a, {"x": a}]))
            self.assertIsInstance(res, ABC)
            self.assertEqual(None, res.b)
            self.assertEqual([42.0, {"x": 42.0}], res.c)

    @test_util.run_v1_only("b/120545219")
    def testFetchSparseTensor(self):
        with session.Session() as sess:
            indices = np.array([[3, 2, 0], [4, 5, 1]]).astype(np.int64)
            sp = sparse_tensor.SparseTensor(
                constant_op.constant(indices),
                constant_op.constant([1.0, 2.0]),
                constant_op.constant(np.array([7, 9, 2]).astype(np.int64)),
            )
            indices_out, values_out, shape_out = sess.run(
                tuple(sp_part for sp_part in (sp.indices, sp.values, sp.dense_shape))
            )
            self.assertAllEqual(indices_out, indices)
            self.assertAllEqual(values_out, [1.0, 2.0])
            self.assertAllEqual(shape_out, [7, 9, 2])
            self.assertAllEqual(sess.run(sp).indices, indices)

    def testGraphDef(self):
        with session.Session() as sess:
            self.assertProtoEquals(
                "versions { producer: %d min_consumer: %d }"
                % (sess.graph_def.versions.producer, sess.graph_def.versions.min_consumer),
                sess.graph_def,
            )
            constant_op.constant(5.0, name="c")
            self.assertEqual(1, len(sess.graph_def.node))
            constant_op.constant(6.0, name="d")
            self.assertEqual(["c", "d"], [node.name for node in sess.graph_def.node])
            self.assertProtoEquals("type: DT_FLOAT", sess.graph_def.node[0].attr["dtype"])

    def testInteractiveSessionWarning(self):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            one = session.InteractiveSession()
            two = session.InteractiveSession()
            two.close()
            one.close()
        self.assertTrue(any("interactive session is already active" in str(w.message) for w in found))

    @test_util.run_v1_only("b/120545219")
    def testMakeCallable(self):
        with session.Session() as sess:
            ph = array_ops.placeholder(dtypes.float32)
            a = math_ops.add(ph, 1.0)
            options = config_pb2.CallableOptions()
            options.feed.append(ph.name)
            options.fetch.append(a.name)
            for _ in range(3):
                callable_fn = sess._make_callable_from_options(options)
                for _ in range(5):
                    self.assertEqual([2.0], callable_fn(np.array(1.0, dtype=np.float32)))

    def testConfig(self):
        config = config_pb2.ConfigProto()
        config.graph_options.rewrite_options.disable_model_pruning = True
        config.graph_options.rewrite_options.constant_folding = rewriter_config_pb2.RewriterConfig.OFF
        job = cluster_pb2.ClusterDef().job.add(name="worker")
        job.tasks[0] = "localhost:1"
        with session.Session(config=config) as sess:
            self.assertAllEqual([3.0], sess.run(constant_op.constant([3.0])))

    def testTimeline(self):
        options = config_pb2.RunOptions(trace_level=config_pb2.RunOptions.FULL_TRACE)
        metadata = config_pb2.RunMetadata()
        with self.cached_session() as sess:
            v = variables.VariableV1([1.0, 2.0], name="v")
            sess.run(v.initializer)
            sess.run(state_ops.assign_add(v, [1.0, 1.0]), options=options, run_metadata=metadata)
        trace = timeline.Timeline(metadata.step_stats).generate_chrome_trace_format()
        self.assertTrue(metadata.HasField("step_stats"))
        self.assertIn("traceEvents", trace)

    def testModes(self):
        self.assertFalse(tf2.enabled())
        self.assertEqual("NoOp", gen_control_flow_ops.no_op().type)

    def testStaticValues(self):
        self.assertAllEqual([2, 3], tensor_util.constant_value(array_ops.shape(array_ops.zeros([2, 3]))))


class PartialRunTest(test.TestCase):
    @test_util.run_deprecated_v1
    def testPartialRunIncomplete(self):
        sess = session.Session()
        a = array_ops.placeholder(dtypes.float32, shape=[])
        b = array_ops.placeholder(dtypes.float32, shape=[])
        c = array_ops.placeholder(dtypes.float32, shape=[])
        r1 = math_ops.add(a, b)
        r2 = math_ops.multiply(r1, c)
        h = sess.partial_run_setup([r1, r2], [a, b, c])
        self.assertEqual(3, sess.partial_run(h, r1, feed_dict={a: 1, b: 2}))
        with self.assertRaisesRegexp(errors.InvalidArgumentError, "was already fed|already been fed"):
            sess.partial_run(h, r2, feed_dict={a: 5, c: 2})
        sess.close()


class QueueTest(test.TestCase):
    @test_util.run_deprecated_v1
    def testParallelEnqueue(self):
        with self.cached_session() as sess:
            q = data_flow_ops.FIFOQueue(10, dtypes.float32)
            elems = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]
            enqueue_ops = [q.enqueue((x,)) for x in elems]
            dequeued_t = q.dequeue()

            def enqueue(enqueue_op):
                sess.run(enqueue_op)

            threads = [self.checkedThread(target=enqueue, args=(e,)) for e in enqueue_ops]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertItemsEqual(elems, [dequeued_t.eval() for _ in elems])

    @test_util.run_deprecated_v1
    def testBlockingDequeueManyFromClosedQueue(self):
        with self.cached_session() as sess:
            q = data_flow_ops.FIFOQueue(10, dtypes.float32, ((),))
            enqueue_op = q.enqueue_many(([10.0, 20.0, 30.0],))
            close_op = q.close()
            dequeued_t = q.dequeue_many(2)
            enqueue_op.run()

            def dequeue():
                self.assertAllEqual([10.0, 20.0], sess.run(dequeued_t))
                with self.assertRaisesRegexp(errors_impl.OutOfRangeError, "is closed and has insufficient"):
                    sess.run(dequeued_t)

            thread = self.checkedThread(target=dequeue)
            thread.start()
            time.sleep(0.1)
            close_op.run()
            thread.join()

    @test_util.run_deprecated_v1
    def testQueueRunner(self):
        with self.cached_session() as sess:
            zero64 = constant_op.constant(0, dtype=dtypes.int64)
            var = variables.VariableV1(zero64)
            count_up_to = var.count_up_to(3)
            queue = data_flow_ops.FIFOQueue(10, dtypes.float32)
            variables.global_variables_initializer().run()
            qr = queue_runner_impl.QueueRunner(queue, [count_up_to])
            threads = qr.create_threads(sess)
            self.assertEqual(sorted(t.name for t in threads), ["QueueRunnerThread-fifo_queue-CountUpTo:0"])
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            self.assertEqual(0, len(qr.exceptions_raised))
            self.assertEqual(3, self.evaluate(var))

    @test_util.run_deprecated_v1
    def testBatch(self):
        with self.cached_session() as sess:
            producer = inp.range_input_producer(4, num_epochs=1, shuffle=False)
            batched = inp.batch([producer.dequeue()], batch_size=2)
            variables.global_variables_initializer().run()
            variables.local_variables_initializer().run()
            threads = queue_runner_impl.start_queue_runners()
            self.assertAllEqual([0, 1], sess.run(batched))
            self.assertAllEqual([2, 3], sess.run(batched))
            with self.assertRaises(errors_impl.OutOfRangeError):
                sess.run(batched)
            for thread in threads:
                thread.join()


class HookTest(test.TestCase):
    def setUp(self):
        super(HookTest, self).setUp()
        self.graph = ops.Graph()

    def testLogging(self):
        with self.graph.as_default(), session.Session() as sess:
            t = constant_op.constant(42.0, name="foo")
            hook = basic_session_run_hooks.LoggingTensorHook([t.name], at_end=True)
            hook.begin()
            mon_sess = monitored_session._HookedSession(sess, [hook])
            mon_sess.run(t)
            hook.end(sess)

    def testSleepIsMocked(self):
        with test.mock.patch.object(time, "sleep") as sleep:
            time.sleep(100)
        self.assertTrue(sleep.called)

    def testCoordinator(self):
        coord = coordinator.Coordinator()
        ready = threading.Event()

        def target():
            with coord.stop_on_exception():
                ready.wait()
                raise RuntimeError("First")

        thread = threading.Thread(target=target)
        thread.start()
        ready.set()
        with self.assertRaisesRegexp(RuntimeError, "First"):
            coord.join([thread])

    def testMonitored(self):
        class Stop(session_run_hook.SessionRunHook):
            def after_run(self, run_context, run_values):
                run_context.request_stop()

        with self.graph.as_default():
            v = resource_variable_ops.ResourceVariable(1.0)
            g = gradients_impl.gradients(v * v, [v])[0]
            with monitored_session.MonitoredSession(hooks=[Stop()]) as sess:
                self.assertAllClose(2.0, sess.run(g))
                self.assertTrue(sess.should_stop())

    def testText(self):
        self.assertTrue(re.match(b"a", compat.as_bytes("ab")))


class QueueBenchmark(test.Benchmark):
    def benchmarkNothing(self):
        self.run_op_benchmark(session.Session(), control_flow_ops.no_op(), min_iters=1)


if __name__ == "__main__":
    googletest.main()
