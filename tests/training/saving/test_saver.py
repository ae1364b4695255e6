"""What of Savers is not compared with TensorFlow."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from perdure import tf
from perdure.formats.messages import AttrValue as attr_value
from perdure.graph import collection_protos
from perdure.training.saving import management
from perdure.training.saving import saver as saver_module


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_removing_spares_names_that_look_like_patterns(tmp_path):
    """A checkpoint whose name has a `*` is removed without those that would match it."""
    for name in "a*.index", "ab.index", "a*.data-00000-of-00001", "ab.data-00000-of-00001", "a*.meta":
        (tmp_path / name).touch()
    tf.train.remove_checkpoint(str(tmp_path / "a*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ab.data-00000-of-00001", "ab.index"]


def test_names_that_look_like_patterns_are_found(tmp_path):
    """A checkpoint in a folder with brackets in its name is there, where TensorFlow looks for a pattern."""
    folder = tmp_path / "run[1]"
    folder.mkdir()
    (folder / "model.index").touch()
    assert tf.train.checkpoint_exists(str(folder / "model"))
    tf.train.update_checkpoint_state(str(folder), str(folder / "model"))
    assert tf.train.latest_checkpoint(str(folder)) == str(folder / "model")
    assert len(tf.train.get_checkpoint_mtimes([str(folder / "model")])) == 1


@pytest.mark.parametrize("version", [0, 3])
def test_other_formats_are_refused(version):
    """A format that there is not is an error when the nodes are made."""
    with pytest.raises(RuntimeError, match=f"Unexpected write_version: {version}"):
        tf.train.Saver([tf.Variable(1.0)], write_version=version)


def test_a_graph_that_cannot_be_written_loses_no_checkpoint(tmp_path, monkeypatch):
    """The variables are saved and named by the file `checkpoint`, and the error is raised."""
    saver = tf.train.Saver([tf.Variable(1.0, name="v")])

    def fail(*args, **kwargs):
        raise ValueError("too large")

    monkeypatch.setattr(saver, "export_meta_graph", fail)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(ValueError, match="too large"):
            saver.save(session, str(tmp_path / "m"))
        assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "m")
        saver.restore(session, str(tmp_path / "m"))


def test_what_is_named_is_there(tmp_path, monkeypatch):
    """The file `checkpoint` is written after data, index and graph; then an old checkpoint is removed."""
    saver = tf.train.Saver([tf.Variable(1.0, name="v")], max_to_keep=1)
    seen = []

    def update(**kwargs):
        seen.append(sorted(path.name for path in tmp_path.iterdir()))
        return write(**kwargs)

    write = management.update_checkpoint_state_internal
    monkeypatch.setattr(management, "update_checkpoint_state_internal", update)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in 1, 2:
            saver.save(session, str(tmp_path / "m"), global_step=step)
    first = ["m-1.data-00000-of-00001", "m-1.index", "m-1.meta"]
    second = [name.replace("1.", "2.", 1) for name in first]
    assert seen == [first, ["checkpoint", *first, *second]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint", *second]


def test_a_failed_save_leaves_what_was_saved_before(tmp_path):
    """Neither the file `checkpoint` nor the checkpoint it names changes when a variable cannot be read."""
    v, w = tf.Variable([1.0, 2.0], name="v"), tf.Variable(3.0, name="w")
    both = tf.train.Saver([v, w])
    with tf.Session() as session:
        session.run([v.initializer, w.initializer])
        both.save(session, str(tmp_path / "m"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with tf.Session() as session:
        session.run(v.assign([5.0, 5.0]))
        with pytest.raises(tf.errors.FailedPreconditionError):
            both.save(session, str(tmp_path / "m"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_threads_that_save(tmp_path):
    """Checkpoints that several threads save at a time are kept, counted and removed as by one."""
    v = tf.Variable([1.0] * 10, name="v")
    saver = tf.train.Saver([v], max_to_keep=4)
    with tf.Session() as session:
        session.run(v.initializer)

        def save(worker):
            for step in range(4):
                saver.save(session, str(tmp_path / "m"), global_step=10 * worker + step)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(save, range(4)))
    kept = saver.last_checkpoints
    assert len(set(kept)) == 4
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert list(state.all_model_checkpoint_paths) == kept
    names = {path.name for path in tmp_path.iterdir()} - {"checkpoint"}
    assert names == {
        f"{path.rpartition('/')[2]}{end}"
        for path in kept
        for end in (".index", ".meta", ".data-00000-of-00001")
    }


def test_paths_of_pathlib(tmp_path):
    """A `pathlib.Path` is a name, too."""
    saver = tf.train.Saver([tf.Variable(1.0, name="v")])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert saver.save(session, tmp_path / "m", global_step=3) == str(tmp_path / "m-3")
        saver.restore(session, tmp_path / "m-3")


def test_an_uninitialized_variable_is_named_in_the_current_folder(tmp_path, monkeypatch):
    """TensorFlow says that the parent directory doesn't exist, since the name has none."""
    monkeypatch.chdir(tmp_path)
    saver = tf.train.Saver([tf.Variable(1.0, name="v")])
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError, match="v"):
        saver.save(session, "model")


def test_a_graph_is_described_again_when_it_has_changed(tmp_path, monkeypatch):
    """Nodes, attributes, devices, shapes, collections and options: else the file is written as it was."""
    graph = tf.get_default_graph()
    v = tf.Variable(1.0, name="v")
    x = tf.placeholder(tf.float32, name="x")
    saver = tf.train.Saver([v])
    described = []

    def export(**kwargs):
        described.append(kwargs["filename"])
        return export_meta_graph(**kwargs)

    export_meta_graph = saver_module.export_meta_graph
    monkeypatch.setattr(saver_module, "export_meta_graph", export)
    changes = [
        lambda: tf.constant(2.0, name="y"),
        lambda: graph.get_operation_by_name("y")._set_attr("mark", attr_value(i=3)),
        lambda: x.op._set_device("/cpu:0"),
        lambda: x.set_shape([None, 2]),
        lambda: tf.add_to_collection("some", 7),
        lambda: graph.clear_collection("some"),
        lambda: x.op._add_control_input(v.initializer),
        lambda: setattr(saver.saver_def, "max_to_keep", 9),
    ]
    with tf.Session() as session:
        session.run(v.initializer)

        def written(step, **options):
            saver.save(session, str(tmp_path / "m"), global_step=step, **options)
            return (tmp_path / f"m-{step}.meta").read_bytes()

        last = written(0)
        for number, change in enumerate(changes, 1):
            change()
            changed = written(number)
            assert changed != last
            assert written(100 + number) == changed
            fresh = str(tmp_path / "fresh")
            saver.export_meta_graph(fresh)
            assert changed == (tmp_path / "fresh").read_bytes()
            described.remove(fresh)
            last = changed
        assert written(50, strip_default_attrs=True) != last
        assert written(51) == last
    assert [name.rpartition("m-")[2] for name in described] == [
        f"{n}.meta" for n in (*range(len(changes) + 1), 50, 51)
    ]


def test_what_may_change_is_described_each_time(tmp_path, monkeypatch):
    """A message in a collection is written as it is by then."""
    monkeypatch.setattr(collection_protos, "_registered", {**collection_protos._registered})
    v = tf.Variable(1.0, name="v")
    message = tf.train.SaverDef(max_to_keep=1)
    collection_protos.register_proto_function("messages", tf.train.SaverDef, lambda item, export_scope: item)
    tf.add_to_collection("messages", message)
    saver = tf.train.Saver([v])
    with tf.Session() as session:
        session.run(v.initializer)
        for step in 1, 2:
            message.max_to_keep = step
            saver.save(session, str(tmp_path / "m"), global_step=step)
    files = [(tmp_path / f"m-{step}.meta").read_bytes() for step in (1, 2)]
    assert files[0] != files[1]
