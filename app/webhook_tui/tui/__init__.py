"""The front end with a screen: the only package that imports Textual and Rich."""
