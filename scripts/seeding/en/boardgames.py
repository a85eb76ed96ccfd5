"""Board games, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

BOARDGAMES = Chorus(
    theme="boardgames",
    tags="board-games games",
    stories=(
        Story(
            mood="wanted",
            tags="recommendations two-players",
            titles="""
A game for «who», «minutes» minutes at most?
«Who» and «minutes» minutes: what would you bring?
We are «who» and tired of card games
Something «mood» for «who»
""",
            slots="""
who: two tired parents | five very loud people | a couple and their flatmate | three generations at one table
| a group that hates reading rules | two who always fight fair
minutes: 30 | 45 | 60 | 90
mood: quiet | cooperative | mean in a friendly way | quick to teach | with a bit of a story
""",
            body="""
«Friday evenings, kitchen table, phones in a drawer.|A friend has asked me to "bring something", and my shelf has gone
blank.» We are «who», we have «minutes» minutes, and it should be something «mood».

What went down well:

- laying tiles and growing something
- drawing badly
- anything where you can talk while it isn't your turn

What did not:

- a rule book with an index
- being out after ten minutes and watching the others for an hour
- trading, «because we are too polite|because one of us is a lawyer»

What is your first thought? «New or second-hand, both fine.|The table is small, by the way: 80 × 80.»
""",
            tips="""
Something with simultaneous turns. Nobody waits, and «minutes» minutes really stay «minutes».
~
Borrow before you buy: many libraries have a shelf of games by now, and the staff love to be asked.
~
For «who» I'd look for cooperative games with hidden information, so that the loudest can't play for everybody.
""",
            asks="""
How many rules do they put up with, in minutes of explanation? That's the number that counts.
~
Does it have to be without text? We always have two languages at the table.
""",
            doubts="""
I'd not go cooperative with that crowd. In our group it means that one person plays and four watch politely.
""",
            tales="""
We solved it with one very good deck of ordinary cards and a book of a hundred games. Nine years and counting.
~
With a similar group we had most fun building a tower of wooden blocks. We own 140 games.
""",
            after="""
Borrowed two from the library. The tile one won, nobody cried, and we even had time for a second round.
""",
        ),
        Story(
            mood="share",
            tags="sessions",
            titles="""
Session report: «n» players, «hours» hours, one betrayal
«N» people, one table, «hours» hours – how it went
Our «nth» game night, and why the cat won
""",
            slots="""
n: four | five | six | seven
hours: two | three | four | five | six and a half
nth: tenth | twelfth | fifteenth | twentieth | twenty-fifth | thirtieth | fiftieth | hundredth
""",
            body="""
«It had been announced as a short game.|The soup was on, the rules were read, nobody had understood them.» «N» of us sat
down at six, and when I looked at the clock again, «hours» hours had gone.

Short version of a long evening:

1. **First hour:** everyone is building, everyone is friendly.
2. **Second hour:** somebody counts somebody else's coins, aloud.
3. **Third hour:** an alliance, sealed with crisps.
4. **The end:** the alliance is broken with the words "it's only business".

| Player | Points | Excuse |
|---|---:|---|
| the quiet one | 87 | "Oh, is it over?" |
| me | 74 | bad cards, obviously |
| the strategist | 71 | everyone was against me |
| the host | 52 | had to look after the soup |

We've decided to play it again, and to never speak of the third hour.
""",
            tips="""
Put a visible timer on the table. Not to hurry anyone, just so that the short game stays one.
~
Write the result into the lid of the box with a date. After ten years it's the best part of the game.
""",
            asks="""
Which game was it? It sounds like three that I own.
~
Is the quiet one always the one who wins? Same here, it's uncanny.
""",
            doubts="""
I'd have to side with the strategist. A broken alliance before the last round is just bad manners. :smile:
""",
            tales="""
We had a betrayal in 2014 that is still brought up at weddings.
~
Our cat once ended a four-hour game in the final turn. We took a vote and gave her second place.
""",
            after="""
Rematch on the last «Friday|Saturday» of the month. The strategist has been reading forums, so I'm worried.
""",
        ),
        Story(
            mood="ask",
            tags="rules teaching",
            titles="""
How do you teach a «weight» game without losing «whom»?
Explaining rules: «whom» stop listening after «min» minutes
Teach a «weight» game in «min» minutes – your tricks?
""",
            slots="""
weight: medium-heavy | three-hour | worker-placement | hidden-role | trading | legacy
whom: the kids | my colleagues | half of the table | my in-laws | the people who came for the snacks
min: five | eight | ten | fifteen
""",
            body="""
«I love explaining games, and I have noticed I'm alone in that.|At last night's table I saw the moment when their eyes
went out.» It is a «weight» game, I had prepared, and still I lost «whom» after «min» minutes.

My order so far:

- what it is about, in one sentence
- how the game ends and who wins
- what you do on your turn
- everything else *when it happens*

It helps, but then the complaint comes: "you didn't tell us about that!" «Usually right after I've used the rule myself.
|Always by the same person.»

Do you leave things out on purpose? Send a video beforehand? Play an open round first? **What works with real people?**
""",
            tips="""
Play two open rounds, then reset. It costs a quarter of an hour and buys you the evening.
~
Print the turn order on a card for everyone. They'll look at the card instead of at you, and that's a relief for all.
~
Teach by asking: "you've got two coins and want that field, what could you do?" After three of those they know it.
""",
            asks="""
Do they *want* a «weight» game? I have had to learn to ask that first.
~
How many of them had played anything like it before?
""",
            doubts="""
I wouldn't leave out anything that can hurt somebody. Surprises from the board are fun, surprises from the rules aren't.
""",
            tales="""
My son taught us a game at the age of eight: "You want these. Those are bad. Go." We have never had a better
explanation.
~
I brought slides once. Let us not talk about it.
""",
            after="""
Two open rounds and a reset: the complaint didn't come. One of them even asked for another game.
""",
        ),
        Story(
            mood="debate",
            tags="collecting shelves",
            titles="""
«N» games on the shelf, «k» played. Sell?
How many games are enough? («N», and counting)
The «k»-game challenge: who joins?
My shelf has a limit now: «k» games
""",
            slots="""
n: 64 | 73 | 85 | 96 | 110 | 140 | 168 | 212
k: ten | twelve | fifteen | eighteen | twenty
""",
            body="""
«The shelf is bending, literally.|We're moving, and every box asks the same question.» I counted: «n» games. In the last
twelve months we played «k» of them.

So here is the plan, and you may laugh:

- [x] everything out of the cupboard and onto the floor
- [x] a sticker on what we've played
- [ ] one year, only «k» games allowed
- [ ] sell or give away what nobody has asked for

The difficult ones aren't the expensive ones. It's those with a story: «the one from the flea market with the missing
king|the one we learnt on our honeymoon, in Portuguese».

How many do you have, how many do you *play*, and what did you regret selling?
""",
            tips="""
Give them to a youth centre or a café. You can visit them, and they get played.
~
One in, one out. It sounds strict, but suddenly you stop buying.
~
Keep the stories, sell the rest. Nobody has ever missed a medium-good game about trading spices.
""",
            asks="""
Who's counting expansions? Asking for a friend.
~
What would be your last «k»? I'd love to see the list.
""",
            doubts="""
I don't see the problem. Nobody asks how many books I have *not* read this year, and they're on the shelf too.
""",
            tales="""
I sold one in 2018, and at the buyer's flat I stayed for dinner and then for a game of it. We're friends now.
~
We did a year with ten. By autumn we were really good at two of them, which was a completely new feeling.
""",
            after="""
First batch of thirty has gone to the youth centre. They've asked if there's more. There is more.
""",
        ),
    ),
    tips="""
Read the rules alone, the evening before, with the board laid out. It saves everybody an hour.
~
Feed people first. Nobody has ever been beaten fairly on an empty stomach.
~
If a rule spoils the fun, change it. Nobody is coming to check.
""",
    asks="""
How many are you usually? With three I'd say something else than with six.
~
Do you play to win, or for the evening? Honest question, we've got both at our table.
""",
    doubts="""
I'm in the minority, but I like a bit of luck in it. It lets people lose with dignity.
~
That never worked in our round. Somebody always takes it personally, usually me.
""",
    tales="""
My grandmother cheated at every game she ever played, openly, and dared us to say something.
~
We play on the train every Thursday, three strangers and me. A travel set and 38 minutes. One of them got off a stop
late last week, in order to finish.
~
For a year we had a fixed evening with neighbours we hardly knew. At first it was a bit stiff, we were all so careful
not to win.

Then one night the power failed, in the middle of a game about building railways. We lit every candle in the house and
went on, and somebody cheated in the dark, and somebody else noticed, and we laughed until the lights came back.

I couldn't tell you who won. But since that night they've had a key to our flat.
""",
)
