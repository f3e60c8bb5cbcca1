"""The `rapport` command: what each subcommand takes; the work is in the modules beside it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import click
import typer
from rich.console import Console
from rich.text import Text

from deploy import tokens
from deploy.embedded.home import DEFAULT_HOME
from deploy.endpoint import find
from deploy.errors import StackError

app = typer.Typer(
    name="rapport",
    help="Rapport turns a CRM into an advisor. This command runs it on one machine and fills it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="RAPPORT_HOME", help="The folder that holds all state.", show_default=".rapport"),
]
PortOption = Annotated[int, typer.Option("--port", envvar="RAPPORT_PORT", min=1, max=65535, help="The gateway's port.")]
ExitOption = Annotated[bool, typer.Option("--exit-when-ready", help="Stop again once all is done: for scripts and CI.")]
FORMATS = "csv, google, linkedin, hubspot, salesforce, vcard or json; auto tells by the content."
INSTANTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
WorkspaceOption = Annotated[
    UUID | None, typer.Option("--workspace", help="The workspace's id; by default that of the running stack.")
]


@app.command()
def up(
    home: HomeOption = DEFAULT_HOME,
    port: PortOption = 8000,
    *,
    logs: Annotated[bool, typer.Option(help="Show the services' logs here as well as in the logs folder.")] = True,
    exit_when_ready: ExitOption = False,
) -> None:
    """Start the embedded stack and serve until Ctrl-C."""
    _serve(home, port, sample=False, logs=logs, exit_when_ready=exit_when_ready)


@app.command()
def demo(
    home: HomeOption = DEFAULT_HOME,
    port: PortOption = 8000,
    *,
    logs: Annotated[bool, typer.Option(help="Show the services' logs here as well as in the logs folder.")] = False,
    exit_when_ready: ExitOption = False,
) -> None:
    """Start the embedded stack with the sample CRM in it, show a first answer, and serve until Ctrl-C."""
    _serve(home, port, sample=True, logs=logs, exit_when_ready=exit_when_ready)


@app.command()
def token(
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    user: Annotated[UUID | None, typer.Option(help="The id of the user it acts for; by default nobody's.")] = None,
    scopes: Annotated[
        list[str] | None, typer.Option(help="ml:read, ml:write, ml:admin; repeat it or use commas. By default all.")
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it is good for: 90s, 30m, 12h, 7d.")] = "12h",
) -> None:
    """Print a token for the API, and nothing else."""
    root = home.resolve()
    workspace_id = workspace or find(root).workspace_id
    typer.echo(tokens.sign(root, workspace_id, user_id=user, scopes=scopes or [], lifetime_s=tokens.seconds(ttl)))


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="What the rows are: contacts, users, accounts, interactions, …")],
    files: Annotated[list[str], typer.Argument(help="Files, packed (.gz) or not; - is standard input.")],
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    *,
    file_format: Annotated[str, typer.Option("--format", metavar="FORMAT", help=FORMATS)] = "auto",
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing of a file that has a bad row.")] = False,
) -> None:
    """Import files into the running stack and report every row that was not taken.

    Every kind: CSV with Rapport's own columns, JSON Lines. Contacts: Google Contacts, LinkedIn Connections, HubSpot,
    Salesforce, vCard 2.1, 3.0 and 4.0. Accounts: Salesforce. The same file again changes nothing.
    """
    from deploy import commands  # noqa: PLC0415  see _serve

    if not commands.import_files(home.resolve(), workspace, kind, files, strict=strict, file_format=file_format):
        raise typer.Exit(1)


@app.command()
def nightly(
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=INSTANTS, help="Use the facts up to this time, UTC unless it says otherwise."),
    ] = None,
) -> None:
    """Compute now what the night computes: who knows whom, vectors, people to meet."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.run_night(home.resolve(), workspace, as_of)


@app.command()
def status(home: HomeOption = DEFAULT_HOME) -> None:
    """Show whether every process is ready and what the job queues hold; exit code 1 if something is not ready."""
    from deploy import commands  # noqa: PLC0415  see _serve

    if not commands.show_status(home.resolve()):
        raise typer.Exit(1)


def _serve(root: Path, port: int, *, sample: bool, logs: bool, exit_when_ready: bool) -> None:
    from deploy import commands  # noqa: PLC0415  half a second of libraries that `rapport token` does not need

    commands.serve(root, port, sample=sample, logs=logs, exit_when_ready=exit_when_ready)


def main() -> None:
    """Every failure a person can mend is one line and exit code 1; a fault of ours keeps its traceback."""
    try:
        app()
    except StackError as error:
        message = Text.assemble(("rapport: ", "bold red"), str(error))
        Console(stderr=True).print(message, soft_wrap=True)
        raise SystemExit(1) from None
    except (KeyboardInterrupt, click.Abort):
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
