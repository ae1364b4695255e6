"""The tree of tf.errors."""

import copy
import pickle
from types import SimpleNamespace

import pytest

from perdure import tf
from perdure.graph import errors

CLASSES = [
    "CancelledError",
    "UnknownError",
    "InvalidArgumentError",
    "DeadlineExceededError",
    "NotFoundError",
    "AlreadyExistsError",
    "PermissionDeniedError",
    "ResourceExhaustedError",
    "FailedPreconditionError",
    "AbortedError",
    "OutOfRangeError",
    "UnimplementedError",
    "InternalError",
    "UnavailableError",
    "DataLossError",
    "UnauthenticatedError",
]


@pytest.mark.parametrize(("code", "name"), list(enumerate(CLASSES, start=1)))
def test_each_class(code, name):
    """Class, code and constant belong together, and the error survives pickling."""
    error_class = getattr(errors, name)
    error = error_class(None, None, "what happened")
    assert isinstance(error, errors.OpError)
    assert (error.error_code, error.message, error.node_def, error.op) == (code, "what happened", None, None)
    assert str(error) == "what happened" and error.args == ()
    assert errors.exception_type_from_error_code(code) is error_class
    assert errors.error_code_from_exception_type(error_class) == code
    for made in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(made) is error_class and made.message == "what happened"
        assert made.error_code == code
    with pytest.raises(error_class, match="what happened"):
        raise errors.make_error(None, None, "what happened", code)


def test_codes():
    """The constants of google.rpc.Code."""
    names = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ]
    assert [getattr(errors, name) for name in names] == list(range(17))
    assert set(errors.__all__) <= set(dir(errors))


def test_unknown_codes():
    """A code without a class keeps its number in an UnknownError."""
    error = errors.make_error(None, None, "odd", 99)
    assert type(error) is errors.UnknownError and error.error_code == 99
    assert pickle.loads(pickle.dumps(error)).error_code == 99
    with pytest.raises(KeyError):
        errors.exception_type_from_error_code(errors.OK)
    with pytest.warns(UserWarning, match="Unknown class exception"):
        assert errors.error_code_from_exception_type(ValueError) == errors.UNKNOWN


def test_base_class():
    """OpError itself takes any code."""
    error = errors.OpError("node", None, "message", 5)
    assert (error.node_def, error.error_code) == ("node", 5)
    assert pickle.loads(pickle.dumps(error)).error_code == 5


def test_message_names_the_line_that_made_the_op():
    """With an op, str() shows where the program made it, and what it was made for."""
    forward = SimpleNamespace(
        name="a", traceback=[("model.py", 3, "build", "a = tf.log(x)")], _original_op=None
    )
    op = SimpleNamespace(name="grad/a", traceback=[("train.py", 7, "<module>", None)], _original_op=forward)
    assert str(errors.NotFoundError(None, op, "gone")) == (
        "gone\n\nOriginal stack trace for 'grad/a':\n"
        '  File "train.py", line 7, in <module>\n'
        "\n...which was originally created as op 'a', defined at:\n"
        '  File "model.py", line 3, in build\n'
        "    a = tf.log(x)\n"
    )


def _failures():
    """Errors of steps, which name an operation."""
    v = tf.Variable(1.0)
    x = tf.placeholder(tf.float32, [2])
    feeds = {x: [-1.0, 1.0]}
    with tf.Session() as session:
        for fetch in (v, tf.Assert(x[0] > 0, ["no"]), tf.py_func(lambda: 1 / 0, [], tf.float32)):
            with pytest.raises(tf.errors.OpError) as caught:
                session.run(fetch, feeds)
            yield caught.value


def test_an_error_of_a_step_goes_to_another_process():
    """With all that it says; the operation stays with its graph.  TensorFlow fails with TypeError on most."""
    for error in _failures():
        assert error.op is not None and "Original stack trace" in str(error)
        error.note = "of the program's own"
        sent = pickle.loads(pickle.dumps(error))
        assert type(sent) is type(error) and str(sent) == str(error)
        assert (sent.op, sent.node_def, sent.error_code) == (None, error.node_def, error.error_code)
        assert sent.note == "of the program's own"
        assert str(pickle.loads(pickle.dumps(sent))) == str(error)


def test_copies_of_an_error_name_the_same_operation():
    """The graph behind it is not copied."""
    for error in _failures():
        for made in (copy.copy(error), copy.deepcopy([error])[0]):
            assert type(made) is type(error) and made is not error
            assert (made.op, made.node_def, str(made)) == (error.op, error.node_def, str(error))
