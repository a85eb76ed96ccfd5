"""The English corpus: what is said whatever the theme, the private letters, and all themes together."""

from __future__ import annotations

from scripts.seeding.en.boardgames import BOARDGAMES
from scripts.seeding.en.books import BOOKS
from scripts.seeding.en.code import CODE
from scripts.seeding.en.cooking import COOKING
from scripts.seeding.en.cycling import CYCLING
from scripts.seeding.en.garden import GARDEN
from scripts.seeding.en.hiking import HIKING
from scripts.seeding.en.keyboards import KEYBOARDS
from scripts.seeding.en.language import LANGUAGE
from scripts.seeding.en.meetup import MEETUP
from scripts.seeding.en.photo import PHOTO
from scripts.seeding.en.selfhost import SELFHOST
from scripts.seeding.en.site import SITE
from scripts.seeding.shape import Chorus, Letter, Voice

CHORUSES: tuple[Chorus, ...] = (
    GARDEN,
    CYCLING,
    SELFHOST,
    PHOTO,
    COOKING,
    LANGUAGE,
    BOOKS,
    HIKING,
    BOARDGAMES,
    MEETUP,
    CODE,
    KEYBOARDS,
    SITE,
)

LETTERS = (
    Letter(
        titles="""
Your question about the «thing»
The «thing» you mentioned
About your «thing»
""",
        slots="""
thing: seedlings | route notes | backup script | sourdough | reading list | game shelf | keymap | film scans
| balcony drawing | trip report
""",
        turns="""
Hello, I didn't want to derail the topic, so I'm writing here. What you wrote about the «thing» has been on my mind
since «yesterday|the weekend». Would you mind if I asked «two|a few» more questions? There's no hurry at all.
~
Of course, ask away! I'm a slow writer, but I always answer.
~
Thank you. First: how did you begin? And second: what would you leave out if you did it again? I tend to start with
everything at once and then lose heart.
~
I began with the smallest part and no plan whatsoever. And what I would leave out is the first month of reading about
it. Honestly, start on Saturday, and write to me on Sunday.
""",
    ),
    Letter(
        titles="""
Book swap?
I have «book» for you
A book for you
""",
        slots="""
book: the fern book | that thin sea story | the second volume | the train novel | the noodle book | the old atlas
""",
        turns="""
I saw in your list that you are looking for «book». I've got two copies, goodness knows why, and would be glad if one of
them found a home. Shall I bring it to the next meet-up, or send it?
~
You're a hero! The meet-up would be perfect. What may I bring you in return? I have jam, chilli seeds, and too many
detective stories.
~
Jam. No contest.
""",
    ),
    Letter(
        titles="""
Saturday
Train on Saturday
Shall we share the ride on Saturday?
""",
        turns="""
Are you taking the «9:12|8:40|9:35» on Saturday? I'd get on one stop after you. If you sit at the front, we can share a
ticket and I'll bring «coffee|the map|a thermos».
~
Yes, front carriage, and the dog is coming along. I hope that's all right?
~
The dog is the reason I asked. :dog:
~
We are on it. Third window from the front. He has already been admired twice.
""",
    ),
    Letter(
        titles="""
Typo in your post
Just a small thing
Tiny correction
""",
        turns="""
Just a small thing, and privately, so that it doesn't look like nitpicking: in your last post there's «a zero missing in
the second line of the table|a link that leads to my own topic|the wrong bus number», I think. Lovely text otherwise, I
read it twice.
~
Oh dear, you're right. Corrected, and thank you for not doing it in public. «Nobody else noticed, I hope.|I'd been
wondering why people kept arriving at yours.»
""",
    ),
    Letter(
        titles="""
Is the «thing» still available?
«Thing» – still there?
Interested in the «thing»
""",
        slots="""
thing: tripod | small switch | pannier | dough trough | spare keycaps | tile game | 50 mm | rucksack | lamp
""",
        turns="""
Hi! Is the «thing» you mentioned still available? I could pick it up «on Thursday after work|at the weekend|near the
station», and I'd pay what you suggested.
~
Still here and dusted. Thursday at six, by the north entrance? I'm the one carrying a «thing».
~
Perfect. I'll be the one looking for it. See you there!
~
It works beautifully, by the way. Thank you again, and also for the apple.
""",
    ),
    Letter(
        titles="""
Thank you
That helped a lot
Thank you for «thing»
""",
        slots="""
thing: the long answer | your patience | the recipe | the script | the hint about the spring
""",
        turns="""
I don't like to bump an old topic just to say this, so here: your answer from «last spring|two years ago|the other week»
solved it for me today. I'd read it five times without understanding it, and then the sixth time it was obvious. Thank
you!
~
This has made my day. It took me longer to write than I'd ever admit, and I always wondered if anyone had read to the
end.
""",
    ),
    Letter(
        titles="""
A word from a moderator
Your topic in the wrong board
I've moved your topic
""",
        turns="""
Hello and welcome! I've moved your topic to «the other board|a board where more people will see it»; nothing is wrong
with it, it'll simply get better answers there. The old link still works. If you'd rather have it back, just tell me.
~
Thank you for explaining it! I wasn't sure where it belonged. It's fine there, and I already have an answer.
""",
    ),
    Letter(
        titles="""
Language exchange?
Half an hour each?
English for Chinese, on «day»
""",
        slots="""
day: Tuesdays | Wednesdays | Sundays | Mondays
""",
        turns="""
I read that you're looking for somebody to talk to. My Chinese is «slow|somewhere around fourth grade», my English is
from birth, and on «Sunday mornings|weekday evenings» I'm usually free. Shall we try half an hour each, without any
obligation?
~
好啊！我的英语读可以，说不行，正好缺个人聊。周三晚上怎么样？I can write in English, but then I need a dictionary and
courage.
~
周三晚上好！I'll bring a topic, you bring another one. Mine: what did you have for breakfast as a child?
""",
    ),
    Letter(
        titles="""
Planning the next «what»
Who does what for the «what»?
«What»: a few things before I post it
""",
        slots="""
what: meet-up | photo walk | game night | repair café | book table
""",
        turns="""
Before I announce the next «what»: could you take over the door for the first hour? You're so good with the new ones.
I'd do the room and the cake.

Open points:

- [ ] key, from whom?
- [ ] how many chairs are there?
- [x] cake
~
Door: gladly. The key hangs at my sister's, I'll bring it. There are 14 chairs and a piano stool.
~
Then it's fixed. I'll post it tonight, and the piano stool is mine.
""",
    ),
    Letter(
        titles="""
Could you look at this before I post it?
Draft, before I embarrass myself
Would you read something?
""",
        turns="""
Would you read the following before I post it? You know «the subject|the people here» better than I do, and I don't want
to step on anybody's toes.

> I believe we are talking about two different things, and both of them are right.

Is that a good first sentence, or does it sound like a referee?
~
It's a very good one. I'd cut the last paragraph, though, the one that begins with "obviously". The rest can stay as
it is.
~
You've just saved me from myself. Cut and posted.
""",
    ),
    Letter(
        titles="""
Small problem with «what»
«What»: do you have a minute?
Stuck with «what»
""",
        slots="""
what: my proxy | the migration | the dough | the firmware | that index | the rear hub
""",
        turns="""
Sorry for writing directly, I'm rather stuck with «what», and in your last post it sounded as if you had been there. I'm
getting nowhere since «noon|last night». Do you happen to remember what it was in your case?
~
I do: it was the thing I'd looked at first and crossed off the list. Go through your list again from the top, and this
time, pretend that somebody else has written it. If that doesn't help, send me everything, I'm up until eleven.
~
Number two on the list. I would never have looked there again. I owe you one!
""",
    ),
    Letter(
        titles="""
Sorry about earlier
About my tone yesterday
An apology
""",
        turns="""
I've reread what I wrote to you in that topic, and I don't like how it sounds. I stand by the point, more or less, but
you had asked kindly and I answered like a customs officer. I'm sorry.
~
Thank you for writing, that's rare. I had taken it half as seriously as you feared. Let's continue tomorrow with
fresh tea.
""",
    ),
)

VOICE = Voice(
    greetings="""
Hi all,
Hello everyone,
Evening all,
Hello from a rainy «desk|kitchen table|train»,
Good morning,
Dear all,
Long-time reader, «first post|second post».
""",
    goodbyes={
        "ask": """
Thank you in advance!
Any hint is welcome.
Grateful for every idea, including the obvious ones.
Thanks for reading this far.
I'll report back, promised.
:pray:
""",
        "share": """
Thanks for reading!
That's all. Questions are welcome.
Tell me about yours.
Corrections welcome, as always.
""",
        "wanted": """
Thank you in advance!
I'm curious what you come up with.
The odder the better.
I'll report back, promised.
""",
        "versus": """
Curious what you think.
I'm honestly undecided.
Fire away, but gently.
""",
        "debate": """
Curious what you think.
Fire away, but gently.
I'm honestly undecided.
Looking forward to your answers.
""",
        "news": """
Thank you all.
Questions below, please.
""",
    },
    nods_anywhere="""
Same here.
Bookmarked, thank you.
I could have written this myself, word for word.
Reading along with interest.
:+1:
Well, now I have a plan for the weekend.
This is why I come here.
Came for the title, stayed for the replies.
Nothing to add, just wanted to say hello. :wave:
I'll have to sleep on this one.
Sent this to my «brother|sister|neighbour|flatmate», who «needs it more than I do|will laugh|will not admit it».
Made me smile on a «grey Monday|long train ride|very long Tuesday». Thanks!
I didn't know that, and I've been at it for «six|nine|twelve» years.
Good thread.
Taking notes.
More of this, please.
That sounds familiar, sadly. :sweat_smile:
Now I feel less alone, thank you.
Saving this for later.
Nicely put.
Interesting! I'd never looked at it like that.
Can confirm.
I nearly spilled my «tea|coffee».
Late to this, but glad I found it.
You've all given me an idea. More when it works, silence if it doesn't.
Agreed with most of what's been said above.
What a nice bunch you are.
""",
    nods={
        "ask": """
Following, I've got exactly the same question.
No answer from me, sorry, but I'd love to know as well.
Good luck, and please report back!
I was about to ask the same thing.
Fingers crossed! :crossed_fingers:
Bumping this, it deserves an answer.
Oh, I remember being exactly there.
Sleep over it first. That has helped me every time.
Please tell us how it ends, too many of these topics stop in the middle.
Not my field, but I'm learning a lot from the question alone.
Somebody will know. Somebody here always knows.
Great question, and well described. That's half of the answer already.
I've been putting off the same question for months.
If you find out, tell me first. :wink:
Now I'd like to know as well.
""",
        "share": """
Lovely write-up, thank you.
Wonderful! I've read it twice.
What a pleasure to read.
Thanks for taking the time to write this down.
I want to do this too now.
Brilliant. :clap:
The last line made me laugh out loud.
Now that is what I call «thorough|a report|dedication».
Beautifully done.
Envious, in a friendly way.
This deserves to be pinned.
Jealous, and motivated.
More, please, whenever you have the time!
So good to read something from start to finish.
I'm adding this to my list of things to try before «autumn|the year is over|I'm fifty».
The honest bits are the best ones.
""",
        "wanted": """
Writing all of these down.
My list needed topping up anyway, thank you for asking.
The answers alone are worth it.
I have no answer, but I can't stop thinking about it.
Whatever comes out of this: please post the result!
Great idea for a topic.
I'd have to ask my «sister|neighbour|colleague», she'd know at once.
Following, I need exactly that.
Hard to choose just one!
Let me think about it over «lunch|the weekend», I'll be back.
More of these, please.
Can I come along? :smile:
Ask me in five minutes and I'd give you a different answer.
""",
        "versus": """
Good question, I've changed my mind on it twice.
It depends, as always. :smile:
Team one.
The second, every time.
Both, and I refuse to choose.
I'm with the minority here.
We've got both views in one household, pray for us.
The first for me, without having to think about it.
Reading both sides, I agree with whoever spoke last.
Whatever gets you to do it is the right one.
Ask me again in «winter|a year|ten years».
Neither, but I enjoy the discussion.
It's a question of temperament, I believe.
I used to be sure about this.
Five years ago I'd have said the first, now the second.
""",
        "debate": """
Good question, I've changed my mind on it twice.
It depends, as always. :smile:
Ask me again in «winter|a year|ten years».
I used to be sure about this.
This will be a long thread. Fetching «popcorn|biscuits|tea».
I'm undecided, but I enjoy the discussion.
It's a question of temperament, I believe.
Very much what I think, only I wouldn't have found the words.
Good that somebody asks this out loud.
I'm with the minority here, as usual.
I agree with whoever spoke last.
There is some truth in all of it.
We had exactly this conversation at home on «Sunday|Friday».
I'd never thought about that, I just do it.
Whatever gets you to do it is the right way.
""",
        "news": """
Noted, thank you.
Good to know, thanks for the early word.
Thanks for taking care of this.
It's in my calendar.
Passed it on to «two|three» others.
Thanks for doing this, it's easy to forget how much work that is.
:tada:
Clear and short, that's how I like it.
I'll be thinking of you that day.
Thanks for the details, that answers my question.
""",
    },
    nods_to_quote="""
This.
Exactly this.
I'd like to have that on a mug.
That's the best sentence in the whole topic.
Yes! I had to learn it the hard way.
Never thought about it like that, thank you.
Would you say a bit more about that?
That matches what I've seen.
I've been quoting this to everybody at home.
Very true, sadly.
Not in my experience, but I wish it were so.
This is the bit I keep coming back to.
Signed.
I laughed, and then I looked at my own and stopped laughing.
Interesting. It was the other way round for me.
""",
    nods_to_question="""
Good question, I'd like to know that as well.
That's exactly what I wanted to ask.
I was wondering about the same thing.
The answer to this would settle it for me, too.
I'd also ask that first.
""",
    afterthoughts="""
Forgot to say: no hurry at all.
Fixed a typo above, sorry.
One more thing: half-remembered answers are welcome, too.
I'm off to bed, will read everything tomorrow.
Small correction in the first post, nothing important.
I hope this is the right board for it. If not, please move it.
""",
    openers={
        "tip": """
My two cents:
For what it's worth:
Not an expert, just stubborn:
What worked for me:
A thought:
I'd try this first.
Small suggestion.
Something simple before you spend any money:
Maybe this helps somebody:
""",
        "ask": """
One question first:
Interesting!
Curious about one thing.
Something I'd like to know:
A question back, if I may.
Just so that I understand it properly:
""",
        "doubt": """
I see it a little differently.
Hm, not quite convinced.
Allow me a small objection:
A friendly counterpoint:
I'm going to disagree a bit, gently.
Not sure about that.
Perhaps an unpopular view:
""",
        "tale": """
A story, not an answer:
Oh yes, I know this.
That brings back memories.
Reading this, I had to think of something.
Only half on topic, but:
I've got one for that, too.
""",
    },
    closers={
        "tip": """
Hope it helps a bit.
Just an idea.
Take it or leave it. :smile:
That's how we do it here, anyway.
It's not elegant, but it works.
Others will know better, but it's a start.
""",
        "ask": """
No hurry with the answer.
I'm asking because I'm facing the same decision.
Just curious!
""",
        "doubt": """
But your mileage may vary.
I may well be wrong, of course.
No hard feelings. :smile:
Happy to be convinced otherwise.
That's only me, though.
""",
        "tale": """
Anyway. Carry on.
Enough about me.
Not sure what the moral is.
Sorry, that got longer than planned.
Good times.
""",
    },
    leads={
        "tip": """
adding to what you said:
same idea, slightly different:
good point, and one more thing:
yes, and also:
to that I'd add:
""",
        "doubt": """
I'm not so sure.
hm, I see that a little differently.
I understand what you mean, and still:
partly, yes. But:
""",
        "tale": """
same here!
that reminds me of something.
you're not alone.
oh, I know that feeling.
ha, yes.
""",
    },
    leads_to_nod="""
exactly.
thanks!
well said.
ha! :smile:
I'm with you.
that's a good one.
right you are.
I'd forgotten about that, thank you.
noted.
that made my day.
this should be further up.
I owe you a «coffee|cake|beer».
spot on.
my thoughts exactly.
now I want to know the whole story.
stealing this, thank you.
I've tried that, it works.
couldn't agree more.
good to see you here again!
""",
    leads_to_quote="""
about this:
on this bit:
you wrote:
just this one line:
this:
""",
    thanks={
        "ask": """
Thank you all, that's more than enough to keep me busy this weekend!
That was quick. Thanks, I'll start with the simplest suggestion.
Good question, I'll check tonight and write it here.
You were right, it was embarrassingly simple.
Thanks! Tried the first two ideas, no change yet, but I'm learning.
Half of it solved, thank you. Onwards to the other half.
I hadn't thought of that at all. Will try and report.
Sorry for the late reply, it's been one of those weeks. All of this is very helpful.
Update: better, not good yet, but clearly better.
""",
        "wanted": """
Thank you all, that list will last me until «spring|autumn|Christmas».
So many good ideas! I'll begin with the one that was named twice.
That one I know already, and you're right about it.
Decided! I'll tell you how it was.
Oh, I'd never have thought of that.
Keep them coming, I'm writing everything down.
Sorry for the late reply, I've been busy trying things out.
""",
        "share": """
You're all very kind, thank you.
Happy that it's useful to somebody!
Good point, I'll add that to the first post.
Thanks! To answer the question: yes, and I'd do it again.
I didn't expect so many replies, it'll take me a while to answer all of them.
Please do try it, and tell me how it went.
Corrected, thanks for the hint.
It was mainly luck, but I'll take the compliment.
""",
        "versus": """
Thanks, I'm now undecided on a much higher level.
Good arguments on both sides, I didn't expect it to be so even.
You've nearly convinced me.
I'll try the other side for a month and report.
That's a point I hadn't considered at all.
To be clear, I was only asking, please don't fall out over it. :smile:
""",
        "debate": """
Thank you, that has given me a lot to think about.
I hadn't expected so many different answers.
You've nearly convinced me.
That's a point I hadn't considered at all.
I'll try that for a month and report.
I'm reading all of it, even if I don't answer everyone.
To be clear, I was only asking, please don't fall out over it. :smile:
""",
        "news": """
Thank you all for the replies.
Good question, I've added the answer above.
Noted, will do it like that next time.
Glad to hear it!
Small change of plan, see the first post.
""",
    },
    letters=LETTERS,
)
