"""CARLA's wire protocol over the embedded world: RPC, streams, blueprints. Only ever run as a child process."""
