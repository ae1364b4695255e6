"""tf.contrib.training: hyperparameters, operations that train, evaluations of checkpoints."""

import os

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client._folders import files, in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def example(tf):
    return tf.contrib.training.HParams(
        a=1, b=2.5, c="relu", d=True, e=[1, 2], f=[0.5], g=["x", "y"], h=None, j=[False, True]
    )


@program
def hyperparameters(tf, folder):
    params = example(tf)
    out = [
        str(params),
        repr(params),
        params.values(),
        "a" in params,
        "z" in params,
        params.to_json(sort_keys=True),
    ]
    out.append(str(params.parse("a=3,b=1e-3,c=tanh,d=false")))
    out.append(str(params.parse("e=[7,8 , 9],g=[p, q],j=[1,0],d=True,f=[]")))
    params.parse_json('{"a": 4, "e": [5], "b": 6}')
    out.append([params.a, params.b, params.e, type(params.b).__name__])
    params.override_from_dict({"h": 3, "c": b"bytes"})
    out += [params.h, params.c, params.set_from_map({"a": 9}).a]
    params.set_model_structure("kept")
    params.del_hparam("a")
    params.del_hparam("unknown")
    out += ["a" in params, hasattr(params, "a"), params.get_model_structure()]
    out += [params.get("b"), params.get("b", 1.0), params.get("z"), params.get("z", 5), params.get("e", [1])]
    params.add_hparam("new.name", 4)
    return out + [str(params.parse("new.name=5"))]


@program
def hyperparameters_that_are_wrong(tf, folder):
    params = example(tf)
    texts = (
        "a=x", "a=1.5", "a=[1]", "e=1", "z=1", "a", "a=1,a=2", "a=1 b=2", "e=[1],e=[2]", "e[0]=[1]", "e[0]=x",
        "d=maybe", "e[0]=1", "b=x", "f=[1,x]", "=3", "a=", "1a=3", "a==3", "e=[1,2", "d=2", "a[0]=1",
    )  # fmt: skip
    out = [attempt(lambda: str(params.parse(text))) for text in texts]  # noqa: B023
    for name, value in (
        ("a", 1.5), ("a", True), ("b", 3), ("b", "x"), ("c", 3), ("d", 1), ("d", False), ("e", 1), ("a", [1]),
        ("e", ["x"]), ("z", 1), ("h", "any"), ("e", (1, 2)), ("c", "x"), ("a", np.int64(3)),
        ("b", np.float32(1)),
    ):  # fmt: skip
        out.append(attempt(lambda: params.set_hparam(name, value)))  # noqa: B023
    for name, value in (("a", 2), ("values", 3), ("empty", []), ("h", 3)):
        out.append(attempt(lambda: params.add_hparam(name, value)))  # noqa: B023
    for name, value in (("a", "x"), ("a", [1]), ("e", 1), ("e", [1.5])):
        out.append(attempt(lambda: params.get(name, value)))  # noqa: B023
    out.append(attempt(lambda: tf.contrib.training.HParams(a=[])))
    out.append(attempt(lambda: tf.contrib.training.HParams(parse=1)))
    out.append(attempt(lambda: tf.contrib.training.HParams(x={}).to_proto()))
    return out


@program
def parsed_values(tf, folder):
    parse = tf.contrib.training.parse_values
    types = {"a": int, "b": float, "s": str, "t": bool}
    texts = (
        "a=1,b=2,s=x,t=1", "a[1]=2,a[3]=4", "a=[1,2],b=[3.5 4]", "s=hello world", "s=a.b/c:d", "b=-.5e3",
        "a=-12", "t=[true,False,0]", "s=", "a=1,u=2", "a=1,u=[2,3],b=4", "a[1]=2,a[1]=3", "a=1,a[1]=3",
        "a[1]=3,a=1", "", "a=1,", " a=1", "a = 1 , b = 2", "s=[a,b c]",
    )  # fmt: skip
    out = []
    for text in texts:
        for ignore in (False, True):
            out.append(attempt(lambda: parse(text, types, ignore_unknown=ignore)))  # noqa: B023
    return out


@program
def hyperparameters_as_messages(tf, folder):
    params = tf.contrib.training.HParams(
        a=1, b=2.5, c="relu", d=True, e=[1, 2], f=[0.5], g=["x", "y"], j=[False]
    )
    message = params.to_proto()
    again = tf.contrib.training.HParams.from_proto(message)
    return [
        sorted(str(message).split("\n")),
        repr(again),
        attempt(lambda: tf.contrib.training.HParams(hparam_def=message, a=1)),
    ]


def model(tf):
    x = tf.placeholder_with_default(np.float32([[1.0, 2.0]]), [None, 2], name="x")
    w = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    rows = tf.get_variable("rows", [3, 1], initializer=tf.ones_initializer())
    out = tf.matmul(x, w) + b + tf.gather(rows, [0, 0])
    return x, tf.reduce_sum(out**2)


@program
def operations_that_train(tf, folder):
    training = tf.contrib.training
    out = []
    for arguments in (
        dict(),
        dict(transform_grads_fn=training.clip_gradient_norms_fn(0.5)),
        dict(transform_grads_fn=lambda pairs: training.multiply_gradients(pairs, {"w": 0.0, "rows": 2.0})),
        dict(summarize_gradients=True, check_numerics=False),
        dict(global_step=None),
    ):
        with tf.Graph().as_default(), tf.Session() as session:
            _, loss = model(tf)
            moved = tf.get_variable("moved", [], initializer=tf.zeros_initializer(), trainable=False)
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_add(moved, 1.0))
            train = training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1), **arguments)
            session.run(tf.global_variables_initializer())
            values = [session.run(train) for _ in range(2)]
            out.append([values, session.run(tf.global_variables()), train.name])
            out.append(sorted(op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)))
            out.append(len(tf.get_collection(tf.GraphKeys.TRAIN_OP)))
    return out


@program
def gradients_that_are_wrong(tf, folder):
    training = tf.contrib.training
    v = tf.get_variable("v", [2])
    pairs = [(tf.ones([2]), v)]
    return [
        attempt(lambda: training.multiply_gradients(tuple(pairs), {"v": 2.0})),
        attempt(lambda: training.multiply_gradients(pairs, {})),
        attempt(lambda: training.multiply_gradients(pairs, ["v"])),
        attempt(lambda: training.multiply_gradients([(None, v)], {"v": 2.0})),
        [grad is None for grad, _ in training.clip_gradient_norms([(None, v)], 1.0)],
        training.add_gradients_summaries([(None, v)]),
        attempt(lambda: training.train(v, None)),
        attempt(lambda: training.train(v, None, save_summaries_steps=None)),
        attempt(lambda: training.SummaryAtEndHook()),
        attempt(
            lambda: training.create_train_op(
                tf.reduce_sum(v), tf.train.GradientDescentOptimizer(0.1), variables_to_train=[]
            )
        ),
    ]


def write_checkpoints(tf, folder, steps):
    with tf.Graph().as_default():
        _, loss = model(tf)
        train = tf.contrib.training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.01))
        value = tf.contrib.training.train(
            train,
            folder,
            hooks=[tf.train.StopAtStepHook(steps)],
            save_checkpoint_secs=3600,
            save_summaries_steps=None,
        )
    tf.summary.FileWriterCache.clear()  # before the folder is gone
    return value


@program
def training_and_evaluating(tf, folder):
    training = tf.contrib.training
    out = [write_checkpoints(tf, folder, 3)]
    out.append([name for name in files(folder) if "ckpt" in name])
    path = tf.train.latest_checkpoint(folder)
    for eval_ops in ("one", "list", "dictionary", "none"):
        with tf.Graph().as_default():
            _, loss = model(tf)
            mean, update = tf.metrics.mean(loss)
            given = {"one": update, "list": [update], "dictionary": {"mean": update}, "none": None}[eval_ops]
            out.append(
                training.evaluate_once(
                    path,
                    eval_ops=given,
                    final_ops={"mean": mean, "step": training.get_or_create_eval_step()},
                    hooks=[training.StopAfterNEvalsHook(3, log_progress=False)]
                    if given is not None
                    else None,
                )
            )
    with tf.Graph().as_default():
        _, loss = model(tf)
        mean, update = tf.metrics.mean(loss)
        tf.summary.scalar("mean", mean)
        hooks = [training.StopAfterNEvalsHook(2), training.SummaryAtEndHook(os.path.join(folder, "eval"))]
        out.append(
            training.evaluate_repeatedly(
                folder, eval_ops=[update], final_ops=mean, hooks=hooks, max_number_of_evaluations=1
            )
        )
        out.append(len(hooks))
    tf.summary.FileWriterCache.clear()
    events = files(os.path.join(folder, "eval"))
    found = [
        [event.step, value.tag, value.simple_value]
        for event in tf.train.summary_iterator(os.path.join(folder, "eval", events[0]))
        for value in event.summary.value
    ]
    out.append([len(events), found])
    with tf.Graph().as_default():
        model(tf)
        out.append(
            training.evaluate_repeatedly(os.path.join(folder, "nothing"), timeout=0, final_ops=tf.constant(1))
        )
    return out


@program
def steps_of_evaluation(tf, folder):
    evaluation = internal("training.evaluation")
    write_checkpoints(tf, folder, 2)
    path = tf.train.latest_checkpoint(folder)
    out = []
    for number, per_run in ((6, 4), (3, 1), (2, 5)):
        with tf.Graph().as_default():
            model(tf)
            seen = tf.get_variable(
                "seen",
                [],
                tf.int64,
                initializer=tf.zeros_initializer(),
                collections=[tf.GraphKeys.LOCAL_VARIABLES],
            )
            steps = internal("training.basic_session_run_hooks").get_or_create_steps_per_run_variable()
            update = tf.assign_add(seen, tf.cast(steps, tf.int64))
            out.append(
                evaluation._evaluate_once(
                    path,
                    scaffold=tf.train.Scaffold(
                        local_init_op=tf.group(
                            tf.local_variables_initializer(), tf.variables_initializer([steps])
                        )
                    ),
                    eval_ops=update,
                    final_ops=[seen, evaluation._get_or_create_eval_step()],
                    hooks=[evaluation._MultiStepStopAfterNEvalsHook(number, per_run)],
                )
            )
    with tf.Graph().as_default():
        first = evaluation._get_or_create_eval_step()
        out.append([first.name, first.dtype.name, evaluation._get_or_create_eval_step() is first])
        tf.add_to_collection(tf.GraphKeys.EVAL_STEP, first)
        out.append(attempt(evaluation._get_or_create_eval_step))
    return out


@program
def places_of_variables(tf, folder):
    training = tf.contrib.training
    out = []
    for strategy in (
        training.RandomStrategy(2),
        training.RandomStrategy(3, seed=7),
        training.GreedyLoadBalancingStrategy(2, training.byte_size_load_fn),
        training.GreedyLoadBalancingStrategy(2, lambda op: 1),
    ):
        with tf.Graph().as_default():
            with tf.device(tf.train.replica_device_setter(ps_tasks=3, ps_strategy=strategy)):
                made = [
                    tf.get_variable("v%d" % i, [size], dtype)
                    for i, (size, dtype) in enumerate([(4, tf.float32), (1, tf.float64), (1, tf.float32)] * 2)
                ]
                made.append(tf.Variable(3, name="scalar"))
            out.append([v.device for v in made])
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2])
        out.append(training.byte_size_load_fn(tf.zeros([2, 3], tf.float64).op))
        out.append(attempt(lambda: training.byte_size_load_fn(tf.unstack(tf.zeros([2]))[0].op)))
        out.append(attempt(lambda: training.byte_size_load_fn(x.op)))
    return out
