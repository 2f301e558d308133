"""`python -m adjoint`."""

from adjoint.cli import main

if __name__ == "__main__":
    main()
