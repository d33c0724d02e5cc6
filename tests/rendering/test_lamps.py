"""Lamps: they glow, light what is before them, and glare at night."""

import numpy as np
import pytest
from lit import CLEAR, DARK, Body, Scene, plane
from numpy.typing import NDArray

from lead.rendering.kernels import setting
from lead.rendering.kernels.codes import Lamp
from lead.rendering.lamps import find_lamps, lamp_kinds
from lead.rendering.light import light_of
from lead.rendering.materials import Material, material_table
from lead.rendering.mesh import box, merge


@pytest.mark.parametrize(
    ("material", "lamp"),
    [(Material.LENS_RED, Lamp.RED), (Material.BRAKE_LAMP, Lamp.BRAKE), (Material.LENS_GREEN, Lamp.GREEN)],
)
@pytest.mark.parametrize("weather", [CLEAR, DARK])
def test_lit_lamps_are_brighter(material: Material, lamp: Lamp, weather: NDArray[np.float64]) -> None:
    lens = box((0.1, 1.0, 1.0), (0.0, 0.0, 2.0), material)
    colours = [Scene(Body(lens, lamps=int(on))).draw(weather)[44:52, 44:52].mean(axis=(0, 1)) for on in (lamp, 0)]
    strongest = colours[0].argmax()
    assert colours[0][strongest] > 225 and colours[0][strongest] > colours[1][strongest] + 60


def test_lamps_light_the_road_at_night() -> None:
    post = box((0.4, 0.4, 0.1), (4.0, 0.0, 6.0), Material.STREET_LAMP)
    head = box((0.1, 1.4, 0.2), (-6.0, 0.0, 0.7), Material.HEAD_LAMP)
    dark, street_lamp, headlamp = (
        Scene(Body(plane(Material.ASPHALT)), Body(post, lamps=a), Body(head, lamps=b, moving=True)).draw(DARK)
        for a, b in ((0, 0), (int(Lamp.STREET), 0), (0, int(Lamp.LOW_BEAM)))
    )
    ground = np.s_[52:62, 40:56]  # some 6-16 m before the camera
    assert street_lamp[ground].mean() > dark[ground].mean() + 15
    assert headlamp[ground].mean() > dark[ground].mean() + 15
    assert np.abs(headlamp[:40] - dark[:40]).mean() < 3.0  # the beam stays below the horizon


def test_headlamps_of_a_vehicle_shine_as_one_and_glare_each() -> None:
    pair = merge(*(box((0.1, 0.2, 0.15), (0.0, y, 0.7), Material.HEAD_LAMP) for y in (-0.7, 0.7)))
    scene, kinds = Scene(Body(pair, lamps=int(Lamp.LOW_BEAM), moving=True)), lamp_kinds(material_table())
    held = scene.triangles, scene.items, scene.objects, material_table(), kinds
    near, far = (find_lamps(np.array([x, 0.0, 1.5]), light_of(DARK), *held) for x in (15.0, 90.0))
    lights, shine = near[:, setting.REACH] > 0.0, near[:, setting.SHINE]
    assert np.allclose(near[lights, 1], 0.0, atol=1e-3) and len(near) == 3
    assert np.allclose(np.sort(near[shine > 0.0, 1]), [-0.7, 0.7], atol=1e-3)
    assert len(far) == 1 and far[0, setting.REACH] > 0.0 and far[0, setting.SHINE] > 0.0


def test_headlamps_light_walkers_and_leave_what_is_above() -> None:
    """What stands 10 to 25 m ahead is lit up to the chest; a bridge overhead hardly is."""
    head, ahead = box((0.1, 1.4, 0.2), (-6.0, 0.0, 0.7), Material.HEAD_LAMP), {}
    for distance in (10.0, 25.0):
        walker = box((0.3, 0.6, 1.5), (distance - 6.0, 0.0, 0.75), Material.PLASTIC_GREY)
        on, off = (
            Scene(Body(walker), Body(head, lamps=lamps, moving=True)).draw(DARK, fov=30.0)
            for lamps in (int(Lamp.LOW_BEAM), 0)
        )
        row = round(48 + 96 / (2 * np.tan(np.radians(15.0))) * (2.0 - 1.1) / (distance + 2.0))
        ahead[distance] = (on - off)[row, 47:49].mean()
    bridge = box((8.0, 40.0, 1.0), (0.0, 0.0, 6.0), Material.PLASTIC_GREY)
    up = (-8.0, 0.0, 1.5, 0.55, 0.0, 0.0)
    on, off = (Scene(Body(bridge), Body(head, lamps=k, moving=True)).draw(DARK, up) for k in (int(Lamp.LOW_BEAM), 0))
    assert ahead[10.0] > ahead[25.0] > 20
    assert (on - off)[40:56, 40:56].mean() < 0.3 * ahead[25.0]
