"""What the main screen does: one controller for each subject, members of the screen."""
