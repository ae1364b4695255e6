"""Savers that come with a MetaGraph: which nodes they name, and what they restore."""

import numpy as np

from tests.oracle.client import internal
from tests.oracle.client._folders import in_folder, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def names_of(saver):
    if saver is None:
        return None
    message = saver.as_saver_def()
    return [message.filename_tensor_name, message.save_tensor_name, message.restore_op_name]


def trained(tf, folder, **options):
    with tf.Graph().as_default():
        v = tf.Variable([1.0, 2.0], name="v")
        with tf.variable_scope("part", partitioner=tf.fixed_size_partitioner(2)):
            tf.get_variable("w", [4], initializer=tf.ones_initializer(), use_resource=True)
        tf.add_to_collection("doubled", v * 2)
        saver = tf.train.Saver(**options)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(v.assign([3.0, 4.0]))
            return saver.save(session, folder + "/m")


@program
def into_scopes(tf, folder):
    path = trained(tf, folder)
    out = []
    for scopes in (None,), ("a",), ("a/b",), ("a", "b"), ("a", "a"), (None, None):
        with tf.Graph().as_default():
            for scope in scopes:
                saver = tf.train.import_meta_graph(path + ".meta", import_scope=scope)
                out.append(names_of(saver))
                with tf.Session() as session:
                    saver.restore(session, path)
                    out.append(session.run(tf.get_collection("doubled")[-1]))
                    out.append(session.run(tf.report_uninitialized_variables()))
            out.append([v.op.name for v in tf.global_variables()])
            out.append([tried(lambda: v._save_slice_info.full_name) for v in tf.global_variables()[-1:]])
    return out


@program
def under_open_scopes(tf, folder):
    path = trained(tf, folder, name="mine")
    out = []
    with tf.Graph().as_default(), tf.name_scope("open"):
        saver = tf.train.import_meta_graph(path + ".meta")
        out.append(names_of(saver))
        with tf.Session() as session:
            out.append(tried(lambda: saver.restore(session, path)))
    return out


@program
def saved_again(tf, folder):
    path = trained(tf, folder, sharded=True)
    out = []
    for scope in None, "s":
        with tf.Graph().as_default():
            saver = tf.train.import_meta_graph(path + ".meta", import_scope=scope)
            with tf.Session() as session:
                saver.restore(session, path)
                again = saver.save(session, folder + "/again", global_step=1)
                out.append(tf.train.list_variables(again))
                out.append(saver.last_checkpoints)
    return out


@program
def without_savers(tf, folder):
    with tf.Graph().as_default():
        tf.constant(1.0)
        empty = tf.train.export_meta_graph()
    with tf.Graph().as_default():
        tf.Variable(1.0, name="v")
        unsaved = tf.train.export_meta_graph()
    out = []
    for message in empty, unsaved:
        with tf.Graph().as_default():
            saver = tf.train.import_meta_graph(message)
            out.append(names_of(saver))
    with tf.Graph().as_default():
        out.append(names_of(tf.train.import_meta_graph(unsaved, import_scope="s")))
        out.append([op.name for op in tf.get_default_graph().get_operations()])
    return out


@program
def with_elements(tf, folder):
    path = trained(tf, folder)
    module = internal("training.saver")
    with tf.Graph().as_default():
        saver, elements = module._import_meta_graph_with_return_elements(
            path + ".meta", import_scope="s", return_elements=["v:0", "v"]
        )
        return [names_of(saver), [element.name for element in elements]]


@program
def with_inputs(tf, folder):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        v = tf.Variable([1.0, 2.0], name="v")
        tf.add(x, v, name="y")
        tf.train.Saver().export_meta_graph(folder + "/x.meta")
    with tf.Graph().as_default():
        fed = tf.constant([5.0, 5.0])
        saver = tf.train.import_meta_graph(folder + "/x.meta", input_map={"x:0": fed}, clear_devices=True)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return [names_of(saver), session.run("y:0")]


@program
def wrong_files(tf, folder):
    with open(folder + "/broken.meta", "wb") as file:
        file.write(b"no graph")
    return [
        tried(lambda: tf.train.import_meta_graph(folder + "/none.meta")),
        tried(lambda: tf.train.import_meta_graph(folder + "/broken.meta")).split(":")[0],
        tried(lambda: tf.train.import_meta_graph(folder)).split(":")[0],
    ]


@program
def savers_in_collections(tf, folder):
    with tf.Graph().as_default():
        v, w = tf.Variable(1.0, name="v"), tf.Variable(np.arange(3), name="w")
        for saver in tf.train.Saver({"a": v}, name="first"), tf.train.Saver([w], name="second"):
            tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
        message = saver.export_meta_graph(folder + "/m.meta")
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            paths = [
                each.save(session, folder + "/%d" % i)
                for i, each in enumerate(tf.get_collection(tf.GraphKeys.SAVERS))
            ]
    out = [len(message.collection_def["savers"].bytes_list.value)]
    for scope in None, "s":
        with tf.Graph().as_default():
            main = tf.train.import_meta_graph(folder + "/m.meta", import_scope=scope)
            out.append(names_of(main))
            with tf.Session() as session:
                for path, saver in zip(paths, tf.get_collection(tf.GraphKeys.SAVERS)):
                    out.append(names_of(saver))
                    saver.restore(session, path)
                out.append(session.run(tf.global_variables()))
    return out
