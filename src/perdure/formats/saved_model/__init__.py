"""The bytes of a SavedModel: `saved_model.pb` or `saved_model.pbtxt`, and what stands in its collections."""
