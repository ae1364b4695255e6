"""Lists of tensors and optional values: what their ops make, their gradients, shapes and refusals."""

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def modules():
    return internal("ops.list_ops"), internal("ops.gen_list_ops"), internal("ops.gen_dataset_ops")


def ran(tf, make):
    """What a step of `make()` gives, or the error of making or running it."""
    with tf.Session() as session:
        return attempt(lambda: session.run(make()))


@program
def elements(tf):
    lists, raw, _ = modules()
    f = tf.float32

    def pushed():
        made = lists.empty_tensor_list(element_shape=[2], element_dtype=f)
        made = lists.tensor_list_push_back(made, [1.0, 2.0])
        return lists.tensor_list_push_back(made, [3.0, 4.0])

    def popped():
        both = pushed()
        rest, last = lists.tensor_list_pop_back(both, element_dtype=f)
        again = lists.tensor_list_push_back(rest, [5.0, 6.0])
        return (
            last,
            lists.tensor_list_stack(both, f),
            lists.tensor_list_stack(again, f),
            raw.tensor_list_length(rest),
        )

    def changed():
        made = lists.tensor_list_reserve([], 3, f)
        made = lists.tensor_list_set_item(made, 1, 7.0)
        longer = raw.tensor_list_resize(made, 5)
        shorter = raw.tensor_list_resize(made, 2)
        return [lists.tensor_list_stack(one, f) for one in (made, longer, shorter)]

    def scattered():
        made = lists.tensor_list_scatter([[1.0], [2.0]], [2, 0], element_shape=[1])
        other = lists.tensor_list_scatter([[9.0]], [1], input_handle=made)
        old = raw.tensor_list_scatter([3.0, 4.0], [1, 0], tf.constant([], tf.int32))
        return (
            lists.tensor_list_stack(other, f),
            lists.tensor_list_gather(other, [1, 2, 1], f),
            lists.tensor_list_stack(made, f, element_shape=[1]),
            lists.tensor_list_stack(old, f),
        )

    def joined():
        made = lists.tensor_list_split([[1.0], [2.0], [3.0]], [None, 1], [1, 2])
        tensor = lists.tensor_list_concat(made, f, element_shape=[None, 1])
        old, lengths = raw.tensor_list_concat(made, element_dtype=f)
        both = raw.tensor_list_concat_lists(made, made, element_dtype=f)
        return (
            tensor,
            old,
            lengths,
            raw.tensor_list_length(both),
            raw.tensor_list_element_shape(made, tf.int64),
        )

    def batched():
        made = raw.tensor_list_push_back_batch(tf.stack([pushed(), pushed()]), [[5.0, 5.0], [6.0, 6.0]])
        return [lists.tensor_list_stack(one, f) for one in tf.unstack(made, num=2)]

    def added():
        return lists.tensor_list_stack(tf.add_n([pushed(), pushed()]), f), lists.tensor_list_stack(
            tf.zeros_like(pushed()), f
        )

    def from_rows():
        made = lists.tensor_list_from_tensor([[1.0, 2.0], [3.0, 4.0]], [2])
        return lists.tensor_list_get_item(made, 1, f), lists.tensor_list_set_item(
            made, 3, [0.0, 0.0], resize_if_index_out_of_bounds=True
        ) is not None

    return [
        ran(tf, lambda: popped()),
        ran(tf, lambda: changed()),
        ran(tf, lambda: scattered()),
        ran(tf, lambda: joined()),
        ran(tf, lambda: batched()),
        ran(tf, lambda: added()),
        ran(tf, lambda: from_rows()[:1]),
    ]


@program
def gradients(tf):
    lists, raw, _ = modules()
    f = tf.float32

    def of(make, *shapes):
        def both():
            inputs = [tf.reshape(tf.range(1.0, 1.0 + n * 2), [n, 2]) for n in shapes]
            result = make(*inputs)
            return [result, *tf.gradients(result * result, inputs)]

        return ran(tf, both)

    def collected(x):
        made = lists.empty_tensor_list([2], f)
        for i in range(3):
            made = lists.tensor_list_push_back(made, x[i] * (i + 1.0))
        made, last = lists.tensor_list_pop_back(made, f)
        return lists.tensor_list_stack(made, f) + last

    return [
        of(collected, 3),
        of(lambda x: lists.tensor_list_stack(lists.tensor_list_from_tensor(x, [2]), f), 2),
        of(lambda x: lists.tensor_list_get_item(lists.tensor_list_from_tensor(x, [2]), 1, f), 3),
        of(
            lambda x, y: lists.tensor_list_stack(
                lists.tensor_list_set_item(lists.tensor_list_from_tensor(x, [2]), 0, y[0]), f
            ),
            2,
            1,
        ),
        of(lambda x: lists.tensor_list_gather(lists.tensor_list_from_tensor(x, [2]), [1, 0], f), 2),
        of(lambda x: lists.tensor_list_stack(lists.tensor_list_scatter(x, [1, 0], [2]), f), 2),
        of(
            lambda x: lists.tensor_list_concat(lists.tensor_list_split(x, [None, 2], [1, 2]), f, [None, 2]), 3
        ),
        of(
            lambda x: lists.tensor_list_stack(
                raw.tensor_list_resize(lists.tensor_list_from_tensor(x, [2]), 2), f, element_shape=[2]
            ),
            3,
        ),
    ]


@program
def static_shapes(tf):
    lists, raw, _ = modules()
    f = tf.float32
    made = lists.empty_tensor_list([2, None], f)
    made = lists.tensor_list_push_back(made, tf.placeholder(f, [2, 3]))
    _, last = lists.tensor_list_pop_back(made, f)
    return [
        str(last.shape),
        str(lists.tensor_list_stack(made, f).shape),
        str(lists.tensor_list_stack(made, f, num_elements=4, element_shape=[2, 5]).shape),
        str(lists.tensor_list_gather(made, [0, 0, 0], f).shape),
        str(lists.tensor_list_get_item(made, 0, f).shape),
        str(lists.tensor_list_concat(made, f).shape),
        str(raw.tensor_list_element_shape(made, tf.int32).shape),
        str(made.shape),
    ]


@program
def refusals(tf):
    lists, raw, _ = modules()
    f = tf.float32

    def some(n=2, most=None):
        made = lists.empty_tensor_list(None, f, max_num_elements=most)
        for i in range(n):
            made = lists.tensor_list_push_back(made, [float(i)] * (i + 1))
        return made

    return [
        ran(tf, lambda: lists.tensor_list_pop_back(some(0), f)[1]),
        ran(tf, lambda: raw.tensor_list_length(some(2, most=1))),
        ran(tf, lambda: lists.tensor_list_stack(some(2), f)),
        ran(tf, lambda: lists.tensor_list_stack(some(0), f)),
        ran(tf, lambda: lists.tensor_list_stack(some(1), f, num_elements=3)),
        ran(tf, lambda: lists.tensor_list_get_item(some(1), 4, f)),
        ran(
            tf,
            lambda: (
                lists.tensor_list_set_item(some(1), 4, [1.0]) is None
                or raw.tensor_list_length(lists.tensor_list_set_item(some(1), 4, [1.0]))
            ),
        ),
        ran(tf, lambda: lists.tensor_list_stack(lists.tensor_list_reserve(None, 2, f), f)),
        ran(tf, lambda: raw.tensor_list_length(lists.tensor_list_split([1.0, 2.0], [None], [1, 2]))),
        ran(tf, lambda: raw.tensor_list_length(tf.add_n([some(1), some(2)]))),
    ]


@program
def optional_values(tf):
    _, _, raw = modules()
    some = lambda: raw.optional_from_value([tf.constant([1.0, 2.0])])  # noqa: E731
    get = lambda o: raw.optional_get_value(o, [tf.float32], [tf.TensorShape([2])])[0]  # noqa: E731
    return [
        ran(tf, lambda: get(some())),
        ran(tf, lambda: [raw.optional_has_value(some()), raw.optional_has_value(raw.optional_none())]),
        ran(tf, lambda: get(raw.optional_none())),
        ran(tf, lambda: get(tf.add_n([some(), some()]))),
        ran(tf, lambda: get(tf.zeros_like(some()))),
    ]


@program
def functions_that_choose_and_repeat(tf):
    """If, Case, While and calls with their gradients."""
    function = internal("eager.function")
    x = tf.placeholder(tf.float32, [2])

    @function.defun
    def chosen(x):
        y = tf.cond(x[0] > 0, lambda: x * x, lambda: x + 1.0)
        _, z = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x * 2.0), [0, y])
        return tf.switch_case(tf.cast(x[0], tf.int32), [lambda: z, lambda: z * z * 2.0])

    result = chosen(x)
    first = tf.gradients(result, x)[0]
    with tf.Session() as session:
        return [session.run([result, first], {x: given}) for given in ([1.0, 2.0], [-1.0, 0.5], [0.5, 0.25])]


@program
def functions_that_are_called_by_name(tf):
    """Values, gradients of all kinds, control flow inside, captured tensors and variables."""
    function = internal("framework.function")
    c, x = tf.constant([1.0, 2.0]), tf.placeholder(tf.float32, [2])
    w = tf.get_variable("w", initializer=3.0, use_resource=False)

    @function.Defun(tf.float32)
    def both(x):
        return x + c, x * w, x

    @function.Defun(tf.float32, python_grad_func=lambda op, dy: dy * 100.0)
    def own_gradient(x):
        return tf.square(x) + 3.0

    @function.Defun(tf.float32, tf.float32)
    def its_gradient(x, dy):
        return dy * 7.0

    @function.Defun(tf.float32, grad_func=its_gradient)
    def with_gradient(x):
        return x * x

    @function.Defun(tf.float32)
    def flows(x):
        y = tf.cond(x[0] > 0, lambda: x * 2.0, lambda: x * 3.0)
        return tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v + x), [0, y])[1]

    @function.Defun()
    def added(a, b):
        return a + b

    first, second, _ = both(x)
    results = [
        first,
        tf.gradients(first * second, [x, c]),
        tf.gradients(own_gradient(x), x),
        tf.gradients(with_gradient(x), x),
        flows(x),
        added(x, c),
        added(1, 2),
    ]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = [session.run(results, {x: given}) for given in ([1.0, 2.0], [-1.0, 0.5])]
    return [
        found,
        attempt(lambda: both(x, x)),
        attempt(lambda: both(x, color=1)),
        attempt(lambda: function.Defun(tf.float32)(lambda a, b=1: a)),
        attempt(lambda: function.Defun(tf.float32)(lambda a, b: a)),
        attempt(lambda: function.Defun(tf.float32)(lambda a: [a, None]).name),
        attempt(lambda: function.Defun(func_name="by_value", capture_by_value=True)(lambda: x * 1.0).name),
    ]
