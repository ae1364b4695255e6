"""Making Savers: what they take, what they refuse, and what they say of themselves."""

from tests.oracle.client import internal
from tests.oracle.client._folders import in_folder, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def variables(tf):
    v = tf.Variable([1.0, 2.0], name="v")
    w = tf.get_variable("w", shape=[2, 2], initializer=tf.zeros_initializer(), use_resource=True)
    return v, w


def described(saver_def):
    return [
        saver_def.filename_tensor_name,
        saver_def.save_tensor_name,
        saver_def.restore_op_name,
        saver_def.max_to_keep,
        saver_def.sharded,
        saver_def.keep_checkpoint_every_n_hours,
        saver_def.version,
    ]


@program
def nothing_to_save(tf, folder):
    Saver = tf.train.Saver
    empty = Saver(allow_empty=True)
    with tf.Session() as session:
        return [
            tried(Saver),
            tried(lambda: Saver([])),
            tried(lambda: Saver({})),
            empty.as_saver_def(),
            tried(lambda: empty.save(session, folder + "/m", write_meta_graph=False)),
            tried(lambda: empty.restore(session, folder + "/m")),
            empty.last_checkpoints,
            tried(lambda: empty.to_proto()),
        ]


@program
def wrong_lists(tf, folder):
    v, w = variables(tf)
    constant = tf.constant(1.0, name="c")
    Saver = tf.train.Saver
    return [
        tried(lambda: Saver(var_list))
        for var_list in (
            v,
            "v",
            [constant],
            {"c": constant},
            [v, v],
            {"a": v, "b": v},
            {"a": w, "b": w},
            {1: v},
            {"a": 1.0},
            {"a": None},
            [None],
            {"a": [v]},
            {"a": [constant]},
            {"a": "v"},
            [v.initializer],
            {"a": v.initializer},
            [w.value(), w],
            {"a": v.read_value()},
        )
    ] + [
        tried(lambda: Saver([v], defer_build=True)),
        tried(lambda: Saver(saver_def="x")),
        tried(lambda: Saver(saver_def=tf.train.SaverDef(save_tensor_name="x"))),
        tried(lambda: Saver(saver_def=tf.train.SaverDef(restore_op_name="x"))),
    ]


@program
def definitions(tf, folder):
    variables(tf)
    Saver = tf.train.Saver
    savers = [
        Saver(),
        Saver(max_to_keep=None, sharded=True, keep_checkpoint_every_n_hours=2.5),
        Saver(max_to_keep=0, name="named", write_version=tf.train.SaverDef.V1),
        Saver(name="scope/inner"),
    ]
    out = [described(s.as_saver_def()) for s in savers]
    out += [described(s.to_proto()) for s in savers]
    for scope in "scope", "scope/inner", "named", "":
        protos = [s.to_proto(export_scope=scope) for s in savers]
        out.append([None if proto is None else described(proto) for proto in protos])
    copied = tf.train.SaverDef()
    copied.CopyFrom(savers[0].as_saver_def())
    again = Saver.from_proto(copied)
    out += [described(again.as_saver_def()), again.as_saver_def() is copied]
    moved = tf.train.SaverDef()
    moved.CopyFrom(savers[0].as_saver_def())
    out.append(described(Saver.from_proto(moved, import_scope="imported").as_saver_def()))
    later = Saver(defer_build=True)
    out += [later.as_saver_def()]
    later.build()
    later.build()
    return out + [described(later.as_saver_def()), len(tf.get_default_graph().get_operations())]


@program
def deferred(tf, folder):
    variables(tf)
    saver = tf.train.Saver(defer_build=True)
    with tf.Session() as session:
        out = [tried(lambda: saver.save(session, folder + "/m"))]
        tf.get_default_graph().finalize()
        return out + [tried(saver.build)]


@program
def checks_of_save(tf, folder):
    variables(tf)
    saver, sharded = tf.train.Saver(), tf.train.Saver(sharded=True)
    with tf.Session() as session:
        return [
            tried(lambda: saver.save(session, folder + "/m", latest_filename="a/b")),
            tried(lambda: saver.save(session, folder + "/checkpoint")),
            tried(lambda: saver.save(session, folder + "/other", latest_filename="other")),
            tried(lambda: saver.save(None, folder + "/m")),
            tried(lambda: saver.save("session", folder + "/m", global_step=1)).split(";")[0],
            tried(lambda: saver.save(session, folder + "/m", global_step="none:0")),
            tried(lambda: saver.restore(session, None)),
            tried(lambda: saver.restore(session, "")),
            tried(lambda: saver.restore(session, folder + "/none")),
            tried(lambda: saver.restore(session, 3)),
            tried(lambda: sharded.save(session, folder + "/m", latest_filename="a/b")),
        ]


@program
def lists_of_checkpoints(tf, folder):
    variables(tf)
    saver = tf.train.Saver()
    out = [saver.last_checkpoints]
    saver.set_last_checkpoints(["a", "b"])
    out.append(saver.last_checkpoints)
    saver.set_last_checkpoints_with_time([("c", 1.0)])
    out.append(saver.last_checkpoints)
    saver.last_checkpoints.append("x")
    out.append(saver.last_checkpoints)
    saver.recover_last_checkpoints([folder + "/a", folder + "/b"])
    out.append(saver.last_checkpoints)
    for name in "a.index", "b":
        open(folder + "/" + name, "w").close()
    saver.recover_last_checkpoints([folder + "/a", folder + "/b", folder + "/c"])
    out.append(saver.last_checkpoints)
    return out + [
        tried(lambda: saver.set_last_checkpoints(("a",))),
        tried(lambda: saver.set_last_checkpoints_with_time({})),
    ]


@program
def saveables(tf, folder):
    util = internal("training.saving.saveable_object_util")
    objects = internal("training.saving.saveable_object")
    v, w = variables(tf)
    own = objects.SaveableObject(v, [objects.SaveSpec(v, "", "own")], "own")
    out = [
        [(s.name, s.device, s.optional_restore, type(s).__name__) for s in found]
        for found in (
            util.validate_and_slice_inputs([v, w]),
            util.validate_and_slice_inputs({"b": v, "a": w}),
            list(util.saveable_objects_for_op(v, "x")),
            list(util.saveable_objects_for_op(w, "x")),
            list(util.saveable_objects_for_op(own, "x")),
        )
    ]
    listed = util.op_list_to_dict([w, v, own])
    out.append([(name, type(item).__name__) for name, item in sorted(listed.items())])
    listed = util.op_list_to_dict({v, w}, convert_variable_to_tensor=False)
    out.append([(name, type(item).__name__) for name, item in sorted(listed.items())])
    spec = objects.SaveSpec(lambda: tf.constant(1.0, name="made"), "", "n", dtype=tf.float32, device="/cpu:0")
    out.append([spec.tensor.name, spec.tensor.name, spec.dtype.name, spec.device, spec.slice_spec])
    return out + [
        tried(lambda: objects.SaveSpec(lambda: 1, "", "n")),
        tried(lambda: own.restore([], None)),
        tried(lambda: list(util.saveable_objects_for_op(v, 1))),
        tried(lambda: util.ResourceVariableSaveable(v, "", "n")).split("Got")[0],
        util.set_cpu0("/job:ps/task:1/gpu:3"),
        util.set_cpu0(""),
    ]


@program
def default_saver(tf, folder):
    module = internal("training.saver")
    variables(tf)
    made = module._get_saver_or_default()
    out = [module._get_saver_or_default() is made, described(made.as_saver_def())]
    tf.add_to_collection(tf.GraphKeys.SAVERS, made)
    return out + [tried(module._get_saver_or_default)]
