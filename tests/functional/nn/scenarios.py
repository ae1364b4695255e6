"""Samples of classes and losses of sampled classes, run for a few steps."""

import os
import tempfile

import numpy as np

SCENARIOS = {}
KINDS = ("uniform", "log_uniform", "learned_unigram")


def draws(name, make, classes, batch=20, num_true=1, steps=3):
    """A scenario: what `make(tf, true_classes)` gives in each of several steps of one session."""

    def run(tf):
        random = np.random.RandomState(1)
        true_classes = tf.placeholder(tf.int64, [None, None])
        found, node = {}, make(tf, true_classes)
        with tf.Session() as session:
            for step in range(steps):
                feeds = {true_classes: random.randint(0, classes, [batch, num_true])}
                for part, value in zip(("candidates", "true", "sampled"), session.run(node, feeds)):
                    found["%s %d" % (part, step)] = value
        return found

    SCENARIOS[name] = run


def of_range(kind, classes, count, unique, num_true=1):
    def make(tf, true_classes):
        sampler = getattr(tf.nn, kind + "_candidate_sampler")
        return sampler(true_classes, num_true, count, unique, classes, seed=3)

    name = "%s %d of %d%s" % (kind, count, classes, "" if unique else " again")
    draws(name, make, classes, num_true=num_true)


for _kind in KINDS:
    of_range(_kind, 100, 40, True)
    of_range(_kind, 100, 40, False, 2)
    of_range(_kind, 64, 64, True)
    of_range(_kind, 7, 1, True)
of_range("log_uniform", 50000, 64, True)
of_range("log_uniform", 50000, 700, True, 3)
of_range("uniform", 50000, 64, True)
of_range("uniform", 3000000000, 5, False)


def of_weights(name, classes, count, unique, **options):
    def make(tf, true_classes):
        return tf.nn.fixed_unigram_candidate_sampler(
            true_classes, 1, count, unique, classes, seed=5, **options
        )

    draws("weights " + name, make, classes)


ZIPF = [1e6 / i for i in range(1, 1001)]
of_weights("plain", 5, 3, True, unigrams=[1, 2, 3, 4, 0.5])
of_weights("again", 5, 30, False, unigrams=[1, 2, 3, 4, 0.5])
of_weights("reserved", 8, 4, True, unigrams=[1, 2, 3, 4, 5, 6], num_reserved_ids=2, distortion=0.75)
of_weights("many", 1000, 100, True, unigrams=ZIPF, distortion=0.75)
of_weights("flat", 1000, 100, True, unigrams=ZIPF, distortion=0.0)
of_weights("shard", 333, 50, True, unigrams=ZIPF, num_shards=3, shard=1)
of_weights("one", 1, 1, True, unigrams=[3.5])


def scenario(function):
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


@scenario
def weights_of_a_file(tf):
    path = os.path.join(tempfile.mkdtemp(), "words.txt")
    with open(path, "w") as lines:
        lines.write("the, 12\n\nof,7.5\n3\nword,with,commas,1e1\n")
    node = tf.nn.fixed_unigram_candidate_sampler(
        tf.constant([[0], [3], [4]], tf.int64), 1, 3, True, 5, vocab_file=path, num_reserved_ids=1, seed=2
    )
    with tf.Session() as session:
        return dict(zip(("candidates", "true", "sampled"), session.run(node)))


@scenario
def all_classes(tf):
    node = tf.nn.all_candidate_sampler(tf.constant([[0], [3]], tf.int64), 1, 5, True)
    with tf.Session() as session:
        return dict(zip(("candidates", "true", "sampled"), session.run(node)))


@scenario
def true_classes_out_of_range(tf):
    found = {}
    for kind in KINDS[:2]:
        sampler = getattr(tf.nn, kind + "_candidate_sampler")
        node = sampler(tf.constant([[-5], [10], [100]], tf.int64), 1, 3, True, 10, seed=1)
        with tf.Session() as session:
            found[kind] = session.run(node.true_expected_count)
    return found


@scenario
def thread_unsafe(tf):
    node = tf.raw_ops.ThreadUnsafeUnigramCandidateSampler(
        true_classes=tf.constant([[0], [3], [3]], tf.int64),
        num_true=1,
        num_sampled=3,
        unique=True,
        range_max=5,
        seed=1,
        seed2=2,
    )
    with tf.Session() as session:
        return {"candidates": np.array([session.run(node)[0] for _ in range(5)])}


@scenario
def accidental_hits(tf):
    node = tf.nn.compute_accidental_hits(
        tf.constant([[1, 7], [2, 5], [7, 7], [9, 1]], tf.int64), tf.constant([1, 2, 1, 5], tf.int64), 2
    )
    with tf.Session() as session:
        return dict(zip(("indices", "ids", "weights"), session.run(node)))


def trained(name, loss_of, num_true=1, **options):
    """A scenario: a model of words trained for a few steps; its losses and tables."""

    def run(tf):
        random = np.random.RandomState(2)
        tf.set_random_seed(5)
        centers = tf.placeholder(tf.int32, [8])
        contexts = tf.placeholder(tf.int32, [8, num_true])
        table = tf.Variable(random.uniform(-1, 1, [60, 6]).astype("f4"))
        weights = tf.Variable(random.normal(size=[60, 6]).astype("f4"))
        biases = tf.Variable(np.zeros(60, "f4"))
        inputs = tf.nn.embedding_lookup(table, centers)
        loss = tf.reduce_mean(
            getattr(tf.nn, loss_of)(
                weights=weights,
                biases=biases,
                labels=contexts,
                inputs=inputs,
                num_sampled=10,
                num_classes=60,
                num_true=num_true,
                **options,
            )
        )
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        losses = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(5):
                feeds = {centers: random.randint(0, 60, 8), contexts: random.randint(0, 60, [8, num_true])}
                losses.append(session.run([loss, train], feeds)[0])
            values = session.run([table, weights, biases])
        return dict(zip(("losses", "table", "weights", "biases"), [np.array(losses)] + values))

    SCENARIOS[name] = run


for _loss in ("nce_loss", "sampled_softmax_loss"):
    for _removed in (False, True):
        trained("%s removed %d" % (_loss, _removed), _loss, remove_accidental_hits=_removed)
    trained(_loss + " of pairs", _loss, 2, partition_strategy="div")
trained("sampled_softmax_loss seed", "sampled_softmax_loss", seed=4)


def ctc(tf):
    """Losses of labels, collapsed or not, with gradients; a decoder of the best paths."""
    numbers = np.random.RandomState(0)
    logits = tf.constant(numbers.normal(size=[6, 3, 5]).astype("f4"))
    labels = tf.SparseTensor([[0, 0], [0, 1], [0, 2], [1, 0], [2, 0], [2, 1]], [1, 1, 3, 0, 2, 1], [3, 3])
    weights = tf.constant([1.0, 2.0, 3.0])
    found = {}
    for merged in (False, True):
        loss = tf.nn.ctc_loss(labels, logits, [6, 2, 5], ctc_merge_repeated=merged)
        found["loss %s" % merged] = loss
        found["gradient %s" % merged] = tf.gradients(loss * weights, logits)[0]
    across = tf.nn.ctc_loss(labels, logits=tf.transpose(logits, [1, 0, 2]), sequence_length=[6, 2, 5],
                            time_major=False)  # fmt: skip
    found["across"] = across
    paths, scores = tf.nn.ctc_beam_search_decoder_v2(logits, [6, 2, 5], beam_width=5, top_paths=2)
    for i, path in enumerate(paths):
        found["path %d" % i], found["labels %d" % i] = path.indices, path.values
    found["scores"] = scores
    greedy, score = tf.nn.ctc_greedy_decoder(logits, [6, 2, 5])
    found["greedy"], found["score"] = greedy[0].values, score
    with tf.Session() as session:
        return session.run(found)


SCENARIOS["ctc loss"] = ctc
