"""Checkpoints of objects: keys, values, restorations that wait, what is asserted, files of both kinds."""

import collections
import os

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client._folders import files, in_folder, read

PROGRAMS = []
program = in_folder(PROGRAMS)


def trackable(tf):
    return tf.contrib.checkpoint.Checkpointable()


def keys_of(tf, path):
    return sorted(tf.train.list_variables(path))


def described(tf, path):
    """What a checkpoint says of its objects, as plain lists."""
    return [
        [
            [[child.node_id, child.local_name] for child in node.children],
            [
                [each.name, each.full_name, each.checkpoint_key, each.optional_restore]
                for each in node.attributes
            ],
            [
                [slot.original_variable_node_id, slot.slot_name, slot.slot_variable_node_id]
                for slot in node.slot_variables
            ],
        ]
        for node in tf.contrib.checkpoint.object_metadata(path).nodes
    ]


def initialize(tf, session):
    session.run(tf.global_variables_initializer())


@program
def names_of_everything(tf, folder):
    root = tf.train.Checkpoint(v=tf.Variable(1.0, name="v"))
    root.child = trackable(tf)
    root.child.w = tf.Variable([2.0], name="w", use_resource=True)
    root.child.items = [tf.Variable(3), {"a/b": tf.Variable(4), "a.b": tf.Variable(5)}]
    root.layer = tf.layers.Dense(2)
    root.layer(tf.ones([1, 3]))
    root.cells = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicRNNCell(2), tf.nn.rnn_cell.GRUCell(2)])
    root.cells(tf.ones([1, 3]), root.cells.zero_state(1, tf.float32))
    root.wrapped = tf.nn.rnn_cell.ResidualWrapper(root.cells)
    root.optimizer = tf.train.AdamOptimizer()
    root.optimizer.minimize(root.v**2 + root.child.w[0] + tf.reduce_sum(root.layer.kernel))
    with tf.Session() as session:
        initialize(tf, session)
        path = root.save(os.path.join(folder, "ck"), session=session)
    return [path, files(folder), keys_of(tf, path), described(tf, path), read(folder, "checkpoint")]


@program
def there_and_back(tf, folder):
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([[3]], use_resource=True)
    root = tf.train.Checkpoint(v=v, w=w)
    prefix = os.path.join(folder, "deep", "ck")
    with tf.Session() as session:
        initialize(tf, session)
        first = root.save(prefix, session)
        session.run([v.assign([5.0, 6.0]), w.assign([[7]])])
        second = root.save(prefix, session)
        out = [first, second, session.run([v, w, root.save_counter]), files(folder)]
        root.restore(first).assert_consumed().run_restore_ops(session)
        out.append(session.run([v, w, root.save_counter]))
        out.append(root.write(os.path.join(folder, "exactly"), session))
        root.restore(second).initialize_or_restore(session)
        out.append(session.run([v, w, root.save_counter]))
        out.append(tf.train.latest_checkpoint(os.path.join(folder, "deep")))
    with tf.Session() as session:
        status = root.restore(first)
        with session.as_default():
            status.initialize_or_restore()
        out.append(session.run([v, w, root.save_counter]))
    return out


@program
def arguments(tf, folder):
    root = tf.train.Checkpoint()
    return [
        attempt(lambda: tf.train.Checkpoint(v=3)),
        attempt(lambda: tf.train.Checkpoint(v=[tf.Variable(1.0)])),
        attempt(lambda: root.restore(os.path.join(folder, "nothing"))),
        attempt(lambda: root._track_trackable(3, "three")),
        attempt(lambda: tf.contrib.checkpoint.object_metadata(os.path.join(folder, "nothing"))),
        type(root.restore(None)).__name__,
        attempt(lambda: root.restore(None).assert_consumed()),
        attempt(lambda: root.restore(None).assert_existing_objects_matched()),
        attempt(lambda: root.restore(None).assert_nontrivial_match()),
        attempt(lambda: root.restore(None).run_restore_ops()),
    ]


def saved(tf, folder, build):
    """The name of a checkpoint of what `build` makes in a graph of its own."""
    with tf.Graph().as_default(), tf.Session() as session:
        root = build()
        initialize(tf, session)
        return root.save(os.path.join(folder, "saved"), session=session)


@program
def what_comes_later(tf, folder):
    def build():
        root = tf.train.Checkpoint(v=tf.Variable([1.0]), optimizer=tf.train.MomentumOptimizer(0.5, 0.9))
        root.train = root.optimizer.minimize(root.v[0] ** 2)
        root.inner = trackable(tf)
        root.inner.w = tf.Variable(7, use_resource=True)
        return root

    with tf.Graph().as_default(), tf.Session() as session:
        root = build()
        initialize(tf, session)
        session.run(root.train)
        path = root.save(os.path.join(folder, "ck"), session=session)

    root = tf.train.Checkpoint()
    status = root.restore(path)
    out = [attempt(status.assert_consumed), type(status.assert_existing_objects_matched()).__name__]
    root.v = tf.Variable([100.0])
    optimizer = tf.train.MomentumOptimizer(0.5, 0.9)
    train = optimizer.minimize(root.v[0] ** 2)
    out.append(attempt(status.assert_consumed))
    root.optimizer = optimizer
    inner = trackable(tf)
    inner.w = tf.Variable(200, use_resource=True)
    with tf.Session() as session:
        root.inner = inner
        status.assert_consumed()
        status.initialize_or_restore(session)
        out.append(session.run([root.v, optimizer.get_slot(root.v, "momentum"), inner.w]))
        session.run(train)
        out.append(session.run([root.v, optimizer.get_slot(root.v, "momentum")]))
    # The slot comes before or after the variable is known, and after the optimizer is.
    for order in (0, 1, 2):
        with tf.Graph().as_default(), tf.Session() as session:
            root = tf.train.Checkpoint()
            status = root.restore(path)
            optimizer, v = tf.train.MomentumOptimizer(0.5, 0.9), tf.Variable([100.0])
            if order == 0:
                root.optimizer = optimizer
            if order < 2:
                root.v = v
            optimizer.minimize(v[0] ** 2)
            root.optimizer, root.v = optimizer, v
            status.expect_partial().initialize_or_restore(session)
            out.append(session.run([v, optimizer.get_slot(v, "momentum")]))
    return out


@program
def later_restorations_win(tf, folder):
    def build(value):
        return lambda: tf.train.Checkpoint(dep=tf.train.Checkpoint(var=tf.Variable([value])))

    first, second = (saved(tf, os.path.join(folder, str(value)), build(value)) for value in (3.0, 4.0))
    out = []
    for paths in ([first, second], [second, first]):
        root, other = tf.train.Checkpoint(), tf.train.Checkpoint()
        statuses = [root.restore(paths[0]), other.restore(paths[1])]
        dependency = tf.train.Checkpoint()
        root.dep = dependency
        other.dep = dependency
        dependency.var = tf.Variable([0.0], name="var")
        with tf.Session() as session:
            for status in statuses:
                status.initialize_or_restore(session)
            out.append(session.run(dependency.var))
            out.append([attempt(status.assert_existing_objects_matched) is status for status in statuses])
    return out


@program
def objects_that_do_not_match(tf, folder):
    path = saved(
        tf, folder, lambda: tf.train.Checkpoint(a=tf.Variable(1.0), b=tf.train.Checkpoint(c=tf.Variable(2.0)))
    )
    root = tf.train.Checkpoint(a=tf.Variable(3.0), d=tf.Variable(4.0))
    status = root.restore(path)
    out = [attempt(status.assert_consumed), attempt(status.assert_existing_objects_matched)]
    out.append(status.assert_nontrivial_match() is status)
    empty = tf.train.Checkpoint(x=tf.Variable(1.0)).restore(path)
    out.append(attempt(empty.assert_nontrivial_match))
    with tf.Session() as session:
        initialize(tf, session)
        status.initialize_or_restore(session)
        out.append(session.run([root.a, root.d]))
    # One object in two places, two objects in one.
    both = tf.Variable(0.0)
    shared = tf.train.Checkpoint(a=both, b=tf.train.Checkpoint(c=both))
    status = shared.restore(path)
    out.append(attempt(status.assert_consumed))
    shared_path = saved(tf, folder, lambda: tf.train.Checkpoint(**dict.fromkeys("ab", tf.Variable(5.0))))
    out.append(described(tf, shared_path))
    apart = tf.train.Checkpoint(a=tf.Variable(1.0), b=tf.Variable(2.0))
    out.append(attempt(apart.restore(shared_path).assert_consumed))
    wrong = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]))
    out.append(attempt(lambda: wrong.restore(path)))
    return out


@program
def loops_of_objects(tf, folder):
    def build():
        first, second = tf.train.Checkpoint(v=tf.Variable(1.0)), tf.train.Checkpoint(v=tf.Variable(2.0))
        first.second, second.first = second, first
        return first

    path = saved(tf, folder, build)
    root = build()
    with tf.Session() as session:
        root.restore(path).assert_consumed().run_restore_ops(session)
        return [session.run([root.v, root.second.v]), described(tf, path)]


@program
def one_optimizer_in_two_graphs(tf, folder):
    optimizer = tf.train.AdamOptimizer(0.1)
    out = []
    for value in (1.0, 2.0):
        with tf.Graph().as_default(), tf.Session() as session:
            root = tf.train.Checkpoint(v=tf.Variable([value]), optimizer=optimizer)
            train = optimizer.minimize(root.v[0] ** 2)
            initialize(tf, session)
            session.run(train)
            path = root.save(os.path.join(folder, "ck%d" % value), session=session)
            session.run(train)
            root.restore(path).assert_consumed().run_restore_ops(session)
            out.append([keys_of(tf, path), session.run([root.v, optimizer.get_slot(root.v, "m")])])
            out.append(session.run(list(optimizer._get_beta_accumulators())))
    return out


@program
def names_instead_of_objects(tf, folder):
    def build(value):
        v = tf.get_variable("v", initializer=[value])
        w = tf.get_variable("w", initializer=value, use_resource=True)
        return tf.train.Checkpoint(v=v, inner=tf.train.Checkpoint(w=w))

    with tf.Graph().as_default(), tf.Session() as session:
        root = build(1.0)
        initialize(tf, session)
        names = tf.train.Saver().save(session, os.path.join(folder, "names"), write_meta_graph=False)
        objects = root.save(os.path.join(folder, "objects"), session=session)
    out = []
    root = build(2.0)
    with tf.Session() as session:
        status = root.restore(names)
        out += [type(status).__name__, str(attempt(status.assert_consumed))[:20]]
        root.save_counter  # noqa: B018
        initialize(tf, session)
        out.append(attempt(lambda: status.run_restore_ops(session)))
    with tf.Graph().as_default(), tf.Session() as session:
        root = build(3.0)
        root._saver.restore(names).initialize_or_restore(session)
        out.append(session.run([root.v, root.inner.w]))
        tf.train.Saver().restore(session, objects)
        out.append(session.run([root.v, root.inner.w]))
        tf.get_variable("new", initializer=1.0)
        out.append(attempt(lambda: tf.train.Saver().restore(session, objects)))
    return out


@program
def python_state(tf, folder):
    root = tf.train.Checkpoint(arrays=tf.contrib.checkpoint.NumpyState(), v=tf.Variable(1.0))
    root.arrays.x = np.ones([2, 1])
    root.arrays.y = np.int32(3)
    with tf.Session() as session:
        initialize(tf, session)
        path = root.save(os.path.join(folder, "ck"), session=session)
        root.arrays.x[0, 0] = 5.0
        root.arrays.y = np.int32(4)
        again = root.save(os.path.join(folder, "ck"), session=session)
        out = [described(tf, path), root.arrays.x, root.arrays.y]
        root.restore(path)
        out += [root.arrays.x, root.arrays.y]
        other = tf.train.Checkpoint(arrays=tf.contrib.checkpoint.NumpyState())
        status = other.restore(again)
        out += [other.arrays.x, other.arrays.y, attempt(lambda: setattr(other.arrays, "z", [1]))]
        status.expect_partial()

    class Counter(tf.contrib.checkpoint.PythonStateWrapper):
        def __init__(self):
            self.count = 0

        def serialize(self):
            self.count += 1
            return "count %d" % self.count

        def deserialize(self, string_value):
            self.read = string_value

    root = tf.train.Checkpoint(counter=Counter())
    with tf.Session() as session:
        paths = [root.save(os.path.join(folder, "counter"), session=session) for _ in range(2)]
        for path in paths:
            root.restore(path)
            out.append(root.counter.read)
    return out


@program
def own_saveables(tf, folder):
    saveable_object = internal("training.saving.saveable_object")
    base = internal("training.tracking.base")

    class Pair(base.Trackable):
        """Saves a tensor that is no variable, and restores it twice."""

        def __init__(self):
            self.sources = [tf.Variable(2.0, trainable=False), tf.Variable(3.0, trainable=False)]

        def _gather_saveables_for_checkpoint(self):
            class Saveable(saveable_object.SaveableObject):
                def __init__(self, pair, name="pair"):
                    spec = saveable_object.SaveSpec(pair.sources[0] * 10.0, "", name)
                    super(Saveable, self).__init__(spec.tensor, [spec], name)
                    self.pair = pair

                def restore(self, restored_tensors, restored_shapes):
                    return tf.group(*[source.assign(restored_tensors[0]) for source in self.pair.sources])

            return {"first/one": lambda name="pair": Saveable(self, name)}

    root = tf.train.Checkpoint(pair=Pair())
    with tf.Session() as session:
        initialize(tf, session)
        path = root.save(os.path.join(folder, "ck"), session=session)
        root.restore(path).assert_consumed().run_restore_ops(session)
        out = [described(tf, path), session.run(root.pair.sources)]
    bad = trackable(tf)
    unnamed = root.pair._gather_saveables_for_checkpoint()["first/one"]
    bad._gather_saveables_for_checkpoint = lambda: {"x": lambda name: unnamed()}
    with tf.Session() as session:
        out.append(attempt(lambda: tf.train.Checkpoint(bad=bad).save(os.path.join(folder, "x"), session)))
    other = tf.train.Checkpoint(pair=trackable(tf))
    out.append(attempt(other.restore(path).assert_consumed))
    return out


@program
def split(tf, folder):
    def build():
        variable = tf.Variable([1.0, 2.0, 3.0], use_resource=True)

        def fill(buffer):
            buffer["head"], buffer["tail"] = variable[:1], variable[1:]

        def consume(buffer):
            return variable.assign(tf.concat([buffer["head"], buffer["tail"]], 0))

        parts = tf.contrib.checkpoint.split_dependency(
            ("head", "tail"), (tf.float32, tf.float32), fill, consume, "cpu:0"
        )
        root = tf.train.Checkpoint(**parts)
        return root, variable

    root, variable = build()
    with tf.Session() as session:
        session.run(variable.initializer)
        path = root.save(os.path.join(folder, "ck"), session=session)
        session.run(variable.assign([0.0, 0.0, 0.0]))
        root.restore(path).assert_consumed().run_restore_ops(session)
        out = [session.run(variable), keys_of(tf, path)]
    root, variable = build()
    with tf.Session() as session:
        session.run(variable.initializer)
        alone = tf.train.Checkpoint(only=root.tail)
        attempt(lambda: alone.save(os.path.join(folder, "alone"), session=session))
        out.append(attempt(lambda: root.save(os.path.join(folder, "again"), session=session)))
    return out


@program
def containers(tf, folder):
    tracker = tf.contrib.checkpoint.UniqueNameTracker()
    x, y, z = (tf.Variable(float(i), name="n%d" % i) for i in range(3))
    for variable, name in ((x, "x"), (y, "x"), (z, "y")):
        tracker.track(variable, name)
    nested = tf.contrib.checkpoint.UniqueNameTracker()
    tracker.track(nested, "x")
    root = tf.train.Checkpoint(tracker=tracker, list=tf.contrib.checkpoint.List([x, [y]]))
    root.mapping = tf.contrib.checkpoint.Mapping(one=z)
    root.ordered = collections.OrderedDict([("b", x), ("a", 3)])
    root.plain = tf.contrib.checkpoint.NoDependency([z])
    root.numbers = [1, [2]]
    with tf.Session() as session:
        initialize(tf, session)
        path = root.save(os.path.join(folder, "ck"), session=session)
        out = [described(tf, path), attempt(lambda: tracker.track(3, "x"))]
        out.append(root.restore(path).assert_consumed() is not None)
        root.numbers.append(tf.Variable(1.0))
        out.append(len(tf.contrib.checkpoint.list_objects(root)))
        root.numbers.insert(0, 3)
        out.append(attempt(lambda: root.save(os.path.join(folder, "ck"), session=session)))
        root.numbers = tf.contrib.checkpoint.NoDependency(root.numbers)
        root.mapping = {1: tf.Variable(2.0)}
        out.append(attempt(lambda: root.save(os.path.join(folder, "ck"), session=session)))
    return out


@program
def drawn(tf, folder):
    root = tf.train.Checkpoint(v=tf.Variable([1.0], name='v"'), optimizer=tf.train.AdagradOptimizer(0.1))
    root.optimizer.minimize(root.v[0])
    with tf.Session() as session:
        initialize(tf, session)
        return tf.contrib.checkpoint.dot_graph_from_checkpoint(
            root.save(os.path.join(folder, "ck"), session=session)
        )


@program
def templates(tf, folder):
    def inner():
        return tf.get_variable("i", initializer=1.0)

    def outer():
        tf.layers.dense(tf.ones([1, 2]), 2, name="dense", kernel_initializer=tf.ones_initializer())
        return tf.get_variable("o", initializer=2.0) + tf.make_template("inner", inner)()

    def build():
        template = tf.make_template("outer", outer)
        template()
        return tf.train.Checkpoint(template=template)

    path = saved(tf, folder, build)
    out = [described(tf, path)]
    root = build()
    with tf.Session() as session:
        status = root.restore(path)
        status.assert_consumed().initialize_or_restore(session)
        out.append(session.run(tf.global_variables()[:2]))
    late = tf.train.Checkpoint()
    status = late.restore(path)
    late.template = tf.make_template("outer", outer)
    late.template()
    out.append(status.assert_consumed() is status)
    return out


@program
def captured(tf, folder):
    class Scoped(tf.contrib.checkpoint.CheckpointableBase):
        def __init__(self):
            with tf.variable_scope("scoped") as scope:
                self.variable_scope = scope
                with tf.contrib.checkpoint.capture_dependencies(template=self):
                    self.v = tf.get_variable("v", [2])
                    with tf.variable_scope("inside"):
                        self.w = tf.get_variable("w", [3], use_resource=True)
                self.outside = tf.get_variable("outside", [4])

    scoped = Scoped()
    return [[name, ref.name] for name, ref in scoped._checkpoint_dependencies]


@program
def frozen_and_streamed(tf, folder):
    util = internal("training.tracking.util")
    root = tf.train.Checkpoint(v=tf.Variable(1.0), w=tf.Variable([2], use_resource=True))
    saver = util.frozen_saver(root)
    prefix = os.path.join(folder, "frozen")
    with tf.Session() as session:
        initialize(tf, session)
        session.run(saver.save(tf.constant(prefix)))
        session.run([root.v.assign(5.0), root.w.assign([6])])
        session.run(list(saver.restore(tf.constant(prefix)).values()))
        out = [session.run([root.v, root.w]), keys_of(tf, prefix), described(tf, prefix)]
    out.append(sorted(op.name for op in util.gather_initializers(root)))
    with tf.Graph().as_default(), tf.Session() as session:
        late = tf.train.Checkpoint()
        util.streaming_restore(late.restore(prefix), session)
        late.v = tf.Variable(3.0)
        out.append(session.run(late.v))
    out.append(attempt(lambda: util.add_variable(root, "v", shape=[])))
    out.append(attempt(lambda: util.add_variable(root, "both", shape=[], initializer=1.0)))
    added = util.add_variable(root, "added", shape=[2], initializer=tf.ones_initializer, trainable=False)
    out += [added.name, added.shape.as_list(), root._lookup_dependency("added") is added]
    return out


@program
def many_saves_make_few_nodes(tf, folder):
    root = tf.train.Checkpoint(v=tf.Variable(1.0), optimizer=tf.train.AdamOptimizer())
    root.optimizer.minimize(root.v**2)
    with tf.Session() as session:
        initialize(tf, session)
        path = root.save(os.path.join(folder, "ck"), session=session)
        root.restore(path)
        tf.get_default_graph().finalize()
        for _ in range(2):
            path = root.save(os.path.join(folder, "ck"), session=session)
            root.restore(path).assert_consumed().run_restore_ops(session)
    return path


@program
def slots_that_cannot_be_saved(tf, folder):
    v = tf.Variable([1.0])
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(v[0])
    slot = optimizer.get_slot(v, "momentum")
    with tf.Session() as session:
        initialize(tf, session)
        prefix = os.path.join(folder, "ck")
        twice = tf.train.Checkpoint(v=v, optimizer=optimizer, slot=slot)
        out = [attempt(lambda: twice.save(prefix, session=session))]
        slot._track_trackable(v, "v")
        deep = tf.train.Checkpoint(v=v, optimizer=optimizer)
        out.append(attempt(lambda: deep.save(prefix, session=session)))

    class Not(internal("training.tracking.tracking").NotTrackable, tf.contrib.checkpoint.Checkpointable):
        pass

    with tf.Session() as session:
        out.append(attempt(lambda: tf.train.Checkpoint(x=Not()).save(prefix, session=session)))
    return out


@program
def managers(tf, folder):
    root = tf.train.Checkpoint(v=tf.Variable(1.0))
    manager = tf.train.CheckpointManager(root, os.path.join(folder, "m"), max_to_keep=2)
    out = [manager.latest_checkpoint, manager.checkpoints]
    with tf.Session() as session:
        initialize(tf, session)
        out += [manager.save() for _ in range(3)]
        out += [manager.checkpoints, manager.latest_checkpoint, files(folder)]
        out.append(manager.save(checkpoint_number=10))
        out.append(manager.save(checkpoint_number=tf.constant(11)))
        out.append(manager.save(checkpoint_number=10))
        out += [manager.checkpoints, session.run(root.save_counter), files(folder)]
        again = tf.train.CheckpointManager(
            root, os.path.join(folder, "m"), max_to_keep=1, checkpoint_name="other"
        )
        out += [again.checkpoints, again.latest_checkpoint, again.save(), files(folder)]
    out.append(attempt(lambda: tf.train.CheckpointManager(root, folder, max_to_keep=0)))
    everything = tf.train.CheckpointManager(root, os.path.join(folder, "all"), max_to_keep=None)
    with tf.Session() as session:
        initialize(tf, session)
        out += [everything.save() for _ in range(3)]
        out.append(everything.checkpoints)
    return out


@program
def managers_and_the_clock(tf, folder):
    management = internal("training.checkpoint_management")

    class Clock(object):
        now = 10000.0

        @classmethod
        def time(cls):
            return cls.now

    clock, management.time = management.time, Clock
    try:
        root = tf.train.Checkpoint(v=tf.Variable(1.0))
        manager = management.CheckpointManager(root, folder, max_to_keep=2, keep_checkpoint_every_n_hours=3)
        out = []
        with tf.Session() as session:
            initialize(tf, session)
            for hours in (0, 1, 2, 4, 5, 6, 9):
                Clock.now = 10000.0 + 3600.0 * hours
                manager.save()
                out.append([manager.checkpoints, files(folder)])
            out.append(read(folder, "checkpoint"))
            Clock.now = 5000.0
            back = management.CheckpointManager(root, folder, max_to_keep=2, keep_checkpoint_every_n_hours=3)
            out.append([back.checkpoints, back._last_preserved_timestamp])
        return out
    finally:
        management.time = clock


@program
def the_same_bytes(tf, folder):
    """What TensorFlow wrote and what perdure writes are the same files, so each reads the other's."""
    root = tf.train.Checkpoint(
        v=tf.Variable([1.0, 2.0], name="v"), s=tf.Variable([b"a", b"\0long"], name="s")
    )
    root.inner = trackable(tf)
    root.inner.w = tf.Variable(np.arange(6, dtype=np.int64).reshape(2, 3), name="w", use_resource=True)
    root.inner.parts = [tf.Variable(True, name="t"), {"x.y/z": tf.Variable(3.5, name="z", dtype=tf.float64)}]
    root.arrays = tf.contrib.checkpoint.NumpyState()
    root.optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    root.optimizer.minimize(tf.reduce_sum(root.v))
    with tf.Session() as session:
        initialize(tf, session)
        root.save(os.path.join(folder, "ck"), session=session)
    return [[name, read(folder, name)] for name in files(folder)]
