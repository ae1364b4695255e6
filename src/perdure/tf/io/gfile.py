"""tf.io.gfile: files and folders by name, as TensorFlow 2 calls them."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "filesystem.gfile": "GFile",
        "filesystem.functions": (
            "copy=copy_v2 exists=file_exists_v2 glob=get_matching_files_v2 isdir=is_directory_v2 "
            "listdir=list_directory_v2 makedirs=recursive_create_dir_v2 mkdir=create_dir_v2 "
            "remove=delete_file_v2 rename=rename_v2 rmtree=delete_recursively_v2 stat=stat_v2 walk=walk_v2"
        ),
    },
)
