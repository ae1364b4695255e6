"""tf.gfile: files and folders by name."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "filesystem.gfile": "FastGFile GFile Open=GFile",
        "filesystem.functions": (
            "Copy=copy DeleteRecursively=delete_recursively Exists=file_exists Glob=get_matching_files "
            "IsDirectory=is_directory ListDirectory=list_directory MakeDirs=recursive_create_dir "
            "MkDir=create_dir Remove=delete_file Rename=rename Stat=stat Walk=walk"
        ),
    },
)
