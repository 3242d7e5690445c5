"""The body of a delivery as lines: documents, folding, search, and the view that draws them."""
