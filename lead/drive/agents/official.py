"""Drives an official agent file, unmodified: what the leaderboard's evaluator does for it, done here.

Source: spec/benchmarks.md, 1.2 (order, plans, sensors) and 1.7 (Bench2Drive's spacing, mount radius, save name).
"""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import carla

from lead.drive.agent import (
    BENCH2DRIVE_SPACING,
    DRIVING,
    LEADERBOARD_SPACING,
    SETUP,
    AgentFault,
    Observation,
    Task,
)
from lead.drive.official.provided import provided
from lead.drive.sensors.rig import Rig
from lead.drive.sensors.tracks import BENCH2DRIVE_MOUNT_RADIUS, MOUNT_RADIUS, check_sensors
from lead.scenarios.stage import Stage


class OfficialAgent:
    """An agent file with `get_entry_point()`, which names a subclass of AutonomousAgent in it.

    Making it imports the file, with its folder importable and the official modules there (`provided`), until `end`.

    Raises:
        AgentFault: the file cannot be imported or names no class.
    """

    track = "SENSORS"

    def __init__(self, path: Path, config: str | None = None) -> None:
        self._config = config or ""
        self._life = ExitStack()
        self._agent: Any = None
        self._sensors: list[dict[str, Any]] = []
        try:
            module = self._life.enter_context(_imported(path))
            self._class = _entry_point(module, path)
        except BaseException:
            self._life.close()
            raise

    def sensors(self) -> list[dict[str, Any]]:
        """As the agent says them once it is set up."""
        return self._sensors

    def begin(self, stage: Stage, task: Task) -> None:
        """Set the agent up as the evaluator does: constructor, plan, `setup`, `sensors`; then mount its sensors."""
        self._stage = stage
        self._clock = importlib.import_module("srunner.scenariomanager.timer").GameTime
        self._provide(stage)
        config = f"{self._config}+{task.save_name}" if task.save_name else self._config
        with _blamed(SETUP):
            agent = self._agent = self._class(task.host, task.port, False)
            agent.plan_spacing = BENCH2DRIVE_SPACING if task.bench2drive else LEADERBOARD_SPACING
            agent.set_global_plan(*_official_plans(stage))
            agent.setup(config)
            self._sensors = list(agent.sensors())
            self.track = getattr(agent.track, "value", agent.track)
        check_sensors(self._sensors, self.track, BENCH2DRIVE_MOUNT_RADIUS if task.bench2drive else MOUNT_RADIUS)
        self._rig = self._life.enter_context(Rig(stage, self._sensors))
        for sensor in self._sensors:
            agent.sensor_interface.register_sensor(sensor["id"], sensor["type"], None)
        self._clock.restart()

    def control(self, observation: Observation) -> carla.VehicleControl:
        """What its `run_step` says for this tick's readings."""
        self._clock.on_carla_tick(self._stage.world.get_snapshot().timestamp)
        self._provider.on_carla_tick()
        for name, (frame, value) in self._rig.read(observation.frame, observation.time).items():
            self._agent.sensor_interface.update_sensor(name, value, frame)
        with _blamed(DRIVING):
            control = self._agent()
        if not isinstance(control, carla.VehicleControl):
            raise AgentFault(DRIVING, f"run_step returned {control!r}, expected a carla.VehicleControl")
        return control

    def end(self) -> None:
        """Take its sensors away, let it clean up, and forget its modules."""
        self._life.close()

    def _provide(self, stage: Stage) -> None:
        """Tell the data provider what is driven."""
        module = importlib.import_module("srunner.scenariomanager.carla_data_provider")
        provider = self._provider = module.CarlaDataProvider
        provider.set_client(stage.client)
        provider.set_world(stage.world)
        provider.set_traffic_manager_port(stage.manager_port)
        provider.register_actor(stage.ego)
        provider._carla_actor_pool[stage.ego.id] = stage.ego  # where the official one looks for the hero
        self._life.callback(self._leave)

    def _leave(self) -> None:
        """The agent's own clean-up; what goes wrong in it is told, and changes no result."""
        agent, self._agent = self._agent, None
        try:
            if agent is not None:
                agent.destroy()
        except Exception:
            traceback.print_exc()
        self._provider._carla_actor_pool.clear()  # the official clean-up would destroy what is in it
        self._provider.cleanup()


def _official_plans(stage: Stage) -> tuple[list[Any], list[Any]]:
    """Geo plan and world plan, a point per metre; agents thin them out themselves in `set_global_plan`."""
    manipulation = importlib.import_module("leaderboard.utils.route_manipulation")
    option = importlib.import_module("agents.navigation.local_planner").RoadOption
    plan = stage.plan
    world = [(point.transform, option(command)) for point, command in zip(plan.waypoints, plan.command.tolist())]
    return manipulation.location_route_to_gps(world, *manipulation._get_latlon_ref(stage.world)), world


@contextmanager
def _blamed(phase: str) -> Iterator[None]:
    """What the agent raises inside becomes its fault."""
    try:
        yield
    except AgentFault:
        raise
    except (Exception, SystemExit) as error:
        raise AgentFault(phase, f"{type(error).__name__}: {error}", traceback.format_exc()) from error


@contextmanager
def _imported(path: Path) -> Iterator[ModuleType]:
    """The module of an agent file, its folder importable; it and its neighbours are forgotten afterwards."""
    folder, name = str(path.resolve().parent), path.stem
    before = dict(sys.modules)
    sys.path.insert(0, folder)
    try:
        with provided():
            with _blamed(SETUP):
                spec = importlib.util.spec_from_file_location(name, path.resolve())
                module = sys.modules[name] = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
            yield module
    finally:
        with suppress(ValueError):
            sys.path.remove(folder)
        for known, module in list(sys.modules.items()):
            if before.get(known) is not module and (getattr(module, "__file__", None) or "").startswith(folder + "/"):
                del sys.modules[known]
        if name in before:
            sys.modules[name] = before[name]


def _entry_point(module: ModuleType, path: Path) -> type:
    """The class that the file names."""
    if not hasattr(module, "get_entry_point"):
        raise AgentFault(SETUP, f"{path} has no get_entry_point(), which names the agent's class")
    with _blamed(SETUP):
        name = module.get_entry_point()
    found = getattr(module, str(name), None)
    base = importlib.import_module("leaderboard.autoagents.autonomous_agent").AutonomousAgent
    if not isinstance(found, type) or not issubclass(found, base):
        raise AgentFault(
            SETUP, f"get_entry_point() of {path} says {name!r}, expected a subclass of AutonomousAgent in it"
        )
    return found
