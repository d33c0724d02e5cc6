"""Debris on the road disturbs the ego's controls.

Source: spec/benchmarks.md, 2.4 (ControlLoss).
"""

from dataclasses import dataclass

import carla
import numpy as np

from lead.scenarios.cast import Cast, hide, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import alongside, drives, near
from lead.scenarios.order import Order
from lead.scenarios.script import Script
from lead.scenarios.stage import Stage
from lead.scenarios.ways import ahead_through

DEBRIS = "static.prop.dirtdebris01"
DEBRIS_AT = (14.0, 48.0, 74.0)  # m from the trigger
REACH = 2.0  # m around the debris
THROTTLE_MEAN, THROTTLE_SPREAD = 0.03, 0.01  # of the noise on the throttle, which has either sign
STEER_MEAN, STEER_SPREAD = 0.055, 0.015  # of the noise on the wheel, which has either sign
DRIVEN = 110.0  # m by the ego to the end


@dataclass(frozen=True)
class Slippery:
    """A spot, and to which side it pushes: signs of the noise on throttle and wheel."""

    place: carla.Location
    throttle_sign: float
    steer_sign: float


@plays("ControlLoss")
def control_loss(stage: Stage, order: Order) -> Script:
    """In reach of each debris noise is added to what the agent asks for."""
    poses = [ahead_through(order.waypoint, metres).transform for metres in DEBRIS_AT]
    signs = stage.random.choice((-1.0, 1.0), (len(poses), 2)).tolist()
    spots = [Slippery(pose.location, *pair) for pose, pair in zip(poses, signs, strict=True)]
    with Cast(stage, order) as cast:
        debris = [cast.prop(pose, DEBRIS) for pose in poses]
        for prop, pose in zip(debris, poses, strict=True):
            hide(prop, pose.location)
        yield from order.triggered()
        for prop, pose in zip(debris, poses, strict=True):
            show(prop, pose, physics=False)

        def slip() -> None:
            for spot in spots:
                if near(stage, spot.place, REACH):
                    stage.ego.apply_control(_disturbed(stage.control, spot, stage.random))

        yield from alongside(drives(stage.ego, DRIVEN), slip)


def _disturbed(asked: carla.VehicleControl, spot: Slippery, random: np.random.Generator) -> carla.VehicleControl:
    """A control with the noise of one tick on throttle and wheel."""
    throttle = asked.throttle + random.normal(spot.throttle_sign * THROTTLE_MEAN, THROTTLE_SPREAD)
    steer = asked.steer + random.normal(spot.steer_sign * STEER_MEAN, STEER_SPREAD)
    return carla.VehicleControl(
        throttle=float(np.clip(throttle, 0.0, 1.0)), steer=float(np.clip(steer, -1.0, 1.0)), brake=asked.brake,
        hand_brake=asked.hand_brake, reverse=asked.reverse, manual_gear_shift=asked.manual_gear_shift, gear=asked.gear,
    )  # fmt: skip
