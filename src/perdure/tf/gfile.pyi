# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.gfile".

from perdure.filesystem.gfile import FastGFile as FastGFile
from perdure.filesystem.gfile import GFile as GFile
import perdure.filesystem.functions
import perdure.filesystem.gfile
Copy = perdure.filesystem.functions.copy
DeleteRecursively = perdure.filesystem.functions.delete_recursively
Exists = perdure.filesystem.functions.file_exists
Glob = perdure.filesystem.functions.get_matching_files
IsDirectory = perdure.filesystem.functions.is_directory
ListDirectory = perdure.filesystem.functions.list_directory
MakeDirs = perdure.filesystem.functions.recursive_create_dir
MkDir = perdure.filesystem.functions.create_dir
Open = perdure.filesystem.gfile.GFile
Remove = perdure.filesystem.functions.delete_file
Rename = perdure.filesystem.functions.rename
Stat = perdure.filesystem.functions.stat
Walk = perdure.filesystem.functions.walk
