"""Learning Chinese and English, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

LANGUAGE = Chorus(
    theme="language",
    tags="language-learning chinese",
    stories=(
        Story(
            mood="ask",
            tags="tones pronunciation",
            titles="""
I can hear «tones» but I can't say them
«Tones» after «months» months – still guessing
How did you fix «tones»?
Native speakers smile when I say «word»
""",
            slots="""
tones: second and third tone | third tone sandhi | first and fourth tone | zh, ch and sh | q, x and j
| ü after n and l
months: four | six | eight | ten | fourteen | eighteen
word: 四 and 十 | 睡觉 and 水饺 | 老师 and 老是 | 买 and 卖 | 汤 and 糖 | 眼镜 and 眼睛
""",
            body="""
«I have been learning for «months» months, mostly on trains.|Evening classes, one hour a week, plus whatever I can steal
from my lunch break.» Reading goes well. Speaking goes well until somebody listens.

My weak spot is **«tones»**. In single words I manage. In a sentence everything melts, and when I say «word», people are
*very* kind, which is how I know.

What I do at present:

- shadowing, ten minutes a day, with a «children's programme|cooking channel|radio drama»
- recording myself, once a week, with some suffering
- a deck with pairs of words

Did it come by itself for you, with time? Or was there **one** exercise that did it?
""",
            tips="""
Learn pairs, not single tones. There are only twenty combinations of two; drill those with words you really use.
~
Record one sentence, wait a day, record it again right after the native version. Listening a day later is the trick: you
hear yourself as a stranger.
~
Exaggerate until it feels like opera. What seems ridiculous to you sounds about normal to them.
~
Hum it without the consonants. If the melody is right, the rest follows.
""",
            asks="""
Do people misunderstand you, or do they only smile? Those are two different problems, and only one of them matters.
~
Which native language do you have underneath? Mine made certain sounds easy and others nearly impossible.
""",
            doubts="""
As a native speaker: please don't worry so much. We hardly notice single tones; the rhythm of the phrase is what
tells us where you are going.
""",
            tales="""
I ordered sleep instead of dumplings, in a full restaurant. They brought dumplings. Context is a wonderful thing.
~
For me it clicked when I learnt one song by heart. Terrible song. I'll have it in my head until I die.
""",
            after="""
The humming works! My teacher asked what had happened. I said that I now hum on the bus.
""",
        ),
        Story(
            mood="share",
            tags="reading books graded",
            titles="""
I finished my first book in Chinese: «what»
From textbook to «what» in «months» months
Reading «what» with «chars» characters in my head
""",
            slots="""
what: a children's novel | a comic about a cat | a cookbook | a book of short essays | a thin detective story
| a graded reader, all of it
months: nine | fourteen | eighteen | twenty
chars: 600 | 900 | 1,200 | 1,500 | 2,000
""",
            body="""
«Nobody around me understands why I am so happy about 110 pages, so I tell you.|This evening I closed it and just sat
there.» It was «what», I know perhaps «chars» characters, and it took me «five weeks|two months|one long winter».

How it went, in numbers:

| Pages | Words looked up per page | Mood |
|---|---:|---|
| 1–10 | 31 | despair |
| 11–40 | 14 | stubbornness |
| 41–80 | 6 | hey |
| the rest | 3 | could not stop |

What helped:

1. Looking up a word only when I met it the **third** time
2. Reading aloud, so that I couldn't skip
3. Choosing something I would also read in my own language

> 书读百遍，其义自见。

Somebody wrote that under an older topic here, and I rolled my eyes. I take it back.
""",
            tips="""
Read it a second time, now, while it's warm. It goes five times as fast and feels like flying.
~
For the next one take the same author. Everyone has their thirty favourite words, and you already own them.
""",
            asks="""
Paper or a screen with a pop-up dictionary? I can't decide whether the pop-up helps or just makes me lazy.
~
How did you deal with names? I never know whether it's a person, a place or a dish.
""",
            doubts="""
Congratulations! I'd look up *more*, though. I skipped so much in my first book that I have a different plot in my head
than everyone else.
""",
            tales="""
My first was a picture book about a hippo who can't swim. I still think of him in difficult meetings.
~
I bought «what» two years ago and got stuck on page nine. Tonight I'm going to try page ten.
""",
            after="""
Started the second one. Page three, eight words looked up. I'm not crying, you are.
""",
        ),
        Story(
            mood="ask",
            tags="grammar usage",
            titles="""
When do you really use «a», and when «b»?
«A» or «b»? My teacher and my textbook disagree
Explain «a» and «b» to me as if I were five
Is there a rule behind «a» and «b»?
""",
            slots="""
a / b: 了 at the end / 了 after the verb | 会 / 能 | 刚 / 刚才 | 再 / 又 | 以为 / 认为 | 知道 / 认识 | 两 / 二
| 着 / 在
| 为了 / 因为 | 还是 / 或者
""",
            body="""
«Every rule I find has more exceptions than examples.|I asked three friends and got four answers.» I thought I had
understood «a» and «b», and then I read a real message from a real person.

What I wrote in my notebook:

- «a»: when something is «general|already clear to both»
- «b»: when something is «particular|new or has changed»

And then, of course, the first sentence that I heard on the street broke both.

Could somebody give me **three ordinary sentences** for each, the kind one says at breakfast? «I learn better from
breakfast than from grammar.|No classics, please, I'm not there yet.»
""",
            tips="""
Collect sentences instead of rules. Twenty for «a», twenty for «b», from people you like. After that the wrong one
simply itches.
~
Ask "would it change the meaning or only the flavour?" With «a» and «b» it is flavour more often than books admit.
~
Translate it out loud into your own language, clumsily, word for word. The clumsiness shows where they part.
""",
            asks="""
Do you have the message that confused you? It's easier to explain with a real sentence.
~
Is it for speaking or for an exam? For the exam there is a rule, for speaking there are habits.
""",
            doubts="""
Native speaker here, and I have to disappoint you: I don't know either. I'd say one in the morning and the other in the
evening and never notice.
""",
            tales="""
I taught this for years. The best explanation I have ever heard came from a six-year-old: "That one sounds mean."
~
I mixed up «a» and «b» in a job interview. We all laughed, and I have been working there for four years.
""",
            after="""
Thank you, the breakfast sentences are in my notebook now. So is a recipe, somehow.
""",
        ),
        Story(
            mood="debate",
            tags="exchange english habits",
            titles="""
Language exchange that lasts longer than «weeks» weeks: how?
Half «a», half «b»: does your exchange work like that?
Looking for honest opinions: «a» or «b»?
Do corrections help you? Ours stopped after «weeks» weeks
""",
            slots="""
weeks: three | four | five | six | seven | ten
a / b: talking / reading together | voice messages / calls | a textbook / free conversation | correcting at once
/ correcting at the end | writing diaries / chatting | reading aloud / retelling films
| one fixed hour / whenever there is time | cooking together / a test each week
""",
            body="""
«My third language exchange has just fallen asleep.|We began with great energy, as one does.» After «weeks» weeks the
messages get shorter, somebody has exams, and then there's only a sticker at New Year.

What we tried:

- **«a»**: pleasant, but I learnt little
- **«b»**: I learnt more, but it felt like work
- half an hour each, with a kitchen timer: fair, and slightly absurd

People here write both languages every day, so you must know: **what keeps it alive?** A project? A fixed evening?
Never correcting? *Always* correcting?

中文回答也非常欢迎，我慢慢读。
""",
            tips="""
Do something together that isn't learning. We translate one recipe a month and cook it on the same evening.
~
Correct at the end, three things at most, in writing. More than three is an exam.
~
Fixed evening, fixed length, and permission to cancel without a reason. It's the reasons that kill it.
""",
            asks="""
Were you at a similar level? That was what tipped ours over, one of us always had to rest in the other's language.
~
How did you find each other? I'd like to try, but I'm shy about asking.
""",
            doubts="""
I don't think it has to last. Five short friendships taught me five ways of speaking.
""",
            tales="""
Mine has run for six years. We have met once, for two hours, at an airport, and talked about plants.
~
We play chess by message and may only comment in the other's language. My insults have become quite idiomatic.
""",
            after="""
We now have a recipe for next week and a rule of three corrections. I'll report if we survive «weeks» weeks.
""",
        ),
    ),
    tips="""
Twenty minutes a day beats three hours on Sunday. Boring, true, and I had to learn it twice.
~
Find one person who talks the way you'd like to talk, and steal shamelessly.
~
Put the dictionary at the other end of the room. If a word is worth the walk, it is worth learning.
~
Write it by hand once, even if you'll never write by hand again.
""",
    asks="""
What do you need it for? Family, work or just the pleasure of it? I'd go about it quite differently.
~
How much time do you have on a *bad* day? Plan for that one.
""",
    doubts="""
I have heard that so often, and it never worked for me. Perhaps I'm simply an ear person.
~
Hm, I'd be careful with methods altogether. The best one is the one you still do in November.
""",
    tales="""
I moved abroad with a dictionary and far too much confidence. The bakery around the corner was my whole first course.
~
After seven years I dreamt in it for the first time. It was about a parking permit.
~
For the first year I understood everything on the recordings and nothing on the street. Then I began to sit down in the
same noodle shop every Wednesday, at the table next to the kitchen.

For weeks I understood only prices. Then names. Then that the cook's son had exams. By spring they were asking for my
opinion on his choice of university, and I had one.

I don't know what the method is called. It tastes of vinegar and chilli.
""",
)
