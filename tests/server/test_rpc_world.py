"""Connecting, settings, ticks, snapshots, weather, debug shapes: through the unmodified client."""

import threading
import time

import carla
import pytest


def test_versions_are_named(client):
    assert client.get_server_version() == "0.9.16" == client.get_client_version()


def test_a_map_of_the_town(world):
    town = world.get_map()
    assert town.name == "Carla/Maps/GridCity"
    assert len(town.get_spawn_points()) > 20 and len(town.get_topology()) > 10
    assert "OpenDRIVE" in town.to_opendrive()
    for point in town.get_spawn_points()[:20]:
        lane = town.get_waypoint(point.location, project_to_road=False)
        assert lane is not None and lane.lane_type == carla.LaneType.Driving
        assert lane.transform.get_forward_vector().dot(point.get_forward_vector()) > 0.9


def test_settings_are_kept_and_answered(client, world):
    settings = world.get_settings()
    settings.no_rendering_mode = True
    settings.deterministic_ragdolls, settings.spectator_as_ego = False, False
    settings.tile_stream_distance = settings.actor_active_distance = 650.0
    settings.max_substeps, settings.max_substep_delta_time = 5, 0.02
    frame = world.apply_settings(settings)
    assert frame <= world.tick()
    assert client.get_world().get_settings() == settings


def test_settings_out_of_range_are_refused(raw):
    sent = raw.value("get_episode_settings")
    sent[2] = [True, -1.0]
    assert "fixed_delta_seconds" in raw.error("set_episode_settings", sent)
    assert "argument 1" in raw.error("set_episode_settings", [True])


def test_ticks_count_frames_and_time(world):
    before = world.get_snapshot()
    assert world.tick() == before.frame + 1
    after = world.get_snapshot()
    assert after.timestamp.elapsed_seconds == pytest.approx(before.timestamp.elapsed_seconds + 0.05)
    assert after.timestamp.delta_seconds == pytest.approx(0.05)


def test_no_tick_without_a_cue_in_synchronous_mode(world):
    frame = world.get_snapshot().frame
    time.sleep(0.3)
    assert world.get_snapshot().frame == frame


def test_asynchronous_mode_runs_by_the_clock(world):
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = False, None
    world.apply_settings(settings)
    first = world.wait_for_tick()
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        last = world.wait_for_tick()
    passed = last.timestamp.elapsed_seconds - first.timestamp.elapsed_seconds
    assert last.frame - first.frame == pytest.approx(20, abs=6)
    assert passed == pytest.approx(1.0, abs=0.25)
    assert world.tick() > last.frame  # answered by the clock's next tick


def test_tick_callbacks(world, eventually):
    seen: list[int] = []
    identity = world.on_tick(lambda snapshot: seen.append(snapshot.frame))
    frames = [world.tick() for _ in range(5)]
    assert eventually(lambda: seen[-5:] == frames)
    world.remove_on_tick(identity)


def test_every_actor_of_the_snapshot_can_be_looked_up(world, place):
    place(3)
    listed = {actor.id for actor in world.get_snapshot()}
    assert {actor.id for actor in world.get_actors()} == listed
    assert world.get_actor(1 << 31) is None


def test_the_spectator_goes_where_it_is_put(world):
    spectator = world.get_spectator()
    assert spectator.type_id == "spectator"
    spectator.set_transform(carla.Transform(carla.Location(1, 2, 33), carla.Rotation(pitch=-40, yaw=15)))
    world.tick()
    place = spectator.get_transform()
    assert (place.location.x, place.location.z) == (1, 33)
    assert place.rotation.pitch == pytest.approx(-40, abs=1e-4) and place.rotation.yaw == pytest.approx(15, abs=1e-4)
    assert not spectator.destroy()


def test_weather_is_kept(world, eventually):
    weather = carla.WeatherParameters(
        cloudiness=33, precipitation=20, sun_altitude_angle=-10, fog_density=7, dust_storm=2
    )
    world.set_weather(weather)
    assert eventually(lambda: world.get_weather() == weather)


def test_debug_shapes_are_accepted(world, server):
    origin = carla.Location(0, 0, 1)
    world.debug.draw_point(origin, life_time=0.1)
    world.debug.draw_line(origin, carla.Location(1, 1, 1), life_time=0.1)
    world.debug.draw_arrow(origin, carla.Location(1, 1, 1), life_time=-1)
    world.debug.draw_box(carla.BoundingBox(origin, carla.Vector3D(1, 1, 1)), carla.Rotation())
    world.debug.draw_string(origin, "text")
    for _ in range(4):
        world.tick()
    assert "draw_debug_shape" not in server.log()


def test_a_second_client_sees_every_frame(server, world):
    other = server.client().get_world()
    seen: list[int] = []
    identity = other.on_tick(lambda snapshot: seen.append(snapshot.frame))
    time.sleep(0.05)
    frames = [world.tick() for _ in range(200)]
    time.sleep(0.1)
    other.remove_on_tick(identity)
    assert [frame for frame in seen if frame >= frames[0]] == frames


def test_two_clients_may_tick_at_once(server, world):
    frames: list[int] = []
    lock = threading.Lock()

    def tick(ticking: carla.World) -> None:
        for _ in range(100):
            frame = ticking.tick()
            with lock:
                frames.append(frame)

    threads = [threading.Thread(target=tick, args=(w,)) for w in (world, server.client().get_world())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(frames) == list(range(min(frames), min(frames) + 200))
