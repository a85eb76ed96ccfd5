"""The texts that a post has had, in order: the last one is shown, the others are kept as its history.

An opening post has its topic's title with it. Other posts of the topic know titles too, sometimes ones that no archived
version of the opening post has: these are laid over the text that stood there then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from documents.base import Raw
from scripts.importing.archive import Post

OVERLAID = " title"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its title, if it is an opening post, and where its uploads are, which only an archive knows.

    `html` is None until it is rendered.
    """

    mark: str
    body: str
    title: str | None
    written_at: datetime
    html: str | None = None
    uploads: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def said(self) -> tuple[str, str | None]:
        """What makes two texts the same."""
        return self.body, self.title

    @property
    def overlaid(self) -> bool:
        """Whether the title is known from elsewhere."""
        return self.mark.endswith(OVERLAID)


def archived(versions: Sequence[Post], *, opening: bool) -> list[Text]:
    """The texts in the files of a post."""
    return [
        Text(
            mark=post.mark,
            body=post.raw,
            title=post.title if opening else None,
            written_at=post.updated if post.edited else post.created,
            uploads=post.uploads,
        )
        for post in versions
    ]


def stored(comment: Raw, revisions: Sequence[Raw], title: str | None) -> list[Text]:
    """The texts that an earlier import has stored; `title` is that of an opening post's topic."""
    found = [
        Text(raw["source_mark"], raw["body"], raw["title"], raw["written_at"], raw["html"])
        for raw in revisions
        if raw["source_mark"]
    ]
    # When only the title is newer, what is shown was there under its old one before, with the same mark.
    if all(text.mark != comment["source_mark"] for text in found):
        written_at = comment["edited_at"] or comment["created_at"]
        found.append(Text(comment["source_mark"], comment["body"], title, written_at, comment["html"]))
    return found


def merged(known: Sequence[Text], found: Sequence[Text]) -> list[Text]:
    """Both in order, each text once; where the same was archived twice in a row, under its last mark."""
    by_mark = {text.mark: text for text in known if not text.overlaid}
    for text in found:
        # What is stored may stand under a topic's title that is not brought up to date yet.
        same = by_mark.get(text.mark, text)
        by_mark[text.mark] = replace(text, html=same.html, written_at=min(same.written_at, text.written_at))
    return collapsed([by_mark[mark] for mark in sorted(by_mark)])


def collapsed(texts: Sequence[Text]) -> list[Text]:
    """Neighbours that say the same are one, written when the first of them was."""
    out: list[Text] = []
    for text in texts:
        if out and out[-1].said == text.said:
            before = out.pop()
            text = replace(text, written_at=before.written_at, html=text.html or before.html)  # noqa: PLW2901
        out.append(text)
    return out


def with_titles(texts: Sequence[Text], titles: Mapping[str, str], final: str) -> list[Text]:
    """The texts of an opening post with the titles that only others knew (title → mark); `final` is the present one."""
    own = {text.title for text in texts}
    out = list(texts)
    for title, mark in sorted(titles.items(), key=lambda item: item[1]):
        if title not in own and title != final:
            at = sum(text.mark.removesuffix(OVERLAID) <= mark for text in out)
            out.insert(at, _overlaid(out[max(at - 1, 0)], title, mark))
    if out[-1].title != final:
        out.append(_overlaid(out[-1], final, max(titles.get(final, ""), out[-1].mark.removesuffix(OVERLAID))))
    return out


def _overlaid(text: Text, title: str, mark: str) -> Text:
    return replace(text, title=title, mark=mark + OVERLAID, written_at=max(moment_of(mark), text.written_at))


def moment_of(mark: str) -> datetime:
    """When the version with this mark was made."""
    return datetime.fromisoformat(mark.partition(" ")[0])


def edited_at(mark: str, created_at: datetime, *, has_earlier: bool) -> datetime | None:
    """When the version with this mark was made, if it is not as it was posted."""
    moment, version = moment_of(mark), int(mark.split(" ")[1])
    return moment if version > 1 or (has_earlier and moment > created_at) else None
