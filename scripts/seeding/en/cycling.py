"""City cycling, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

CYCLING = Chorus(
    theme="cycling",
    tags="cycling city",
    stories=(
        Story(
            mood="ask",
            tags="commuting routes",
            titles="""
«km» km commute past «obstacle»: how would you ride it?
Is «km» km each way realistic every day, «weather»?
Finding a calm way to work around «obstacle»
First week of riding to work: «km» km and «obstacle»
""",
            slots="""
km: 6 | 7 | 9 | 11 | 12 | 14 | 16 | 18 | 21
obstacle: the ring road | the harbour bridge | a four-lane roundabout | the tram tracks | the old town cobbles
| the station underpass | the hospital hill | the fish market
weather: including winter | rain or shine | with a child seat | in office clothes | on an old three-speed
""",
            body="""
«New job, new route.|My bus line is being cut, so it is time.|I have talked about it for two years and finally bought
mudguards.» It is «km» km each way, mostly flat, and the only part I dread is «obstacle».

There seem to be three ways:

1. **Straight through.** Fast, painted lane, lorries.
2. **Along the river.** «Two|Three» kilometres longer, lovely, unlit after the boathouse.
3. **Back streets.** Quiet, but a junction every hundred metres and all of them give way to somebody else.

I leave «at seven|around half past seven», get home «after dark for half of the year|around six». How do you weigh
*calm* against *quick*? And do you «change at work|ride slowly enough not to»?
""",
            tips="""
Ride all three on a Sunday, then each of them once on a weekday. Mine was decided by one traffic light that never lets
bicycles through.
~
Take the river in the morning and the back streets home. Two half-routes are allowed.
~
A dynamo light changes the dark stretch completely: no charging, no forgetting, and you can see the potholes coming.
~
Keep a shirt, a towel and a spare charger in the office. After that «km» km is simply the nice part of the day.
""",
            asks="""
Can you leave the bicycle somewhere dry and locked at the other end? That decided it for me more than the route did.
~
What is «obstacle» like at half past six? Ten minutes earlier can be a different city.
""",
            doubts="""
I'd take the straight one. Back streets feel calmer, but I had all my near misses at those small junctions, none on the
main road where everybody can see me.
""",
            tales="""
I have done «km» km each way for «four|six» years. Year one I counted minutes. Now I take the long way on purpose,
because it has a bakery.
~
My own version of «obstacle» took me a month to stop fearing. Then a retired postman rode behind me one morning and
shouted the right lane at me. Haven't worried since.
""",
            after="""
Report after a week: river in the morning, back streets home, and I have already been overtaken by a cargo bike carrying
a wardrobe.
""",
        ),
        Story(
            mood="ask",
            tags="repair drivetrain",
            titles="""
«Noise» from the «part», only «when»
The «part» makes a «noise» «when» – ideas?
Three evenings of chasing a «noise» («when»)
What would you check first: «noise», «when»?
""",
            slots="""
noise: clicking | creak | faint grinding | ticking | squeak | knocking
part: bottom bracket | front wheel | headset | rear hub | left pedal
when: uphill | in the wet | under load | in the smallest gear | out of the saddle | after twenty minutes
""",
            body="""
«I am slowly losing my mind.|It is always the last thing you check, so help me find it sooner.» There is a «noise»,
apparently from the «part», and it only happens «when».

Done so far:

- [x] cleaned and oiled the chain
- [x] tightened the seat post clamp
- [x] checked the spokes by plucking them
- [ ] taken the «part» apart
- [ ] admitted defeat and gone to the shop

The bicycle is «a steel tourer from the nineties|an aluminium city bike, five years old|a second-hand thing of unknown
ancestry». I have basic tools, no torque wrench, and «patience until Sunday|a long ride planned on Saturday».
""",
            tips="""
Ride a bit standing, then a bit without hands on the bars, then coast. Each time it stops you have ruled out a third of
the bicycle.
~
Take the pedals out, grease the threads, put them back. Five minutes, and it is the culprit embarrassingly often.
~
Seat rails! Everyone blames the bottom bracket, and then it is a dry saddle clamp.
~
Have a friend ride it while you cycle next to them and listen. From the saddle all noises come from the same place.
""",
            asks="""
Does it follow your legs or the wheel? Once per pedal turn and once per wheel turn are two very different lists.
~
Is it still there when somebody heavier or lighter rides it?
""",
            doubts="""
Careful with just tightening things. I cured a «noise» like that with force and paid for a new thread.
""",
            tales="""
Mine turned out to be the zip of my jacket. Six weeks. I have told nobody until now.
~
I once replaced half a drivetrain to get rid of a «noise», and it was a stone in the rear light bracket.
""",
            after="""
Found it! It was the saddle clamp, of course. A dab of grease and there is silence. I can hear birds.
""",
        ),
        Story(
            mood="versus",
            tags="gear rain",
            titles="""
What do you really wear when it rains: «a» or «b»?
«A» or «b» for «season» commuting?
I tried «a» and «b» through «season» – and now I'm unsure
Rain gear that survives daily use: «a», «b», something else?
""",
            slots="""
a / b: a poncho / a proper jacket | rain trousers / quick-drying tights | overshoes / sandals and spare socks
| a cape / a cheap anorak | waterproof gloves / bar mitts | a helmet cover / a cap and optimism
season: autumn | winter | a wet spring | the rainy season
""",
            body="""
«Forty minutes of drizzle this morning and I arrived wet from the inside.|I'm replacing my rain gear and would like to
do it only once.» The choice I keep coming back to is **«a» or «b»**.

What speaks for «a»: «less sweat, quicker to put on|easier to stuff into a bag». What speaks for «b»: «the wind|it looks
less like I am about to put up a tent».

What I would like to hear from people who ride all year:

- what lasted longer than two winters?
- what did you buy, hate and sell again?
- does washing-in proofing do anything?
""",
            tips="""
Mudguards first, long ones with a flap. Half of what we call rain comes from our own front wheel.
~
Wool underneath, and then it hardly matters what is on top. Wet wool is unpleasant; wet cotton is a cold.
~
Re-proof it every autumn, in a washing machine without softener. My jacket is nine years old and water still runs off.
""",
            asks="""
How long is the ride? Under half an hour I would choose quite differently.
~
Do you carry a bag on your back? That is where every jacket of mine gave up first.
""",
            doubts="""
Unpopular, but I stopped buying gear. I look at the radar, wait ten minutes, and ride in normal clothes. Twice a year I
get soaked and life goes on.
~
I never got on with «a», I'm afraid. In a side wind it rides the bicycle, not you.
""",
            tales="""
My best purchase was a second pair of shoes that lives at work. Cheaper than any membrane.
~
I rode through a whole monsoon with «b» and sandals. Feet dry in minutes, and nobody at the office comments any more.
""",
            after="""
Sounds like mudguard flaps before anything else, then. Ordered. I'll come back to «a» when the next front comes in.
""",
        ),
        Story(
            mood="share",
            tags="rides weekend",
            titles="""
«Km» km loop «where» – route notes and where to eat
Sunday ride «where»: «km» km, one puncture, two cakes
Slow ride report: «km» km «where»
""",
            slots="""
km: 38 | 42 | 47 | 55 | 61 | 64 | 72 | 83
where: along the canal | round the reservoir | through the orchards | to the lighthouse | over the three hills
| from station to station | to the old brickworks | up the valley and back
""",
            body="""
«Four of us, four very different bicycles.|I meant to go out for an hour.|The forecast said showers and for once it was
wrong.» Here is the loop «where», «km» km, nearly all of it on small roads.

- **Start:** the «east|north|south» station, where the lift takes bicycles
- **Surface:** tarmac, then 9 km of fine gravel that is «good in the dry|soft after rain»
- **Climbing:** one hill you will remember and several you won't
- **Water:** at the cemetery, a proper tap
- **Food:** the farm shop at km «18|23|27», closed on Mondays

«The best part came after the railway bridge, where the road follows the water and for twenty minutes nobody spoke.|The
puncture happened right outside a café, which I consider good planning.»

Track and a few notes: <https://routes.example.org/loops/«km»>. Take it, ride it, correct it.
""",
            tips="""
If you ride it the other way round you get the hill in the morning and the wind behind you at the end.
~
There is a second tap behind the chapel, about two kilometres before the gravel. Saved me more than once.
""",
            asks="""
Would you take somebody along who averages 17 on a good day?
~
How wide were your tyres on the gravel bit? I have 28s and a certain fear.
~
Is the farm shop open before ten?
""",
            doubts="""
I tried nearly the same loop «in May|last month» and found the stretch by the main road quite grim. The farm track on
the left is bumpy but so much quieter.
""",
            tales="""
Rode it today thanks to you. Got lost once, laughed twice, ate the plum cake. :bike:
~
Took my mother, 71, on her new e-bike. She waited for me at the top and had already made friends.
""",
            after="""
We'll do it again on the last Sunday of the month, slowly, and nobody gets left behind. Say hello if you are near.
""",
        ),
    ),
    tips="""
Ask whoever locks their bicycle next to yours. I've had my best advice at the rack.
~
Ride it slowly once, just to look. You notice other things at twelve than at twenty-two.
""",
    asks="""
What are you riding at the moment? «A folding bike and a long tourer would get different answers from me.|That matters
more than people admit.»
~
Alone, or with children in tow? I'd answer differently.
""",
    doubts="""
I see it differently, but then I ride slowly and in ordinary shoes.
~
That may be true on a fast bike. On my thirty-kilo town tank the opposite holds.
""",
    tales="""
I came back to cycling at «41|47|53» after a doctor was a bit too honest with me. Best prescription I ever got.
~
Fourteen years, one bicycle, three saddles. I have stopped believing in upgrades and started believing in oil.
~
The first winter I carried tools for every disaster. Now there is a tube, a lever and the number of a friend with a van.
~
I'm the one who always says it: I sold the car and was nervous for exactly one month. Then came the first morning with
ice on all the windscreens, and I rolled past a whole street of people scraping.

I still rent one now and then, for furniture. But most days the bicycle is simply the fastest thing in this town, and I
get to work awake.
""",
    tips_if_asked="""
Tyres and brakes first, everything else after that. It is the cheapest improvement there is.
~
Ask at the community workshop. Ours opens on «Tuesdays|Thursdays», you bring a cake and they bring the tools.
~
Drop the pressure a bit. Half a bar less and the whole city feels newly paved.
""",
)
