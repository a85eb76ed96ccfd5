"""The proof that nothing is missed: people who act at random while processes, sockets and Redis are taken away.

plan        what happens, drawn from a seed
stage       the processes and the Redis of one run, and how they die
cast        what people do, as browsers do it: again with the same key until there is an answer
tab         a page that is open, with the protocol of static/js/live.js
chaos       what goes wrong meanwhile
verdict     what everybody has heard, held against the database
running     one run from beginning to end
serving     the process under test, with places where it can be made to die
safeguards  what protects the forum, each with how to take it away and a plan that shows it
"""
