"""The log says what was changed in the words of the pages, in the language of who reads it."""

from __future__ import annotations

import re
from html import unescape

from app.operations.words import PURGED
from documents import Board
from scripts.cleaning.plan import KINDS
from tests.admin.test_settings import save
from tests.people import Forum, Person
from tests.roles.test_limits import sets
from tests.roles.test_roles import a_role, gives, rules

INTERNAL = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[0-9a-f]{24}\b")


def test_whatever_a_clean_up_takes_has_words() -> None:
    assert set(KINDS) - set(PURGED) == set()


async def lines(person: Person) -> str:
    """What stands in the log as operations, targets and changes, without markup."""
    page = (await person.get("/admin/logs/operations")).text
    found = page[page.index('<ul class="rows ops">') : page.index("</ul>", page.index('<ul class="rows ops">'))]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found)))


async def test_the_log_speaks_the_words_of_the_pages(forum: Forum, board: Board, admin: Person, alice: Person) -> None:
    reader = await forum.logged_in(admin.user, "zh-CN")  # type: ignore[arg-type]
    assert (await save(admin, "signup", registration="paused", email_confirmation="optional")).status_code == 303
    await save(admin, "floods", flood_places="4")
    await save(admin, "files", upload_types=["png", "pdf"])  # type: ignore[arg-type]
    assert (await sets(admin, "member", comment="7", stranger="9")).status_code == 303
    key = await a_role(admin, "园丁", "pin", "lock")
    answer = await admin.send(f"/admin/roles/{key}", name="园丁", description="", permissions=["pin", "ban"], seen="0")
    assert answer.status_code == 303, answer.text
    assert await rules(admin, board, new__post="deny", **{f"{key}__reply": "allow"}) == 303
    assert await gives(admin, alice, "moderator", key) == 303
    await admin.send("/admin/words", words="casino", kind="words", action="hold", replacement="")
    english, chinese = await lines(admin), await lines(reader)
    for text in (english, chinese):
        assert INTERNAL.findall(text) == []
    for words in (
        "Signing up Paused Confirming the e-mail address Optional: the e-mail is sent, nothing is restricted",
        "Members Limits Comments: 7 in 1 min, First messages to strangers: 9 in 1 h",
        "Permissions Lock → Ban",
        "New people: Open topics – deny",
        "园丁: Reply – allow",
        "Members → Moderators",
        "The same link waits from so many topics on 4",
        "What happens Hold: it waits for approval",
    ):
        assert words in english, english
    for words in (
        "评论：1 分钟内 7 次",
        "新人：发起主题，禁止、园丁：回复，允许",
        "锁定 → 封禁",
        "注册 暂停",
        "成员 → 版主",
    ):
        assert words in chinese, chinese
