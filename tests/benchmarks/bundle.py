"""Bundle adjustment over many observations: residuals, our Jacobians, and those by hand.

An observation's residual (2,) depends on a camera (11), a point (3) and a weight. The loop over
observations is compiled by Numba, and calls `jacobian(residual)` for each.
"""

from __future__ import annotations

import numba
import numpy as np

from adjoint import jacobian
from tests.adbench import ba
from tests.twin import twin

CAMERAS, OBSERVATIONS = 49, 4000  # of ADBench's smallest problem, and an eighth of its 31843

_njit = numba.njit(error_model="numpy")
_project = twin(ba.project, lambda value: value, _njit)


def residual(camera, point, weight, feature):
    u0, u1 = ba.project(camera, point)
    return np.array([weight * (u0 - feature[0]), weight * (u1 - feature[1])])


_jacobian = jacobian(residual, argnums=("camera", "point", "weight"))


def observations(camera, point, weight, feature) -> tuple:
    """Cameras, points, weights and features that differ a little, and each one's camera."""
    r = np.random.default_rng(0)
    n = OBSERVATIONS
    return (
        camera + 1e-3 * r.normal(size=(CAMERAS, 11)),
        point + 1e-2 * r.normal(size=(n, 3)),
        weight + r.random(n),
        feature + r.normal(size=(n, 2)),
        np.arange(n) % CAMERAS,
    )


@_njit
def residuals(cameras, points, weights, features, camera_of):
    """What is differentiated, (n, 2)."""
    out = np.empty((len(weights), 2))
    for i in range(len(weights)):
        u0, u1 = _project(cameras[camera_of[i]], points[i])
        out[i, 0] = weights[i] * (u0 - features[i, 0])
        out[i, 1] = weights[i] * (u1 - features[i, 1])
    return out


@_njit
def jacobians(cameras, points, weights, features, camera_of):
    """(n, 2, 15): by the camera, the point, the weight."""
    out = np.empty((len(weights), 2, 15))
    for i in range(len(weights)):
        _jacobian(
            cameras[camera_of[i]],
            points[i],
            weights[i],
            features[i],
            out=(out[i, :, :11], out[i, :, 11:14], out[i, :, 14]),
        )
    return out


@_njit
def jacobians_by_hand(cameras, points, weights, features, camera_of):
    """Each row in its place; the axis is not zero."""
    out = np.empty((len(weights), 2, 15))
    for i in range(len(weights)):
        c = camera_of[i]
        r0, r1, r2 = cameras[c, 0], cameras[c, 1], cameras[c, 2]
        focal, k1, k2 = cameras[c, 6], cameras[c, 9], cameras[c, 10]
        v0 = points[i, 0] - cameras[c, 3]
        v1 = points[i, 1] - cameras[c, 4]
        v2 = points[i, 2] - cameras[c, 5]
        angle = np.sqrt(r0 * r0 + r1 * r1 + r2 * r2)
        cosine, sine = np.cos(angle), np.sin(angle)
        a0, a1, a2 = r0 / angle, r1 / angle, r2 / angle
        t0, t1, t2 = a1 * v2 - a2 * v1, a2 * v0 - a0 * v2, a0 * v1 - a1 * v0
        dot = a0 * v0 + a1 * v1 + a2 * v2
        along = dot * (1.0 - cosine)
        y0 = v0 * cosine + t0 * sine + a0 * along
        y1 = v1 * cosine + t1 * sine + a1 * along
        y2 = v2 * cosine + t2 * sine + a2 * along
        q0, q1 = y0 / y2, y1 / y2
        s = q0 * q0 + q1 * q1
        distortion = 1.0 + (k1 + k2 * s) * s
        scale = focal * distortion
        weight = weights[i]
        for row in range(2):
            q = q1 if row else q0
            scale_bar = weight * q
            distortion_bar = scale_bar * focal
            s_bar = distortion_bar * (k1 + 2.0 * k2 * s)
            q0_bar = 2.0 * q0 * s_bar + (0.0 if row else weight * scale)
            q1_bar = 2.0 * q1 * s_bar + (weight * scale if row else 0.0)
            y0_bar, y1_bar = q0_bar / y2, q1_bar / y2
            y2_bar = -(y0_bar * q0 + y1_bar * q1)
            along_bar = y0_bar * a0 + y1_bar * a1 + y2_bar * a2
            dot_bar = along_bar * (1.0 - cosine)
            t0_bar, t1_bar, t2_bar = y0_bar * sine, y1_bar * sine, y2_bar * sine
            v0_bar = y0_bar * cosine + dot_bar * a0 + t1_bar * a2 - t2_bar * a1
            v1_bar = y1_bar * cosine + dot_bar * a1 + t2_bar * a0 - t0_bar * a2
            v2_bar = y2_bar * cosine + dot_bar * a2 + t0_bar * a1 - t1_bar * a0
            a0_bar = y0_bar * along + dot_bar * v0 + t2_bar * v1 - t1_bar * v2
            a1_bar = y1_bar * along + dot_bar * v1 + t0_bar * v2 - t2_bar * v0
            a2_bar = y2_bar * along + dot_bar * v2 + t1_bar * v0 - t0_bar * v1
            cosine_bar = y0_bar * v0 + y1_bar * v1 + y2_bar * v2 - along_bar * dot
            sine_bar = y0_bar * t0 + y1_bar * t1 + y2_bar * t2
            angle_bar = sine_bar * cosine - cosine_bar * sine
            angle_bar -= (a0_bar * a0 + a1_bar * a1 + a2_bar * a2) / angle
            out[i, row, 0] = a0_bar / angle + angle_bar * a0
            out[i, row, 1] = a1_bar / angle + angle_bar * a1
            out[i, row, 2] = a2_bar / angle + angle_bar * a2
            out[i, row, 3], out[i, row, 11] = -v0_bar, v0_bar
            out[i, row, 4], out[i, row, 12] = -v1_bar, v1_bar
            out[i, row, 5], out[i, row, 13] = -v2_bar, v2_bar
            out[i, row, 6] = scale_bar * distortion
            out[i, row, 7] = 0.0 if row else weight
            out[i, row, 8] = weight if row else 0.0
            out[i, row, 9] = distortion_bar * s
            out[i, row, 10] = distortion_bar * s * s
            feature = features[i, row]
            out[i, row, 14] = scale * q + cameras[c, 7 + row] - feature
    return out
