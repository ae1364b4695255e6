# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.io.gfile".

from perdure.filesystem.gfile import GFile as GFile
import perdure.filesystem.functions
copy = perdure.filesystem.functions.copy_v2
exists = perdure.filesystem.functions.file_exists_v2
glob = perdure.filesystem.functions.get_matching_files_v2
isdir = perdure.filesystem.functions.is_directory_v2
listdir = perdure.filesystem.functions.list_directory_v2
makedirs = perdure.filesystem.functions.recursive_create_dir_v2
mkdir = perdure.filesystem.functions.create_dir_v2
remove = perdure.filesystem.functions.delete_file_v2
rename = perdure.filesystem.functions.rename_v2
rmtree = perdure.filesystem.functions.delete_recursively_v2
stat = perdure.filesystem.functions.stat_v2
walk = perdure.filesystem.functions.walk_v2
