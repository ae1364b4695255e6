# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.checkpoint".

from perdure.contrib.checkpoint.containers import UniqueNameTracker as UniqueNameTracker
from perdure.contrib.checkpoint.python_state import NumpyState as NumpyState
from perdure.contrib.checkpoint.split_dependency import split_dependency as split_dependency
from perdure.contrib.checkpoint.visualize import dot_graph_from_checkpoint as dot_graph_from_checkpoint
from perdure.tracking.lists import List as List
from perdure.tracking.mappings import Mapping as Mapping
from perdure.tracking.structures import NoDependency as NoDependency
from perdure.training.checkpoints.trackable_saver import list_objects as list_objects
from perdure.training.checkpoints.trackable_saver import object_metadata as object_metadata
from perdure.training.saving.management import CheckpointManager as CheckpointManager
from perdure.variables.capturing import capture_dependencies as capture_dependencies
import perdure.formats.messages
import perdure.tracking.auto
import perdure.tracking.trackable
import perdure.training.checkpoints.python_state
Checkpointable = perdure.tracking.auto.AutoTrackable
CheckpointableBase = perdure.tracking.trackable.Trackable
CheckpointableObjectGraph = perdure.formats.messages.TrackableObjectGraph
PythonStateWrapper = perdure.training.checkpoints.python_state.PythonState
