"""Hiking, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

HIKING = Chorus(
    theme="hiking",
    tags="hiking outdoors",
    stories=(
        Story(
            mood="ask",
            tags="planning huts",
            titles="""
«Days» days from hut to hut in «month»: too early?
First «days»-day walk, «month», questions about «worry»
«Month», «days» days, one rucksack: what about «worry»?
Would you walk «days» days alone in «month»?
""",
            slots="""
days: three | four | five | six
month: May | June | late September | October | April
worry: snow on the passes | thunderstorms | finding water | blisters | full huts | a bad knee going downhill
""",
            body="""
«I have done plenty of day walks, never more than one night.|After two years of looking at the map it is time to go.»
The idea: «days» days in «month», about «14|16|18» km a day, sleeping in huts and leaving the tent at home.

Rough plan:

| Day | km | up | Sleep |
|---:|---:|---:|---|
| 1 | 13 | 900 m | lower hut |
| 2 | 17 | 750 m | at the lake |
| 3 | 15 | 1,100 m | the one with the good soup |
| … | | | |

What keeps me awake is **«worry»**. «I walk at a steady pace, nothing heroic.|I'm fit on flat ground and honest about
hills.» Where would you put a rest day, and what would be your plan B for bad weather?
""",
            tips="""
Put the hardest stretch on day three. Day one you are slow from the bag, day two you are sore, and on day three you fly.
~
Ring the hut the evening before and ask what it looks like outside the window. No forecast comes close.
~
Plan a way down to a bus for every single night. You won't need it, and you will sleep better.
~
Start at six. Most of what goes wrong in the mountains goes wrong after two in the afternoon.
""",
            asks="""
How heavy is the bag with water in it? Under eight kilos I wouldn't worry about much.
~
Alone, or with somebody who would tell you to turn round?
""",
            doubts="""
In «month» I'd stay lower. There are wonderful walks below the passes, and you won't meet anyone.
~
I would drop a day rather than add a rest day. On rest days my knees remember that they exist.
""",
            tales="""
My first one was four days of rain, and I still have the photo in which we're all laughing in the drying room.
~
We turned round two hours before the top once, because of «worry». Nobody spoke on the way down. In the evening the
whole hut agreed that we had been right.
""",
            after="""
Booked! With a bus for every valley and a very early alarm. I'll write it up, including the mistakes.
""",
        ),
        Story(
            mood="debate",
            tags="gear packing",
            titles="""
«A» or «b»: what do you take?
Light packing: would you leave «thing» at home?
My pack is «kg» kg. «Thing» stays, but what goes?
«A» or «b» after a wet season?
""",
            slots="""
a / b: trail shoes / proper boots | poles / no poles | a filter / tablets | a stove / cold food
| a paper map / the phone and a power bank
thing: the thermos | a real book | the camera | a second jumper | the sit mat | my little stove
kg: 9.4 | 8.7 | 11.2 | 10.5 | 12
""",
            body="""
«Everything is spread out on the living-room floor again.|I have reached the age at which every kilo has a name.» My
pack weighs «kg» kg without food, and I would like to get it down by two.

Already gone:

- the big towel (a cloth is enough)
- the "just in case" trousers
- half of the first-aid kit, after a friend with a clue had looked at it

Not going: «thing». I know. It stays.

Where I'm torn is **«a» or «b»**. Everyone on the paths seems to have decided years ago, so please convince me, with
«reasons, not brands|stories, preferably painful ones».
""",
            tips="""
Put a piece of tape on everything. Take it off when you use the thing. Whatever still has tape after two trips stays at
home.
~
Weigh the bag itself first. Mine was two kilos on its own, which is a rather expensive way of carrying air.
~
Poles down, hands free up. That is my entire philosophy.
""",
            asks="""
What sort of ground? On wet limestone I would answer differently from a forest track.
~
Is the «kg» kg with water?
""",
            doubts="""
I've gone the other way and carry *more* now: the chair, a thermos, a proper lunch. I walk half as far and am twice
as happy.
""",
            tales="""
I cut the handle off my toothbrush in 2016 and have been embarrassed ever since.
~
Switched from «b» to «a» after a week of rain and never went back. Wet either way, but lighter and dry by lunch.
""",
            after="""
Down to a reasonable number with the tape trick. «Thing» is still in. I'm only human.
""",
        ),
        Story(
            mood="share",
            tags="trip-report",
            titles="""
Trip report: «place», fog below and sun above
«Place» on a weekday, nearly alone
Two days around «place» – notes, water, buses
We didn't make it to the top of «place», and it was fine
""",
            slots="""
place: the Grey Ridge | Heron Pass | the Seven Tarns | Kiln Hill | the Weaver's Path | Old Shepherd | Larch Valley
| the Salt Steps | Raven Stone | the Long Moor | Bell Summit | the Nine Bends
""",
            body="""
«We took the first bus, together with two people on their way home from a party.|The forecast was so bad that everybody
cancelled, apart from the two of us.» Until the tree line we saw about ten metres. Then, between two steps, we were out
of it, with the whole world below us like milk.

For anyone who would like to go to «place»:

- **In:** bus to the last stop, every hour, the driver knows
- **Time:** «five|six|seven» hours with a long break and no hurry
- **Water:** the spring at the sheepfold runs, the upper one doesn't
- **Tricky bit:** thirty metres with a chain, «slippery in the wet|easier than it looks»
- **Out:** last bus at 18:40, and it's *really* the last one

We met «four people and a dog|nobody until three in the afternoon|one man who was counting butterflies». Photos follow
once I have slept. Questions welcome!
""",
            tips="""
Coming down on the east side is longer, but you get the evening sun and a farm that sells cheese.
~
A word for others: after heavy rain the ford below the sheepfold is knee-deep. Take the upper bridge then.
""",
            asks="""
Would you take a seven-year-old who likes to climb?
~
Is the chain one-way traffic, or can you let people pass?
~
Was there any phone signal at the top?
""",
            doubts="""
Beautiful! Though I'd be careful with recommending it in fog. The path forks twice up there, and both forks look right.
""",
            tales="""
We were up at «place» in the same week and must have missed each other by a day. We got the rain, so thank you for the
photos in advance.
~
I proposed up there, in sleet. She said "yes, but quickly".
""",
            after="""
Correction: the last bus is at 18:25 from «Monday to Friday|October on». Sorry, and run.
""",
        ),
        Story(
            mood="wanted",
            tags="day-walks trains",
            titles="""
Day walks «reach» with «company»
Easy walk «reach» for «company» – ideas?
Where would you take «company» on a Sunday, «reach»?
""",
            slots="""
reach: within an hour by train | without a car | from the end of a tram line | with a bakery at the end
| with a swim in the middle
company: my parents | a pushchair | a dog who hates bridges | visitors from overseas | three teenagers
| someone who has just had a knee operation
""",
            body="""
«You know the region better than any guidebook.|We've done the three famous ones, and I'd like something quieter.» I am
looking for a walk «reach», and I'm bringing «company».

What we would like:

1. three to four hours of walking, breaks not counted
2. shade if it's hot
3. somewhere to sit that isn't the ground
4. a reason to arrive: view, cake, water, in any order

What we would rather not have: «gravel pits and pylons|a long stretch next to a road». *Secret tips can stay secret*, a
hint about the general direction is plenty.
""",
            tips="""
Take a train to the second-smallest station on the line, and walk back towards the town along the stream. It works
almost anywhere.
~
With «company» I would do half of it and spend the rest of the time at the café. No one has ever complained about that.
~
Look for the old mill paths. They're flat, shady, and always end at an inn, for obvious reasons.
""",
            asks="""
What time of year? The nice one I have in mind is a swamp until May.
~
How does «company» feel about steps? There are 140, but then there's the view.
""",
            doubts="""
I'd go to one of the famous ones, just very early. They are famous for a reason, and until nine you're alone with the
blackbirds.
""",
            tales="""
We tried something like that and ended up walking around a car factory. There was a good kebab, though.
~
My best Sunday walk was the wrong train. We got off, shrugged and followed the river.
""",
            after="""
We went with the mill path. «Company» approved, and the cake at the end was still warm.
""",
        ),
    ),
    tips="""
Tell one person where you're going and when you will be back, and then really call them.
~
Take twice the water and half the clothes.
~
The tourist office in a small place knows more than the whole internet. They just close at four.
~
Change your socks at lunch. Small thing, whole new feet.
""",
    asks="""
Which map do you use up there? Mine has half of those paths in the wrong place.
~
Did anyone else notice how full it has become since «the new bus|that article»? Or am I just unlucky?
""",
    doubts="""
I'm more cautious there than most, I admit. I had a bad afternoon once, and it left a mark.
~
Not sure. The people who told me "it's easy" were all under thirty.
""",
    tales="""
I started walking after my divorce and forgot to stop. Nine years now.
~
My father carried an apple on every walk and never ate it. It was for "if". I carry one as well.
~
Slowest in the group for fifteen years, and still the only one who saw the lynx.
~
There is one walk I have done every year since I was eleven: first with my grandparents, then in a bad mood, then in
love, then with a pushchair on my back, because the path is no place for wheels.

The hut has changed hands three times. The bench has been replaced, the view is the same. This year I noticed that I was
the one who told everybody to drink something.

I suppose that is how it goes. Next year my daughter carries the bag.
""",
    asks_if_asked="""
How much height are you comfortable with in a day? Distance hardly matters to me.
~
Are you tied to weekends? Midweek it's a different mountain.
""",
)
