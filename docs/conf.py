"""Sphinx settings."""

project = "adjoint"
author = "the adjoint authors"
copyright = "2026, the adjoint authors"
extensions = ["myst_nb"]
html_theme = "furo"
exclude_patterns = ["_build"]
nb_execution_mode = "off"
