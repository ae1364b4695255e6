"""tf.saved_model: programs as folders that are served."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.builder": "Builder=SavedModelBuilder",
        "saved_model.constants": (
            "ASSETS_DIRECTORY ASSETS_KEY LEGACY_INIT_OP_KEY MAIN_OP_KEY SAVED_MODEL_FILENAME_PB "
            "SAVED_MODEL_FILENAME_PBTXT SAVED_MODEL_SCHEMA_VERSION VARIABLES_DIRECTORY "
            "VARIABLES_FILENAME"
        ),
        "saved_model.loader": "load",
        "saved_model.parsing": "contains_saved_model maybe_saved_model_directory",
        "saved_model.main_op": "main_op_with_restore",
        "saved_model.signature_constants": (
            "CLASSIFY_INPUTS CLASSIFY_METHOD_NAME CLASSIFY_OUTPUT_CLASSES CLASSIFY_OUTPUT_SCORES "
            "DEFAULT_SERVING_SIGNATURE_DEF_KEY PREDICT_INPUTS PREDICT_METHOD_NAME PREDICT_OUTPUTS "
            "REGRESS_INPUTS REGRESS_METHOD_NAME REGRESS_OUTPUTS"
        ),
        "saved_model.signatures": (
            "build_signature_def classification_signature_def is_valid_signature "
            "predict_signature_def regression_signature_def"
        ),
        "saved_model.simple_save": "simple_save",
        "saved_model.tag_constants": "GPU SERVING TPU TRAINING",
        "saved_model.tensor_info": "build_tensor_info get_tensor_from_tensor_info",
    },
    "builder constants loader main_op signature_constants signature_def_utils tag_constants utils",
)
