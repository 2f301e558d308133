"""Hand tracking: distance of skinned vertices to measured points, as loops.

    relative_j = base_j [R_z(e) R_x(a) 0; 0 1];  absolute_j = absolute_parent relative_j
    T_j = absolute_j inverse_j;  v_i = (Σ_j weight_ji T_j (p_i, 1))_{1..3}
    residual_n = point_n - (R(global rotation) v_{vertex n} + translation)

theta (26): global rotation (axis times angle), translation, (a, e, a, a) of each finger. Finger
g has bones 2 + 4g, 3 + 4g, 4 + 4g; the others do not bend.
"""

from __future__ import annotations

import numpy as np


def rotation_matrix(r0, r1, r2):
    """Rodrigues' formula as a (3, 3) matrix; the identity where the angle is below 1e-4."""
    out = np.zeros((3, 3))
    angle = np.sqrt(r0 * r0 + r1 * r1 + r2 * r2)
    if angle < 1e-4:
        for i in range(3):
            out[i, i] = 1.0
        return out
    x, y, z = r0 / angle, r1 / angle, r2 / angle
    s = np.sin(angle)
    c = np.cos(angle)
    t = 1.0 - c
    out[0, 0] = x * x * t + c
    out[0, 1] = x * y * t - z * s
    out[0, 2] = x * z * t + y * s
    out[1, 0] = x * y * t + z * s
    out[1, 1] = y * y * t + c
    out[1, 2] = y * z * t - x * s
    out[2, 0] = x * z * t - y * s
    out[2, 1] = y * z * t + x * s
    out[2, 2] = z * z * t + c
    return out


def hand_objective(theta, parents, base, inverse, positions, weights, correspondences, points):
    """Residuals (3 N,): x, y, z of each measured point."""
    bones = len(parents)
    bend = np.zeros(bones)
    spread = np.zeros(bones)
    for finger in range(5):
        first = 2 + 4 * finger
        bend[first] = theta[6 + 4 * finger]
        spread[first] = theta[7 + 4 * finger]
        bend[first + 1] = theta[8 + 4 * finger]
        bend[first + 2] = theta[9 + 4 * finger]

    absolute = np.zeros((bones, 4, 4))
    transforms = np.zeros((bones, 4, 4))
    local = np.zeros((4, 4))
    relative = np.zeros((4, 4))
    for b in range(bones):
        ca, sa = np.cos(bend[b]), np.sin(bend[b])
        ce, se = np.cos(spread[b]), np.sin(spread[b])
        local[0, 0] = ce
        local[0, 1] = -se * ca
        local[0, 2] = se * sa
        local[1, 0] = se
        local[1, 1] = ce * ca
        local[1, 2] = -ce * sa
        local[2, 1] = sa
        local[2, 2] = ca
        local[3, 3] = 1.0
        for i in range(4):
            for j in range(4):
                total = 0.0
                for l in range(4):
                    total += base[b, i, l] * local[l, j]
                relative[i, j] = total
        for i in range(4):
            for j in range(4):
                if parents[b] < 0:
                    absolute[b, i, j] = relative[i, j]
                else:
                    for l in range(4):
                        absolute[b, i, j] += absolute[parents[b], i, l] * relative[l, j]
        for i in range(4):
            for j in range(4):
                for l in range(4):
                    transforms[b, i, j] += absolute[b, i, l] * inverse[b, l, j]

    rotation = rotation_matrix(theta[0], theta[1], theta[2])
    residual = np.empty(3 * len(correspondences))
    skinned = np.empty(3)
    for n in range(len(correspondences)):
        v = correspondences[n]
        for i in range(3):
            skinned[i] = 0.0
        for b in range(bones):
            if weights[v, b] != 0.0:
                for i in range(3):
                    moved = transforms[b, i, 3]
                    for j in range(3):
                        moved += transforms[b, i, j] * positions[v, j]
                    skinned[i] += weights[v, b] * moved
        for i in range(3):
            placed = theta[3 + i]
            for j in range(3):
                placed += rotation[i, j] * skinned[j]
            residual[3 * n + i] = points[n, i] - placed
    return residual
