"""Blueprint definitions as each client version gets them."""

import pytest

from lead.server.library import definitions
from lead.server.versions import VERSIONS, client_version
from lead.simulator.blueprints import library

TYPES = {"Bool": 0, "Int": 1, "Float": 2, "String": 3, "RGBColor": 4}


@pytest.fixture(params=sorted(VERSIONS))
def version(request):
    return client_version(request.param)


def test_all_blueprints_with_comma_separated_tags(version):
    rows = definitions(library().values(), version)
    assert len(rows) == 214
    assert [uid for uid, *_ in rows] == list(range(1, 215))
    assert all(identity == tags.replace(",", ".").lower() for _, identity, tags, _ in rows)


def test_modifiable_attributes_come_first_and_constants_recommend_nothing(version):
    for _, identity, _, attributes in definitions(library().values(), version):
        modifiable = [attribute[4] for attribute in attributes]
        assert modifiable == sorted(modifiable, reverse=True), identity
        for name, _, default, recommended, is_modifiable, _ in attributes:
            assert recommended == [] if not is_modifiable else default == recommended[0] if recommended else True, (
                identity,
                name,
            )
            assert isinstance(default, str) and all(isinstance(value, str) for value in recommended)


def test_type_numbers_and_attributes_of_the_version(version):
    rows = {
        identity: {a[0]: a for a in attributes}
        for _, identity, _, attributes in definitions(library().values(), version)
    }
    base = 0 if version.name == "0.9.15" else 1
    car, walker = rows["vehicle.tesla.model3"], rows["walker.pedestrian.0001"]
    assert car["has_lights"][1] == TYPES["Bool"] + base
    assert car["number_of_wheels"][1] == TYPES["Int"] + base
    assert walker["speed"][1] == TYPES["Float"] + base
    assert car["role_name"][1] == TYPES["String"] + base
    assert car["color"][1] == TYPES["RGBColor"] + base
    assert ("use_wheelchair" in walker) is (version.name == "0.9.16")
