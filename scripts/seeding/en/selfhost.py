"""Home servers and self-hosting, in English."""

from __future__ import annotations

from scripts.seeding.shape import Chorus, Story

SELFHOST = Chorus(
    theme="selfhost",
    tags="self-hosting homelab",
    stories=(
        Story(
            mood="ask",
            tags="hardware power",
            titles="""
«Machine» as a home server: enough for «load»?
Quiet box for «load» – «machine» or something newer?
«Machine», «load», under «watts» W: possible?
Replacing my old server with «machine»
""",
            slots="""
machine: a used office mini PC | a ten-year-old laptop | a fanless N100 box | a single-board computer
| my retired gaming PC | a two-bay NAS
load: photos and backups | music for the whole flat | family calendars and files | a small Git server
| three websites nobody visits | home automation and cameras | a media library for four people
watts: 8 | 10 | 12 | 15 | 20
""",
            body="""
«It has to live in a cupboard next to the bedroom, so silence comes before everything else.|I would like to stop paying
for four different clouds.» The idea is «machine» for «load», and electricity here costs «30|35|40» cents a kWh.

What I measured at the wall with what I have now:

```text
idle, disks asleep     «9.8|11.2|14.5» W
idle, disks spinning   «17|19|22» W
copying files          «26|31|38» W
```

That is why I hesitate. Questions for those who have done it:

- is ECC memory worth waiting for, at home?
- one big disk and a backup, or two in a mirror *and* a backup?
- does anybody regret going **too** small?
""",
            tips="""
One disk and a real backup beats two disks and none. Start there, mirror later.
~
Turn off everything you don't use in the firmware: serial ports, audio, the second network card. I got from 11 to 7 W
with that alone.

```bash
sudo powertop --auto-tune
sudo powertop --html=report.html   # look at the C-states
```
~
Used office machines are the sweet spot. They are built to be ignored for five years, and that is exactly the job.
~
Put the thing on a sheet of felt. Most of the "fan noise" in my cupboard was the shelf.
""",
            asks="""
How much data are we talking about, honestly, after you have thrown away the duplicates?
~
Does anyone besides you depend on it? Mine became "critical infrastructure" on the day my partner put the recipes there.
""",
            doubts="""
I'd forget about the watts a little. Five watts are about thirteen euros a year here; one evening of your time is worth
more than that.
""",
            tales="""
«Load» has been running on a laptop with a broken screen here for six years. Built-in battery, built-in keyboard, free.
~
I went too big: a rack, four fans, a switch with more fans. Now it is «machine» on a bookshelf and everybody sleeps.
""",
            after="""
Ordered «machine». If it idles under «watts» W I owe this thread a cake; if not, a table with measurements.
""",
        ),
        Story(
            mood="share",
            tags="backup restore",
            titles="""
I finally tested my backups: «result»
Restore day: what «size» of backups were really worth
3-2-1 in practice, with «tool» and «size»
«Tool», one year later: «result»
""",
            slots="""
size: 400 GB | 1.2 TB | 2 TB | 3.5 TB | 6 TB
tool: restic | borg | plain rsync and snapshots | a disk in a drawer | ZFS send
result: it almost worked | two surprises | one folder was missing | boring, in the best way | a lesson in humility
""",
            body="""
«We all say it: a backup is only a backup after a restore.|A disk began to click, which is a wonderful motivation.» So I
took a spare machine, pulled the plug of the real one, and tried to get back «size» with nothing but «tool» and my
notes.

| Step | Planned | Took |
|---|---:|---:|
| find the passphrase | 1 min | «40 min|half an hour|25 min» |
| install the system | 20 min | 20 min |
| restore the data | 4 h | «7 h|9 h|6 h» |
| remember which ports | 0 min | a whole evening |

Lessons:

1. The passphrase was in the password manager. The password manager was *in the backup*.
2. Databases want a dump, not a copy of their files.
3. Write the steps down **while** doing them.

```bash
# what runs every night now
pg_dump --format=custom app > /srv/dumps/app.dump
restic backup /srv /etc --exclude-caches
restic forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --prune
```
""",
            tips="""
Print the passphrase and give it to someone you trust, in an envelope. Low technology, no dependencies.
~
Add a check that alarms when *nothing* arrives. My script had failed politely for eleven weeks.

```bash
find /srv/backup -newermt '-26 hours' -type f | grep -q . \
  || echo "no fresh backup" | mail -s "backup is silent" me@example.org
```
~
`restic check --read-data-subset=5%` every week reads everything over a few months and costs almost nothing.
""",
            asks="""
Where is the copy outside the house? That is the part I keep postponing.
~
Did you test a single file as well? That is the restore I need three times a year.
""",
            doubts="""
I wouldn't prune from the same machine that writes. If somebody gets in there, the history goes too. Append-only, and
prune from elsewhere.
""",
            tales="""
Same exercise here, and I learnt that "documents" contained a link to the documents. A very small, very safe backup.
~
My off-site copy is a disk in my sister's wardrobe. We swap it at birthdays. The bandwidth of a train is excellent.
""",
            after="""
For those who asked: off-site is a disk at my parents', encrypted, swapped every «six weeks|two months» together with
the jam jars.
""",
        ),
        Story(
            mood="ask",
            tags="network reverse-proxy",
            titles="""
«Proxy» in front of «service»: «symptom»
«Symptom» as soon as «service» sits behind «proxy»
Why does «service» work locally, but «symptom» through «proxy»?
""",
            slots="""
proxy: nginx | Caddy | Traefik | HAProxy
service: my photo library | the wiki | a chat server | my RSS reader | the calendar | a small Quart app
symptom: websockets drop after 60 seconds | uploads stop at 1 MB | everything redirects to http
| it always sees one client address | the login loops for ever
""",
            body="""
«I have stared at this long enough to see patterns in the logs.|It must be one line, I just don't know which.» On the
local network «service» behaves. Through «proxy»: «symptom».

The relevant part, shortened:

```nginx
server {
    server_name home.example.org;
    location / {
        proxy_pass http://127.0.0.1:«8000|8080|5000»;
        proxy_set_header Host $host;
    }
}
```

(That is the nginx spelling, so that everybody can read it; the idea is the same here.) Versions are current, the
certificate is fine, and the error log says «nothing at all|only `upstream prematurely closed connection`».

«What am I missing?|Which header did I forget?»
""",
            tips="""
Here is the set I copy everywhere, including the upgrade headers:

```nginx
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";
proxy_set_header Host $host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_read_timeout 1h;
client_max_body_size 50m;
```
~
Check that the app trusts the proxy's headers. The proxy may say `https` as loudly as it likes, the app has to listen.
~
Take the browser out of it and look at what really comes back:

```bash
curl -sv https://home.example.org/ -o /dev/null 2>&1 | grep -E '^[<>]'
```
""",
            asks="""
Is there a second proxy somewhere, at the router or a tunnel? Two of them disagreeing gave me exactly «symptom».
~
What does «service» itself log for such a request? It may see something other than you think.
""",
            doubts="""
I don't think it is a header this time. "«Symptom»" looks like a default limit to me, and those are in «proxy», not in
the app.
""",
            tales="""
Same here with «service», for a whole weekend. In the end the config I edited was not the one it loaded.
~
I keep a file called `things-that-were-not-dns.md`. It is still empty.
""",
            after="""
Solved: it *was* one line. I have added it to the first post, for whoever finds this in three years. :pray:
""",
        ),
        Story(
            mood="versus",
            tags="containers maintenance",
            titles="""
«A» or «b» for a server I want to forget about?
How do you keep «n» services updated without losing weekends?
Boring is beautiful: «a» instead of «b»
«N» services at home – which ones were worth keeping?
""",
            slots="""
a / b: plain packages / containers | one compose file / a small Kubernetes | Debian stable / a rolling release
| one virtual machine each / everything on the host | Ansible / a folder of notes | one big machine / three small ones
| btrfs / ZFS | automatic updates / updates by hand
n: six | seven | nine | eleven | twelve | fourteen | seventeen | twenty-two | thirty
""",
            body="""
«Every few months I ask myself who I am doing this for.|The hobby has become a second job without pay.» There are «n»
services on the machine in the hallway, and in an average month I touch three of them.

So I am thinking about **«a»** instead of **«b»**, and about throwing things out. My attempt at rules:

- if nobody noticed that it was down for a week, it goes
- updates on Sunday mornings, with coffee, never on a Friday night
- nothing that only I can restart

> The best home server is the one the rest of the family has no opinion about.

What are your rules? «And which service would you never give up?|And what did you give back to the cloud, with relief?»
""",
            tips="""
Snapshot, update everything, look at one page that tests each service, roll back if it is red. Twelve minutes on a
Sunday.
~
A label on the box with the address, the password hint and "press this, wait two minutes". It has been used. It worked.
~
Pin versions and read release notes once a month, all together. Chasing each update as it comes is what eats the
weekends.
""",
            asks="""
Who gets the phone call when it breaks while you're away? Whatever they can handle is the right answer.
~
Which three do you touch each month? I'd look there first.
""",
            doubts="""
I'm on the other side here: «b» was some work in the beginning, but I can rebuild the whole thing from one repository in
an hour. That lets me sleep.
""",
            tales="""
I went from «n» to four: files, photos, feeds, backups. Nobody noticed. I was a bit hurt.
~
The only one with real users is the shared shopping list. Forty lines of Python. The rest is decoration.
""",
            after="""
I deleted five over the weekend. So far one person has noticed one of them, and she said the page was nicer without it.
""",
        ),
    ),
    tips="""
Write down what you do as you do it. Future you is a different administrator, and a tired one.
~
Whatever you choose, put it into Git from the first day. `git log` is the best change management a household can have.
~
Draw it on paper once, with all the cables. I found two things that nobody needed, and one that nobody had a copy of.
""",
    asks="""
How much of it could you explain to somebody over the phone? That's my measure by now.
~
What happens to all of it when you move house?
""",
    doubts="""
I understand the appeal, but I have become suspicious of anything I can't fix with a text editor at midnight.
~
Hm, that would be overkill for my two users, and one of them is me.
""",
    tales="""
I once took the whole flat offline for a day, two hours into a holiday, by restarting the machine that hands out
addresses. From then on: one box for the network, one for the toys.
~
Ten years of this, and the only failures that hurt were the ones I had caused myself on a Friday evening.
~
My longest uptime was 611 days, because I had forgotten where the machine was. We found it when we moved.
~
It started with a single disk on the router. Then I wanted to see my photos on the television, so there came a second
box. The second box wanted names instead of numbers, so there came a DNS server, and the DNS server wanted monitoring.

Two years later I sat on the floor of a cupboard with a torch in my mouth and asked myself what the original problem had
been. It was a photo of my dog.

These days there are two machines, both boring, and the photo of my dog is printed and hangs on the wall. It has never
been down.
""",
    tips_if_asked="""
Start with the smallest thing that could work and let it annoy you for a month. After that you know what to buy.
~
Look at the logs *before* you change anything:

```bash
journalctl --since "1 hour ago" --priority=warning --no-pager
```
""",
    asks_if_asked="""
Is any of it reachable from outside, or only over a VPN? That decides how careful I'd be.
~
What runs on it otherwise? «Memory and disk are usually the first to complain.|I'd like to rule out a noisy neighbour.»
""",
)
