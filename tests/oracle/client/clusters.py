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
