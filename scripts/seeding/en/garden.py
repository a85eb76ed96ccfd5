"""Gardening, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

GARDEN = Chorus(
    theme="garden",
    tags="garden growing",
    stories=(
        Story(
            mood="ask",
            tags="seedlings indoors beginners",
            titles="""
Leggy «plant» seedlings on «place» – start over or save them?
My «plant» seedlings are all stem and no leaf
«Plant» seedlings falling over on «place»
Is it too late to rescue leggy «plant» seedlings?
""",
            slots="""
plant: tomato | chilli | basil | cabbage | aubergine | lettuce | celery | cosmos | kale
place: a north-facing windowsill | the kitchen windowsill | a shelf in the hallway | the bathroom sill
| an unheated porch | my desk at work | top of the fridge
""",
            body="""
«I was so proud for about a week.|Beginner question, please be gentle.|Every spring I tell myself I will wait, and
every spring I don't.» The «plant» seeds were sown «three weeks ago|in late February|on the first mild Sunday», on
«place», and now each one is «eight|ten|twelve» centimetres of pale stem with two sad leaves on top.

What I have changed so far:

- turned the tray every «morning|evening»
- moved it away from the radiator
- stopped watering from above

Is there any point in «burying the stems when I pot them on|adding a lamp this late», or is it kinder to sow again?
I have about half a packet left, and the light here is not going to get any better before April.
""",
            tips="""
Sow again, and keep these as insurance. Second sowings nearly always catch up, because they start with twice the light.
~
Lamp, close. Closer than feels reasonable: a hand's width above the leaves, fourteen hours a day. A cheap white LED
tube is fine, it does not need to be purple.
~
Brush your hand over them a few times a day. Sounds like folklore, but the stems really do thicken.
~
Tomatoes and cabbages I bury up to the first leaves and they never look back. Basil and lettuce I would simply sow
again, they are quick enough.
""",
            asks="""
How warm is it there at night? Warm and dark is the worst combination; cool and dim is much more forgiving.
~
What are they growing in? Mine did this every year in rich compost and stopped when I switched to plain seed mix.
""",
            doubts="""
I wouldn't start over just yet. Half of the garden books are written by people with greenhouses. Leggy «plant»
seedlings given a proper window become perfectly ordinary plants by July.
""",
            tales="""
Mine looked like bean sprouts «last year|two years ago». I tied each one to a skewer with wool, felt ridiculous, and by
August nobody could tell them from the neighbour's.
~
I killed a whole tray of «plant» this way and then found out that the reading lamp two metres away had been bright
enough all along. It just had to move.
""",
            after="""
Update: sowed again on «Saturday|Sunday» under an old desk lamp with a white bulb, and the new ones are short and
green. The old tray lives on the balcony now, as an experiment.
~
I went for both: potted the best six deep, and started a fresh row. Thank you for talking me out of the fertiliser.
""",
        ),
        Story(
            mood="debate",
            tags="slugs pests vegetables",
            titles="""
Slugs ate «count» «crop» in one night
What actually works against slugs? Lost my «crop» again
Beer traps, copper tape, torch at midnight: rank them («crop» at stake)
Slug season is here and my «crop» are the buffet
""",
            slots="""
count: twelve | nine | two rows of | a whole tray of | fifteen | all but one of my
crop: lettuces | hostas | young courgettes | dahlias | strawberry plants | bean seedlings | sunflowers | marigolds
""",
            body="""
«It rained, I slept, they dined.|I knew it was going to rain and I still did not go out.» This morning there were only
stalks where my «crop» had been. I have now tried nearly everything people swear by, so here is my very unscientific
table:

| Method | Cost | What I saw |
|---|---|---|
| Beer traps | cheap | «full every morning, mostly of tiny ones|popular, possibly too popular» |
| Copper tape | not cheap | they climbed over it where it had gone dull |
| Wool pellets | medium | good until the first heavy rain |
| Crushed eggshells | free | «absolutely nothing|they seemed to enjoy the texture» |
| Torch and bucket | free | works, but I have a job |

So: what is *your* honest ranking? «Bonus points for anything that survives a wet week.|Nematodes seem expensive, but
perhaps that is the answer.|I would rather not put down pellets, we have hedgehogs.»
""",
            tips="""
Torch and bucket, three nights in a row, then once a week. Nothing else came close here. Put on a podcast and call it
an evening walk.
~
Grow them on until they are the size of a hand before planting out. Slugs go for the tender ones; a sturdy plant loses
a leaf and carries on.
~
Lay a plank on the soil next to the «crop». In the morning turn it over, and there they all are, asleep after the party.
~
Water in the morning instead of the evening. It halved the damage for me and cost nothing.
""",
            asks="""
Do you mulch? I love mulch, but a fresh layer of straw is a slug hotel until it dries out.
~
How big were they when you planted them out?
""",
            doubts="""
I'll defend copper a little: it works if you polish it with vinegar every few weeks. Nobody does, so it doesn't. But it
could.
~
Beer traps bring in slugs from next door. I counted. I think they do more harm than good unless they are at the far end.
""",
            tales="""
We made a pond the size of a washing-up bowl. Frogs arrived in the second summer and the question went away by itself.
I know it is not the quick answer anybody wants in May.
~
My grandmother sent us out with scissors and paid by the dozen. I was rich at the age of seven.
""",
            after="""
Right, so the plank wins the thread and tomorrow it wins the bed. I'll come back with a count.
~
Count after one week of torch and plank: 214. Not one of the replacement «crop» eaten so far. :tada:
""",
        ),
        Story(
            mood="ask",
            tags="balcony containers planning",
            titles="""
Balcony plan for «facing» «size» – what would you change?
First «facing» balcony: is this too much for «size»?
Please pick my «facing» balcony plan apart before I buy soil
«Facing» balcony, «size», and far too many ideas
""",
            slots="""
facing: south-facing | north-facing | east-facing | west-facing
size: 2 × 4 metres | 1.2 × 5 metres | three square metres | 1.5 × 3 metres | five square metres
""",
            body="""
«We moved in during the winter|New flat, new balcony|After years of one brave geranium», and now there is a balcony:
«facing», «size», on the «second|third|fourth|fifth» floor. «It gets windy.|The railing is solid up to the waist, so
the floor stays dark.|The wall behind it stays warm well into the night.» This is what I have drawn up:

| Where | Container | What |
|---|---|---|
| Railing | two long boxes | «salad leaves, radishes|chives, parsley, nasturtiums» |
| Corner | 40-litre tub | «one tomato on a string|a dwarf apple, if I dare» |
| Wall | ladder with small pots | «basil, mint, thyme|strawberries from top to bottom» |
| Floor | whatever fits | a chair, non-negotiable |

Questions:

1. Is that too much weight for an ordinary balcony?
2. Can the mint live with anything, or does it need a cell of its own?
3. Who waters all this when we are away for «a week|ten days» in August?
""",
            tips="""
Mint alone, always. Give it a pot without friends and everybody stays happy.
~
For the holiday: an upturned bottle per pot is a gamble, but a bucket placed higher with wool strings into each pot has
kept mine alive for nine days twice.
~
Weigh one watered box on the bathroom scales and multiply. Mine came to 22 kg, which was a useful shock. Heavy things
go along the wall, not at the railing.
~
Leave a third of it empty in the first year. You will see where the light really falls, and you will find something at a
plant sale anyway.
""",
            asks="""
Which hours does the sun actually reach the floor, not the railing? When it is «facing», the two can differ by half a
day.
~
Is there a tap nearby? If every can has to come from the kitchen, I would halve the number of pots.
""",
            doubts="""
I'd skip the 40-litre tub. It is the thing you can never move again, and in «size» you will want to move things.
""",
            tales="""
Mine started with a drawing as tidy as yours. Now it is one gigantic rosemary, a chair and a wasp I know by name. Highly
recommended.
~
Ours is «facing» as well. The surprise was the wind: everything tall fell over in June, everything low did well.
""",
            after="""
Bathroom scales done: 19 kg a box. I'm moving the tub to the wall and dropping one shelf. The chair stays.
""",
        ),
        Story(
            mood="share",
            tags="compost soil",
            titles="""
«Days» days of hot compost, with temperatures
What «days» days of turning a compost heap taught me
Compost diary: «source» and a thermometer
From «source» to soil in «days» days
""",
            slots="""
days: 45 | 60 | 75 | 90 | 100 | 120
source: coffee grounds | hedge trimmings | a neighbour's leaves | autumn leaves and kitchen scraps | straw and weeds
""",
            body="""
«I finally did the thing properly|This was meant to be a two-week experiment|My daughter needed a school project»: one
cubic metre in a single go, mainly «source», and a roasting thermometer on a stick.

| Day | Core | Note |
|---:|---:|---|
| 1 | 18 °C | built, watered, covered |
| 3 | 55 °C | steam! showed it to everybody |
| 7 | 62 °C | first turn |
| 21 | 48 °C | third turn, half the height |
| «days» | 22 °C | dark, crumbly, smells of forest |

Things I would tell myself at the start:

- more brown than you think, twice as much as feels right
- wet like a wrung-out sponge, *not* like a sponge
- if it smells, it wants air, not advice

> A heap is a very slow animal. Feed it, give it water, let it breathe.

That is what the old man at the allotments told me, and I have nothing to add. «Happy to answer questions.|Now, what do
I do with a cubic metre of it?»
""",
            tips="""
A ring of chicken wire down the middle as a chimney saves you every second turn. Try it with the next one.
~
Sieve it and keep the rough bits: they are the best starter for the next heap.
""",
            asks="""
What did you do about rain? Mine went cold in a wet week and never got going again.
~
Did the weed seeds really die? I have trust issues since a certain heap full of bindweed.
~
Where did you get enough brown material? That is always my bottleneck.
""",
            doubts="""
Lovely numbers, but I have come round to doing nothing at all: pile it up, forget it for a year, same soil, no back
pain. The thermometer does look like fun, though.
""",
            tales="""
My record is 68 °C. I baked a potato in it, wrapped in foil, and yes, I ate it.
~
I read this with a cup of coffee and then went out and turned mine for the first time since «April|spring». It had moved
in with some mice. We have agreed on terms.
""",
            after="""
Since several people asked: about one bucket of greens to two of browns, by volume, and I stopped measuring after the
first week.
""",
        ),
    ),
    tips="""
Whatever you decide, write the date down. A cheap notebook in the shed has taught me more than any book.
~
Go and look at what grows well three doors down. Same soil, same wind, free advice.
~
Ask at the allotments on a Saturday morning. Bring biscuits. You will leave with an answer and two plants.
""",
    asks="""
Roughly where are you? «Half the answers depend on the last frost date.|Advice from my wet hillside may kill things
where you are.»
~
How much time a week do you have for it, honestly? That changes my answer completely.
""",
    doubts="""
I'm a little more relaxed about it. Plants want to live; most of what I did wrong in ten years they simply ignored.
~
I know that is what everybody says, but it never held true in my garden. Perhaps «it's the clay|the climate here is
different|I'm just stubborn».
""",
    tales="""
I stopped fighting «two|three» years ago and let one corner go wild. Now that corner looks after the rest.
~
My neighbour is 84, owns one trowel and a bucket, and her beds put mine to shame. I asked for her secret. "I'm here
every day," she said.
~
We took over an allotment in a state I can only call archaeological. The first year was carpets: someone had laid
carpets, on carpets, on more carpets.

The second year we found out that there had once been raspberries, because they came up through the path. The third year
we finally ate something we had planted ourselves, and it was four potatoes. Best dinner of my life.

So I have stopped being impatient about these things. The garden sets the pace and sends the invoice later.
~
Reading this with mud still under my nails. Same story here, different bed.
""",
    tips_if_asked="""
Change one thing at a time, otherwise you will never know which of the five it was.
~
Less water, I'd say. It is nearly always less water.
""",
    asks_if_asked="""
Could you post a photo in daylight, one close and one from further back? That would help a lot.
""",
)
