"""Writing in place: refused where it would make gradients wrong, and noticed everywhere else."""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, nd, np
from adjoint.autograd import MXNetError

IN_GRAPH = (
    "Assigning to NDArrays that are already in a computational graph .* cannot use inplace "
    r"operations like \+=, \*=, relu\(x, out=x\), y\[idx\]=x, etc inside a record section"
)
RECORDED = r"Inplace operations \(\+=, -=, x\[:\]=, etc\) are not supported when recording"


def add_one(x):
    x += 1


def set_first(x):
    x[0] = 1


def set_all(x):
    x[:] = 1


def multiply(x):
    x *= 2


WRITES = [add_one, set_first, set_all, multiply]


def leaf(module=nd):
    x = module.array([1.0, 2.0])
    x.attach_grad()
    return x


@pytest.mark.parametrize("module", [nd, np])
@pytest.mark.parametrize("write", WRITES)
def test_graph_members_are_protected_while_recording(write, module):
    x, constant = leaf(module), module.array([3.0, 4.0])
    with autograd.record():
        y = x * constant
        for member in (x, y, constant):
            with pytest.raises(MXNetError, match=IN_GRAPH):
                write(member)
    assert constant.asnumpy().tolist() == [3, 4]
    y.backward()
    with autograd.record():
        write(constant)  # the graph that used it is gone


def test_constants_of_layers_are_protected():
    x, data = leaf(), nd.array([[3.0, 4.0]])
    with autograd.record():
        y = nd.FullyConnected(data, x.reshape((1, 2)), no_bias=True, num_hidden=1)
        with pytest.raises(MXNetError, match=IN_GRAPH):
            data += 1
    y.backward()


def test_a_fresh_constant_takes_constants_but_no_recorded_element():
    x = leaf()
    with autograd.record():
        m, z = nd.array([1.0, 1.0]), nd.zeros(2)
        m += 1
        with pytest.raises(MXNetError, match=RECORDED):
            m *= x
        with pytest.raises(MXNetError, match=RECORDED):
            z[0] = x.sum()
    assert m.asnumpy().tolist() == [2, 2]


def test_filling_a_fresh_constant_with_a_recorded_value_is_recorded():
    x = leaf()
    with autograd.record():
        z = nd.zeros(2)
        z[:] = x * 2
        y = z * z
    y.backward()
    assert x.grad.asnumpy().tolist() == [8, 16]


@pytest.mark.parametrize("write", WRITES)
def test_a_lost_value_is_noticed_by_backward(write):
    x = leaf()
    with autograd.record():
        y = x * x
    write(x)
    with pytest.raises(MXNetError, match="changed in place after it was recorded"):
        y.backward()


def test_a_change_through_a_view_is_noticed():
    x = leaf()
    with autograd.record():
        y = x * x
    x.detach()[:] = 0
    with pytest.raises(MXNetError, match="changed in place"):
        y.backward()


@pytest.mark.parametrize("function", [lambda x: x + x, nd.sum, lambda x: x[0] * 3, nd.exp])
def test_a_change_of_what_is_not_needed_is_fine(function):
    x = leaf()
    with autograd.record():
        y = function(x)
    x[:] = 0
    y.backward()
    assert x.grad.asnumpy()[0] > 0


def test_changing_before_recording_is_fine():
    x = leaf()
    for _ in range(3):
        with autograd.record():
            y = x * x
        y.backward()
        x -= 0.1 * x.grad
    assert onp.allclose(x.asnumpy(), onp.array([1, 2]) * 0.8**3)


def test_recorded_values_do_not_go_into_numpy_arrays():
    x, target = leaf(), onp.zeros(2)
    with autograd.record(), pytest.raises(NotImplementedError, match="its gradient would be lost"):
        onp.add(target, x * 2, out=target)
    target += x
    assert target.tolist() == [1, 2]


@pytest.mark.parametrize("module", [nd, np])
def test_views(module):
    x = module.array([[1.0, 2.0], [3.0, 4.0]])
    x[0][:] = 9
    x[1:2] *= 2
    x.reshape(4)[3] = 7
    x[:, 1][:] = 100  # columns are copies
    x.T[:] = -1
    assert x.asnumpy().tolist() == [[9, 9], [6, 7]]
    assert x.detach()[0, 0].asnumpy() == 9


def test_integer_targets_round_down_as_numpy_does():
    x = nd.array([1, 2], dtype="int32")
    x *= 2.5
    assert x.asnumpy().tolist() == [2, 5]
    assert x.dtype == onp.int32


def test_numpys_writing_functions_follow_the_same_rules():
    x, constant = leaf(np), np.array([0.0, 0.0])
    onp.copyto(constant, x)
    assert constant.asnumpy().tolist() == [1, 2]
    with autograd.record():
        y = x * x
        with pytest.raises(MXNetError, match=IN_GRAPH):
            onp.copyto(x, constant)
        with pytest.raises(MXNetError, match=RECORDED):
            onp.copyto(constant, y)
    onp.put(x, [0], 5.0)
    with pytest.raises(MXNetError, match="changed in place"):
        y.backward()
