"""Network.save_weights and load_weights: HDF5 files and checkpoints."""

from __future__ import annotations

import os
from typing import Any

from perdure.graph.errors import DataLossError
from perdure.keras.backend.state import get_session
from perdure.keras.saving import hdf5
from perdure.keras.utils.asking import may_write
from perdure.keras.utils.optional import h5py_module
from perdure.platform import logging
from perdure.tracking.trackable import Trackable
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.checkpoints.object_graph import ObjectGraphView
from perdure.training.checkpoints.statuses import streaming_restore
from perdure.training.checkpoints.trackable_saver import TrackableSaver
from perdure.training.saving.management import update_checkpoint_state_internal

_FORMATS = {"tensorflow": "tf", "tf": "tf", "hdf5": "h5", "h5": "h5", "keras": "h5"}


def _is_hdf5(path: str) -> bool:
    return path.endswith((".h5", ".keras", ".hdf5"))


def _saver(model: Any) -> TrackableSaver:
    """What saves the variables of a model and restores them, which keeps its nodes."""
    if "_trackable_saver" not in model.__dict__:
        object.__setattr__(model, "_trackable_saver", TrackableSaver(ObjectGraphView(model)))
    found: TrackableSaver = model.__dict__["_trackable_saver"]
    return found


def save(model: Any, filepath: str, overwrite: bool = True, save_format: str | None = None) -> None:
    """Save the variables of a model; see `Network.save_weights`."""
    is_hdf5 = _is_hdf5(filepath)
    if save_format is None:
        found = "h5" if is_hdf5 else "tf"
    else:
        found = _FORMATS.get(save_format.lower().strip(), "")
        if not found:
            raise ValueError(f'Unknown format "{save_format}". Was expecting one of {{"tf", "h5"}}.')
    if found == "tf" and is_hdf5:
        raise ValueError(
            'save_weights got save_format="tf"/"tensorflow", but the filepath '
            f'("{filepath}") looks like an HDF5 file. Omit the ".h5"/".keras" when saving in TensorFlow '
            "format."
        )
    h5py = h5py_module("save_weights") if found == "h5" else None
    if not may_write(filepath if found == "h5" else f"{filepath}.index", overwrite):
        return
    if h5py is not None:
        with h5py.File(filepath, "w") as file:
            hdf5.save_weights(file, model.layers)
        return
    optimizer = getattr(model, "optimizer", None)
    if optimizer and not isinstance(optimizer, Trackable):
        logging.warning(
            f"This model was compiled with a Keras optimizer ({optimizer}) but is being saved in TensorFlow "
            "format with `save_weights`. The model's weights will be saved, but unlike with TensorFlow "
            "optimizers in the TensorFlow format the optimizer's state will not be saved.\n\nConsider using "
            "a TensorFlow optimizer from `tf.train`."
        )
    _saver(model).save(filepath, session=get_session())
    update_checkpoint_state_internal(
        save_dir=os.path.dirname(filepath),
        model_checkpoint_path=filepath,
        save_relative_paths=True,
        all_model_checkpoint_paths=[filepath],
    )


def _is_checkpoint(filepath: str) -> bool:
    """Whether there is a checkpoint, and no HDF5 file without one of its endings."""
    if _is_hdf5(filepath):
        return False
    try:
        NewCheckpointReader(filepath)
    except DataLossError:
        return False
    return True


def load(model: Any, filepath: str, by_name: bool = False) -> Any:
    """Load the variables of a model; see `Network.load_weights`."""
    if _is_checkpoint(filepath):
        status = _saver(model).restore(filepath)
        if by_name:
            raise NotImplementedError(
                "Weights may only be loaded based on topology into Models when loading TensorFlow-formatted "
                "weights (got by_name=True to load_weights)."
            )
        streaming_restore(status=status, session=get_session())
        status.assert_nontrivial_match()
        return status
    h5py = h5py_module("load_weights")
    if model._is_graph_network and not model.built:
        raise NotImplementedError(
            "Unable to load weights saved in HDF5 format into a subclassed Model which has not created its "
            "variables yet. Call the Model first, then load the weights."
        )
    model._assert_weights_created()
    with h5py.File(filepath, "r") as file:
        group = file
        if "layer_names" not in file.attrs and "model_weights" in file:
            group = file["model_weights"]
        if by_name:
            hdf5.load_weights_by_name(group, model.layers)
        else:
            hdf5.load_weights(group, model.layers)
    return None
