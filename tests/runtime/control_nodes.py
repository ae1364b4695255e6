"""Conditionals and loops written as TensorFlow 1's nodes, for the tests of what runs them."""

from perdure import tf
from perdure.graph.builder import g


def beside(tensor, value):
    """A constant in the frame, and the branch, of a tensor."""
    with tf.control_dependencies(None), tf.control_dependencies([tensor.op]):
        return tf.constant(value, tensor.dtype)


def conditional(condition, if_true, if_false, *captured):
    """Switch each of `captured`, call both branches on what they get, and merge what they return."""
    switched = [g.switch(value, condition) for value in captured]
    made_true = if_true(*[pair.output_true for pair in switched])
    made_false = if_false(*[pair.output_false for pair in switched])
    return g.merge([made_false, made_true])


def loop(goes_on, body, variables, constants=(), name="loop", parallel_iterations=10):
    """A loop, as `tf.while_loop` writes it; `goes_on` and `body` get the variables and the constants."""
    attrs = {"frame_name": name, "parallel_iterations": parallel_iterations}
    enters = [g.enter(value, **attrs) for value in variables]
    for enter, value in zip(enters, variables, strict=True):
        enter.set_shape(value.shape)
    fixed = [g.enter(value, is_constant=True, **attrs) for value in constants]
    merges = [g.merge([enter, enter]).output for enter in enters]
    condition = g.loop_cond(goes_on(*merges, *fixed))
    switches = [g.switch(merge, condition) for merge in merges]
    results = body(*[g.identity(switch.output_true) for switch in switches], *fixed)
    for merge, result in zip(merges, results, strict=True):
        merge.op._update_input(1, g.next_iteration(result))
    return [g.exit(switch.output_false) for switch in switches]
