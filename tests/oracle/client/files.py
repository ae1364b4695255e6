"""Files: tf.gfile, tf.io.gfile, and the operations that read and write files."""

import os
import shutil
import tempfile
import time

from tests.oracle.client import internal

PROGRAMS = []


def program(function):
    """See `placed_program`."""
    return placed_program(function, PROGRAMS)


def placed_program(function, programs):
    """Run `function(tf, here)`, where `here` names files in an empty folder; what it returns names it F."""

    def run(tf):
        folder = os.path.realpath(tempfile.mkdtemp())
        try:
            return _placed(function(tf, lambda *parts: os.path.join(folder, *parts)), folder)
        finally:
            shutil.rmtree(folder)

    run.__name__ = function.__name__
    run.__wrapped__ = function
    programs.append(run)
    return function


def _placed(value, folder):
    if isinstance(value, (list, tuple)):
        return [_placed(item, folder) for item in value]
    if isinstance(value, bytes):
        return value.replace(folder.encode(), b"F")
    return value.replace(folder, "F") if isinstance(value, str) else value


def tried(*functions):
    """What each function returns, or its error as text."""
    results = []
    for function in functions:
        try:
            results.append(function())
        except Exception as error:
            message = getattr(error, "message", None) or str(error)
            results.append("%s: %s" % (type(error).__name__, message.split("\n")[0]))
    return results


def write(name, contents):
    with open(name, "wb") as file:
        file.write(contents)


@program
def reading(tf, here):
    write(here("a"), b"one\ntwo\nthree")
    write(here("b"), b"\xff\x00\xc3\xa9\r\nx\ry\r\n")
    opened = tf.gfile.GFile

    def positions():
        file = opened(here("a"))
        seen = [file.read(2), file.tell(), file.size(), file.name[-1], file.mode, file.seekable()]
        file.seek(1)
        seen.append(file.read(2))
        file.seek(offset=2, whence=1)
        seen.append(file.tell())
        file.seek(-2, 2)
        return seen + [file.read(), file.read(), file.readline(), file.readlines()]

    def again():
        file = opened(here("a"))
        with file as same:
            first = same.read(1), same is file
        return [first, file.read(), file.close(), file.close()]

    return tried(
        lambda: opened(here("a")).read(),
        lambda: opened(here("a"), "rb").read(),
        lambda: opened(here("a"), "r+").read(n=3),
        lambda: opened(here("a").encode()).readline(),
        lambda: opened(here("a"), "rb").readlines(),
        lambda: list(opened(here("a"))),
        lambda: next(opened(here("a"))),
        lambda: opened(here("b")).read(),
        lambda: opened(here("b"), "rb").read(),
        lambda: opened(here("b"), "rb").readlines(),
        lambda: opened(here("b"), "rb").read(-1),
        lambda: tf.gfile.Open(here("a")).read(4),
        lambda: tf.gfile.FastGFile(here("a"), "rb").read(4),
        positions,
        again,
    )


@program
def reading_what_is_not_there(tf, here):
    write(here("a"), b"abc")
    opened = tf.gfile.GFile
    return tried(
        lambda: opened(here("no")).name[-2:],
        lambda: opened(here("no")).read(),
        lambda: opened(here("no")).size(),
        lambda: opened(here("no")).close(),
        lambda: opened(here()).read(),
        lambda: opened(here("a", "b")).read(),
        lambda: opened("").read(),
        lambda: opened("strange://a").read(),
        lambda: opened("file://" + here("a")).read(),
        lambda: opened(here("a"), "w").read(),
        lambda: opened(here("a"), "x"),
        lambda: opened(here("a"), "rw"),
        lambda: opened(here("a"), "").read(),
        lambda: opened(here("a")).seek(),
        lambda: opened(here("a")).seek(-1),
        lambda: opened(here("a")).seek(1, 5),
        lambda: opened(here("a")).seek(100),
        lambda: opened(here("a"), "w").seek(0),
        lambda: opened(3).read(),
    )


@program
def writing(tf, here):
    opened = tf.gfile.GFile

    def contents(name):
        with open(here(name), "rb") as file:
            return file.read()

    def put(name, text, mode="w"):
        with opened(here(name), mode) as file:
            told = file.write(text)
        return [told, contents(name)]

    def step_by_step():
        file = opened(here("s"), "w")
        seen = [os.path.exists(here("s")), file.write("abc"), file.tell(), contents("s"), file.size()]
        seen += [file.flush(), contents("s"), file.size(), file.write("de"), file.close(), contents("s")]
        return seen + [file.write("f"), file.close(), contents("s")]

    def both():
        file = opened(here("w"), "w+")
        seen = [file.write("hello"), file.flush(), file.read(), file.seek(1), file.read()]
        file.close()
        return seen

    return tried(
        lambda: put("a", "one"),
        lambda: put("a", b"\xfftwo"),
        lambda: put("a", "\u00e9", "wb"),
        lambda: put("a", "more", "a"),
        lambda: put("a", "more", "ab"),
        lambda: put("a", "again", "a+"),
        lambda: put("a", "r", "r+"),
        lambda: put("new", "", "w"),
        lambda: put("a", 3),
        lambda: put("a", None),
        lambda: put("no/a", "x"),
        lambda: put("a", "x", "r"),
        lambda: opened(here(), "w").write("x"),
        lambda: opened(here("a")).flush(),
        step_by_step,
        both,
    )


@program
def what_there_is(tf, here):
    write(here("a"), b"abc")
    os.makedirs(here("d", "e"))
    write(here("d", ".hidden"), b"")
    os.symlink(here("nowhere"), here("broken"))
    os.symlink(here("d"), here("link"))
    g, io = tf.gfile, tf.io.gfile
    kinds = ["a", "d", "no", "broken", "link", "a/b"]
    stat = g.Stat(here("a"))
    return tried(
        lambda: [g.Exists(here(name)) for name in kinds],
        lambda: [io.exists(here(name).encode()) for name in kinds],
        lambda: [g.IsDirectory(here(name)) for name in kinds],
        lambda: [io.isdir(here(name).encode()) for name in kinds],
        lambda: [g.Exists(""), g.IsDirectory("")],
        lambda: g.Exists(3),
        lambda: g.Exists("strange://a"),
        lambda: [stat.length, stat.is_directory, abs(stat.mtime_nsec - time.time() * 1e9) < 1e11],
        lambda: g.Stat(here("d")).is_directory,
        lambda: g.Stat(here("link")).is_directory,
        lambda: io.stat(here("no")),
        lambda: g.Stat(here("broken")),
        lambda: sorted(g.ListDirectory(here())),
        lambda: sorted(io.listdir(here("d").encode())),
        lambda: g.ListDirectory(here("no")),
        lambda: g.ListDirectory(here("a")),
        lambda: io.listdir(""),
    )


@program
def folders(tf, here):
    write(here("a"), b"abc")
    g, io = tf.gfile, tf.io.gfile
    return tried(
        lambda: g.MkDir(here("d")),
        lambda: g.MkDir(here("d")),
        lambda: g.MkDir(here("a")),
        lambda: io.mkdir(here("x", "y")),
        lambda: g.MkDir(here("a", "y")),
        lambda: io.makedirs(here("p", "q", "r")),
        lambda: g.MakeDirs(here("p", "q", "r")),
        lambda: g.MakeDirs(here("p", "s") + "/"),
        lambda: g.MakeDirs(here("a")),
        lambda: g.MakeDirs(here("a", "b")),
        lambda: g.DeleteRecursively(here("a")),
        lambda: g.DeleteRecursively(here("no")),
        lambda: io.rmtree(here("p")),
        lambda: sorted(os.listdir(here())),
    )


@program
def moving_and_removing(tf, here):
    write(here("a"), b"abc")
    write(here("b"), b"xyz")
    os.mkdir(here("d"))
    g, io = tf.gfile, tf.io.gfile
    return tried(
        lambda: g.Copy(here("a"), here("c")),
        lambda: g.Copy(here("a"), here("c")),
        lambda: io.copy(here("b"), here("c"), overwrite=True),
        lambda: open(here("c")).read(),
        lambda: g.Copy(here("no"), here("e")),
        lambda: g.Copy(here("a"), here("no", "e")),
        lambda: g.Copy(here("a"), here("d")),
        lambda: g.Copy(here("a"), here("d"), True),
        lambda: g.Rename(here("c"), here("f")),
        lambda: g.Rename(here("f"), here("a")),
        lambda: g.Rename(here("f"), here("a"), overwrite=True),
        lambda: open(here("a")).read(),
        lambda: io.rename(here("no"), here("e")),
        lambda: g.Rename(here("a"), here("no", "a")),
        lambda: g.Rename(here("d"), here("dd")),
        lambda: g.Rename(here("b"), here("dd"), True),
        lambda: g.Remove(here("b")),
        lambda: io.remove(here("b")),
        lambda: g.Remove(here("dd")),
        lambda: sorted(os.listdir(here())),
    )


@program
def walks(tf, here):
    os.makedirs(here("p", "q", "r"))
    for name in ("p/one", "p/q/two", "p/q/.hidden"):
        write(here(name), b"")
    g, io = tf.gfile, tf.io.gfile

    def all_of(found):
        return [[top, sorted(folders), sorted(files)] for top, folders, files in found]

    return tried(
        lambda: all_of(g.Walk(here("p"))),
        lambda: all_of(g.Walk(here("p"), in_order=False)),
        lambda: all_of(io.walk(here("p").encode(), topdown=False)),
        lambda: all_of(g.Walk(here("no"))),
        lambda: all_of(g.Walk(here("p", "one"))),
        lambda: all_of(g.Walk(here("p") + "/")),
    )


@program
def patterns(tf, here):
    os.makedirs(here("p", "q", "r"))
    for name in ("a.txt", "p/one.txt", "p/two", "p/q/two.txt", "p/q/.hidden", "p/st*r", "p/a]b", "p/a^b"):
        write(here(name), b"")
    wanted = [
        "p/*", "p/*/t?o.txt", "p/q/*", "p/[no]ne.txt", "p/[!x]ne.txt", "p/[^x]ne.txt", "p/{one,two}.txt",
        "p/**", "p/**/two.txt", "no", "no/*", "p/", "a.txt", "a.txt/*", "p/st\\*r", "p/[n-p]ne.txt", "p/[",
        "*/*/*", "p/a[]]b", "p/a[\\^]b", "p/*/", "p/?ne.*", "*", "p/q/r/*", "*/no/*", "p/a[!]]b",
    ]  # fmt: skip
    g, io = tf.gfile, tf.io.gfile
    here_too = [lambda pattern=pattern: sorted(g.Glob(here(pattern))) for pattern in wanted]
    return tried(
        *here_too,
        lambda: sorted(io.glob(here("*.txt"))),
        lambda: sorted(g.Glob([here("*.txt"), here("p/*.txt"), here("*")])),
        lambda: sorted(g.Glob((here("*.txt"),))),
        lambda: g.Glob(""),
        lambda: g.Glob(3),
        lambda: g.Glob("strange://*"),
    )


@program
def names_relative_to_the_folder(tf, here):
    before = os.getcwd()
    os.mkdir(here("p"))
    write(here("a.txt"), b"")
    write(here("p", "b.txt"), b"abc")
    os.chdir(here())
    try:
        with tf.Session() as session:
            return tried(
                lambda: sorted(tf.gfile.Glob("*.txt")),
                lambda: sorted(tf.gfile.Glob("p/*")),
                lambda: sorted(tf.gfile.Glob("./p/*")),
                lambda: session.run(tf.matching_files("*.txt")).tolist(),
                lambda: session.run(tf.matching_files("a.txt")).tolist(),
                lambda: session.run(tf.read_file("p/b.txt")),
                lambda: session.run(tf.write_file("c.txt", "x")),
                lambda: tf.gfile.GFile("c.txt").read(),
                lambda: tf.gfile.MakeDirs("m/n"),
                lambda: sorted(tf.gfile.ListDirectory(".")),
            )
    finally:
        os.chdir(before)


@program
def inner_functions(tf, here):
    io = internal("lib.io.file_io")
    write(here("a"), b"abc")
    return tried(
        lambda: io.FileIO(here("a"), "r").read(),
        lambda: io.FileIO(here("a"), mode="rb").read(),
        lambda: io.file_exists(here("a")),
        lambda: io.read_file_to_string(here("a")),
        lambda: io.read_file_to_string(here("a"), binary_mode=True),
        lambda: io.write_string_to_file(here("b"), "xyz"),
        lambda: io.atomic_write_string_to_file(here("c"), "one"),
        lambda: io.atomic_write_string_to_file(here("c"), "two", overwrite=False),
        lambda: io.atomic_write_string_to_file(here("c"), b"three"),
        lambda: io.get_matching_files(here("[b-c]"))[0][-1:] in "bc",
        lambda: sorted(io.get_matching_files_v2([here("c"), here("b")])),
        lambda: io.filecmp(here("a"), here("b")),
        lambda: io.filecmp(here("a"), here("a")),
        lambda: [io.file_crc32(here("a")), io.file_crc32(here("a"), block_size=1)],
        lambda: io.recursive_create_dir_v2(here("m", "n")),
        lambda: io.delete_file(here("a")),
        lambda: io.delete_recursively(here("m")),
        lambda: sorted(io.list_directory(here())),
    )


@program
def operations(tf, here):
    write(here("a"), b"abc\xff")
    name, text = tf.placeholder(tf.string), tf.placeholder(tf.string)
    read, put = tf.read_file(name), tf.write_file(name, text)
    with tf.Session() as session:

        def written(path, value):
            return [session.run(put, {name: path, text: value}), session.run(read, {name: path})]

        return tried(
            lambda: session.run(read, {name: here("a")}),
            lambda: session.run(tf.io.read_file(here("a"))),
            lambda: session.run(read, {name: here("no")}),
            lambda: session.run(read, {name: here()}),
            lambda: session.run(read, {name: [here("a")]}),
            lambda: session.run(read, {name: "strange://a"}),
            lambda: session.run(read, {name: "file://" + here("a")}),
            lambda: written(here("m", "n", "w"), "one"),
            lambda: written(here("m", "n", "w"), b"\x00\xff"),
            lambda: written(here("w"), ""),
            lambda: session.run(put, {name: here(), text: "x"}),
            lambda: session.run(put, {name: here("a", "b"), text: "x"}),
            lambda: session.run(put, {name: [here("b")], text: "x"}),
            lambda: session.run(put, {name: here("b"), text: ["x"]}),
            lambda: session.run(put, {name: "", text: "x"}),
            lambda: tf.read_file([here("a")]),
            lambda: tf.io.write_file(here("a"), ["x"]),
            lambda: [read.op.type, put.type, read.op.name, put.name, str(read.shape)],
            lambda: session.run(tf.matching_files(here("no", "*"))),
            lambda: session.run(tf.matching_files(here("a", "*"))),
            lambda: session.run(tf.matching_files([here("*"), here("m/*/*")])).tolist(),
            lambda: session.run(tf.matching_files([here("*"), here("a")])).tolist(),
            lambda: session.run(tf.matching_files([[here("*")]])),
        )


@program
def the_time(tf, here):
    now = tf.timestamp()
    with tf.Session() as session:
        before = time.time()
        seen = session.run(now)
        return [
            before - 1 <= seen <= time.time() + 1,
            str(seen.dtype),
            now.op.type,
            now.op.name,
            str(now.shape),
        ]
