"""What the operations of a loaded model may do with files."""

import pytest

import perdure
from perdure import tf


@pytest.fixture
def model(tmp_path):
    """A model that reads and writes files whose names are constants, and one of its assets."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "words").write_text("words")
    with tf.Graph().as_default(), tf.Session() as session:
        asset = tf.constant(str(tmp_path / "words"), name="path")
        tf.read_file(asset, name="own")
        tf.read_file(str(tmp_path / "secret"), name="spy")
        tf.write_file(str(tmp_path / "planted"), "x", name="plant")
        v = tf.get_variable("v", initializer=1.0)
        session.run(v.initializer)
        builder = tf.saved_model.Builder(str(tmp_path / "model"))
        builder.add_meta_graph_and_variables(session, ["t"], assets_collection=[asset])
        builder.save()
    return tmp_path / "model"


def test_by_default_it_reads_its_own_folder_and_writes_nothing(model):
    with tf.Graph().as_default(), tf.Session() as session:
        loaded = tf.saved_model.load(session, ["t"], str(model))
        assert session.run("v:0") == 1.0 and list(loaded.meta_info_def.tags) == ["t"]
        own = {"path:0": str(model / "assets" / "words")}
        assert session.run("own:0", own) == b"words"
        with pytest.raises(tf.errors.PermissionDeniedError, match="secret.*perdure.policy"):
            session.run("spy:0")
        with pytest.raises(tf.errors.PermissionDeniedError, match="lets them write nothing"):
            session.run("plant")
        assert not (model.parent / "planted").exists()


def test_the_program_s_own_operations_are_free(model):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["t"], str(model))
        mine = tf.read_file(str(model.parent / "secret"))
        assert session.run(mine) == b"secret"
        saver = tf.train.Saver()
        assert saver.save(session, str(model.parent / "copy"))


def test_a_policy_of_the_program_s_takes_its_place(model):
    with perdure.policy(reads=[model.parent], writes=[model.parent]):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.saved_model.load(session, ["t"], str(model))
            assert session.run("spy:0") == b"secret"
            session.run("plant")
    assert (model.parent / "planted").read_text() == "x"


def test_links_out_of_the_folder_are_followed_and_refused(model):
    (model / "assets" / "link").symlink_to(model.parent / "secret")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["t"], str(model))
        with pytest.raises(tf.errors.PermissionDeniedError):
            session.run("own:0", {"path:0": str(model / "assets" / "link")})


def test_functions_of_a_model_are_held_too(model):
    """A function that reads a file, called by a node of the model."""
    from perdure.formats.text import from_text

    library = """
    node {
      name: "call" op: "StatefulPartitionedCall"
      attr { key: "Tin" value { list { } } } attr { key: "Tout" value { list { type: DT_STRING } } }
      attr { key: "f" value { func { name: "spy_inside" } } }
    }
    library {
      function {
        signature { name: "spy_inside" output_arg { name: "r" type: DT_STRING } is_stateful: true }
        node_def {
          name: "name" op: "Const" attr { key: "dtype" value { type: DT_STRING } }
          attr { key: "value" value { tensor { dtype: DT_STRING tensor_shape { } string_val: "SECRET" } } }
        }
        node_def { name: "read" op: "ReadFile" input: "name:output:0" }
        ret { key: "r" value: "read:contents:0" }
      }
    }
    """
    added = from_text(library.replace("SECRET", str(model.parent / "secret")), tf.GraphDef())
    path = model / "saved_model.pb"
    from perdure.formats import messages

    written = messages.SavedModel.FromString(path.read_bytes())
    written.meta_graphs[0].graph_def.MergeFrom(added)
    path.write_bytes(written.SerializeToString())
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["t"], str(model))
        with pytest.raises(tf.errors.PermissionDeniedError):
            session.run("call:0")


def test_python_functions_are_not_called(tmp_path):
    """The token that a model's node has may be that of a function of this process."""
    called = []

    def function(x):
        called.append(x)
        return x

    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        y = tf.py_func(function, [x], tf.float32, name="y")
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"x": x}, {"y": y})
        assert graph.get_operation_by_name("y").type == "PyFunc"
        with tf.Graph().as_default(), tf.Session() as other:
            tf.saved_model.load(other, ["serve"], str(tmp_path / "m"))
            with pytest.raises(tf.errors.PermissionDeniedError, match="PyFunc of a loaded model"):
                other.run("y:0", {"x:0": 1.0})
        assert not called
        assert session.run(y, {x: 2.0}) == 2.0 and called == [2.0]


@pytest.mark.parametrize("name", ["branch", "loop", "nested", "call"])
def test_operations_in_branches_and_loops_are_held_too(tmp_path, name):
    """Planning makes others of them, which must be held as they are."""
    (tmp_path / "secret").write_text("secret")
    path = str(tmp_path / "secret")
    with tf.Graph().as_default(), tf.Session() as session:
        p = tf.placeholder(tf.bool, [], name="p")

        def spy():
            return tf.read_file(path)

        def loop():
            return tf.while_loop(lambda i, _: i < 2, lambda i, _: (i + 1, spy()), [0, tf.constant("")])[1]

        values = {
            "branch": tf.cond(p, spy, lambda: tf.constant("")),
            "loop": loop(),
            "nested": tf.cond(p, loop, lambda: tf.constant("")),
            "call": tf.cond(p, lambda: tf.py_func(lambda: b"called", [], tf.string), lambda: tf.constant("")),
        }
        for key, value in values.items():
            tf.identity(value, name=key)
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"p": p}, values)
        with tf.Graph().as_default(), tf.Session() as other:
            tf.saved_model.load(other, ["serve"], str(tmp_path / "m"))
            with pytest.raises(tf.errors.PermissionDeniedError):
                other.run(f"{name}:0", {"p:0": True})


LIBRARY_WITH_A_CALLBACK = """
library {
  function {
    signature { name: "calls_back" output_arg { name: "r" type: DT_FLOAT } is_stateful: true }
    node_def {
      name: "back" op: "PyFunc" attr { key: "token" value { s: "TOKEN" } }
      attr { key: "Tin" value { list { } } } attr { key: "Tout" value { list { type: DT_FLOAT } } }
    }
    ret { key: "r" value: "back:output:0" }
  }
}
"""


@pytest.mark.parametrize("is_made", [False, True])
@pytest.mark.parametrize("is_held", [False, True])
def test_a_function_is_held_whenever_its_body_is_made(is_made, is_held):
    """One that is imported is not held; one that is held calls nothing, also if its body was made before."""
    import contextlib

    import numpy as np

    from perdure.filesystem.policy import only_in
    from perdure.formats.text import from_text
    from perdure.interchange.trust import held_to

    with tf.Graph().as_default() as graph, tf.Session() as session:
        own = tf.py_func(lambda: np.float32(7.0), [], tf.float32)
        token = own.op.get_attr("token").decode()
        library = from_text(LIBRARY_WITH_A_CALLBACK.replace("TOKEN", token), tf.GraphDef())
        with held_to(graph, only_in("nowhere")) if is_held else contextlib.nullcontext():
            tf.import_graph_def(library, name="")
            function = graph.functions["calls_back"]
            if is_made:
                assert function.outputs
        (called,) = tf.raw_ops.StatefulPartitionedCall(args=[], Tout=[tf.float32], f=function)
        if is_held:
            with pytest.raises(tf.errors.PermissionDeniedError):
                session.run(called)
        else:
            assert session.run(called) == 7.0
