"""Write which public name each name of TensorFlow's own modules is.

    oracle-python tests/oracle/make_compat_modules.py

Programs import from `tensorflow.python.ops.math_ops` and the like.  The result,
src/perdure/compat/modules-1.15.txt, has one line a module: its names, as `name` where
`tf.name` is the same object, else as `name=dotted.public.name`; `name=*` is a raw op's constructor
that no public name has, which a module hands on from the generated one.

A second file, src/perdure/compat/names-inside-1.15.txt, has all modules below `tensorflow.python` and
`tensorflow.contrib` in the same form, with the names that each defines: so that an error can say whether
TensorFlow has something that perdure has not.
"""

import importlib
import os
import pkgutil
import sys
import types

import tensorflow as tf
import tensorflow.contrib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMES = os.path.join(ROOT, "src/perdure/tf/names-1.15.txt")
# Packages whose public names perdure does not mirror, and tests and tools.
SKIPPED = (
    "keras", "autograph", "debug", "distribute", "eager", "tpu", "tools", "tf2", "_pywrap",
    "pywrap", "feature_column", "grappler", "profiler", "compiler", "ops.distributions",
    "ops.boosted_trees", "ops.linalg.", "ops.losses.util", "ops.parallel_for", "ops.ragged", "ops.signal",
    "user_ops", "saved_model.model_utils", "ops.gen_", "training.gen_", "training.tracking",
    "data.experimental", "layers.utils",
)  # fmt: skip
PLAIN = (int, float, str, bytes, bool, tuple, type(None), types.ModuleType)


def public_names():
    """The public names of each object by its id, shortest first, and the object."""
    found = {}
    with open(NAMES) as file:
        lines = [line.rstrip("\n").partition(": ") for line in file]
    names = [
        "%s.%s" % (space, name) if space else name for space, _, names in lines for name in names.split()
    ]
    for name in sorted(names, key=lambda name: (name.count("."), len(name), name)):
        if name.split(".")[0] in ("contrib", "keras", "estimator", "lite", "raw_ops", "compat"):
            continue
        value = tf
        try:
            for part in name.split("."):
                value = getattr(value, part)
        except AttributeError:
            continue
        while value is not None and not isinstance(value, PLAIN):
            found.setdefault(id(value), ([], value))[0].append(name)
            value = vars(value).get("__wrapped__") if hasattr(value, "__dict__") else None
    return found


def write_names_inside():
    """Write the names that each module defines itself, without private ones, tests and generated modules."""
    lines = []
    for area in ("python", "contrib"):
        package = importlib.import_module("tensorflow." + area)
        for info in pkgutil.walk_packages(package.__path__, "tensorflow.%s." % area, lambda name: None):
            last = info.name.rpartition(".")[2]
            if last.startswith(("gen_", "_pywrap")) or last.endswith(("_test", "_pb2")) or "test_" in last:
                continue
            module = sys.modules.get(info.name)
            names = sorted(
                name
                for name, value in (vars(module) if module is not None else {}).items()
                if name[0] != "_"
                and not isinstance(value, types.ModuleType)
                and getattr(value, "__module__", info.name) == info.name
                and name not in ("absolute_import", "division", "print_function")
            )
            lines.append(" ".join([info.name[len("tensorflow.") :] + ":"] + names) + "\n")
    with open(os.path.join(ROOT, "src/perdure/compat/names-inside-1.15.txt"), "w") as file:
        file.writelines(sorted(lines))


def main():
    write_names_inside()
    public = public_names()
    package = importlib.import_module("tensorflow.python")
    lines = []
    for info in pkgutil.walk_packages(package.__path__, "tensorflow.python.", lambda name: None):
        short = info.name[len("tensorflow.python.") :]
        if short.startswith(SKIPPED) or "test" in short.rpartition(".")[2]:
            continue
        module = sys.modules.get(info.name)
        if module is None:
            continue
        entries = {}
        for name, value in vars(module).items():
            home = getattr(value, "__module__", None) or info.name
            at_home = home == info.name or "gen_" in home or short in REEXPORTS
            # A v1 function that hides behind a v2 function of the plain name.
            known = public.get(id(value)) or public.get(id(vars(module).get(name + "_v1")))
            if name.startswith("__") or not at_home:
                continue
            if known is None:
                if is_raw_constructor(name, home):
                    entries[name] = name + "=*"
                continue
            same = [public for public in known[0] if public.split(".")[-1] == name]
            best = (same or known[0])[0]
            entries[name] = name if best == name else "%s=%s" % (name, best)
        if entries:
            lines.append("%s: %s\n" % (short, " ".join(entries[name] for name in sorted(entries))))
    with open(os.path.join(ROOT, "src/perdure/compat/modules-1.15.txt"), "w") as file:
        file.writelines(sorted(lines))


def is_raw_constructor(name, home):
    """Whether a name from a generated module is that of an op's constructor."""
    return "gen_" in home and name.islower() and name[0] != "_" and not name.endswith("_eager_fallback")


# Modules that gather names of others for their users.
REEXPORTS = (
    "client.client_lib", "framework.constant_op", "framework.dtypes", "framework.errors",
    "framework.framework_lib", "framework.random_seed", "layers.layers", "lib.io.python_io",
    "ops.gradients", "ops.linalg_ns", "ops.losses.losses", "ops.metrics", "ops.nn", "ops.rnn_cell",
    "ops.standard_ops", "ops.variables", "platform.app", "platform.flags", "platform.gfile",
    "summary.summary", "training.optimizer", "training.training", "training.training_util",
    "util.compat",
)  # fmt: skip

if __name__ == "__main__":
    main()
