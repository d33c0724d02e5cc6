"""The student drives, in a loop of your own: its sensors on the ego, its network at the wheel, what it thinks printed.

    python examples/05_student.py [WEIGHTS] [SECONDS]       # out/examples/training 20

WEIGHTS is whatever `student:` takes: a training run, a folder of weights, official or ours, or a name.
"""

import sys
from pathlib import Path

import carla

from lead.client.launch import connect, free_port, start_server
from lead.drive.agent import BENCH2DRIVE_SPACING, Observation, Task
from lead.drive.agents.student import Student
from lead.drive.student.options import Options
from lead.roads.library import find_map
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import trace
from lead.scenarios.staging import staged
from lead.scenarios.suites import resolve_routes

WEIGHTS, SECONDS = (*sys.argv[1:], *("out/examples/training", "20")[len(sys.argv) - 1 :])

route = resolve_routes("mini:19")[0]
graph = LaneGraph.of(carla.Map(route.town, find_map(route.town)[1]))
plan = trace(graph, route.key_points)
student = Student(Path(WEIGHTS), Options())
with start_server(route.town, report=print) as server:
    client = connect(server.endpoint)
    with staged(client, graph, plan, manager_port=free_port()) as stage:  # a synchronous world with the ego in it
        task = Task(plan.sampled(BENCH2DRIVE_SPACING), route.id, route.town)
        try:
            student.begin(stage, task)
            for tick in range(int(float(SECONDS) * 20)):
                frame = stage.world.tick()
                stage.update()
                stage.ego.apply_control(student.control(Observation(frame, stage.time)))
                if tick % 20 == 10:
                    glance = student.glance  # the tick as it had it: place, target points, plan, control
                    far = glance.plan.waypoints[-1]
                    print(
                        f"{stage.time:5.1f} s  {glance.speed:4.1f} m/s, wants {glance.plan.target_speed:4.1f}; in two "
                        f"seconds {far[0]:.1f} m ahead, {far[1]:+.1f} m to the right; goal {glance.target_points[1]}"
                    )
        finally:
            student.end()
