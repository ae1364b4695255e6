"""Readers: files of every kind through queues, their counts, states and errors."""

import gzip
import zlib

from tests.oracle.client import attempt
from tests.oracle.client.files import placed_program, write

PROGRAMS = []


def program(function):
    """See `placed_program`."""
    return placed_program(function, PROGRAMS)


def written(tf, name, records, options=None):
    with tf.python_io.TFRecordWriter(name, options) as writer:
        for record in records:
            writer.write(record)
    return name


def kept(name, contents):
    write(name, contents)
    return name


def plain(value):
    """Strings of a step as plain lists, and the class and first line of an error."""
    if isinstance(value, Exception):
        return [type(value).__name__, value.message.split("\n")[0].partition("_fifo_queue")[2]]
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def everything(tf, make, names, most=None, steps=9):
    """What a reader gives until an error, with its counts after each step."""
    with tf.Graph().as_default(), tf.Session() as session:
        reader = make()
        queue = tf.FIFOQueue(99, [tf.string], shapes=())
        session.run(queue.enqueue_many([names]))
        session.run(queue.close())
        read = reader.read(queue) if most is None else reader.read_up_to(queue, most)
        counts = [reader.num_records_produced(), reader.num_work_units_completed()]
        found = [type(read).__name__, reader.reader_ref.op.type, reader.supports_serialize]
        for _ in range(steps):
            given = attempt(lambda: session.run(list(read)))
            found.append([plain(given), plain(session.run(counts))])
            if isinstance(given, Exception):
                break
        return found


@program
def text_lines(tf, here):
    first = kept(here("a.txt"), b"one\ntwo\r\n\nfour")
    names = [first, kept(here("b.txt"), b""), kept(here("c.txt"), b"x\ny\n")]
    returns = kept(here("d.txt"), b"a\rb\r\r\nc\r\r\n\r\nlast\r")
    reader = tf.TextLineReader
    return [
        everything(tf, reader, names),
        everything(tf, lambda: reader(skip_header_lines=1), names),
        everything(tf, lambda: reader(skip_header_lines=5), names),
        everything(tf, reader, names, most=3),
        everything(tf, reader, names, most=0, steps=2),
        everything(tf, reader, [returns]),
    ]


@program
def records(tf, here):
    kinds = tf.python_io.TFRecordCompressionType
    options = tf.python_io.TFRecordOptions
    plain_file = written(tf, here("r"), [b"r1", b"r2"])
    packed = written(tf, here("z"), [b"z1", b"z2"], options(kinds.ZLIB))
    zipped = written(tf, here("g"), [b"g1"], options(kinds.GZIP))
    with open(plain_file, "rb") as file:
        contents = file.read()
    cut = kept(here("cut"), contents[:-1])
    damaged = kept(here("damaged"), contents[:20] + b"X" + contents[21:])
    text = kept(here("text"), b"one\ntwo, and more than twelve bytes\n")
    reader = tf.TFRecordReader
    return [
        everything(tf, reader, [plain_file, kept(here("empty"), b""), plain_file]),
        everything(tf, reader, [plain_file, plain_file], most=3),
        everything(tf, lambda: reader(options=options(kinds.ZLIB)), [packed]),
        everything(tf, lambda: reader(options=options(kinds.GZIP)), [zipped]),
        everything(tf, lambda: reader(options=options(kinds.GZIP)), [plain_file]),
        everything(tf, reader, [cut]),
        everything(tf, reader, [damaged, plain_file]),
        everything(tf, reader, [text]),
    ]


@program
def fixed_lengths(tf, here):
    contents = b"HH0123456789FF"
    names = [kept(here("d"), contents)]
    zipped, packed = kept(here("gz"), gzip.compress(contents)), kept(here("z"), zlib.compress(contents))
    short = [kept(here("short"), b"HH0123"), names[0]]

    def reader(size, header=2, footer=2, hop=None, encoding=None):
        return lambda: tf.FixedLengthRecordReader(
            size, header_bytes=header, footer_bytes=footer, hop_bytes=hop, encoding=encoding
        )

    return [
        everything(tf, reader(3), names),
        everything(tf, reader(5), names),
        everything(tf, reader(5, hop=2), names),
        everything(tf, reader(2, hop=4), names),
        everything(tf, reader(5, encoding="GZIP"), [zipped]),
        everything(tf, reader(5, encoding="ZLIB"), [packed]),
        everything(tf, reader(5, hop=2, encoding="ZLIB"), [packed]),
        everything(tf, reader(9, footer=0), short),
        everything(tf, reader(5, None, None, encoding="GZIP"), names),
        attempt(lambda: everything(tf, reader(-1), names)),
        attempt(lambda: everything(tf, reader(1, header=-1), names)),
        attempt(lambda: everything(tf, reader(1, footer=-1), names)),
        attempt(lambda: everything(tf, reader(1, hop=-1), names)),
    ]


@program
def whole_files_and_names(tf, here):
    names = [kept(here("a"), b"one\ntwo"), kept(here("b"), b"")]
    return [
        everything(tf, tf.WholeFileReader, names),
        everything(tf, tf.WholeFileReader, names, most=2),
        everything(tf, tf.IdentityReader, ["u", "v"]),
        everything(tf, tf.IdentityReader, ["u", "v"], most=5),
        attempt(lambda: everything(tf, lambda: tf.TextLineReader(skip_header_lines=-1), names)),
    ]


@program
def missing_files(tf, here):
    def first_error(make, name):
        with tf.Graph().as_default(), tf.Session() as session:
            queue = tf.FIFOQueue(9, [tf.string], shapes=())
            session.run(queue.enqueue_many([[name, kept(here("c"), b"c\nd")]]))
            reader = make()
            read = reader.read(queue)
            error = attempt(lambda: session.run(read.value))
            counts = session.run([reader.num_records_produced(), reader.num_work_units_completed()])
            return [type(error).__name__, error.message.split("\n")[0], plain(counts)]

    makers = [
        tf.TextLineReader,
        tf.WholeFileReader,
        tf.TFRecordReader,
        lambda: tf.FixedLengthRecordReader(1),
    ]
    return [first_error(make, here("nothing")) for make in makers] + [first_error(makers[1], here())]


@program
def states(tf, here):
    found = []
    names = ["first", "second"]
    with tf.Session() as session:
        for make in (tf.IdentityReader, tf.TextLineReader):
            reader, queue = make(), tf.FIFOQueue(99, [tf.string], shapes=())
            session.run(queue.enqueue_many([names]))
            read, state = reader.read(queue), reader.serialize_state()
            counts = [reader.num_records_produced(), reader.num_work_units_completed()]
            for target in (state, read.value, state, read.value, state, counts):
                found.append(attempt(lambda: plain(session.run(target))))
            for text in (
                found[2],
                b"",
                b"xyz",
                b"\x08\x03\x10\x02\x18\x02",
                b"\x08\x01\x10\x02",
                b"\x2a\x01a",
            ):
                if isinstance(text, bytes):
                    restored = attempt(lambda: session.run(reader.restore_state(text)))
                    found += [restored, plain(session.run(counts)), attempt(lambda: session.run(state))]
            session.run(reader.reset())
            found.append(plain(session.run(counts)))
            found.append(attempt(lambda: reader.restore_state([b"a"])))
    return found


@program
def reference(tf, here):
    """The one reader that still is a reference; reading needs a library."""
    reader, queue = tf.LMDBReader(name="db"), tf.FIFOQueue(9, [tf.string], shapes=())
    made = list(reader.read(queue)) + list(reader.read_up_to(queue, 2))
    made += [reader.num_records_produced(), reader.num_work_units_completed(), reader.serialize_state()]
    operations = [reader.restore_state(b"", name="restored"), reader.reset(), made[0].op.inputs[1].op]
    makers = tf.WholeFileReader, tf.TFRecordReader, lambda: tf.FixedLengthRecordReader(3, hop_bytes=1)
    for make in makers:
        made += [make().reader_ref] + list(make().read_up_to(queue, 2))
    described = [[part.name, part.op.type, str(part.shape), part.dtype.name] for part in made]
    return described + [[op.name, op.type] for op in operations] + [str(reader.reader_ref.shape)]


@program
def pipeline(tf, here):
    """A classic one: names, lines, columns, batches."""
    for i in range(3):
        write(here("part%d.csv" % i), b"x,y\n" + b"".join(b"%d,%d.5\n" % (i, j) for j in range(4)))
    names = tf.train.string_input_producer(
        [here("part%d.csv" % i) for i in range(3)], num_epochs=2, shuffle=False
    )
    _, line = tf.TextLineReader(skip_header_lines=1).read(names)
    first, second = tf.decode_csv(line, [[0], [0.0]])
    batch = tf.train.batch(
        [tf.stack([tf.cast(first, tf.float32), second])], 5, allow_smaller_final_batch=True
    )
    found = []
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while True:
                found.append(session.run(batch).tolist())
        except tf.errors.OutOfRangeError:
            coordinator.request_stop()
        coordinator.join(threads)
    return found
