"""The signatures and the folder of a model that is exported."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from perdure.filesystem.files import FILES, text_of
from perdure.platform import logging
from perdure.saved_model import signature_constants as constants
from perdure.saved_model import tag_constants as tags
from perdure.saved_model.export_outputs import EvalOutput, ExportOutput, PredictOutput, TrainOutput
from perdure.saved_model.mode_keys import KerasModeKeys, ModeKeyMap, is_predict, is_train
from perdure.saved_model.signatures import is_valid_signature

EXPORT_TAG_MAP = ModeKeyMap(
    **{
        KerasModeKeys.PREDICT: [tags.SERVING],
        KerasModeKeys.TRAIN: [tags.TRAINING],
        KerasModeKeys.TEST: [tags.EVAL],
    }
)
SIGNATURE_KEY_MAP = ModeKeyMap(
    **{
        KerasModeKeys.PREDICT: constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY,
        KerasModeKeys.TRAIN: constants.DEFAULT_TRAIN_SIGNATURE_DEF_KEY,
        KerasModeKeys.TEST: constants.DEFAULT_EVAL_SIGNATURE_DEF_KEY,
    }
)
# What single features, inputs and labels are called.
SINGLE_FEATURE_DEFAULT_NAME = "feature"
SINGLE_RECEIVER_DEFAULT_NAME = "input"
SINGLE_LABEL_DEFAULT_NAME = "label"
# How often a name for a folder is tried, a second after each other.
MAX_DIRECTORY_CREATION_ATTEMPTS = 10
# What logs call the signatures of each method.
_METHODS = {
    constants.CLASSIFY_METHOD_NAME: "Classify",
    constants.REGRESS_METHOD_NAME: "Regress",
    constants.PREDICT_METHOD_NAME: "Predict",
    constants.SUPERVISED_TRAIN_METHOD_NAME: "Train",
    constants.SUPERVISED_EVAL_METHOD_NAME: "Eval",
}


def build_all_signature_defs(
    receiver_tensors: Any,
    export_outputs: Mapping[Any, ExportOutput] | None,
    receiver_tensors_alternatives: Mapping[Any, Any] | None = None,
    serving_only: bool = True,
) -> dict[str, Any]:
    """The signatures of a model, by name.

    Args:
        receiver_tensors: the tensors that are fed, by name, or one.
        export_outputs: what the signatures give, by name.
        receiver_tensors_alternatives: other tensors that may be fed, by name.
        serving_only: whether signatures that cannot be served are left out.

    Raises:
        ValueError: `export_outputs` is no dictionary.
    """
    if not isinstance(export_outputs, dict):
        raise ValueError(f"export_outputs must be a dict and not{type(export_outputs)}")
    made: dict[str, Any] = {}
    excluded: dict[str, str] = {}

    def add(receivers: Any, name_of: Any) -> None:
        if not isinstance(receivers, dict):
            receivers = {SINGLE_RECEIVER_DEFAULT_NAME: receivers}
        for key, output in export_outputs.items():
            name = name_of(key or "None")
            try:
                made[name] = output.as_signature_def(receivers)
            except ValueError as error:
                excluded[name] = str(error)

    add(receiver_tensors, str)
    for receiver, receivers in (receiver_tensors_alternatives or {}).items():
        add(receivers, lambda key, receiver=receiver: f"{receiver or 'None'}:{key}")
    _log_signatures(made, excluded)
    if serving_only:
        made = {key: signature for key, signature in made.items() if is_valid_signature(signature)}
    return made


def _log_signatures(made: dict[str, Any], excluded: dict[str, str]) -> None:
    for method, name in _METHODS.items():
        keys = [key for key, signature in made.items() if signature.method_name == method]
        logging.info(f"Signatures INCLUDED in export for {name}: {keys if keys else 'None'}")
    if excluded:
        logging.info(
            "Signatures EXCLUDED from export because they cannot be be served via TensorFlow Serving APIs:"
        )
        for key, reason in excluded.items():
            logging.info(f"'{key}' : {reason}")
    if not made:
        logging.warn("Export includes no signatures!")
    elif constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY not in made:
        logging.warn("Export includes no default signature!")


def get_timestamped_export_dir(export_dir_base: Any) -> bytes:
    """A folder for a model that is not there yet, named after the time.

    Args:
        export_dir_base: the folder it will be in.

    Raises:
        RuntimeError: folders of ten seconds are there.
    """
    for attempt in range(1, MAX_DIRECTORY_CREATION_ATTEMPTS + 1):
        folder = os.path.join(text_of(export_dir_base), str(int(time.time())))
        if not FILES.exists(folder):
            return folder.encode()
        time.sleep(1)
        logging.warn(
            f"Directory {folder.encode()!r} already exists; retrying (attempt {attempt}/"
            f"{MAX_DIRECTORY_CREATION_ATTEMPTS})"
        )
    raise RuntimeError(
        f"Failed to obtain a unique export directory name after {MAX_DIRECTORY_CREATION_ATTEMPTS} attempts."
    )


def get_temp_export_dir(timestamped_export_dir: Any) -> bytes:
    """The folder that a model is written to before it is complete.

    Args:
        timestamped_export_dir: the folder that it will be in.
    """
    folder, name = os.path.split(text_of(timestamped_export_dir))
    return os.path.join(folder, f"temp-{name}").encode()


def export_outputs_for_mode(
    mode: str,
    serving_export_outputs: Any = None,
    predictions: Any = None,
    loss: Any = None,
    metrics: Any = None,
) -> dict[str, ExportOutput]:
    """What a model gives in a mode.

    Args:
        mode: the mode.
        serving_export_outputs: what it gives when it is served, by name.
        predictions, loss, metrics: what it gives else; see `SupervisedOutput`.

    Raises:
        ValueError: there is no such mode.
    """
    if mode not in SIGNATURE_KEY_MAP:
        raise ValueError(
            f"Export output type not found for mode: {mode}. Expected one of: {SIGNATURE_KEY_MAP.keys()}.\n"
            "One likely error is that V1 Estimator Modekeys were somehow passed to this function. Please "
            "ensure that you are using the new ModeKeys."
        )
    if is_predict(mode):
        return get_export_outputs(serving_export_outputs, predictions)
    kind = TrainOutput if is_train(mode) else EvalOutput
    return {SIGNATURE_KEY_MAP[mode]: kind(loss=loss, predictions=predictions, metrics=metrics)}


def get_export_outputs(export_outputs: Any, predictions: Any) -> dict[str, ExportOutput]:
    """What a model gives when it is served, with a default.

    Args:
        export_outputs: what it gives by name, or None.
        predictions: what it gives if that is None.

    Raises:
        TypeError: one is no `ExportOutput`.
        ValueError: there are several and none is the default.
    """
    default = constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if export_outputs is None:
        export_outputs = {default: PredictOutput(predictions)}
    if not isinstance(export_outputs, dict):
        raise TypeError(f"export_outputs must be dict, given: {export_outputs}")
    if not all(isinstance(output, ExportOutput) for output in export_outputs.values()):
        raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {export_outputs}")
    if len(export_outputs) == 1:
        (only,) = export_outputs.values()
        export_outputs.setdefault(default, only)
    elif export_outputs and default not in export_outputs:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default.  Do this "
            "by naming one of them with signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY."
        )
    return export_outputs
