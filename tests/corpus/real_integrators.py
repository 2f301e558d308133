"""Real code: solvers of ordinary differential equations, with events and step control."""

import math

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.uniform(0.5, 1.0, 3), 10.0, 28.0, 8.0 / 3.0), tolerance=1e-6, step=1e-3)
def lorenz_long_run(start, sigma, rho, beta):
    """Classical Runge-Kutta of a chaotic system; returns a time average of z."""

    def slope(state):
        x, y, z = state[0], state[1], state[2]
        return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])

    dt = 0.01
    steps = 150
    state = start.copy()
    average = 0.0
    for step in range(steps):
        k1 = slope(state)
        k2 = slope(state + 0.5 * dt * k1)
        k3 = slope(state + 0.5 * dt * k2)
        k4 = slope(state + dt * k3)
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        average += state[2]
    return average / steps


@program(lambda r: (r.uniform(0.8, 1.0), r.uniform(0.1, 0.2), 0.7), compiled=True, step=1e-3)
def pendulum_with_friction_and_a_wall(angle, friction, restitution):
    """Semi-implicit Euler; impacts reverse the speed, and a pendulum at rest ends the run."""
    omega = 0.0
    dt = 0.02
    impacts = 0
    energy = 0.0
    for step in range(400):
        alpha = -9.81 * math.sin(angle) - friction * omega
        omega += dt * alpha
        angle += dt * omega
        if angle < -0.3:
            angle = -0.3 + restitution * (-0.3 - angle)
            omega = -restitution * omega
            impacts += 1
            if impacts == 4:
                return energy + angle
        energy = 0.5 * omega**2 + 9.81 * (1.0 - math.cos(angle))
        if energy < 0.05 and impacts > 0:
            break
    else:
        return energy
    return energy * (1 + impacts)


@program(lambda r: (r.uniform(0.5, 1.5), r.uniform(0.5, 1.5), r.uniform(0.5, 1.5)))
def implicit_euler_of_a_stiff_reaction(k1, k2, k3):
    """Robertson's kinetics, mild rates, a Newton iteration with elimination in each step."""
    y = np.array([1.0, 0.0, 0.0])
    dt = 0.2
    for step in range(8):
        z = y.copy()
        for newton in range(12):
            r1 = k1 * z[0]
            r2 = 30.0 * k2 * z[1] * z[1]
            r3 = 10.0 * k3 * z[1] * z[2]
            f = np.empty(3)
            f[0] = z[0] - y[0] - dt * (-r1 + r3)
            f[1] = z[1] - y[1] - dt * (r1 - r2 - r3)
            f[2] = z[2] - y[2] - dt * r2
            if np.max(np.abs(f)) < 1e-13:
                break
            jac = np.eye(3)
            jac[0, 0] += dt * k1
            jac[0, 1] -= dt * 10.0 * k3 * z[2]
            jac[0, 2] -= dt * 10.0 * k3 * z[1]
            jac[1, 0] -= dt * k1
            jac[1, 1] += dt * (60.0 * k2 * z[1] + 10.0 * k3 * z[2])
            jac[1, 2] += dt * 10.0 * k3 * z[1]
            jac[2, 1] -= dt * 60.0 * k2 * z[1]
            for i in range(3):
                for j in range(i + 1, 3):
                    factor = jac[j, i] / jac[i, i]
                    jac[j, i:] -= factor * jac[i, i:]
                    f[j] -= factor * f[i]
            for i in range(2, -1, -1):
                f[i] = (f[i] - jac[i, i + 1 :] @ f[i + 1 :]) / jac[i, i]
            z -= f
        y = z
    return y[0] + 2.0 * y[1] * y[2]


@program(lambda r: (r.uniform(9, 11), 36.0 * r.uniform(0.9, 1.1), 120.0), step=1e-2, tolerance=1e-6)
def hodgkin_huxley(current, g_k, g_na):
    """A neuron for 12 ms; how often it fires is counted, the mean voltage returned."""

    def rate(v, centre, width):
        x = (v - centre) / width
        if abs(x) < 1e-6:
            return 1.0 + 0.5 * x
        return x / (1.0 - np.exp(-x))

    v, m, h, n = -65.0, 0.05, 0.6, 0.32
    dt = 0.02
    spikes = 0
    above = False
    mean = 0.0
    for step in range(600):
        alpha_m, beta_m = rate(v, -40.0, 10.0), 4.0 * np.exp(-(v + 65.0) / 18.0)
        alpha_h, beta_h = (
            0.07 * np.exp(-(v + 65.0) / 20.0),
            1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0)),
        )
        alpha_n, beta_n = 0.1 * rate(v, -55.0, 10.0), 0.125 * np.exp(-(v + 65.0) / 80.0)
        m += dt * (alpha_m * (1.0 - m) - beta_m * m)
        h += dt * (alpha_h * (1.0 - h) - beta_h * h)
        n += dt * (alpha_n * (1.0 - n) - beta_n * n)
        ionic = g_na * m**3 * h * (v - 50.0) + g_k * n**4 * (v + 77.0) + 0.3 * (v + 54.4)
        v += dt * (current - ionic)
        if v > 0.0 and not above:
            spikes += 1
            above = True
        elif v < -20.0:
            above = False
        mean += v
    assert spikes > 0
    return mean / 600 + spikes


@program(lambda r: (r.uniform(1.5, 2.5), r.uniform(0.3, 0.6), 0.02), compiled=True, step=1e-3)
def pid_loop_with_clamping(kp, ki, kd):
    """A heater held at a temperature: anti-windup, a saturated actuator, a door that opens."""
    temperature, integral, previous = 15.0, 0.0, None
    setpoint = 21.0
    cost = 0.0
    for k in range(80):
        error = setpoint - temperature
        derivative = 0.0 if previous is None else (error - previous) / 0.1
        u = kp * error + ki * integral + kd * derivative
        if u > 5.0:
            u = 5.0
        elif u < 0.0:
            u = 0.0
        else:
            integral += 0.1 * error
        loss = 0.4 if 30 <= k < 40 else 0.1
        temperature += 0.1 * (u - loss * (temperature - 10.0))
        previous = error
        cost += 0.1 * (error**2 + 0.01 * u**2)
    return cost


@program(lambda r: (r.uniform(0.3, 0.5), r.uniform(0.1, 0.2), r.uniform(0.05, 0.1)), step=2e-3)
def epidemic_with_groups_and_events(beta, gamma, sigma):
    """SEIR in two age groups; schools close above a threshold, a vaccine arrives on a day."""
    contacts = np.array([[1.8, 0.6], [0.6, 1.0]])
    s = np.array([0.4, 0.59])
    e = np.array([0.0, 0.0])
    i = np.array([0.005, 0.005])
    r = np.zeros(2)
    closed_days = 0
    hospital = 0.0
    for day in range(90):
        closed = i.sum() > 0.03
        closed_days += closed
        school = 0.4 if closed else 1.0
        pressure = np.zeros(2)
        for group in range(2):
            for other in range(2):
                scale = school if group == 0 and other == 0 else 1.0
                pressure[group] += scale * contacts[group, other] * i[other]
        exposed = beta * s * pressure
        ill = sigma * 3.0 * e
        well = gamma * i
        s -= exposed
        e += exposed - ill
        i += ill - well
        r += well
        if day == 45:
            moved = 0.3 * s[1]
            s[1] -= moved
            r[1] += moved
        hospital = max(hospital, 0.02 * i[0] + 0.1 * i[1])
    return 100.0 * hospital + r[0] - r[1]


def oscillator(t, y, mu, dydt):
    dydt[0] = y[1]
    dydt[1] = mu * (1.0 - y[0] ** 2) * y[1] - y[0] + 0.1 * np.cos(t)


@program(lambda r: (r.uniform(0.8, 1.2), r.normal(size=2)), step=1e-4, tolerance=1e-6)
def dormand_prince_with_step_control(mu, y0):
    """Van der Pol's equation by an embedded pair 5(4); rejected steps are tried again."""
    a = np.zeros((7, 7))
    a[1, 0] = 1 / 5
    a[2, :2] = np.array([3 / 40, 9 / 40])
    a[3, :3] = np.array([44 / 45, -56 / 15, 32 / 9])
    a[4, :4] = np.array([19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729])
    a[5, :5] = np.array([9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656])
    a[6, :6] = np.array([35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84])
    c = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
    b4 = np.array([5179 / 57600, 0.0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40])
    k = np.zeros((7, 2))
    y = y0.copy()
    t, t_end, h = 0.0, 2.0, 0.3
    rejected = 0
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        for stage in range(7):
            y_stage = y.copy()
            for j in range(stage):
                y_stage += h * a[stage, j] * k[j]
            oscillator(t + c[stage] * h, y_stage, mu, k[stage])
        y_new = y + h * (a[6, :6] @ k[:6])
        error = np.sqrt(np.mean((y_new - (y + h * (b4 @ k))) ** 2)) / 1e-4
        if error <= 1.0:
            t += h
            y = y_new
        else:
            rejected += 1
            assert rejected < 100
        h *= min(5.0, max(0.2, 0.9 * (error + 1e-12) ** -0.2))
    return y[0] + 2.0 * y[1]


@program(lambda r: (np.array([7.0, 0.3, 0.1, 0.05, 1.05, 0.2]) + 0.01 * r.normal(size=6), 0.2))
def satellite_orbit_with_oblateness(state, j2):
    """Earth radii and a unit of gravity; Runge-Kutta steps; height above the mean radius."""
    mu = 10.0

    def acceleration(r, out):
        d2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
        d = math.sqrt(d2)
        z2 = r[2] * r[2] / d2
        factor = -1.5 * j2 * mu / d2**2 / d
        for axis in range(3):
            out[axis] = -mu * r[axis] / (d2 * d)
            bracket = (1.0 - 5.0 * z2) if axis < 2 else (3.0 - 5.0 * z2)
            out[axis] += factor * r[axis] * bracket

    r, v = state[:3].copy(), state[3:].copy()
    kr, kv = np.zeros((4, 3)), np.zeros((4, 3))
    dt = 0.25
    weights = (1.0, 2.0, 2.0, 1.0)
    for step in range(12):
        for stage in range(4):
            if stage == 0:
                kr[0] = v
                acceleration(r, kv[0])
            else:
                share = dt if stage == 3 else 0.5 * dt
                kr[stage] = v + share * kv[stage - 1]
                acceleration(r + share * kr[stage - 1], kv[stage])
        for stage in range(4):
            r += dt / 6.0 * weights[stage] * kr[stage]
            v += dt / 6.0 * weights[stage] * kv[stage]
    return np.sqrt(np.sum(r**2)) - 1.0 + 0.5 * np.dot(v, v)
