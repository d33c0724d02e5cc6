"""How weights are driven where the options leave it open: published ones as they were published, ours as they drive best."""

from dataclasses import replace

from lead import InputError
from lead.drive.student.checkpoint import Checkpoint
from lead.drive.student.options import Options
from lead.model.config import ModelConfig
from lead.train.senses import Senses

BRAKE_SHARE, PUBLISHED_BRAKE_SHARE = 0.5, 0.9  # probability of the speed class 0 from which on the target speed is 0
PATIENCE = 50.0  # s: a red light of CARLA lasts up to 47, Bench2Drive ends who stands for 60


def with_usual(options: Options, model: ModelConfig) -> Options:
    """Options in which everything that depends on the weights alone is told."""
    ours, planning = not model.compat, model.planning
    helped = ours and model.sees_lidar
    steer = ("pursuit" if ours else "route") if planning.route_points else "waypoints"
    usual = {
        "steer": steer,
        "speed": "target" if planning.target_speeds else "waypoints",
        "brake_share": BRAKE_SHARE if ours else PUBLISHED_BRAKE_SHARE,
        "guard": helped,
        "patience": PATIENCE if helped else 0.0,
    }
    return replace(options, **{name: value for name, value in usual.items() if getattr(options, name) is None})


def settled(checkpoint: Checkpoint, options: Options) -> Senses:
    """The senses of a checkpoint with what the options say otherwise, and without sensors that nobody listens to."""
    model, rig, told = checkpoint.model, checkpoint.senses.rig, with_usual(options, checkpoint.model)
    cloud = model.sees_lidar or told.guard  # radar returns are among its points
    rig = replace(
        rig,
        lidars=rig.lidars if cloud or told.creep or told.patience else (),
        radars=rig.radars if cloud or model.radar is not None else (),
    )
    noisy = None if told.kalman is None else not told.kalman
    changed = {"jpeg_quality": told.jpeg, "pop_distance": told.pop, "noisy_points": noisy}
    return replace(checkpoint.senses, rig=rig, **{name: value for name, value in changed.items() if value is not None})


def check_predicted(model: ModelConfig, options: Options) -> None:
    """Raises InputError if a model does not predict what the options ask for."""
    planning, lacking = model.planning, []
    if options.steer in ("route", "pursuit") and not planning.route_points:
        lacking.append(f"no route (steer={options.steer})")
    if options.speed == "target" and not planning.target_speeds:
        lacking.append("no target speed (speed=target)")
    if options.stop_signs and model.carla is None:
        lacking.append("no boxes of stop signs (stop_signs=on)")
    if lacking:
        raise InputError(f"model {model.name} predicts {' and '.join(lacking)}; leave the options out")
