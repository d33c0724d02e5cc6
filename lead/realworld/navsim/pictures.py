"""A plan drawn into the pictures of a NAVSIM token, by the cameras of the rig that recorded it."""

from pathlib import Path

import numpy as np

from lead import InputError
from lead.dataset.rig import rig_named
from lead.realworld.navsim.cache import find_entries
from lead.realworld.navsim.motion import Array
from lead.realworld.navsim.samples import picture_of
from lead.realworld.navsim.scene_file import SUFFIX, read_scene
from lead.realworld.pictures import DRIVEN, PLAN, Picture, draw_way
from lead.realworld.standins.cameras import calibration


def token_picture(cache: Path, token: str, plan: Array, rig: str, scenes: Path | None = None) -> Picture:
    """The cameras of a token with a plan (8, 3) in red, and the human's, if its scene is given, in green.

    Raises InputError on a token that the cache has not.
    """
    for entry in find_entries(cache):
        if entry.token == token:
            break
    else:
        raise InputError(f"{cache} has no token {token}; give the cache that was planned on")
    picture = np.ascontiguousarray(picture_of(entry.feature()["camera_feature"]).transpose(1, 2, 0))
    cameras = [calibration(camera, number) for number, camera in enumerate(rig_named(rig).cameras)]
    if scenes is not None:
        human = read_scene(scenes / f"{token}{SUFFIX}").human_plan
        if human is not None:
            draw_way(picture, human[:, :2], cameras, DRIVEN)
    return draw_way(picture, plan[:, :2], cameras, PLAN)
