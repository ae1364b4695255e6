"""`tensorflow.python.tools.inspect_checkpoint`: the text is TensorFlow's."""

import pytest

from perdure import tf
from perdure.compat.inner_inspect_checkpoint import print_tensors_in_checkpoint_file


@pytest.fixture
def checkpoint(tmp_path):
    """The prefix of one with a matrix, a number and a slot."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("w", initializer=[[1.0, 2.0], [3.0, 4.0]])
        tf.Variable(3, name="b")
        tf.get_variable("wh/Adam", initializer=[1.0])
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, str(tmp_path / "model"))


NAMES = "b (DT_INT32) []\nw (DT_FLOAT) [2,2]\nwh/Adam (DT_FLOAT) [1]\n\n"
VALUE = "tensor_name:  w\n[[1. 2.]\n [3. 4.]]\n"


@pytest.mark.parametrize(
    "arguments, printed",
    [
        (("", False), NAMES + "# Total number of params: 6\n"),
        (("w", False), VALUE + "# Total number of params: 6\n"),
        (
            ("", True),
            f"tensor_name:  b\n3\n{VALUE}tensor_name:  wh/Adam\n[1.]\n# Total number of params: 6\n",
        ),
        (
            ("", False, True, "Adam"),
            "tensor_name:  b\ntensor_name:  w\ntensor_name:  wh/Adam\n"
            "# Excluding 1 tensors (1 params) that match Adam when counting.\n# Total number of params: 5\n",
        ),
        (("nope", False), "tensor_name:  nope\nKey nope not found in checkpoint\n"),
    ],
)
def test_what_is_printed(checkpoint, capsys, arguments, printed):
    """Names with types and shapes, or values, and the number of parameters; errors as text."""
    print_tensors_in_checkpoint_file(checkpoint, *arguments)
    assert capsys.readouterr().out == printed


def test_no_checkpoint_is_said(tmp_path, capsys):
    """Nothing is raised."""
    print_tensors_in_checkpoint_file(str(tmp_path / "nothing"), "", True)
    assert "Failed to find any matching files" in capsys.readouterr().out
