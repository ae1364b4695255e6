"""Likelihoods, gradients and best sequences of tags."""

import numpy as np

SCENARIOS = {}


def fields(steps, lengths, kind="int32", known=True):
    def build(tf):
        crf = tf.contrib.crf
        numbers = np.random.RandomState(steps)
        batch, tags = len(lengths), 4
        values = numbers.normal(size=[batch, steps, tags]).astype("f4")
        labels = numbers.randint(0, tags, [batch, steps]).astype(kind)
        bitmap = numbers.rand(batch, steps, tags) > 0.4
        bitmap[:, :, 0] = True
        sizes = [batch, steps, tags] if known else [None, None, tags]
        inputs = tf.placeholder_with_default(values, sizes)
        transitions = tf.constant(numbers.normal(size=[tags, tags]).astype("f4"))
        ends = tf.constant(lengths, kind)
        likelihood, _ = crf.crf_log_likelihood(
            inputs, tf.placeholder_with_default(labels, sizes[:2]), ends, transitions
        )
        several = crf.crf_multitag_sequence_score(inputs, tf.constant(bitmap), ends, transitions)
        best, score = crf.crf_decode(inputs, transitions, ends)
        found = {"likelihood": likelihood, "several": several, "best": best, "score": score}
        found["norm"] = crf.crf_log_norm(inputs, ends, transitions)
        for name in ("likelihood", "several"):
            for what, tensor in (("inputs", inputs), ("transitions", transitions)):
                if steps > 1 or what == "inputs":
                    gradient = tf.gradients(found[name], tensor)[0]
                    found["%s by %s" % (name, what)] = tf.convert_to_tensor(gradient)
        with tf.Session() as session:
            found, rows, table = session.run([found, inputs, transitions])
        for i, row in enumerate(rows):
            tags, best_score = crf.viterbi_decode(row[: max(int(lengths[i]), 1)], table)
            found["outside %d" % i] = np.array(tags, "i8")
            found["outside score %d" % i] = np.array(best_score)
        return found

    SCENARIOS["%d steps of %s, %s" % (steps, kind, "known" if known else "unknown")] = build


fields(1, [1, 1, 0, 1])
fields(5, [5, 3, 1, 0])
fields(6, [2, 6, 4], "int64", known=False)
fields(1, [1, 0, 1], known=False)


def scores(tf):
    """Each kind of score, of sequences that are all that is scored."""
    crf = tf.contrib.crf
    inputs = tf.constant(np.random.RandomState(0).normal(size=[2, 3, 3]).astype("f4"))
    tags, lengths = tf.constant([[1, 2, 1], [0, 1, 0]]), tf.constant([3, 2])
    transitions = tf.constant([[-3, 5, -2], [3, 4, 1], [1, 2, 1]], tf.float32)
    found = {
        "unary": crf.crf_unary_score(tags, lengths, inputs),
        "binary": crf.crf_binary_score(tags, lengths, transitions),
        "all": crf.crf_sequence_score(inputs, tags, lengths, transitions),
    }
    with tf.Session() as session:
        return session.run(found)


SCENARIOS["scores"] = scores
