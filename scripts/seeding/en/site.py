"""Announcements and feedback, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

SITE = Chorus(
    theme="site",
    tags="site feedback",
    stories=(
        Story(
            mood="news",
            tags="announcement maintenance",
            titles="""
Maintenance «day»: about «min» minutes of read-only
Planned: «work», «day»
A short pause «day»: «work»
""",
            slots="""
day: on Tuesday morning | on Sunday at six | on Wednesday night | on Saturday before breakfast
| in the night to Monday
min: ten | fifteen | twenty | thirty | forty
work: moving to new disks | a database upgrade | new backups | faster search | a bigger mail server
""",
            body="""
«A short notice, so that nobody thinks their network is broken.|No drama, just housekeeping.» We are doing some work on
the machine: **«work»**. When: «day», for about «min» minutes.

What that means for you:

- reading works the whole time
- writing is paused; what you have typed stays in your browser
- messages and mentions arrive as soon as we are back

What we have prepared:

- [x] a backup, restored once to see that it really is one
- [x] a rehearsal on a copy
- [x] somebody else who knows the passwords
- [ ] biscuits

If something looks odd afterwards, please write it below, with the time and what you clicked. *"It looks odd" is a fine
bug report, too.*
""",
            tips="""
Could you put the time in UTC next to it? We're spread over nine hours here.
~
I'd pin this, and unpin it the minute it's over. Old notices make people nervous.
""",
            asks="""
Will links from e-mails still work during that time?
~
Does it affect the feeds? I've a reader that gives up rather quickly.
""",
            doubts="""
That is the busiest time for those of us in Asia, I'm afraid. Perhaps next time a bit later?
""",
            tales="""
I run a small one myself: "somebody else who knows the passwords" is the line that made me trust you.
~
Didn't notice a thing. That's the highest praise I have.
""",
            after="""
And we're back. It took «eleven|fourteen|nineteen» minutes, nothing was lost, and the biscuits are gone.
""",
        ),
        Story(
            mood="debate",
            tags="feature-request",
            titles="""
Wish: «wish»
Feature idea: «wish», nothing fancy
Would anybody else use «wish»?
Small idea, big comfort: «wish»
""",
            slots="""
wish: a quieter notification for quotes | collapsing long code blocks | a "read later" list
| keyboard shortcuts for reading | per-board digest mails | both languages in board names
| a gentler dark theme | bookmarks sorted by board | a word count while writing | quoting from two topics
| hiding topics I've read | a preview when pasting tables
""",
            body="""
«I like how calm it is here, so I ask carefully.|This isn't a complaint, I've been carrying it around for weeks.» What I
sometimes miss: **«wish»**.

Why I think it would help:

1. «I read on a phone, on the train, in bits of five minutes|I follow many topics and lose the thread of some»
2. it would not change anything for people who don't want it
3. other places have it, but *loud*; here it could be done quietly

What I would **not** want is a new button on every comment. «A setting, off by default, would be perfect.|If it can't be
done simply, then rather not at all.»

How do others see it? If it already exists, I'll go and stand in the corner.
""",
            tips="""
You can get halfway there with a saved search as a bookmark in the browser. Not elegant, but I use it daily.
~
I'd describe the situation rather than the feature. Whoever builds it may find a simpler way.
""",
            asks="""
How often would you need it, honestly? Once a day or once a month?
~
On the phone only, or on a big screen as well?
""",
            doubts="""
I'd rather not, sorry. Every "small" setting is one more thing that can be set wrongly, and I like that there are so
few.
""",
            tales="""
Plus one from me. I have asked for the same thing on three other forums and been told to write a plugin each time.
~
I didn't know I wanted «wish» until I read this. Now I do, thanks a lot.
""",
            after="""
Thanks for all the thoughts. I'll rewrite the first post so that it describes the situation, not my solution.
""",
        ),
        Story(
            mood="ask",
            tags="help how-to",
            titles="""
How do I «task»?
New here: how do I «task»?
Is it possible to «task»?
I'm sure it's obvious, but how does one «task»?
""",
            slots="""
task / answer: quote two people in one reply / put a `>` before each of the passages, and an empty line between them
| highlight code in a comment / three backticks on a line of their own, the language right behind, and three more below
| mention someone with a Chinese name / type `@` and the first character, it offers you the names
| find my own old comments / your profile has a list of them, newest first
| write a table without losing my mind / pipes between the cells and a line of dashes under the head, never mind how
it looks
| strike something out / two tildes before and two after, then the edit stays honest
| make a list one can tick off / a dash, a space and a pair of square brackets with a space inside
| link to one particular comment / the number next to it is the link
""",
            body="""
«I've looked in the obvious places, and in two less obvious ones.|Probably I'm standing right in front of it.» I would
like to «task», and can't find out how.

What I tried:

- the settings, all pages of them
- the little menu under the comment
- searching for it here, which brought up «an old topic without an answer|everything apart from the answer»

It's «a phone with a small screen|a laptop, an ordinary browser, nothing exotic». No hurry, and thank you! If it turns
out to be very simple, please be gentle. :smile:
""",
            tips="""
It's this, if I understand you correctly: «answer».
~
I was shown it last year: «answer». Since then I do it all the time.
~
Look at how others have done it, then try it in a private message to a patient friend. That's how I learnt everything
here.
""",
            asks="""
On the phone or on a computer? The menu is in a different corner.
~
Did you try it while logged in? Sorry to ask, it has happened to me.
""",
            doubts="""
I wouldn't do it that way, I think. For that purpose a plain link to the comment does the job and doesn't get in the
way.
""",
            tales="""
Don't worry, I've been here for four years and found the preview last week.
~
I asked the same thing in my first month. The answers were so friendly that I stayed.
""",
            after="""
Found it, with your help. It was, of course, right in front of me. Thank you!
""",
        ),
        Story(
            mood="debate",
            tags="community guidelines",
            titles="""
How should we handle «issue»?
A thought about «issue»
«Issue»: do we need a rule, or just good manners?
""",
            slots="""
issue: topics in two languages | very long threads | answers written by a machine | links to shops
| old topics coming back | disagreements that go in circles | one-word replies | very large pictures
| spoilers in the books board | unanswered questions
""",
            body="""
«Please take this as thinking aloud, not as a proposal.|A small thing has come up several times lately, so let's talk
about it while it is small.» What do we want to do about **«issue»**?

I don't think that anybody does it in bad faith. But I've seen «two people leave quietly|newcomers apologise for it»,
and that's a pity.

Possibilities:

- do nothing, and trust each other
- a sentence in the guidelines, friendly, without capital letters
- a hint when writing, only the first time
- moderators ask in a private message, before anything is closed

> Rules are what you write when you've stopped talking to each other.

I like that sentence, but I also like knowing what's expected. **Where are you?** 用中文回答也可以。
""",
            tips="""
Ask the person first, privately, as if it were a misunderstanding. In nine cases out of ten it was one.
~
One sentence in the guidelines is enough, if it says *why*.
""",
            asks="""
How often does it happen, really? It would help to see two or three examples, without names.
~
Who'd look after it? A rule that nobody has time for is worse than none.
""",
            doubts="""
I would do nothing. I've watched three forums regulate themselves into silence, and each time it began with something
quite reasonable.
""",
            tales="""
As someone who has probably done it: nobody told me, and I'd have been glad about a friendly line.
~
I moderated elsewhere for years. What worked was thanking people in public and asking them in private.
""",
            after="""
So far: mostly "talk first", and one good sentence for the guidelines. I'll draft it, you'll improve it.
""",
        ),
    ),
    tips="""
Best to leave it for a week and see if it's still important then. That's how I treat my own ideas too.
~
Worth asking in the Chinese boards as well, people there often have a different angle.
""",
    asks="""
Has this come up before? I have a faint memory of an older topic.
~
How do people see it who only read? There are many more of them than of us.
""",
    doubts="""
I'm happy with how it is, which is worth saying too.
~
Fine with me either way, as long as the place stays calm.
""",
    tales="""
This is the only site I still open on purpose, rather than out of habit. Whatever you do, keep that.
~
I signed up to ask one question about tomatoes. That was six years ago.
~
I'd like to say something in general, as there is never a good place for it. I've been on boards like this since they
made a noise when you dialled in. Most of them are gone.

They didn't die of bad software. Some had terrible software and wonderful people, for a decade. They died when it became
more important to be right than to be read.

Here I still get answers that begin with "I may be wrong, but". So thank you, to whoever is keeping it that way.
""",
)
