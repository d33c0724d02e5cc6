"""Routes, situations, traffic and criteria of closed-loop benchmarks, all through the `carla` client API."""
