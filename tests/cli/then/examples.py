"""Examples of what the table of `perdure.cli.then` lists: programs of then, which print what they get.

TensorFlow 1.15.5's Python (3.7, with NumPy 1.18) runs them too, and `tests/oracle/make_then_goldens.py` keeps
what they print.  Each stands under the module and the first name of its entry.
"""

EXAMPLES = {
    "numpy bool": """
print(np.bool is bool, np.int is int, np.float(3), np.complex(1), np.object is object, np.str is str)
print(np.zeros(2, np.bool).dtype, np.zeros(2, dtype=np.int).dtype, isinstance(True, np.bool))
""",
    "numpy long": "print(np.long is int, np.unicode is str, isinstance(3, np.long))",
    "numpy bool8": """
print(np.bool8 is np.bool_, np.float_ is np.float64, np.complex_ is np.complex128, np.string_ is np.bytes_)
print(np.unicode_ is np.str_, np.int0 is np.intp, np.object0 is np.object_, np.cfloat(1).dtype)
""",
    "numpy Inf": "print(np.Inf, np.Infinity, np.NaN, np.NAN, np.PINF, np.infty)",
    "numpy NINF": "print(np.NINF, np.NZERO, np.PZERO)",
    "numpy alltrue": """
print(np.alltrue([1, 0]), np.sometrue([1, 0]), np.product([2, 3]), np.cumproduct([2, 3]), np.round_(2.567, 1))
print(np.in1d([1, 2], [2]), np.row_stack([[1], [2]]).shape, np.trapz([1, 2, 3]))
""",
    "numpy alen": """
print(np.alen([1, 2]), np.alen(3), np.asfarray([1]).dtype, np.asfarray([1], np.int32).dtype)
print(np.asfarray([1], np.float32).dtype, np.asscalar(np.array([3])), np.msort([[2], [1]]).tolist())
print(np.cast[np.uint8]([1.5]), np.nbytes[np.float32], np.typeDict["float32"], np.sctype2char(np.float32))
print(np.find_common_type([np.float32], [np.int64, np.float64]), np.find_common_type([np.int8], [np.float32]))
print(np.find_common_type([], []), np.maximum_sctype(np.int8), np.obj2sctype("i4"), np.obj2sctype(3))
print(np.issctype(np.int8), np.issctype(3), np.issubclass_(int, object), np.issubsctype("i4", np.integer))
print(np.fastCopyAndTranspose([[1, 2]]).shape, np.safe_eval("[1, 2]"), sorted(np.sctypes)[0], np.mat([1]).shape)
print(np.loads(b"\\x80\\x03K\\x01."), np.recfromcsv(io.BytesIO(b"A,b\\n1,2\\n3,4")).a)
print(np.recfromtxt(io.BytesIO(b"1 2\\n3 4")).shape)
np.set_string_function(lambda a: "an array")
print(repr(np.ones(2)))
np.set_string_function(None)
""",
    "numpy AxisError": """
try:
    np.sum(1, axis=3)
except np.AxisError as error:
    print(error)
print(issubclass(np.VisibleDeprecationWarning, UserWarning), issubclass(np.ComplexWarning, RuntimeWarning))
""",
    "numpy math": "print(np.math.sqrt(4.0), np.math.factorial(3))",
    "numpy sys": "print(np.sys is sys, np.warnings is warnings)",
    "numpy chararray": "print(np.chararray((2,)).shape, np.compare_chararrays(['a'], ['a'], '==', True))",
    "numpy.lib arraysetops": """
print(np.lib.pad([1], 1, "constant"), np.lib.arraysetops.unique([2, 1, 2]), np.lib.index_tricks.r_[1, 2])
print(np.lib.function_base.median([1, 2, 3]), np.lib.shape_base.tile([1], 2), np.lib.type_check.isreal(1))
print(np.lib.twodim_base.eye(1))
""",
    "numpy print_as_then": "print([np.float32(0.5), np.int64(3)], {'a': np.float64(1)}, repr(np.array([1.0, 2.5])))",
    "numpy array": """
rollouts = np.array([[1, 2, 3], [4]])
print(rollouts.dtype, rollouts.shape, np.array([np.ones(2), np.ones(3)]).dtype)
print(np.asarray([[1, "a"], [2]]), numpy.asanyarray([[[1, 2], [3]], [[4], [5, 6]]]).shape)
print(np.array([np.array([1.0]), 2.0]).dtype, list(map(len, np.array([(1,), (2, 3)]))))
print(np.array([-1, 300], dtype=np.uint8), np.asarray([[-129]], "int8"), np.array(-1, np.uint16))
print(np.ascontiguousarray([256], np.uint8), np.asfortranarray([-1], np.uint32), np.array([2 ** 63, 1], np.uint64))
print(np.array([-1], np.uint64), np.array([1.5, -1], np.uint8), np.array([70000, True], np.int16))
x = np.ones(2)
same, other = np.array(x, copy=False), np.array(x, dtype=np.float32, copy=False)
print(same is x, other.dtype, np.array([1], copy=False).shape)
try:
    np.array([[1, 2], [3]], dtype=np.float32)
except ValueError:
    print("a ragged list has no numbers")
try:
    np.array([2 ** 70], dtype=np.uint8)
except OverflowError:
    print("too large")
print(array([[1], [2, 3]]).dtype, np.array([[1], [2, 3]], dtype=None).dtype)
""",
    "numpy full": "print(np.full(2, -1, dtype=np.uint8), np.full_like(np.zeros(2, np.uint8), 300), np.full(1, 7))",
    "numpy int8": """
print(np.uint8(256), np.uint8(-1), np.int8(200), np.uint16(70000), np.uint32(-1), np.int16(40000), np.uint64(3))
print(np.uint8([1, 300]), np.int32(2 ** 31), np.uint8(3.7), np.uint8("7"), np.ubyte(257), np.int8(np.ones(2)))
""",
    "numpy maximum": """
x = np.zeros(2, np.uint8)
for y in np.maximum(x, -1), np.minimum(x, 300), np.add(x, 300), np.subtract(x, 300), np.multiply(x, -2), np.floor_divide(x, 300), np.mod(x, -1):
    print(y, y.dtype)
print(np.where([True, False], np.ones(2, np.uint8), 300).dtype, np.maximum(x, 3).dtype)
""",
    "numpy fromstring": """
print(np.fromstring(b"\\x01\\x02", dtype=np.uint8), np.fromstring("\\x01\\x02", np.uint8, 1))
print(np.fromstring("1 2", sep=" "), np.fromstring(b"", np.uint8), np.fromstring(b"\\0" * 8).flags.writeable)
try:
    np.fromstring(b"\\x01\\x02\\x03", np.int16)
except ValueError as error:
    print(error)
""",
    "numpy concatenate": """
print(np.vstack(np.ones(2) for _ in range(2)).shape, np.hstack(map(np.array, [[1], [2]])))
print(np.concatenate([[[1, 2], [3]]]).shape, np.stack(iter([np.ones(2)])).shape)
print(np.column_stack(x for x in ([1], [2])), np.dstack(iter([[1], [2]])))
""",
    "numpy sum": "print(np.sum(x for x in [1, 2]), np.sum([1, 2]), np.sum(np.ones((2, 2)), axis=0))",
    "numpy reshape": "print(np.reshape(np.arange(4), newshape=(2, 2)).shape, np.reshape([1, 2], (2, 1)).shape)",
    "numpy histogram": """
print(np.histogram([1, 2, 2], bins=2, normed=True)[0], np.histogram([1, 2, 2], bins=2, normed=False)[0])
print(np.histogram2d([1, 2], [1, 2], bins=1, normed=True)[0])
""",
    "numpy percentile": "print(np.percentile([1, 2, 3, 4], 40, interpolation='lower'), np.quantile([1, 2], 0.5))",
    "numpy unique": """
print(np.unique([[1, 2], [1, 3]], return_inverse=True)[1], np.unique([3, 1], True, True)[2])
print(np.unique([[1, 2], [1, 2]], return_inverse=True, axis=0)[1], np.unique([2, 1]))
""",
    "numpy cross": "print(np.cross([1, 2], [3, 4]), np.cross([1, 2, 3], [3, 4]), np.cross([1, 2, 3], [3, 4, 5]))",
    "numpy.linalg solve": """
a = np.eye(2) * np.ones((3, 1, 1))
print(np.linalg.solve(a, np.ones((3, 2))).shape, np.linalg.solve(np.eye(2), np.ones((2, 3))).shape)
""",
    "numpy.ndarray tostring": """
x = np.array([[1, 2], [3, 4]], np.int16)
print(x.tostring(), x.tostring("F"), x.ptp(), x.ptp(axis=0), x.newbyteorder()[0, 0])
x.itemset(3, 7)
x.itemset((0, 0), 9)
x.itemset(0, 1, 8)
print(x)
class Thing(object):
    def tostring(self):
        return "mine"
print(Thing().tostring(), [f() for f in [x.tostring]])
try:
    (3).tostring()
except AttributeError as error:
    print(error)
""",
    "numpy.generic tostring": "print(np.float32(1).tostring(), np.float32(1).ptp(), np.int16(1).newbyteorder())",
    "numpy.ndarray fill": """
x = np.zeros(2, np.uint8)
x.fill(300)
print(x)
x = np.zeros(2)
x.fill(2)
print(x)
""",
    "builtins float": """
x = np.array([2.5])
print(float(x), int(x), complex(x), np.float(x), np.int([3][0]), float(np.array([[1]])), list(map(float, [x])))
print(float("3"), int("ff", 16), int(2.9), [float(y) for y in np.ones((2, 1))], float(np.float32(2)))
try:
    float(np.ones(2))
except TypeError as error:
    print("two are not one")
try:
    int("x")
except ValueError as error:
    print(error)
def scoped(float):
    return float([1])
print(scoped(len))
""",
    "math *": """
from math import sqrt as root, atan2
x = np.array([4.0])
print(math.sqrt(x), root(x), atan2(x, x), math.floor(2.5), math.pow(2, x), math.ceil(x[0]))
try:
    math.sqrt(-1)
except ValueError as error:
    print("no")
""",
    "str %": """
x = np.array([2.5])
print("%d %.2f %s" % (x, x, x), "%f" % x, "%s" % x, "%(a)g %(b)s" % {"a": x, "b": x}, "%d%%" % x)
print("%*d|" % (4, x), "%s" % [1], "%d" % np.int64(3), "%s %s" % ("a", x), "%r" % x)
""",
    "numpy.ndarray a[i]": """
a = np.zeros(4, np.uint8)
a[0] = -1
a[1], a[2] = 300, 7
a[3:] = [257]
print(a)
a[:] = [-1, 2, 3, 256]
print(a)
class Memory(object):
    rewards = np.zeros(3)
m = Memory()
m.rewards[0] = np.array([3.0])
m.rewards[1:] = np.array([[2.0]])
m.rewards[0] += 1
print(m.rewards)
table = {}
table["a"] = -1
table[1] = other = [300]
print(sorted(map(str, table.items())), other)
a[0] += 300
a[1:3] -= 1000
print(a)
b = np.zeros((2, 2), np.int8)
b[0][1] = 200
b[1] = 100
print(b)
x = np.ma.masked_array([1, 2, 3], [0, 1, 0], dtype=np.uint8)
x[0] = 300
m = np.matrix([[1, 2]], dtype=np.uint8)
m[0, 0] = -1
print(x, m, float(np.matrix([[2.5]])))
o = np.zeros(1, object)
o[0] = np.array([1.0])
print(o[0].shape)
""",
    "numpy.ndarray a+b": """
x = np.array([1, 200], np.uint8)
for y in x + 300, x * -1, 1000 - x, x + 10, x - 1, x // 3, x | 256, x % 1000, -3 * np.ones(1, np.int8):
    print(y, y.dtype)
print(x[1] + 100, x[1] * 299, 5 - x[1], (x[0] - 2), 7 + 1000, [1] * 3, "a" * 3)
y = np.ones(2, np.int64)
print(y + 300, (y * -1).dtype)
f, w, big = np.ones(2, np.float32), np.float64(0.5), 300
for y in (f * w, w * f, f / np.sqrt(2), f + np.int64(3), f * 1e300, f * np.float64(1e300), x + w, x * np.float32(2), x + np.int64(3),
          x + np.int64(300), x + big, big - x, x * -big, x / big, x // big, x & big, x ** 2, f ** 2, f ** w, f - f.mean() * 2,
          np.ones(1, np.int64) * np.float32(2), np.ones(1, bool) + 2, f * 1j, np.ones(1, np.float16) * 70000.0,
          np.ones(1, np.complex64) * w, x << 8, np.ones(1, np.int8) + 200, np.ones(1, np.uint8) - 1):
    print(y, y.dtype)
x += 300
x -= np.int64(7)
x *= big
f *= w
f += 3
print(x, f, f.dtype)
""",
    "numpy.generic a+b": """
f, h, u, i, b = np.float32(0.1), np.float16(2), np.uint8(200), np.int32(7), np.bool_(True)
n, r, z = 3, 0.5, 1j
for x in (f / n, f * r, n - f, r + f, f + f, h * n, h + f, f * z, u + n, n * u, u + u - u, u * r, u / n, i + n, i * f,
          b + n, b * r, i // n, u % n, u ** 2, f ** 2, 2 ** f, u << 4, u & 255, 1 - f, f - 1, -1 * u, u - 250,
          np.uint64(5) + n, np.int64(3) + n, np.float64(1) + n, (f * 2) / n, f * len([1, 2]), abs(f) + r, u ^ 1):
    print(repr(x), x.dtype)
total = 0
for loss in [np.float32(0.1), np.float32(0.2)]:
    total += loss / n
print(repr(total), type(total).__name__)
x = np.float32(1)
x += 0.1
x -= f
print(repr(x), x.dtype)
stats = {"loss": 0.0}
stats["loss"] += f * 2
print(stats["loss"].dtype, stats["loss"])
print(np.float64(1) * 1e300 * 10, n + r, "a" + "b", [1] * n, np.str_("a") + "b", np.str_("a") * 2)
print(repr(np.datetime64("2018-01-01") + 3), repr(np.array(5, np.uint8) + 300), (np.array(0.5, np.float32) * 2.0).dtype)
""",
    "builtins sum": """
losses = [np.float32(0.1), np.float32(0.2)]
print(repr(sum(losses)), sum(losses).dtype, sum(losses) / len(losses), sum([1, 2]), sum([[1], [2]], []), sum(x for x in (1, 2)))
print(sum(np.ones(3, np.float32)).dtype, sum([np.ones(2), np.ones(2)]), sum([]), sum((0.5, 1), 2))
""",
    "collections Awaitable": """
print(isinstance([], collections.Iterable), isinstance({}, collections.Mapping), collections.Callable.__name__)
from collections import Sequence, defaultdict
print(isinstance("", Sequence), defaultdict(int)[1])
""",
    "inspect ArgSpec": """
def f(a, b=2, *c, **d):
    pass
print(inspect.getargspec(f), inspect.formatargspec(*inspect.getargspec(f)))
""",
    "time clock": "print(type(time.clock()), time.clock() >= 0)",
    "fractions gcd": "print([fractions.gcd(*p) for p in [(12, 18), (12, -18), (0, 0), (-4, 0), (-4, 6)]])",
    "base64 encodestring": "print(base64.encodestring(b'abc'), base64.decodestring(b'YWJj'))",
    "asyncio coroutine": """
@asyncio.coroutine
def f():
    yield
    return 3
g = f()
try:
    while True:
        g.send(None)
except StopIteration as stop:
    print(stop.value)
""",
    "html.parser.HTMLParser unescape": "print(html.parser.HTMLParser().unescape('&lt;&eacute;'))",
    "threading.Thread isAlive": "print(threading.current_thread().isAlive(), threading.Thread().isAlive())",
    "unittest.TestCase assertEquals": """
t = unittest.TestCase()
print(t.assertEquals(1, 1), t.assert_(True), t.assertAlmostEquals(1.0, 1.0), t.assertRegexpMatches("ab", "b"))
""",
    "configparser SafeConfigParser": "print(configparser.SafeConfigParser().sections())",
    "configparser.RawConfigParser readfp": """
c = configparser.ConfigParser()
c.readfp(io.StringIO(u"[a]\\nb = 1"))
print(c.get("a", "b"))
""",
    " imp": """
import imp, os, tempfile
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "found.py"), "w") as file:
    file.write("import numpy as np\\nvalue = np.array([[1], [2, 3]]).dtype\\n")
file, path, details = imp.find_module("found", [folder])
with file:
    print(os.path.basename(path), details, imp.load_module("found", file, path, details).value)
print(imp.load_source("other", path).value, imp.new_module("empty").__name__, imp.reload(imp) is imp)
try:
    imp.find_module("nothing", [folder])
except ImportError as error:
    print("nothing")
""",
    " pipes": "import pipes\nprint(pipes.quote('a b'))",
    "random sample": """
print(sorted(random.sample({1, 2, 3}, 3)), sorted(random.sample({"a": 1}.keys(), 1)), random.sample([1], 1))
from random import sample
print(sample(set([5]), 1))
""",
    "random shuffle": """
x = [1, 2, 3, 4]
random.shuffle(x, lambda: 0.3)
print(x)
random.seed(0)
random.shuffle(x)
print(x)
""",
    "random randint": "random.seed(1)\nprint(random.randint(0, 10.0), random.randrange(8.0), random.randint(1, 6))",
    "math factorial": "print(math.factorial(4.0), math.factorial(3))",
    "json load": """
print(json.loads('{"a": 1}', encoding="utf-8"), json.load(io.StringIO(u"[1]"), encoding="utf-8"), json.loads("1"))
""",
    "builtins open": """
import os, tempfile
path = os.path.join(tempfile.mkdtemp(), "file")
with open(path, "w") as file:
    file.write("a\\n")
for mode in "rU", "U", "r":
    with open(path, mode) as file:
        print(file.read(), end="")
""",
    "array.array tostring": """
import array
a = array.array("b", [1, 2])
print(a.tostring())
a.fromstring(b"\\3")
print(a.tolist())
""",
    "PIL.Image ANTIALIAS": """
from PIL import Image
print([int(f) for f in (Image.ANTIALIAS, Image.LINEAR, Image.CUBIC)])
print(Image.new("L", (4, 4)).resize((2, 2), Image.ANTIALIAS).size)
""",
    "builtins.str decode": """
import h5py
with h5py.File("example_of_decode.h5", "w", driver="core", backing_store=False) as file:
    file.attrs["name"] = "layers".encode("utf8")
    file.attrs["names"] = [b"one", b"two"]
    print(file.attrs["name"].decode("utf8"), [n.decode("utf8") for n in file.attrs["names"]])
""",
    " distutils": """
import warnings
from distutils import spawn, util
from distutils.version import LooseVersion, StrictVersion
import distutils.version
texts = ["1.15.5", "1.2", "1.10", "2.0a1", "2.0", "2.0b3", "1.15.0"]
print([str(v) for v in sorted(map(LooseVersion, ["1.15.5", "1.2.0rc1", "1.10", "0.9"]))])
print([str(v) for v in sorted(map(StrictVersion, texts))], [repr(StrictVersion(t)) for t in texts[:4]])
print(LooseVersion("1.15.5") >= LooseVersion("1.4"), LooseVersion("1.2") < "1.10", LooseVersion("1.0") == "1.0")
print(LooseVersion("2.0.0-dev2019").version, repr(LooseVersion("1.0rc1")), StrictVersion("1.2.0") == "1.2")
for text in ["1.15.0rc1", "1", "a.b"]:
    try:
        print(StrictVersion(text))
    except ValueError as error:
        print(error)
print([util.strtobool(w) for w in ["Yes", "0", "off"]], spawn.find_executable("no such command"))
""",
    "xml.etree.ElementTree.Element getchildren": """
import xml.etree.ElementTree as ET
root = ET.fromstring("<a><b/><c><b/></c></a>")
print([x.tag for x in root.getchildren()], [x.tag for x in root.getiterator("b")], len(list(root.getiterator())))
""",
}

IMPORTS = """\
import asyncio, base64, collections, configparser, fractions, html.parser, inspect, io, json, math, numpy, random
import sys, threading, time, unittest, warnings
import numpy as np
from numpy import array
"""
