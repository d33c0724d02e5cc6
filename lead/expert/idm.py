"""The intelligent driver model: how fast to be a tick later behind a leader, or before a line.

Source: Treiber, Hennecke and Helbing, "Congested traffic states in empirical observations and microscopic simulations"
(2000), with the constants of spec/lead-expert-and-data.md, 1.7.
"""

from math import sqrt

from lead.geometry.leaf import leaf

ACCELERATION = 24.0  # m/s^2, tuned so that one tick's speed is a target to control to
DECELERATION_SLOW, DECELERATION_FAST = 8.7, 3.72  # m/s^2 up to and above SLOW
SLOW = 6.02  # m/s
EXPONENT = 4
LEAST_GAP = 0.1  # m
FREE = 0.2  # of the gap; if no more than that is wanted at the desired speed, the road is free
TICK = 0.05  # s
STEPS = 40  # of the integration in a tick


@leaf
def target_speed(
    desired: float, speed: float, gap: float, leader_speed: float, standstill: float, headway: float
) -> float:
    """Speed (m/s, at least 0) in 0.05 s of one who desires `desired` m/s and drives `speed`.

    `gap` is m to what lies ahead, which moves at `leader_speed`; `standstill` is the gap (m) wanted at rest and
    `headway` the time gap (s) wanted besides. What is so far ahead that it would slow nobody by more than a hundredth
    gives the desired speed, so that it is not taken for a cause. Integrated with fourth-order Runge-Kutta steps.
    """
    if _wanted(desired, leader_speed, standstill, headway, DECELERATION_FAST) <= FREE * gap:
        return desired
    braking = DECELERATION_SLOW if speed <= SLOW else DECELERATION_FAST
    desired, dt = max(desired, LEAST_GAP), TICK / STEPS
    v = max(0.0, speed)
    for _ in range(STEPS):
        a1 = _acceleration(v, desired, gap, leader_speed, standstill, headway, braking)
        v2 = v + 0.5 * dt * a1
        a2 = _acceleration(v2, desired, gap + 0.5 * dt * (leader_speed - v), leader_speed, standstill, headway, braking)
        v3 = v + 0.5 * dt * a2
        a3 = _acceleration(
            v3, desired, gap + 0.5 * dt * (leader_speed - v2), leader_speed, standstill, headway, braking
        )
        v4 = v + dt * a3
        a4 = _acceleration(v4, desired, gap + dt * (leader_speed - v3), leader_speed, standstill, headway, braking)
        gap += dt / 6.0 * (6.0 * leader_speed - v - 2.0 * v2 - 2.0 * v3 - v4)
        v += dt / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        if not v > 0.0:  # at rest the gap is smaller than wanted: it stays so
            return 0.0
    return v


@leaf
def _acceleration(
    speed: float, desired: float, gap: float, leader_speed: float, standstill: float, headway: float, braking: float
) -> float:
    """m/s^2."""
    wanted = _wanted(speed, leader_speed, standstill, headway, braking)
    return ACCELERATION * (1.0 - (speed / desired) ** EXPONENT - (wanted / max(LEAST_GAP, gap)) ** 2)


@leaf
def _wanted(speed: float, leader_speed: float, standstill: float, headway: float, braking: float) -> float:
    """Gap (m) wanted at a speed, where one brakes at `braking` m/s^2 in comfort."""
    dynamic = speed * (speed - leader_speed) / (2.0 * sqrt(ACCELERATION * braking))
    return max(0.0, standstill + speed * headway + dynamic)
