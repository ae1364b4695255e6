"""What is measured: a row for each case.  Python 3.7 runs this file, and must do it quickly.

The kinds are functions of `worker`.  A goal is the ratio (the better TensorFlow's measure to perdure's) that
perdure set itself; None where it set none.
"""

# Of what has no layers in TensorFlow 2.
OLD = ("perdure", "tf-1.15")
TENSORFLOWS = ("tf-1.15", "tf-2")


def row(group, function, title, kind="steady", goal=None, jax=False, **more):
    """A case.

    Args:
        group: the module of `cases` it is in.
        function: its function, and its name.
        title: what it is called in the table.
        kind: how it is measured: a function of `worker`.
        goal: the ratio perdure wants to reach.
        jax: whether `bare_jax` has a function of that name.
        more: name (that of the function otherwise), tolerance (relative, of the numbers compared), warm_up
            (seconds), steps, peers, unchecked (peers that compute other numbers by their nature), cache
            ("cold": perdure's cache of programs is empty; "warm": it has seen the case).
    """
    peers = ("perdure",) + TENSORFLOWS + (("jax",) if jax else ())
    made = {
        "group": group, "function": function, "title": title, "kind": kind, "goal": goal,
        "tolerance": 1e-3, "warm_up": 1.0, "peers": peers, "unchecked": (),
        "name": function, "cache": "shared",
    }  # fmt: skip
    made.update(more)
    return made


CASES = [
    row("small_steps", "constant_sum", "run of a constant sum", goal=8),
    row("small_steps", "fed_vector", "run of `x * 2 + 1`, fed a vector", goal=8, jax=True),
    row("small_steps", "assign_add", "run of `assign_add`", goal=8),
    row("small_steps", "chain_of_adds", "run of a chain of 100 adds", goal=8),
    row("small_steps", "callable_step", "`make_callable` of `x * 2 + 1`", goal=8),
    row("small_steps", "nested_fetch", "nested fetch of 50 tensors", goal=3),
    row("small_steps", "twenty_feeds", "20 feeds", goal=5),
    row("small_steps", "many_variables", "fetch touching 200 variables", goal=2),
    row("small_steps", "open_and_close", "opening and closing a session", goal=2),
    row("small_steps", "threads", "8 threads on one session, 50 runs each", goal=2),
    row("building", "importing", "`import tensorflow`", "import", goal=3),
    row("building", "adds", "building 10,000 adds", "once", goal=8),
    row("building", "deep_network", "building a 50-layer network with Adam", "once", goal=5),
    row("building", "import_graph", "importing a GraphDef of 20,000 nodes", "once", goal=3),
    row("building", "prune", "first run in a graph of 20,000 ops", "once", goal=10),
    row("building", "large_graph", "memory of a graph of 100,000 ops", "memory", goal=1),
    row("matrix_products", "linear_regression", "linear regression step", goal=8, jax=True),
    row("matrix_products", "policy", "policy network, one observation", goal=6, jax=True),
    row(
        "matrix_products",
        "mlp",
        "MLP 784-256-256-10 step, Adam, batch 128",
        goal=1.3,
        jax=True,
        warm_up=8.0,
    ),
    row("vision", "lenet", "LeNet step, Adam, batch 128", goal=1.1, jax=True, warm_up=12.0),
    row(
        "vision",
        "resnet20",
        "ResNet-20 step, momentum, batch 32",
        goal=1,
        jax=True,
        warm_up=25.0,
        tolerance=1e-2,
    ),
    row("vision", "dcgan", "DCGAN step, batch 32", goal=1, warm_up=40.0, tolerance=1e-2),
    row("sequences", "transformer", "transformer encoder step", goal=1, warm_up=20.0),
    row("sequences", "lstm", "unrolled LSTM step", goal=1.1, warm_up=25.0),
    row("loops", "while_loop", "`while_loop` of 1,000 scalar iterations", goal=4),
    row("loops", "while_20000", "first run of one of 20,000", "once", goal=1, cache="cold"),
    row("loops", "while_gradient", "gradient of a `while_loop` of 100", goal=2),
    row("loops", "cond", "`cond`", goal=5),
    row("loops", "map_fn", "`map_fn` of 100 rows", goal=4),
    row("loops", "scan", "`scan` of 100 rows", goal=4),
    row("loops", "dynamic_lstm_sgd", "dynamic LSTM step, gradient descent", goal=1.5, warm_up=8.0),
    row("loops", "dynamic_lstm_adam", "dynamic LSTM step, Adam", goal=1.3, warm_up=8.0),
    row("loops", "beam_search", "beam search of 30 steps", goal=2, peers=("perdure", "tf-1.15"), warm_up=4.0),
    row(
        "loops",
        "dynamic_lstm_lengths",
        "dynamic LSTM, 40 batches of different lengths, first pass",
        "once",
        goal=1,
        cache="cold",
    ),
    row(
        "loops",
        "dynamic_lstm_20_steps",
        "dynamic LSTM, process to the end of step 20, cold cache",
        "process",
        goal=1,
        cache="cold",
    ),
    row(
        "loops",
        "dynamic_lstm_500",
        "dynamic LSTM of 500 steps, memory of the process after five",
        "memory",
        goal=0.83,
    ),
    row(
        "matrix_products",
        "vae",
        "VAE step, batch 128",
        goal=1.2,
        jax=True,
        warm_up=8.0,
        unchecked=("jax",),
    ),
    row(
        "embeddings",
        "word2vec",
        "word2vec step, `nce_loss`, 50k × 128",
        goal=2,
        jax=True,
        warm_up=8.0,
        unchecked=("jax",),
    ),
    row(
        "embeddings",
        "sampled_softmax",
        "word2vec step, `sampled_softmax_loss`, 50k × 128",
        goal=2,
        warm_up=8.0,
    ),
    row("vision", "resnet50_1", "ResNet-50 forward, batch 1", goal=1, warm_up=15.0),
    row("vision", "resnet50_8", "ResNet-50 forward, batch 8", goal=1, warm_up=20.0),
    row(
        "sequences",
        "text_cnn",
        "text CNN, 50 batches of varying length, first pass",
        "once",
        goal=1,
        cache="cold",
    ),
    row("keras_models", "dense_fit", "Keras: `fit` of a dense network, 100 steps of 32", goal=1),
    row("keras_models", "cnn_fit", "Keras: `fit` of a small CNN, 20 steps of 64", goal=1, warm_up=8.0),
    row("keras_models", "cnn_first_epoch", "Keras: making a small CNN and its first epoch", "once", goal=1),
    row("matrix_products", "initialise", "initialising 25 M parameters", "once", goal=1, cache="cold"),
    row("building", "small_script", "small script, whole process", "process", goal=3, cache="cold"),
    row("matrix_products", "mlp_first_step", "MLP: build, initialise, first step", "once", cache="warm"),
    row(
        "sequences",
        "lstm_20_steps",
        "unrolled LSTM, process to the end of step 20, cold cache",
        "process",
        goal=1,
        cache="cold",
    ),
    row(
        "sequences",
        "lstm_20_steps",
        "unrolled LSTM, process to the end of step 20, warm cache",
        "process",
        goal=1.5,
        cache="warm",
        name="lstm_20_steps_warm",
    ),
    row(
        "vision",
        "lenet",
        "LeNet, peak memory while training",
        "peak",
        goal=0.83,
        warm_up=12.0,
        name="lenet_memory",
    ),
    row(
        "vision",
        "resnet20",
        "ResNet-20, peak memory while training",
        "peak",
        goal=0.83,
        warm_up=25.0,
        tolerance=1e-2,
        name="resnet20_memory",
    ),
    row(
        "matrix_products",
        "mlp",
        "memory growth in 100,000 MLP steps",
        "growth",
        steps=100000,
        peers=("perdure",),
        name="mlp_growth",
    ),
    row("checkpoints", "save_large", "saving 200 MB of variables", goal=1.2),
    row("checkpoints", "restore_large", "restoring them", goal=1.2),
    row("checkpoints", "save_many", "saving 2,000 small variables", goal=3),
    row("checkpoints", "restore_many", "restoring them", goal=3),
    row("checkpoints", "list_large", "listing a checkpoint of a gigabyte"),
    row("parsing", "examples", "parsing 10,000 Examples with ten features", goal=1.5),
    row("parsing", "lines", "reading 100,000 lines of five fields", goal=1),
    row("datasets", "shuffled_batches", "batch of 32 shuffled rows of arrays", goal=3, unchecked=("tf-2",)),
    row("datasets", "shuffled_elements", "a shuffled row", goal=3, unchecked=("tf-2",)),
    row("datasets", "mapped_batches", "batch of 32 rows that a function made"),
    row("datasets", "filtered_numbers", "batch of 100 numbers out of 200"),
    row("datasets", "generated_elements", "what a generator yields"),
    row("datasets", "text_lines", "batch of 100 lines of a file"),
    row("datasets", "csv_rows", "batch of 100 records of a CSV file", goal=1),
    row("datasets", "record_examples", "batch of 64 Examples of a file, parsed"),
    row(
        "datasets",
        "network_fed_by_records",
        "LeNet step fed by a record file",
        warm_up=8.0,
        peers=("perdure", "tf-1.15"),
    ),
    row(
        "datasets",
        "network_fed_from_memory",
        "LeNet step fed from memory",
        warm_up=8.0,
        peers=("perdure", "tf-1.15"),
    ),
    row("records_and_summaries", "write_records", "writing 2,000 records of a kilobyte", goal=3),
    row("records_and_summaries", "read_records", "reading them", goal=3),
    row("records_and_summaries", "read_equal_records", "reading records of one length", goal=3),
    row("records_and_summaries", "scalar_summary", "running and adding a scalar summary", goal=3),
    row("records_and_summaries", "merged_summaries", "running and adding 20 merged ones", goal=3),
    row("records_and_summaries", "histogram_summary", "summary of 100,000 numbers"),
]


def find(name):
    """The case of a name, or what stands for a question about versions."""
    if name == "versions":
        return {"kind": "versions"}
    return next(case for case in CASES if case["name"] == name)
