"""Books, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

BOOKS = Chorus(
    theme="books",
    tags="books reading",
    stories=(
        Story(
            mood="wanted",
            tags="recommendations",
            titles="""
Books for «situation»?
A «kind» for «situation»: what would you give me?
Recommend me one «kind», just one
I want to read a «kind» again – where do I begin?
""",
            slots="""
situation: a week without internet | a broken leg | the first cold evenings | someone who has stopped reading
| a long night train | a friend in hospital
| a very hot August | reading aloud to each other | the year after a big move
kind: slow novel | proper sea story | funny book that isn't loud | family saga | slim science book
| detective story without gore | book about walking | collection of letters
""",
            body="""
«I'm between books and getting restless.|My pile is high, but nothing on it is the right thing.» I am looking for a
«kind» for «situation».

So that you know who you are dealing with:

- loved: anything where the weather matters
- gave up on: «three prize winners in a row|a trilogy, in the middle of book two»
- length: I'm not afraid of 600 pages if they have air in them
- languages: English, and *easy* Chinese with a pencil in my hand

**One title each**, and one sentence why. «I'll read the first one that is recommended twice.|At the end of the month I
shall report back, promised.»
""",
            tips="""
Go to the library and take the thinnest book by an author with a whole shelf. It's nearly always the one they wrote for
themselves.
~
Ask the oldest bookseller in the shop what they last gave as a present. I've never been let down.
~
For «situation» I would take short stories. You can stop anywhere, and no one is offended.
""",
            asks="""
Is it allowed to be sad? That rules out most of my list.
~
What was the last book you missed your stop for?
""",
            doubts="""
For «situation» I wouldn't take a «kind» at all. A cookery book with long introductions, and you will be perfectly
happy.
""",
            tales="""
I was once given exactly the wrong book at the right time, and I have loved it ever since. So perhaps just close your
eyes and reach.
~
I read aloud to my father through a whole winter. He fell asleep each time and always knew what had happened.
""",
            after="""
Two of you named the same book, so it's decided. It's waiting for me at the library. :books:
""",
        ),
        Story(
            mood="share",
            tags="reading-log",
            titles="""
«N» books this year, and the «k» I would read again
Half-year shelf: «n» read, «k» kept
What I read on «where»: «n» books, short notes
""",
            slots="""
n: 17 | 19 | 22 | 26 | 31 | 38 | 44
k: three | four | five | six
where: the 7:14 train | parental leave | night shifts | the number 26 bus | a very long winter
""",
            body="""
«I have started to keep a list again, mainly to stop buying things twice.|Same ritual as every year: tea, notebook, no
mercy.» It was «n» books, read mostly on «where», and these are the notes I'd give a friend.

| Shelf | Count | In one line |
|---|---:|---|
| finished, glad | «9|11|13» | mostly by people I had never heard of |
| finished, shrug | «5|6|7» | everyone else loved them |
| given up | «3|4» | without guilt, for the first time |
| kept to reread | «k» | these |

What I noticed:

- I read faster in the morning and deeper at night
- second-hand copies with somebody else's underlining are half a conversation
- books I *ought* to read take three times as long

What is on **your** keep-it shelf?
""",
            tips="""
Write one sentence about each, on the day you close it. After a year that list is better than any diary.
~
Try leaving one in a tram every month. It makes the shelf lighter, and I like to imagine who found it.
""",
            asks="""
How do you decide to give up? I always drag myself to the end and then resent the author.
~
Any of them in translation? I'm trying to read more from places I can't point to on a map.
""",
            doubts="""
I have stopped counting. When I counted, I chose thinner books. :sweat_smile:
""",
            tales="""
My list has one entry this year, but it was 1,200 pages, and I moved house with it twice.
~
I keep mine in the back of an old school atlas. The earliest entry is from 1996 and it just says "NO".
""",
            after="""
Several of you asked for the keepers: I'll write a paragraph about each of the «k» this weekend, with coffee.
""",
        ),
        Story(
            mood="debate",
            tags="habits",
            titles="""
Do you «habit»?
«Habit»: yes or never?
Confess: who else here will «habit»?
Am I the only one who has to «habit»?
""",
            slots="""
habit: write in the margins | fold down the corners | underline in pen | read in the bath | throw away dust jackets
| break the spine on purpose | eat over an open book | tear a fat paperback in two | lend out first editions
""",
            body="""
«A friend caught me and was really shocked.|This nearly ended a dinner on Saturday, so let me bring it here.» The
question was simple: do you **«habit»**?

My position: «yes, and with pleasure|only since I turned thirty|I do, but I don't tell the library». A book is a tool
for thinking, and tools get worn.

The other side of the table said:

> A book has a life after you. You are only passing through.

Which is a good sentence, and I have been chewing on it for days.

So, where do you stand? And has your opinion changed over the years?
""",
            tips="""
Compromise from our household: anything goes with paperbacks, and nothing at all with books older than we are.
~
Get two copies. One to live in and one to lend.
""",
            asks="""
Does it depend on the book? With poetry I would never, with handbooks always.
~
How old were you when it began? I suspect that it's all about the first library card.
""",
            doubts="""
I'm with the other side of the table, gently. I grew up with four books, and one didn't do such things to them.
""",
            tales="""
I bought a used novel whose former owner had argued with the author on every page. By the end I was on the owner's side.
~
I used to «habit» and stopped from one day to the next. No idea why. It felt like giving up sugar.
""",
            after="""
I've counted: slightly more than half of you do it too. I'll bring the number to the next dinner, with a bottle.
""",
        ),
        Story(
            mood="ask",
            tags="book-club",
            titles="""
Book club for «people»: how do we choose?
Our book club has «trouble»
Starting a book club with «people» – tips?
«People» and one book a month: will that work?
""",
            slots="""
people: four neighbours | colleagues from three time zones | two languages at one table | parents with one free hour
| people who met at a bus stop | eight very different readers | three generations | night-shift nurses
| a whole staircase | people who hate book clubs
trouble: a talker | never finished a book on time | split into two camps | turned into a wine club | gone quiet
""",
            body="""
«We have met three times, which makes us an institution.|It started as a joke by the coffee machine.» The circle is
«people», once a month, in turns at somebody's kitchen table.

What works: the soup. What doesn't:

- choosing: everyone is polite, so nobody chooses
- pace: two finish in a weekend, two never open it
- talk: after twenty minutes we are talking about our jobs

Ideas on the table:

- [ ] whoever hosts decides, no discussion
- [ ] short books only, under 200 pages
- [ ] each brings *one* question, on paper
- [ ] nobody has to have finished

If your club is older than ours, **what would you never do again?**
""",
            tips="""
Host decides. It's the only rule we have kept in nine years, and it has made us read things nobody would have voted for.
~
One question each, on paper, drawn from a hat. It also tames the talker, very gently.
~
Short books, and allow people to come who haven't finished. Those ask the best questions.
""",
            asks="""
Do you want to discuss, or to have an evening with a reason? Both are fine, but it helps to know.
~
Who of you reads in which language? We allow any translation, and comparing them is half of the fun.
""",
            doubts="""
I wouldn't add rules. Ours died of rules: there was a spreadsheet.
""",
            tales="""
Ours turned into a wine club at some point. Then, after two years, somebody brought a book, and nobody knew what to do.
~
With «people» we ended up reading plays, each of us a part. We never looked back.
""",
            after="""
We tried "host decides" yesterday. The host chose a book about moss. It was the best evening so far.
""",
        ),
    ),
    tips="""
Lend it to somebody you like, and ask for it back after a year. You'll know more about both of them.
~
Put a slip of paper with the date into every book you finish. Finding them later is the best part.
~
Second-hand shops on a weekday morning. The good ones have just put out the new boxes then.
""",
    asks="""
Where do you read, mostly? In bed, on the train? My answer depends on it.
~
Has that changed over the years? With me it turned round completely.
""",
    doubts="""
I'm the odd one out, as usual: with me it's exactly the reverse.
~
I'd say the opposite, but that may be the books I grew up with.
""",
    tales="""
There's a bench behind our library where the same three people sit and read every evening. We have never spoken. It's my
favourite club.
~
I stopped reading for six years, and what brought me back was a comic my niece had left in the car.
~
I inherited my uncle's shelves, forty metres of them, and swore to read everything before I'd buy a single new book.
That was four years ago.

The first year was duty. The second was archaeology: tickets, a pressed fern, a love letter that wasn't to my aunt. In
the third I began to understand him, which I had never managed at the dinner table.

I've bought two books in the meantime, in secret. I think he would have done it too.
~
I finished mine at two in the morning and am now useless at work. No regrets.
""",
    tips_if_asked="""
Give it fifty pages, or a hundred minus your age. After that you owe it nothing.
~
Try it as an audiobook while washing up. Some books only open by ear.
""",
    asks_if_asked="""
On paper, or doesn't it matter to you?
~
Would it have to be a new one? The best I know are all out of print.
""",
)
