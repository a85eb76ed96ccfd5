"""Fill the forum with a believable bilingual demo: people, boards, topics, comments, likes, messages, notices.

The same numbers and the same --random-seed give the same forum. Run again, it changes nothing.
"""

import bootstrap

bootstrap.enter()

import secrets
import time

import click

from app.accounts.passwords import Passwords, check_password
from app.admin.service import counts
from app.errors import Invalid
from app.realtime.news import News
from documents import Topic, User
from scripts.opened import Failure, Misuse, Opened, data_dir_option, on_forum, sentence
from scripts.printing import progress
from scripts.seeding.plan import NAMESPACE, Sizes
from scripts.seeding.planting import Planter

USERS_MAX = 100_000
COMMENTS_MAX = 5_000_000


@click.command(help=__doc__)
@click.option("--users", default=60, show_default=True, type=click.IntRange(2, USERS_MAX), help="How many people.")
@click.option("--boards", default=10, show_default=True, type=click.IntRange(1, 200), help="How many boards.")
@click.option("--topics", default=200, show_default=True, type=click.IntRange(1), help="How many topics.")
@click.option(
    "--comments",
    default=2_000,
    show_default=True,
    type=click.IntRange(1, COMMENTS_MAX),
    help="How many comments in all; the opening post of each topic is its first.",
)
@click.option("--longest", default=0, type=click.IntRange(0), help="Make one topic this long.")
@click.option(
    "--random-seed", default=1, show_default=True, type=click.IntRange(0), help="The same for the same forum."
)
@click.option("--password", help="The password of all of them; one is made up and printed when there is none.")
@click.option("--yes", is_flag=True, help="Also into a forum that has other people's data.")
@data_dir_option
def main(
    users: int,
    boards: int,
    topics: int,
    comments: int,
    longest: int,
    random_seed: int,
    password: str | None,
    yes: bool,
    data_dir: str | None,
) -> None:
    """Plant the demo."""
    if comments < topics:
        raise Misuse(
            f"--comments {comments} is fewer than --topics {topics}: each topic has at least its opening post."
        )
    secret = password or secrets.token_urlsafe(9)
    refuse_bad(secret)
    sizes = Sizes(users, boards, topics, comments, longest)

    async def work(opened: Opened) -> None:
        await seed(opened, sizes, random_seed, secret, into_others=yes)

    on_forum(work, data_dir, make_indexes=True)


def refuse_bad(password: str) -> None:
    """The rules for passwords are the same for everyone."""
    try:
        check_password(password)
    except Invalid as refusal:
        raise Misuse(f"--password: {sentence(refusal)}") from None


async def seed(opened: Opened, sizes: Sizes, random_seed: int, password: str, *, into_others: bool) -> None:
    """Plant, unless it is there already or somebody else's forum is."""
    mine = {"source": {"$regex": f"^{NAMESPACE}:{random_seed}:"}}
    planted = await Topic.raw().count_documents(mine, limit=sizes.topics)
    if planted:
        click.echo(f"A demo with the random seed {random_seed} is there already; nothing is changed.")
        if planted < sizes.topics:
            raise Failure("It is smaller than what was asked for: choose another --random-seed to add to it.")
        return
    if not into_others:
        await refuse_others()
    began = time.monotonic()
    await plant(sizes, random_seed, await hashed(password))
    await opened.publish(News(boards=True))
    await report(sizes, password, time.monotonic() - began)


async def refuse_others() -> None:
    """People who came by themselves, or topics that they opened, are not to be mixed with a demo unasked."""
    others = {"source": None, "role": "member"}
    if await User.raw().find_one(others, {"_id": 1}) or await Topic.raw().find_one({"source": None}, {"_id": 1}):
        raise Failure("This forum has other people's data. With --yes the demo is added to it.")


async def hashed(password: str) -> str:
    """One hash for all of them: a demo's passwords are the same anyway."""
    passwords = Passwords(1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


async def plant(sizes: Sizes, random_seed: int, password_hash: str) -> None:
    """Show how far it is."""
    with progress() as bars:
        bar = bars.add_task("Comments", total=sizes.comments)
        planter = Planter(sizes, random_seed, password_hash, lambda count: bars.advance(bar, count))
        await planter.plant()


async def report(sizes: Sizes, password: str, seconds: float) -> None:
    """What there is now, and how to get in."""
    for each in await counts():
        click.echo(f"{each.count:>9,} {each.kind}")
    someone = await User.find_one({"source": {"$regex": f"^{NAMESPACE}:"}, "role": "moderator"})
    click.echo(f"Planted in {seconds:.1f} s ({sizes.comments / seconds:,.0f} comments a second).")
    if someone is not None:
        click.echo(f"All of them have the password {password} – log in as {someone.username}, a moderator.")


if __name__ == "__main__":
    main()
