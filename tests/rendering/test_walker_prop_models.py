"""Walkers, props and signals have the sizes of their blueprints, outward faces, and limbs that walk on the ground."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh
from lead.rendering.models.gait import walker_angles
from lead.rendering.models.glyphs import text
from lead.rendering.models.model import Joint, bounds, posed, resting
from lead.rendering.models.props import SHAPES, mesh_model, mesh_tints, prop_model
from lead.rendering.models.signals import light_head, mast_arm, signal_pole, speed_sign, stop_sign, yield_sign
from lead.rendering.models.walker_outfits import walker_tints
from lead.rendering.models.walkers import walker_model
from lead.roads.labels import Label
from lead.simulator.blueprints import library, mesh_extents

WALKERS = [blueprint for uid, blueprint in library().items() if uid.startswith("walker.")]
PROPS = [uid for uid in library() if uid.startswith("static.prop.") and uid != "static.prop.mesh"]
SIGNALS = [
    light_head(True),
    light_head(False),
    signal_pole(5.0),
    mast_arm(4.0),
    stop_sign(),
    yield_sign(),
    speed_sign(50.0),
]


def walker(blueprint, wheelchair=False):
    return walker_model(
        blueprint.id, blueprint.extent, blueprint.default("age"), blueprint.default("gender"), wheelchair
    )


def prop(uid):
    return prop_model(uid, library()[uid].extent, library()[uid].centre)


def outward_volumes(mesh: Mesh) -> list[float]:
    """Signed volume of the cones from each connected piece's middle to its faces: negative where they face inwards."""
    edges = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]]])
    n = len(mesh.vertices)
    _, piece = connected_components(coo_matrix((np.ones(len(edges)), edges.T), shape=(n, n)), directed=False)
    volumes = []
    for p in np.unique(piece[mesh.faces[:, 0]]):
        corners = mesh.vertices[mesh.faces[piece[mesh.faces[:, 0]] == p]].astype(np.float64)
        a, b, c = np.moveaxis(corners - corners.mean(axis=(0, 1)), 1, 0)
        volumes.append(float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0))
    return volumes


def test_every_prop_has_a_shape_of_its_own_that_fills_its_box():
    for uid in PROPS:
        assert SHAPES[uid.removeprefix("static.prop.")]
        blueprint = library()[uid]
        for model in prop(uid):
            low, high = bounds(resting(model))
            np.testing.assert_allclose(0.5 * (high - low), blueprint.extent, atol=0.005, err_msg=uid)
            np.testing.assert_allclose(0.5 * (high + low), blueprint.centre, atol=0.005, err_msg=uid)
        near, far = prop(uid)
        assert far.triangles <= near.triangles <= 460, uid


def test_an_unknown_prop_is_a_box_of_its_size():
    near, _ = prop_model("static.prop.newcomer", (1.0, 2.0, 0.5), (0.0, 0.0, 0.5))
    low, high = bounds(resting(near))
    assert near.triangles == 12
    np.testing.assert_allclose([low, high], [[-1.0, -2.0, 0.0], [1.0, 2.0, 1.0]], atol=1e-6)


def test_every_spawnable_mesh_has_a_model_of_its_size():
    for path, extent in mesh_extents().items():
        for model in mesh_model(path, extent):
            low, high = bounds(resting(model))
            np.testing.assert_allclose(0.5 * (high - low), extent, atol=0.005, err_msg=path)
            assert abs(low[2]) < 0.005
        is_car = "ParkedVehicles" in path
        assert (resting(mesh_model(path, extent)[0]).tag == Label.CAR).all() == is_car
        assert mesh_tints(path).shape == (3, 3)


def test_what_lead_looks_for_among_dynamic_things_is_dynamic():
    for name in ("constructioncone", "trafficwarning", "warningaccident", "warningconstruction", "trafficcone01"):
        assert set(resting(prop(f"static.prop.{name}")[0]).tag) == {Label.DYNAMIC}
    assert set(resting(prop("static.prop.cypresstree")[0]).tag) == {Label.VEGETATION}
    assert set(resting(prop("static.prop.busstop")[0]).tag) == {Label.STATIC}


def test_pieces_face_outwards():
    meshes = [resting(model) for uid in PROPS for model in prop(uid)]
    meshes += [
        resting(model) for blueprint in WALKERS[:12] for chair in (False, True) for model in walker(blueprint, chair)
    ]
    meshes += [mesh for pair in SIGNALS for mesh in pair]
    volumes = [volume for mesh in meshes for volume in outward_volumes(mesh)]
    assert len(volumes) > 1000
    assert min(volumes) > -1e-6


def test_walkers_fill_the_height_of_their_box_and_stay_inside_it():
    assert len(WALKERS) == 52
    for blueprint in WALKERS:
        near, far = walker(blueprint)
        extent = np.array(blueprint.extent)
        for model in (near, far):
            low, high = bounds(resting(model))
            np.testing.assert_allclose([low[2], high[2]], [-extent[2], extent[2]], atol=0.03)
            assert (np.maximum(-low, high)[:2] <= extent[:2] + 0.001).all(), blueprint.id
        assert near.triangles <= 350
        assert far.triangles <= 60
        assert set(resting(near).tag) == {Label.PEDESTRIANS}


def test_walkers_differ_and_stay_who_they_are():
    tints = {blueprint.id: walker_tints(blueprint.id) for blueprint in WALKERS}
    assert len({tint.tobytes() for tint in tints.values()}) == len(WALKERS)
    for uid, tint in tints.items():
        np.testing.assert_array_equal(tint, walker_tints(uid))
        assert (tint > 0.0).all()
        assert (tint < 1.0).all()
    shapes = {resting(walker(blueprint)[0]).vertices.tobytes() for blueprint in WALKERS}
    assert len(shapes) > 12


@pytest.mark.parametrize("speed", [0.0, 0.7, 1.4, 2.4, 4.0])
def test_feet_stay_at_the_ground(speed):
    blueprint = library()["walker.pedestrian.0002"]
    near, _ = walker(blueprint)
    gap = [
        bounds(posed(near, walker_angles(x, 0.0, 0.0, speed)))[0][2] + blueprint.extent[2]
        for x in np.linspace(0.0, 3.0, 41)
    ]
    assert min(gap) > -0.025
    assert max(gap) < (0.09 if speed > 2.0 else 0.035)


def test_the_foot_on_the_ground_does_not_slide():
    near, _ = walker(library()["walker.pedestrian.0002"])
    knee = next(k for k, part in enumerate(near.parts) if part.joint == Joint.KNEE_L)
    start = sum(len(part.mesh.vertices) for part in near.parts[:knee])
    shoe = slice(start + len(near.parts[knee].mesh.vertices) - 8, start + len(near.parts[knee].mesh.vertices))
    places = np.linspace(0.02, 0.6, 20)  # m, the left foot's time on the ground at walking pace
    feet = [x + posed(near, walker_angles(x, 0.0, 0.0, 1.4)).vertices[shoe, 0].mean() for x in places]
    assert np.ptp(feet) < 0.06


def test_gait_is_a_function_of_the_state_alone():
    x, y, yaw, speed = np.random.default_rng(3).uniform(-200.0, 200.0, (4, 30))
    speed = np.abs(speed) / 50.0
    angles = walker_angles(x, y, yaw, speed)
    assert angles.shape == (30, len(Joint), 2)
    for k in range(30):
        np.testing.assert_allclose(angles[k], walker_angles(x[k], y[k], yaw[k], speed[k]), atol=1e-12)
    still = walker_angles(x, y, yaw, 0.0)
    np.testing.assert_array_equal(still, np.broadcast_to(still[0], still.shape))


def test_a_light_shows_red_above_yellow_above_green_to_who_stands_before_it():
    for overhead in (True, False):
        for mesh in light_head(overhead):
            heights = []
            for lens in (Material.LENS_RED, Material.LENS_YELLOW, Material.LENS_GREEN):
                corners = mesh.vertices[mesh.faces[mesh.material == lens]]
                normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
                assert (normal[:, 0] > 0.0).all()
                others = mesh.vertices[mesh.faces[np.isin(mesh.material, [Material.HOUSING_BLACK])]]
                in_front = others[(others[..., 0] > corners[..., 0].max() + 0.001).all(axis=1)]
                assert len(in_front) == 0
                heights.append(corners[..., 2].mean())
            assert heights[0] > heights[1] > heights[2]


@pytest.mark.parametrize("limit", range(20, 140, 10))
def test_speed_signs_fit_their_ring(limit):
    near, far = speed_sign(float(limit))
    digits = near.vertices[near.faces[near.material == Material.SIGN_BLACK]].reshape(-1, 3)
    white = near.vertices[near.faces[near.material == Material.SIGN_WHITE]].reshape(-1, 3)
    middle = 0.5 * (white.min(axis=0) + white.max(axis=0))
    assert np.hypot(*(digits - middle)[:, 1:].T).max() < 0.285
    assert (near.tag == Label.TRAFFIC_SIGNS).all()
    assert len(near.faces) <= 250
    assert len(far.faces) <= 30


def test_writing_reads_from_the_front():
    mesh = text("L", 1.0, Material.SIGN_WHITE)
    foot = mesh.vertices[mesh.vertices[:, 2] < -0.3]
    head = mesh.vertices[mesh.vertices[:, 2] > 0.3]
    assert foot[:, 1].min() < head[:, 1].min() - 0.3  # the bar of an L points to the reader's right, -y
    with pytest.raises(KeyError):
        text("\u00e9", 1.0, Material.SIGN_WHITE)
