"""The names of the standard collections."""

from perdure.graph.keys import GraphKeys

# The names whose value is not simply the lower-case name.
SPECIAL = {
    "GLOBAL_VARIABLES": "variables",
    "TABLE_INITIALIZERS": "table_initializer",
    "_SUMMARY_COLLECTION": "_SUMMARY_V2",
}


def test_names():
    """Each collection has TensorFlow 1.15's name, and none is missing."""
    names = {k: v for k, v in vars(GraphKeys).items() if isinstance(v, str) and k[:2] != "__"}
    assert len(names) == 35
    for key, value in names.items():
        assert value == SPECIAL.get(key, key.lower())


def test_variable_collections():
    """The collections that a MetaGraph stores as VariableDef."""
    assert GraphKeys._VARIABLE_COLLECTIONS == [
        "variables",
        "local_variables",
        "metric_variables",
        "model_variables",
        "trainable_variables",
        "moving_average_variables",
        "concatenated_variables",
        "trainable_resource_variables",
    ]
