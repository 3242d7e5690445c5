"""Screens: the main one."""
