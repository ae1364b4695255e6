"""Packages of TensorFlow 1's time that stand on it: the versions that were tried, and what else these need.

`perdure get` installs them by this table, and `perdure run` reads their modules, wherever they are installed,
as they were meant then. docs/packages.md says how far each gets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """A package, as it is called on PyPI.

    Attributes:
        name: its name there.
        version: the one that was tried.
        modules: what it is imported as, and what else comes with it.
        needs: the requirements besides TensorFlow, NumPy and what perdure itself needs; names of this table
            stand for the version here.
    """

    name: str
    version: str
    modules: str
    needs: str = ""

    @property
    def requirement(self) -> str:
        """What pip is told."""
        return f"{self.name}=={self.version}"


PACKAGES = (
    Package("baselines", "0.1.5", "baselines", "gym scipy tqdm joblib dill progressbar2 cloudpickle click"),
    Package("bert-tensorflow", "1.0.4", "bert", "six"),
    Package("deepctr", "0.7.4", "deepctr", "h5py requests"),
    Package("dm-sonnet", "1.36", "sonnet",
            "tensorflow-probability six absl-py semantic-version contextlib2 wrapt"),
    Package("edward", "1.3.5", "edward", "six"),
    Package("gpflow", "1.5.1", "gpflow",
            "scipy pandas multipledispatch decorator h5py matplotlib setuptools<81 pytest"),
    Package("gym", "0.17.3", "gym", "scipy pyglet<2 cloudpickle"),
    Package("kapre", "0.1.7", "kapre", "keras librosa future"),
    Package("keras", "2.3.1", "keras", "scipy six pyyaml h5py keras-applications keras-preprocessing"),
    Package("keras-applications", "1.0.8", "keras_applications", "h5py"),
    Package("keras-bert", "0.89.0", "keras_bert", "keras keras-transformer"),
    Package("keras-embed-sim", "0.10.0", "keras_embed_sim", "keras"),
    Package("keras-layer-normalization", "0.16.0", "keras_layer_normalization", "keras"),
    Package("keras-multi-head", "0.29.0", "keras_multi_head", "keras keras-self-attention"),
    Package("keras-pos-embd", "0.13.0", "keras_pos_embd", "keras"),
    Package("keras-position-wise-feed-forward", "0.8.0", "keras_position_wise_feed_forward", "keras"),
    Package("keras-preprocessing", "1.1.2", "keras_preprocessing", "six pillow"),
    Package("keras-self-attention", "0.51.0", "keras_self_attention", "keras"),
    Package("keras-transformer", "0.40.0", "keras_transformer",
            "keras-pos-embd keras-multi-head keras-layer-normalization keras-position-wise-feed-forward "
            "keras-embed-sim"),
    Package("segmentation-models", "1.0.1", "segmentation_models classification_models efficientnet",
            "keras-applications image-classifiers efficientnet scikit-image"),
    Package("image-classifiers", "1.0.0", "classification_models", "keras-applications"),
    Package("efficientnet", "1.0.0", "efficientnet", "keras-applications scikit-image"),
    Package("stable-baselines", "2.10.2", "stable_baselines",
            "gym scipy joblib cloudpickle opencv-python-headless pandas matplotlib"),
    Package("tensor2tensor", "1.15.7", "tensor2tensor",
            "absl-py bz2file gin-config gym h5py mesh-tensorflow pillow pypng requests scipy six sympy "
            "tensorflow-probability tf-slim tqdm future"),
    Package("mesh-tensorflow", "0.1.13", "mesh_tensorflow", "six future"),
    Package("tensorflow-estimator", "1.15.1", "tensorflow_estimator", "six absl-py"),
    Package("tensorflow-hub", "0.7.0", "tensorflow_hub", "six"),
    Package("tensorflow-probability", "0.8.0", "tensorflow_probability", "six decorator cloudpickle gast"),
    Package("tensorforce", "0.4.4", "tensorforce", "six scipy tqdm"),
    Package("tensorlayer", "1.11.1", "tensorlayer",
            "imageio lxml matplotlib progressbar2 requests scikit-learn scikit-image scipy tqdm wrapt"),
    Package("tensorpack", "0.11", "tensorpack",
            "six termcolor tabulate tqdm msgpack msgpack-numpy pyzmq psutil"),
    Package("tf-slim", "1.1.0", "tf_slim", "absl-py six"),
    Package("tflearn", "0.5.0", "tflearn", "six pillow scipy h5py"),
    Package("trfl", "1.2.0", "trfl", "absl-py dm-tree six wrapt tensorflow-probability"),
)  # fmt: skip

# TensorFlow itself, by all of its names.
TENSORFLOW = frozenset(
    {
        "intel-tensorflow",
        "tensorboard",
        "tensorflow",
        "tensorflow-cpu",
        "tensorflow-gpu",
        "tensorflow-intel",
        "tf-nightly",
        "tf-nightly-gpu",
    }
)


def plain_name(requirement: str) -> str:
    """The name in a requirement, as PyPI compares names: `Keras_Bert>=0.8` is `keras-bert`."""
    found = re.match(r"\s*([A-Za-z0-9._-]*[A-Za-z0-9])", requirement)
    return re.sub("[-_.]+", "-", found[1]).lower() if found else requirement


def known(requirement: str) -> Package | None:
    """The package of the table that a requirement names, or None."""
    name = plain_name(requirement)
    return next((package for package in PACKAGES if package.name == name), None)


def modules() -> set[str]:
    """The modules of all packages of the table."""
    return {module for package in PACKAGES for module in package.modules.split()}
