"""The way into a world: start the embedded server or reach a CARLA, keep it clean, read it once per tick."""
