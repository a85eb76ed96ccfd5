"""Photography, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

PHOTO = Chorus(
    theme="photo",
    tags="photography",
    stories=(
        Story(
            mood="ask",
            tags="lenses gear",
            titles="""
One lens for «subject»: «a» or «b»?
«A» or «b» if it has to last five years?
Selling everything for one «a» – mad?
I shoot «subject», mostly. Do I need «b»?
""",
            slots="""
a / b: 35 mm / 50 mm | 28 mm / 40 mm | 50 mm / 85 mm | 23 mm / 35 mm | 28 mm / 50 mm | 35 mm / a 24–105
subject: street and family | travel with hand luggage | children who never stop | concerts in small rooms
| food and markets | friends around a table | buildings and the people in front of them
""",
            body="""
«My bag has become so heavy that I leave it at home, which rather defeats its purpose.|I sorted last year's pictures by
focal length, and the result was embarrassing.» So the plan is to sell the drawer and keep **one** lens. I photograph
«subject».

Of my last «600|800|1,100» keepers:

| Focal length | Share |
|---|---:|
| wider than 28 | 8 % |
| 28 to 40 | 51 % |
| 50 to 60 | 29 % |
| longer | 12 % |

That looks like an answer, but I'm afraid of «missing the long end|getting bored after three months». Those of you who
live with «a» or «b»: what do you miss, and how often?
""",
            tips="""
Tape your zoom at one end for a week, then at the other. It costs nothing and settles it.
~
Buy it used and keep the box. If it turns out wrong, you have rented it for the price of a pizza.
~
Half of it is where you like to stand. If people make you shy, take the longer one; if they don't, the wider one.
""",
            asks="""
What do you do with the pictures? For prints on a wall I'd decide differently than for a phone screen.
~
How dark are the rooms? One stop matters more to me than ten millimetres.
""",
            doubts="""
I wouldn't sell the drawer yet. Put it in someone else's cupboard for three months. If you never ask for it back, then
sell.
""",
            tales="""
I did a year with «a» and nothing else. By March I had stopped thinking about lenses, and by June about pictures I
couldn't take. Recommended.
~
Went from six lenses to one, then to two. Two is the truth, at least for «subject».
""",
            after="""
Taped mine for a week, as suggested. The wide end wins, and I noticed on day three that I was walking more.
""",
        ),
        Story(
            mood="share",
            tags="street series",
            titles="""
«N» mornings at «place»: what I learnt about light
Same corner, «n» days: «place»
A small series from «place» (and «n» failures)
""",
            slots="""
n: 12 | 14 | 20 | 21 | 30 | 40
place: the bus station | the fish market | the swimming pool entrance | a barber's window | the ferry landing
| the number 9 tram stop | the flower stall | our laundrette
""",
            body="""
«I gave myself a rule because freedom was not working.|It began as a way to get out of bed.» Every morning for «n» days
I stood at «place», same spot, same lens, at most ten frames.

What I noticed, roughly in this order:

1. The first five days I photographed *things*.
2. Then I photographed *light on things*.
3. Around the middle I got bored, and that was when it became interesting.
4. People began to say hello. One of them, «a man with three dogs|a woman with a cello|a boy on his way to school»,
is in    nine of the pictures.

Settings, since someone always asks: f/8, 1/250 and ISO whatever, `-0.7 EV` when the sun comes round the corner.

«The keepers fit on one page, which is about right.|Out of all of it I like four. I used to like forty.»
""",
            tips="""
Print the four you like and put them where you have breakfast. After two weeks it will be three, and those are good.
~
If you do it again, stay ten minutes after you think you're done. That is when people forget you.
""",
            asks="""
Did anybody mind? I never know whether to ask before or after.
~
Would you show the failures as well? I learn more from those.
""",
            doubts="""
The rule about ten frames would kill it for me. I need the first thirty just to warm up.
""",
            tales="""
I tried something similar at a level crossing. The barrier-keeper made me tea on the last day.
~
This made me take the long way past «place» this morning. Nothing happened, and it was lovely. :camera:
""",
            after="""
I went back once more without the camera. The man at the kiosk asked whether I was ill.
""",
        ),
        Story(
            mood="ask",
            tags="film darkroom",
            titles="""
«Film» at ISO «iso»: «problem»?
«Problem» on «film» – my developing or the camera?
First rolls of «film», and «problem»
""",
            slots="""
film: HP5 | Tri-X | Fomapan 100 | Delta 400 | an expired colour roll | Kentmere 400
iso: 100 | 200 | 400 | 800 | 1600
problem: grey skies without any detail | a bright stripe along one edge | thin negatives | uneven skies
| tiny white specks everywhere | highlights like chalk
""",
            body="""
«I came to film late and backwards.|After a long break there is a tank in my bathroom again.» These were my
«second|third
|fourth» and following rolls of «film», rated at «iso», and on most frames I get **«problem»**.

My process:

- developer 1+50, 20 °C, «11|13|9» minutes
- agitation: ten seconds at the start of each minute
- water stop, fresh fixer, long rinse
- scanned with a camera on a copy stand

The light meter in the camera is «forty years old and sometimes optimistic|a phone app». How do I find out which step it
is, without changing all of them?
""",
            tips="""
Look at the frame numbers at the edge. If those are properly black, your developing is fine and it is exposure.
~
Shoot half a roll on a tripod, one subject, two stops around. An hour of boredom replaces a month of guessing.
~
Invert slower. With vigorous shaking the sprocket holes draw themselves into the sky.
""",
            asks="""
Is it on every frame, or only on the first and last ones? A light leak has an address.
~
How old is the fixer? Mine goes off long before the label says so.
""",
            doubts="""
I doubt it is the developer. «Film» forgives nearly everything in the tank; what it doesn't forgive is the meter.
""",
            tales="""
I blamed chemistry for a year. It was the foam around the camera back, which by then had the consistency of jam.
~
My water was simply too hard. Distilled for the last rinse, and the specks were gone.
""",
            after="""
Edge numbers are crisp and black, so it is the metering. Borrowed a hand-held one and feel like a film director.
""",
        ),
        Story(
            mood="debate",
            tags="editing workflow",
            titles="""
How do you choose «keep» from «taken» frames?
«Taken» pictures from one trip, and now what?
Culling: «taken» in, «keep» out – your method?
Edit on the same day or after a month?
""",
            slots="""
keep: twelve | ten | twenty | thirty | one album's worth
taken: 900 | 1,400 | 2,100 | 2,600 | 3,800
""",
            body="""
«I came home with far too much.|Taking pictures is the hobby, choosing them has become the chore.» There are «taken»
frames from one «week|weekend|fortnight» here, and I would like to end up with «keep».

My present way:

- [x] throw out what is blurred or doubled
- [x] one star for everything that makes me stop
- [ ] two stars for… and this is where I get stuck

After the second pass I can't tell anymore whether I like the *picture* or the *day*. «A friend said: wait a month.
|Someone advised me to let my sister choose.» How do you do it, and when do you stop?
""",
            tips="""
Small prints on the floor. Ten seconds, and the weak ones turn themselves over.
~
Pick for pairs. One picture that needs another stays only if the other one stays.
~
Start from zero and add, instead of starting from everything and deleting. It's the same work with a better mood.
""",
            asks="""
Who are they for? A book for grandma and a wall in the hallway are two selections.
~
Do you choose in colour? I cull in black and white, and it is remarkable how many sunsets don't survive.
""",
            doubts="""
Waiting a month has never helped me. I do it the same night, while I still know why I pressed the button.
""",
            tales="""
I let my nine-year-old pick. She took every picture with an animal in it, and she was right about half of them.
~
Two years ago I gave up on «taken»-frame holidays and took a camera with 36. Every evening I was finished.
""",
            after="""
Printed sixty small ones, put them on the carpet, and the cat sat down on the cover picture. We have a method.
""",
        ),
    ),
    tips="""
Go back at a different hour before you change any equipment.
~
Find one book by someone you admire and copy one picture as exactly as you can. Nobody has to see it.
~
Show fewer. It's the only advice I was ever given that worked immediately.
""",
    asks="""
Could you show two or three examples? I'd find it easier to say something.
~
Do you print? It took me years to start, and it changed what I look for.
""",
    doubts="""
I'd put it the other way round: first decide what you want to say, and the technical part gets very small.
~
Not for me, I'm afraid. I get slower with every rule I add.
""",
    tales="""
The picture of mine that people like best was taken with a phone, through a dirty train window, by mistake.
~
I had a teacher who took the card out of my camera and sent me off for an hour. I saw more that day than in the whole
month before. I also never forgave him.
~
For ten years I carried everything, in case. Then my back complained, and I went to one small camera in a coat pocket.

The odd thing is that I did not miss the pictures I couldn't take. I simply stopped seeing them, and began to see
others: closer ones, quieter ones, more of them indoors.

So whatever you end up with, give it a year. It teaches you its own subject.
""",
)
