"""`seed`: many tickets, to see how the desk bears them."""

import click


@click.command(short_help="Create many tickets for load tests.")
@click.option(
    "--tickets", "number", required=True, type=click.IntRange(1, 10_000_000), help="Number of tickets."
)
@click.option("--add", is_flag=True, help="Add them to existing tickets.")
def seed(number: int, add: bool) -> None:
    """Fill a desk with made-up tickets of the last two years, with replies, history and 550 people.

    The same number gives the same tickets. Nobody of the 550 has a password: make a link with `person add
    --email agent01@load.example --again`, or a token with `token add --person agent01@load.example --name load`.
    """
    from commands.seed import fill
    from commands.shell import desk

    desk.prepare()
    fill.write_tickets(number, add=add, tell=lambda line: click.echo(line, err=True))
    click.echo("To sign in, create a link: person add --email agent01@load.example --again")
