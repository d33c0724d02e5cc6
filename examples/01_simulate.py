"""Start a server, spawn a car, let CARLA's TrafficManager drive it for ten simulated seconds, and print where it went.

Run:  python examples/01_drive.py
"""

from lead.client.launch import connect, start_server
from lead.client.world import synchronous, traffic

with start_server("GridCity") as server:
    client = connect(server.endpoint)
    world = client.get_world()
    with synchronous(world), traffic(client, world, vehicles=1) as (car_id,):
        car = world.get_actor(car_id)
        for _ in range(10):
            for _ in range(20):
                world.tick()
            place, speed = car.get_location(), car.get_velocity().length()
            print(f"x {place.x:7.1f} m   y {place.y:7.1f} m   speed {speed * 3.6:5.1f} km/h")
