"""ClusterSpec, and the Server there is not."""

import pytest

from perdure import tf
from perdure.training.server_lib import _make_server_def


def test_server_is_refused_after_its_arguments_are_checked():
    """Wrong arguments are named first; right ones need a cluster, which perdure does not have."""
    with pytest.raises(
        tf.errors.UnimplementedError, match="task 0 of job 'local': perdure runs in one process"
    ):
        tf.train.Server.create_local_server()
    with pytest.raises(tf.errors.UnimplementedError, match="task 1 of job 'b'"):
        tf.train.Server({"a": ["h:1"], "b": ["h:2", "h:3"]}, job_name="b", task_index=1)
    with pytest.raises(
        TypeError, match="Could not convert `server_or_cluster_def` to a `tf.train.ServerDef`"
    ):
        tf.train.Server(5)
    with pytest.raises(ValueError, match="Must specify an explicit `job_name`"):
        tf.train.Server({"a": ["h:1"], "b": ["h:2"]})
    with pytest.raises(ValueError, match="Must specify an explicit `task_index`"):
        tf.train.Server({"a": ["h:1", "h:2"]})


def test_server_def():
    """A definition is completed by the other arguments."""
    config = tf.ConfigProto(allow_soft_placement=True)
    made = _make_server_def({"a": ["h:1"]}, None, None, None, config)
    assert (made.job_name, made.task_index, made.protocol) == ("a", 0, "grpc")
    assert made.default_session_config.allow_soft_placement
    again = _make_server_def(made, "b", 3, "other", None)
    assert (again.job_name, again.task_index, again.protocol) == ("b", 3, "other")
    assert again.cluster == made.cluster and made.job_name == "a"
