"""Bundle adjustment: reprojection error of one observation, with radial distortion.

    y = R(r) (X - c), R by Rodrigues' formula;  q = (y_1, y_2) / y_3;  s = q·q
    residual = w (f (1 + k1 s + k2 s²) q + u0 - feature);  w_residual = 1 - w²

Camera (11): rotation r (3), centre c (3), focal length f, principal point u0 (2), distortion k1 k2.
"""

from __future__ import annotations

import numpy as np


def dot3(a, b):
    """Inner product of 3-vectors."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross3(a, b):
    """Vector product as a tuple."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def rodrigues(r, v):
    """`v` turned about the axis `r` by the angle ‖r‖; first order where the angle is zero."""
    square = dot3(r, r)
    if square == 0.0:
        t = cross3(r, v)
        return v[0] + t[0], v[1] + t[1], v[2] + t[2]
    angle = np.sqrt(square)
    cosine = np.cos(angle)
    sine = np.sin(angle)
    a = (r[0] / angle, r[1] / angle, r[2] / angle)
    t = cross3(a, v)
    along = dot3(a, v) * (1.0 - cosine)
    return (
        v[0] * cosine + t[0] * sine + a[0] * along,
        v[1] * cosine + t[1] * sine + a[1] * along,
        v[2] * cosine + t[2] * sine + a[2] * along,
    )


def project(camera, point):
    """Pixel coordinates of a point."""
    r = (camera[0], camera[1], camera[2])
    v = (point[0] - camera[3], point[1] - camera[4], point[2] - camera[5])
    y = rodrigues(r, v)
    q0 = y[0] / y[2]
    q1 = y[1] / y[2]
    s = q0 * q0 + q1 * q1
    scale = camera[6] * (1.0 + camera[9] * s + camera[10] * s * s)
    return scale * q0 + camera[7], scale * q1 + camera[8]


def ba_residual(camera, point, weight, feature, seed_0, seed_1):
    """`seed · residual`: its gradient with seeds (1, 0) and (0, 1) is the Jacobian's two rows."""
    u0, u1 = project(camera, point)
    return seed_0 * (weight * (u0 - feature[0])) + seed_1 * (weight * (u1 - feature[1]))


def ba_weight_residual(weight):
    """How far a robust weight is from one."""
    return 1.0 - weight * weight


# ------------------------------------------------------------- the same with small local arrays


def rodrigues_into(r, v, out):
    """`rodrigues` as array code writes it: the result goes to `out` (3,)."""
    square = np.sum(r * r)
    axis = np.empty(3)
    t = np.empty(3)
    if square == 0.0:
        cosine = 1.0
        sine = 1.0
        for i in range(3):
            axis[i] = r[i]
    else:
        angle = np.sqrt(square)
        cosine = np.cos(angle)
        sine = np.sin(angle)
        for i in range(3):
            axis[i] = r[i] / angle
    for i in range(3):
        j = (i + 1) % 3
        l = (i + 2) % 3
        t[i] = axis[j] * v[l] - axis[l] * v[j]
    along = np.dot(axis, v) * (1.0 - cosine)
    for i in range(3):
        out[i] = v[i] * cosine + t[i] * sine + axis[i] * along


def ba_arrays(camera, point, weight, feature):
    """The residual (2,) with `np.empty(3)` temporaries and views of the camera."""
    v = point - camera[3:6]
    y = np.empty(3)
    rodrigues_into(camera[:3], v, y)
    q = y[:2] / y[2]
    s = np.sum(q * q)
    distortion = 1.0 + camera[9] * s + camera[10] * s * s
    return weight * (camera[6] * distortion * q + camera[7:9] - feature)
