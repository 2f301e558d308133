"""Real code: networks written out, fitting, geometry of cameras and arms, optimal control."""

import math

import numpy as np

from tests.corpus.registry import program


@program(
    lambda r: (
        r.normal(size=(3, 4)),
        r.normal(size=3),
        r.normal(size=(6, 4)),
        np.array([0, 2, 1, 1, 0, 2]),
    ),
)
def softmax_regression(weights, bias, features, labels, penalty=0.01):
    """Cross entropy by rows with the usual shift, an L2 penalty by default."""
    loss = 0.0
    correct = 0
    for i in range(len(labels)):
        scores = weights @ features[i] + bias
        shift = scores.max()
        log_total = shift + np.log(np.sum(np.exp(scores - shift)))
        loss += log_total - scores[labels[i]]
        if np.argmax(scores) == labels[i]:
            correct += 1
    return loss / len(labels) + penalty * (weights**2).sum() + 0.1 * correct


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


@program(lambda r: (r.normal(size=(12, 5)), r.normal(size=12), r.normal(size=(4, 2))))
def lstm_over_a_sequence(weights, bias, inputs):
    """One cell, its gates cut out of one product; the last hidden state and all cells count."""
    hidden = weights.shape[0] // 4
    h, c = np.zeros(hidden), np.zeros(hidden)
    penalty = 0.0
    for x in inputs:
        joined = np.zeros(weights.shape[1])
        joined[: len(x)] = x
        joined[len(x) :] = h
        gates = weights @ joined + bias
        i = sigmoid(gates[:hidden])
        f = sigmoid(gates[hidden : 2 * hidden] + 1.0)
        o = sigmoid(gates[2 * hidden : 3 * hidden])
        g = np.tanh(gates[3 * hidden :])
        c = f * c + i * g
        h = o * np.tanh(c)
        penalty += 0.1 * np.sum(c * c)
    return np.sum(h) + penalty


@program(
    lambda r: (
        r.normal(size=(4, 3)),
        r.normal(size=(3, 3)),
        r.normal(size=(3, 3)),
        r.normal(size=(3, 2)),
    ),
    compiled=True,
)
def causal_attention(tokens, wq, wk, wv):
    """Each position looks at itself and the ones before."""
    q, k, v = tokens @ wq, tokens @ wk, tokens @ wv
    length, width = q.shape
    out = np.zeros((length, v.shape[1]))
    for i in range(length):
        scores = np.empty(i + 1)
        for j in range(i + 1):
            scores[j] = np.dot(q[i], k[j]) / np.sqrt(width)
        scores -= np.max(scores)
        attention = np.exp(scores)
        attention /= attention.sum()
        for j in range(i + 1):
            out[i] += attention[j] * v[j]
    return np.sum(out * out)


@program(lambda r: (r.normal(size=(6, 6)), r.normal(size=(2, 3, 3)), r.normal(size=2)))
def convolution_relu_and_pooling(image, kernels, bias):
    """Loops over outputs, whole windows inside; the maximum of each 2×2 block."""
    filters, size, _ = kernels.shape
    side = image.shape[0] - size + 1
    total = 0.0
    for f in range(filters):
        response = np.zeros((side, side))
        for i in range(side):
            for j in range(side):
                window = image[i : i + size, j : j + size]
                response[i, j] = max(np.sum(window * kernels[f]) + bias[f], 0.0)
        for i in range(0, side, 2):
            for j in range(0, side, 2):
                best = response[i, j]
                for p in range(2):
                    for q in range(2):
                        if response[i + p, j + q] > best:
                            best = response[i + p, j + q]
                total += best * best
    return total


def rotate(w, p, out):
    """Rodrigues' formula; nearly no rotation is taken to first order."""
    theta2 = w[0] * w[0] + w[1] * w[1] + w[2] * w[2]
    if theta2 < 1e-12:
        out[0] = p[0] + w[1] * p[2] - w[2] * p[1]
        out[1] = p[1] + w[2] * p[0] - w[0] * p[2]
        out[2] = p[2] + w[0] * p[1] - w[1] * p[0]
        return
    theta = math.sqrt(theta2)
    c, s = math.cos(theta), math.sin(theta)
    kx, ky, kz = w[0] / theta, w[1] / theta, w[2] / theta
    dot = (kx * p[0] + ky * p[1] + kz * p[2]) * (1.0 - c)
    out[0] = p[0] * c + (ky * p[2] - kz * p[1]) * s + kx * dot
    out[1] = p[1] * c + (kz * p[0] - kx * p[2]) * s + ky * dot
    out[2] = p[2] * c + (kx * p[1] - ky * p[0]) * s + kz * dot


@program(
    lambda r: (0.3 * r.normal(size=(2, 8)), r.normal(size=(4, 3)), r.normal(size=(2, 4, 2))),
    compiled=True,
)
def robust_bundle_adjustment(cameras, points, measured):
    """Rotation, translation, focal length and distortion; Huber's loss of the residuals."""
    delta = 1.0
    cost = 0.0
    local = np.zeros(3)
    for c in range(cameras.shape[0]):
        camera = cameras[c]
        for k in range(points.shape[0]):
            rotate(camera[:3], points[k], local)
            x = local[0] + camera[3]
            y = local[1] + camera[4]
            z = local[2] + camera[5] + 6.0
            if z <= 0.1:
                continue
            u, v = x / z, y / z
            r2 = u * u + v * v
            scale = (2.0 + camera[6]) * (1.0 + camera[7] * r2)
            e = math.hypot(scale * u - measured[c, k, 0], scale * v - measured[c, k, 1])
            cost += 0.5 * e * e if e <= delta else delta * (e - 0.5 * delta)
    return cost


@program(lambda r: (r.normal(size=(5, 2)), r.normal(size=(5, 2)), r.uniform(0.5, 1, 5)))
def weighted_alignment_in_the_plane(source, target, weights):
    """Rotation and scale by complex products instead of an SVD; the residual left over."""
    w = weights / weights.sum()
    centre_s, centre_t = np.zeros(2), np.zeros(2)
    for i in range(len(w)):
        centre_s += w[i] * source[i]
        centre_t += w[i] * target[i]
    dot = cross = spread = 0.0
    for i in range(len(w)):
        a, b = source[i] - centre_s, target[i] - centre_t
        dot += w[i] * (a[0] * b[0] + a[1] * b[1])
        cross += w[i] * (a[0] * b[1] - a[1] * b[0])
        spread += w[i] * (a @ a)
    angle = math.atan2(cross, dot)
    scale = math.hypot(dot, cross) / spread
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    rotation = np.array([[c, -s], [s, c]])
    residual = 0.0
    for i in range(len(w)):
        e = rotation @ (source[i] - centre_s) - (target[i] - centre_t)
        residual += w[i] * np.sum(e**2)
    return residual + 0.1 * angle


@program(lambda r: (r.uniform(0.3, 0.6, 3), r.uniform(0.8, 1.2, 3), r.uniform(1, 1.5), 1.0))
def inverse_kinematics_by_gradient_steps(angles, lengths, goal_x, goal_y):
    """A planar arm led to a goal by its Jacobian, with joint limits; where it ends."""

    def forward(q):
        x = y = total = 0.0
        for link in range(len(q)):
            total += q[link]
            x += lengths[link] * np.cos(total)
            y += lengths[link] * np.sin(total)
        return x, y

    q = np.array(angles)
    rate = 0.1
    for iteration in range(15):
        x, y = forward(q)
        ex, ey = goal_x - x, goal_y - y
        if ex * ex + ey * ey < 1e-8:
            break
        jx, jy = np.zeros(3), np.zeros(3)
        total = 0.0
        for link in range(3):
            total += q[link]
            jx[: link + 1] -= lengths[link] * np.sin(total)
            jy[: link + 1] += lengths[link] * np.cos(total)
        q += rate * (jx * ex + jy * ey)
        for link in range(3):
            if q[link] > 2.0:
                q[link] = 2.0
            elif q[link] < -2.0:
                q[link] = -2.0
    x, y = forward(q)
    return (x - goal_x) ** 2 + (y - goal_y) ** 2 + 0.01 * np.sum(q**2)


@program(lambda r: (r.uniform(0.5, 1.5, 2), r.uniform(0.5, 1.5), np.array([1.0, -0.5])))
def lqr_by_riccati_recursion(state_cost, control_cost, x0):
    """Backward recursion for the gains, a rollout with a saturated control; the cost."""
    dt = 0.1
    a = np.array([[1.0, dt], [0.3 * dt, 1.0]])
    b = np.array([0.0, dt])
    horizon = 20
    p = np.diag(state_cost)
    gains = np.zeros((horizon, 2))
    for k in range(horizon - 1, -1, -1):
        pb = p @ b
        gains[k] = (a.T @ pb) / (control_cost + b @ pb)
        closed = a - np.outer(b, gains[k])
        p = np.diag(state_cost) + a.T @ p @ closed
    x = x0.copy()
    cost = 0.0
    for k in range(horizon):
        u = -gains[k] @ x
        u = min(max(u, -2.0), 2.0)
        cost += state_cost @ x**2 + control_cost * u * u
        x = a @ x + b * u
    return cost + x @ p @ x


@program(
    lambda r: (r.uniform(0.5, 1.5, 3), np.linspace(0.1, 2.0, 8), r.uniform(0.5, 2, 8)),
    tolerance=1e-7,
)
def levenberg_marquardt_fit(guess, t, y):
    """Three parameters of a decay; damping grows when a step is no better."""

    def residuals(p, out):
        for i in range(len(t)):
            out[i] = p[0] * math.exp(-p[1] * t[i]) + p[2] - y[i]

    p = guess.copy()
    n = len(t)
    r, trial_r = np.zeros(n), np.zeros(n)
    residuals(p, r)
    damping = 0.1
    for iteration in range(4):
        normal = np.zeros((3, 3))
        slope = np.zeros(3)
        for i in range(n):
            e = math.exp(-p[1] * t[i])
            row = np.array([e, -p[0] * t[i] * e, 1.0])
            for j in range(3):
                slope[j] += row[j] * r[i]
                for k in range(3):
                    normal[j, k] += row[j] * row[k]
        for j in range(3):
            normal[j, j] *= 1.0 + damping
        for j in range(3):
            for k in range(j + 1, 3):
                f = normal[k, j] / normal[j, j]
                normal[k] -= f * normal[j]
                slope[k] -= f * slope[j]
        step = np.zeros(3)
        for j in (2, 1, 0):
            s = slope[j]
            for k in range(j + 1, 3):
                s -= normal[j, k] * step[k]
            step[j] = s / normal[j, j]
        trial = p - step
        residuals(trial, trial_r)
        if np.sum(trial_r**2) < np.sum(r**2):
            p = trial
            r[:] = trial_r
            damping *= 0.3
        else:
            damping *= 2.0
    return p[0] + 2.0 * p[1] + r @ r
