"""Variables: making them, reading and assigning, by reference and by resource handle.

Names of inputs, outputs and attributes are rows of the signature table.  An op that writes says which of
its inputs it `updates` and returns their new values; the runtime stores them when the step succeeds.
"""

from perdure.graph.errors import InvalidArgumentError, OutOfRangeError
from perdure.graph.shapes import format_shape, is_compatible, merge
from perdure.ops.registry import op
from perdure.ops.traits import SHAPE_ONLY
from perdure.resources.resource import Resource
from perdure.resources.resources import Variable

# -- shared by the family ----------------------------------------------------------------


def same_shape(ref, value):
    return merge(ref, value)


def check_assignable(variable, value, what):
    """Refuse a value whose shape the variable cannot take."""
    if not is_compatible(variable.shape, value.shape):
        raise InvalidArgumentError(
            None,
            None,
            f"{what} requires shapes of both tensors to match. lhs shape= "
            f"{format_shape(variable.shape)} rhs shape= {format_shape(value.shape)}",
        )


# -- VariableV2, Variable, VarHandleOp, TemporaryVariable -----------------------------------


def variable_kernel(xp, *, obtain, dtype, shape):
    return obtain(dtype=dtype, declared_shape=shape)


variable_v2 = op("VariableV2", setup=True, makes=Variable, any_device=True)


@variable_v2.shape
def variable_v2_shape(*, shape):
    return shape


variable = op("Variable", setup=True, makes=Variable, any_device=True)


@variable.shape
def variable_shape(*, shape):
    # The oldest variables could not say "unknown", and said "scalar" instead.
    return shape or None


var_handle = op("VarHandleOp", setup=True, makes=Variable, any_device=True)


@var_handle.shape
def var_handle_shape():
    return ()


for _definition in (variable_v2, variable, var_handle):
    _definition.kernel(variable_kernel)
    _definition.not_differentiable("it is a source, with no inputs")

# -- IsVariableInitialized, VarIsInitializedOp -------------------------------------------------

is_variable_initialized = op("IsVariableInitialized", handles=["ref"], asks_state=True, any_device=True)


@is_variable_initialized.shape
def is_variable_initialized_shape():
    return ()


@is_variable_initialized.kernel
def is_variable_initialized_kernel(xp, ref):
    return xp.bool_(ref.initialized)


is_variable_initialized.not_differentiable("returns a boolean")

var_is_initialized = op(
    "VarIsInitializedOp", handles={"resource": Resource}, asks_state=True, any_device=True
)


@var_is_initialized.shape
def var_is_initialized_shape():
    return ()


@var_is_initialized.kernel
def var_is_initialized_kernel(xp, resource):
    # Of the handle of a queue, say, TensorFlow says that there is no variable of that name.
    return xp.bool_(resource.kind == Variable.kind and resource.initialized)


var_is_initialized.not_differentiable("returns a boolean")

# -- ReadVariableOp, VariableShape ---------------------------------------------------------------

read_variable = op("ReadVariableOp", reads=["resource"], identity=True)


@read_variable.shape
def read_variable_shape(resource):
    return resource


@read_variable.kernel
def read_variable_kernel(xp, resource):
    return resource


@read_variable.gradient
def read_variable_gradient(g, d_value):
    # The derivative with respect to a handle stands for that with respect to the variable.
    return {"resource": d_value}


variable_shape_op = op("VariableShape", reads=["input"], reads_only=SHAPE_ONLY)


@variable_shape_op.shape
def variable_shape_op_shape(input):
    return (None,) if input is None else (len(input),)


@variable_shape_op.kernel
def variable_shape_op_kernel(xp, input, *, out_type):
    return xp.asarray(input.shape, dtype=out_type.as_numpy_dtype)


variable_shape_op.not_differentiable("returns a shape")

# -- Assign, AssignAdd, AssignSub ------------------------------------------------------------------

assign = op("Assign", updates=["ref"], handles=["ref"])


@assign.shape
def assign_shape(ref, value, *, validate_shape):
    return merge(ref, value) if validate_shape else value


@assign.kernel
def assign_kernel(xp, ref, value, *, validate_shape):
    if validate_shape:
        check_assignable(ref, value, "Assign")
    return value


assign.not_differentiable("it changes a variable")


def _accumulate(op_type, ufunc):
    definition = op(op_type, updates=["ref"])
    definition.shape(same_shape)

    def kernel(xp, ref, value):
        if ref.shape != value.shape:
            raise InvalidArgumentError(
                None,
                None,
                f"{op_type} requires shapes of both tensors to match. lhs shape= "
                f"{format_shape(ref.shape)} rhs shape= {format_shape(value.shape)}",
            )
        return getattr(xp, ufunc)(ref, value)

    definition.kernel(kernel)
    definition.not_differentiable("it changes a variable")


_accumulate("AssignAdd", "add")
_accumulate("AssignSub", "subtract")

# -- AssignVariableOp, AssignAddVariableOp, AssignSubVariableOp ---------------------------------------

assign_variable = op("AssignVariableOp", updates=["resource"], handles=["resource"])


@assign_variable.shape
def assign_variable_shape(resource, value):
    merge(resource, value)
    return []


@assign_variable.kernel
def assign_variable_kernel(xp, value):
    # TensorFlow 1.15 compares shapes while the graph is built, and takes any value here.
    return value


assign_variable.not_differentiable("it changes a variable")


def _accumulate_resource(op_type, ufunc):
    definition = op(op_type, updates=["resource"])
    definition.shape(assign_variable_shape)

    def kernel(xp, resource, value):
        if resource.shape != value.shape:
            raise InvalidArgumentError(
                None,
                None,
                f"Cannot update variable with shape {format_shape(resource.shape)} using a Tensor with "
                f"shape {format_shape(value.shape)}, shapes must be equal.",
            )
        return getattr(xp, ufunc)(resource, value)

    definition.kernel(kernel)
    definition.not_differentiable("it changes a variable")


_accumulate_resource("AssignAddVariableOp", "add")
_accumulate_resource("AssignSubVariableOp", "subtract")

# -- CountUpTo ---------------------------------------------------------------------------------------

# It ends an input pipeline by an error of its own class, which only the host can raise.
count_up_to = op("CountUpTo", updates=["ref"], host=True)


@count_up_to.shape
def count_up_to_shape(ref):
    return ()


@count_up_to.kernel
def count_up_to_kernel(xp, ref, *, limit, T):
    if ref >= limit:
        raise OutOfRangeError(None, None, f"Reached limit of {limit}")
    one = xp.asarray(1, dtype=T.as_numpy_dtype)
    return ref + one, ref


count_up_to.not_differentiable("it changes a variable")
