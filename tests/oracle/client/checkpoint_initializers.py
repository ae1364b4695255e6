"""Variables that start from checkpoints: reading, assignment maps, vocabularies, assigning, errors."""

import os

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client._folders import in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def rows(count, columns, start=0.0):
    return (np.arange(count * columns, dtype=np.float32) + np.float32(start)).reshape(count, columns)


def write(tf, folder, **values):
    """A checkpoint of these values; in names `__` is a slash."""
    with tf.Graph().as_default(), tf.Session() as session:
        variables = {
            name.replace("__", "/"): tf.Variable(value, name="w") for name, value in sorted(values.items())
        }
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(variables)
        return saver.save(session, os.path.join(folder, "model"), 1, write_meta_graph=False)


def write_words(folder, name, words):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write("".join(word + "\n" for word in words.split()))
    return path


def initialized(tf, variables):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(variables)


@program
def reading(tf, folder):
    path = write(tf, folder, a=rows(2, 2), b__c=np.array([b"x", b"y"]), d=np.int64(3))
    out = [tf.train.list_variables(where) for where in (folder, path)]
    out += [tf.train.load_variable(folder, name) for name in ("a", "a:0", "b/c", "d")]
    out += [tf.contrib.framework.load_variable(path, "d"), tf.contrib.framework.list_variables(folder)]
    reader = tf.train.load_checkpoint(folder)
    out += [reader.has_tensor("a"), reader.has_tensor("a:0"), reader.get_variable_to_shape_map()]
    empty = os.path.join(folder, "empty")
    os.mkdir(empty)
    for function in (tf.train.load_checkpoint, tf.contrib.framework.load_checkpoint):
        out.append(attempt(lambda: function(empty)))  # noqa: B023
        out.append(attempt(lambda: function(os.path.join(folder, "nothing"))))  # noqa: B023
    out.append(attempt(lambda: tf.train.load_variable(folder, "nothing")))
    return out


def scopes(tf):
    zeros = tf.zeros_initializer()
    with tf.variable_scope("some_scope"):
        v = tf.get_variable("v", [4, 2], initializer=zeros)
        w = tf.get_variable("w", [3], initializer=zeros, use_resource=True)
        with tf.variable_scope("deep"):
            d = tf.get_variable("d", [], initializer=zeros)
    parts = tf.get_variable("parts", [5, 2], initializer=zeros, partitioner=tf.fixed_size_partitioner(2))
    return v, w, d, parts


def checkpoint(tf, folder):
    return write(
        tf,
        folder,
        v=rows(4, 2),
        w=np.float32([1, 2, 3]),
        deep__d=np.float32(7),
        old__v=rows(4, 2, 10),
        old__w=np.float32([4, 5, 6]),
        old__deep__d=np.float32(8),
        large=rows(5, 2, 20),
    )


@program
def all_forms_of_maps(tf, folder):
    path = checkpoint(tf, folder)
    out = []
    for init in (tf.train.init_from_checkpoint, tf.contrib.framework.init_from_checkpoint):
        for assignments in (
            {"old/": "some_scope/"},
            {"/": "some_scope/"},
            {"old/v": "some_scope/v", "large": "parts"},
            {"old/deep/": "some_scope/deep/"},
            {},
        ):
            with tf.Graph().as_default():
                v, w, d, parts = scopes(tf)
                init(folder, assignments)
                out.append(initialized(tf, [v, w, d] + list(parts)))
        with tf.Graph().as_default():
            v, w, d, parts = scopes(tf)
            init(path, {"old/v": v, "old/w": w, "large": parts._get_variable_list()})
            out.append(initialized(tf, [v, w, d, parts.as_tensor()]))
    return out


@program
def what_changes_in_a_variable(tf, folder):
    path = checkpoint(tf, folder)
    v, w, _, parts = scopes(tf)
    other = tf.Variable(tf.zeros([4, 2]), validate_shape=False, name="other")
    unknown = tf.Variable(
        tf.placeholder_with_default(np.zeros([1], np.float32), [None]), validate_shape=False
    )
    tf.train.init_from_checkpoint(
        path, {"v": v, "w": w, "large": list(parts), "old/v": other, "old/w": unknown}
    )
    return [
        [variable.initializer.name, variable.initializer.type, variable.initial_value.name]
        + [variable.initial_value.shape.as_list(), variable.initial_value.op.type]
        for variable in [v, w, other, unknown] + list(parts)
    ] + initialized(tf, [other, unknown])


@program
def maps_that_are_wrong(tf, folder):
    path = checkpoint(tf, folder)
    v, w, d, parts = scopes(tf)
    out = []
    for init in (tf.train.init_from_checkpoint, tf.contrib.framework.init_from_checkpoint):
        for assignments in (
            {"v": "some_scope"},
            {"v": "nothing/v"},
            {"nothing": "some_scope/v"},
            {"nothing": v},
            {"w": "some_scope/v"},
            {"w": v},
            {"old/": "some_scope/deep/"},
            {"large": [list(parts)[0], v]},
            {"v": "parts"},
        ):
            out.append(attempt(lambda: init(path, assignments)))  # noqa: B023
        out.append(attempt(lambda: init(os.path.join(folder, "nothing"), {})))  # noqa: B023
    return out


@program
def types_that_differ(tf, folder):
    path = write(tf, folder, v=np.int64([1, 2]))
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    tf.train.init_from_checkpoint(path, {"v": v})
    return attempt(lambda: initialized(tf, v))


@program
def warm_starts(tf, folder):
    write(tf, folder, scope__v=rows(4, 2), scope__w=np.float32([1, 2, 3]), step=np.int64(5))
    out = []

    def build():
        with tf.variable_scope("scope"):
            v = tf.get_variable(
                "v", [4, 2], initializer=tf.zeros_initializer(), partitioner=tf.fixed_size_partitioner(2)
            )
            w = tf.get_variable("w", [3], initializer=tf.zeros_initializer(), use_resource=True)
        step = tf.get_variable("step", [], tf.int64, initializer=tf.zeros_initializer(), trainable=False)
        return v, w, step

    for which, names in (
        (".*", None),
        (None, None),
        (".*/w", None),
        (["scope/w", "step"], None),
        (".*w", {"scope/w": "scope/w"}),
        ([".*"], {"scope/v": "scope/v", "scope/w": "scope/w"}),
        ([], None),
        (".*", {"nothing": "scope/w"}),
        (".*w", {"scope/v": "scope/v"}),
        (".*w", {"scope/w": "nothing"}),
        ("nothing", None),
        (3, None),
        (["scope/w", 3], None),
    ):
        with tf.Graph().as_default():
            v, w, step = build()
            out.append(
                attempt(
                    lambda: tf.train.warm_start(  # noqa: B023
                        folder,
                        vars_to_warm_start=which,  # noqa: B023
                        var_name_to_prev_var_name=names,  # noqa: B023
                    )
                )
            )
            out.append(initialized(tf, [v.as_tensor(), w, step]))
    with tf.Graph().as_default():
        v, w, step = build()
        tf.train.warm_start(folder, vars_to_warm_start=[w, step])
        out.append(initialized(tf, [v.as_tensor(), w, step]))
    return out


@program
def warm_starts_from_objects(tf, folder):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=rows(2, 2))
        w = tf.get_variable("w", initializer=rows(1, 2, 5))
        session.run(tf.global_variables_initializer())
        path = tf.train.Checkpoint(first=v, second=w).save(os.path.join(folder, "ck"), session=session)
    v, w = (
        tf.get_variable(name, shape, initializer=tf.zeros_initializer())
        for name, shape in (("v", [2, 2]), ("w", [1, 2]))
    )
    tf.train.warm_start(path)
    out = initialized(tf, [v, w])
    tf.get_variable("more", [1])
    return out + [attempt(lambda: tf.train.warm_start(path))]


@program
def vocabularies(tf, folder):
    path = write(tf, folder, words=rows(4, 2), classes=rows(2, 4, 10), bias=rows(4, 1, 30))
    old = write_words(folder, "old", "apple banana guava orange")
    new = write_words(folder, "new", "orange guava banana apple raspberry blueberry")
    out = []
    ones = tf.ones_initializer()
    for parts in (1, 2, 3):
        for buckets in (0, 1):
            with tf.Graph().as_default():
                words = tf.get_variable(
                    "words",
                    [6 + buckets, 2],
                    initializer=tf.zeros_initializer(),
                    partitioner=tf.fixed_size_partitioner(parts) if parts > 1 else None,
                )
                classes = tf.get_variable("classes", [2, 6 + buckets], initializer=tf.zeros_initializer())
                info = dict(new_vocab=new, new_vocab_size=6, num_oov_buckets=buckets, old_vocab=old)
                tf.train.warm_start(
                    path,
                    var_name_to_vocab_info={
                        "words": tf.train.VocabInfo(backup_initializer=ones, **info),
                        "classes": tf.train.VocabInfo(axis=1, **info),
                    },
                )
                out.append(initialized(tf, [words if parts == 1 else words.as_tensor(), classes]))
    words = tf.get_variable("words", [4, 2], initializer=tf.zeros_initializer())
    for size in (2, 4, 9):
        tf.train.warm_start(
            path, var_name_to_vocab_info={"words": tf.train.VocabInfo(new, 4, 0, old, old_vocab_size=size)}
        )
        out.append(attempt(lambda: initialized(tf, words)))
    out.append(attempt(lambda: tf.train.VocabInfo(new, 4, 0, old, axis=2)))
    out.append(tuple(tf.train.VocabInfo("n", 4, 0, "o")))
    util = internal("training.warm_starting_util")
    for arguments in (("", 4, path, old), (new, 0, path, old), (new, 4, "", old), (new, 4, path, "")):
        out.append(attempt(lambda: util._warm_start_var_with_vocab(words, *arguments)))  # noqa: B023
    out.append(attempt(lambda: util._warm_start_var_with_vocab(3, new, 4, path, old)))
    out.append(attempt(lambda: util._get_var_info("words")))
    out.append(
        attempt(
            lambda: tf.train.warm_start(
                path, "nothing", var_name_to_vocab_info={"words": tf.train.VocabInfo(new, 4, 0, old)}
            )
        )
    )
    return out


@program
def remapped_matrices(tf, folder):
    path = write(
        tf, folder, m=rows(4, 3), whole=np.arange(6, dtype=np.int32).reshape(2, 3), flat=np.float32([1])
    )
    old = write_words(folder, "old", "a b c d")
    new = write_words(folder, "new", "d e a f")
    columns = write_words(folder, "columns", "x y z")
    other = write_words(folder, "other", "z q x")
    make = tf.contrib.framework.load_and_remap_matrix_initializer
    out = []

    def counted(shape):
        return tf.reshape(tf.range(1000.0)[: shape[0] * shape[1]], shape)

    def value(shape, name="m", partition_info=None, dtype=tf.float32, **arguments):
        with tf.Graph().as_default(), tf.Session() as session:
            arguments.setdefault("initializer", counted)
            initializer = make(path, name, **arguments)
            return session.run(initializer(shape, dtype=dtype, partition_info=partition_info))

    by_rows = dict(old_row_vocab_file=old, new_row_vocab_file=new)
    by_columns = dict(old_col_vocab_file=columns, new_col_vocab_file=other)
    both = dict(by_rows, **by_columns)
    sizes = dict(new_row_vocab_size=4, new_col_vocab_size=3)
    for shape, arguments in (
        ([4, 3], dict(by_rows, **sizes)),
        ([4, 3], dict(by_columns, **sizes)),
        ([4, 3], dict(both, **sizes)),
        ([6, 4], dict(both, num_row_oov_buckets=2, num_col_oov_buckets=1, **sizes)),
        ([6, 4], dict(both, num_row_oov_buckets=2, num_col_oov_buckets=1, max_rows_in_memory=1, **sizes)),
        ([2, 3], dict(by_columns, new_row_vocab_size=2, new_col_vocab_size=3)),
        ([4, 3], sizes),
        ([4, 3], dict(old_row_vocab_file=old, **sizes)),
        ([4, 3], dict(new_col_vocab_file=old, **sizes)),
        ([5, 3], dict(by_rows, **sizes)),
        ([4, 2], dict(by_rows, **sizes)),
        ([4], dict(by_rows, **sizes)),
        ([0, 3], dict(by_rows, **sizes)),
        ([4, 3], dict(by_rows, num_row_oov_buckets=-1, **sizes)),
        ([4, 2], dict(by_rows, num_col_oov_buckets=-1, **sizes)),
        ([4, 3], dict(by_rows, initializer=3, **sizes)),
        ([4, 3], dict(by_rows, dtype=tf.float64, **sizes)),
        ([4, 3], dict(by_rows, initializer=None, **sizes)),
        ([4, 3], dict(by_rows, name="whole", **sizes)),
        ([4, 3], dict(by_rows, name="flat", **sizes)),
        ([4, 3], dict(by_rows, name="nothing", **sizes)),
        ([4, 2], dict(by_rows, new_row_vocab_size=4, new_col_vocab_size=2)),
        ([5, 3], dict(by_rows, new_row_vocab_size=5, new_col_vocab_size=3)),
    ):
        out.append(attempt(lambda: value(shape, **arguments)))  # noqa: B023
    embedding = tf.contrib.framework.load_embedding_initializer(
        path, "m", 4, 3, old, new, num_oov_buckets=1, initializer=tf.ones_initializer()
    )
    bias = tf.contrib.framework.load_linear_multiclass_bias_initializer(path, "m", 4, old, new)
    out.append(attempt(lambda: initialized(tf, tf.get_variable("e", [5, 3], initializer=embedding))))
    out.append(attempt(lambda: bias([4, 3])))
    initializer = make(path, "m", num_row_oov_buckets=3, **dict(by_rows, **sizes))
    parts = tf.get_variable("p", [7, 3], partitioner=tf.fixed_size_partitioner(3), initializer=initializer)
    out.append(initialized(tf, list(parts)[0]))
    out.append(initialized(tf, list(parts)))
    slot = tf.contrib.framework.load_variable_slot_initializer(
        path, "m", primary_partition_info=None, **dict(by_rows, **sizes)
    )
    out.append(initialized(tf, tf.get_variable("slot", [4, 3], initializer=slot)))
    return out


@program
def remapping_nodes(tf, folder):
    path = write(tf, folder, m=rows(3, 2))
    old = write_words(folder, "old", "a b c")
    twice = write_words(folder, "twice", "a b a")
    new = write_words(folder, "new", "c x a b")
    empty = write_words(folder, "empty", "")
    ends = os.path.join(folder, "ends")
    with open(ends, "wb") as file:
        file.write(b"c\r\nb\r\n\r\na")
    out = []

    def ran(make):
        with tf.Graph().as_default(), tf.Session() as session:
            return session.run(make())

    remap = tf.raw_ops.GenerateVocabRemapping
    for arguments in (
        (new, old, 0, 4, -1),
        (new, old, 1, 2, 2),
        (new, old, 0, 0, -1),
        (new, old, 1, 4, -1),
        (new, old, 0, 4, 4),
        (new, twice, 0, 4, -1),
        (new, twice, 0, 4, 2),
        (twice, old, 0, 3, -1),
        (new, empty, 0, 4, -1),
        (empty, old, 0, 0, -1),
        (ends, old, 0, 4, -1),
        (new, ends, 0, 4, -1),
        (old, os.path.join(folder, "nothing"), 0, 3, -1),
        (os.path.join(folder, "nothing"), old, 0, 3, -1),
        ("", old, 0, 3, -1),
        (old, "", 0, 3, -1),
    ):
        names = ("new_vocab_file", "old_vocab_file", "new_vocab_offset", "num_new_vocab", "old_vocab_size")
        given = dict(zip(names, arguments))  # noqa: B905 - Python 3.7
        out.append(attempt(lambda: ran(lambda: remap(**given))))  # noqa: B023
    load = tf.raw_ops.LoadAndRemapMatrix
    for row_remapping, col_remapping, count, num_rows, num_cols in (
        ([2, 0, 1], [], 0, 3, 2),
        ([2, -1, 1], [], 2, 3, 2),
        ([2, -1, 1], [1, -1, 0], 5, 3, 3),
        ([-1, -1], [-1], 2, 2, 1),
        ([2, 0], [], 0, 3, 2),
        ([2, 0, 1], [0], 0, 3, 2),
        ([2, 2, 1], [], 0, 3, 2),
        ([2, 0, 1], [1, 1], 0, 3, 2),
        ([2, 0, 1], [], 1, 3, 2),
        ([2, -1, 1], [], 1, 3, 2),
        ([2, 0, 1], [], 0, 3, 3),
        ([2, 0, 3], [], 0, 3, 2),
        ([], [], 0, 0, 2),
        ([1], [0, 1, -1], 1, 1, 3),
    ):
        given = dict(
            ckpt_path=path,
            old_tensor_name="m",
            row_remapping=np.array(row_remapping, np.int64),
            col_remapping=np.array(col_remapping, np.int64),
            initializing_values=np.arange(count, dtype=np.float32) + np.float32(100),
            num_rows=num_rows,
            num_cols=num_cols,
        )
        for memory in (-1, 1):
            out.append(attempt(lambda: ran(lambda: load(max_rows_in_memory=memory, **given))))  # noqa: B023
    out.append(attempt(lambda: ran(lambda: load(**dict(given, ckpt_path=folder + "/nothing")))))
    out.append(attempt(lambda: ran(lambda: load(**dict(given, ckpt_path=[path])))))
    out.append(attempt(lambda: ran(lambda: load(**dict(given, old_tensor_name=["m"])))))
    remapped = remap(new_vocab_file=new, old_vocab_file=old, new_vocab_offset=0, num_new_vocab=2)
    out += [tensor.shape.as_list() for tensor in remapped] + [load(**given).shape.as_list()]
    return out


@program
def assigning_values(tf, folder):
    framework = tf.contrib.framework
    v = tf.get_variable("v", [2, 2], initializer=tf.zeros_initializer())
    longer = tf.get_variable("v_longer", [2], initializer=tf.zeros_initializer(), use_resource=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        operation, feeds = framework.assign_from_values({"v": rows(1, 4), "v_longer": rows(2, 1)})
        session.run(operation, feeds)
        out = [session.run([v, longer]), sorted(tensor.name for tensor in feeds)]
        framework.assign_from_values_fn({"v_longer": rows(2, 1, 5)})(session)
        out.append(session.run(longer))
    out.append(attempt(lambda: framework.assign_from_values({"nothing": rows(1, 1)})))
    out.append(attempt(lambda: framework.assign_from_values({"v_": rows(1, 1)})))
    tf.get_variable("v_longest", [2])
    out.append(attempt(lambda: framework.assign_from_values({"v_l": rows(1, 1)})))
    out.append(attempt(lambda: framework.assign_from_values({"v": rows(1, 3)})))
    return out


@program
def assigning_checkpoints(tf, folder):
    framework = tf.contrib.framework
    path = write(tf, folder, v=rows(2, 2), w=rows(2, 1, 5), parts=rows(5, 2, 10))
    zeros = tf.zeros_initializer()
    v = tf.get_variable("v", [2, 2], initializer=zeros)
    w = tf.get_variable("w", [2, 1], initializer=zeros, use_resource=True)
    missing = tf.get_variable("missing", [2], initializer=zeros)
    reshaped = tf.get_variable("reshaped", [4], initializer=zeros)
    parts = tf.get_variable("parts", [5, 2], initializer=zeros, partitioner=tf.fixed_size_partitioner(2))
    everything = [v, w, missing, reshaped] + list(parts)
    out = []
    with tf.Session() as session:

        def ran(make):
            session.run(tf.global_variables_initializer())
            made = make()
            if callable(made):
                made(session)
            elif made is not None:
                session.run(*made)
            return session.run(everything)

        for given in ([v, w], [v, list(parts)[1]], {"v": v, "parts": list(parts)}, {"w": [w]}, [], {}):
            out.append(ran(lambda: framework.assign_from_checkpoint(path, given)))  # noqa: B023
        out.append(ran(lambda: framework.assign_from_checkpoint(path, [v, missing], True)))
        for given in ([v, w], {"w": w}):
            out.append(ran(lambda: framework.assign_from_checkpoint_fn(path, given)))  # noqa: B023
        out.append(ran(lambda: framework.assign_from_checkpoint_fn(path, [v, missing], True)))
        out.append(
            ran(lambda: framework.assign_from_checkpoint_fn(path, {"v": reshaped}, reshape_variables=True))
        )
        for fails in (
            lambda: framework.assign_from_checkpoint(path, [v, missing]),
            lambda: framework.assign_from_checkpoint(path, {"v": w}),
            lambda: framework.assign_from_checkpoint(path, {"v": reshaped}),
            lambda: framework.assign_from_checkpoint(folder + "/nothing", [v]),
            lambda: framework.assign_from_checkpoint_fn(path, []),
            lambda: framework.assign_from_checkpoint_fn(path, [missing])(session),
            lambda: framework.assign_from_checkpoint_fn(path, {"v": reshaped})(session),
            lambda: framework.assign_from_checkpoint_fn(path, [missing], ignore_missing_vars=True),
        ):
            out.append(attempt(fails))
    return out
