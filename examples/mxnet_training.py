"""Training and prediction: dropout, batch normalisation, and a small network fitted by hand."""

from adjoint import autograd, nd


def modes():
    """Recording means training unless told otherwise."""
    print("outside:", autograd.is_training())
    with autograd.record():
        inside = autograd.is_training()
    with autograd.record(train_mode=False):
        predicting = autograd.is_training()
    print("inside:", inside, "and on request:", predicting)
    return inside, predicting


def dropout():
    """In training half of the elements are dropped and the rest doubled; else nothing happens."""
    x = nd.ones((2, 8))
    x.attach_grad()
    still = nd.Dropout(x, p=0.5)
    with autograd.record():
        y = nd.Dropout(x, p=0.5)
    y.backward()
    print("prediction", still, "training", y)
    return still, y, x.grad


def batch_normalisation():
    """In training by the batch's own statistics, whose running means serve prediction."""
    x = nd.array([[1, 2], [3, 6]])
    gamma, beta = nd.array([2, 3]), nd.array([0.5, 0.25])
    mean, var = nd.zeros(2), nd.ones(2)
    with autograd.train_mode():
        nd.BatchNorm(x, gamma, beta, mean, var, fix_gamma=False)
    print("running mean", mean, "variance", var)
    return mean, var


def fit(steps=200, rate=0.5):
    """Fit y = sin 3x with sixteen hidden units by gradient descent."""
    nd.random.seed(1)
    x = nd.linspace(-1, 1, 64).reshape((64, 1))
    y = nd.sin(3 * x)
    w1, b1 = nd.random.normal(0, 1, shape=(16, 1)), nd.zeros(16)
    w2, b2 = nd.random.normal(0, 0.3, shape=(1, 16)), nd.zeros(1)
    parameters = [w1, b1, w2, b2]
    for parameter in parameters:
        parameter.attach_grad()
    losses = []
    for _ in range(steps):
        with autograd.record():
            hidden = nd.tanh(nd.FullyConnected(x, w1, b1, num_hidden=16))
            error = nd.FullyConnected(hidden, w2, b2, num_hidden=1) - y
            loss = (error**2).mean()
        loss.backward()
        for parameter in parameters:
            parameter -= rate * parameter.grad  # in place: it stays attached
        losses.append(loss.asscalar())
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}")
    return losses


if __name__ == "__main__":
    modes()
    dropout()
    batch_normalisation()
    fit()
