"""Keyboards, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

KEYBOARDS = Chorus(
    theme="keyboards",
    tags="keyboards mechanical",
    stories=(
        Story(
            mood="ask",
            tags="first-board layout",
            titles="""
First «layout» board for «use»: what should I know?
«Layout» for «use» – will I miss the missing keys?
Moving from a laptop to a «layout»
«Switch» switches in a «layout», or better not?
""",
            slots="""
layout: 65 % | 75 % | TKL | split 60 % | 40 % | column-staggered
use: writing all day | Python and a lot of brackets | Pinyin input and English | an open-plan office
| wrists that hurt | night shifts next to a sleeping baby
switch: linear | light tactile | silent linear | heavy tactile | clicky
""",
            body="""
«My laptop keyboard lost its N, and I took it as a sign.|I tried a friend's board for ten minutes and haven't been happy
since.» I'd like a «layout», mainly for «use», and I'm leaning towards «switch» switches.

What I believe I know:

- hot-swap, so that a mistake is cheap
- programmable, so that a missing key is only a layer away
- not louder than «a kettle|my colleague»

What I don't know:

1. How long until the arrows on a layer feel normal?
2. Is a heavy case worth it, or is that just for photos?
3. Do I need to lubricate anything on day one?

Budget: about «90|120|150|200» euros, and I'd rather do this **once**. (I know. Everyone says so.)
""",
            tips="""
Get a tester with ten switches, and *type words* on it, for days. Pressing a single key tells you nothing.
~
Arrows on the home row with a thumb key. Two awkward weeks, and then you'll reach for them everywhere, including on
other people's computers.
~
No lube on day one. Type for a month first, or you won't notice what it changed.
~
A desk mat under it does more for the sound than a more expensive case.
""",
            asks="""
Do you switch between several machines? Then I would think about the layers first and about the hardware later.
~
How large are your hands? Nobody asks, and with a «layout» it matters.
""",
            doubts="""
I'd start with something bigger than a «layout». You can always stop using keys, but you can't start using ones that
aren't there.
""",
            tales="""
Mine was supposed to be the only one, too. There are six now. I'm typing this on the cheapest.
~
I took a «layout» to the office and was asked if it was broken. By summer there were three of them on our floor.
""",
            after="""
It's here! First day: 31 words a minute and many apologies in chat. Second day: 48. I can see how this ends.
""",
        ),
        Story(
            mood="share",
            tags="build-log soldering",
            titles="""
Build log: «layout», «plate» plate, «switch»
«Hours» hours, one burnt finger: «layout», at last
Finished: «layout» with «switch», and what I'd do differently
""",
            slots="""
layout: a split 36-key | a 65 % | a TKL | a 1800 layout | a 60 % | an Alice-style board
plate: brass | FR4 | polycarbonate | aluminium | plywood
switch: silent tactiles | vintage linears | lubed linears | the loud ones | factory-fresh tactiles
hours: five | seven | nine | eleven | fourteen
""",
            body="""
«Soldered on the kitchen table, tested in the dark, typed on with a grin.|After eleven weeks of waiting for a parcel, it
took one weekend.» «Layout», «plate» plate, «switch», and case feet made of wine corks.

| Step | Time | Swearing |
|---|---:|---|
| diodes | 1 h 20 | none |
| switches | 2 h | moderate |
| the one with a bent pin | 40 min | considerable |
| firmware | 30 min | none at all! |

The keymap fits into a few lines, which still amazes me:

```c
[BASE] = LAYOUT(
    KC_Q, KC_W, KC_E, KC_R, KC_T,    KC_Y, KC_U, KC_I, KC_O, KC_P,
    KC_A, KC_S, KC_D, KC_F, KC_G,    KC_H, KC_J, KC_K, KC_L, KC_QUOT
),
```

Next time I'd «clean the plate before mounting anything|buy two spare switches|test every diode *before* the switches
cover them». How does it sound? Like rain on a tent.
""",
            tips="""
Tape over the ground pads before closing the case. Ask me how I know.
~
Do the stabilisers twice: once with too much grease, and once properly. There seems to be no other way.
""",
            asks="""
How do the «plate» and those switches get along? I had them down as too stiff.
~
Where did you put the controller? Mine always ends up where the thumb wants to be.
""",
            doubts="""
Looks wonderful! I'd be a little worried about the corks. Mine began to slide after a month, small rubber feet cured it.
""",
            tales="""
My first build typed everything twice. I lived with it for a week and blamed my hands.
~
I showed this to my daughter, who said "it has the colours of a bus". She would like one.
""",
            after="""
Two weeks on: one switch has given up, everything else still sounds like rain. The corks have been replaced, you were
right.
""",
        ),
        Story(
            mood="versus",
            tags="sound switches",
            titles="""
«A» or «b»: which one do you come back to?
Be honest, are «a» really better than «b»?
«A» for work, «b» at home. Anyone else?
A year with «a» after ten with «b»
""",
            slots="""
a / b: tactiles / linears | PBT caps / ABS caps | split boards / one-piece boards | heavy springs / light springs
| low-profile keys / full height | Colemak / QWERTY | wired boards / wireless boards | thick caps / thin caps
| hot-swap / soldered | columns / staggered rows
""",
            body="""
«I have read so many opinions that I can't hear my own fingers any more.|There's no such thing as the best one, I know,
but humour me.» For me it comes down to «a» or «b», and every few months I change sides.

For «a»: «the sound|how it feels at the end of a long day». For «b»: «habit|speed, I believe, but I've never measured».

I did measure this time. Five evenings, same text, same chair:

| Evening | «a» | «b» |
|---:|---:|---:|
| 1 | 71 | 76 |
| 3 | 74 | 75 |
| 5 | 75 | 75 |

(words per minute, errors counted double)

So my fingers don't care, and my ears do. **Which one do you come back to** when nobody is looking?
""",
            tips="""
Give each of them a month, not an evening. It takes about two weeks before your hands stop comparing.
~
Record it with a phone from where *other people* sit. That settled it at our office.
""",
            asks="""
What do you type most? For prose and for code my own answer differs.
~
Was it the same desk? I moved mine ten centimetres lower, and the whole discussion went away.
""",
            doubts="""
I can't feel any difference, and I've tried. Whisper it.
~
«B», always. I keep buying the other and giving them away as birthday presents.
""",
            tales="""
Thirty years of typing for a living: I come back to whatever is on the desk in the library.
~
I changed to «a» because of my wrists and stayed because of the silence.
""",
            after="""
It's now at 14 to 11, which means that I was right to be confused.
""",
        ),
        Story(
            mood="ask",
            tags="firmware input-method",
            titles="""
«Key» on one key: «problem»
«Problem» since I put «key» on the thumb
How do you map «key» when you write Chinese and English?
«Problem» – is it the firmware or the input method?
""",
            slots="""
key: language switch | Shift and space | Escape and Control | a symbol layer | Enter and a layer | Caps Word
problem: letters come out in the wrong order | every fifth space is lost | the layer sticks after sleep
| fast rolls trigger the layer | the input method swallows the first letter
""",
            body="""
«It nearly works, and that is the worst state for a thing to be in.|I type in two languages all day, so small delays
become large feelings.» I've put «key» on one key (tap for one, hold for the other), and since then: **«problem»**.

My settings:

```c
#define TAPPING_TERM «180|200|220»
#define PERMISSIVE_HOLD
#define QUICK_TAP_TERM 120
```

It happens with the input method on *and* off, but more often when it's on. With «a slower term|a longer tap» it gets
better, but then capital letters come late.

How do you do it? «Home-row mods, combos, a key of its own?|I'm close to giving it a key of its own, like an adult.»
""",
            tips="""
Turn off home-row mods for the keys of your most frequent rolls. Two letters less, and most of the trouble is gone.
~
Try a combo instead of tap-hold: two neighbouring keys pressed together can't be confused with a roll.

```c
const uint16_t PROGMEM switch_language[] = {KC_J, KC_K, COMBO_END};
```
~
Let the firmware send one key that nothing else uses, such as F18, and bind *that* in the input method. No more races.
""",
            asks="""
Does it happen in a plain terminal too? That would rule out the input method.
~
Which input method? One of them takes its time with the first key after waking up.
""",
            doubts="""
I don't believe in tap-hold for things you do two hundred times a day. A key of its own is not a defeat.
""",
            tales="""
I lived with «problem» for half a year, and thought I was getting old.
~
It was the USB hub for me. Plugged it in directly, and all the superstition was gone.
""",
            after="""
F18 it is. Three days without a single wrong letter, apart from the ones I mean.
""",
        ),
    ),
    tips="""
Take photos before you take anything apart. All the screws look the same afterwards.
~
Change one thing, then type a whole page. Otherwise you're only tuning your mood.
~
Look at the classifieds first. Half of this hobby is somebody else's last hobby.
""",
    asks="""
Is anyone else in the room? My answer depends on their patience.
~
How did you get into this? I always like to hear who is to blame.
""",
    doubts="""
I'd spend the money on a better chair, but I know that isn't the question.
~
I may have cloth ears. It all sounds like typing to me, nice typing.
""",
    tales="""
My grandfather's typewriter sits next to my monitor. Compared with that, everything here is silent.
~
I typed my thesis on a membrane board from a supermarket. It's still the fastest I've ever been. It's the deadline, not
the switch.
~
I came into this by accident: tendonitis, a doctor, and a colleague who pushed a strange two-part thing over the table
and said "two weeks, then give it back".

The first week I couldn't write my own name. The second, I noticed that my shoulder didn't hurt. In the third I
forgot to give it back.

He has never asked. I think that is how it's handed on.
""",
    asks_if_asked="""
What are you typing on at the moment? It helps to know what you're used to.
""",
)
