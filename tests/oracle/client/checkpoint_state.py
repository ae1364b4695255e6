"""The files that Savers leave: the file `checkpoint`, and which checkpoints are there."""

import os

from tests.oracle.client import internal
from tests.oracle.client._folders import files, in_folder, read, touch, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def fields(state):
    """What a CheckpointState says."""
    if state is None:
        return None
    return [
        state.model_checkpoint_path,
        list(state.all_model_checkpoint_paths),
        list(state.all_model_checkpoint_timestamps),
        state.last_preserved_timestamp,
    ]


@program
def generated(tf, folder):
    generate = tf.train.generate_checkpoint_state_proto
    return [
        fields(generate(folder, "/a/model-2")),
        fields(generate(folder, folder + "/model-2", [folder + "/model-1", folder + "/model-2"])),
        fields(generate("run", "run/model-2", ["run/model-1", "run/model-2", "/abs/model"])),
        fields(generate("run", "model-2", ["model-2"])),
        fields(generate("run/", "run/sub/model-2", [])),
        fields(generate(folder, "model-2", ["model-1"], [1.5, 2.25], 0.5)),
        tried(lambda: generate(folder, "model-2", ["model-2"], [1.0, 2.0])),
        tried(lambda: generate(folder, "model-2", ["model-1", "model-2"], [1.0])),
    ]


@program
def written_text(tf, folder):
    update = tf.train.update_checkpoint_state
    texts = []

    def written(*args, **kwargs):
        result = tried(lambda: update(*args, **kwargs))
        texts.append([result, read(folder, kwargs.get("latest_filename") or "checkpoint")])

    written(folder, folder + "/model-1")
    written(folder, folder + "/model-2", [folder + "/model-1", folder + "/model-2"])
    written("run", "run/model-2", ["run/model-1"])
    written(folder, 'a "quoted" \\ name\twith\nall', ["\u00e9t\u00e9", "x:y%z"])
    written(
        folder,
        "model-3",
        all_model_checkpoint_timestamps=[1.5],
        last_preserved_timestamp=1484695987.209386,
    )
    written(folder, "m-4", ["m-3", "m-4"], "state", [1e300, 0.1], 0.0)
    written(folder, "m", [], "other")
    texts.append(tried(lambda: update(folder, folder + "/checkpoint")))
    texts.append(tried(lambda: update(folder, folder + "/other", latest_filename="other")))
    texts.append(tried(lambda: update(folder + "/no/such", "m")).split(":")[0])
    return texts + [files(folder)]


@program
def relative_text(tf, folder):
    management = internal("training.checkpoint_management")
    texts = []
    for where in folder, "run", folder + "/":
        for path in folder + "/model-1", "run/model-1", "model-1", "/other/model-1":
            management.update_checkpoint_state_internal(
                where, path, [path + "-before"], save_relative_paths=True
            )
            texts.append(read(folder, "checkpoint"))
    return texts


@program
def read_back(tf, folder):
    get = tf.train.get_checkpoint_state
    results = [get(folder), get(folder + "/none"), get(folder, "other")]
    for text in (
        'model_checkpoint_path: "model-1"\nall_model_checkpoint_paths: "/x/y"\n',
        'model_checkpoint_path: "/x/y" all_model_checkpoint_paths: "sub/z" # comment\n',
        "model_checkpoint_path: '\\303\\251' last_preserved_timestamp: 5",
        "",
        "model_checkpoint_path: ''",
        "no such thing",
        'model_checkpoint_path: "a" unknown: 1',
        'model_checkpoint_path: "a',
        'model_checkpoint_path: "a" model_checkpoint_path: "b"',
        'all_model_checkpoint_paths: "a"',
    ):
        with open(os.path.join(folder, "checkpoint"), "w") as file:
            file.write(text)
        results.append(tried(lambda: fields(get(folder))))
        results.append(tried(lambda: fields(get("run"))))
    os.remove(os.path.join(folder, "checkpoint"))
    os.mkdir(os.path.join(folder, "checkpoint"))
    return results + [tried(lambda: fields(get(folder)))]


@program
def the_latest(tf, folder):
    latest = tf.train.latest_checkpoint
    results = [latest(folder), latest(folder + "/none"), latest("run"), tried(lambda: latest(""))]
    tf.train.update_checkpoint_state(folder, folder + "/model-1")
    results.append(latest(folder))
    touch(folder, "model-1.data-00000-of-00001")
    results.append(latest(folder))
    touch(folder, "model-1.index")
    results += [latest(folder), latest("run"), latest(folder, "other"), latest(folder + "/")]
    tf.train.update_checkpoint_state("run", "run/model-1", latest_filename="other")
    results += [latest("run", "other"), latest(folder, "other"), latest("run/", latest_filename="other")]
    tf.train.update_checkpoint_state(folder, folder + "/v1")
    touch(folder, "v1")
    results.append(latest(folder))
    tf.train.update_checkpoint_state(folder, folder + "/v1-?????-of-00002")
    results.append(latest(folder))
    touch(folder, "v1-00000-of-00002")
    results.append(latest(folder))
    tf.train.update_checkpoint_state(folder, folder + "/gone/model")
    results.append(tried(lambda: latest(folder)))
    return results


@program
def existing(tf, folder):
    exists, times = tf.train.checkpoint_exists, tf.train.get_checkpoint_mtimes
    names = [folder + "/" + name for name in ("a", "b", "c", "c-?????-of-00002", "d.index", "d")]
    results = [[exists(name) for name in names], times(names), times([])]
    for name in "a.index", "b", "c-00000-of-00002", "d.index":
        touch(folder, name)
        os.utime(os.path.join(folder, name), (1e9 + len(results), 1e9 + len(results)))
        results += [[exists(name) for name in names], times(names)]
    return results + [
        exists("run/a"),
        times(["run/a", "none"]),
        tried(lambda: exists(folder + "/none/a")),
        tried(lambda: exists("")),
        tried(lambda: exists("none")),
        tried(lambda: times([folder + "/none/a"])),
    ]


@program
def removed(tf, folder):
    remove = tf.train.remove_checkpoint
    names = ["a", "a-1", "a-10", "b-?????-of-00002"]
    parts = ["", ".index", ".meta", ".data-00000-of-00002", ".data-00001-of-00002", ".other"]

    def fill():
        for name in "a", "a-1", "a-10":
            for part in parts:
                touch(folder, name + part)
        for name in "b-00000-of-00002", "b-00001-of-00002", "b.meta", "b-00000-of-00003":
            touch(folder, name)

    results = []
    for name in names:
        for version in tf.train.SaverDef.V2, tf.train.SaverDef.V1:
            fill()
            results.append([tried(lambda: remove(folder + "/" + name, version)), files(folder)])
    fill()
    results.append([tried(lambda: remove("run/a", meta_graph_suffix="other")), files(folder)])
    results.append([tried(lambda: remove(folder + "/none")), tried(lambda: remove(folder + "/none/a"))])
    return results


@program
def names_of_meta_graphs(tf, folder):
    name = internal("training.checkpoint_management").meta_graph_filename
    return [
        name(prefix)
        for prefix in (
            "foo/checkpoint/model.ckpt-1",
            "model-?????-of-00005",
            "model.ckpt-123456-00001-of-00002",
            "model-of-3",
            "model-1-of-x",
            "model-?-of-1-of-2",
            "",
        )
    ] + [name("a", "suffix"), name("a", meta_graph_suffix="")]


@program
def waiting(tf, folder):
    wait = internal("training.checkpoint_utils").wait_for_new_checkpoint
    iterate = tf.train.checkpoints_iterator
    update = tf.train.update_checkpoint_state
    asked = []

    def timed_out():
        asked.append(True)
        if len(asked) == 2:
            touch(folder, "c.index")
            update(folder, folder + "/c")
        return len(asked) > 3

    out = [wait(folder, timeout=0), list(iterate(folder, timeout=0))]
    for name in "a", "b":
        touch(folder, name + ".index")
    update(folder, folder + "/a")
    out += [wait(folder), wait(folder, folder + "/a", timeout=0), list(iterate(folder, timeout=0))]
    found = []
    for path in iterate(folder, timeout=0, timeout_fn=timed_out):
        found.append(path)
        if len(found) == 1:
            update(folder, folder + "/b")
    return out + [found, len(asked), wait(folder + "/none", seconds_to_sleep=0.01, timeout=0.02)]
