"""``crosspost completion``: what a shell needs to complete commands, accounts and posts with the Tab key."""

import click

_SHELLS = ["bash", "zsh", "fish"]

#: instead of click's, which takes `*` in a name for a pattern and quotes neither blanks nor quotes
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                COMPREPLY+=("$value")
                # bash quotes what it takes for the name of a file
                [[ $value != *[^-[:alnum:]_./:=+,@%%]* ]] || compopt -o filenames ;;
        esac
    done < <(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete "$1")
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), metavar="|".join(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print what a shell needs to complete words with the Tab key. They are commands, accounts, networks and posts.

    For bash 4.4 or newer add to ~/.bashrc: eval "$(crosspost completion bash)"; for zsh to ~/.zshrc the same with zsh;
    for fish save it as ~/.config/fish/completions/crosspost.fish. See `crosspost help editors`.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, "click knows the shells above"  # noqa: S101  # the choice has only these
    said = kind(context.find_root().command, {}, "crosspost", "_CROSSPOST_COMPLETE")
    if shell == "bash":
        click.echo(_BASH % said.source_vars(), nl=False)
    else:
        click.echo(said.source(), nl=False)
    return 0
