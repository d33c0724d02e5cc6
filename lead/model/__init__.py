"""TransFuser v6: cameras, LiDAR and radar in; a route, waypoints, a target speed and what the model sees out."""
