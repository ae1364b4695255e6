"""Variables as VariableDef, and made from it: to_proto and from_proto of both kinds, and of slices."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def facts(variable):
    return [
        type(variable).__name__,
        variable.name,
        variable.dtype.name,
        variable.get_shape().as_list(),
        variable.trainable,
        variable.synchronization.name,
        variable.aggregation.name,
        variable.initializer.name,
        None if variable.initial_value is None else variable.initial_value.name,
        variable.value().name,
        variable.constraint,
        variable._get_save_slice_info() is None,
    ]


def both_kinds(tf):
    return [tf.Variable([1.0, 2.0], name=f"v{r:d}", use_resource=r) for r in (False, True)]


@program
def messages(tf):
    plain = both_kinds(tf)
    with tf.name_scope("outer"):
        inner = both_kinds(tf)
    function = tf.Variable(lambda: tf.zeros([2]), name="f", trainable=False)
    cached = [tf.Variable(1, name="c", caching_device="/cpu:0", use_resource=r) for r in (False, True)]
    shown = tf.get_variable(
        "s",
        [3],
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.MEAN,
    )
    made = [*plain, *inner, function, *cached, shown]
    return [str(v.to_proto()) for v in made] + [
        str(v.to_proto(export_scope=scope)) for v in made for scope in ("outer", "out", "outer/", "v")
    ]


@program
def made_from_messages(tf):
    results = []
    for v in [*both_kinds(tf), tf.Variable(1, name="c", caching_device="/cpu:0", use_resource=True)]:
        count = len(tf.get_default_graph().get_operations())
        again = type(v).from_proto(v.to_proto())
        results.append(len(tf.get_default_graph().get_operations()) == count)
        results += [again is v, again.op is v.op, again.initializer is v.initializer, facts(again)]
        results.append(str(again.to_proto()) == str(v.to_proto()))
    results.append(tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)[0].name)
    results.append(len(tf.global_variables()))
    return results


@program
def made_by_the_constructor(tf):
    ref, resource = both_kinds(tf)
    return [
        facts(tf.Variable(variable_def=ref.to_proto())),
        facts(tf.Variable(variable_def=resource.to_proto(), use_resource=True)),
        facts(tf.Variable.from_proto(ref.to_proto())),
        attempt(lambda: tf.Variable(1.0, variable_def=ref.to_proto())),
        attempt(lambda: tf.Variable(1.0, variable_def=resource.to_proto(), use_resource=True)),
        attempt(lambda: tf.Variable(variable_def=ref.to_proto(), use_resource=True)),
        attempt(lambda: type(resource).from_proto(ref.to_proto())),
        attempt(lambda: tf.Variable(variable_def="v")),
    ]


@program
def scopes_are_taken_away_and_put_before(tf):
    with tf.name_scope("outer"):
        inner = both_kinds(tf)
    messages = [v.to_proto(export_scope="outer") for v in inner]
    results = [attempt(lambda: type(inner[0]).from_proto(messages[0]))]
    for v, message in zip(inner, messages):  # noqa: B905 - Python 3.7
        again = type(v).from_proto(message, import_scope="outer")
        results += [again.op is v.op, facts(again)]
        results.append(attempt(lambda: facts(type(v).from_proto(message, import_scope="other"))))  # noqa: B023
    return results


@program
def values_of_what_was_made(tf):
    results = []
    for v in both_kinds(tf):
        again = type(v).from_proto(v.to_proto())
        with tf.Session() as session:
            session.run(again.initializer)
            session.run(again.assign_add([1.0, 1.0]))
            results += [session.run(v), session.run(again), session.run(again * 2), again.eval(session)]
            again.load([7.0, 8.0], session)
            results.append(session.run(v))
    return results


@program
def messages_of_the_first_versions(tf):
    ref, resource = both_kinds(tf)
    results = []
    message = ref.to_proto()
    message.ClearField("initial_value_name")
    results.append(facts(tf.Variable.from_proto(message)))
    results.append(str(tf.Variable.from_proto(message).to_proto()))
    message.trainable = False
    results.append(facts(tf.Variable.from_proto(message)))
    message = resource.to_proto()
    message.ClearField("initial_value_name")
    message.ClearField("snapshot_name")
    results.append(facts(type(resource).from_proto(message)))
    results.append(str(type(resource).from_proto(message).to_proto()))
    return results


@program
def slices(tf):
    info = tf.Variable.SaveSliceInfo("outer/full", [10, 4], [5, 0], [5, 4])
    message = info.to_proto()
    results = [info.spec, str(message), str(info.to_proto("outer")), str(info.to_proto("other"))]
    again = tf.Variable.SaveSliceInfo(save_slice_info_def=message, import_scope="more")
    results += [again.full_name, again.full_shape, again.var_offset, again.var_shape, again.spec]
    results.append(attempt(lambda: tf.Variable.SaveSliceInfo("v").spec))
    for v in both_kinds(tf):
        v._set_save_slice_info(info)
        results += [str(v.to_proto()), v._get_save_slice_info() is info]
        results.append(type(v).from_proto(v.to_proto())._get_save_slice_info().spec)
    return results
