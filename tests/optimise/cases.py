"""For each pass what goes in and what comes out, next to each other.

Functions are read and compared word for word; what a linter would simplify is the point of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.optimise.counters import name_counters
from adjoint.optimise.dead_code import remove_dead_code
from adjoint.optimise.first_write import write_first
from adjoint.optimise.fold import fold
from adjoint.optimise.invariants import lift_invariants
from adjoint.optimise.propagate import propagate
from adjoint.optimise.rename import name_temporaries
from adjoint.optimise.simplify import simplify
from adjoint.optimise.small_arrays import small_arrays_as_variables
from adjoint.optimise.unread import drop_unread_names
from adjoint.runtime import shapes

CASES: list[tuple[Callable, Callable, Callable, tuple]] = []
VECTOR = np.array([0.5, -1.5, 2.5])


def case(change: Callable, *args: Any) -> Callable:
    """Register a class that holds `before` and `after`, and the arguments they run with."""

    def register(pair: type) -> type:
        CASES.append((change, pair.before, pair.after, args))
        return pair

    return register


def keeping_y(program):
    """`fold` for a user who wrote a variable `y`."""
    return fold(program, frozenset({"y"}))


# ----------------------------------------------------------------------------------- simplify


@case(simplify, 1.5)
class Squares:
    def before(x):
        y = x**2
        z = x**2.0
        w = x**1
        return y + z + w

    def after(x):
        y = x * x
        z = x * x
        w = x
        return y + z + w


@case(simplify, 4)
class NegativeOffsets:
    def before(n):
        a = n - -1
        b = n + -3
        c = 2.5 - n
        return a * b * c

    def after(n):
        a = n + 1
        b = n - 3
        c = 2.5 - n
        return a * b * c


@case(simplify, 1.5)
class FactorsOfOne:
    def before(x):
        a = x * 1.0
        b = 1.0 * x
        c = x / 1.0
        return a + b + c

    def after(x):
        a = x
        b = x
        c = x
        return a + b + c


@case(simplify, 1.5)
class WhatIsNotTheSame:
    """Zero times infinity, and 1 divided by x, are left alone."""

    def before(x):
        a = x * 0.0
        b = 1.0 / x
        c = x - x
        d = x**0.5
        return a + b + c + d

    def after(x):
        a = x * 0.0
        b = 1.0 / x
        c = x - x
        d = x**0.5
        return a + b + c + d


@case(simplify, 5)
class OffsetsAreAdded:
    def before(n):
        a = n - 1 + 1
        b = n + 2 - 5
        c = n + 0
        d = 0 + n
        return a + b + c + d

    def after(n):
        a = n
        b = n - 3
        c = n
        d = n
        return a + b + c + d


@case(simplify, VECTOR)
class EqualLengths:
    """What is repeated where lengths of 1 meet longer ones; equal ones always fit."""

    def before(x):
        n = x.shape[0]
        m = shapes.broadcast_dim(n, n)
        k = shapes.broadcast_step(n, n)
        j = shapes.check_aligned(n, n)
        return m + k + j

    def after(x):
        n = x.shape[0]
        m = n
        k = 1
        j = n
        return m + k + j


@case(simplify, 2.0)
class ConstantsAreFolded:
    def before(x):
        a = x + 2 * 3
        b = 7 // 2
        c = max(2, 5)
        d = 1 if 3 == 0 else 2
        return a + b + c + d

    def after(x):
        a = x + 6
        b = 3
        c = 5
        d = 2
        return a + b + c + d


@case(simplify, 2.0)
class KnownBranches:
    def before(x):
        y = x
        if True:
            y = x * 2.0
        if 1 < 0:
            y = x * 3.0
        else:
            y += 1.0
        return y

    def after(x):
        y = x
        y = x * 2.0
        y += 1.0
        return y


# ----------------------------------------------------------------------------------- propagate


@case(propagate, 1.5)
class Copies:
    def before(x):
        y = x
        z = y
        return z * y

    def after(x):
        y = x
        z = x
        return x * x


@case(propagate, VECTOR, 1)
class RepeatedLoads:
    def before(x, i):
        a = x[i]
        b = x[i]
        return a * b

    def after(x, i):
        a = x[i]
        b = a
        return a * a


@case(propagate, VECTOR, 1)
class StoresAreInTheWay:
    def before(x, i):
        a = x[i]
        x[0] = 2.0
        b = x[i]
        return a * b

    def after(x, i):
        a = x[i]
        x[0] = 2.0
        b = x[i]
        return a * b


@case(propagate, 1.5)
class TheSameBranchAgain:
    """In the other branch, and after it, nothing is known; products are not kept."""

    def before(x):
        t = x > 1.0
        if t:
            a = np.sin(x)
            b = a * x
        else:
            a = np.cos(x)
            b = a * x
        for i in range(2):
            if t:
                c = np.sin(x)
                d = np.cos(x)
                e = a * x
            else:
                c = np.sin(x)
                d = np.cos(x)
                e = a * x
        f = np.sin(x)
        return b + c + d + e + f

    def after(x):
        t = x > 1.0
        if t:
            a = np.sin(x)
            b = a * x
        else:
            a = np.cos(x)
            b = a * x
        for i in range(2):
            if t:
                c = a
                d = np.cos(x)
                e = a * x
            else:
                c = np.sin(x)
                d = a
                e = a * x
        f = np.sin(x)
        return b + c + d + e + f


@case(propagate, 1.5)
class BranchesWhoseVariablesChange:
    """The test, what holds the sine, its argument: each of them changes on the way."""

    def before(x):
        t = x > 1.0
        a = 0.0
        y = x * 2.0
        if t:
            a = np.sin(y)
        y = x * 3.0
        if t:
            b = np.sin(y)
            a = np.cos(y)
        a = 0.5
        if t:
            b += np.cos(y)
            c = np.tan(y)
        t = x < 2.0
        if t:
            b += np.tan(y)
        return a + b

    def after(x):
        t = x > 1.0
        a = 0.0
        y = x * 2.0
        if t:
            a = np.sin(y)
        y = x * 3.0
        if t:
            b = np.sin(y)
            a = np.cos(y)
        a = 0.5
        if t:
            b += np.cos(y)
            c = np.tan(y)
        t = x < 2.0
        if t:
            b += np.tan(y)
        return 0.5 + b


@case(propagate, 1.5)
class ATestOfEveryIteration:
    """What an iteration has computed is not known in the next one."""

    def before(x):
        s = 0.0
        w = 2.0
        for i in range(3):
            y = w * i
            t = y > 1.0
            if t:
                s += np.sin(y)
            w += s
            if t:
                b = np.sin(y)
                s += b
        return s

    def after(x):
        s = 0.0
        w = 2.0
        for i in range(3):
            y = w * i
            t = y > 1.0
            if t:
                s += np.sin(y)
            w += s
            if t:
                b = np.sin(y)
                s += b
        return s


@case(propagate, 1.5)
class WhatCopiesMean:
    """`y` keeps the old `s`."""

    def before(x):
        s = x * 2.0
        y = s
        s = x * 3.0
        return s * y

    def after(x):
        s = x * 2.0
        y = s
        s = x * 3.0
        return s * y


@case(propagate, 1.5, 3)
class ChangedInALoop:
    def before(x, n):
        s = x * 2.0
        y = s
        t = np.sin(x)
        for i in range(n):
            a = np.sin(s)
            b = np.sin(x)
            s = s * y + a + b
        return s + t

    def after(x, n):
        s = x * 2.0
        y = s
        t = np.sin(x)
        for i in range(n):
            a = np.sin(s)
            b = t
            s = s * y + a + t
        return s + t


@case(propagate, 1.5)
class NotOutOfABranch:
    def before(x):
        y = 0.0
        if x > 1.0:
            y = np.sin(x)
        z = np.sin(x)
        return y + z

    def after(x):
        y = 0.0
        if x > 1.0:
            y = np.sin(x)
        z = np.sin(x)
        return y + z


@case(propagate, 1.5)
class RandomNumbersDiffer:
    def before(x):
        a = np.random.normal()
        b = np.random.normal()
        return x * a * b

    def after(x):
        a = np.random.normal()
        b = np.random.normal()
        return x * a * b


@case(propagate, 1.5)
class NewMemoryIsNewMemory:
    def before(x):
        a = np.zeros(2)
        b = np.zeros(2)
        a[0] = x
        return a[0] + b[0]

    def after(x):
        a = np.zeros(2)
        b = np.zeros(2)
        a[0] = x
        return a[0] + b[0]


# ----------------------------------------------------------------------------------- dead code


@case(remove_dead_code, 1.5)
class UnreadValues:
    def before(x):
        a = x * 2.0
        b = a * 3.0
        return x

    def after(x):
        return x


@case(remove_dead_code, VECTOR)
class ArraysOnlyWritten:
    def before(x):
        y = np.zeros(3)
        for i in range(3):
            y[i] = x[i]
        return x[0]

    def after(x):
        return x[0]


@case(remove_dead_code, VECTOR)
class WhatTheCallerSees:
    def before(x):
        for i in range(3):
            x[i] = 0.0
        return 1.0

    def after(x):
        for i in range(3):
            x[i] = 0.0
        return 1.0


@case(remove_dead_code, 1.5, 3)
class CarriedAround:
    """`t` goes into `s`; `u` into nothing but itself."""

    def before(x, n):
        s = 0.0
        t = 1.0
        u = 1.0
        for i in range(n):
            s += t
            t *= x
            u *= x
        return s

    def after(x, n):
        s = 0.0
        t = 1.0
        for i in range(n):
            s += t
            t *= x
        return s


@case(remove_dead_code, 1.5)
class OverwrittenValues:
    def before(x):
        y = x * 2.0
        y = x * 3.0
        return y

    def after(x):
        y = x * 3.0
        return y


@case(remove_dead_code, 1.5)
class EmptyBranches:
    def before(x):
        y = 0.0
        if x > 1.0:
            y = x * 2.0
        return x

    def after(x):
        return x


@case(remove_dead_code, 1.5)
class DrawsAreEffects:
    def before(x):
        a = np.random.normal()
        return x

    def after(x):
        a = np.random.normal()
        return x


@case(remove_dead_code, VECTOR)
class ChecksAreEffects:
    """A shape that does not fit is an error, read or not."""

    def before(x):
        n = shapes.check_aligned(x.shape[0], 3)
        return x[0]

    def after(x):
        n = shapes.check_aligned(x.shape[0], 3)
        return x[0]


# ----------------------------------------------------------------------------------- fold


@case(fold, 1.5, 2.0)
class ReadOnce:
    def before(x, w):
        sin_1 = np.sin(x)
        t = sin_1 * w
        return t

    def after(x, w):
        return np.sin(x) * w


@case(fold, 1.5)
class ReadTwice:
    def before(x):
        t = np.sin(x)
        s = t * t
        return s

    def after(x):
        t = np.sin(x)
        return t * t


@case(fold, 1.5)
class TheTestOfALoop:
    def before(x):
        y = x
        while True:
            t = y * 2.0
            t_1 = t < 50.0
            if not t_1:
                break
            y = y * y + x
        return y

    def after(x):
        y = x
        while y * 2.0 < 50.0:
            y = y * y + x
        return y


@case(write_first, VECTOR, 2.0)
class ACellThatIsAddedToZero:
    def before(x, w):
        x[1] = 0.0
        x[1] += w * 2.0
        return x[1]

    def after(x, w):
        x[1] = w * 2.0
        return x[1]


@case(write_first, VECTOR, 2.0)
class NotWhatIsReadFromTheCell:
    def before(x, w):
        x[1] = 0.0
        x[1] += x[1] * w
        x[0] = 0.0
        x[1] += w
        return x[1] + x[0]

    def after(x, w):
        x[1] = 0.0
        x[1] += x[1] * w
        x[0] = 0.0
        x[1] += w
        return x[1] + x[0]


@case(name_temporaries, np.ones((2, 2)), 2.0)
class TemporariesAreCalledAfterTheirArrays:
    def before(x, w):
        s = 0.0
        for i_3 in range(2):
            t_7 = x[i_3, 0]
            t_12 = x[i_3, 1]
            t_14 = x[i_3, 1] + w
            t_7_bar = t_7 * t_12
            s += t_7_bar * t_14 + t_14 * t_14
        return s

    def after(x, w):
        s = 0.0
        for i_3 in range(2):
            x_i0 = x[i_3, 0]
            x_i1 = x[i_3, 1]
            t_1 = x[i_3, 1] + w
            x_i0_bar = x_i0 * x_i1
            s += x_i0_bar * t_1 + t_1 * t_1
        return s


@case(name_temporaries, VECTOR, 2.0)
class NamesOfOthersAreNotGiven:
    def before(x, x_0):
        t_1_1 = x[0] * x_0
        t_4 = x[0]
        t_1 = t_4 * x_0
        return t_1 + t_1_1

    def after(x, x_0):
        t_1 = x[0] * x_0
        x_0_1 = x[0]
        t_2 = x_0_1 * x_0
        return t_2 + t_1


@case(name_temporaries, VECTOR, 2.0)
class ElementsAndPartsOfLoweredArrays:
    def before(x, w):
        s = 0.0
        for i in range(3):
            x_t_2 = x[i]
            exp_1_1 = np.exp(x_t_2)
            x_t_2_bar = exp_1_1 * w
            h_t = w * w
            x_t_3 = x[2 - i]
            t_18_t_bar = x_t_3 * w
            s += x_t_2_bar * exp_1_1 + h_t * t_18_t_bar
        return s

    def after(x, w):
        s = 0.0
        for i in range(3):
            x_i = x[i]
            exp_1 = np.exp(x_i)
            x_i_bar = exp_1 * w
            h_t = w * w
            x_t = x[2 - i]
            t_bar = x_t * w
            s += x_i_bar * exp_1 + h_t * t_bar
        return s


@case(name_counters, np.ones((2, 2)))
class LoopsOneAfterTheOther:
    def before(x):
        s = 0.0
        for i in range(2):
            for j_3 in range(2):
                s += x[i, j_3]
        for i_1 in range(2):
            for i_2 in range(i_1, 2):
                s += x[i_2, i_1]
            s += i_1
        return s

    def after(x):
        s = 0.0
        for i in range(2):
            for j in range(2):
                s += x[i, j]
        for i in range(2):
            for j in range(i, 2):
                s += x[j, i]
            s += i
        return s


@case(name_counters, VECTOR)
class CountersThatAreReadLater:
    def before(x):
        s = 0.0
        for i in range(2):
            s += x[i]
        for i_1 in range(3):
            s += x[i_1] * x[i]
        return s

    def after(x):
        s = 0.0
        for i in range(2):
            s += x[i]
        for j in range(3):
            s += x[j] * x[i]
        return s


@case(name_counters, VECTOR)
class ArraysThatHaveTheName:
    def before(j):
        s = 0.0
        for i_1 in range(2):
            for i_2 in range(2):
                s += j[i_1] * j[i_2]
        return s

    def after(j):
        s = 0.0
        for i in range(2):
            for k in range(2):
                s += j[i] * j[k]
        return s


@case(name_counters, VECTOR)
class AReadUnderscore:
    def before(x):
        s = 0.0
        for _ in range(2):
            s += x[0]
        for __ in range(2):
            for _ in range(2):
                s += x[__]
        return s

    def after(x):
        s = 0.0
        for _ in range(2):
            s += x[0]
        for trip in range(2):
            for _ in range(2):
                s += x[trip]
        return s


@case(drop_unread_names, VECTOR)
class NamesThatNobodyReads:
    def before(x):
        n = shapes.check_nonempty(x.shape[0])
        s = 0.0
        for i in range(3):
            s += x[0]
        return s

    def after(x):
        shapes.check_nonempty(x.shape[0])
        s = 0.0
        for _ in range(3):
            s += x[0]
        return s


@case(drop_unread_names, 1.5)
class NotANameThatIsTaken:
    def before(x):
        _ = x * 2.0
        s = 0.0
        for i in range(3):
            s += _
        return s

    def after(x):
        _ = x * 2.0
        s = 0.0
        for i in range(3):
            s += _
        return s


@case(keeping_y, 1.5)
class TheUsersOwnLines:
    def before(x):
        t = x * 2.0
        y = t + 1.0
        z = y * x
        return z

    def after(x):
        y = x * 2.0 + 1.0
        return y * x


@case(fold, VECTOR)
class NotPastAStore:
    def before(x):
        a = x[0]
        b = x[1]
        x[0] = 7.0
        c = a + b
        return c

    def after(x):
        a = x[0]
        b = x[1]
        x[0] = 7.0
        return a + b


@case(keeping_y, 1.5)
class NotPastAnAssignment:
    def before(x):
        y = x * 2.0
        t = y * 3.0
        y = x + 1.0
        u = t * y
        return u

    def after(x):
        y = x * 2.0
        t = y * 3.0
        y = x + 1.0
        return t * y


@case(fold, 1.5, 3)
class NotIntoALoop:
    def before(x, n):
        s = 0.0
        t = np.sin(x)
        for i in range(n):
            s += t
        return s

    def after(x, n):
        s = 0.0
        t = np.sin(x)
        for i in range(n):
            s += t
        return s


@case(fold, 1.5)
class DrawsKeepTheirOrder:
    def before(x):
        a = np.random.normal()
        b = np.random.normal()
        c = b - a
        return c * x

    def after(x):
        a = np.random.normal()
        b = np.random.normal()
        return (b - a) * x


@case(fold, VECTOR, 2)
class IntoStoresTestsAndBounds:
    def before(x, n):
        m = n + 1
        for i in range(m):
            t = x[i]
            test = t > 0.0
            if test:
                j = i - 0
                u = t * 2.0
                x[j] = u
        return x[0]

    def after(x, n):
        for i in range(n + 1):
            t = x[i]
            if t > 0.0:
                x[i - 0] = t * 2.0
        return x[0]


# ------------------------------------------------------------------------------ lift_invariants


@case(lift_invariants, np.ones((3, 2)), VECTOR, VECTOR[:2])
class CellsAndProductsThatStay:
    def before(a, x, y):
        n = a.shape[0]
        m = a.shape[1]
        out = np.zeros(n)
        other = np.zeros((n, m))
        for i in range(n):
            for j in range(m):
                out[i] += a[i, j] * y[j]
                other[i, j] = y[j] * (x[i] * 2.0)
        return out[0] + other[1, 1]

    def after(a, x, y):
        n = a.shape[0]
        m = a.shape[1]
        out = np.zeros(n)
        other = np.zeros((n, m))
        for i in range(n):
            if m > 0:
                t_1 = out[i]
                t_2 = x[i] * 2.0
                for j in range(m):
                    t_1 += a[i, j] * y[j]
                    other[i, j] = y[j] * t_2
                out[i] = t_1
        return out[0] + other[1, 1]


@case(lift_invariants, VECTOR, 3)
class BackwardsOverAKnownLength:
    def before(x, n):
        out = np.zeros(2)
        for j in range(n - 1, -1, -1):
            out[0] += x[j]
        for j in range(3):
            out[1] = x[j] - out[1]
        return out[0] + out[1]

    def after(x, n):
        out = np.zeros(2)
        if n > 0:
            t_1 = out[0]
            for j in range(n - 1, -1, -1):
                t_1 += x[j]
            out[0] = t_1
        t_2 = out[1]
        for j in range(3):
            t_2 = x[j] - t_2
        out[1] = t_2
        return out[0] + out[1]


@case(lift_invariants, np.ones((3, 2)), VECTOR)
class NamesOfWhatStays:
    def before(a, x):
        out = np.zeros((3, 2))
        for i in range(3):
            for j in range(2):
                y = x[i]
                a_ij = a[i, j]
                out[i, j] = y * a_ij + y
        return out[1, 1]

    def after(a, x):
        out = np.zeros((3, 2))
        for i in range(3):
            y = x[i]
            for j in range(2):
                a_ij = a[i, j]
                out[i, j] = y * a_ij + y
        return out[1, 1]


@case(lift_invariants, VECTOR, np.ones(3))
class ParametersMayShareMemory:
    def before(x, out):
        for j in range(len(x)):
            out[0] += x[j]
        return out[0]

    after = before


@case(lift_invariants, VECTOR)
class AnotherNameForTheArray:
    def before(x):
        out = np.zeros(3)
        rest = out
        for j in range(2):
            out[1] += x[j]
            rest[j] += 1.0
        return out[1]

    after = before


@case(lift_invariants, VECTOR)
class SeveralCells:
    def before(x):
        out = np.zeros(3)
        for j in range(3):
            out[0] += x[j] * out[j]
        return out[0]

    after = before


@case(lift_invariants, VECTOR, 1)
class SubscriptsThatChange:
    def before(x, first):
        out = np.zeros(3)
        k = first
        for j in range(2):
            out[k] += x[j]
            k += 1
        return out[1]

    after = before


@case(lift_invariants, VECTOR)
class WhatIsWrittenDoesNotStay:
    def before(x):
        out = np.ones(3)
        for j in range(3):
            out[j] = x[j] * out[0]
        return out[1]

    after = before


@case(lift_invariants, VECTOR)
class StepsThatAreTakenOnlySometimes:
    def before(x):
        out = np.zeros(1)
        for j in range(3):
            if x[j] > 0.0:
                out[0] += x[j]
        return out[0]

    after = before


# -------------------------------------------------------------------- small_arrays_as_variables


@case(small_arrays_as_variables, 1.5, 2)
class ElementsThatAreKnown:
    def before(x, n):
        v = np.empty(2)
        w = np.zeros((1, 2))
        v[0] = x
        v[-1] = n
        w[0, 1] += v[0] * v[1]
        w[0, 1] += x
        return w[0, 1] + w[0, 0] + v.shape[0]

    def after(x, n):
        v_0 = 0.0
        v_1 = 0.0
        w_0_0 = 0.0
        w_0_1 = 0.0
        v_0 = x
        v_1 = float(n)
        w_0_1 += v_0 * v_1
        w_0_1 += x
        return w_0_1 + w_0_0 + 2


@case(small_arrays_as_variables, 1.5)
class AnElementForEachIteration:
    def before(x):
        v = np.empty(2)
        total = 0.0
        for i in range(v.shape[0]):
            w = np.ones_like(v)
            w[i] = x
            total += w[0] * 2.0 + w[1]
        return total

    def after(x):
        v_0 = 0.0
        v_1 = 0.0
        total = 0.0
        for i in range(2):
            w_0 = 1.0
            w_1 = 1.0
            t_0 = i == 0
            t_0_1 = x
            w_0 = t_0_1 if t_0 else w_0
            t_1 = i == 1
            t_1_1 = x
            w_1 = t_1_1 if t_1 else w_1
            total += w_0 * 2.0 + w_1
        return total


@case(small_arrays_as_variables, VECTOR, 1)
class UsedInOtherWays:
    def before(x, k):
        v = np.zeros(2)
        w = np.zeros(2)
        u = np.zeros(2)
        v[k] = x[0]
        w[0] = x[1]
        other = w
        for i in range(k):
            u[i] = x[i]
        return v[0] + other[0] + u[0]

    after = before


@case(small_arrays_as_variables, 1.5)
class MadeTwiceOrTooLarge:
    def before(x):
        v = np.zeros(2)
        v[0] = x
        y = v[0]
        v = np.zeros(2)
        w = np.zeros(9)
        w[0] = x
        return y + v[0] + w[0]

    after = before
