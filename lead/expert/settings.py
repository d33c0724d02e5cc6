"""Every intervention of the paper as a switch of its own, and the presets.

Numbers V1 to V9, U1 to U10 and I are those of spec/lead-expert-and-data.md, 2.1 to 2.3.
"""

from dataclasses import dataclass, fields, replace
from typing import Literal

from lead import InputError

Lights = Literal["known", "moved stop line", "seen"]
Boxes = Literal["exact", "published", "all turns"]
Motion = Literal["controls", "past"]


@dataclass(frozen=True)
class Settings:
    """What the expert may know and how careful it is; the defaults are the privileged expert's (PDM-Lite).

    Visibility:
        window: V1, ignore actors outside the student's bird's-eye view.
        occlusion: V2, ignore actors of which the student's sensors have too few points.
        stop_pixels: V3, an emergency stop for a walker or cyclist needs enough pixels.
        violators_seen: V4, priority violators must be seen.
        oncoming_seen: V5, the look at the oncoming lane uses visible cars only.
        lights: V6, lights are "known" from the map, stopped for at a "moved stop line" from which the head stays in
            view (as published), or stopped for there only when "seen" (45 s ago at most).
        observable_limit: V7, the speed limit follows the surrounding traffic.
        occluded_junction: V8, slow before a junction that cannot be looked into.
        filtered_labels: V9, the recorder's labels obey the same evidence.
        obstacles_seen: obstacles of situations count only when there is evidence of one of them (not published).

    Uncertainty:
        cautious_stops: U1, stop for moving walkers and cyclists ahead, violators and cut-ins.
        poor_visibility: U2, slower by night, in fog, clutter and low-limit junctions.
        approach_caps: U3, slower towards visible obstacles.
        weather_lane_changes: U4, later, shorter lane changes in bad weather.
        boxes: U5, conflicting traffic has "exact" boxes, the inflated ones as "published" (four turn types reach them),
            or inflated ones at "all turns" (all seven, as intended).
        commitment: U6, an adversary once safe stays safe.
        negotiation: U7, stop for opposing vehicles while overtaking.
        real_stop: U8, stand still at stop signs for 1.25 s.
        steering_noise: U9, standard deviation added to the steering.
        perturbed_rig: U10, the recorder adds a perturbed rig.
        motion: others are forecast by their "controls" (walkers: by their command) or by estimates from their "past".

    Intent:
        target_points: I, how many target points the student is told (1 or 3).

    Others:
        limit_factor: of the speed limit that is driven.
        gaps: streams of traffic are crossed and joined only through gaps that are long enough (not published).
        standing_passed: vehicles that stand in the way for good are driven round after some patience (not published).
        bends: slower before bends that are too tight for the speed (not published).
        rear_danger: speed up before fast traffic close behind after a merge.
    """

    window: bool = False
    occlusion: bool = False
    stop_pixels: bool = False
    violators_seen: bool = False
    oncoming_seen: bool = False
    lights: Lights = "known"
    observable_limit: bool = False
    occluded_junction: bool = False
    filtered_labels: bool = False
    obstacles_seen: bool = False

    cautious_stops: bool = False
    poor_visibility: bool = False
    approach_caps: bool = False
    weather_lane_changes: bool = False
    boxes: Boxes = "exact"
    commitment: bool = False
    negotiation: bool = False
    real_stop: bool = False
    steering_noise: float = 0.0
    perturbed_rig: bool = False
    motion: Motion = "controls"

    target_points: Literal[1, 3] = 1
    limit_factor: float = 0.72
    gaps: bool = True
    standing_passed: bool = True
    bends: bool = True
    rear_danger: bool = True


PRIVILEGED = Settings()
LEAD = Settings(
    window=True, occlusion=True, stop_pixels=True, violators_seen=True, oncoming_seen=True, lights="moved stop line",
    observable_limit=True, occluded_junction=True, filtered_labels=True, cautious_stops=True, poor_visibility=True,
    approach_caps=True, weather_lane_changes=True, boxes="published", commitment=True, negotiation=True, real_stop=True,
    steering_noise=1e-3, perturbed_rig=True, target_points=3, limit_factor=1.0,
)  # fmt: skip
ALIGNED = replace(LEAD, lights="seen", obstacles_seen=True, boxes="all turns", motion="past")
PRESETS = {"privileged": PRIVILEGED, "lead": LEAD, "aligned": ALIGNED}


def settings_from(text: str) -> Settings:
    """Settings from a preset and changes to it: "aligned", "lead,occlusion=off,boxes=exact,steering_noise=0".

    Raises InputError for an unknown preset, switch or value.
    """
    name, *changes = [part.strip() for part in text.split(",")]
    if name not in PRESETS:
        raise InputError(f"found expert preset {name!r}, expected one of {', '.join(PRESETS)}")
    settings = PRESETS[name]
    for change in changes:
        key, _, value = change.partition("=")
        settings = replace(settings, **{key: _value(settings, key.strip(), value.strip())})
    return settings


_CHOICES = {
    "lights": ("known", "moved stop line", "seen"), "boxes": ("exact", "published", "all turns"),
    "motion": ("controls", "past"), "target_points": ("1", "3"),
}  # fmt: skip


def _value(settings: Settings, key: str, value: str) -> object:
    known = {field.name for field in fields(settings)}
    if key not in known:
        raise InputError(f"the expert has no switch {key!r}; it has {', '.join(sorted(known))}")
    before = getattr(settings, key)
    if key in _CHOICES:
        if value not in _CHOICES[key]:
            raise InputError(f"found {key}={value!r}, expected one of {', '.join(_CHOICES[key])}")
        return int(value) if isinstance(before, int) else value
    if isinstance(before, bool):
        if value not in ("on", "off"):
            raise InputError(f"found {key}={value!r}, expected on or off")
        return value == "on"
    try:
        return float(value)
    except ValueError:
        raise InputError(f"found {key}={value!r}, expected a number") from None
