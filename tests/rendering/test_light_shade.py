"""Light and shading: pictures of small scenes are compared with what the physics, or the other sampling, says."""

import carla
import numpy as np
import pytest
from lit import CLEAR, DARK, Body, Scene, plane
from numpy.typing import NDArray

from lead.rendering.illumination import Illumination
from lead.rendering.kernels import setting
from lead.rendering.kernels.setting import LIGHT_COLUMNS, TONE_SCALE
from lead.rendering.light import light_of, packed
from lead.rendering.materials import Material, linear
from lead.rendering.mesh import ball, box, merge
from lead.rendering.textures import make_textures
from lead.roads.labels import Label

PARAMETERS = (
    "cloudiness", "precipitation", "precipitation_deposits", "wind_intensity", "sun_azimuth_angle",
    "sun_altitude_angle", "fog_density", "fog_distance", "wetness", "fog_falloff", "scattering_intensity",
    "mie_scattering_scale", "rayleigh_scattering_scale", "dust_storm",
)  # fmt: skip
PRESETS = [name for name in dir(carla.WeatherParameters) if name[0].isupper() and name != "Default"]


def preset(name: str) -> NDArray[np.float64]:
    """Weather (14,) of one of CARLA's presets."""
    weather = getattr(carla.WeatherParameters, name)
    return np.array([getattr(weather, parameter) for parameter in PARAMETERS], np.float64)


def changed(weather: NDArray[np.float64], **values: float) -> NDArray[np.float64]:
    """The weather with some of its parameters set."""
    result = weather.copy()
    for name, value in values.items():
        result[PARAMETERS.index(name)] = value
    return result


def street() -> Scene:
    """A road between a facade and a tree, with a car in shade of neither."""
    house = box((12.0, 6.0, 9.6), (8.0, -9.0, 4.8), Material.FACADE).tagged(Label.BUILDINGS)
    tree = merge(
        ball((1.6, 1.6, 1.4), (6.0, 6.0, 4.0), Material.LEAVES), box((0.3, 0.3, 3.0), (6.0, 6.0, 1.5), Material.BARK)
    )
    car = merge(
        box((4.0, 1.8, 0.8), (4.0, 1.5, 0.7), Material.PAINT), box((2.0, 1.6, 0.6), (3.8, 1.5, 1.4), Material.WINDOW)
    )
    return Scene(Body(plane(Material.ASPHALT)), Body(house), Body(tree), Body(car, moving=True))


@pytest.mark.parametrize("weather", ["ClearNoon", "HardRainSunset", "WetNight"])
def test_same_world_same_bytes(weather: str) -> None:
    first, second = (street().draw(preset(weather), time=3.0) for _ in range(2))
    assert np.array_equal(first, second)


def test_rain_falls_anew_in_every_picture() -> None:
    now, then = (street().draw(preset("HardRainNoon"), time=time) for time in (3.0, 3.05))
    assert 0.02 < np.mean(np.abs(now - then).max(axis=-1) > 3) < 0.6


@pytest.mark.parametrize("weather", ["ClearNoon", "HardRainNoon", "ClearNight"])
def test_strips_of_a_picture_fit_together(weather: str) -> None:
    whole, parts = street().draw(preset(weather)), street().draw(preset(weather), parts=3)
    assert np.mean(np.abs(whole - parts) > 2) < 2e-3


@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize(("size", "parts"), [(1, 1), (7, 2), (33, 3), (65, 1)])
def test_every_pixel_is_drawn(samples: int, size: int, parts: int) -> None:
    drawn = street().draw(preset("HardRainNoon"), size=size, samples=samples, parts=parts)
    assert drawn.shape == (size, size, 3) and drawn.min() > 0


def test_antialiased_pixels_are_means_of_their_samples() -> None:
    scene = Scene(
        Body(plane(Material.SIGN_WHITE)),
        Body(box((1.0, 2.0, 2.5), (0.0, -1.0, 1.2), Material.SIGN_RED).moved(yaw=0.3)),
        Body(ball((1.0, 1.0, 1.5), (2.0, 2.0, 1.5), Material.SIGN_GREEN)),
    )
    drawn, single = scene.draw(CLEAR, size=96), scene.draw(CLEAR, size=192, samples=1)
    mean = single.reshape(96, 2, 96, 2, 3).sum(axis=(1, 3)) / 4.0
    spread = np.ptp(single.reshape(96, 2, 96, 2, 3).transpose(0, 2, 4, 1, 3).reshape(96, 96, 3, 4), axis=-1)
    edges = spread.max(axis=-1) > 40
    assert edges.sum() > 60
    assert np.abs(drawn - mean)[edges].mean() < 1.5
    assert np.quantile(np.abs(drawn - mean), 0.999) < 8


def test_ground_is_seen_while_the_sky_is_bright() -> None:
    ground = Scene(Body(plane(Material.ASPHALT)))
    for altitude, share in ((45.0, 0.25), (15.0, 0.2), (-1.5, 0.15)):
        drawn = ground.draw(changed(CLEAR, sun_altitude_angle=altitude))
        assert drawn[70:].mean() > share * drawn[:30].mean(), altitude


def test_fog_ends_in_its_own_colour() -> None:
    wall = Scene(Body(box((1.0, 900.0, 300.0), (380.0, 0.0, 0.0), Material.SIGN_RED)))
    foggy = changed(CLEAR, fog_density=100.0, sun_azimuth_angle=180.0)
    light = light_of(foggy)
    tone = make_textures().tone
    expected = tone[(np.sqrt(light.fog * light.exposure) * TONE_SCALE).astype(np.int64)]
    assert np.abs(wall.draw(foggy)[30:60, 30:60] - expected).max() <= 4
    contrast = [
        np.abs(wall.draw(changed(foggy, fog_density=k, fog_distance=start))[48, 48] - expected).sum()
        for k, start in ((0.0, 0.0), (10.0, 0.0), (30.0, 0.0), (30.0, 300.0))
    ]
    assert contrast[0] > contrast[1] > contrast[2] < contrast[3]


def test_shadows_darken_the_ground() -> None:
    """The sun stands over +x: shadows fall towards -x."""
    ground = Body(plane(Material.PLASTIC_GREY))
    above = (-3.0, 0.0, 30.0, -np.pi / 2, 0.0, 0.0)
    lit = Scene(ground).draw(CLEAR, above)
    for moving in (False, True):
        drawn = Scene(ground, Body(box((1.0, 6.0, 3.0), (0.0, 0.0, 1.5), Material.SIGN_RED), moving=moving)).draw(
            CLEAR, above
        )
        # 96 pixels show 34.6 m; x grows upwards in the picture from -3 in its middle
        shade, bright = np.s_[43:47, 42:54], np.s_[70:80, 42:54]
        assert drawn[shade].mean() < 0.8 * lit[shade].mean()
        assert np.abs(drawn[bright] - lit[bright]).mean() < 2.0
    overcast = changed(CLEAR, cloudiness=100.0)
    low = (-8.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    hovering = Body(box((4.0, 1.8, 1.0), (2.0, 0.0, 0.8), Material.SIGN_RED), moving=True)
    under, beside = (
        Scene(ground, hovering).draw(overcast, low)[51, 48],
        Scene(ground, hovering).draw(overcast, low)[51, 10],
    )
    assert under.mean() < 0.9 * beside.mean()


def test_no_surface_shades_itself() -> None:
    """Under a high sun nothing on open ground, a slope or a wall that faces it is in shade."""
    slope = box((30.0, 30.0, 1.0), (20.0, 0.0, 0.0), Material.SIGN_WHITE).moved(pitch=-0.2)
    wall = box((1.0, 40.0, 12.0), (30.0, 0.0, 6.0), Material.SIGN_WHITE)
    scene = Scene(Body(plane(Material.SIGN_WHITE)), Body(slope), Body(wall), Body(slope.moved(y=-40.0), moving=True))
    for altitude in (20.0, 60.0):
        sun = changed(CLEAR, sun_azimuth_angle=180.0, sun_altitude_angle=altitude)
        drawn = scene.draw(sun, (-20.0, -10.0, 4.0, 0.0, 0.1, 0.0)).sum(axis=-1)
        assert np.quantile(drawn[60:], 0.02) > 0.9 * np.median(drawn[60:])


def test_presets_look_different() -> None:
    scene = street()
    pictures = {name: scene.draw(preset(name)) for name in PRESETS}
    assert len(pictures) == 22
    names = list(pictures)
    for k, a in enumerate(names):
        for b in names[:k]:
            assert np.abs(pictures[a] - pictures[b]).mean() > 0.4, (a, b)
    for time in ("Noon", "Sunset"):
        rainy = "MidRainyNoon" if time == "Noon" else "MidRainSunset"
        ladder = [f"Clear{time}", f"Cloudy{time}", f"SoftRain{time}", rainy, f"HardRain{time}"]
        for a, b in zip(ladder[:-1], ladder[1:], strict=True):
            assert np.abs(pictures[a] - pictures[b]).mean() > 5.0, (a, b)
    brightness = {name: picture.mean() for name, picture in pictures.items()}
    for name in ("ClearNight", "CloudyNight", "HardRainNight"):
        assert brightness[name] < 0.6 * brightness["ClearNoon"]
    assert brightness["ClearNight"] > 8.0  # a driver sees something
    red, blue = pictures["ClearSunset"][:30, :, 0].mean(), pictures["ClearSunset"][:30, :, 2].mean()
    assert red / blue > 1.1 * pictures["ClearNoon"][:30, :, 0].mean() / pictures["ClearNoon"][:30, :, 2].mean()


def test_wet_roads_mirror_the_scene() -> None:
    pillar = box((1.0, 1.5, 12.0), (14.0, 0.0, 6.0), Material.SIGN_RED)
    scene = Scene(Body(plane(Material.ASPHALT)), Body(pillar))
    flooded = changed(CLEAR, precipitation_deposits=100.0, wetness=100.0, cloudiness=100.0)
    below, beside = np.s_[60:74, 46:50], np.s_[60:74, 10:20]

    def redness(weather: NDArray[np.float64], where: tuple[slice, slice]) -> float:
        drawn = scene.draw(weather)[where]
        return float((drawn[:, :, 0] - drawn[:, :, 2]).mean())

    assert redness(flooded, below) > redness(flooded, beside) + 15
    assert abs(redness(changed(CLEAR, cloudiness=100.0), below) - redness(changed(CLEAR, cloudiness=100.0), beside)) < 4


@pytest.mark.parametrize(
    "material", [Material.ASPHALT, Material.SIDEWALK, Material.GRASS, Material.BRICK, Material.FACADE]
)
def test_patterns_fade_to_their_mean(material: Material) -> None:
    """Far off, what a pixel shows varies less than near by, about the same mean."""
    shown = {}
    for distance in (4.0, 60.0):
        wall = box((1.0, 400.0, 400.0), (distance, 0.0, 0.0), material)
        weather = changed(CLEAR, sun_azimuth_angle=180.0, mie_scattering_scale=0.0, rayleigh_scattering_scale=0.0)
        shown[distance] = Scene(Body(wall)).draw(weather, (0.0, 0.3, 0.0, 0.0, 0.0, 0.0)).sum(axis=-1)
    near, far = shown[4.0], shown[60.0]
    assert far.std() < 0.75 * near.std() or material is Material.FACADE
    assert abs(far.mean() - near.mean()) < 0.22 * near.mean()


def test_patterns_move_with_their_body() -> None:
    """A striped box that drives away with the camera looks the same all the way."""
    pictures = []
    for x in (0.0, 3.21):
        body = Body(box((1.0, 3.0, 3.0), (x, 0.0, 2.0), Material.HAZARD_RED), origin=(x, 0.0, 0.0), moving=True)
        pictures.append(Scene(body).draw(CLEAR, (x - 6.0, 0.0, 2.0, 0.0, 0.0, 0.0))[24:72, 24:72])
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.3


def test_tints_replace_colours_where_they_are_given() -> None:
    blue = np.full((3, 3), -1.0, np.float32)
    blue[0] = linear("#1020f0")
    wall = box((0.1, 4.0, 4.0), (0.0, 0.0, 2.0), Material.CLOTH)
    plain, tinted = Scene(Body(wall)).draw(CLEAR)[48, 48], Scene(Body(wall, tint=blue)).draw(CLEAR)[48, 48]
    assert plain.argmax() == 0 and tinted.argmax() == 2


def test_maps_depend_on_the_place_alone() -> None:
    """Shadow maps after a journey are those of a fresh start."""
    scene = street()
    travelled, fresh = Illumination(), Illumination()
    for x in (500.0, -300.0, 5.0):
        travelled.update(CLEAR, 0.0)
        there = travelled.looks(
            np.array([x, 0.0, 2.0], np.float32), scene.triangles, scene.objects, scene.items, scene.fixed
        )
    fresh.update(CLEAR, 0.0)
    here = fresh.looks(np.array([5.0, 0.0, 2.0], np.float32), scene.triangles, scene.objects, scene.items, scene.fixed)
    for a, b in zip(there[5], here[5], strict=True):
        assert np.array_equal(a, b) if isinstance(a, np.ndarray) else all(np.array_equal(p, q) for p, q in zip(a, b))


def test_kernels_find_the_numbers_of_a_light() -> None:
    light = light_of(changed(CLEAR, precipitation=50.0, fog_density=20.0, fog_distance=7.0), time=2.0)
    numbers = packed(light)
    assert numbers.shape == (LIGHT_COLUMNS,)
    for name, value in light._asdict().items():
        place = int(getattr(setting, name.upper()))
        assert np.array_equal(numbers[place : place + np.size(value)], np.ravel(value).astype(np.float32)), name


def test_suns_direction() -> None:
    """Azimuth 0 is +x, 90 degrees +y, as yaw turns; below the horizon it gives no light."""
    east = light_of(changed(CLEAR, sun_azimuth_angle=90.0, sun_altitude_angle=30.0))
    assert np.allclose(east.sun, [0.0, np.cos(np.pi / 6), 0.5], atol=1e-6)
    assert light_of(DARK).sunlight.max() == 0.0 and light_of(DARK).night == 1.0
    assert light_of(CLEAR).night == 0.0
    over = light_of(changed(CLEAR, sun_azimuth_angle=0.0, sun_altitude_angle=150.0))  # past the zenith
    assert np.allclose(over.sun[2], 0.5, atol=1e-6)
