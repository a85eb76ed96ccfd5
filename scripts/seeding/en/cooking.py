"""Cooking, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

COOKING = Chorus(
    theme="cooking",
    tags="cooking kitchen",
    stories=(
        Story(
            mood="ask",
            tags="bread sourdough",
            titles="""
«Loaf» turns out «fault» – flour, oven or me?
Sixth «loaf», still «fault»
Why is my «loaf» always «fault»?
«Loaf» help: «fault» no matter how long it proves
""",
            slots="""
loaf: sourdough | rye loaf | focaccia | spelt loaf | overnight white loaf | wholemeal tin loaf
fault: flat | gummy in the middle | pale on top | dense at the bottom | full of tunnels | sour enough to wake the dead
""",
            body="""
«The starter is alive, the baker less so.|My freezer is full of honourable failures.» I follow the same recipe every
weekend, and every weekend the «loaf» comes out **«fault»**.

| | grams | |
|---|---:|---|
| flour | 500 | «strong white|half white, half wholemeal» |
| water | «340|360|375» | lukewarm |
| starter | 100 | fed «the night before|in the morning» |
| salt | 10 | |

Timetable: mix at nine, fold three times, shape at «two|three|four», into the fridge overnight, bake at 230 °C with a
tray of water. The kitchen has «18|19|21» °C, which may be the whole answer.

What would you change **first**? One thing, please, I have changed five at once before and learnt nothing.
""",
            tips="""
Watch the dough, not the clock. At those temperatures mine needs two hours more than any recipe claims.
~
Put a straight-sided jar with a bit of the dough next to the bowl and a rubber band around it. When *that* has grown by
half, shape it.
~
Hotter, and with a lid for the first twenty minutes. A heavy pot did more for me than any flour.
~
Let it cool completely. I know. But half of "gummy" is impatience with a knife.
""",
            asks="""
How does the starter behave before you use it? If it doesn't double in four or five hours, I'd stop there.
~
Is the oven honest? Mine says 230 and means 200. A ten-euro thermometer explained a year of my life.
""",
            doubts="""
I'd leave the fridge out of it for now. Everyone does overnight these days, and it adds a step that can go wrong while
you sleep.
""",
            tales="""
Mine was «fault» for a whole winter. In April the kitchen got warm and I became a genius, without changing anything.
~
My aunt bakes by the sound the loaf makes when she knocks on it. I knock as well. It sounds like bread. I know nothing.
""",
            after="""
One thing changed: two more hours in a warmer corner. It is not beautiful, but it stands up, and it sings when it cools.
:bread:
""",
        ),
        Story(
            mood="wanted",
            tags="weeknight dinner",
            titles="""
Your «minutes»-minute dinner with «thing»?
«Thing», «minutes» minutes, one pan – go
What do you cook when there is only «thing» left?
Weeknight rescue: «thing» again
""",
            slots="""
minutes: 15 | 20 | 25 | 30
thing: chickpeas | eggs | half a cabbage | leftover rice | tinned tomatoes | lentils | a bag of spinach | old bread
| three carrots and an onion | frozen peas
""",
            body="""
«It is seven, everyone is hungry, nobody wants to decide.|I'm collecting dinners that are honest about time.» No
marinating, no "prepared the day before", and the washing-up counts.

My own entry for «thing»:

1. onion, plenty of oil, more patience than you want to give it
2. garlic, cumin, «a spoon of tomato paste|a little chilli»
3. «thing», salt, lid on
4. lemon at the end, always lemon at the end

It's good. I have now had it «four|five|six» times this month. Please send help: **what is yours?** «Vegetarian
preferred, but I can adapt.|Anything that a seven-year-old will not push to the rim of the plate gets extra points.»
""",
            tips="""
Soy sauce, a bit of sugar, vinegar, a fried egg on top. That sauce has rescued everything from cabbage to noodles here.
~
Toast the spices in a dry pan until the neighbour notices. One extra minute, twice the dinner.
~
Grate it, whatever it is, mix with an egg and flour, and fry. People will believe you had a plan.
~
Miso at the end instead of salt. Off the heat, stirred in with a ladle of the broth.
""",
            asks="""
Is there an oven in play, or only the hob?
~
Fresh herbs or dried ones? I'd go in two directions with «thing».
""",
            doubts="""
I'd leave out the cumin, for once. It makes every dinner taste like the same dinner.
""",
            tales="""
We have a jar with folded slips of paper. Whoever complains draws the next one. There is peace at our table.
~
My student version was «thing» straight from the pan over the sink. I have since bought plates.
""",
            after="""
Made the one with the fried egg tonight. Silence at the table, then seconds. It goes on the fridge.
""",
        ),
        Story(
            mood="ask",
            tags="chinese-food techniques",
            titles="""
«Dish» at home: how do you get «goal»?
«Goal» in «dish» – what is the trick?
«Dish»: still chasing «goal»
Learning «dish» from a friend's mother, notes inside
""",
            slots="""
dish / goal: mapo tofu / that numbing finish | tomato and egg stir-fry / soft, silky eggs
| fried rice / separate grains | dry-fried green beans / those wrinkled skins
| kung pao chicken / the sweet-sour balance
| stir-fried greens / the restaurant crunch | fish-fragrant aubergine / soft without greasy
| twice-cooked pork / the little curls | fried noodles / the smoky edge
| shredded potatoes / the crunch and the vinegar
""",
            body="""
«A colleague let me watch her cook and since then I know what I am missing.|I have eaten the real thing exactly twice
and have been chasing it ever since.» My «dish» is edible, sometimes even good, but I never get **«goal»**.

What I do at the moment:

- everything cut before the heat goes on
- pan as hot as my electric hob allows, which is «not very|a sad orange glow»
- sauce mixed in a bowl beforehand

What I suspect: too much in the pan at once, and «the wrong starch|too little fat|no patience». If you grew up with this
dish, **what would make you laugh about my version?** Please don't hold back. :chopsticks:
""",
            tips="""
Cook half the amount. On a weak hob that is the whole secret, do it twice and mix at the end.
~
More oil than you are comfortable with. Take it out again afterwards if you must, but it has to be there.
~
Rest is an ingredient. Dough, meat, rice: everything in that kitchen has been sitting somewhere for twenty minutes.
~
Turn the heat off *before* you think it's done, the pan goes on cooking without you.
""",
            asks="""
Which soy sauce are you using? Light and dark do different jobs, and many recipes in English just say "soy sauce".
~
What is your pan made of? With non-stick I'd go about it another way.
""",
            doubts="""
I grew up with it, and ours never had «goal» either! That is the restaurant version. The home one is quieter, and I like
it more.
""",
            tales="""
My mother-in-law watched me make «dish», said nothing, and then very gently took the spoon. I have been demoted to
garlic.
~
The first time I got it right I had been on the phone and forgot to stir. I stir less now.
""",
            after="""
Half the amount, hotter pan, hands off: that was it. I've sent a photo to the friend's mother and await judgement.
""",
        ),
        Story(
            mood="share",
            tags="preserving seasonal",
            titles="""
«Kg» kilos of «fruit», one weekend, «n» jars
What I made of «kg» kilos of «fruit»
«Fruit», again: three things that worked and one that didn't
""",
            slots="""
kg: six | eight | nine | eleven | fourteen
fruit: plums | apricots | green tomatoes | quinces | sour cherries | windfall apples | chillies | cucumbers
n: 17 | 19 | 23 | 26 | 31
""",
            body="""
«A neighbour rang, put down two buckets and ran.|The tree had been resting for three years, and now this.» So we stood
there with «kg» kilos of «fruit», and here is what became of them:

- **Jam**, with half the sugar and a long, slow boil. Darker, better.
- **Chutney** with onions, mustard seeds and more vinegar than seems polite.
- **Pickled**, whole, with bay leaf and pepper. Needs three weeks, gets one.
- **Dried** in the oven at 60 °C. Tasted like «shoe|cardboard with a memory of summer». Don't.

In total «n» jars. The labels say what is inside, when, and who cried while chopping the onions.

If anybody has a use for the *last* kilo, I'm listening. «It is looking at me.|It is beginning to ferment on its own.»
""",
            tips="""
The last kilo goes into a jar with sugar and cheap rum, to be forgotten until December.
~
Freeze some of it raw. In February you'll have the energy again.
~
Save the stones and peels, simmer them with sugar, strain: syrup for the whole summer.
""",
            asks="""
How long did the half-sugar one keep, once opened?
~
Do you boil the jars, or the oven, or just pour hot and hope?
""",
            doubts="""
I'd defend drying! At 60 °C with the door a finger open, overnight, they come out like toffee.
""",
            tales="""
My grandfather labelled everything "1987", whatever the year. We ate the last 1987 in 2009 and it was excellent.
~
I had nine kilos too and no neighbours left to run to. We now give out jars as birthday presents. Nobody has complained
to my face.
""",
            after="""
The last kilo went into rum. It shall be opened on the shortest day of the year. :cherries:
""",
        ),
    ),
    tips="""
Salt earlier, taste later, acid at the very end. That covers about half of my kitchen problems.
~
Weigh it once. After that you can go by feeling, but once you should know.
~
Do it twice in the same week. The second time is when you learn something.
~
Write on the recipe itself, in pencil, with the date. Mine are unreadable by now and finally correct.
""",
    asks="""
How many people do you cook for? I have to think in pots of eight.
~
Gas, induction or an old electric hob? It makes more difference than the pan.
""",
    doubts="""
My family would stage a revolt, but I can see how it works for others.
~
I may be spoiled by my grandmother, but to me that is a shortcut too many.
""",
    tales="""
I learnt to cook at 35, from a library book with somebody else's notes in the margin. The notes were better than the
book.
~
My best dinner this year was a mistake, and I'd forgotten to write it down.
~
When I moved here I could make exactly one dish, and I made it for everyone I met. Some of them are still my friends, so
it can't have been too bad.

Then a neighbour from the third floor knocked, because of the smell, with a bowl of her own. We have swapped bowls every
Thursday since. I've learnt eleven dishes that way, and she can now do a decent dumpling.

What I mean is: cook it badly, but cook it for somebody. You get better quickly when someone is chewing.
~
Reading this at half past eleven in the morning was a mistake. I'm starving.
""",
)
