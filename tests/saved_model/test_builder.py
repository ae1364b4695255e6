"""What a builder leaves on the disk, and what a crash leaves."""

import pytest

from perdure import tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def session_with_a_variable():
    tf.get_variable("v", initializer=1.0)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def test_a_folder_is_a_model_only_when_it_is_complete(tmp_path):
    builder = tf.saved_model.Builder(str(tmp_path / "m"))
    with session_with_a_variable() as session:
        builder.add_meta_graph_and_variables(session, ["t"])
    assert not tf.saved_model.contains_saved_model(str(tmp_path / "m"))
    builder.save()
    assert tf.saved_model.contains_saved_model(str(tmp_path / "m"))


def test_a_failed_save_can_be_done_again(tmp_path, monkeypatch):
    """The file is there whole or not at all."""
    from perdure.filesystem.files import Files

    builder = tf.saved_model.Builder(str(tmp_path / "m"))
    with session_with_a_variable() as session:
        builder.add_meta_graph_and_variables(session, ["t"])

    def fail(*arguments):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Files, "write_atomically", fail)
        with pytest.raises(OSError, match="disk full"):
            builder.save()
    assert not (tmp_path / "m" / "saved_model.pb").exists()
    builder.save()
    assert (tmp_path / "m" / "saved_model.pb").exists()


def test_the_older_builder_names_what_it_keeps_in_signatures(tmp_path):
    from perdure.saved_model.builder import _SavedModelBuilder
    from perdure.saved_model.loader import SavedModelLoader, get_init_op, get_train_op

    (tmp_path / "words").write_text("x")
    asset = tf.constant(str(tmp_path / "words"), name="path")
    begin, train = tf.no_op("begin"), tf.no_op("train")
    builder = _SavedModelBuilder(str(tmp_path / "m"))
    with session_with_a_variable() as session:
        builder.add_meta_graph_and_variables(
            session, ["t"], assets_list=[asset], init_op=begin, train_op=train
        )
    builder.add_meta_graph(["u"])
    builder.save()
    loader = SavedModelLoader(str(tmp_path / "m"))
    model = loader.get_meta_graph_def_from_tags(["t"])
    assert [(a.filename, a.tensor_info.name) for a in model.asset_file_def] == [("words", "path:0")]
    assert sorted(model.signature_def) == ["__saved_model_init_op", "__saved_model_train_op"]
    with tf.Graph().as_default(), tf.Session() as session:
        loader.load(session, ["t"], import_scope="in")
        assert get_init_op(model, "in").name == "in/begin" and get_train_op(model, "in").name == "in/train"
