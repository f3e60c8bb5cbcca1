"""The `rapport` command: what each subcommand takes; the work is in the modules beside it."""

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
    typer.Option(
        "--home",
        envvar="RAPPORT_HOME",
        help="The folder that holds all state, .rapport in the repository unless named.",
        show_default=False,
    ),
]
PortOption = Annotated[int, typer.Option("--port", envvar="RAPPORT_PORT", min=1, max=65535, help="The gateway's port.")]
ExitOption = Annotated[bool, typer.Option("--exit-when-ready", help="Stop again once all is done: for scripts and CI.")]
KINDS = "contacts, users, accounts, links, interactions, account_signals, research_runs or user_interactions"
FORMATS = "csv, google, linkedin, hubspot, salesforce, vcard or json; auto tells by the content."
WorkspaceOption = Annotated[
    UUID | None, typer.Option("--workspace", help="The workspace's id; by default that of the running stack.")
]

ScopesOption = Annotated[
    list[str] | None, typer.Option(help="ml:read, ml:write, ml:admin; repeat it or use commas. By default all.")
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
    scopes: ScopesOption = None,
    ttl: Annotated[str, typer.Option(help="How long it is good for: 90s, 30m, 12h, 7d.")] = "12h",
) -> None:
    """Print a token for the API, and nothing else."""
    root = home.resolve()
    workspace_id = workspace or find(root).workspace_id
    typer.echo(tokens.sign(root, workspace_id, user_id=user, scopes=scopes or [], lifetime_s=tokens.seconds(ttl)))


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help=f"What the rows are: {KINDS}.")],
    files: Annotated[list[str], typer.Argument(help="Files, packed (.gz) or not; - is standard input.")],
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    *,
    file_format: Annotated[str, typer.Option("--format", metavar="FORMAT", help=FORMATS)] = "auto",
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing of a file that has a bad row.")] = False,
) -> None:
    """Import files into the running stack and report every row that was not taken.

    Every kind: CSV with Rapport's own columns, JSON Lines.
    Contacts: Google, LinkedIn Connections, HubSpot, Salesforce, vCard 2.1, 3.0 and 4.0.
    Accounts: Salesforce.

    The same file again changes nothing.
    """
    from deploy import commands  # noqa: PLC0415  see _serve

    if not commands.import_files(home.resolve(), workspace, kind, files, strict=strict, file_format=file_format):
        raise typer.Exit(1)


models = typer.Typer(help="See, add, switch and remove embedding models of a workspace.", no_args_is_help=True)
app.add_typer(models, name="model")
ModelArgument = Annotated[str, typer.Argument(help="As the provider names it: one of EMBEDDINGS_MODELS.")]
WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until it is done.")]


@models.command("list")
def list_models(home: HomeOption = DEFAULT_HOME, workspace: WorkspaceOption = None) -> None:
    """Show which model serves, how far the others are, and which could be added."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.show_models(home.resolve(), workspace)


@models.command("add")
def add_model(
    name: ModelArgument, home: HomeOption = DEFAULT_HOME, workspace: WorkspaceOption = None, *, wait: WaitOption = True
) -> None:
    """Make the vectors of another model, beside those that serve."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.add_model(home.resolve(), workspace, name, wait=wait)


@models.command("switch")
def switch_model(name: ModelArgument, home: HomeOption = DEFAULT_HOME, workspace: WorkspaceOption = None) -> None:
    """Let a model serve; refused until everybody who can be found has a vector of it."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.switch_model(home.resolve(), workspace, name)


@models.command("remove")
def remove_model(
    name: ModelArgument, home: HomeOption = DEFAULT_HOME, workspace: WorkspaceOption = None, *, wait: WaitOption = True
) -> None:
    """Remove a model that does not serve, with its vectors."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.remove_model(home.resolve(), workspace, name, wait=wait)


@app.command()
def nightly(
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="Use the facts up to then, where a stage can: RFC 3339, UTC.")
    ] = None,
) -> None:
    """Run now what runs every night: who knows whom, vectors, people to meet, interest clusters."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.run_nightly(home.resolve(), workspace, as_of)


@app.command()
def status(home: HomeOption = DEFAULT_HOME) -> None:
    """Show whether every process is ready and what the job queues hold; exit code 1 if something is not ready."""
    from deploy import commands  # noqa: PLC0415  see _serve

    if not commands.show_status(home.resolve()):
        raise typer.Exit(1)


key = typer.Typer(name="key", help="API keys for programs: make one, list them, revoke one.", no_args_is_help=True)
app.add_typer(key)


@key.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What it is for, so that somebody knows later whether it is needed.")],
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    user: Annotated[UUID | None, typer.Option(help="The id of the user it acts for; by default nobody's.")] = None,
    scopes: ScopesOption = None,
    ttl: Annotated[str | None, typer.Option(help="When it ends by itself: 30d, 12h; by default never.")] = None,
) -> None:
    """Make an API key and print it, and nothing else. Keep it: it is never shown again."""
    from deploy import commands  # noqa: PLC0415  see _serve

    lifetime_s = None if ttl is None else tokens.seconds(ttl)
    typer.echo(
        commands.create_key(home.resolve(), workspace, name, scopes=scopes or [], user_id=user, lifetime_s=lifetime_s)
    )


@key.command("list")
def list_keys(home: HomeOption = DEFAULT_HOME, workspace: WorkspaceOption = None) -> None:
    """List the API keys of a workspace, newest first; their secrets are not known."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.list_keys(home.resolve(), workspace)


@key.command("revoke")
def revoke_key(
    key_id: Annotated[UUID, typer.Argument(help="The key's id, as `rapport key list` shows it.")],
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
) -> None:
    """Revoke an API key for good; it is refused within a few seconds."""
    from deploy import commands  # noqa: PLC0415  see _serve

    commands.revoke_key(home.resolve(), workspace, key_id)


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
