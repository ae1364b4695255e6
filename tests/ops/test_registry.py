"""The registry, and what must hold for every op in it."""

import pkgutil
from importlib import import_module

import pytest

from perdure.graph.signatures import find
from perdure.ops import registry
from perdure.ops.registry import OpDefinition, all_definitions, lookup
from tests import cases

# Ops that no record of tests/cases tries, with where they are compared with TensorFlow instead.
TRIED_ELSEWHERE = {
    "tests/golden/random.json": "Multinomial RandomGamma RandomGammaGrad RandomPoissonV2 RandomShuffle "
    "RandomStandardNormal RandomUniform RandomUniformInt StatelessMultinomial StatelessRandomNormal "
    "StatelessRandomUniform StatelessRandomUniformInt StatelessTruncatedNormal TruncatedNormal",
    "tests/candidate_sampling": "AllCandidateSampler ComputeAccidentalHits FixedUnigramCandidateSampler "
    "LearnedUnigramCandidateSampler LogUniformCandidateSampler ThreadUnsafeUnigramCandidateSampler "
    "UniformCandidateSampler",
    "tests/functional/test_linalg.py": "SelfAdjointEigV2 Svd",
    "tests/session": "VarHandleOp Variable VariableV2 DeleteSessionTensor GetSessionHandle "
    "GetSessionHandleV2 GetSessionTensor",
    "tests/queues": "FIFOQueue FIFOQueueV2 PaddingFIFOQueue PaddingFIFOQueueV2 PriorityQueue "
    "PriorityQueueV2 QueueClose QueueCloseV2 QueueDequeue QueueDequeueMany QueueDequeueManyV2 "
    "QueueDequeueUpTo QueueDequeueUpToV2 QueueDequeueV2 QueueEnqueue QueueEnqueueMany "
    "QueueEnqueueManyV2 QueueEnqueueV2 QueueIsClosed QueueIsClosedV2 QueueSize QueueSizeV2 "
    "AddManySparseToTensorsMap AddSparseToTensorsMap TakeManySparseFromTensorsMap "
    "RandomShuffleQueue RandomShuffleQueueV2 Stage StageClear StagePeek StageSize Unstage "
    "Barrier BarrierClose BarrierIncompleteSize BarrierInsertMany BarrierReadySize BarrierTakeMany "
    "ConditionalAccumulator SparseConditionalAccumulator ResourceConditionalAccumulator "
    "AccumulatorApplyGradient AccumulatorNumAccumulated AccumulatorSetGlobalStep AccumulatorTakeGradient "
    "ResourceAccumulatorApplyGradient ResourceAccumulatorNumAccumulated "
    "ResourceAccumulatorSetGlobalStep ResourceAccumulatorTakeGradient "
    "SparseAccumulatorApplyGradient SparseAccumulatorTakeGradient "
    "MapStage MapUnstage MapUnstageNoKey MapPeek MapSize MapIncompleteSize MapClear OrderedMapStage "
    "OrderedMapUnstage OrderedMapUnstageNoKey OrderedMapPeek OrderedMapSize OrderedMapIncompleteSize "
    "OrderedMapClear MatchingFiles",
    "tests/functional": "PyFunc PyFuncStateless FakeParam If StatelessIf StatelessWhile While "
    "PrintV2 StringFormat",
    "the V2 or forward op of the same kernel": "MaxPool3DGrad MaxPool3DGradGrad PlaceholderV2 TopK",
    "nowhere: TensorFlow 1.15 has no kernel, or none that Python reaches": "TileGrad PopulationCount "
    "BatchNormWithGlobalNormalization BatchNormWithGlobalNormalizationGrad DebugGradientIdentity "
    "DebugGradientRefIdentity",
}


def test_every_op_is_compared_with_tensorflow():
    """Each op has cases with goldens, or a place where it is compared otherwise."""
    tried = {
        case.op
        for module in pkgutil.iter_modules(cases.__path__)
        for case in import_module(f"tests.cases.{module.name}").CASES
    }
    elsewhere = {name for names in TRIED_ELSEWHERE.values() for name in names.split()}
    assert set(all_definitions()) - tried - elsewhere == set()
    assert elsewhere & tried == set()


def definition(op_type: str, **options) -> OpDefinition:
    """A definition that is not entered into the registry."""
    return OpDefinition(op_type, **options)


@pytest.mark.parametrize("op_type", sorted(all_definitions()))
def test_every_op_is_complete(op_type):
    """Each op has a signature, shape function and kernel, and a gradient or the reason why it has none."""
    found = lookup(op_type)
    assert find(op_type) is not None
    assert found.shape_rule is not None, "no shape function"
    assert found.kernel_rule is not None, "no kernel"
    answers = [found.gradient_rule, found.no_gradient_reason, found.gradient_refusal]
    assert sum(answer is not None for answer in answers) == 1, "a gradient or a reason"


def test_unknown_op_has_no_definition():
    """Ops of the table without a kernel, and names that are no ops, have none."""
    assert lookup("Abort") is None
    assert lookup("NoSuchOp") is None


def test_rule_with_an_unknown_input_is_refused():
    """A kernel that asks for an input the op does not have is named with the op's inputs."""
    wrong = definition("MatMul")
    wrong.kernel(lambda xp, a, c: None)
    with pytest.raises(TypeError, match=r"kernel <lambda> of MatMul: parameter 'c' is none of"):
        wrong.check()


def test_rule_with_an_unknown_attribute_is_refused():
    """A shape function that asks for an attribute the op does not have is named."""
    wrong = definition("MatMul")

    @wrong.shape
    def wrong_shape(a, b, *, adjoint):
        return None

    with pytest.raises(TypeError, match="keyword 'adjoint' is none of"):
        wrong.check()


def test_option_that_names_no_input_is_refused():
    """`static`, `updates` and the like must name inputs."""
    with pytest.raises(TypeError, match="it has no input 'axis'"):
        definition("MatMul", static=["axis"]).check()


def test_op_is_defined_once():
    """A second definition of an op is an error, not a replacement."""
    lookup("MatMul")
    with pytest.raises(ValueError, match=r"op\('MatMul'\) is defined twice"):
        registry.op("MatMul")


def test_definition_without_signature_says_so():
    """An op type that TensorFlow 1.15 lacks cannot be defined."""
    with pytest.raises(LookupError, match="no op of type 'Convolve'"):
        definition("Convolve").check()
