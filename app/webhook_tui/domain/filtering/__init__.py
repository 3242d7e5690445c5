"""The filter language: parse, evaluate, complete."""
