# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.models".

from perdure.keras.engine.model import Model as Model
from perdure.keras.engine.sequential import Sequential as Sequential
from perdure.keras.saving.cloning import clone_model as clone_model
from perdure.keras.saving.description import model_from_config as model_from_config
from perdure.keras.saving.description import model_from_json as model_from_json
from perdure.keras.saving.description import model_from_yaml as model_from_yaml
from perdure.keras.saving.models import load_model as load_model
from perdure.keras.saving.models import save_model as save_model
