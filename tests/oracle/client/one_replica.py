"""tf.distribute with one replica, cluster resolvers and tf.Module."""

import json
import os

from tests.oracle.client import attempt
from tests.oracle.client._folders import in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


@program
def the_default_strategy(tf, folder):
    strategy = tf.distribute.get_strategy()
    context = tf.distribute.get_replica_context()
    merged = context.merge_call(
        lambda s, x: (s is strategy, tf.distribute.in_cross_replica_context(), x), args=(3,)
    )
    value = tf.constant([1.0, 3.0])
    with tf.Session() as session:
        reduced = session.run(strategy.reduce(tf.distribute.ReduceOp.MEAN, value, axis=0))
    return (
        tf.distribute.has_strategy(),
        tf.distribute.in_cross_replica_context(),
        strategy.num_replicas_in_sync,
        context.num_replicas_in_sync,
        context.replica_id_in_sync_group,
        context.strategy is strategy,
        merged,
        reduced,
        strategy.experimental_run_v2(lambda a, b: a + b, (1,), {"b": 2}),
        strategy.unwrap(5),
        strategy.experimental_local_results(5),
        tf.distribute.get_loss_reduction().name,
    )


@program
def scopes_of_a_strategy(tf, folder):
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    found = []

    def look():
        found.append(
            (
                tf.distribute.has_strategy(),
                tf.distribute.in_cross_replica_context(),
                tf.distribute.get_replica_context() is None,
                tf.distribute.get_strategy() is strategy,
            )
        )
        return tf.constant(1.0)

    look()
    with strategy.scope():
        look()
        made = strategy.experimental_run_v2(look)
        v = tf.Variable(2.0, name="v")
    look()
    return found, made.device, v.name, strategy.num_replicas_in_sync


@program
def parts_of_input(tf, folder):
    context = tf.distribute.InputContext(num_input_pipelines=2, input_pipeline_id=1, num_replicas_in_sync=4)
    return (
        context.num_input_pipelines,
        context.input_pipeline_id,
        context.get_per_replica_batch_size(12),
        attempt(lambda: context.get_per_replica_batch_size(10)),
        attempt(lambda: tf.distribute.ReduceOp("PRODUCT")),
    )


@program
def known_clusters(tf, folder):
    resolvers = tf.distribute.cluster_resolver
    one = resolvers.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": ["a:1", "b:2"]}), "", "worker", 1, "google", {"GPU": 2}, "grpc"
    )
    other = resolvers.SimpleClusterResolver(tf.train.ClusterSpec({"worker": ["c:3"], "ps": {4: "d:4"}}))
    both = resolvers.UnionResolver(one, other)
    return (
        one.master(),
        one.master("worker", 0),
        one.master("worker", 1, rpc_layer="x"),
        one.num_accelerators(),
        one.environment,
        both.cluster_spec().as_dict(),
        (both.task_type, both.task_id, both.rpc_layer, both.environment),
        both.master("ps", 4),
        attempt(lambda: resolvers.SimpleClusterResolver({"worker": ["a:1"]})),
        attempt(lambda: resolvers.SimpleClusterResolver(tf.train.ClusterSpec({}), 3)),
        attempt(lambda: resolvers.UnionResolver()),
        attempt(lambda: resolvers.UnionResolver(1)),
        attempt(lambda: resolvers.UnionResolver(one, port=1)),
        attempt(lambda: resolvers.UnionResolver(other, other).cluster_spec()),
    )


@program
def clusters_of_the_environment(tf, folder):
    before = os.environ.get("TF_CONFIG")
    found = []
    cluster = {"worker": ["a:1", "b:2"]}
    for config in (
        {},
        {"cluster": cluster, "task": {"type": "worker", "index": 1}},
        {"cluster": cluster, "task": {"type": "worker", "index": 0}, "rpc_layer": "grpc"},
        {"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}},
        {"session_master": "z:9"},
    ):
        os.environ["TF_CONFIG"] = json.dumps(config)
        try:
            resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
            found.append(
                (
                    resolver.cluster_spec().as_dict(),
                    resolver.master(),
                    resolver.task_type,
                    resolver.task_id,
                    resolver.rpc_layer,
                )
            )
        finally:
            del os.environ["TF_CONFIG"]
            if before is not None:
                os.environ["TF_CONFIG"] = before
    return found


@program
def modules(tf, folder):
    class Dense(tf.Module):
        def __init__(self, size, name=None):
            super(Dense, self).__init__(name=name)
            self.w = tf.Variable(tf.zeros([size, size]), name="w")
            self.b = tf.Variable(tf.zeros([size]), trainable=False, name="b")

        @tf.Module.with_name_scope
        def __call__(self, x):
            """Products and sums."""
            return tf.matmul(x, self.w) + self.b

    class TwoLayers(tf.Module):
        def __init__(self, name=None):
            super(TwoLayers, self).__init__(name=name)
            self.parts = []
            with self.name_scope:
                for _ in range(2):
                    self.parts.append(Dense(3))
            self.extra = {"z": Dense(2, "q"), "a": tf.Variable(1.0), "again": self.parts[0]}

        @tf.Module.with_name_scope
        def __call__(self, x):
            for part in self.parts:
                x = part(x)
            return x

    module = TwoLayers()
    x = tf.zeros([1, 3])
    with module.name_scope as scope:
        pass
    return (
        [module(x).name, module(x).name],
        (module.name, module.parts[0].name, scope),
        [v.name for v in module.variables],
        [v.name for v in module.trainable_variables],
        [each.name for each in module.submodules],
        [path for path, _ in module._flatten(predicate=lambda v: isinstance(v, tf.Variable), with_path=True)],
        (Dense.__call__.__name__, Dense.__call__.__doc__),
        attempt(lambda: tf.Module(name="a/b")),
    )
