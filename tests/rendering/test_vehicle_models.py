"""Vehicle models: exact boxes, closed surfaces, lamps and tags of every blueprint, joints that move the right way."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh
from lead.rendering.models.model import Joint, Model, bounds, posed, resting
from lead.rendering.models.vehicle_bicycles import CRANK, LEG_Y
from lead.rendering.models.vehicle_joints import joint_angles
from lead.rendering.models.vehicle_size import WHEELS, VehicleSize, size_of
from lead.rendering.models.vehicles import vehicle_model
from lead.roads.labels import Label
from lead.simulator.blueprints import library

SIZES = [size_of(blueprint) for name, blueprint in library().items() if name.startswith("vehicle.")]
LEVELS = [pytest.param(size, level, id=f"{size.id}-{('near', 'far')[level]}") for size in SIZES for level in (0, 1)]
EMERGENCY = ("firetruck", "charger_police", "ambulance")
MOTOR_LAMPS = {Material.HEAD_LAMP, Material.TAIL_LAMP, Material.BRAKE_LAMP}
COUPES = ("coupe_2020", "mini.cooper_s_2021")


def still(model: Model) -> Mesh:
    """The model as it stands at the origin."""
    return posed(model, angles_at(model))


def angles_at(model: Model, x: float = 0.0, steer: float = 0.0, doors: int = 0) -> NDArray[np.float32]:
    return joint_angles([[x, 0, 0, 0, 0, 0]], [[steer, steer, 0, 0]], [doors], [model.wheel_radius])[0]


def faces_of(mesh: Mesh, material: Material) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (F, 3) and area vectors (F, 3) of the faces of one material."""
    a, b, c = (mesh.vertices[mesh.faces[mesh.material == material, k]].astype(np.float64) for k in range(3))
    return (a + b + c) / 3.0, 0.5 * np.cross(b - a, c - a)


def two_wheeled(size: VehicleSize) -> bool:
    return size.kind in ("motorcycle", "bicycle")


def test_every_blueprint_has_a_model() -> None:
    assert len(SIZES) == 41
    with pytest.raises(ValueError, match="no model"):
        vehicle_model(VehicleSize("vehicle.none", "car", (1, 1, 1), (0, 0, 1), 2.0, (1, 1), (0.3, 0.3), False))


@pytest.mark.parametrize("size, level", LEVELS)
def test_fills_the_blueprint_box(size: VehicleSize, level: int) -> None:
    low, high = bounds(resting(vehicle_model(size)[level]))
    centre, extent = np.array(size.centre), np.array(size.extent)
    assert high == pytest.approx(centre + extent, abs=0.03)
    assert low[:2] == pytest.approx((centre - extent)[:2], abs=0.03)
    assert low[2] == pytest.approx(0.0, abs=0.03)  # on the ground, wherever the blueprint's box ends


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.id)
def test_few_triangles(size: VehicleSize) -> None:
    near, far = vehicle_model(size)
    assert near.triangles <= 900
    assert far.triangles <= 160
    assert len(far.parts) == 1


@pytest.mark.parametrize("size, level", LEVELS)
def test_tags(size: VehicleSize, level: int) -> None:
    tags = set(resting(vehicle_model(size)[level]).tag.tolist())
    assert tags == ({size.tag, Label.RIDER} if two_wheeled(size) else {size.tag})


@pytest.mark.parametrize("size, level", LEVELS)
def test_lamps_face_the_right_way(size: VehicleSize, level: int) -> None:
    mesh = still(vehicle_model(size)[level])
    lamps = MOTOR_LAMPS - ({Material.BRAKE_LAMP} if size.kind == "bicycle" else set())
    for lamp in lamps | (set() if two_wheeled(size) else {Material.REVERSE_LAMP}):
        centres, areas = faces_of(mesh, lamp)
        forward = 1.0 if lamp == Material.HEAD_LAMP else -1.0
        assert len(areas), lamp.name
        shown = np.maximum(forward * areas[:, 0], 0.0)
        assert shown.sum() > 0.002, lamp.name
        assert forward * np.average(centres[:, 0], weights=shown) > 0.0, lamp.name
    if size.kind == "bicycle":
        return
    for lamp, side in ((Material.LEFT_BLINKER, -1.0), (Material.RIGHT_BLINKER, 1.0)):
        centres, areas = faces_of(mesh, lamp)
        assert (side * (centres[:, 1] - size.centre[1]) > 0.0).all()
        for end in (1.0, -1.0):
            there = end * centres[:, 0] > 0.0
            assert np.maximum(end * areas[there, 0], 0.0).sum() > 0.0005, (lamp.name, end)


@pytest.mark.parametrize("size, level", LEVELS)
def test_beacons_on_emergency_vehicles_only(size: VehicleSize, level: int) -> None:
    mesh = resting(vehicle_model(size)[level])
    blue, red = (faces_of(mesh, lamp)[0] for lamp in (Material.BEACON_BLUE, Material.BEACON_RED))
    if any(name in size.id for name in EMERGENCY):
        assert len(blue) == len(red) > 0
        assert (blue[:, 1] < 0.03).all() and (red[:, 1] > -0.03).all()
    else:
        assert len(blue) == len(red) == 0


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.id)
def test_no_inside_is_seen_from_outside(size: VehicleSize) -> None:
    """Rays from eye height all around: what they meet first is turned towards them."""
    mesh = still(vehicle_model(size)[0])
    rng = np.random.default_rng(5)
    count = 600
    around = rng.uniform(0.0, 2.0 * np.pi, count)
    eyes = np.column_stack([9.0 * np.cos(around), 9.0 * np.sin(around), rng.uniform(1.0, 3.0, count)])
    targets = np.array(size.centre) + rng.uniform(-0.8, 0.8, (count, 3)) * size.extent
    directions = (targets - eyes) / np.linalg.norm(targets - eyes, axis=1, keepdims=True)
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    normals = np.cross(b - a, c - a)
    inside = hits = 0
    for eye, direction in zip(eyes, directions, strict=True):
        across = np.cross(direction, c - a)
        scale = np.einsum("ij,ij->i", b - a, across)
        scale[np.abs(scale) < 1e-12] = np.inf
        to_eye = eye - a
        u = np.einsum("ij,ij->i", to_eye, across) / scale
        turned = np.cross(to_eye, b - a)
        v = turned @ direction / scale
        distance = np.einsum("ij,ij->i", turned, c - a) / scale
        met = (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0) & (distance > 0.0)
        if not met.any():
            continue
        outward = normals @ direction < 0.0
        nearest = distance[met].min()
        hits += 1
        # thin plates and decals: an outward face may lie just behind
        inside += not (met & outward & (distance < nearest + 0.05)).any()
    assert hits > 100
    assert inside <= 0.015 * hits


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.id)
def test_wheels_stand_on_the_ground_and_roll_forwards(size: VehicleSize) -> None:
    near, _ = vehicle_model(size)
    wheels = [part for part in near.parts if part.joint in WHEELS]
    assert len(wheels) == (2 if two_wheeled(size) else 6 if "hgv" in size.id else 4)
    assert {part.joint for part in wheels} == ({Joint.WHEEL_RL} if two_wheeled(size) else set(WHEELS))
    assert (Joint.FORK in {part.joint for part in near.parts}) == two_wheeled(size)
    for part in wheels:
        assert part.pivot[2] == pytest.approx(near.wheel_radius, abs=1e-6)
        lone = Model((part._replace(parent=-1),), near.wheel_radius)
        before, after = (posed(lone, angles_at(near, x)) for x in (0.0, 0.1))
        assert after.vertices[:, 2].min() == pytest.approx(0.0, abs=0.06 * near.wheel_radius)
        top = int(np.argmax(before.vertices[:, 2]))
        assert after.vertices[top, 0] - before.vertices[top, 0] == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("size", [size for size in SIZES if size.doors], ids=lambda size: size.id)
def test_doors_open_outwards(size: VehicleSize) -> None:
    near, _ = vehicle_model(size)
    doors = {part.joint: part for part in near.parts if Joint.DOOR_FL <= part.joint <= Joint.DOOR_RR}
    assert len(doors) == (2 if any(name in size.id for name in COUPES) else 4)
    for bit, joint in enumerate((Joint.DOOR_FL, Joint.DOOR_FR, Joint.DOOR_RL, Joint.DOOR_RR)):
        if joint not in doors:
            continue
        door = Model((doors[joint],), near.wheel_radius)
        moved = (posed(door, angles_at(near, doors=1 << bit)).vertices - resting(door).vertices).mean(axis=0)
        at_tail = bit > 1 and ("sprinter" in size.id or "ambulance" in size.id)
        assert (-moved[0] if at_tail else moved[1] * (1.0 if bit % 2 else -1.0)) > 0.2


def test_steering_turns_front_wheels_and_forks_to_the_right() -> None:
    for name, joint in (("vehicle.lincoln.mkz_2020", Joint.WHEEL_FL), ("vehicle.yamaha.yzf", Joint.FORK)):
        near, _ = vehicle_model(size_of(library()[name]))
        angles = angles_at(near, steer=0.3)
        assert angles[joint, 0] == pytest.approx(0.3)
        assert angles[Joint.WHEEL_RL, 0] == 0.0


@pytest.mark.parametrize("size", [size for size in SIZES if size.kind == "bicycle"], ids=lambda size: size.id)
def test_feet_stay_on_the_pedals(size: VehicleSize) -> None:
    near, _ = vehicle_model(size)
    crank = next(part for part in near.parts if part.joint == Joint.CRANK)
    for x in np.linspace(0.0, 6.0, 25):
        angles = angles_at(near, float(x))
        pitch = angles[Joint.CRANK, 1]
        shoes = posed(near, angles)
        soles = shoes.vertices[np.unique(shoes.faces[shoes.material == Material.SHOES])]
        for side in (1.0, -1.0):
            reach = side * CRANK * np.array([np.cos(pitch), 0.0, np.sin(pitch)])
            pedal = np.array(crank.pivot) + reach + [0.0, side * LEG_Y, 0.0]
            assert np.linalg.norm(soles - pedal, axis=1).min() < 0.12


def test_models_are_reproducible() -> None:
    for size in SIZES:
        first, second = (vehicle_model.__wrapped__(size) for _ in range(2))
        for one, other in zip(first, second, strict=True):
            assert resting(one).vertices.tobytes() == resting(other).vertices.tobytes()
