"""Python and databases, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

CODE = Chorus(
    theme="code",
    tags="python",
    stories=(
        Story(
            mood="ask",
            tags="asyncio debugging",
            titles="""
asyncio: «symptom» after «hours» hours in production
«Symptom», but only under load (asyncio, «what»)
Chasing a bug: «symptom» in an async «what»
Where would you look first? «Symptom» in my «what»
""",
            slots="""
symptom: tasks vanish without an error | memory grows slowly | one slow request blocks all the others
| connections are never given back | shutdown hangs for ever | the same job runs twice
hours: six | nine | thirty | fourteen | seventy
what: scraper | chat bot | job worker | websocket server | small web service
""",
            body="""
«Works on my machine, as they say, and on my machine it really does.|I have narrowed it down to 40 lines and still can't
see it.» It's an async «what», Python 3.12, and after about «hours» hours: **«symptom»**.

The core of it:

```python
async def run(self) -> None:
    while True:
        job = await self.queue.get()
        asyncio.create_task(self.work(job))


async def work(self, job: Job) -> None:
    async with self.pool.acquire() as connection:
        await connection.execute(QUERY, job.id)
```

What I have tried:

- `PYTHONASYNCIODEBUG=1`: «quiet|a warning about 180 ms, now and then»
- logging every `create_task`: more starts than ends
- a smaller pool: happens *sooner*, which must mean something

Is it the fire-and-forget task? «I read that the loop keeps only weak references, but I hoped that was theory.|And if
so, what is the clean way?»
""",
            tips="""
Keep a reference, and let a group own the tasks. Then errors have somewhere to go:

```python
async with asyncio.TaskGroup() as group:
    while True:
        job = await queue.get()
        group.create_task(work(job))
```
~
Bound it. Without a limit the queue simply moves from the queue into the loop:

```python
limit = asyncio.Semaphore(20)

async def work(job: Job) -> None:
    async with limit:
        await handle(job)
```
~
Dump what everyone is waiting for, it's five lines and settles most arguments:

```python
for task in asyncio.all_tasks():
    task.print_stack(limit=3)
```
~
Look for a `time.sleep`, a `requests.get` or a big `json.loads` on the way. One blocking call explains a lot of mystery.
""",
            asks="""
What happens on an exception in `work`? In the code you've posted it would disappear without a sound.
~
How many are in flight when «symptom» shows up? A number in the log every ten seconds would tell.
""",
            doubts="""
I don't think that's the weak reference. A task waiting on I/O is usually referenced by its own callback. I'd suspect
the pool first.
""",
            tales="""
We had «symptom» for a month. It was a logging handler that wrote to a network share. Async, all the way down to a
mounted disk in another building.
~
I stared at code just like that for two days and then noticed that an `except Exception: pass` was mine, from 2021.
""",
            after="""
Found: an exception between acquire and release, in a place that I "knew" couldn't fail. With a TaskGroup it blew up in
the first minute, loudly, as it should.
""",
        ),
        Story(
            mood="ask",
            tags="sql databases performance",
            titles="""
Query on «rows» rows takes «time»: which index?
«Time» for the newest 20 out of «rows» rows – where do I begin?
«Db»: the plan ignores my index («rows» rows)
Pagination over «rows» rows without OFFSET?
""",
            slots="""
rows: 2 million | 8 million | 14 million | 40 million | 120 million
time: 900 ms | 1.8 s | 4 s | 11 s | 35 s
db: PostgreSQL | SQLite | MariaDB
""",
            body="""
«It was fast on the day we shipped it, when there were eleven rows.|The page has become slow so gradually that nobody
can say when.» The table has «rows» rows by now, and this needs «time»:

```sql
SELECT id, title, created_at
FROM topics
WHERE board_id = 7 AND deleted_at IS NULL
ORDER BY created_at DESC
LIMIT 20 OFFSET 40000;
```

There is an index on `board_id` and another one on `created_at`. The plan, abridged:

```text
Limit
  ->  Sort  (external merge  Disk: 41MB)
        ->  Bitmap Heap Scan on topics
              Filter: (deleted_at IS NULL)
              Rows Removed by Filter: «9120|15733|20418»
```

I believe I understand *why* it is slow. What I don't know is the **usual** answer: one index over both columns? A
partial one? And how do people link to "page 2000" if there's no offset?
""",
            tips="""
One index in the order of the question, and only over what you ask for:

```sql
CREATE INDEX CONCURRENTLY topics_of_board
ON topics (board_id, created_at DESC, id DESC)
WHERE deleted_at IS NULL;
```
~
Remember where the page ended instead of counting from the start:

```sql
WHERE board_id = 7 AND deleted_at IS NULL
  AND (created_at, id) < (:last_created_at, :last_id)
ORDER BY created_at DESC, id DESC
LIMIT 20
```
~
Nobody wants page 2000. They want *something* from back then. Give them a jump to a month and the problem goes away.
~
Run it with `EXPLAIN (ANALYZE, BUFFERS)` twice. The difference between the two runs is your disk.
""",
            asks="""
How many rows does one board have at most? If board 7 is half of the table, that changes things.
~
Is «time» the first run or the tenth? Cold cache and slow query look the same from a distance.
""",
            doubts="""
I wouldn't touch the indexes before looking at the statistics. A plain `ANALYZE` has fixed more of these for me than I'd
like to admit.
""",
            tales="""
We went from «time» to four milliseconds with a single line, and then spent a week explaining why nobody had done it
earlier.
~
I've got an index on our largest table called `please_work`. It does. I'm afraid to rename it.
""",
            after="""
Partial index over both columns plus keyset pages: 3 ms. I had to run it three times before I believed it.
""",
        ),
        Story(
            mood="versus",
            tags="design testing",
            titles="""
«A» or «b» in a project of «size»?
Do you still use «a»? We are moving to «b»
«A» against «b», after a year with both
Where do you draw the line between «a» and «b»?
""",
            slots="""
a / b: dataclasses / Pydantic models | an ORM / plain SQL | mocks / a real database in tests
| one repository / many packages | type hints everywhere / only at the edges | Makefiles / a Python script
| inheritance / protocols | feature folders / layer folders
size: 3,000 lines | 10,000 lines | 25,000 lines | 40,000 lines | 90,000 lines
""",
            body="""
«This is not supposed to become a war, I'd really like to learn something.|We had this discussion at work and it
ended in lunch.» The question is «a» or «b», for a project of about «size».

How it looks from where I stand:

| | «a» | «b» |
|---|---|---|
| first week | «pleasant|quick» | «slower|more typing» |
| after a year | «depends on discipline|a few surprises» | «boring in a good way|easy to search» |
| new people | ask questions | read |

My rule of thumb so far: whatever makes the *wrong* thing hard to write. That isn't always the shorter one.

I'd especially like to hear from people who have **changed their minds**, in either direction.
""",
            tips="""
Try both on the ugliest module you have, not on the nicest. The nice one looks good in anything.
~
Whatever you pick, pick it once. Half-and-half has been worse than either, everywhere I've worked.
~
Count how many files you have to open to follow one request. That number has never misled me.
""",
            asks="""
What hurts at the moment? Without a pain I'd leave it alone.
~
How many people will read it in three years? «Size» can be a lot or very little.
""",
            doubts="""
I was firmly for «b» until I had to maintain other people's «b». It's the care that matters, not the choice.
~
I still prefer «a», to be honest. It's dull, everyone knows it, and the error messages make sense.
""",
            tales="""
We moved from «a» to «b» in one brave week, and back over one careful year. I don't regret either.
~
In my first job there was a rule: whoever adds a dependency brings breakfast. We had very few dependencies and excellent
breakfasts.
""",
            after="""
Lovely answers, thank you. We'll take one module, give it two weeks, and then decide over lunch, as is tradition.
""",
        ),
        Story(
            mood="share",
            tags="projects sqlite",
            titles="""
I wrote «thing» in «lines» lines of Python
«Thing», «lines» lines, no dependencies
Weekend project: «thing» (feedback welcome)
""",
            slots="""
thing: a small feed reader | a duplicate finder for photos | a library card for board games | a bird-sound logger
| a shared shopping list | a timetable for our allotment | a bot that reminds me to water plants
lines: 90 | 140 | 180 | 220 | 310
""",
            body="""
«It solves exactly one problem, and it's mine.|My partner asked for something simple, so naturally I wrote software.»
The result is «thing», about «lines» lines, standard library only, with SQLite underneath.

The part I like best:

```python
def newest(db: sqlite3.Connection, limit: int = 20) -> list[Entry]:
    # unread ones first
    rows = db.execute(
        "SELECT id, title, seen FROM entries ORDER BY seen, id DESC LIMIT ?",
        (limit,),
    )
    return [Entry(*row) for row in rows]
```

What I learnt on the way:

- `PRAGMA journal_mode=WAL` is the friendliest line in computing
- writing the README first showed me what to leave out
- «dates, of course|encodings, of course»

Code and a longer story: <https://code.example.org/weekend>. Please be kind to it, and tell me what you'd do
differently.
""",
            tips="""
Give it a `--dry-run`, and let that be the default. You'll thank yourself on the day you run it in the wrong folder.
~
A small thing: `with db:` around the writes gives you the transaction and the rollback for free.

```python
with db:
    db.execute("UPDATE entries SET seen = 1 WHERE id = ?", (entry_id,))
```
""",
            asks="""
How do you deploy it? A timer, a container, or a tab that must never be closed?
~
Would you take a patch for Windows paths? I'd like to use it at work.
""",
            doubts="""
Very nice! I'd still put a bit of validation where data comes in, though. Standard library only is lovely until a date
arrives in Portuguese.
""",
            tales="""
I have written almost the same thing three times in ten years. Yours is shorter than all of mine.
~
Installed it, and it found 1,900 duplicates of one picture of a cake. I've questions for my past self.
""",
            after="""
Merged two suggestions from here, and it's eleven lines shorter now. This is the nicest code review I have ever had.
""",
        ),
    ),
    tips="""
Read it aloud to somebody who doesn't program. Where they frown, something is wrong.
~
Whatever you do, leave the next person one sentence about *why*. The *what* they can read for themselves.
~
Sleep on it, then delete a third. It has always been better afterwards.
""",
    asks="""
Is it just for you, or do others have to live with it?
~
How would you notice, in a year, that it was the wrong decision?
""",
    doubts="""
I'd be careful, that is one of those rules that are true until the data gets big.
~
Respectfully, I'd rather have it explicit. I have been bitten by clever code, most of it mine.
""",
    tales="""
I still remember a Friday on which `DELETE` was faster than `WHERE`. We had backups. I had a long weekend.
~
The best engineer I ever worked with solved half of her bugs by explaining them to a cactus. We got the cactus a badge.
~
Years ago I inherited a script that ran once a month and that nobody dared to touch. It was 2,000 lines long, with
variables called `x2` and `final_final`.

I spent a month writing the beautiful version. On the first of the following month both ran side by side, and mine was
wrong in eleven places. Each of the eleven had been a strange line in the old one, with a reason behind it and no
comment.

I've never laughed at old code since. I add the comments, that's all.
""",
    tips_if_asked="""
Write the failing test first, even an ugly one. More often than not I see the bug while I'm typing it.
~
Print it. I mean it. A debugger shows you one moment, a log shows you the story.
~
Make it smaller until somebody else can run it. In about half of the cases it solves itself on the way.
~
Measure before and after, with the same data, three times. My intuition about speed has been wrong since 2009.

```bash
python -X importtime -c "import app" 2> import.log
python -m cProfile -s cumtime -m app | head -30
```
""",
    asks_if_asked="""
Which versions of Python and the driver? «There was a fix for something like that not so long ago.|I can't reproduce it
here, but I'm a minor version behind.»
~
Could you post a version that one can run? Twenty lines would be plenty.
""",
)
