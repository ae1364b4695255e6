"""Writing a SavedModel with one graph and one signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perdure.graph.defaults import get_collection
from perdure.graph.keys import GraphKeys
from perdure.saved_model.builder import SavedModelBuilder
from perdure.saved_model.signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY
from perdure.saved_model.signatures import predict_signature_def
from perdure.saved_model.tag_constants import SERVING


def simple_save(
    session: Any,
    export_dir: Any,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    legacy_init_op: Any = None,
) -> None:
    """Write the default graph for serving, with the variables of a session.

    Args:
        session: where the variables have values.
        export_dir: the folder; made if it is not there.
        inputs: the tensors that are fed, by name.
        outputs: the tensors that are fetched, by name.
        legacy_init_op: the operation to run when the model was loaded.

    Raises:
        AssertionError: the folder has something in it.
        ValueError: there are no inputs or outputs.
    """
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session,
        tags=[SERVING],
        signature_def_map={DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=get_collection(GraphKeys.ASSET_FILEPATHS),
        main_op=legacy_init_op,
        clear_devices=True,
    )
    builder.save()
