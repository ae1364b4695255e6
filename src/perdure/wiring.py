"""Which module implements each of the graph's hooks: where lower layers learn of higher ones."""

from perdure.graph import collection_protos, hooks
from perdure.graph.keys import GraphKeys

# Collections that hold variables, and those of what lies above the graph, too.
_OF_VARIABLES = (
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.MOVING_AVERAGE_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.METRIC_VARIABLES,
    GraphKeys.GLOBAL_STEP,
)


def wire() -> None:
    """Bind every hook of the graph to its implementation, without importing it."""
    hooks.create_operation.bind("perdure.graph.construction:create_from_flat_inputs")
    hooks.infer_shapes.bind("perdure.inference.shapes:infer_shapes")
    hooks.graph_def.bind("perdure.formats.graph.graph_def:graph_to_proto")
    hooks.graph_versions.bind("perdure.formats.graph.graph_def:graph_versions")
    hooks.shape_proto.bind("perdure.formats.graph.tensors:shape_to_proto")
    hooks.node_def.bind("perdure.formats.graph.graph_def:operation_to_proto")
    hooks.printed_node.bind("perdure.formats.graph.graph_def:operation_to_text")
    hooks.op_def.bind("perdure.formats.graph.op_defs:operation_op_def")
    hooks.attr_value.bind("perdure.formats.graph.graph_def:operation_attr_as_user_sees_it")
    hooks.from_attr_value.bind("perdure.formats.graph.graph_def:from_attr_value")
    hooks.cond_v2.bind("perdure.functions.cond_v2:cond_v2")
    hooks.indexed_case.bind("perdure.functions.cond_v2:indexed_case")
    hooks.list_array.bind("perdure.functional.control.list_arrays:ListArray")
    hooks.while_v2.bind("perdure.functions.while_v2:while_loop")
    hooks.function_body.bind("perdure.interchange.functions:function_def_to_graph")
    hooks.conditional_gradient.bind("perdure.functions.cond_v2:conditional_gradient")
    hooks.named_call_gradient.bind("perdure.functions.named_calls:named_call_gradient")
    hooks.variable_scope.bind("perdure.variables.scope:get_variable_scope")
    hooks.loop_gradient.bind("perdure.functions.while_v2:loop_gradient")
    hooks.context_from_proto.bind("perdure.functional.control.contexts:from_control_flow_context_def")
    hooks.graph_html.bind("perdure.drawing.graph:graph_html")
    hooks.gradients.bind("perdure.gradients.driver:gradients")
    hooks.custom_gradient.bind("perdure.gradients.custom:custom_gradient")
    hooks.slice_tensor.bind("perdure.functional.array.slicing:slice_helper")
    hooks.matmul.bind("perdure.functional.math.products:matmul")
    for collection in _OF_VARIABLES:
        collection_protos.provide(
            collection, "VariableDef", "perdure.variables.from_definitions:variable_from_proto"
        )
    collection_protos.provide(
        GraphKeys.QUEUE_RUNNERS, "QueueRunnerDef", "perdure.queues.queue_runner:QueueRunner.from_proto"
    )
    collection_protos.provide("hparams", "HParamDef", "perdure.contrib.training.hparam:HParams.from_proto")
    collection_protos.provide(GraphKeys.SAVERS, "SaverDef", "perdure.training.saving.saver:Saver.from_proto")
    collection_protos.provide(
        GraphKeys.COND_CONTEXT,
        "CondContextDef",
        "perdure.functional.control.cond_context:CondContext.from_proto",
    )
    collection_protos.provide(
        GraphKeys.WHILE_CONTEXT,
        "WhileContextDef",
        "perdure.functional.control.while_context:WhileContext.from_proto",
    )
