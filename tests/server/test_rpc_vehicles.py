"""Driving, physics, lamps, doors, telemetry, traffic lights: through the unmodified client."""

import carla
import pytest


def steps(world, count):
    for _ in range(count):
        world.tick()


def test_control_drives_and_is_read_back(world, place):
    car = place(0)
    start = car.get_location()
    car.apply_control(carla.VehicleControl(throttle=0.7, steer=0.1))
    steps(world, 40)
    control = car.get_control()
    assert control.throttle == pytest.approx(0.7) and control.steer == pytest.approx(0.1)
    assert car.get_location().distance(start) > 2.0
    assert car.get_velocity().length() > 2.0 and car.get_angular_velocity().z > 0.5
    assert car.get_wheel_steer_angle(carla.VehicleWheelLocation.FL_Wheel) > 1.0
    assert car.get_speed_limit() > 0.0


def test_ackermann_reaches_its_speed(world, place):
    car = place(0)
    gains = car.get_ackermann_controller_settings()
    car.apply_ackermann_controller_settings(gains)
    car.apply_ackermann_control(carla.VehicleAckermannControl(speed=4.0, acceleration=3.0))
    steps(world, 100)
    assert car.get_velocity().length() == pytest.approx(4.0, abs=1.0)


def test_physics_control_round_trip(world, place):
    car = place(0)
    physics = car.get_physics_control()
    assert len(physics.wheels) == 4 and physics.mass > 500 and len(physics.forward_gears) >= 1
    assert physics.wheels[0].max_steer_angle > 30
    physics.mass = 3000.0
    car.apply_physics_control(physics)
    world.tick()
    assert car.get_physics_control().mass == pytest.approx(3000.0)
    assert car.get_physics_control().torque_curve == physics.torque_curve


def test_lamps(world, place, eventually):
    car = place(0)
    state = carla.VehicleLightState(carla.VehicleLightState.Brake | carla.VehicleLightState.LeftBlinker)
    car.set_light_state(state)
    assert eventually(lambda: car.get_light_state() == state)
    assert dict(world.get_vehicles_light_states())[car.id] == state


def test_doors_and_telemetry(world, place, server):
    car = place(0)
    car.open_door(carla.VehicleDoor.FL)
    car.close_door(carla.VehicleDoor.All)
    car.apply_control(carla.VehicleControl(throttle=0.5))
    steps(world, 10)
    data = car.get_telemetry_data()
    assert data.engine_rpm > 0 and len(data.wheels) == 4
    assert data.speed == pytest.approx(car.get_velocity().length(), rel=0.05)
    assert "vehicle_door" not in server.log()


def lights_of(world):
    return list(world.get_actors().filter("traffic.traffic_light"))


def test_a_light_can_be_set_and_frozen(world):
    light = lights_of(world)[0]
    light.set_state(carla.TrafficLightState.Green)
    light.freeze(True)
    steps(world, 2)
    assert light.state == carla.TrafficLightState.Green and light.is_frozen()
    elapsed = light.get_elapsed_time()
    steps(world, 5)
    assert light.get_elapsed_time() == pytest.approx(elapsed)
    light.set_green_time(7.5)
    light.set_yellow_time(1.5)
    light.set_red_time(3.5)
    light.freeze(False)
    steps(world, 2)
    assert (light.get_green_time(), light.get_yellow_time(), light.get_red_time()) == pytest.approx((7.5, 1.5, 3.5))
    assert not light.is_frozen()


def test_lights_cycle_in_groups(world):
    lights = lights_of(world)
    group = lights[0].get_group_traffic_lights()
    assert lights[0].id in [light.id for light in group]
    world.reset_all_traffic_lights()
    seen: dict[int, set] = {light.id: set() for light in group}
    for _ in range(1200):
        world.tick()
        green = 0
        for light in group:
            seen[light.id].add(light.state)
            green += light.state == carla.TrafficLightState.Green
    assert all(carla.TrafficLightState.Green in states for states in seen.values())
    world.freeze_all_traffic_lights(True)
    world.tick()
    assert all(light.is_frozen() for light in lights_of(world))
    world.freeze_all_traffic_lights(False)


def test_lights_are_linked_with_the_map(world):
    light = lights_of(world)[0]
    town = world.get_map()
    identity = light.get_opendrive_id()
    assert world.get_traffic_light_from_opendrive_id(identity).id == light.id
    landmark = next(mark for mark in town.get_all_landmarks_of_type("1000001") if mark.id == identity)
    assert world.get_traffic_light(landmark).id == light.id
    assert len(light.get_stop_waypoints()) > 0 and len(light.get_affected_lane_waypoints()) > 0
    assert len(light.get_light_boxes()) > 0
    box = light.trigger_volume
    assert box.extent.x > 0.1 and box.extent.y > 0.1


def test_the_light_that_governs_a_vehicle(world, place):
    town = world.get_map()
    for light in lights_of(world):
        stop = light.get_stop_waypoints()[0]
        back = stop.previous(3.0)
        if back:
            break
    car = place(0)
    where = back[0].transform
    where.location.z += 0.3
    car.set_transform(where)
    light.set_state(carla.TrafficLightState.Red)
    light.freeze(True)
    steps(world, 5)
    assert car.is_at_traffic_light(), (town.name, light.get_opendrive_id())
    assert car.get_traffic_light().id == light.id
    assert car.get_traffic_light_state() == carla.TrafficLightState.Red


def test_stop_signs_have_trigger_volumes(world):
    for sign in world.get_actors().filter("traffic.*"):
        if sign.type_id != "traffic.traffic_light":
            assert sign.trigger_volume is not None


@pytest.mark.parametrize("name", ["enable_carsim", "use_carsim_road", "enable_chrono_physics"])
def test_foreign_physics_are_declined(raw, name):
    assert "not part of" in raw.error(name, 1, True)
