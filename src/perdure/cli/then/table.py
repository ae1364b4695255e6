"""What NumPy and Python did in TensorFlow 1's time and do no more: the table.

Each entry says what it was, since which release it is otherwise, and what `perdure run` does about it.
The rest of this folder does what is written here; `tests/cli/then/test_table.py` runs an example of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class How(Enum):
    """What is done about a change."""

    NAME = "the module gets the name back, for all of the process: it has no other meaning there"
    MODULE = "the module can be imported again"
    CALL = "calls that are written in the program's own files go to a function that does what was done then"
    METHOD = "the same for methods of objects, and for attributes of modules whose meaning has changed"
    SYNTAX = "what is written in the program's own files is compiled to mean what it meant"
    SETTING = "the module is set up to do it, for all of the process"
    TOLD = "the error says what to do"


@dataclass(frozen=True, slots=True)
class Change:
    """One name, or several that share their story.

    Attributes:
        where: the module, or the module and the class.
        names: those that have changed; "new=old" where `by` is a module and the names there differ.
        since: the release that changed it.
        was: what it did then.
        how: what is done about it.
        by: what does it: a module of this folder, or of anything else for second names.
    """

    where: str
    names: str
    since: str
    was: str
    how: How
    by: str

    def pairs(self) -> dict[str, str]:
        """Each name with the name of what does it, in `by`."""
        entries = (entry.partition("=") for entry in self.names.split())
        return {name: other or name for name, _, other in entries}


_HERE = "perdure.cli.then"
_NUMPY_NAMES, _PYTHON_NAMES = f"{_HERE}.numpy_names", f"{_HERE}.python_names"
_NUMPY_CALLS, _PYTHON_CALLS = f"{_HERE}.numpy_calls", f"{_HERE}.python_calls"
_METHODS, _MEANINGS = f"{_HERE}.methods", f"{_HERE}.meanings"

_INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 intc uintc int_ uint intp uintp byte ubyte"

NUMPY = (
    Change(
        "numpy", "bool complex float int object str", "NumPy 1.24",
        "Python's own types", How.NAME, "builtins",
    ),
    Change("numpy", "long=int unicode=str", "NumPy 1.24", "Python's own types", How.NAME, "builtins"),
    Change(
        "numpy",
        "bool8=bool_ bytes0=bytes_ cfloat=complex128 clongfloat=clongdouble complex_=complex128 "
        "float_=float64 int0=intp longcomplex=clongdouble longfloat=longdouble object0=object_ "
        "singlecomplex=complex64 str0=str_ string_=bytes_ uint0=uintp unicode_=str_ void0=void",
        "NumPy 2.0", "second names of types", How.NAME, "numpy",
    ),
    Change(
        "numpy", "Inf=inf Infinity=inf NAN=nan NaN=nan PINF=inf infty=inf", "NumPy 2.0",
        "second names of numbers", How.NAME, "numpy",
    ),
    Change("numpy", "NINF NZERO PZERO", "NumPy 2.0", "numbers", How.NAME, _NUMPY_NAMES),
    Change(
        "numpy",
        "alltrue=all cumproduct=cumprod in1d=isin product=prod row_stack=vstack round_=round "
        "sometrue=any trapz=trapezoid",
        "NumPy 2.0", "second names of functions", How.NAME, "numpy",
    ),
    Change(
        "numpy",
        "alen asfarray asscalar cast fastCopyAndTranspose find_common_type issctype issubclass_ "
        "issubsctype loads mat maximum_sctype msort nbytes obj2sctype recfromcsv recfromtxt safe_eval "
        "sctype2char sctypes set_string_function typeDict",
        "NumPy 2.0", "functions and tables", How.NAME, _NUMPY_NAMES,
    ),
    Change(
        "numpy", "AxisError ComplexWarning ModuleDeprecationWarning RankWarning TooHardError "
        "VisibleDeprecationWarning",
        "NumPy 2.0", "exceptions and warnings", How.NAME, "numpy.exceptions",
    ),
    Change("numpy", "math", "NumPy 1.25", "Python's module, imported by accident", How.NAME, _NUMPY_NAMES),
    Change("numpy", "sys warnings", "NumPy 1.25", "Python's, by accident", How.NAME, _NUMPY_NAMES),
    Change(
        "numpy", "chararray compare_chararrays format_parser", "NumPy 2.0", "names of submodules' things",
        How.NAME, _NUMPY_NAMES,
    ),
    Change(
        "numpy.lib",
        "arraysetops function_base index_tricks pad shape_base twodim_base type_check",
        "NumPy 2.0", "modules of functions that are in numpy itself", How.NAME, _NUMPY_NAMES,
    ),
    Change(
        "numpy", "print_as_then", "NumPy 2.0", "elements in lists are printed as numbers: [0.5]",
        How.SETTING, _NUMPY_NAMES,
    ),
    Change(
        "numpy", "array asarray asanyarray ascontiguousarray asfortranarray", "NumPy 1.24 and 2.0",
        "ragged lists make arrays of objects; integers out of a type's range wrap around; copy=False copies "
        "where it must",
        How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", "full full_like", "NumPy 2.0", "integers out of range wrap around", How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", " ".join(f"{name}=integer_type" for name in _INTEGERS.split()), "NumPy 2.0",
        "integers out of range wrap around: np.uint8(256) is 0", How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", "maximum=promoting minimum=promoting where=promoting add=promoting subtract=promoting "
        "multiply=promoting floor_divide=fitting mod=fitting",
        "NumPy 2.0", "a Python integer that the array's type cannot hold makes the result wider",
        How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", "fromstring", "NumPy 2.3", "without sep, reads the bytes of numbers", How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", "concatenate=stacking vstack=stacking hstack=stacking dstack=stacking stack=stacking "
        "column_stack=stacking",
        "NumPy 1.24", "take generators and maps, and ragged lists", How.CALL, _NUMPY_CALLS,
    ),
    Change("numpy", "sum", "NumPy 2.5", "takes a generator", How.CALL, _NUMPY_CALLS),
    Change("numpy", "reshape", "NumPy 2.4", "names its argument newshape", How.CALL, _NUMPY_CALLS),
    Change(
        "numpy", "histogram=histogram histogram2d=histogram histogramdd=histogram", "NumPy 1.24",
        "take normed=", How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", "percentile=quantiles quantile=quantiles nanpercentile=quantiles nanquantile=quantiles",
        "NumPy 2.4", "name their method interpolation", How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy", "unique", "NumPy 2.0", "the inverse is flat whatever the shape", How.CALL, _NUMPY_CALLS,
    ),
    Change("numpy", "cross", "NumPy 2.5", "takes vectors in the plane", How.CALL, _NUMPY_CALLS),
    Change(
        "numpy.linalg", "solve", "NumPy 2.0", "takes a stack of vectors", How.CALL, _NUMPY_CALLS,
    ),
    Change(
        "numpy.ndarray", "tostring itemset newbyteorder ptp", "NumPy 2.0 and 2.3",
        "methods of arrays", How.METHOD, _METHODS,
    ),
    Change(
        "numpy.generic", "tostring newbyteorder ptp", "NumPy 2.0 and 2.3", "methods of scalars",
        How.METHOD, _METHODS,
    ),
    Change(
        "numpy.ndarray", "fill", "NumPy 2.0", "integers out of range wrap around", How.METHOD, _METHODS,
    ),
    Change(
        "numpy", "bool long", "NumPy 2.0", "were Python's bool and int, and are NumPy's types now",
        How.METHOD, _METHODS,
    ),
    Change(
        "builtins", "float int complex", "NumPy 2.5", "take an array of one element", How.SYNTAX, _MEANINGS,
    ),
    Change("math", "*", "NumPy 2.5", "take arrays of one element", How.SYNTAX, _MEANINGS),
    Change(
        "str", "%", "NumPy 2.5", "formats an array of one element as a number", How.SYNTAX, _MEANINGS,
    ),
    Change(
        "numpy.ndarray", "a[i]", "NumPy 2.0 and 2.5",
        "integers out of range wrap around; an array of one element goes into one place",
        How.SYNTAX, _MEANINGS,
    ),
    Change(
        "numpy.ndarray", "a+b a+=b", "NumPy 2.0",
        "single numbers count by their value: float32 beside np.float64(0.5) stays, uint8 beside 300 grows",
        How.SYNTAX, f"{_HERE}.operands",
    ),
    Change(
        "numpy.generic", "a+b a+=b", "NumPy 2.0",
        "Python's numbers beside a single one of NumPy's have 64 bits: np.float32(1) / 3 is a float64",
        How.SYNTAX, f"{_HERE}.operands",
    ),
    Change("builtins", "sum", "NumPy 2.0", "the same, from its 0 on", How.CALL, _PYTHON_CALLS),
)  # fmt: skip

PYTHON = (
    Change(
        "collections",
        "Awaitable Coroutine AsyncIterable AsyncIterator AsyncGenerator Hashable Iterable Iterator Generator "
        "Reversible Sized Container Callable Collection Set MutableSet Mapping MutableMapping MappingView "
        "KeysView ItemsView ValuesView Sequence MutableSequence",
        "Python 3.10", "abstract classes", How.NAME, "collections.abc",
    ),
    Change(
        "inspect", "ArgSpec getargspec formatargspec", "Python 3.11", "functions", How.NAME, _PYTHON_NAMES,
    ),
    Change("time", "clock=process_time", "Python 3.8", "processor time", How.NAME, "time"),
    Change("fractions", "gcd", "Python 3.9", "with the sign of b", How.NAME, _PYTHON_NAMES),
    Change("os", "errno", "Python 3.7", "the module, imported by accident", How.NAME, _PYTHON_NAMES),
    Change(
        "base64", "encodestring=encodebytes decodestring=decodebytes", "Python 3.9", "second names",
        How.NAME, "base64",
    ),
    Change("asyncio", "coroutine", "Python 3.11", "a decorator", How.NAME, _PYTHON_NAMES),
    Change(
        "platform", "linux_distribution dist", "Python 3.8", "the name of the system",
        How.NAME, _PYTHON_NAMES,
    ),
    Change("html.parser.HTMLParser", "unescape", "Python 3.9", "a method", How.NAME, _PYTHON_NAMES),
    Change("threading.Thread", "isAlive", "Python 3.9", "second name", How.NAME, _PYTHON_NAMES),
    Change(
        "unittest.TestCase",
        "assertEquals=assertEqual assertNotEquals=assertNotEqual assert_=assertTrue "
        "assertAlmostEquals=assertAlmostEqual assertNotAlmostEquals=assertNotAlmostEqual "
        "assertRegexpMatches=assertRegex assertNotRegexpMatches=assertNotRegex "
        "assertRaisesRegexp=assertRaisesRegex failUnless=assertTrue failIf=assertFalse",
        "Python 3.12", "second names", How.NAME, "unittest.TestCase",
    ),
    Change(
        "configparser", "SafeConfigParser=ConfigParser", "Python 3.12", "second name",
        How.NAME, "configparser",
    ),
    Change("configparser.RawConfigParser", "readfp", "Python 3.12", "a method", How.NAME, _PYTHON_NAMES),
    Change("", "imp", "Python 3.12", "a module", How.MODULE, f"{_HERE}.imp_module"),
    Change("", "pipes", "Python 3.13", "a module, here with quote alone", How.MODULE, "shlex"),
    Change(
        "scipy.misc",
        "bytescale fromimage imread imresize imrotate imsave imshow toimage comb factorial logsumexp",
        "SciPy 1.3", "images, by Pillow", How.NAME, f"{_HERE}.scipy_misc",
    ),
    Change(
        "PIL.Image", "ANTIALIAS=LANCZOS LINEAR=BILINEAR CUBIC=BICUBIC", "Pillow 10",
        "second names of filters", How.NAME, "PIL.Image",
    ),
    Change("random", "sample", "Python 3.11", "takes sets", How.CALL, _PYTHON_CALLS),
    Change("random", "shuffle", "Python 3.11", "takes a source of numbers", How.CALL, _PYTHON_CALLS),
    Change(
        "random", "randint randrange", "Python 3.12", "take whole numbers of type float",
        How.CALL, _PYTHON_CALLS,
    ),
    Change("math", "factorial", "Python 3.12", "takes whole numbers of type float", How.CALL, _PYTHON_CALLS),
    Change("json", "load=with_encoding loads=with_encoding", "Python 3.9", "take encoding=", How.CALL,
           _PYTHON_CALLS),
    Change("builtins", "open", "Python 3.11", "takes U in the mode", How.CALL, _PYTHON_CALLS),
    Change("array.array", "tostring fromstring", "Python 3.9", "methods", How.METHOD, _METHODS),
    Change(
        "xml.etree.ElementTree.Element", "getchildren getiterator", "Python 3.9", "methods",
        How.METHOD, _METHODS,
    ),
    Change(
        "builtins.str", "decode", "h5py 3", "texts that are attributes of HDF5 files were bytes",
        How.METHOD, _METHODS,
    ),
    Change(
        "", "distutils", "Python 3.12", "a module, here with versions, strtobool and find_executable alone",
        How.MODULE, f"{_HERE}.distutils",
    ),
    Change(
        "",
        "distutils.ccompiler distutils.cmd distutils.command distutils.core distutils.dir_util "
        "distutils.errors distutils.extension distutils.file_util distutils.log distutils.sysconfig",
        "Python 3.12", "modules", How.TOLD, "install setuptools, which brings them",
    ),
    Change("", "pkg_resources", "Python 3.12", "a module of setuptools", How.TOLD, "install 'setuptools<81'"),
    Change("", "cgi", "Python 3.13", "a module", How.TOLD, "install legacy-cgi"),
    Change("", "imghdr", "Python 3.13", "a module", How.TOLD, "install standard-imghdr"),
    Change("", "sndhdr", "Python 3.13", "a module", How.TOLD, "install standard-sndhdr"),
    Change("", "telnetlib", "Python 3.13", "a module", How.TOLD, "install standard-telnetlib"),
    Change("", "asyncore", "Python 3.12", "a module", How.TOLD, "install pyasyncore"),
    Change("", "asynchat", "Python 3.12", "a module", How.TOLD, "install pyasynchat"),
    Change("", "smtpd", "Python 3.12", "a module", How.TOLD, "install aiosmtpd"),
)  # fmt: skip

_PYTHON_2 = "perdure runs on Python 3; convert the program first, for example with 2to3 or modernize"
PYTHON_2 = (
    Change(
        "builtins",
        "xrange unicode raw_input basestring long unichr execfile reduce reload file cmp apply buffer intern",
        "Python 3.0", "functions and types", How.TOLD, _PYTHON_2,
    ),
    Change(
        "",
        "cPickle urllib2 urlparse Queue ConfigParser StringIO cStringIO Tkinter tkMessageBox httplib "
        "commands HTMLParser cookielib Cookie SocketServer BaseHTTPServer SimpleHTTPServer thread "
        "dummy_thread __builtin__ copy_reg anydbm exceptions sets md5 sha xmlrpclib",
        "Python 3.0", "modules", How.TOLD, _PYTHON_2,
    ),
    Change("dict", "iteritems iterkeys itervalues has_key", "Python 3.0", "methods", How.TOLD, _PYTHON_2),
    Change(
        "", "print exec except backquotes", "Python 3.0", "syntax of Python 2", How.TOLD, _PYTHON_2,
    ),
)  # fmt: skip

TABLE = NUMPY + PYTHON + PYTHON_2


def changes(how: How) -> list[Change]:
    """The entries that something of a kind is done about."""
    return [change for change in TABLE if change.how is how]
