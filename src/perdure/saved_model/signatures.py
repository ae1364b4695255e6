"""Signatures: which tensors a server feeds and fetches, by names of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perdure.formats import messages
from perdure.graph import dtypes
from perdure.graph.errors import NotFoundError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.saved_model.signature_constants import (
    CLASSIFY_INPUTS,
    CLASSIFY_METHOD_NAME,
    CLASSIFY_OUTPUT_CLASSES,
    CLASSIFY_OUTPUT_SCORES,
    PREDICT_METHOD_NAME,
    REGRESS_INPUTS,
    REGRESS_METHOD_NAME,
    REGRESS_OUTPUTS,
    SUPERVISED_EVAL_METHOD_NAME,
    SUPERVISED_TRAIN_METHOD_NAME,
)
from perdure.saved_model.tensor_info import (
    build_tensor_info,
    build_tensor_info_from_op,
    get_element_from_tensor_info,
)

_STRING = dtypes.string.as_datatype_enum
_FLOAT = dtypes.float32.as_datatype_enum
Infos = Mapping[str, Any]


def build_signature_def(
    inputs: Infos | None = None, outputs: Infos | None = None, method_name: str | None = None
) -> Any:
    """A SignatureDef message.

    Args:
        inputs: TensorInfo messages by name.
        outputs: the same for outputs.
        method_name: what a server does with it, such as "tensorflow/serving/predict".
    """
    signature = messages.SignatureDef()
    for name, info in (inputs or {}).items():
        signature.inputs[name].CopyFrom(info)
    for name, info in (outputs or {}).items():
        signature.outputs[name].CopyFrom(info)
    if method_name is not None:
        signature.method_name = method_name
    return signature


def regression_signature_def(examples: Any, predictions: Any) -> Any:
    """The signature of a model that gives a number for each example.

    Args:
        examples: serialized `tf.train.Example`s, a string tensor.
        predictions: a float tensor.

    Raises:
        ValueError: one is None or of another type.
    """
    inputs = {REGRESS_INPUTS: _examples(examples, "Regression")}
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    outputs = {REGRESS_OUTPUTS: _typed(predictions, _FLOAT, "Regression output must be a float Tensor.")}
    return build_signature_def(inputs, outputs, REGRESS_METHOD_NAME)


def classification_signature_def(examples: Any, classes: Any, scores: Any) -> Any:
    """The signature of a model that gives classes, or scores of classes, for each example.

    Args:
        examples: serialized `tf.train.Example`s, a string tensor.
        classes: the names of classes, a string tensor, or None.
        scores: their scores, a float tensor, or None.

    Raises:
        ValueError: `examples`, or both others, are None, or one is of another type.
    """
    if examples is not None and isinstance(examples, Tensor) and classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    inputs = {CLASSIFY_INPUTS: _examples(examples, "Classification")}
    outputs = {}
    if classes is not None:
        refusal = "Classification classes must be a string Tensor."
        outputs[CLASSIFY_OUTPUT_CLASSES] = _typed(classes, _STRING, refusal)
    if scores is not None:
        refusal = "Classification scores must be a float Tensor."
        outputs[CLASSIFY_OUTPUT_SCORES] = _typed(scores, _FLOAT, refusal)
    return build_signature_def(inputs, outputs, CLASSIFY_METHOD_NAME)


def predict_signature_def(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    """The signature of a model with any inputs and outputs.

    Args:
        inputs: tensors by name.
        outputs: tensors by name.

    Raises:
        ValueError: one of them is None or empty.
    """
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    return build_signature_def(_infos(inputs), _infos(outputs), PREDICT_METHOD_NAME)


def supervised_train_signature_def(
    inputs: Mapping[str, Any],
    loss: Mapping[str, Any] | None,
    predictions: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Any:
    """The signature of a graph that trains a model; every argument has tensors by name."""
    return _supervised(SUPERVISED_TRAIN_METHOD_NAME, inputs, loss, predictions, metrics)


def supervised_eval_signature_def(
    inputs: Mapping[str, Any],
    loss: Mapping[str, Any] | None,
    predictions: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Any:
    """The signature of a graph that evaluates a model; every argument has tensors by name."""
    return _supervised(SUPERVISED_EVAL_METHOD_NAME, inputs, loss, predictions, metrics)


def is_valid_signature(signature_def: Any) -> bool:
    """Whether a signature has what its method asks for.

    Args:
        signature_def: a SignatureDef message or None.
    """
    if signature_def is None:
        return False
    inputs = {name: info.dtype for name, info in signature_def.inputs.items()}
    outputs = {name: info.dtype for name, info in signature_def.outputs.items()}
    if signature_def.method_name == PREDICT_METHOD_NAME:
        return bool(inputs and outputs)
    if signature_def.method_name == REGRESS_METHOD_NAME:
        return inputs == {REGRESS_INPUTS: _STRING} and outputs == {REGRESS_OUTPUTS: _FLOAT}
    if signature_def.method_name == CLASSIFY_METHOD_NAME:
        allowed = {CLASSIFY_OUTPUT_CLASSES: _STRING, CLASSIFY_OUTPUT_SCORES: _FLOAT}
        return inputs == {CLASSIFY_INPUTS: _STRING} and bool(outputs) and outputs.items() <= allowed.items()
    return False


def op_signature_def(op: Operation, key: str) -> Any:
    """A signature that names an operation.

    Args:
        op: the operation.
        key: the name of its output.
    """
    return build_signature_def(outputs={key: build_tensor_info_from_op(op)})


def load_op_from_signature_def(signature_def: Any, key: str, import_scope: str | None = None) -> Any:
    """The operation that `op_signature_def` named.

    Raises:
        NotFoundError: it is not in the default graph.
    """
    try:
        return get_element_from_tensor_info(signature_def.outputs[key], import_scope=import_scope)
    except KeyError:
        raise NotFoundError(
            None,
            None,
            f"The {key} could not be found in the graph. Please make sure the SavedModel was created by the "
            "internal _SavedModelBuilder. If you are using the public API, please make sure the SignatureDef "
            f'in the SavedModel does not contain the key "{key}".',
        ) from None


def _supervised(method_name: str, inputs: Any, *outputs: Mapping[str, Any] | None) -> Any:
    if not inputs:
        raise ValueError(f"{method_name} inputs cannot be None or empty.")
    infos: dict[str, Any] = {}
    for tensors in outputs:
        infos.update(_infos(tensors or {}))
    return build_signature_def(_infos(inputs), infos, method_name)


def _infos(tensors: Mapping[str, Any]) -> dict[str, Any]:
    return {name: build_tensor_info(tensor) for name, tensor in tensors.items()}


def _examples(examples: Any, kind: str) -> Any:
    if examples is None:
        raise ValueError(f"{kind} examples cannot be None.")
    refusal = f"{kind} examples must be a string Tensor."
    if not isinstance(examples, Tensor):
        raise ValueError(refusal)
    return _typed(examples, _STRING, refusal)


def _typed(tensor: Any, dtype: int, refusal: str) -> Any:
    info = build_tensor_info(tensor)
    if info.dtype != dtype:
        raise ValueError(refusal)
    return info
