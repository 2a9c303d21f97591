"""`person`: people, from the command line: the first ones, and those who lost their way in."""

import click


@click.group()
def person() -> None:
    """Add people, and give them links with which they set a password."""


@person.command()
@click.option("--email", required=True, help="The email address of the account.")
@click.option("--name", help="The name. Required for a new person.")
@click.option("--role", default="requester", show_default=True, help="The role.")
@click.option("--team", "teams", multiple=True, metavar="NAME", help="A team. Can be repeated.")
@click.option("--again", is_flag=True, help="Create a new link for an existing person.")
def add(email: str, name: str | None, role: str, teams: tuple[str, ...], again: bool) -> None:
    """Add a person and print the link with which they set a password.

    Staff without --team join the default team. The link works once, within three days for somebody new and 30
    minutes for somebody who had a password. A new link lets every earlier one lapse.
    """
    from commands.shell import desk, invitations
    from lib.core import settings
    from lib.people import accounts

    desk.prepare()
    if again:
        who, secret = invitations.renew_link(email)
    else:
        who, secret = invitations.invite(email, name, role, teams)
    click.echo(who, err=True)
    click.echo(accounts.build_password_url(secret))
    if "base_url" not in settings.current().model_fields_set:
        click.echo("If people use another address, set DOCKET_BASE_URL to it.", err=True)
