"""Maps: what the client draws its waypoints from, and changing to another one."""

import asyncio
import hashlib
import logging
from typing import Any
from xml.etree import ElementTree

from lead.roads.library import map_name
from lead.roads.town import Town, build_town
from lead.server import wire
from lead.server.dispatch import Call, Procedures, Refusal, Support
from lead.server.episode import Episode
from lead.server.world_change import change_world

GENERATED = "OpenDriveMap"  # name CARLA gives a world made from a client's OpenDRIVE text
_log = logging.getLogger(__name__)
calls = Procedures()


@calls.value("get_map_info")
def map_info(episode: Episode) -> list[Any]:
    """[map name, spawn points]."""
    return [f"Carla/Maps/{episode.town.name}", [wire.transform(pose) for pose in episode.town.spawn_points]]


@calls.value("get_map_data")
def map_data(episode: Episode) -> str:
    """OpenDRIVE text."""
    return episode.town.opendrive


@calls.value("get_available_maps")
def available_maps(episode: Episode) -> list[str]:
    """Names as CARLA lists them."""
    return [f"/Game/Carla/Maps/{name}" for name in episode.towns.names()]


@calls.value("get_required_files", wire.text, optional=1, note='"Nav": the walker mesh, its content hash in the name')
def required_files(episode: Episode, folder: str = "") -> list[str]:
    """Files a client must have; clients cache them on disk by name."""
    return [mesh_file(episode.town)] if folder == "Nav" and episode.town.walker_mesh else []


@calls.value("request_file", wire.text)
def request_file(episode: Episode, name: str) -> bytes:
    """Content of a required file."""
    if not episode.town.walker_mesh or name != mesh_file(episode.town):
        raise Refusal(f"found file {name!r}, expected one of {required_files(episode, 'Nav')}")
    return episode.town.walker_mesh


@calls.value("get_navigation_mesh")
def navigation_mesh(episode: Episode) -> bytes:
    """The walker mesh; empty when the town has no sidewalk."""
    return episode.town.walker_mesh


def mesh_file(town: Town) -> str:
    """File name of a town's walker mesh."""
    return f"Carla/Maps/Nav/{town.name}_{hashlib.sha256(town.walker_mesh).hexdigest()[:12]}.bin"


@calls.add(
    "copy_opendrive_to_file", wire.text, wire.anything, optional=1, note="mesh generation parameters are not used"
)
def copy_opendrive(episode: Episode, text: str, _parameters: Any = None) -> None:
    """Keep an OpenDRIVE text for the next `load_new_episode("OpenDriveMap")`."""
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise Refusal(f"the text is not XML: {error}") from error
    if root.tag.rpartition("}")[2] != "OpenDRIVE":
        raise Refusal(f"found root element {root.tag!r}, expected 'OpenDRIVE'")
    episode.opendrive = text


@calls.add(
    "load_new_episode",
    wire.text,
    wire.boolean,
    wire.anything,
    optional=2,
    late=True,
    note="map layers are ignored: there are none",
)
def load_new_episode(episode: Episode, call: Call, name: str, reset: bool = True, _layers: Any = None) -> None:
    """Change to another map, or start the same one afresh (""); answers when the new world stands.

    The town is read in a thread: everybody else is served meanwhile.
    """
    name = map_name(name) or episode.town.name

    def answer() -> None:
        episode.streams.expect_reader()
        call.answer()

    def town_was_read(work: "asyncio.Future[Town]") -> None:
        try:
            town = work.result()
        except LookupError as error:
            call.fail(f"load_new_episode: {error}")
        except Exception as error:
            _log.exception("load_new_episode %s failed", name)
            call.fail(f"load_new_episode: {name} could not be loaded: {error}")
        else:
            change_world(episode, call, town, reset, answer)

    asyncio.get_running_loop().run_in_executor(None, _read_town(episode, name)).add_done_callback(town_was_read)


def _read_town(episode: Episode, name: str) -> Any:
    """A function that reads the town, to be run in a thread; raises Refusal when no OpenDRIVE text was given."""
    if name == GENERATED:
        text = episode.opendrive
        if text is None:
            raise Refusal(f"{GENERATED} needs an OpenDRIVE text first: use client.generate_opendrive_world")
        return lambda: build_town(GENERATED, text, episode.seed)
    if name == episode.town.name:
        return lambda: episode.town
    return lambda: episode.towns.load(name)


@calls.add("load_map_layer", wire.anything, support=Support.STORED, note="no layers to show or hide")
def load_layer(episode: Episode, _layers: Any) -> None:
    """Accepted: the town has no layers."""


@calls.add("unload_map_layer", wire.anything, support=Support.STORED, note="no layers to show or hide")
def unload_layer(episode: Episode, _layers: Any) -> None:
    """Accepted: the town has no layers."""
