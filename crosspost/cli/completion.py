"""``crosspost completion``: what a shell needs to complete commands, accounts and posts with the Tab key."""

import click

_SHELLS = ["bash", "zsh", "fish"]


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), metavar="|".join(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print what a shell needs to complete commands, accounts, networks and posts with the Tab key.

    For bash 4.4 or newer add to ~/.bashrc: eval "$(crosspost completion bash)"; for zsh to ~/.zshrc the same with zsh;
    for fish save it as ~/.config/fish/completions/crosspost.fish. See `crosspost help editors`.
    """
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, "click knows the shells above"  # noqa: S101  # the choice has only these
    program = context.find_root()
    # the class's own method also starts bash to see how old it is, which need not be the one that reads this
    click.echo(ShellComplete.source(kind(program.command, {}, "crosspost", "_CROSSPOST_COMPLETE")), nl=False)
    return 0
