"""Reading a stage into what the expert is told: the route once, a scene every tick."""
