"""What an op is, beyond its signature: the traits that an op line declares and that every pass asks.

`op("Exp", work=TRANSCENDENTAL)`, `op("QueueDequeueV2", waits=True)`, `op("Identity", identity=True)`:
planning, inference and both tiers know no op by its name, so that an op which is heavy, waits or is an
identity is written in its family's module alone.  What follows from traits and rules together (that an op
is pure, for example) is a property of `OpDefinition`.
"""

from enum import Enum
from typing import NamedTuple


class Work(Enum):
    """What most of an op's time goes into; `runtime/planning/cost.py` says what that costs."""

    MEMORY = "reading and writing its tensors"
    PRODUCT = "a product of matrices"
    CONVOLUTION = "a convolution, or a gradient of one"
    RECURRENCE = "products of matrices and functions of their elements, a step after the other"
    TRANSCENDENTAL = "functions of which each element takes many operations"
    WINDOW = "elements that are made of many others: pooling, sorting, running sums, moments"
    RANDOM = "random numbers"


class Reads(Enum):
    """What an op looks at of its inputs, if not at their elements."""

    SHAPE = "shape"
    RANK = "rank"


class Calls(Enum):
    """In which way an op calls functions that can be part of a compiled program."""

    CONDITIONAL = "one of two, then_branch or else_branch"
    LOOP = "body, as long as cond holds"
    ONCE = "f, once"


class Flow(Enum):
    """What an op is to the flow of control, where conditionals and loops are written as TensorFlow 1 does."""

    SWITCH = "hands its data on to one of two outputs; the other one is dead"
    MERGE = "hands on the one input that is not dead"
    ENTER = "takes a value into the frame of a loop"
    EXIT = "takes a value out of it"
    NEXT_ITERATION = "takes a value into the next iteration"
    LOOP_COND = "says whether there is another iteration"


class Algebra(Enum):
    """What an op is to those who rewrite formulas of several ops for XLA."""

    PRODUCT = "x * y, element by element"
    MATRIX_PRODUCT = "x y, for matrices"
    SUM = "the sum of its inputs"
    TOTAL = "the sum of the elements of its input"
    ADDITION = "x + y"
    SUM_OF_ROWS = "the sum of the rows of a matrix"


MEMORY, PRODUCT, CONVOLUTION = Work.MEMORY, Work.PRODUCT, Work.CONVOLUTION
RECURRENCE = Work.RECURRENCE
TRANSCENDENTAL, WINDOW, RANDOM = Work.TRANSCENDENTAL, Work.WINDOW, Work.RANDOM
SHAPE_ONLY, RANK_ONLY = Reads.SHAPE, Reads.RANK
CONDITIONAL, LOOP, ONCE = Calls.CONDITIONAL, Calls.LOOP, Calls.ONCE
SWITCH, MERGE, ENTER, EXIT = Flow.SWITCH, Flow.MERGE, Flow.ENTER, Flow.EXIT
NEXT_ITERATION, LOOP_COND = Flow.NEXT_ITERATION, Flow.LOOP_COND


class Traits(NamedTuple):
    """What an op is; all of it is optional.

    A named tuple, since making a dataclass of so many fields would take a hundredth of the import.

    Attributes:
        host: it only makes sense on the host, so it is never part of a compiled program.
        setup: it makes a handle that is the same in every step, so it runs when a step is planned.
        waits: it may wait for what another step does.
        calls_program: it calls a function of the program's own, which may run other steps and wait for them:
            the step lets them see and write variables.
        draws: it takes random numbers from the stream of its node.
        identity: each output is the input at its place, and shares its memory (or is the value of the
            variable that the input is a handle of).
        copies: an identity the result of which does not share memory with a variable.
        keeps_elements: its output has the elements of its first input, in their order.
        reads_only: all that its outputs depend on, if that is less than the elements of its inputs.
        orders: it computes nothing, and only orders others.
        is_check: programs run it for the error that it raises.
        asks_state: it asks whether a variable has a value, which is known on the host only.
        foldable: it may be computed beforehand when its inputs are constants.
        kept: what it makes of constants is kept by the executable: a function of the program's that is
            said to depend on its arguments alone is called once.
        quotes: strings among its inputs are for a message, and never computed on unless it fails.
        placeholder: it has no value but the one that is fed.
        lacking: it stands for a value that only the other branch of a conditional has.
        any_device: it can be on any device, wherever what belongs to it is.
        without_gpu: TensorFlow has it on GPUs alone; here it is on any device, also where a GPU that is asked
            for does not exist.
        calls: how it calls functions.
        flow: what it is to the flow of control; such an op is in no plan, since planning lifts it.
        never_dead: it runs whether or not what it waits for is dead.
        lists: its variants are lists of tensors: shape functions get the shape of their elements.
        of_step: it deals with what a step makes for itself (a stack, an array of tensors), by its handle.
        work: what it is heavy as.
        algebra: what it is in formulas that are rewritten.
    """

    host: bool = False
    setup: bool = False
    waits: bool = False
    calls_program: bool = False
    draws: bool = False
    identity: bool = False
    copies: bool = False
    keeps_elements: bool = False
    reads_only: Reads | None = None
    orders: bool = False
    is_check: bool = False
    asks_state: bool = False
    foldable: bool = True
    kept: bool = False
    quotes: bool = False
    placeholder: bool = False
    lacking: bool = False
    any_device: bool = False
    without_gpu: bool = False
    calls: Calls | None = None
    flow: Flow | None = None
    never_dead: bool = False
    lists: bool = False
    of_step: bool = False
    work: Work = Work.MEMORY
    algebra: Algebra | None = None


PLAIN = Traits()
