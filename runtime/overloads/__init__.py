"""What Numba lacks, given to it: one module for each family of functions.

Importing a module declares its functions to Numba. Machine code calls C functions by names that
these modules give to the linker, so that code kept on disk links again in another process.
"""
