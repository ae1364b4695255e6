"""Saving and restoring with Savers: the values, the files that are left, and the errors."""

import os

import numpy as np

from tests.oracle.client import internal
from tests.oracle.client._folders import files, in_folder, read, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def model(tf):
    v = tf.Variable([1.0, 2.0], name="v")
    w = tf.get_variable("w", initializer=np.arange(4, dtype=np.int64).reshape(2, 2), use_resource=True)
    return v, w


def initialized(tf):
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


@program
def there_and_back(tf, folder):
    v, w = model(tf)
    change = [tf.assign_add(v, [1.0, 1.0]), w.assign_add([[1, 1], [1, 1]])]
    saver = tf.train.Saver()
    with initialized(tf) as session:
        out = [saver.save(session, folder + "/m"), files(folder), saver.last_checkpoints]
        session.run(change)
        out += [saver.save(session, folder + "/m", global_step=7), files(folder), saver.last_checkpoints]
        out.append(read(folder, "checkpoint"))
        saver.restore(session, folder + "/m")
        out.append(session.run([v, w]))
        saver.restore(session, tf.train.latest_checkpoint(folder))
        out.append(session.run([v, w]))
    with tf.Session() as session:
        saver.restore(session, folder + "/m")
        out.append(session.run([v, w, tf.report_uninitialized_variables()]))
    return out


@program
def formats_and_shards(tf, folder):
    with tf.device("/cpu:0"):
        v, w = model(tf)
    other = tf.Variable("text", name="other")
    out = []
    savers = [
        tf.train.Saver(sharded=sharded, write_version=version)
        for version in (tf.train.SaverDef.V1, tf.train.SaverDef.V2)
        for sharded in (False, True)
    ]
    change = [tf.assign_add(v, [1.0, 1.0]), w.assign_add([[1, 1], [1, 1]]), other.assign(other + "!")]
    with initialized(tf) as session:
        for i, saver in enumerate(savers):
            where = folder + "/%d" % i
            os.mkdir(where)
            path = saver.save(session, where + "/m", write_meta_graph=False)
            session.run(change)
            out.append([path, files(where), read(where, "checkpoint")])
            saver.restore(session, path)
            out.append(session.run([v, w, other]))
            # Savers restore both formats.
            savers[(i + 2) % 4].restore(session, path)
            out.append(session.run([v, w, other]))
    return out


@program
def steps(tf, folder):
    v, w = model(tf)
    step = tf.train.get_or_create_global_step()
    saver, padded = tf.train.Saver(), tf.train.Saver(pad_step_number=True)
    with initialized(tf) as session:
        session.run(step.assign(12))
        return [
            saver.save(session, folder + "/m", global_step=given, write_meta_graph=False)
            for given in (3, np.int32(4), step, step.value(), "global_step:0", 0, -1)
        ] + [
            padded.save(session, folder + "/m", global_step=given, write_meta_graph=False)
            for given in (3, 123456789, step)
        ]


@program
def keeping(tf, folder):
    model(tf)
    out = []
    savers = [
        tf.train.Saver(max_to_keep=2),
        tf.train.Saver(max_to_keep=0),
        tf.train.Saver(max_to_keep=None),
        tf.train.Saver(max_to_keep=1, sharded=True),
        tf.train.Saver(max_to_keep=2, write_version=tf.train.SaverDef.V1),
        tf.train.Saver(max_to_keep=2, write_version=tf.train.SaverDef.V1, sharded=True),
    ]
    with initialized(tf) as session:
        for i, saver in enumerate(savers):
            where = folder + "/%d" % i
            os.mkdir(where)
            for step in 1, 2, 3, 2, 4, 4:
                saver.save(session, where + "/m", global_step=step)
                out.append([saver.last_checkpoints, files(where)])
            out.append(read(where, "checkpoint"))
    return out


@program
def kept_for_ever(tf, folder):
    model(tf)
    module = internal("training.saver")
    mock = __import__("unittest.mock", fromlist=["mock"])
    out = []
    with initialized(tf) as session, mock.patch.object(module, "time") as clock:
        clock.time.return_value = 1000.0
        saver = tf.train.Saver(max_to_keep=2, keep_checkpoint_every_n_hours=1.0)
        for step, now in enumerate([1010.0, 2000.0, 4700.0, 4800.0, 4900.0, 9000.0, 9001.0, 9002.0, 9003.0]):
            clock.time.return_value = now
            saver.save(session, folder + "/m", global_step=step, write_meta_graph=False)
            out.append([saver.last_checkpoints, files(folder)])
    return out


@program
def options_of_save(tf, folder):
    model(tf)
    saver = tf.train.Saver()
    with initialized(tf) as session:
        save = saver.save
        out = [save(session, folder + "/a", latest_filename="newest"), files(folder)]
        out += [save(session, folder + "/b", meta_graph_suffix="graph"), files(folder)]
        out += [save(session, folder + "/c", write_meta_graph=False), files(folder)]
        out += [save(session, folder + "/d", write_state=False), files(folder)]
        out += [saver.last_checkpoints, read(folder, "checkpoint"), read(folder, "newest")]
        out += [save(session, "run/e"), read(folder, "checkpoint"), tf.train.latest_checkpoint("run")]
        out += [save(session, "f", write_meta_graph=False), read("checkpoint")]
        out += [save(session, "run/new/g", write_meta_graph=False), files(folder)]
        return out


@program
def relative_paths(tf, folder):
    model(tf)
    saver = tf.train.Saver(save_relative_paths=True)
    with initialized(tf) as session:
        out = [saver.save(session, folder + "/m", global_step=i, write_meta_graph=False) for i in range(2)]
        out += [read(folder, "checkpoint"), tf.train.latest_checkpoint(folder)]
        os.rename(folder, folder + "2")
        try:
            moved = tf.train.latest_checkpoint(folder + "2")
            out.append(moved)
            saver.restore(session, moved)
        finally:
            os.rename(folder + "2", folder)
        out += [saver.save(session, "run/m", write_meta_graph=False), read(folder, "checkpoint")]
    return out


@program
def names_of_variables(tf, folder):
    v, w = model(tf)
    by_name = tf.train.Saver({"first": v, "second/part": w})
    only_v = tf.train.Saver([v])
    with initialized(tf) as session:
        by_name.save(session, folder + "/m", write_meta_graph=False)
        only_v.save(session, folder + "/v", write_meta_graph=False)
        session.run([v.assign([5.0, 5.0]), w.assign(w * 3)])
        tf.train.Saver({"first": v}).restore(session, folder + "/m")
        out = session.run([v, w])
        tf.train.Saver({"second/part": w}).restore(session, folder + "/m")
        return out + session.run([v, w])


@program
def what_does_not_fit(tf, folder):
    v, w = model(tf)
    scalar = tf.Variable(1.0, name="scalar")
    with initialized(tf) as session:
        tf.train.Saver([v, w]).save(session, folder + "/m", write_meta_graph=False)
        tf.train.Saver([v, w], write_version=1).save(session, folder + "/v1", write_meta_graph=False)
        out = []
        for path in folder + "/m", folder + "/v1":
            for var_list, reshape in (
                ([v, scalar], False),
                ({"v": scalar}, False),
                ({"v": scalar}, True),
                ({"w": v}, False),
                ({"v": w}, False),
                ({"none": v}, False),
            ):
                saver = tf.train.Saver(var_list, reshape=reshape)
                out.append(tried(lambda: saver.restore(session, path)).split(".")[0])
                out.append(session.run([v, w, scalar]))
        return out


@program
def reshaping(tf, folder):
    tf.Variable(np.arange(6.0).reshape(2, 3), name="m")
    with initialized(tf) as session:
        tf.train.Saver().save(session, folder + "/m", write_meta_graph=False)
    with tf.Graph().as_default():
        shapes = [[3, 2], [6], [1, 6, 1]]
        both = [tf.Variable(tf.zeros(s, tf.float64), name="a") for s in shapes]
        both += [
            tf.get_variable("b%d" % i, initializer=tf.zeros(s, tf.float64), use_resource=True)
            for i, s in enumerate(shapes)
        ]
        out = []
        with tf.Session() as session:
            for variable in both:
                result = tried(lambda: tf.train.Saver({"m": variable}).restore(session, folder + "/m"))
                out.append(str(result).split(":")[0])
                tf.train.Saver({"m": variable}, reshape=True).restore(session, folder + "/m")
                out.append(session.run(variable))
        return out


@program
def not_initialized(tf, folder):
    v, w = model(tf)
    saver = tf.train.Saver()
    with tf.Session() as session:
        out = [tried(lambda: saver.save(session, folder + "/m")).split(":")[0]]
        out += [files(folder), saver.last_checkpoints]
        out.append(tried(lambda: saver.save(session, folder + "/none/sub/m")))
        session.run(v.initializer)
        return out + [tried(lambda: saver.save(session, folder + "/m")).split(":")[0], files(folder)]


@program
def missing_folders(tf, folder):
    model(tf)
    out = []
    with initialized(tf) as session:
        for version in tf.train.SaverDef.V1, tf.train.SaverDef.V2:
            for sharded in False, True:
                saver = tf.train.Saver(write_version=version, sharded=sharded)
                where = folder + "/%d%d" % (version, sharded)
                out.append(tried(lambda: saver.save(session, where + "/m", write_meta_graph=False)))
                out.append(tried(lambda: saver.save(session, where + "x/y/m", write_meta_graph=False)))
        open(folder + "/file", "w").close()
        out.append(tried(lambda: saver.save(session, folder + "/file/m")).split(":")[0])
    return out + [files(folder)]


@program
def of_other_graphs(tf, folder):
    model(tf)
    saver = tf.train.Saver()
    with tf.Graph().as_default():
        model(tf)
        with initialized(tf) as session:
            result = tried(lambda: saver.save(session, folder + "/m", write_meta_graph=False))
            out = ["which does not exist" in result, files(folder)]
            # Nodes are found by name.
            tf.train.Saver()
            out.append(tried(lambda: saver.save(session, folder + "/m", write_meta_graph=False)))
            out.append(files(folder))
    return out


@program
def finalized(tf, folder):
    v, w = model(tf)
    saver = tf.train.Saver()
    init = tf.global_variables_initializer()
    tf.get_default_graph().finalize()
    with tf.Session() as session:
        session.run(init)
        saver.save(session, folder + "/m")
        saver.restore(session, folder + "/m")
        return [session.run([v, w]), tried(tf.train.Saver), files(folder)]


@program
def strange_names(tf, folder):
    v = tf.Variable(3.0, name="v" * 300)
    saver = tf.train.Saver()
    out = []
    with initialized(tf) as session:
        for name in "\u00e9t\u00e9 \u4e2d", "a:b%c", "dots.ckpt.1", "-", "a b", "m-?????-of-00002", "x" * 150:
            path = os.path.join(folder, name)
            out.append(saver.save(session, path, global_step=1, write_meta_graph=False))
            session.run(v.assign(0.0))
            saver.restore(session, path + "-1")
            out += [session.run(v), tf.train.latest_checkpoint(folder), read(folder, "checkpoint")]
    return out


@program
def through_the_nodes(tf, folder):
    v, w = model(tf)
    saver = tf.train.Saver(filename=folder + "/known")
    names = saver.as_saver_def()
    with initialized(tf) as session:
        out = [session.run(names.save_tensor_name), files(folder)]
        out.append(session.run("save/control_dependency:0", {"save/Const:0": folder + "/fed"}))
        out.append(session.run("save/control_dependency:0", {"save/filename:0": folder + "/other"}))
        session.run(v.assign([0.0, 0.0]))
        out.append(session.run(names.restore_op_name))
        out.append(session.run("save/RestoreV2:0"))
        return out + [session.run([v, w]), files(folder)]


@program
def own_objects(tf, folder):
    module = internal("training.saver")

    class Pair(module.BaseSaverBuilder.SaveableObject):
        def __init__(self, variables, name):
            self.variables = variables
            spec = module.BaseSaverBuilder.SaveSpec
            specs = [spec(v, "", name + "-%d" % i) for i, v in enumerate(variables)]
            super(Pair, self).__init__(variables[0], specs, name)

        def restore(self, restored_tensors, restored_shapes):
            return tf.group(*[tf.assign(v, t * 2) for v, t in zip(self.variables, restored_tensors)])

    variables = [tf.Variable(float(i + 1), collections=[], name="part") for i in range(2)]
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, Pair(variables, "pair"))
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run([v.initializer for v in variables])
        path = saver.save(session, folder + "/m", write_meta_graph=False)
        saver.restore(session, path)
        return session.run(variables)


@program
def of_every_type(tf, folder):
    values = [
        np.array([1, -2]).astype(kind)
        for kind in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "c8", "c16")
    ] + [np.array([True, False]), np.array([b"a\x00b", b""], object), np.zeros([0, 3], "f4"), np.float32(3)]
    variables = [tf.Variable(value, name="v%d" % i) for i, value in enumerate(values)]
    variables.append(tf.Variable(tf.constant([1.5, -2.0], tf.bfloat16), name="brain"))
    saver = tf.train.Saver()
    with initialized(tf) as session:
        before = session.run(variables[:-1])
        path = saver.save(session, folder + "/m", write_meta_graph=False)
    with tf.Session() as session:
        saver.restore(session, path)
        after = session.run(variables[:-1])
        return [
            after,
            [np.array_equal(x, y) for x, y in zip(before, after)],
            session.run(tf.cast(variables[-1], tf.float32)),
        ]
