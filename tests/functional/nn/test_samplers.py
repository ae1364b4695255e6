"""What samplers refuse, and that their streams go on as TensorFlow's (numbers: scenarios.py)."""

import numpy as np
import pytest

from perdure import tf
from perdure.ops.nn.candidate_sampling import expm1_float32, log1p_float32

TWO = np.array([[1], [2]])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(node, feeds=None):
    with tf.Session() as session:
        return session.run(node, feeds)


def sampler(true_classes=TWO, num_true=1, count=3, unique=True, classes=10, **options):
    fed = tf.placeholder_with_default(np.asarray(true_classes, np.int64), None)
    return tf.random.log_uniform_candidate_sampler(fed, num_true, count, unique, classes, seed=1, **options)


def fixed(**options):
    return tf.random.fixed_unigram_candidate_sampler(
        tf.constant(TWO, tf.int64), 1, 2, True, 3, seed=1, **options
    )


REFUSED = [
    (lambda: sampler(num_true=2), r"true_classes must have num_true columns, expected: 1 was: 2"),
    (lambda: sampler([1]), r"true_classes must be a matrix"),
    (lambda: sampler(count=11), r"Sampler's range is too small\."),
    (lambda: fixed(), r"Must provide either vocab_file or unigrams\."),
    (lambda: fixed(vocab_file="words", unigrams=[1, 2, 3]), r"Must only provide one of vocab_file and"),
    (lambda: fixed(unigrams=[1.0, 2.0]), r"range_max is 3, but there are 2 classes"),
    (lambda: fixed(unigrams=[1.0, 2.0], shard=1), r"shard must be below num_shards, 1, but is 1"),
    (
        lambda: tf.nn.compute_accidental_hits(tf.placeholder_with_default(TWO, None), [1], 2),
        r"true_candidates must be a batch_size \* num_true matrix",
    ),
    (
        lambda: tf.nn.compute_accidental_hits(TWO, tf.placeholder_with_default(TWO, None), 1),
        r"sampled_candidates must be a vector, .* not one of shape \[2,1\]",
    ),
    (
        lambda: tf.random.learned_unigram_candidate_sampler([[1], [10]], 1, 3, True, 10),
        r"true_classes must be in \[0, 10\), but one is 10",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refused(make, message):
    """Wrong values are InvalidArgumentErrors; where TensorFlow aborts the process too."""
    node = make()
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(node)


def test_vocabulary_files(tmp_path):
    """A file that is missing, or has no number at the end of a line, is named."""
    node = fixed(vocab_file=str(tmp_path / "words"))
    with pytest.raises(tf.errors.NotFoundError, match=r"words; No such file"):
        run(node)
    (tmp_path / "words").write_text("a,1\nb,two\nc,3\n")
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Wrong vocabulary format at line: b,two"):
        run(node)


def test_static_shapes():
    """The number of candidates is known, the number of hits is not."""
    node = sampler()
    assert [part.shape.as_list() for part in node] == [[3], [None, 1], [3]]
    hits = tf.nn.compute_accidental_hits(TWO, [1, 2], 1)
    assert [part.shape.as_list() for part in hits] == [[None], [None], [None]]
    with pytest.raises(ValueError, match=r"Dimension must be 2 but is 1|must be equal"):
        tf.nn.compute_accidental_hits(TWO, [1, 2], 2)


def test_a_session_starts_anew():
    """Each session draws the same; a run continues where the last one ended, however many were made ahead."""
    node = sampler(count=9, classes=1000).sampled_candidates
    with tf.Session() as session:
        first = [session.run(node).tolist() for _ in range(200)]
    with tf.Session() as session:
        again = [session.run(node).tolist() for _ in range(200)]
    assert first == again
    assert len(set(map(tuple, first))) > 190


def test_a_failed_step_draws_nothing():
    """The step after one that failed has the numbers that one would have had."""
    node, bad = sampler().sampled_candidates, tf.placeholder(tf.float32)
    with tf.Session() as session:
        expected = [session.run(node).tolist() for _ in range(3)]
    with tf.control_dependencies([node]):
        checked = tf.check_numerics(bad, "bad")
    with tf.Session() as session:
        found = [session.run(node).tolist()]
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad"):
            session.run([node, checked], {bad: np.nan})
        found += [session.run([node, checked], {bad: 1})[0].tolist() for _ in range(2)]
    assert found == expected


def test_without_a_seed():
    """Nobody's seed gives numbers that differ from session to session."""
    node = tf.random.uniform_candidate_sampler([[1]], 1, 20, True, 10**6).sampled_candidates
    assert run(node).tolist() != run(node).tolist()


@pytest.mark.parametrize(("function", "wide"), [(expm1_float32, np.expm1), (log1p_float32, np.log1p)])
def test_single_precision_functions(function, wide):
    """They are the functions of the C library: within one unit of the exact value."""
    x = -np.concatenate([np.linspace(0, 1, 5001), 2.0 ** -np.arange(40), 1 - 2.0 ** -np.arange(1, 24)])
    if function is expm1_float32:
        x = np.concatenate([x * 25, x, [-np.inf]])
    x = x.astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        found, exact = function(x), wide(x.astype(np.float64))
    assert found.dtype == np.float32
    finite = np.isfinite(exact)
    np.testing.assert_array_equal(found[~finite], exact[~finite])
    np.testing.assert_allclose(found[finite], exact[finite], rtol=1.2e-7)


def test_there_is_no_gradient():
    """Counts do not depend on the true classes, which are integers."""
    counts = sampler().sampled_expected_count
    assert tf.gradients(counts, counts.op.inputs[0]) == [None]


@pytest.mark.parametrize("true_class", [3, 60, -2])
def test_counts_do_not_depend_on_what_is_kept(true_class):
    """Logarithms that are kept, for classes in range, are those computed anew when a class is not."""
    fed = tf.placeholder(tf.int64, [2, 1])
    counts = tf.random.log_uniform_candidate_sampler(fed, 1, 20, True, 50, seed=1).true_expected_count
    with tf.Session() as session:
        alone = session.run(counts, {fed: [[7], [7]]})
    with tf.Session() as session:
        assert session.run(counts, {fed: [[7], [true_class]]})[0] == alone[0]


@pytest.mark.parametrize("candidates", [[5, 1, 3], [3, 3, 1, 3], [9], []])
def test_accidental_hits(candidates):
    """Rows with a true class among the candidates, and its last place there."""
    true_classes = [[1, 3], [4, 4], [3, 0], [7, 5]]
    hits = tf.nn.compute_accidental_hits(true_classes, tf.constant(candidates, tf.int64), 2)
    rows, places, weights = run(hits)
    expected = [
        (row, len(candidates) - 1 - candidates[::-1].index(true_class))
        for row, classes in enumerate(true_classes)
        for true_class in classes
        if true_class in candidates
    ]
    assert list(zip(rows.tolist(), places.tolist(), strict=True)) == expected
    assert weights.tolist() == [-np.finfo(np.float32).max] * len(expected)
