"""What saves a network: to files, to descriptions, to lines of text."""

from __future__ import annotations

import os
from typing import Any

from perdure.graph.hooks import Hook
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.optional import yaml_module
from perdure.keras.utils.summaries import print_summary

# Files are written and read by what knows models.
save_model = Hook()  # (model, path, overwrite, include_optimizer, save_format, signatures)
save_model.bind("perdure.keras.saving.models:save_model")
save_weights = Hook()  # (model, path, overwrite, save_format)
save_weights.bind("perdure.keras.saving.weights:save")
load_weights = Hook()  # (model, path, by_name) -> the status of a checkpoint
load_weights.bind("perdure.keras.saving.weights:load")


class Saved(Layer):
    """A network that can be saved."""

    def _updated_config(self) -> dict[str, Any]:
        raise NotImplementedError

    def _assert_weights_created(self) -> None:
        raise NotImplementedError

    def to_yaml(self, **kwargs: Any) -> str:
        """The description of the model as YAML.

        Args:
            **kwargs: those of `yaml.dump`.

        Raises:
            ImportError: the package PyYAML is not installed.
        """
        return yaml_module().dump(self._updated_config(), **kwargs)

    def summary(self, line_length: int | None = None, positions: Any = None, print_fn: Any = None) -> None:
        """Print the layers.

        Args:
            line_length: how long lines are.
            positions: where columns end, as shares of a line or numbers of characters.
            print_fn: what prints a line; `print` if None.

        Raises:
            ValueError: the model was not built yet.
        """
        if not self.built:
            raise ValueError(
                "This model has not yet been built. Build the model first by calling `build()` or calling "
                "`fit()` with some data, or specify an `input_shape` argument in the first layer(s) for "
                "automatic build."
            )
        print_summary(self, line_length=line_length, positions=positions, print_fn=print_fn)

    def save(
        self,
        filepath: Any,
        overwrite: bool = True,
        include_optimizer: bool = True,
        save_format: str | None = None,
        signatures: Any = None,
    ) -> None:
        """Save the model: its description, its variables and what it was compiled with.

        Args:
            filepath: a file, or an open `h5py.File`.
            overwrite: whether to replace a file without asking.
            include_optimizer: whether to save the state of the optimizer.
            save_format: "h5" or "tf".
            signatures: those of a SavedModel.
        """
        save_model(self, filepath, overwrite, include_optimizer, save_format, signatures)

    def save_weights(self, filepath: str, overwrite: bool = True, save_format: str | None = None) -> None:
        """Save the variables.

        Args:
            filepath: an HDF5 file, if it ends in .h5, .hdf5 or .keras; else the prefix of a checkpoint.
            overwrite: whether to replace a file without asking.
            save_format: "h5" or "tf", if the ending shall not say.

        Raises:
            ValueError: an unknown format, or one that contradicts the ending.
            ImportError: the package h5py is missing.
        """
        self._assert_weights_created()
        save_weights(self, os.fspath(filepath), overwrite, save_format)

    def load_weights(self, filepath: str, by_name: bool = False) -> Any:
        """Load variables that `save_weights` or `save` saved.

        Args:
            filepath: the file, or the prefix of a checkpoint.
            by_name: whether layers are found by their names instead of by their order.

        Returns:
            The status of a checkpoint that was restored; None for an HDF5 file.

        Raises:
            NotImplementedError: by name from a checkpoint, or from HDF5 before there are variables.
            ValueError: they do not fit.
        """
        return load_weights(self, os.fspath(filepath), by_name)
