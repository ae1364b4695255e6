"""Object-based checkpoints in the manner of TensorFlow's unit tests: what may come in which order."""

import copy
import functools
import os

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client._folders import files, in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def util():
    return internal("training.tracking.util")


def auto():
    return internal("training.tracking.tracking").AutoTrackable()


def names(root):
    saveables, _, _ = internal("training.tracking.graph_view").ObjectGraphView(root).serialize_object_graph()
    return [saveable.name for saveable in saveables]


@program
def keys_are_escaped(tf, folder):
    out = []
    for name in ("a/b/c", "b", "c/", "d/.S", "d/.ATTRIBUTES/f", "a.b", "x/.OPTIMIZER_SLOT/y"):
        root = auto()
        variable = util().add_variable(root, name=name, shape=[1, 2], dtype=tf.float64)
        out.append([names(root), variable.name, variable.dtype.name])
    root = auto()
    leaf = auto()
    root._track_trackable(leaf, name=".ATTRIBUTES")
    util().add_variable(leaf, name="a", shape=[])
    return out + [names(root)]


@program
def variables_without_scopes(tf, folder):
    class NoInit(tf.contrib.checkpoint.Checkpointable):
        def __init__(self):
            pass

    root = NoInit()
    with tf.variable_scope("scope", reuse=tf.AUTO_REUSE, use_resource=False):
        ones = util().add_variable(root, name="ones", shape=[2], initializer=tf.ones_initializer(tf.float32))
    zeros = util().add_variable(
        root, name="zeros", shape=[2, 2], dtype=tf.float64, initializer=tf.zeros_initializer
    )
    three = util().add_variable(root, name="three", initializer=3.0, dtype=tf.float64)
    tf.Variable(1.0, name="taken", use_resource=True)
    taken = util().add_variable(root, name="taken", shape=[], dtype=tf.int32)
    out = [attempt(lambda: util().add_variable(root, name="taken", shape=[]))]
    made = [ones, zeros, three, taken]
    with tf.Session() as session:
        session.run(util().gather_initializers(root))
        out.append(session.run(made))
    out += [[v.name, v.dtype.name, v.trainable, v.op.type] for v in made]
    out.append(attempt(lambda: util().add_variable(root, name="text", shape=[1], dtype=tf.resource)))
    return out + [sorted(names(root))]


@program
def slots_that_wait(tf, folder):
    root = util().Checkpoint()
    root.var = util().add_variable(root, name="var", initializer=0.0)
    optimizer = tf.train.AdamOptimizer(0.1)
    train = optimizer.apply_gradients([(1.0, root.var)])
    with tf.Session() as session:
        both = util().Checkpoint(root=root, optimizer=optimizer)
        session.run(util().gather_initializers(both))
        session.run(train)
        session.run(tf.assign(root.var, 12.0))
        without = root.save(os.path.join(folder, "without"))
        root.optimizer = optimizer
        session.run([tf.assign(root.var, 13.0), tf.assign(optimizer.get_slot(root.var, "m"), 14.0)])
        including = root.save(os.path.join(folder, "with"))

        new = util().Checkpoint()
        with_status, without_status = new.restore(including), new.restore(without)
        out = [attempt(without_status.assert_consumed)]
        new.var = util().add_variable(new, name="var", shape=[])
        without_status.assert_consumed().run_restore_ops()
        out.append(session.run(new.var))
        new.optimizer = tf.train.AdamOptimizer(0.1)
        out.append(with_status.assert_existing_objects_matched() is with_status)
        out.append(attempt(with_status.assert_consumed))
        out.append(new.optimizer.get_slot(new.var, "m"))
        train = new.optimizer.apply_gradients([(1.0, new.var)])
        with_status.run_restore_ops()
        out.append(session.run([new.var, new.optimizer.get_slot(new.var, "m")]))
        session.run(train)
        out.append(session.run(new.var))
        out.append(with_status.assert_consumed() is with_status)
    return out


@program
def restorations_of_shared_objects(tf, folder):
    source = util().Checkpoint()
    source.dep = auto()
    source.dep.var = util().add_variable(source.dep, name="var", initializer=0.0)
    out = []
    with tf.Session() as session:
        session.run(tf.assign(source.dep.var, 12.0))
        first = source.save(os.path.join(folder, "first"))
        session.run(tf.assign(source.dep.var, 13.0))
        second = source.save(os.path.join(folder, "second"))
        for order in (0, 1):
            roots = [util().Checkpoint(), util().Checkpoint()]
            statuses = [None, None]
            for i in (order, 1 - order):
                statuses[i] = roots[i].restore((first, second)[i])
            dep = auto()
            dep.var = util().add_variable(dep, name="var", shape=[])
            for root, status in zip(roots, statuses):  # noqa: B905 - Python 3.7
                root.dep = dep
                status.assert_consumed().run_restore_ops()
                out.append(session.run(dep.var))
    return out


@program
def one_object_becomes_two(tf, folder):
    source = util().Checkpoint()
    source.one, source.two, three = auto(), auto(), auto()
    source.one.three = source.two.three = three
    util().add_variable(three, name="var", initializer=0.0)
    with tf.Session() as session:
        session.run(util().gather_initializers(source))
        path = source.save(os.path.join(folder, "ck"))
        target = util().Checkpoint()
        status = target.restore(path)
        target.one, target.two = auto(), auto()
        target.one.three, target.two.three = auto(), auto()
        util().add_variable(target.one.three, name="var", initializer=0.0)
    return [
        type(attempt(status.assert_consumed)).__name__,
        type(attempt(status.assert_existing_objects_matched)).__name__,
    ]


@program
def two_objects_become_one(tf, folder):
    source = util().Checkpoint()
    source.one, source.two = auto(), auto()
    util().add_variable(source.one, name="var1", initializer=32.0, dtype=tf.float64)
    util().add_variable(source.two, name="var2", initializer=64.0, dtype=tf.float64)
    with tf.Session() as session:
        session.run(util().gather_initializers(source))
        path = source.save(os.path.join(folder, "ck"))
        target = util().Checkpoint()
        target.one = target.two = auto()
        made = [
            util().add_variable(target.one, name=name, shape=[], dtype=tf.float64)
            for name in ("var1", "var2")
        ]
        status = target.restore(path).assert_consumed().assert_existing_objects_matched()
        status.run_restore_ops()
        return session.run(made)


@program
def names_are_assigned_late(tf, folder):
    first = util().Checkpoint()
    first.var1 = tf.Variable(0.0, name="outside_var")
    first.var2 = tf.Variable(0.0, name="blah")
    with tf.Session() as session:
        session.run([first.var1.assign(4.0), first.var2.assign(8.0)])
        path = first.save(os.path.join(folder, "ck"))
        second = util().Checkpoint()
        second.var2 = tf.Variable(0.0, name="blah")
        status = second.restore(path)
        again = tf.Variable(0.0, name="outside_var")
        status.run_restore_ops()
        out = [session.run(second.var2)]
        session.run(again.assign(-2.0))
        second.var1 = again
        status.run_restore_ops()
        return out + [session.run(again)]


@program
def lists_of_variables_that_grow(tf, folder):
    obj = auto()
    obj.var = tf.get_variable("v", initializer=0.0)
    prefix = os.path.join(folder, "ck")
    checkpoint = util().Checkpoint(obj=obj)
    made = []
    management = internal("training.checkpoint_management")
    with tf.Session() as session:
        session.run(util().gather_initializers(obj))
        for i in range(10):
            variable = tf.Variable(i, use_resource=True)
            session.run(variable.initializer)
            setattr(checkpoint, "var_%d" % i, variable)
            checkpoint.save(prefix)
            made.append(variable)
        out = [files(folder), management.latest_checkpoint(folder)]
        out.append(list(management.get_checkpoint_state(folder).all_model_checkpoint_paths))
        session.run([v.assign(314) for v in made])
        checkpoint.restore(prefix + "-6").run_restore_ops()
        out.append(session.run(made))
        checkpoint.restore(prefix + "-10").run_restore_ops()
        return out + [session.run(made)]


@program
def structures_that_hold_nothing(tf, folder):
    def model():
        made = auto()
        made.a_variable = util().add_variable(made, name="a_variable", shape=[])
        return made

    with tf.Session():
        checkpoint = util().Checkpoint(model=model())
        checkpoint.restore(None).initialize_or_restore()
        path = checkpoint.save(os.path.join(folder, "ck"))
        other = model()
        other.dict, other.list = {"a": 1}, {"b": 1}
        checkpoint = util().Checkpoint(model=other)
        status = checkpoint.restore(path)
        status.assert_existing_objects_matched().run_restore_ops()
        other.full = [auto()]
        return attempt(status.assert_existing_objects_matched).args[0].split("[")[0]


@program
def mirrored_variables(tf, folder):
    saver = internal("training.saver")
    base = internal("training.tracking.base")

    class Saveable(saver.BaseSaverBuilder.SaveableObject):
        def __init__(self, first, second, name):
            self.pair = first, second
            tensor = first.read_value()
            spec = saver.BaseSaverBuilder.SaveSpec(tensor=tensor, slice_spec="", name=name)
            super(Saveable, self).__init__(tensor, [spec], name)

        def restore(self, restored_tensors, restored_shapes):
            (tensor,) = restored_tensors
            return tf.group(*[variable.assign(tensor) for variable in self.pair])

    class Owner(base.Trackable):
        def __init__(self):
            self.first = tf.get_variable("first", initializer=6.0, use_resource=True)
            self.second = tf.get_variable("second", initializer=15.0, use_resource=True)

        def _gather_saveables_for_checkpoint(self):
            def factory(name=self.first.name):
                return Saveable(self.first, self.second, name)

            return {base.VARIABLE_VALUE_KEY: factory}

        @property
        def name(self):
            return self.first.name

    owner = Owner()
    checkpoint = util().Checkpoint(v=owner)
    prefix = os.path.join(folder, "ck")
    out = []
    with tf.Session() as session:
        for value in (42.0, 44.0):
            session.run(owner.first.assign(value))
            path = checkpoint.save(prefix)
            session.run([owner.first.assign(1.0), owner.second.assign(2.0)])
            checkpoint.restore(path).assert_consumed().initialize_or_restore()
            out.append(session.run([owner.first, owner.second]))
        by_name = tf.train.Saver(var_list=[owner])
        session.run(owner.first.assign(46.0))
        path = by_name.save(session, prefix, write_meta_graph=False)
        session.run([owner.first.assign(1.0), owner.second.assign(2.0)])
        by_name.restore(session, path)
        out += [session.run([owner.first, owner.second]), tf.train.list_variables(path)]
        status = util().Checkpoint(v=owner).restore(path)
        return out + [type(status).__name__]


@program
def frozen_savers(tf, folder):
    prefix = os.path.join(folder, "ck")
    with tf.Session() as session:
        v = tf.Variable(np.int64(0), use_resource=True)
        checkpoint = util().Checkpoint(v=v)
        session.run([v.assign(3), checkpoint.save_counter.assign(12)])
        saver = util().frozen_saver(checkpoint)
        with tf.device("cpu:0"):
            where = tf.constant(prefix)
        session.run(saver.save(where))
        session.run(v.assign(10))
        session.run(saver.restore(where))
        out = [session.run(v)]
        v = tf.Variable(np.int64(0), use_resource=True)
        session.run(util().frozen_saver(util().Checkpoint(v=v)).restore(where))
        out.append(session.run(v))
        checkpoint = util().Checkpoint()
        status = checkpoint.restore(prefix)
        checkpoint.v = tf.Variable(np.int64(0), use_resource=True)
        status.assert_consumed().run_restore_ops()
        return out + [session.run([checkpoint.v, checkpoint.save_counter])]


@program
def training_goes_on(tf, folder):
    out = []
    for _ in range(3):
        with tf.Graph().as_default(), tf.Session() as session:
            dense = tf.layers.Dense(1, kernel_initializer=tf.ones_initializer())
            optimizer = tf.train.AdamOptimizer(0.1)
            step = tf.train.get_or_create_global_step()
            root = tf.train.Checkpoint(dense=dense, optimizer=optimizer, step=step)
            manager = tf.train.CheckpointManager(root, folder, max_to_keep=1)
            early = root.restore(manager.latest_checkpoint)
            train = optimizer.minimize(tf.reduce_sum(dense(tf.constant([[3.0]]))), global_step=step)
            early.initialize_or_restore()
            if manager.latest_checkpoint:
                early.assert_consumed()
            for _ in range(5):
                session.run(train)
            manager.save()
            out.append(session.run([dense.kernel, dense.bias, step, root.save_counter]))
            out.append(files(folder))
    return out


@program
def initializing_keeps_what_is_restored(tf, folder):
    def build():
        dense = tf.layers.Dense(1, kernel_initializer=tf.ones_initializer())
        optimizer = tf.train.AdamOptimizer(0.1)
        loss = tf.reduce_sum(dense(tf.constant([[3.0]])))
        return dense, optimizer, loss

    with tf.Graph().as_default(), tf.Session() as session:
        dense, optimizer, loss = build()
        train = optimizer.minimize(loss)
        session.run(tf.global_variables_initializer())
        session.run(train)
        model_path = tf.train.Checkpoint(dense=dense).save(os.path.join(folder, "model"))
        session.run(optimizer._get_beta_accumulators()[0].assign(42.0))
        optimizer_path = tf.train.Checkpoint(optimizer=optimizer).save(os.path.join(folder, "optimizer"))
    out = []
    with tf.Graph().as_default(), tf.Session() as session:
        dense, optimizer, loss = build()
        root = tf.train.Checkpoint(dense=dense, optimizer=optimizer)
        status = root.restore(model_path)
        optimizer.minimize(loss)
        status.initialize_or_restore()
        out.append(session.run([dense.kernel, optimizer._get_beta_accumulators()[0]]))
        out.append(type(attempt(status.assert_existing_objects_matched)).__name__)
        out.append(type(attempt(status.assert_consumed)).__name__)
    with tf.Graph().as_default(), tf.Session() as session:
        dense, optimizer, loss = build()
        root = tf.train.Checkpoint(dense=dense, optimizer=optimizer)
        alone = tf.train.Checkpoint(optimizer=optimizer)
        status, only, later = root.restore(model_path), alone.restore(None), alone.restore(optimizer_path)
        optimizer.minimize(loss)
        later.run_restore_ops()
        status.initialize_or_restore()
        only.initialize_or_restore()
        out.append(session.run([dense.kernel, optimizer._get_beta_accumulators()[0]]))
    return out


@program
def templates_and_manual_scopes(tf, folder):
    class Manual(tf.contrib.checkpoint.Checkpointable):
        def __call__(self):
            with tf.variable_scope("ManualScope") as scope:
                self.variable_scope = scope
                with tf.contrib.checkpoint.capture_dependencies(template=self):
                    return tf.get_variable("in_manual_scope", shape=[], initializer=tf.zeros_initializer())

    def function():
        zeros = tf.zeros_initializer()
        v = tf.get_variable("v", shape=[1], initializer=zeros, use_resource=True)
        manual = Manual()
        return v, manual, manual()

    def build(name):
        template = tf.make_template(name, function)
        optimizer = tf.train.AdamOptimizer(0.0)
        return template, optimizer, tf.train.Checkpoint(template=template, optimizer=optimizer)

    template, optimizer, root = build("s1")
    v, manual, inside = template()
    out = [[[name, ref is inside] for name, ref in manual._checkpoint_dependencies]]
    out.append(len(util().list_objects(template)))
    optimizer.minimize(v[0])
    with tf.Session() as session:
        session.run([v.initializer for v in template.variables + optimizer.variables()])
        session.run([v.assign([12.0]), inside.assign(14.0)])
        path = root.save(os.path.join(folder, "ck"))
        template, optimizer, root = build("s2")
        status = root.restore(path)
        v, _, inside = template()
        optimizer.minimize(v[0])
        out.append([name for name, _ in template._checkpoint_dependencies])
        status.assert_consumed().run_restore_ops()
        return out + [session.run([v, inside])]


@program
def old_checkpoints(tf, folder):
    graph_view = internal("training.tracking.graph_view")

    def build():
        dense = tf.layers.Dense(1, kernel_initializer=tf.ones_initializer())
        optimizer = tf.train.AdamOptimizer(0.1)
        optimizer.minimize(tf.reduce_sum(dense(tf.constant([[3.0]]))))
        return util().Checkpoint(dense=dense, optimizer=optimizer)

    def values(session, root):
        slot = root.optimizer.get_slot(root.dense.bias, "m")
        return session.run([root.dense.bias, slot, root.optimizer._get_beta_accumulators()[0]])

    with tf.Graph().as_default(), tf.Session() as session:
        root = build()
        session.run(tf.global_variables_initializer())
        session.run(root.dense.bias.assign([7.0]))
        path = tf.train.Saver().save(session, os.path.join(folder, "ck"), write_meta_graph=False)
    root = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saver = util().TrackableSaver(graph_view.ObjectGraphView(root))
        status = saver.restore(path)
        checks = ("assert_consumed", "assert_existing_objects_matched", "assert_nontrivial_match")
        out = [str(attempt(getattr(status, check)))[:20] for check in checks]
        status.run_restore_ops()
        out.append(values(session, root))
        out += [getattr(status, check)() is status for check in checks]
        status = saver.restore(path)
        status.initialize_or_restore()
        out.append(status.assert_nontrivial_match() is status)
        root.new = tf.Variable([1.0], use_resource=True)
        status = saver.restore(path)
        return out + [str(attempt(status.assert_existing_objects_matched))[:20]]


@program
def the_status_outlives_the_checkpoint(tf, folder):
    v = tf.get_variable("v", initializer=0.0)
    with tf.Session() as session:
        session.run(v.initializer)
        checkpoint = util().Checkpoint(v=v)
        path = checkpoint.save(os.path.join(folder, "ck"))
        status = checkpoint.restore(path)
        del checkpoint
        return status.assert_consumed() is status


@program
def getters_of_variables(tf, folder):
    base = internal("training.tracking.base")
    root = base.Trackable()

    def add(**arguments):
        return root._add_variable_with_custom_getter(name="v", shape=[], getter=tf.get_variable, **arguments)

    a = add()
    out = [a.dtype.name, util().list_objects(root) == [root, a]]
    with tf.Graph().as_default():
        b = add(overwrite=True)
        out.append(util().list_objects(root) == [root, b])
    with tf.Graph().as_default():
        out.append(attempt(add))
        out.append(add(overwrite=True, dtype=tf.float64).dtype.name)
    return out


@program
def state_that_nobody_wants(tf, folder):
    base = internal("training.tracking.base")

    def path_of(name, **callbacks):
        holder = base.Trackable()
        factory = functools.partial(base.PythonStringStateSaveable, state_callback=lambda: "", **callbacks)
        holder._gather_saveables_for_checkpoint = lambda: {name: factory}
        return util().Checkpoint(obj=holder).save(os.path.join(folder, name))

    with tf.Session():
        optional = path_of("OBJECT_CONFIG_JSON")
        status = util().Checkpoint(obj=base.Trackable()).restore(optional)
        out = [status.assert_consumed() is status]
        wanted = path_of("foo_attr", restore_callback=lambda value: None)
        status = util().Checkpoint(obj=base.Trackable()).restore(wanted)
        return out + ["foo_attr" in str(attempt(status.assert_consumed))]


@program
def copies_of_objects(tf, folder):
    original, inside = auto(), auto()
    original.a, original.b = [[1.0]], {"a": inside}
    shallow, deep = copy.copy(original), copy.deepcopy(original)
    out = []
    for copied in (shallow, deep):
        objects = util().list_objects(copied)
        out.append([copied.a == [[1.0]], isinstance(copied.b, dict), copied.b["a"] is inside])
        out.append(
            [any(each is other for each in objects) for other in (copied.a, copied.b, copied.b["a"], inside)]
        )
    return out


@program
def structures_as_plain_ones(tf, folder):
    root = auto()
    root.numbers, root.named = [1.0, 2.0], {"x": 1.0, "y": [2.0]}
    root.tensors, root.other = [tf.constant(1.0)], {"t": tf.constant(2.0)}
    fed = tf.placeholder(tf.float32, [2])
    nest = internal("util.nest")
    into = {}
    into.update(root.named)
    with tf.Session() as session:
        return [
            session.run([tf.constant(root.numbers), tf.stack(root.numbers), fed * 2], {fed: root.numbers}),
            session.run(root.tensors),
            session.run(root.other)["t"],
            nest.flatten(root.named),
            nest.assert_same_structure([1.0, 2.0], root.numbers),
            nest.assert_same_structure({"x": 1, "y": [2]}, root.named),
            str(root.named),
            str(root.numbers),
            sorted(into),
            type(root.named.copy()).__name__,
            root.named.__class__.__name__,
            list(root.named.items()) == [("x", 1.0), ("y", [2.0])],
        ]
