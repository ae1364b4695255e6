"""Reading checkpoints of `tf.train.Checkpoint` by the names that variables had when they were written."""

from __future__ import annotations

from typing import Any

from perdure.graph.errors import NotFoundError
from perdure.tracking.trackable import OBJECT_GRAPH_PROTO_KEY
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.saving.saveables import SaveableObject, validate_and_slice_inputs


def object_graph_key_mapping(checkpoint_path: str) -> dict[str, str]:
    """The keys of an object-based checkpoint, by the names that the variables had.

    Args:
        checkpoint_path: the name of the checkpoint.

    Raises:
        NotFoundError: it is not of that kind.
    """
    from perdure.formats.messages import TrackableObjectGraph

    graph = TrackableObjectGraph()
    graph.ParseFromString(NewCheckpointReader(checkpoint_path).get_tensor(OBJECT_GRAPH_PROTO_KEY))
    return {
        attribute.full_name: attribute.checkpoint_key for node in graph.nodes for attribute in node.attributes
    }


def renamed_saveables(var_list: Any, names_to_keys: dict[str, str]) -> list[SaveableObject]:
    """What saves variables, under the keys of an object-based checkpoint.

    Args:
        var_list: the variables, as for `tf.train.Saver`.
        names_to_keys: the keys, by the variables' names.

    Raises:
        NotFoundError: there is no key for a variable.
    """
    saveables = validate_and_slice_inputs(var_list)
    specs = [spec for saveable in saveables for spec in saveable.specs]
    names = {spec.name for spec in specs}
    missing = names - names_to_keys.keys()
    if missing:
        raise NotFoundError(
            None,
            None,
            f"\n\nExisting variables not in the checkpoint: {', '.join(sorted(missing))}\n\n"
            "Variables names when this checkpoint was written which don't exist now: "
            f"{', '.join(sorted(names_to_keys.keys() - names))}\n\n"
            f"({len(names & names_to_keys.keys())} variable name(s) did match)\n\n"
            "Could not find some variables in the checkpoint (see names above). Saver was attempting to load "
            "an object-based checkpoint (saved using tf.train.Checkpoint or tf.keras.Model.save_weights) "
            "using variable names. If the checkpoint was written with eager execution enabled, it's possible "
            "that variable names have changed (for example missing a '_1' suffix). It's also possible that "
            "there are new variables which did not exist when the checkpoint was written. You can construct "
            "a Saver(var_list=...) with only the variables which previously existed, and if variable names "
            "have changed you may need to make this a dictionary with the old names as keys. If you're using "
            "an Estimator, you'll need to return a tf.train.Saver inside a tf.train.Scaffold from your "
            "model_fn.",
        )
    for spec in specs:
        spec.name = names_to_keys[spec.name]
    return saveables
