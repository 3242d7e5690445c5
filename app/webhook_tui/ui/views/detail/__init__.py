"""The detail pane: one delivery with its tabs."""
