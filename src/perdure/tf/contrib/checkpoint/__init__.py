"""tf.contrib.checkpoint: what goes into object-based checkpoints, and looking into them."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.checkpoint.containers": "UniqueNameTracker",
        "contrib.checkpoint.python_state": "NumpyState",
        "contrib.checkpoint.split_dependency": "split_dependency",
        "contrib.checkpoint.visualize": "dot_graph_from_checkpoint",
        "formats.messages": "CheckpointableObjectGraph=TrackableObjectGraph",
        "tracking.auto": "Checkpointable=AutoTrackable",
        "tracking.lists": "List",
        "tracking.mappings": "Mapping",
        "tracking.structures": "NoDependency",
        "tracking.trackable": "CheckpointableBase=Trackable",
        "training.checkpoints.python_state": "PythonStateWrapper=PythonState",
        "training.checkpoints.trackable_saver": "list_objects object_metadata",
        "training.saving.management": "CheckpointManager",
        "variables.capturing": "capture_dependencies",
    },
)
