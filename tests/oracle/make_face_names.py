"""Write what the face must know of TensorFlow 1.15's public names.

    oracle-python tests/oracle/make_face_names.py API_FACTS.json

API_FACTS.json maps every public name to {"kind": ..., "signature" or "init": ...}.  Written are

- src/perdure/tf/names-1.15.txt: all names, one line a namespace, read when a name is missing;
- tests/golden/face/signatures.json: the signatures outside of contrib, keras and estimator.
"""

import collections
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMPAT = (
    "as_bytes as_str as_str_any as_text bytes_or_text_types complex_types dimension_at_index "
    "dimension_value forward_compatibility_horizon forward_compatible integral_types path_to_str "
    "real_types v1 v2"
)
# Left over by `from __future__ import ...` and star imports: no program means them.
ACCIDENTS = ("absolute_import", "division", "print_function")
NOT_CHECKED = ("contrib", "keras", "estimator", "lite", "raw_ops", "distribute", "tpu")


def main(path):
    with open(path) as file:
        facts = json.load(file)
    namespaces = collections.defaultdict(set, compat=set(COMPAT.split()))
    signatures = {}
    for name, fact in facts.items():
        namespace, _, last = name.rpartition(".")
        if last in ACCIDENTS or ".tf_decorator" in name:
            continue
        if namespace != "raw_ops":  # the table of op signatures has those
            namespaces[namespace].add(last)
        signature = fact.get("signature") or fact.get("init")
        if signature and name.split(".")[0] not in NOT_CHECKED:
            signatures[name] = signature
    for namespace in list(namespaces) + ["raw_ops"]:
        while namespace:
            namespace, _, last = namespace.rpartition(".")
            namespaces[namespace].add(last)
    with open(os.path.join(ROOT, "src/perdure/tf/names-1.15.txt"), "w") as file:
        for namespace in sorted(namespaces):
            file.write("%s: %s\n" % (namespace, " ".join(sorted(namespaces[namespace]))))
    with open(os.path.join(ROOT, "tests/golden/face/signatures.json"), "w") as file:
        json.dump(signatures, file, indent=0, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
