"""Templates: functions that make their variables once, after TensorFlow's template_test.py."""

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def names(variables):
    return [variable.name for variable in variables]


def variable_in(tf, scope, name="dummy", trainable=True):
    with tf.variable_scope(scope):
        return tf.get_variable(name, shape=[1], trainable=trainable, initializer=tf.zeros_initializer())


def maker(tf):
    return lambda scope="scope", **arguments: variable_in(tf, scope, **arguments)


@program
def names_of_templates(tf):
    function = maker(tf)
    first = tf.make_template("s1", function)
    second = tf.make_template("s1", function)
    results = [names([first(), first(), second()]), first() is first()]
    with tf.variable_scope("outer"):
        third = tf.make_template("s1", function)
        fourth = tf.make_template("s1", function, unique_name_="u")
        now = tf.make_template("now", function, create_scope_now_=True)
        results += [names([third(), fourth()]), now.variable_scope.name, now.variable_scope_name]
    results += [names([now(), third()]), now() is now()]
    results += [first.name, first.variable_scope.name, first.variable_scope_name, first.var_scope.name]
    fresh = tf.make_template("fresh", function)
    results += [fresh.variable_scope, fresh.variable_scope_name, fresh.variables, fresh.func is function]
    return results


@program
def unique_names(tf):
    first = tf.make_template("s1", maker(tf), unique_name_="s1")
    second = tf.make_template("s1", maker(tf), unique_name_="s1")
    results = [first().name, attempt(second)]
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        again = tf.make_template("s1", maker(tf), unique_name_="s1")
        results.append(again() is first())
    shared = tf.make_template("s2", maker(tf), unique_name_="s2", create_scope_now_=True)
    results += [shared().name, names(shared.variables)]
    return results


@program
def wrong_arguments(tf):
    return [
        attempt(lambda: tf.make_template(None, lambda: 1)),
        attempt(lambda: tf.make_template("a", 1)()),
        attempt(lambda: tf.make_template("a", maker(tf))(1, 2)),
        attempt(lambda: tf.make_template("a", maker(tf), scope="x")().name),
        attempt(lambda: tf.make_template("b", maker(tf), scope="x")(scope="y").name),
        attempt(lambda: tf.make_template("c", maker(tf), None)().name),
    ]


@program
def what_they_made(tf):
    def function():
        v = variable_in(tf, "v")
        w = variable_in(tf, "w", trainable=False)
        tf.get_local_variable("local", [1], initializer=tf.zeros_initializer())
        tf.get_variable("parts", [4], partitioner=tf.fixed_size_partitioner(2))
        return v, w

    template = tf.make_template("t", function)
    before = [template.variables, template.trainable_variables, template.local_variables]
    template()
    return [
        before,
        names(template.variables),
        names(template.weights),
        names(template.global_variables),
        names(template.local_variables),
        names(template.trainable_variables),
        names(template.trainable_weights),
        names(template.non_trainable_variables),
        names(template.non_trainable_weights),
    ]


@program
def variables_made_later(tf):
    state = {"made": 0}

    def counting(trainable):
        def function():
            state["made"] += 1
            return tf.Variable(1.0, trainable=trainable, name="v%d" % state["made"])

        return function

    trainable = tf.make_template("a", counting(True))
    other = tf.make_template("b", counting(False))
    results = [trainable().name, other().name]
    error = attempt(trainable)
    results += [type(error).__name__, str(error).split("\n")[0][:60], "originally defined at" in str(error)]
    results += [other().name, names(other.variables)]
    return results


@program
def errors_say_where_they_were_made(tf):
    def failing():
        tf.get_variable("v", [1])
        raise ValueError("from inside", 7)

    template = tf.make_template("t", failing)
    error = attempt(template)
    lines = str(error.args[0]).split("\n")
    again = attempt(template)
    return [
        type(error).__name__,
        lines[0],
        lines[2],
        "templates.py" in lines[3] and "errors_say_where_they_were_made" in lines[3],
        lines[4].strip(),
        error.args[1],
        str(again).split("\n")[0][:40],
        names(tf.global_variables()),
        template.variables,
    ]


@program
def nested(tf):
    inner = tf.make_template("inner", maker(tf))
    counts = []

    def function():
        counts.append(1)
        first, second = inner(), tf.make_template("made_inside", maker(tf))()
        with tf.variable_scope("more"):
            third = maker(tf)("deep")
        return first, second, third

    outer = tf.make_template("outer", function)
    other = tf.make_template("outer", function)
    a, b, c = outer(), outer(), other()
    return [
        names(a),
        [x is y for x, y in zip(a, b)],
        names(c),
        names(outer.variables),
        names(inner.variables),
    ]  # noqa: B905 - Python 3.7


@program
def getters(tf):
    seen = []

    def getter(getter, name, *args, **kwargs):
        seen.append(name)
        return getter(name, *args, **kwargs)

    template = tf.make_template("s", maker(tf), custom_getter_=getter)
    now = tf.make_template("n", maker(tf), custom_getter_=getter, create_scope_now_=True)
    template()
    template()
    now()
    return seen


@program
def nodes(tf):
    def function(x):
        return tf.add(x, tf.get_variable("w", [2], initializer=tf.ones_initializer()), name="sum")

    template = tf.make_template("t", function)
    now = tf.make_template("n", function, create_scope_now_=True)
    results = [template(1.0).name, template(2.0).name, now(1.0).name, now(2.0).name]
    with tf.name_scope("outside"):
        results += [template(3.0).name, now(3.0).name]
    with tf.variable_scope("scope"):
        results.append(template(4.0).name)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        results.append(session.run([template(1.0), now(2.0)]))
    return results


@program
def tracked(tf):
    def function():
        inner = tf.make_template("inner", maker(tf))
        variable_in(tf, "v")
        return inner()

    template = tf.make_template("outer", function)
    template()
    return [[item.name, type(item.ref).__name__] for item in template._checkpoint_dependencies]


@program
def scopes_without_names_scopes(tf):
    scopes = internal("ops.variable_scope")
    with scopes._pure_variable_scope("a", dtype=tf.float64) as a:
        results = [tf.get_variable("v", [1]).name, tf.constant(1).name, a.name, a.original_name_scope]
        with scopes._pure_variable_scope("b", old_name_scope="x/") as b:
            results += [b.name, b.original_name_scope, b.dtype.name, scopes._get_unique_variable_scope("c")]
    with scopes._pure_variable_scope(a, reuse=True):
        results += [tf.get_variable("v", dtype=tf.float64).name, tf.constant(1).name]
    results.append(scopes._get_unique_variable_scope("a"))
    results.append(scopes._get_default_variable_store() is scopes._get_default_variable_store())
    results.append(sorted(scopes._get_default_variable_store()._vars))
    results.append(scopes.get_variable_scope_store().current_scope is tf.get_variable_scope())
    results.append(scopes.variable(1.0, name="made").name)
    return results


@program
def stores_and_nesting(tf):
    scopes = internal("ops.variable_scope")
    store = scopes._get_default_variable_store()
    v = store.get_variable("v", [1])
    results = [
        store.get_variable("v", [1]) is v,
        type(store.get_variable("r", [1], use_resource=True)).__name__,
        attempt(lambda: store.get_variable("v", [1], reuse=False)),
        attempt(lambda: store.get_variable("u", [1], reuse=True)),
        sorted(variable.name for variable in store._vars.values()),
    ]
    with scopes.variable_scope("a"):
        scope = scopes.variable_scope("b")
        scope.__enter__()
        with scopes.variable_scope("c"):
            results.append(attempt(lambda: scope.__exit__(None, None, None)))
            results.append(tf.get_variable_scope().name)
        results += [attempt(lambda: scope.__exit__(None, None, None)), tf.get_variable_scope().name]
    own = scopes.EagerVariableStore()
    with own.as_default():
        tf.get_variable("v", [], trainable=False)
        tf.get_variable("a", [])
    results += [
        names(own.variables()),
        names(own.trainable_variables()),
        names(own.non_trainable_variables()),
    ]
    results.append(scopes._get_default_variable_store() is store)
    return results


@program
def creators_and_nesting(tf):
    seen = []

    def creator(mark):
        def create(next_creator, **kwargs):
            seen.append(mark)
            return next_creator(**kwargs)

        return create

    graph = tf.get_default_graph()
    before = graph._variable_creator_stack
    with tf.variable_creator_scope(creator(1)), tf.variable_creator_scope(creator(2)):
        tf.get_variable("v", [])
        inside = len(graph._variable_creator_stack)
    scope = tf.variable_creator_scope(creator(3))
    scope.__enter__()
    wrong = attempt(lambda: leave_early(tf, scope, creator(4)))
    graph._variable_creator_stack = before
    tf.get_variable("w", [])
    return [seen, inside, wrong, graph._variable_creator_stack]


def leave_early(tf, scope, creator):
    with tf.variable_creator_scope(creator):
        scope.__exit__(None, None, None)
