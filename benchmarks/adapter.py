"""`tf`, for the cases: the same program runs under every peer.

The worker chooses the peer before it imports a case; a case says `from benchmarks.adapter import tf`.
Python 3.7 runs this file too.
"""

rnn_cell = None  # its recurrent cells
chosen = None  # the name of the peer
tf = None  # the peer's TensorFlow 1 interface, once `choose` was called


def choose(peer):
    """Import the TensorFlow of a peer: "perdure", "before", "tf-1.15" or "tf-2"; "jax" has none."""
    global chosen, rnn_cell, tf
    chosen = peer
    if peer in ("perdure", "before"):  # two states of perdure: the path says which
        import perdure.compat

        perdure.compat.install()
        import tensorflow as tf
    elif peer == "tf-1.15":
        import tensorflow as tf
    elif peer == "tf-2":
        import tensorflow.compat.v1 as tf

        tf.disable_v2_behavior()
        # TensorFlow 2 with Keras 3 does not export them any more.
        from tensorflow.python.keras.layers.legacy_rnn import rnn_cell_impl as rnn_cell
    elif peer != "jax":
        raise ValueError("unknown peer %r" % peer)
    if rnn_cell is None and tf is not None:
        rnn_cell = tf.nn.rnn_cell
    if peer.startswith("tf-"):
        tf.logging.set_verbosity(tf.logging.ERROR)


def versions(peer):
    """Versions of what a peer is made of: from package name to version."""
    import sys

    found = {"python": "%d.%d.%d" % sys.version_info[:3]}
    ours = ["perdure", "numpy", "jax", "jaxlib"]
    names = {"perdure": ours, "before": ours, "jax": ["jax", "jaxlib"]}
    for name in names.get(peer, ["tensorflow", "numpy"]):
        module = __import__(name)
        found[name] = getattr(module, "__version__", "")
    return found
