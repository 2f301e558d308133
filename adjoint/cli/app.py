"""The commands, their options, and what becomes of errors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from adjoint.cli.errors import CommandError
from adjoint.errors import AdjointError

app = typer.Typer(
    name="adjoint",
    help="Exact gradients of Python functions: read them, write them to files, check them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
cache_app = typer.Typer(help="The folder of generated modules and machine code.")
app.add_typer(cache_app, name="cache", no_args_is_help=True)

Target = Annotated[
    str,
    typer.Argument(metavar="FUNCTION", help="`package.module:function` or `file.py:function`."),
]
Types = Annotated[
    str, typer.Option("--types", "-t", help="Numba types of the arguments, as `f8[:,:], f8, i8`.")
]
Values = Annotated[
    str, typer.Option("--args", "-a", help="The arguments, as `np.ones((3, 2)), 2.0`.")
]
Size = Annotated[
    int, typer.Option("--size", "-n", min=1, help="Length of each axis of random arrays.")
]
Wrt = Annotated[
    str, typer.Option("--wrt", "-w", help="Parameters to differentiate by; all floats if left out.")
]

_EXAMPLES = "\n\n**Examples**\n\n"


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"adjoint {version('numba-adjoint')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command(
    epilog=f"{_EXAMPLES}`adjoint show model.py:energy --types 'f8[:], f8'`\n\n"
    "`adjoint show package.model:energy --args 'np.ones(3), 0.5' --stage lowering`"
)
def show(
    function: Target,
    types: Types = "",
    args: Values = "",
    wrt: Wrt = "",
    stage: Annotated[
        str,
        typer.Option(
            "--stage", "-s", help="`adjoint`, `module`, or a stage before: `syntax`, `lowering` …"
        ),
    ] = "adjoint",
) -> None:
    """Print the generated source of a function's adjoint."""
    from adjoint.cli import show as command

    command.run(function, types, args, wrt, stage)


@app.command(
    epilog=f"{_EXAMPLES}`adjoint emit model.py:gmm --types 'f8[:,:], f8[:]' -o gmm_adjoint.py`\n\n"
    "`python gmm_adjoint.py` tests the file; it imports NumPy and Numba only."
)
def emit(
    function: Target,
    types: Types = "",
    args: Values = "",
    wrt: Wrt = "",
    size: Size = 4,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; else it is printed.")
    ] = None,
) -> None:
    """Write the adjoint to a file that needs only NumPy and Numba, and that tests itself."""
    from adjoint.cli import emit as command

    command.run(function, types, args, wrt, size, output)


@app.command(
    epilog=f"{_EXAMPLES}`adjoint check model.py:energy --types 'f8[:], f8'`\n\n"
    "`adjoint check model.py:energy --args 'np.linspace(0, 1, 9), 0.5' --wrt x`\n\n"
    "The exit code is 1 if two ways to compute the gradient disagree."
)
def check(
    function: Target,
    types: Types = "",
    args: Values = "",
    wrt: Wrt = "",
    size: Size = 4,
    rtol: Annotated[
        float, typer.Option(min=0.0, help="How much gradients may differ, relatively.")
    ] = 1e-6,
) -> None:
    """Compare the compiled gradient with plain Python, the tape and finite differences."""
    from adjoint.cli import check as command

    if not command.run(function, types, args, wrt, size, rtol):
        raise typer.Exit(1)


@app.command(
    epilog=f"{_EXAMPLES}`adjoint explain model.py:energy --types 'f8[:], f8'`\n\n"
    "`adjoint explain model.py:energy --args 'np.ones(1000), 0.5' --json`"
)
def explain(
    function: Target,
    types: Types = "",
    args: Values = "",
    wrt: Wrt = "",
    size: Size = 4,
    everything: Annotated[
        bool, typer.Option("--all", help="Temporaries too, and values that are not stored.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All that is known, as JSON.")] = False,
) -> None:
    """Say which variables are active, what is stored and why, and what becomes of each loop."""
    from adjoint.cli import explain as command

    command.run(function, types, args, wrt, size, everything, as_json)


@app.command(
    epilog=f"{_EXAMPLES}`adjoint report model.py:energy --types 'f8[:], f8' -o energy.html`\n\n"
    "`adjoint report model.py:energy --args 'np.ones(1000), 0.5'`"
)
def report(
    function: Target,
    types: Types = "",
    args: Values = "",
    wrt: Wrt = "",
    size: Size = 4,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; else it has the function's name."),
    ] = None,
) -> None:
    """Write an HTML page: the function beside its adjoint, every stage, and what is stored."""
    from adjoint.cli import report as command

    command.run(function, types, args, wrt, size, output)


@app.command(
    epilog=f"{_EXAMPLES}`adjoint bench model.py:energy --types 'f8[:], f8' --size 100000`\n\n"
    "`adjoint bench model.py:energy --args 'np.ones(1000), 0.5' --seconds 2`"
)
def bench(
    function: Target,
    types: Types = "",
    args: Values = "",
    wrt: Wrt = "",
    size: Size = 1000,
    seconds: Annotated[float, typer.Option(min=0.01, help="How long to measure each.")] = 1.0,
) -> None:
    """Measure the compiled function, and its value with the gradient: medians and their ratio."""
    from adjoint.cli import bench as command

    command.run(function, types, args, wrt, size, seconds)


@cache_app.command("info")
def cache_info() -> None:
    """Say where the cache folder is, and what it holds."""
    from adjoint.cli import cache

    cache.info()


@cache_app.command("clear")
def cache_clear(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete the cache folder; what is needed again is compiled again."""
    from adjoint.cli import cache

    cache.clear(yes)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line, by default that of the process; ends it with an exit code.

    0: all is well. 1: the function is refused, or a check failed. 2: the command line is wrong.
    """
    try:
        app(arguments)
    except CommandError as error:
        _complain(error, 2)
    except AdjointError as error:
        _complain(error, 1)
    sys.exit(0)


def _complain(error: Any, code: int) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    console.print("error:", style="bold red", end=" ")
    console.print(str(error), markup=False, soft_wrap=True)
    sys.exit(code)
