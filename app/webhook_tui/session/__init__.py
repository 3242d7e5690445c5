"""The main job without a front end: typed commands in, events out."""
