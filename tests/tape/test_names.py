"""Every name of the specification's three lists of operations is there."""

from __future__ import annotations

import pytest

from adjoint import autograd, nd, np, npx


def words(text):
    return text.split()


ND = words(
    """
    array arange zeros ones full zeros_like ones_like linspace uniform exp log sin cos tanh sqrt
    square abs sign maximum minimum clip where sum mean max min norm argmax dot elemwise_add reshape
    split sort topk Dropout FullyConnected relu sigmoid expand_dims squeeze transpose swapaxes
    flatten concat concatenate stack tile repeat broadcast_to slice slice_axis take flip eye softmax
    log_softmax pick one_hot softmax_cross_entropy BatchNorm Convolution Pooling Activation
    LeakyReLU Embedding batch_dot sequence_mask SequenceMask smooth_l1 LayerNorm prod sinh cosh
    power add_n BlockGrad stop_gradient cpu waitall diag gather_nd argsort erf gammaln cbrt rsqrt
    log1p expm1 arctan arcsin arccos arcsinh arctanh floor ceil round mod L2Normalization moments
    pad SoftmaxOutput LinearRegressionOutput Deconvolution
    """
)

NP = words(
    """
    array arange zeros ones full zeros_like ones_like linspace exp log sin cos tanh sqrt square abs
    sign maximum minimum clip where sum mean max min argmax dot all reshape split sort expand_dims
    squeeze transpose swapaxes concatenate stack tile repeat broadcast_to take flip meshgrid eye
    prod cumsum var std matmul power sinh cosh einsum tensordot outer inner trace diag argsort
    unique nonzero cbrt log1p expm1 arctan floor ceil round mod pad
    """
)

NPX = words(
    """
    set_np reset_np use_np relu sigmoid dropout fully_connected softmax log_softmax pick one_hot
    softmax_cross_entropy batch_norm convolution pooling activation leaky_relu embedding batch_dot
    sequence_mask smooth_l1 layer_norm stop_gradient cpu waitall erf gammaln l2_normalization
    softmax_output deconvolution topk gather_nd
    """
)

METHODS = words(
    """
    T reshape asscalar asnumpy item copy astype detach wait_to_read stype tostype shape size ndim
    dtype context as_in_context as_in_ctx copyto attach_grad grad backward drop_grad _fresh_grad sum
    mean max min argmax abs exp log sqrt square sign clip transpose swapaxes squeeze expand_dims
    flatten tile repeat take broadcast_to sort argsort split __add__ __radd__ __iadd__ __sub__
    __rsub__ __isub__ __mul__ __rmul__ __imul__ __truediv__ __rtruediv__ __itruediv__ __pow__
    __rpow__ __neg__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __matmul__ __getitem__ __setitem__
    __iter__ __len__ __float__ __int__ __bool__
    """
)


@pytest.mark.parametrize("module, names", [(nd, ND), (np, NP), (npx, NPX)])
def test_functions(module, names):
    assert [name for name in names if not callable(getattr(module, name, None))] == []


@pytest.mark.parametrize("cls, more", [(nd.NDArray, ["norm", "topk", "slice"]), (np.ndarray, [])])
def test_methods(cls, more):
    assert [name for name in METHODS + more if name not in dir(cls)] == []


def test_submodules():
    for name in ["normal", "uniform", "randint", "shuffle", "seed"]:
        assert callable(getattr(nd.random, name))
        assert callable(getattr(np.random, name))
    for name in ["rand", "randn"]:
        assert callable(getattr(np.random, name))
    for name in ["norm", "inv", "det", "solve", "cholesky"]:
        assert callable(getattr(np.linalg, name))
    assert callable(nd.linalg.gemm2)
    assert callable(npx.random.seed)


def test_autograd():
    names = words(
        """
        set_recording set_training is_recording is_training record pause train_mode predict_mode
        mark_variables backward grad get_symbol Function
        """
    )
    assert set(names) <= set(autograd.__all__)


@pytest.mark.parametrize("module", [autograd, nd, np, npx])
def test_all_is_true(module):
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert len(set(module.__all__)) == len(module.__all__)
