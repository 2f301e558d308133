"""Random programs, and the comparison of their gradients with finite differences."""
