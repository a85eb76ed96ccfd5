"""THE table: what follows from each event – who hears of it, and which caches forget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from bson import ObjectId

from app import events
from app.accounts import networks
from app.accounts.recent import RecentViewers
from app.admin import days
from app.boards import directory
from app.boards.access import recent_topics
from app.comments import flooding
from app.comments.likes import recent_likes
from app.comments.screening import recent_rules
from app.feeds import sitemap
from app.feeds.answering import recent_feeds
from app.interest import telling
from app.interest.kept import recent_kept
from app.jobs.workshop import Workshop
from app.mail import courier
from app.markers.service import recent_markers
from app.moderation import removals, transfers, ways_back
from app.mydata import archives
from app.notifications import letters, settling
from app.notifications import service as notices
from app.people import cards, look
from app.permissions import trust
from app.realtime.hub import Hub
from app.realtime.news import News
from app.reports.waiting import recent_waiting
from app.roles.undoing import roles_back
from app.site import current
from app.tags import changing, counting
from app.topics import tags
from app.topics.daily import recent_daily
from app.topics.places import recent_placed
from app.uploads import sums
from app.web.context import Plumbing
from app.web.shared import LISTS, recent_pages
from app.work import on_events

Work = tuple[tuple[str, ObjectId], ...]

NEWS: Final[dict[type[events.Event], Callable[[Any], News]]] = {
    events.TopicChanged: lambda event: News(topics=(event.topic,)),
    events.ConversationChanged: lambda event: News(conversations=(event.conversation,)),
    events.PeopleTold: lambda event: News(people=event.people),
    events.NoticesTurned: lambda event: News(people=event.people),
    events.BoardsChanged: lambda event: News(boards=True),
    events.RolesChanged: lambda event: News(boards=True),
    events.SettingsChanged: lambda event: News(site=True),
    events.QueueChanged: lambda event: News(queue=True),
    events.TagsChanged: lambda _: News(tags=True),
    events.PersonChanged: lambda event: News(persons=(event.person,)),
    events.LoginsEnded: lambda event: News(logins=event.logins),
    events.DraftsChanged: lambda event: News(people=event.people),
    events.RecommendationsMade: lambda event: News(picks=True),
    events.ProfilesChanged: lambda event: News(profiles=event.people),
}
# What has to be written before anybody is told.
FIRST: Final[dict[type[events.Event], Callable[[Any], Awaitable[None]]]] = {
    events.NoticesTurned: lambda event: notices.turn(event.people),
}
JOBS: Final[dict[type[events.Event], Callable[[Any], Work]]] = {
    events.LettersWritten: lambda event: tuple((courier.JOB, letter) for letter in event.letters),
    events.TellingWaits: lambda event: ((telling.JOB, event.telling),),
    events.NoticesUnsettled: lambda event: ((settling.JOB, event.settling),),
    events.TransferWaits: lambda event: ((transfers.JOB, event.transfer),),
    events.TagChangeWaits: lambda event: ((changing.JOB, event.change),),
    events.RemovalWaits: lambda event: ((removals.JOB, event.removal),),
    events.ArchiveAsked: lambda event: ((archives.JOB, event.archive),),
}


def connect(hub: Hub, workshop: Workshop, plumbing: Plumbing, viewers: RecentViewers) -> None:
    """Have every event reach the hub and the workshop, and the caches hear what the hub hears."""
    on_events(lambda event: follow(event, hub.publish, workshop.begin))
    ways_back.also("person.role", roles_back)
    look.with_zone(letters.reschedule)
    current.on_change(lambda: _settle(plumbing, viewers))
    hub.on_news = lambda news: forget(plumbing, viewers, news)
    hub.on_gap = lambda connected: forget_all(plumbing, viewers, connected)


async def follow(
    event: events.Event,
    publish: Callable[[News], Awaitable[object]],
    begin: Callable[[str, ObjectId], Awaitable[object]],
) -> None:
    """What the tables say of an event, whoever caused it: `publish` tells the running processes, `begin` has a job of
    a kind done about a document.
    """
    if type(event) in FIRST:
        await FIRST[type(event)](event)
    if type(event) in NEWS:
        await publish(NEWS[type(event)](event))
    for kind, id in JOBS[type(event)](event) if type(event) in JOBS else ():
        await begin(kind, id)


def forget(plumbing: Plumbing, viewers: RecentViewers, news: News) -> None:
    """Drop from the caches what is not true any more. Conversations are kept by version and need no dropping."""
    viewers.forget((*news.people, *news.persons), news.logins, everyone=news.boards)
    recent_waiting.forget(lambda *_: news.queue)
    recent_rules.forget(lambda *_: news.queue)
    if news.queue:
        networks.forget()
    for person in news.people:
        recent_kept.drop(person)
    for topic in news.topics:
        recent_topics.drop(topic)
        recent_likes.drop(topic)
    if news.topics or news.picks:
        directory.forget()
        recent_placed.clear()
        recent_daily.clear()
        plumbing.guest_pages.drop(LISTS, *(f"topic:{topic}" for topic in news.topics))
    for person in news.persons:
        cards.forget(person)
    _forget_drawn(plumbing, news)
    if news.site:
        _forget_settings(plumbing, viewers)
    if news.boards or news.persons:
        _forget_places(plumbing, viewers)


def _forget_drawn(plumbing: Plumbing, news: News) -> None:
    """Pages for many, and guests' pages of people."""
    if news.picks or news.topics or news.boards or news.persons or news.profiles:
        recent_pages.clear()
        recent_feeds.clear()
    if news.profiles:
        plumbing.guest_pages.drop(*(f"person:{person}" for person in news.profiles))
    if news.tags:
        _forget_tags(plumbing)


def _forget_tags(plumbing: Plumbing) -> None:
    """Whatever shows topics, as any of them may have had the tag."""
    recent_topics.clear()
    recent_pages.clear()
    recent_feeds.clear()
    plumbing.guest_pages.clear()
    tags.forget()
    counting.forget()


def _forget_settings(plumbing: Plumbing, viewers: RecentViewers) -> None:
    """They are read anew, and then whatever was drawn under those before."""
    current.forget()
    _settle(plumbing, viewers)


def _settle(plumbing: Plumbing, viewers: RecentViewers) -> None:
    """Other settings are in force from now on: whatever was drawn under those before is not kept."""
    trust.use(trust.thresholds_of(plumbing.settings))
    flooding.use(flooding.rules_of(plumbing.settings))
    recent_pages.clear()
    recent_feeds.clear()
    _forget_places(plumbing, viewers)


def _forget_places(plumbing: Plumbing, viewers: RecentViewers) -> None:
    """Boards, and what depends on who may see them: what of their notices counts, too."""
    directory.forget()
    viewers.recent.clear()
    plumbing.guest_pages.clear()
    plumbing.windows.clear()
    sitemap.kept.clear()
    tags.forget()


def forget_all(plumbing: Plumbing, viewers: RecentViewers, connected: bool) -> None:
    """News may have been missed, so nothing that is kept can be trusted."""
    plumbing.guest_pages.connected = connected
    networks.forget()
    for recent in (
        viewers.recent,
        recent_topics,
        recent_likes,
        recent_markers,
        recent_pages,
        recent_feeds,
        recent_kept,
        recent_placed,
        recent_daily,
        recent_waiting,
        recent_rules,
    ):
        recent.connected = connected
        recent.clear()
    plumbing.guest_pages.clear()
    plumbing.windows.clear()
    sitemap.kept.clear()
    tags.forget()
    counting.forget()
    directory.forget()
    cards.forget()
    current.forget()
    days.forget()
    sums.forget()
