# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.constants".

from perdure.saved_model.constants import ASSETS_DIRECTORY as ASSETS_DIRECTORY
from perdure.saved_model.constants import ASSETS_KEY as ASSETS_KEY
from perdure.saved_model.constants import LEGACY_INIT_OP_KEY as LEGACY_INIT_OP_KEY
from perdure.saved_model.constants import MAIN_OP_KEY as MAIN_OP_KEY
from perdure.saved_model.constants import SAVED_MODEL_FILENAME_PB as SAVED_MODEL_FILENAME_PB
from perdure.saved_model.constants import SAVED_MODEL_FILENAME_PBTXT as SAVED_MODEL_FILENAME_PBTXT
from perdure.saved_model.constants import SAVED_MODEL_SCHEMA_VERSION as SAVED_MODEL_SCHEMA_VERSION
from perdure.saved_model.constants import VARIABLES_DIRECTORY as VARIABLES_DIRECTORY
from perdure.saved_model.constants import VARIABLES_FILENAME as VARIABLES_FILENAME
