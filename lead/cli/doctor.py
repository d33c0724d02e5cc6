"""`lead doctor`: what works on this machine, and how to mend what does not."""

import importlib.metadata
import os
import platform
import re
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape


@dataclass(frozen=True)
class Finding:
    """One line of the report; `mend` says what to do when it is not well."""

    topic: str
    well: bool
    found: str
    mend: str = ""


def doctor() -> None:
    """Check this machine, from Python version to a server that answers. Exit code 1 if something does not work.

    Example: `lead doctor`
    """
    console = Console(highlight=False)
    findings = []
    for check in CHECKS:
        finding = check()
        findings.append(finding)
        mark = "[green]ok  [/]" if finding.well else "[red]fail[/]"
        console.print(f"{mark} {finding.topic:<12} {escape(finding.found)}", soft_wrap=True)
        if not finding.well:
            console.print(f"     {'':<12} -> {escape(finding.mend)}", soft_wrap=True)
    raise typer.Exit(0 if all(f.well for f in findings) else 1)


def check_python() -> Finding:
    """CARLA's wheel exists for CPython 3.10-3.12."""
    well = (3, 10) <= sys.version_info[:2] <= (3, 12)
    return Finding(
        "python", well, platform.python_version(), "use Python 3.10, 3.11 or 3.12: the carla wheel exists for these"
    )


def check_platform() -> Finding:
    """CARLA's wheel exists for Linux x86-64 with glibc 2.31 or newer."""
    libc, version = platform.libc_ver()
    well = sys.platform == "linux" and platform.machine() == "x86_64" and libc == "glibc"
    well = well and tuple(map(int, version.split(".")[:2])) >= (2, 31)
    found = f"{platform.system()} {platform.machine()} {libc} {version}, {os.cpu_count()} cores"
    return Finding("platform", well, found, "the carla wheel needs Linux x86-64 with glibc 2.31 or newer")


def check_libraries() -> Finding:
    """Every library that `lead` requires is installed."""
    mend = "pip install -c constraints.txt"
    try:
        required = libraries(importlib.metadata.requires("lead") or [])
    except importlib.metadata.PackageNotFoundError:
        return Finding("libraries", False, "lead itself is not installed", f"{mend} .")
    found, missing = [], []
    for name in required:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return Finding("libraries", not missing, ", ".join(found), f"{mend} {' '.join(missing)}")


def libraries(requirements: list[str]) -> list[str]:
    """Names in requirements such as "numpy>=2.0"; those of extras ("...; extra == 'test'") are left out."""
    return [re.split(r"[^A-Za-z0-9._-]", line)[0] for line in requirements if "extra ==" not in line]


def check_memory() -> Finding:
    """Towns 12 and 13 take up to 3 GB in the server and as much in a client."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Finding("memory", total >= 4, f"{total:.1f} GiB", "4 GiB is the least; Town12 and Town13 want 8")


def check_disk() -> Finding:
    """The cache holds compiled code, fetched maps and prepared towns."""
    from lead.roads.town import default_cache

    cache = Path(default_cache())
    cache.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache).free / 2**30
    return Finding("cache", free > 2 and os.access(cache, os.W_OK), f"{cache}, {free:.0f} GiB free", "free 2 GiB there")


def check_maps() -> Finding:
    """Which towns can be driven."""
    from lead.roads.library import list_maps

    usable = [entry.name for entry in list_maps() if entry.path is not None or entry.source == "generated"]
    note = "" if any(n.startswith("Town") for n in usable) else " (the real CARLA towns: `lead maps fetch`)"
    return Finding(
        "maps", bool(usable), ", ".join(usable) + note, "reinstall: the generated towns ship with the package"
    )


def check_traffic_port() -> Finding:
    """TrafficManager listens on port 8000 of every interface; that is the client's doing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", 8000))
        except OSError:
            return Finding("port 8000", True, "in use: give get_trafficmanager() another port, as `lead` itself does")
    return Finding(
        "port 8000", True, "free for TrafficManager (it listens on every interface: firewall it on shared networks)"
    )


def check_server() -> Finding:
    """A server starts and a client gets its world."""
    import time

    from lead.client.launch import ServerFault, connect, start_server

    begun = time.perf_counter()
    try:
        with start_server("GridCity", report=print) as server:
            ready = time.perf_counter() - begun
            world = connect(server.endpoint).get_world()
            name = world.get_map().name
    except (ServerFault, RuntimeError) as error:  # the second is what CARLA's client raises
        return Finding(
            "server", False, str(error), "send this message with the output of `lead doctor` to the maintainers"
        )
    return Finding("server", True, f"ready in {ready:.1f} s, the carla client sees {name}")


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_platform,
    check_libraries,
    check_memory,
    check_disk,
    check_maps,
    check_traffic_port,
    check_server,
)
