"""What the main screen does, one controller a subject; the screen has them as members and hands its events on."""
