"""The blueprint library: complete, consistent, and matched by the filters that scenarios use."""

from collections import Counter

import pytest

from lead.simulator.blueprints import AttributeType, library


def test_all_definitions_are_there():
    kinds = Counter(blueprint.split(".")[0] for blueprint in library())
    assert len(library()) == 214
    assert kinds["vehicle"] == 41 and kinds["walker"] == 52 and kinds["sensor"] == 19


def test_background_traffic_filter_matches_the_nine_known_cars():
    wanted = {"base_type": "car", "special_type": "", "has_lights": "true"}
    cars = {
        name
        for name, blueprint in library().items()
        if blueprint.id.startswith("vehicle.") and all(blueprint.default(key) == value for key, value in wanted.items())
    }
    assert cars == {
        "vehicle.audi.tt", "vehicle.chevrolet.impala", "vehicle.dodge.charger_2020", "vehicle.ford.mustang",
        "vehicle.lincoln.mkz_2017", "vehicle.lincoln.mkz_2020", "vehicle.mercedes.coupe_2020",
        "vehicle.mini.cooper_s_2021", "vehicle.nissan.patrol_2021",
    }  # fmt: skip


@pytest.mark.parametrize("name", list(library()))
def test_definition_is_consistent(name):
    blueprint = library()[name]
    assert ".".join(blueprint.tags).lower() == blueprint.id
    names = [attribute.name for attribute in blueprint.attributes]
    assert len(names) == len(set(names)) and "role_name" in names
    modifiable = [attribute.modifiable for attribute in blueprint.attributes]
    assert modifiable == sorted(modifiable, reverse=True), "modifiable attributes come first"
    for attribute in blueprint.attributes:
        assert isinstance(attribute.default, str)
        if not attribute.modifiable:
            assert attribute.recommended == (), "clients match constant attributes by their value"
        if attribute.type == AttributeType.BOOL:
            assert attribute.default in ("true", "false")
        if attribute.type == AttributeType.RGB_COLOR:
            assert all(0 <= int(channel) <= 255 for channel in attribute.default.split(","))


@pytest.mark.parametrize("name", [name for name in library() if name.startswith("vehicle.")])
def test_vehicle_has_size_and_physics(name):
    blueprint = library()[name]
    assert min(blueprint.extent) > 0.2 and 0.5 < blueprint.wheelbase < 2.0 * blueprint.extent[0] + 0.1
    assert blueprint.physics is not None and len(blueprint.physics.wheels) == 4
    assert blueprint.physics.mass > 50.0 and blueprint.physics.torque_curve
    rpm = [point[0] for point in blueprint.physics.torque_curve]
    assert rpm == sorted(rpm)
