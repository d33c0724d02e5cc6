"""Races inside the client that a fast server provokes (protocol page, section 7), each in its own process."""

import socket

import pytest


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_changing_worlds(run_client, mode):
    """R1."""
    assert "20 times" in run_client("load_world.py", mode)


def test_changing_worlds_on_a_busy_machine(run_client):
    """R8: with requests of stream threads held back, 6 of 6 such runs ended in a segmentation fault."""
    assert "12 new clients" in run_client("busy_reload.py", "12", timeout=120.0)


def test_what_stream_threads_ask_is_answered_while_the_world_changes(server, raw):
    """R8: a stream thread that waits for an answer keeps the client's old world alive."""
    before, replies = raw.value("get_episode_info")[0], {}

    def answer(message: int) -> object:
        while message not in replies:
            _, number, _, result = raw.receive()
            replies[number] = result
        return replies[message]

    change = raw.send("load_new_episode", "", True, 65535)
    answer(raw.send("get_weather_parameters"))  # in the silence before the change everything is answered
    while answer(raw.send("get_episode_info"))[0][1][0] == before:
        pass
    kept = raw.send("get_weather_parameters")
    answer(raw.send("query_lights_state", ["127.0.0.1", server.port]))
    assert answer(change) == [[False]]
    assert kept not in replies  # R2: a traffic manager's thread is kept waiting until the client has its new world
    raw.send("get_sensor_token", 1)
    assert len(answer(kept)[0][1]) == 14


@pytest.mark.parametrize("variant", "ABCD")
def test_cleaning_up_around_a_traffic_manager(run_client, variant):
    """R2: the leaderboard does A between routes."""
    assert "cleaned up" in run_client("clean_up.py", variant)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_sensors_come_and_go(run_client, mode):
    """R1 and R4."""
    assert "100 sensors" in run_client("listen_loop.py", mode)


def test_traffic_manager_soak(run_client):
    """R3."""
    assert "2000 ticks" in run_client("soak.py", "2000", timeout=90.0)


def test_crowds_walk(run_client):
    assert "walkers walked" in run_client("crowd.py")


def test_a_stale_traffic_manager_is_forgotten(run_client, server, raw, eventually):
    """R6: a registration ends with its connection."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run_client("vanish.py", str(port))
    assert eventually(lambda: raw.value("is_traffic_manager_running", port) is False)
    assert raw.value("get_traffic_manager_running", port) == ["", 0]
    world = server.client().get_world()  # R7: synchronous mode, nobody ticks
    assert eventually(lambda: world.get_snapshot().frame > 0)
    assert len(world.get_actors()) > 0
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = False, None
    world.apply_settings(settings)


def test_a_traffic_manager_is_found_on_the_loopback_address(raw):
    assert raw.value("add_traffic_manager_running", ["203.0.113.7", 8123]) is True
    assert raw.value("add_traffic_manager_running", ["203.0.113.7", 8123]) is False
    assert raw.value("get_traffic_manager_running", 8123) == ["127.0.0.1", 8123]
    assert raw.value("destroy_traffic_manager", 8123) is True
    assert raw.value("is_traffic_manager_running", 8123) is False
