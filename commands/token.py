"""`token`: API tokens, from the command line."""

import click


@click.group()
def token() -> None:
    """Make tokens for programs that use the API."""


@token.command()
@click.option("--person", "email", required=True, metavar="EMAIL", help="The owner's email address.")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--scope", default="write", show_default=True, help="read, write or admin.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires. Default: never.")
def add(email: str, name: str, scope: str, days: int | None) -> None:
    """Make a token for a person and print it, once: only its hash is kept.

    It lets a program do what the person may do, at most; read and write tokens less than that.
    """
    from commands.shell import desk, invitations
    from db.vocabulary import Permission
    from lib import transactions
    from lib.identity import api_tokens

    desk.prepare()
    with transactions.act() as session:
        owner = invitations.get_person(session, email)
        me = desk.build_operator(Permission.APIKEY_OWN)
        _row, secret = api_tokens.create(session, me, name=name, scope=scope, days=days, owner=owner)
    click.echo(f"A {scope} token for {owner.name}. Copy it now. It won't be shown again.", err=True)
    click.echo(secret)
