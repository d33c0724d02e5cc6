"""The expert drives: a route of the suite `mini` with its situation, and why it drives as it does.

    python examples/02_expert.py [ROUTES] [PRESET]      # mini:19 aligned

The expert is a pure function, `decide(scene, memory, settings) -> (decision, memory)`; a decision names what bound it.
"""

import sys
from pathlib import Path

import carla

from lead.drive.agents.expert import Expert
from lead.drive.evaluation import Evaluation
from lead.drive.isolation import Pulse
from lead.drive.ledger import Ledger
from lead.drive.route_job import RouteJob
from lead.drive.route_run import drive_route
from lead.expert.settings import settings_from
from lead.roads.library import find_map
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import trace
from lead.scenarios.suites import resolve_routes

ROUTES, PRESET = (*sys.argv[1:], *("mini:19", "aligned")[len(sys.argv) - 1 :])
OUT = Path("out/examples/expert")

route = resolve_routes(ROUTES)[0]
print(f"route {route.id} in {route.town}: {', '.join(situation.type for situation in route.situations)}")
graph = LaneGraph.of(carla.Map(route.town, find_map(route.town)[1]))
expert = Expert(settings_from(PRESET))
told = None


def look(stage, director):
    """Called at the end of every tick: say when what binds the expert changes."""
    global told
    binding = expert.decision.binding if expert.decision else None
    cause = binding.cause.value if binding else "the speed limit"
    if cause != told:
        speed = stage.ego.get_velocity().length()
        target = expert.decision.target_speed if expert.decision else 0.0
        print(f"{stage.time:5.1f} s  {speed:4.1f} m/s, wants {target:4.1f}: {cause}")
        told = cause


evaluation = Evaluation(f"expert:{PRESET}", ROUTES, "bench2drive-0.0.3")
job = RouteJob(evaluation, route, 0, OUT)
Ledger(OUT).open(evaluation)
drive_route(job, graph, trace(graph, route.key_points), 1, Pulse(), look, make=lambda: expert)
print(Ledger(OUT).read(route.id).line)
