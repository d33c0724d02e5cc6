"""Which lights switch together: a junction's controllers run one after another, each with its lights green."""

import numpy as np
from numpy.typing import NDArray

from lead.roads.network import RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.signal_posts import Post, SignalKind

SAME_APPROACH = np.deg2rad(35.0)  # rad between approaches that may be green together; so may opposite ones


def light_groups(
    opendrive: OpenDrive, network: RoadNetwork, posts: list[Post]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Group index and place of its controller in the group's sequence, both (K,); -1 for signs.

    Lights that no junction's controller names get controllers of their own, one per pair of opposite approaches.
    """
    place = _written_places(opendrive)
    members: dict[tuple[int, int], list[int]] = {}  # (0, junction id), or (1, row) for a light without a junction
    for k, post in enumerate(posts):
        if post.kind == SignalKind.LIGHT:
            junction = place[post.sign_id][0] if post.sign_id in place else post.junction
            members.setdefault((0, junction) if junction >= 0 else (1, k), []).append(k)
    group, controller = np.full(len(posts), -1, np.int32), np.full(len(posts), -1, np.int32)
    for index, key in enumerate(sorted(members)):
        rows = members[key]
        group[rows] = index
        written = {k: place[posts[k].sign_id][1] for k in rows if posts[k].sign_id in place}
        stages = sorted(set(written.values()))
        for k, stage in written.items():
            controller[k] = stages.index(stage)
        controller_less = [k for k in rows if k not in written]
        for k, stage in _by_approach(posts, network, controller_less).items():
            controller[k] = stage + len(stages) if stage >= 0 else 0
    return group, controller


def _written_places(opendrive: OpenDrive) -> dict[str, tuple[int, int]]:
    """Signal id -> (junction id, place in its sequence of controllers), the first one where several name it."""
    signals = {controller.id: controller.signals for controller in opendrive.controllers}
    result: dict[str, tuple[int, int]] = {}
    for junction, controllers in opendrive.junction_controllers.items():
        for order, controller in enumerate(controllers):
            for signal in signals.get(controller, ()):
                result.setdefault(signal, (junction, order))
    return result


def _by_approach(posts: list[Post], network: RoadNetwork, rows: list[int]) -> dict[int, int]:
    """Stage number per light from the direction of its lanes; -1 for lights that govern none."""
    axes: list[float] = []
    result = {}
    for k in rows:
        if not posts[k].stops:
            result[k] = -1
            continue
        yaw = network.samples.yaw[[stop.sample for stop in posts[k].stops]]
        axis = float(np.arctan2(np.sin(2.0 * yaw).mean(), np.cos(2.0 * yaw).mean()))  # doubled: modulo a half turn
        apart = [abs((axis - other + np.pi) % (2.0 * np.pi) - np.pi) / 2.0 for other in axes]
        stage = int(np.argmin(apart)) if apart and min(apart) < SAME_APPROACH else len(axes)
        if stage == len(axes):
            axes.append(axis)
        result[k] = stage
    return result
