"""Local meet-ups, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

CITIES = "Berlin | Edinburgh | Chengdu | Hangzhou | Toronto | Melbourne | Singapore | Lisbon | Leeds | Taipei | Utrecht"

MEETUP = Chorus(
    theme="meetup",
    tags="meetup local",
    stories=(
        Story(
            mood="news",
            tags="announcement",
            titles="""
«City» meet-up on «day»: «what»
«What» in «city», «day» – who is in?
Small «city» meet-up, «day», everybody welcome
""",
            slots=f"""
city: {CITIES}
day: Saturday afternoon | the first Sunday of the month | Thursday evening | Friday after work | the 14th | the 22nd
what: tea and introductions | a slow walk by the water | bring-a-book table | photo walk and noodles
| repair café and cake | language tables, Chinese and English | board games and dumplings
""",
            body="""
«It has been far too long.|Several of us discovered that we live within three tram stops of each other.|The last one was
fun, so let's do it again.» **«City»**, «day», and the plan is simple: «what».

- **Where:** «the café behind the main library|the community room above the bakery|by the fountain in the park,
indoors if   it rains»
- **When:** «14:00|15:30|18:30», come later if you have to, leave when you like
- **Cost:** what you drink
- **Languages:** whatever works, 中文和英文都可以
- **How to find us:** look for the «yellow umbrella|stack of board games|red thermos on the table»

New people are especially welcome, and nobody has to talk. Please say below if you are coming, so that I know whether to
book the small table or the big one:

- [ ] coming
- [ ] coming, with one more
- [ ] maybe, it depends on the weather
""",
            tips="""
Put a sign on the table with the name of the forum. I walked past the last one three times.
~
I'd book the big one. It's easier to give chairs back than to find some.
""",
            asks="""
Is the place step-free? A friend with a wheelchair would like to come along.
~
Are children all right, if they're the drawing kind?
~
Is anybody coming from the west side of «city»? We could share the ride.
""",
            doubts="""
I'd love to, but that time is hard for everyone with children in «city». Would an hour earlier be possible at all?
""",
            tales="""
Came to the last one knowing nobody, and left with a borrowed book and a cutting of someone's fig tree. Do go!
~
I'm in, and I'm bringing the lemon cake again, since people asked.
~
Coming, with one more. First time for both of us, so please be nice to the two looking lost at the door.
~
Maybe! If the trains run, I'm there. If they don't, I'm thinking of you.
""",
            after="""
Big table booked. We are eleven so far, and there is still space.
~
A reminder: it's «tomorrow|this week», same place. If you can't make it, no need to explain anything, see you next time.
""",
        ),
        Story(
            mood="share",
            tags="recap",
            titles="""
«City» meet-up: what happened, and thank you
«N» people, «city», one very small table: a recap
Notes from the «city» table (and a lost scarf)
""",
            slots=f"""
city: {CITIES}
n: seven | nine | eleven | thirteen | sixteen | nineteen
""",
            body="""
«I came home hoarse, which is a good sign.|It rained all day and still we were «n».» Thank you all for yesterday in
«city»! For those who couldn't make it, a few notes:

- We were «n», from «18 to 71|20 to 66|16 to 80», and spoke at least four languages, two of them badly.
- Best question of the evening: *"What did you change your mind about this year?"*
- Things that changed hands: «a sourdough starter, two novels, a bicycle bell|chilli seeds, a tripod, half a cake».
- A **grey scarf** has been left behind and lives at my place now.

What we said we would do differently: «a quieter room|start earlier», and name tags with the *forum* name, since for two
hours I had called somebody by the wrong one.

> I have been reading you for three years. You're shorter than I thought.

Next one in about six weeks. Who would like to pick the place?
""",
            tips="""
Name tags, yes, and with one thing written on them that you'd like to be asked about. Did that elsewhere, works wonders.
~
For the next one: the tea house by the north gate has a back room that they give away for nothing on weekdays.
""",
            asks="""
Were there more people like me, who mostly listen? That would help me to come.
~
Would you put the date of the next one at the top of this topic as soon as it's fixed?
""",
            doubts="""
I liked the small room, actually. In a bigger one we'd have been three tables instead of one.
""",
            tales="""
That's my scarf! And I have somebody's umbrella, so we're even.
~
It was my first, and I was so nervous that I nearly turned round at the door. I'm glad that somebody was smoking there.
~
Such a good evening. I've planted the chilli seeds and sent the recipe to my mother. :heart:
""",
            after="""
Scarf and owner have been reunited. The umbrella is in negotiation.
""",
        ),
        Story(
            mood="ask",
            tags="looking-for partners",
            titles="""
New in «city» – anyone for «what»?
«City»: looking for people for «what»
Just moved to «city»: where do people meet for «what»?
""",
            slots=f"""
city: {CITIES}
what: language exchange | evening runs, slowly | Sunday hikes | board games on weekdays | a weekly photo walk
| playing Go | a sewing table | badminton | a Python study group
""",
            body="""
«I've been here for five weeks, and I know my landlord and one pigeon.|Work brought me here, the evenings are my own
problem.» I have just moved to «city», and I'm looking for people for «what».

About me: «36, quiet at first, punctual|29, talkative, bad at small talk but good at big talk|54, patient, own a
thermos». I speak English, «slow but stubborn Chinese|fluent Chinese, rusty German|Chinese and a bit of Portuguese».

I'm free «on Tuesdays and Thursdays|most weekends|in the evenings after seven», and I don't mind a tram ride.

1. Is there a group already that I could join?
2. If not, would two or three of you start one with me?
3. And which café lets you sit for two hours over one pot of tea?
""",
            tips="""
Go to the same place at the same hour three weeks in a row. In the third week somebody will talk to you, it's a law of
nature.
~
Try the notice board in the public library in «city». Actual paper, actual people.
~
Post a date, not a question. "I'll be there on Thursday at seven" has always worked better for me than "would anyone…?"
""",
            asks="""
Which part of «city»? I'm in the south and could do weekdays.
~
Beginners too? I've wanted to try «what» for ages.
""",
            doubts="""
I wouldn't look for a ready-made group, they're often closed without meaning to be. Two people and a fixed evening, and
you are the group.
""",
            tales="""
I was exactly there two years ago, with a pigeon of my own. It gets good around month four.
~
I came to «city» alone and met my best friends at a table like that. One of them was lost and had the wrong room.
""",
            after="""
Three messages already, thank you! We'll begin on «Tuesday|Thursday», small and slow. Come along any time.
""",
        ),
        Story(
            mood="versus",
            tags="organising",
            titles="""
Regular table in «city»: «a» or «b»?
«City» regulars, a vote: «a» or «b»?
How do you keep a local group going beyond «n» people?
""",
            slots=f"""
city: {CITIES}
a / b: fixed day / rotating day | a café / somebody's home | one topic each time / just talking
| once a month / every two weeks | one language per hour / all mixed
n: four | five | six | twenty | thirty
""",
            body="""
«We have met five times, and it's time to decide what we are.|There are always the same two people who organise, and one
of them is me.» The «city» table needs a few decisions, and I'd rather hear all of you than only the loud ones.

| | For | Against |
|---|---|---|
| «a» | «easy to remember|less to discuss» | some can never come |
| «b» | «fair|a bit of variety» | somebody has to organise it |

Other points:

- who takes over when I am away in «March|August»?
- do we want a small fund, for the room?
- how do we make it easy for people who come alone?

No hurry. «I will count the answers in a week.|Let's decide at the next meeting, but collect ideas here.»
""",
            tips="""
Two organisers, never one, and every six months one of the two changes. It has kept ours alive since 2015.
~
Greet whoever is new at the door, by name if you can. That's the whole secret, all the rest is furniture.
""",
            asks="""
How many of you come for the topic, and how many for each other? In my experience that decides it.
~
What do those say who came once and never again? I'd ask exactly them.
""",
            doubts="""
I vote for «b», against the current. It's more work, but the easy way always suits the same people.
~
Please no fund. The day there is money, there will be minutes.
""",
            tales="""
Another «city» regular here: I'd take over for a month, if someone shows me where the key is.
~
Ours fell apart over a vote like this one. Not over the result, over the voting. Be gentle with each other.
""",
            after="""
Counted: a small majority for «a», and a lot of goodwill. We'll try it for three months and then ask again.
""",
        ),
    ),
    tips="""
A fixed "last hour" helps the shy ones: they know they can leave without a scene.
~
Cake. I'm quite serious. People forgive everything else.
""",
    asks="""
How do you all hear of these things in time? I always find out a day too late.
~
Is it all right to join late? My shift ends at seven.
""",
    doubts="""
I'd keep it smaller, to be honest. Above a dozen people I turn into wallpaper.
~
My one wish: somewhere without music. My ears are not what they were.
""",
    tales="""
I'm the one with the green rucksack who never says much. I enjoy every minute, just so you know.
~
We met like this eleven years ago, four strangers and a wobbly table. Two of us are married to each other by now.
~
I'd put off going to something like this for about two years. Every time there was a good reason: tired, rain,
nothing to wear, nothing to say.

In the end I went because I had promised to give back a book. I stayed for four hours. A man I had argued with on here
for months turned out to be the gentlest person in the room, and he apologised to me for a semicolon.

If you're sitting there with a good reason: I know all of them. Come anyway.
""",
)
