"""Sphinx settings."""

project = "adjoint"
author = "the adjoint authors"
copyright = "2026, the adjoint authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
nb_execution_mode = "off"
suppress_warnings = ["myst.xref_missing"]  # links to folders of code; tests/test_docs.py checks all
