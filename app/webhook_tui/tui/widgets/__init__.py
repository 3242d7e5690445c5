"""Widgets that draw themselves line by line; they know the domain and the theme, not each other and not the app."""
