"""Administrators and numbers: make an administrator, give roles and passwords, list staff, count what there is."""

import bootstrap

bootstrap.enter()

import os
import sys
from collections.abc import Sequence
from functools import partial

import click
from rich.table import Table

from app.accounts import addresses, banning, logins
from app.accounts import service as accounts
from app.accounts.passwords import Passwords, check_password
from app.admin import service
from app.errors import Invalid
from app.operations.service import SCRIPT
from app.security import resetting as security
from app.text.names import username_key
from documents import User
from documents.user import Office
from scripts.opened import Failure, Misuse, Opened, data_dir_option, on_forum, sentence
from scripts.printing import json_option, number_table, print_json, print_table

PASSWORD_VARIABLE = "QUORUM_ADMIN_PASSWORD"  # noqa: S105 - a name
STAFF_FIELDS = {"username", "display_name", "role", "email", "created_at", "seen_at"}
ROLE_NAMES: dict[Office, str] = {"member": "a member", "moderator": "a moderator", "admin": "an administrator"}


@click.group(help=__doc__)
def main() -> None:
    """Nothing of its own: the commands below do the work."""


@main.command()
@click.argument("username")
@click.argument("email")
@data_dir_option
def create(username: str, email: str, data_dir: str | None) -> None:
    """Make an administrator's account.

    The password is asked for, or taken from the environment variable QUORUM_ADMIN_PASSWORD.
    """
    refuse_wrong(username, email)
    password = new_password(username)

    async def work(_: Opened) -> User:
        passwords = Passwords(1)
        try:
            return await accounts.register(
                passwords,
                username=username,
                email=email,
                password=password,
                role="admin",
                reserved=True,
                confirmed=True,
            )
        finally:
            passwords.close()

    user = on_forum(work, data_dir, make_indexes=True)
    click.echo(f"{user.username} is {ROLE_NAMES['admin']} now.")


def refuse_wrong(username: str, email: str) -> None:
    """Before a password is asked for."""
    try:
        accounts.checked_name(username, reserved=True)
    except Invalid as invalid:
        raise Misuse(f"username: {sentence(invalid)}") from None
    try:
        addresses.checked_email(email)
    except Invalid as invalid:
        raise Misuse(sentence(invalid)) from None


def new_password(username: str) -> str:
    """A password that the forum takes: from the environment, else asked for twice at the terminal."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is None and not sys.stdin.isatty():
        raise Misuse(f"There is no terminal to ask for a password at: set {PASSWORD_VARIABLE}")
    check = partial(checked_password, username)
    if given is None:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more", value_proc=check))
    try:
        return check(given)
    except click.UsageError as error:
        raise Misuse(f"{PASSWORD_VARIABLE}: {error.message}") from None


def checked_password(username: str, password: str) -> str:
    """By the rules of the web form, and as click wants it: it prints the sentence and asks again."""
    try:
        check_password(password, (username,))
    except Invalid as invalid:
        raise click.UsageError(sentence(invalid)) from None
    return password


@main.command()
@click.argument("username")
@click.option("--role", type=click.Choice(["member", "moderator", "admin"]), default="admin", show_default=True)
@data_dir_option
def promote(username: str, role: Office, data_dir: str | None) -> None:
    """Give somebody a role; it counts from the next click on."""

    async def work(_: Opened) -> tuple[User, bool]:
        user = await found(username)
        return user, await service.set_role(SCRIPT, user, role)

    user, changed = on_forum(work, data_dir)
    click.echo(f"{user.username} {'is' if changed else 'was'} {ROLE_NAMES[role]} {'now' if changed else 'already'}.")


async def found(username: str) -> User:
    """The live person of this name, with or without an @ before it."""
    user = await User.by_username_key(username_key(username.strip().removeprefix("@")))
    if user is None:
        raise Failure(f"There is nobody named {username} here.")
    return user


@main.command()
@click.argument("username")
@data_dir_option
def password(username: str, data_dir: str | None) -> None:
    """Set somebody's password and log them out everywhere.

    The password is asked for, or taken from the environment variable QUORUM_ADMIN_PASSWORD.
    """
    new = new_password(username.removeprefix("@"))

    async def work(_: Opened) -> User:
        user, passwords = await found(username), Passwords(1)
        try:
            await accounts.set_password(passwords, user, new, by=SCRIPT)
        finally:
            passwords.close()
        await logins.end_all(user.oid)
        return user

    user = on_forum(work, data_dir)
    click.echo(f"{user.username} has a new password and is logged out everywhere.")


@main.command("reset-factors")
@click.argument("username")
@data_dir_option
def reset_factors(username: str, data_dir: str | None) -> None:
    """Take away somebody's second factor, recovery codes and passkeys, and log them out everywhere.

    For people who have lost everything but their password: make sure first that it is really them.
    They are told by e-mail.
    """

    async def work(_: Opened) -> tuple[User, int]:
        user = await found(username)
        return user, await security.reset(SCRIPT, user.oid)

    user, passkeys = on_forum(work, data_dir)
    gone = (
        f"no second factor and no passkeys any more ({passkeys} removed)" if passkeys else "no second factor any more"
    )
    click.echo(f"{user.username} has {gone} and is logged out everywhere.")


@main.command()
@click.argument("username")
@data_dir_option
def ban(username: str, data_dir: str | None) -> None:
    """Keep somebody out: every log-in ends at once, and none begins until `unban`."""

    async def work(_: Opened) -> tuple[User, bool]:
        user = await found(username)
        return user, await banning.ban(SCRIPT, user)

    user, changed = on_forum(work, data_dir)
    click.echo(f"{user.username} {'is' if changed else 'was'} banned {'now' if changed else 'already'}.")


@main.command()
@click.argument("username")
@data_dir_option
def unban(username: str, data_dir: str | None) -> None:
    """Let somebody in again."""

    async def work(_: Opened) -> tuple[User, bool]:
        user = await found(username)
        return user, await banning.unban(SCRIPT, user)

    user, changed = on_forum(work, data_dir)
    click.echo(f"{user.username} {'may log in again' if changed else 'was not banned'}.")


@main.command("list")
@json_option
@data_dir_option
def list_staff(as_json: bool, data_dir: str | None) -> None:
    """List the administrators and moderators."""
    people = on_forum(lambda _: service.staff(), data_dir)
    if as_json:
        print_json([user.model_dump(include=STAFF_FIELDS) for user in people])
    elif people:
        print_table(staff_table(people))
    else:
        click.echo("There is no administrator and no moderator yet.")


def staff_table(people: Sequence[User]) -> Table:
    """Who they are, since when, and whether they still come."""
    table = Table("Username", "Name", "Role", "E-mail", "Since", "Last seen", box=None)
    for user in people:
        seen = f"{user.seen_at:%Y-%m-%d %H:%M}" if user.seen_at else "–"
        since = f"{user.created_at:%Y-%m-%d}"
        table.add_row(user.username, user.display_name or "–", user.role, user.email or "–", since, seen)
    return table


@main.command()
@json_option
@data_dir_option
def stats(as_json: bool, data_dir: str | None) -> None:
    """Count users, boards, topics, comments and messages, and the soft-deleted ones among them."""
    counts = on_forum(lambda _: service.counts(), data_dir)
    if as_json:
        print_json({count.kind: {"count": count.count, "deleted": count.deleted} for count in counts})
        return
    table = number_table("", "there", "soft-deleted")
    for count in counts:
        table.add_row(count.kind, f"{count.count:,}", f"{count.deleted:,}")
    print_table(table)


if __name__ == "__main__":
    main()
