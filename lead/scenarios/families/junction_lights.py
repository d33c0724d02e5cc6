"""Junctions without a stream of cars: the signs and lights themselves are the task.

Source: spec/benchmarks.md, 2.5 (PriorityAtJunction, Vanilla*, RedLightWithoutLeadVehicle).
"""

import carla

from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import drives, idle, leaves_junction, near, within_limit
from lead.scenarios.crossings import Approach, JunctionLights, junction_lights, next_junction
from lead.scenarios.families.junction_flows import passed
from lead.scenarios.movers.lights import frozen
from lead.scenarios.order import Order
from lead.scenarios.script import Script, forever, race, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import told

Red, Green = carla.TrafficLightState.Red, carla.TrafficLightState.Green

BEYOND = 10.0  # m from the junction to the end
NO_END = float("inf")
PHASES = {  # the ego's light, and for how many s; all others are red meanwhile
    "VanillaSignalizedTurnEncounterGreenLight": ((Green, 5.0), (Red, 5.0)),
    "VanillaSignalizedTurnEncounterRedLight": ((Red, 5.0), (Green, NO_END)),
}
RED_NEAR = 48.0  # m from the ego to the light at which it turns red
RED_LONGER = 5.0  # s more than the light's own red time
WAY = 200.0  # m by the ego to the end


@plays("PriorityAtJunction")
def priority_at_junction(stage: Stage, order: Order) -> Script:
    """The ego's light is green and all others are red until it has left the junction."""
    approach = next_junction(order.waypoint)
    lights = lights_at(stage, approach)
    yield from order.triggered()
    with frozen(stage, lights.states(Green, Red, Red)):
        yield from leaves_junction(stage, approach.junction.id)


@plays("VanillaNonSignalizedTurn", "VanillaNonSignalizedTurnEncounterStopsign")
def vanilla_turn(stage: Stage, order: Order) -> Script:
    """Turn by the signs."""
    approach = next_junction(order.waypoint)
    yield from order.triggered()
    yield from passed(stage, approach, BEYOND)


@plays(*PHASES)
def vanilla_turn_at_lights(stage: Stage, order: Order) -> Script:
    """Turn by a light that changes as the ego comes."""
    approach = next_junction(order.waypoint)
    lights = lights_at(stage, approach)

    def shown() -> Script:
        phases = PHASES[order.situation.type]
        with frozen(stage, lights.states(phases[0][0], Red, Red)) as show:
            for state, seconds in phases:
                show(lights.states(state, Red, Red))
                yield from idle(stage, seconds)
        yield from forever()

    yield from order.triggered()
    yield from race(passed(stage, approach, BEYOND), shown())


@plays("RedLightWithoutLeadVehicle")
def red_light_without_lead_vehicle(stage: Stage, order: Order) -> Script:
    """The next light turns red once when the ego comes near, with nobody before it; then green."""
    approach = next_junction(order.waypoint)
    light = lights_at(stage, approach).ego

    def red_once() -> Script:
        yield from until(lambda: near(stage, light.get_location(), RED_NEAR))
        seconds = light.get_red_time() + RED_LONGER
        with frozen(stage, {light: Red}):
            yield from idle(stage, seconds)
        light.set_state(Green)
        yield from forever()

    yield from order.triggered()
    stage.traffic.leave_space_in_front(approach.metres)
    yield from within_limit(stage, order.name, race(drives(stage.ego, WAY), red_once()))


def lights_at(stage: Stage, approach: Approach) -> JunctionLights:
    """The lights of a junction. Raises SetupFault if it has none."""
    lights = junction_lights(stage, approach)
    if lights is None:
        raise SetupFault(f"the junction after {told(approach.entry)} has no traffic lights")
    return lights
