"""The operations on checkpoints, and NewCheckpointReader."""

import os

from tests.oracle.client import internal
from tests.oracle.client.files import placed_program, tried

PROGRAMS = []


def program(function):
    """See `files.program`."""
    return placed_program(function, PROGRAMS)


class Ops:
    """The operations, each run in a session of its own."""

    def __init__(self, tf):
        self.tf = tf
        self.io = internal("ops.gen_io_ops")

    def run(self, made):
        with self.tf.Session() as session:
            return session.run(made)

    def save(self, prefix, **tensors):
        """Save tensors by name, or (spec, tensor)."""
        names = sorted(tensors)
        pairs = [tensors[n] if isinstance(tensors[n], tuple) else ("", tensors[n]) for n in names]
        specs, values = zip(*pairs)
        return self.run(self.io.save_v2(prefix, names, list(specs), list(values)))

    def restore(self, prefix, *wanted):
        """What (name, spec, dtype) give."""
        names, specs, dtypes = zip(*wanted)
        return [
            v.tolist() for v in self.run(self.io.restore_v2(prefix, list(names), list(specs), list(dtypes)))
        ]


@program
def saving_and_restoring(tf, here):
    ops, prefix = Ops(tf), here("c")
    ops.save(prefix, a=tf.ones([2, 3]), s=tf.constant(["x", "yy"]), n=tf.constant(7))
    whole = ops.restore(prefix, ("a", "", tf.float32), ("s", "", tf.string), ("n", "", tf.int32))
    part = ops.restore(prefix, ("a", "2 3 1,1:0,2", tf.float32))
    return sorted(os.listdir(here())), whole, part


@program
def what_cannot_be_saved(tf, here):
    ops, io, one = Ops(tf), Ops(tf).io, tf.ones([2])
    specs = (
        "2|2 0,2|2 0,1|x 0,2|2 a|2 0,0|2 -1,2|3 0,4|2 2 -|2 -|-|2  -|2 0,2:|2 -:|2 0,1,2|4 1,2|4 1,2 ".split(
            "|"
        )
    )
    return tried(
        *[lambda spec=spec: ops.save(here("spec"), a=(spec, one)) for spec in specs],
        lambda: ops.run(io.save_v2(here("d"), ["a", "a"], ["", ""], [one, one])),
        lambda: ops.run(io.save_v2(here("d"), ["a", "b"], ["", ""], [one])),
        lambda: ops.run(io.save_v2(here("d"), ["a", "b"], [""], [one, one])),
        lambda: ops.run(io.save_v2(here("d"), [["a"]], [""], [one])),
        lambda: ops.run(
            io.save_v2(here("d"), tf.placeholder_with_default([["a"]], None), [""], [one]),
        ),
        lambda: ops.save(here("new", "y"), a=one),
        lambda: ops.save(here("new1", "new2", "y"), a=one),
    )


@program
def what_cannot_be_restored(tf, here):
    ops, io = Ops(tf), Ops(tf).io
    ops.save(here("c"), a=tf.ones([2, 3]), b=tf.constant(3))
    number, whole = tf.float32, tf.int32
    return tried(
        lambda: ops.restore(here("c"), ("a", "", whole), ("b", "", number)),
        lambda: ops.restore(here("c"), ("zz", "", whole), ("a", "", whole), ("aa", "", whole)),
        lambda: ops.restore(here("none"), ("a", "", number)),
        lambda: ops.restore(here("c"), ("a", "2 4 0,1:1,2", number)),
        lambda: ops.restore(here("c"), ("a", "2 3", number)),
        lambda: ops.restore(here("c"), ("a", "2 3 0,1:3,1", number)),
        lambda: ops.run(io.restore_v2(here("c"), ["a", "b"], ["", ""], [number])),
        lambda: ops.restore(here("?"), ("a", "", number)),
    )


@program
def slices(tf, here):
    ops, io, prefix = Ops(tf), Ops(tf).io, here("c")
    parts = [tf.ones([2, 3]), tf.zeros([3, 3])]
    ops.run(io.save_v2(prefix, ["w", "w"], ["6 3 0,2:-", "6 3 3,3:-"], parts))
    wanted = ["6 3 0,2:-", "6 3 1,1:1,2", "6 3 0,3:-", "6 3 -:-", "6 3 4,2:0,3", "", "5 3 0,1:-"]
    return tried(*[lambda spec=spec: ops.restore(prefix, ("w", spec, tf.float32)) for spec in wanted])


@program
def overlapping_slices(tf, here):
    ops, io, prefix = Ops(tf), Ops(tf).io, here("c")
    ops.run(io.save_v2(prefix, ["w", "w"], ["4 0,2", "4 1,2"], [tf.ones([2])] * 2))
    return tried(lambda: ops.restore(prefix, ("w", "", tf.float32)))


@program
def version_1(tf, here):
    ops, io, name = Ops(tf), Ops(tf).io, here("c")
    ops.run(io.save(name, ["b", "a"], [tf.constant(2.5), tf.constant([1, -300000])]))
    ops.run(
        io.save_slices(
            here("s"), ["w"] * 2, ["5 2 0,2:-", "5 2 3,2:0,2"], [tf.ones([2, 2]), tf.zeros([2, 2])]
        )
    )
    number = tf.float32
    return tried(
        lambda: ops.run([io.restore(name, "b", number), io.restore(name, "a", tf.int32)])[1].tolist(),
        lambda: ops.restore(name, ("b", "", number), ("a", "2 1,1", tf.int32)),
        *[
            lambda spec=spec: ops.run(io.restore_slice(here("s"), "w", spec, number)).tolist()
            for spec in ("5 2 1,1:1,1", "5 2 3,2:-", "6 2 -:-", "5 2 0,9:-", "5 2", "7")
        ],
        lambda: ops.run(io.restore(name, "b", tf.int32)),
        lambda: ops.run(io.restore(name, "zz", number)),
        lambda: ops.restore(name, ("zz", "", number)),
        lambda: ops.restore(name, ("b", "", tf.int32)),
        lambda: ops.run(io.restore(here("?"), "b", number, preferred_shard=1)).tolist(),
        lambda: ops.run(io.restore(here("none"), "b", number)),
        lambda: ops.run(io.restore(here("none", "x"), "b", number)),
        lambda: ops.run(io.restore(tf.placeholder_with_default([name, name], None), "b", number)),
    )


@program
def what_version_1_cannot_save(tf, here):
    ops, io, one = Ops(tf), Ops(tf).io, tf.ones([2])
    unknown = tf.placeholder_with_default
    return tried(
        lambda: ops.run(io.save(here("c"), ["a"], [tf.constant(1, tf.uint32)])),
        lambda: ops.run(io.save(here("c"), ["a", "a"], [one, tf.ones([3])])),
        lambda: ops.run(io.save(here("c"), ["a", "a"], [one, tf.ones([2], tf.int32)])),
        lambda: ops.run(io.save(here("c"), ["a", "b"], [one])),
        lambda: ops.run(io.save(here("c"), unknown(["a", "b"], None), [one])),
        lambda: ops.run(io.save(unknown([here("c"), here("d")], None), ["a"], [one])),
        lambda: ops.run(io.save_slices(here("c"), ["a"], ["4 0,1"], [one])),
        lambda: ops.run(io.save_slices(here("c"), ["a"], ["", ""], [one])),
        lambda: ops.run(io.save_slices(here("c"), ["a"], unknown(["", ""], None), [one])),
        lambda: os.listdir(here()),
    )


@program
def merging(tf, here):
    ops, io = Ops(tf), Ops(tf).io
    for shard in range(2):
        ops.save(here("t%d" % shard, "p"), **{"v%d" % shard: tf.ones([shard + 1])})
        ops.save(here("t%d" % shard, "q"), v=tf.ones([1]))
    merge = io.merge_v2_checkpoints
    results = tried(
        lambda: ops.run(merge([here("t0", "p"), here("t1", "p")], here("m"))),
        lambda: sorted(os.listdir(here())),
        lambda: ops.run(merge([here("t0", "q"), here("t1", "q")], here("m2"))),
        lambda: ops.run(merge([here("none")], here("m2"))),
        lambda: ops.run(merge([here("t0", "q")], here("m3"), delete_old_dirs=True)),
        lambda: sorted(os.listdir(here())),
        lambda: ops.run(merge(tf.placeholder_with_default("x", None), here("m2"))),
        lambda: ops.run(merge(["x"], tf.placeholder_with_default(["m"], None))),
    )
    return results, ops.restore(here("m"), ("v0", "", tf.float32), ("v1", "", tf.float32))


@program
def names_of_shards(tf, here):
    ops, io = Ops(tf), Ops(tf).io
    unknown = tf.placeholder_with_default
    return tried(
        lambda: ops.run(io.sharded_filename("a/b", 3, 10)),
        lambda: ops.run(io.sharded_filename("a/b", -3, 123456)),
        lambda: ops.run(io.sharded_filespec("a/b", 10)),
        lambda: ops.run(io.sharded_filename(unknown(["a"], None), 3, 10)),
        lambda: ops.run(io.sharded_filename("a", unknown([1], None), 10)),
        lambda: ops.run(io.sharded_filespec("a", unknown([1], None))),
    )


@program
def readers(tf, here):
    ops = Ops(tf)
    ops.save(here("c"), a=tf.ones([2, 3]), s=tf.constant("x"), n=tf.constant(7), w=("4 0,2", tf.ones([2])))
    reader = tf.train.NewCheckpointReader(here("c"))
    return tried(
        lambda: sorted(reader.get_variable_to_shape_map().items()),
        lambda: sorted((name, dtype.name) for name, dtype in reader.get_variable_to_dtype_map().items()),
        lambda: reader.debug_string(),
        lambda: [reader.has_tensor(name) for name in ("a", b"w", "zz")],
        lambda: reader.get_tensor("a").tolist(),
        lambda: type(reader.get_tensor("n")).__name__,
        lambda: reader.get_tensor(b"s"),
        lambda: reader.get_tensor("w"),
        lambda: reader.get_tensor("zz"),
        lambda: reader.get_tensor(3),
        lambda: tf.train.NewCheckpointReader(here("none")),
        lambda: tf.train.NewCheckpointReader(3),
    )


@program
def damaged_checkpoints(tf, here):
    ops = Ops(tf)

    def changed(change, ending):
        ops.save(here("c"), a=tf.ones([2, 3]), s=tf.constant(["x", "yy"]))
        with open(here("c" + ending), "r+b") as file:
            data = bytearray(file.read())
            file.seek(0)
            file.truncate()
            file.write(change(data))
        found = tried(lambda: tf.train.NewCheckpointReader(here("c")).get_tensor("s").tolist())
        # perdure says which file and tensor behind a second colon.
        return [":".join(item.split(":")[:2]) if isinstance(item, str) else item for item in found]

    def flip(place):
        def flipped(data):
            data[place] ^= 1
            return data

        return flipped

    index, data = ".index", ".data-00000-of-00001"
    return [
        changed(lambda _: b"", index),
        changed(lambda data: data[:20], index),
        changed(lambda data: data[:-1], index),
        changed(flip(0), index),
        changed(flip(20), index),
        changed(flip(-20), index),
        changed(flip(-1), index),
        changed(flip(0), data),
        changed(flip(24), data),
        changed(flip(27), data),
        changed(flip(-1), data),
    ]
