"""Derivatives of functions: one table for the compiler and the tape."""
