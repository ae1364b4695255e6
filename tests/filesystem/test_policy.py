"""What a policy lets the operations of a session touch."""

import os
import threading

import pytest

import perdure
from perdure import tf
from perdure.filesystem.files import FILES, Files
from perdure.filesystem.policy import Policy, current_policy
from perdure.graph.errors import PermissionDeniedError


@pytest.fixture
def rooms(tmp_path):
    """An allowed and a forbidden folder, a file in each, and links out of the allowed one."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"{name}side")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "file").symlink_to(tmp_path / "out" / "a.txt")
    with tf.Graph().as_default():
        yield tmp_path


def refused(what=""):
    return pytest.raises(PermissionDeniedError, match=f"perdure.policy lets them {what}")


def test_operations_read_and_write_where_they_may(rooms):
    """Inside of what is allowed all is as usual, also with names relative to the working folder."""
    inside = str(rooms / "in")
    with perdure.policy(reads=[inside], writes=[rooms / "in" / "new"]):
        session = tf.Session()
    with session:
        assert session.run(tf.read_file(f"{inside}/a.txt")) == b"inside"
        assert session.run(tf.read_file(os.path.relpath(f"{inside}/a.txt"))) == b"inside"
        session.run(tf.write_file(f"{inside}/new/deep/b.txt", "new"))
        assert (rooms / "in/new/deep/b.txt").read_text() == "new"
        assert session.run(tf.matching_files(f"{inside}/*.txt")).tolist() == [f"{inside}/a.txt".encode()]


def test_every_way_out_is_refused(rooms):
    """By name, by `..`, by links and by a scheme; reading does not allow writing."""
    inside, outside = str(rooms / "in"), str(rooms / "out")
    with perdure.policy(reads=[inside], writes=[]):
        session = tf.Session()
    with session:
        for name in (
            f"{outside}/a.txt", f"{inside}/../out/a.txt", f"{inside}/file", f"{inside}/link/a.txt",
            f"file://{outside}/a.txt", f"{inside}side", "memory://a", "/",
        ):  # fmt: skip
            with refused("read"):
                session.run(tf.read_file(name))
        for pattern in (f"{outside}/*", f"{inside}/link/*", f"{rooms}/*/a.txt", "*"):
            with refused("read"):
                session.run(tf.matching_files(pattern))
        with refused("write nothing"):
            session.run(tf.write_file(f"{inside}/a.txt", "x"))
    assert (rooms / "in/a.txt").read_text() == "inside"


def test_other_operations_that_touch_files(rooms):
    """Printing to a file and reading a vocabulary ask, too."""
    (rooms / "out" / "words").write_text("a,1\nb,2\nc,1\n")
    inside, outside = str(rooms / "in"), str(rooms / "out")
    draw = tf.nn.fixed_unigram_candidate_sampler(
        tf.constant([[1]], tf.int64), 1, 1, True, 3, vocab_file=f"{outside}/words"
    )
    shown = tf.print("seen", output_stream=f"file://{outside}/log")
    with perdure.policy(reads=[inside], writes=[inside]):
        session = tf.Session()
    with session:
        with refused("read"):
            session.run(draw)
        with refused("write"):
            session.run(shown)
    assert not (rooms / "out" / "log").exists()
    with tf.Session() as free:
        free.run([draw[0], shown])
    assert (rooms / "out" / "log").read_text() == "seen\n"


def test_a_session_keeps_the_policy_it_was_made_under(rooms):
    """Whoever runs it, whenever, also on a server; sessions made elsewhere are free."""
    read = tf.read_file(str(rooms / "out" / "a.txt"))
    server = tf.train.Server.create_local_server()
    seen = []
    with perdure.policy(reads=[]):
        sessions = [tf.Session(), tf.Session(server.target)]
        other = threading.Thread(target=lambda: seen.append(tf.Session(graph=read.graph)))
        other.start()
        other.join()
        assert tf.gfile.GFile(str(rooms / "out" / "a.txt")).read() == "outside"
    for session in sessions:
        with session, refused("read nothing"):
            session.run(read)
    with seen[0] as free:
        assert free.run(read) == b"outside"


def test_inner_blocks_allow_no_more(rooms):
    """What both allow is allowed; the outer policy is in force again behind the block, and after an error."""
    inside = str(rooms / "in")
    with perdure.policy(reads=[rooms]):
        with perdure.policy(reads=[inside, "/"]):
            assert set(current_policy().reads) == {str(rooms), inside}
        with pytest.raises(KeyError), perdure.policy(reads=[], writes=["memory://x"]):
            assert current_policy() == Policy((), ("memory://x",))
            raise KeyError
        assert current_policy() == Policy((str(rooms),), None)
        with perdure.policy(reads=["/nowhere"]):
            assert current_policy().reads == ()
    assert current_policy() == Policy()


def test_every_method_asks(rooms):
    """Nothing of `Files` gets by: each refuses a file it must not touch."""
    name, free = str(rooms / "out" / "a.txt"), str(rooms / "in" / "a.txt")
    folder = str(rooms / "out")
    files = Files(Policy(reads=(str(rooms / "in"),), writes=(str(rooms / "in"),)))
    for call in (
        lambda: files.open(name), lambda: files.open(name, "ab"), lambda: files.read(name),
        lambda: files.write(name, b""), lambda: files.write_atomically(name, b""), lambda: files.exists(name),
        lambda: files.stat(name), lambda: files.is_directory(name), lambda: files.list_directory(folder),
        lambda: files.make_directory(f"{folder}/x"), lambda: files.make_directories(f"{folder}/x"),
        lambda: files.copy(name, f"{free}2"), lambda: files.copy(free, f"{name}2"),
        lambda: files.rename(name, f"{free}2"), lambda: files.rename(free, f"{name}2"),
        lambda: files.remove(name), lambda: files.remove_tree(folder), lambda: list(files.walk(folder)),
        lambda: files.glob(f"{folder}/*"),
    ):  # fmt: skip
        with refused():
            call()
    assert FILES.read(name) == b"outside" and sorted(os.listdir(folder)) == ["a.txt"]
