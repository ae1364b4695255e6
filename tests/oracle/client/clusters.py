"""ClusterSpec: which machines take part."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def all_of(spec):
    return [
        str(spec),
        bool(spec),
        spec.as_dict(),
        sorted(spec.jobs),
        sorted((job.name, sorted(job.tasks.items())) for job in spec.as_cluster_def().job),
        [[job, spec.num_tasks(job), spec.task_indices(job)] for job in sorted(spec.jobs)],
    ]


@program
def dense(tf):
    spec = tf.train.ClusterSpec({"ps": ["h0:1", "h1:1"], "worker": ("h2:1",)})
    return [all_of(spec), spec.job_tasks("ps"), spec.task_address("ps", 1)]


@program
def sparse(tf):
    spec = tf.train.ClusterSpec({"ps": {0: "h0:1", 2: "h2:1"}, "empty": []})
    return [
        all_of(spec),
        spec.job_tasks("ps"),
        attempt(lambda: spec.task_address("ps", 1)),
        attempt(lambda: spec.task_indices("empty")),
    ]


@program
def nothing(tf):
    return all_of(tf.train.ClusterSpec({}))


@program
def again(tf):
    spec = tf.train.ClusterSpec({"ps": ["h0:1", "h1:1"], "worker": {1: "h2:1"}})
    copy = tf.train.ClusterSpec(spec)
    third = tf.train.ClusterSpec(spec.as_cluster_def())
    other = tf.train.ClusterSpec({"ps": ["h0:1"]})
    return [
        all_of(copy),
        all_of(third),
        spec == copy,
        copy == third,
        spec != copy,
        spec == other,
        spec != other,
        spec == {"ps": {0: "h0:1", 1: "h1:1"}, "worker": {1: "h2:1"}},
        spec == 5,
        spec.as_cluster_def() is copy.as_cluster_def(),
    ]


@program
def refused(tf):
    spec = tf.train.ClusterSpec({"ps": ["h0:1"]})
    return [
        attempt(lambda: tf.train.ClusterSpec("ps")),
        attempt(lambda: tf.train.ClusterSpec(["h0:1"])),
        attempt(lambda: tf.train.ClusterSpec({"ps": "h0:1"})),
        attempt(lambda: tf.train.ClusterSpec({"ps": 5})),
        attempt(lambda: tf.train.ClusterSpec({5: ["h0:1"]})),
        attempt(lambda: tf.train.ClusterSpec({"ps": [5]})),
        attempt(lambda: tf.train.ClusterSpec({"ps": {0: None}})),
        attempt(lambda: spec.num_tasks("x")),
        attempt(lambda: spec.task_indices("x")),
        attempt(lambda: spec.task_address("x", 0)),
        attempt(lambda: spec.task_address("ps", 5)),
        attempt(lambda: spec.job_tasks("x")),
    ]


@program
def devices_of_replicas(tf):
    cluster = tf.train.ClusterSpec({"ps": ["ps0:1", "ps1:1"], "worker": ["w0:1", "w1:1"]})
    setters = [
        tf.train.replica_device_setter(cluster=cluster),
        tf.train.replica_device_setter(cluster=cluster.as_cluster_def(), merge_devices=False),
        tf.train.replica_device_setter(ps_tasks=3, ps_device="/job:sun", worker_device="/job:moon"),
        tf.train.replica_device_setter(cluster={"sun": ["a:1"]}, ps_device="/job:sun", ps_ops=["Const"]),
        tf.train.replica_device_setter(2, ps_device="/cpu:0", ps_strategy=lambda op: 1),
        tf.train.replica_device_setter(2, ps_strategy=lambda op: len(op.name)),
        tf.train.replica_device_setter(2, ps_device="", worker_device=None),
    ]
    found = []
    for setter in setters:
        with tf.Graph().as_default() as graph, tf.device(setter):
            tf.Variable([1, 2], name="a")
            with tf.device("/cpu:0"):
                tf.get_variable("b", [1], use_resource=True)
            with tf.device("/job:other/gpu:1"):
                tf.Variable(1, name="c")
            tf.Variable(tf.constant(1) + 2, name="d")
        found.append([[op.name, op.device] for op in graph.get_operations()])
    return found


@program
def devices_of_no_replicas(tf):
    setter = tf.train.replica_device_setter
    return [
        setter(),
        setter(cluster={"worker": ["w:1"]}),
        setter(cluster={"ps": []}),
        attempt(lambda: setter(1, ps_strategy=3)),
        attempt(lambda: setter(cluster=3)),
        attempt(lambda: setter(1, worker_device="/nonsense:x")(tf.no_op())),
    ]
