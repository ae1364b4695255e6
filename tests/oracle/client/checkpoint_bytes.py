"""The bytes that Savers write in both formats, for all types, shards and slices; and reading slices again."""

import hashlib
import os

import numpy as np

from tests.oracle.client._folders import files, in_folder, read

PROGRAMS = []
program = in_folder(PROGRAMS)


def digests(folder):
    return {
        name: hashlib.sha256(read(folder, name)).hexdigest()[:16]
        for name in files(folder)
        if name != "checkpoint"
    }


def savers(tf):
    for version in tf.train.SaverDef.V1, tf.train.SaverDef.V2:
        for sharded in False, True:
            yield "%d%d" % (version, sharded), tf.train.Saver(write_version=version, sharded=sharded)


def numbers(*shape):
    return np.random.RandomState(3).randn(*shape) * 50


@program
def of_all_types(tf, folder):
    with tf.device("/cpu:0"):
        for kind in "f2 f4 f8 i1 i2 i4 i8 u1 u2 c8 c16".split():
            value = np.round(numbers(3, 4)).astype("i8").astype(kind)
            tf.get_variable("t_" + kind, initializer=value, use_resource=kind in ("f4", "i8"))
        tf.get_variable("truth", initializer=numbers(9) > 0)
        texts = np.array([[b"a\x00b", b""], [b"x" * 300, b"\xff"]], object)
        tf.get_variable("texts", initializer=texts)
    tf.get_variable("scalar", initializer=np.float32(3.5))
    tf.get_variable("empty", initializer=np.zeros([0, 3], "f4"))
    tf.get_variable("long/" + "name/" * 40 + "of", initializer=np.arange(3))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for name, saver in savers(tf):
            saver.save(session, os.path.join(folder, name), write_meta_graph=False)
    return digests(folder)


@program
def of_many_variables(tf, folder):
    for i in range(150):
        tf.Variable(np.arange(i % 7, dtype="f4"), name="layer_%d/weights" % i)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for name, saver in savers(tf):
            saver.save(session, os.path.join(folder, name), write_meta_graph=False)
    return digests(folder)


def divided(tf, parts, axis, use_resource):
    partitioner = tf.fixed_size_partitioner(parts, axis=axis)
    return tf.get_variable(
        "whole",
        [7, 5],
        tf.float32,
        tf.zeros_initializer(),
        partitioner=partitioner,
        use_resource=use_resource,
    )


DIVISIONS = [(1, 0, False), (3, 0, True), (2, 1, False), (5, 1, True)]


@program
def of_slices(tf, folder):
    whole = numbers(7, 5).astype("f4")
    for division in DIVISIONS:
        with tf.Graph().as_default():
            variable = divided(tf, *division)
            begin = 0
            with tf.Session() as session:
                for part in list(variable):
                    size = part.shape.as_list()[division[1]]
                    rows = [slice(None), slice(None)]
                    rows[division[1]] = slice(begin, begin + size)
                    part.load(whole[tuple(rows)], session)
                    begin += size
                for name, saver in savers(tf):
                    path = os.path.join(folder, "%s_%d%d" % ((name,) + division[:2]))
                    saver.save(session, path, write_meta_graph=False)
    found = []
    for division in DIVISIONS:
        with tf.Graph().as_default():
            variable = divided(tf, *division)
            saver = tf.train.Saver()
            with tf.Session() as session:
                for other in DIVISIONS:
                    for end in "10_%d%d", "11_%d%d-?????-of-00001", "20_%d%d", "21_%d%d":
                        saver.restore(session, os.path.join(folder, end % other[:2]))
                        parts = session.run(list(variable))
                        found.append(np.array_equal(np.concatenate(parts, division[1]), whole))
    return [digests(folder), found]
