"""The embedded world: actors as arrays, stepped by numba kernels: vehicles, walkers, collisions, traffic lights, weather."""
