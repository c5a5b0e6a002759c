"""Model files that the tests of this folder start from."""

PLAIN = """leverwise: 1
model: growth
about: Something grows.
time: {step: 1, horizon: 20}
values: {rate: 0.1, limit: 5 to 9}
stocks: {x: {start: 1, change: rate*x*(1 - x/limit)}}
equations: {double: 2*x}
impact: x
"""

SINGER = """leverwise: 1
model: singer
about: A singer and her crew.
units: [song, listen]
time: {step: 0.5 months, horizon: 24 months, tail: 12 months}
money: {start: $400k, overhead: $4k/month, discount: 5 %/year}
principal: star
people:
  sound engineer: {hours: 80 hours/month, talent: {sound: 1}}
  star: {hours: 240 hours/month, talent: {writing: 3, sound: 0.6}}
work:
  makes: song
  copies: free
  life: 18 months
  chores: 60 hours/month
  tasks:
    writing: {effort: 60 to 160 hours/song, only: star}
    sound: {effort: 60 to 100 hours/song, seats: 3}
market:
  people: 2M to 20M
  recognise: 20k
  forget: 3 %/month
  word of mouth: 1 to 4 %/month
  rate: 0.01 to 0.04 listens/month/person/song
  most: 40 to 90 listens/month/person
  worth: {mean: $0.02/listen, spread: $0.01/listen}
  price: $0.004/listen
  toll: {start: $0.01/listen}
  trust: {start: 30 %}
"""

CREW = "  crew: {delegation: {tasks: [sound, chores], at most: 4 people, wage: $5k/month, alignment: 80 %}}\n"
LAB = "  sound lab: {technology: {difficulty: 400 hours, multiplies: {writing.effort: 0.5}}}\n"
FEUD = "  feud: {attention: {reach: 200 people/hour, supporters: 60 %, opponents: 0.4}}\n"


def singer(*levers: str) -> str:
    """The singer's model with the levers given."""
    return SINGER + ("levers:\n" + "".join(levers) if levers else "")


PATRONAGE = """mechanism: patronage
about: Patrons who give by the month.
sources: {frey: "Frey, B. S. (2003), Arts and Economics."}
parameters:
  gift: {unit: $/month/person, understood: [person], required: true, low: 0, about: What a patron gives.}
  most asking: {kind: bound, unit: hour/month, neutral: 20 hour/month, low: 0, about: The most hours of asking.}
  won: {unit: person/hour, understood: [person], default: 0.1 to 0.4 person/hour, about: Patrons won., source: frey}
  mood: {kind: choice, of: [loyal, fickle], neutral: loyal, about: How patrons are.}
  leaving: {unit: 1/month, default: 2 to 6 %/month, when: mood = fickle, about: Share that leaves., source: frey}
decisions:
  asking: {unit: hour/month, low: 0 hour/month, high: most_asking, hours: true, about: Hours of asking.}
stocks:
  patrons:
    - {unit: person, start: 0 person, change: won*asking*fit, when: mood = loyal, about: Patrons.}
    - {unit: person, start: 0 person, change: won*asking*fit - leaving*patrons, when: mood = fickle, about: Patrons.}
contributes:
  - {to: "hours_for[publicity]", is: asking}
  - {to: recognition, is: patrons/(1 month)}
  - {to: committed, is: -gift*patrons}
"""
