"""New clients that change the world at once, beside two busy processes: PORT COUNT. Provokes race R8 of the client."""

import subprocess
import sys

import carla

port, count = int(sys.argv[1]), int(sys.argv[2])
busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
try:
    for _ in range(count):
        client = carla.Client("127.0.0.1", port)
        client.set_timeout(20.0)
        world = client.reload_world()
        settings = world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
        world.apply_settings(settings)
        for _ in range(5):
            world.tick()
finally:
    for process in busy:
        process.kill()
        process.wait()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
print(count, "new clients")
