"""Writing SavedModels: `tf.saved_model.Builder`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from perdure.filesystem.files import FILES
from perdure.formats import messages
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.platform.text import as_bytes, as_text
from perdure.saved_model import assets, constants
from perdure.saved_model.folders import get_or_create_variables_dir, get_variables_path
from perdure.saved_model.signatures import op_signature_def
from perdure.training.saving.saver import Saver
from perdure.variables.collections import all_saveable_objects

_INVALID = 0  # DT_INVALID


class _SavedModelBuilder:
    """Writes a SavedModel: the graphs of a model, each for a purpose that tags say, with one set of values.

    TensorFlow 2 writes models in this form, which names assets and operations apart from the collections.

    Args:
        export_dir: the folder; made if it is not there.

    Raises:
        AssertionError: the folder has something in it.
    """

    def __init__(self, export_dir: Any) -> None:
        self._saved_model = messages.SavedModel(
            saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION
        )
        self._export_dir = export_dir
        if not FILES.exists(export_dir):
            FILES.make_directories(export_dir)
        elif FILES.list_directory(export_dir):
            raise AssertionError(
                "Export directory already exists, and isn't empty. Please choose a different export "
                "directory, or delete all the contents of the specified directory: "
                f"{as_text(export_dir)}"
            )
        self._has_saved_variables = False

    def add_meta_graph_and_variables(
        self,
        sess: Any,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_list: Iterable[Any] | None = None,
        clear_devices: bool = False,
        init_op: Any = None,
        train_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph, and write the variables.

        Args:
            sess: where the variables have values.
            tags: what the graph is for.
            signature_def_map: SignatureDef messages by name.
            assets_list: constants that hold the paths of files that the graph reads.
            clear_devices: whether nodes lose their devices.
            init_op: the operation to run when the model was loaded.
            train_op: the operation that trains.
            strip_default_attrs: whether attributes with default values are left out.
            saver: saves the variables; one for all of them if None.

        Raises:
            AssertionError: variables have been saved before, or a signature lacks a name or type.
        """
        self._check_first()
        signatures = self._checked(signature_def_map)
        _name_operation(signatures, init_op, constants.INIT_OP_SIGNATURE_KEY)
        _name_operation(signatures, train_op, constants.TRAIN_OP_SIGNATURE_KEY)
        saver = self._save_variables(sess, saver)
        graph = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        self._add_assets_to(graph, assets_list)
        self._add(graph, tags, signatures)
        self._has_saved_variables = True

    def add_meta_graph(
        self,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_list: Iterable[Any] | None = None,
        clear_devices: bool = False,
        init_op: Any = None,
        train_op: Any = None,
        saver: Any = None,
    ) -> None:
        """Add the default graph; see `add_meta_graph_and_variables`, which comes first.

        Raises:
            AssertionError: no variables have been saved, or a signature lacks a name or type.
        """
        self._check_later()
        signatures = self._checked(signature_def_map)
        _name_operation(signatures, init_op, constants.INIT_OP_SIGNATURE_KEY)
        _name_operation(signatures, train_op, constants.TRAIN_OP_SIGNATURE_KEY)
        saver = self._saver(saver)
        graph = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=True)
        self._add_assets_to(graph, assets_list)
        self._add(graph, tags, signatures)

    def save(self, as_text: bool = False) -> bytes:
        """Write `saved_model.pb`, which completes the model; a crash before leaves a folder that is none.

        Args:
            as_text: whether to write `saved_model.pbtxt` instead.

        Returns:
            The path of the file.
        """
        if not FILES.exists(self._export_dir):
            FILES.make_directories(self._export_dir)
        name = constants.SAVED_MODEL_FILENAME_PBTXT if as_text else constants.SAVED_MODEL_FILENAME_PB
        path = os.path.join(as_bytes(self._export_dir), as_bytes(name))
        content = str(self._saved_model).encode() if as_text else self._saved_model.SerializeToString()
        FILES.write_atomically(path, content)
        logging.info("SavedModel written to: %s", path.decode())
        return path

    def _check_first(self) -> None:
        if self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke "
                "`add_meta_graph()` instead."
            )

    def _check_later(self) -> None:
        if not self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )

    def _checked(self, signatures: dict[str, Any] | None) -> dict[str, Any]:
        self._validate_signature_def_map(signatures or {})
        return signatures or {}

    def _validate_signature_def_map(self, signature_def_map: Mapping[str, Any]) -> None:
        for signature in signature_def_map.values():
            for info in (*signature.inputs.values(), *signature.outputs.values()):
                self._validate_tensor_info(info)
        for key, what in (
            (constants.INIT_OP_SIGNATURE_KEY, "initialization"),
            (constants.TRAIN_OP_SIGNATURE_KEY, "the train op"),
        ):
            if key in signature_def_map:
                raise KeyError(
                    f'SignatureDef map key "{key}" is reserved for {what}. Please use a different key.'
                )

    def _validate_tensor_info(self, tensor_info: Any) -> None:
        if tensor_info is None:
            raise AssertionError(
                "All TensorInfo protos used in the SignatureDefs must have the name and dtype fields set."
            )
        encoding = tensor_info.WhichOneof("encoding")
        if encoding is None:
            raise AssertionError(
                "All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' fields "
                f"(e.g., name or coo_sparse) set: {tensor_info}"
            )
        if encoding == "composite_tensor":
            for component in tensor_info.composite_tensor.components:
                self._validate_tensor_info(component)
        elif tensor_info.dtype == _INVALID:
            raise AssertionError(
                "All TensorInfo protos used in the SignatureDefs must have the dtype field set: "
                f"{tensor_info}"
            )

    def _saver(self, saver: Any) -> Any:
        return saver or Saver(all_saveable_objects(), sharded=True, allow_empty=True)

    def _save_variables(self, sess: Any, saver: Any) -> Any:
        get_or_create_variables_dir(self._export_dir)
        saver = self._saver(saver)
        saver.save(sess, get_variables_path(self._export_dir), write_meta_graph=False, write_state=False)
        return saver

    def _add_assets_to(self, meta_graph_def: Any, tensors: Iterable[Any] | None) -> None:
        files, named = assets.named_assets(tensors)
        meta_graph_def.asset_file_def.extend(named)
        assets.copy_assets(files, self._export_dir)

    def _add(self, meta_graph_def: Any, tags: Iterable[str], signatures: Mapping[str, Any]) -> None:
        meta_graph_def.meta_info_def.tags.extend(tags)
        for name, signature in signatures.items():
            meta_graph_def.signature_def[name].CopyFrom(signature)
        self._saved_model.meta_graphs.add().CopyFrom(meta_graph_def)


class SavedModelBuilder(_SavedModelBuilder):
    """Writes a SavedModel: the graphs of a model, each for a purpose that tags say, with one set of values.

    Call `add_meta_graph_and_variables` for the first graph, `add_meta_graph` for others, then `save`.

    Args:
        export_dir: the folder; made if it is not there.

    Raises:
        AssertionError: the folder has something in it.
    """

    def add_meta_graph_and_variables(  # type: ignore[override]
        self,
        sess: Any,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_collection: Iterable[Any] | None = None,
        legacy_init_op: Operation | None = None,
        clear_devices: bool = False,
        main_op: Operation | None = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph, and write the variables.

        Args:
            sess: where the variables have values.
            tags: what the graph is for.
            signature_def_map: SignatureDef messages by name.
            assets_collection: constants that hold the paths of files that the graph reads.
            legacy_init_op: the older name of `main_op`.
            clear_devices: whether nodes lose their devices.
            main_op: the operation to run when the model was loaded.
            strip_default_attrs: whether attributes with default values are left out.
            saver: saves the variables; one for all of them if None.

        Raises:
            AssertionError: variables have been saved before, or a signature lacks a name or type.
            TypeError: `main_op` is no operation.
            ValueError: the graph has such an operation already.
        """
        self._check_first()
        signatures = self._checked(signature_def_map)
        self._add_collections(assets_collection, main_op or legacy_init_op, None)
        saver = self._save_variables(sess, saver)
        graph = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        self._add(graph, tags, signatures)
        self._has_saved_variables = True

    def add_meta_graph(  # type: ignore[override]
        self,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_collection: Iterable[Any] | None = None,
        legacy_init_op: Operation | None = None,
        clear_devices: bool = False,
        main_op: Operation | None = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph; see `add_meta_graph_and_variables`, which comes first.

        Raises:
            AssertionError: no variables have been saved, or a signature lacks a name or type.
            TypeError: `main_op` is no operation.
            ValueError: the graph has such an operation already.
        """
        self._check_later()
        signatures = self._checked(signature_def_map)
        self._add_collections(assets_collection, main_op or legacy_init_op, None)
        saver = self._saver(saver)
        graph = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        self._add(graph, tags, signatures)

    def _add_collections(self, tensors: Iterable[Any] | None, main_op: Any, train_op: Any) -> None:
        files, named = assets.named_assets(tensors)
        for asset in assets.collected(named):
            add_to_collection(constants.ASSETS_KEY, asset)
        assets.copy_assets(files, self._export_dir)
        if main_op is not None:
            _check_main_op(main_op)
            add_to_collection(constants.MAIN_OP_KEY, main_op)
        self._add_train_op(train_op)

    # Estimators call it by this name.
    def _add_train_op(self, train_op: Any) -> None:
        if train_op is not None:
            if not isinstance(train_op, (Tensor, Operation)):
                raise TypeError(f"train_op needs to be a Tensor or Op: {train_op!r}")
            add_to_collection(constants.TRAIN_OP_KEY, train_op)


def _check_main_op(main_op: Any) -> None:
    if not isinstance(main_op, Operation):
        raise TypeError(f"main_op needs to be an Operation: {main_op!r}")
    for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        if get_collection(key):
            raise ValueError(f"Graph already contains one or more main ops under the collection {key}.")


def _name_operation(signatures: dict[str, Any], op: Any, key: str) -> None:
    if op is not None:
        signatures[key] = op_signature_def(op, key)
