"""Commands beside the main job: each works on what is stored or on what it is given, says it and ends with its code."""
