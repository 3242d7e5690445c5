"""The jobs, the images and the events of one of them, and one image over the whole screen."""
