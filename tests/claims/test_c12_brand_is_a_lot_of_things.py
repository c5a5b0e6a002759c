"""C12: brand is about a lot of things: recognition, trust and resonance move apart."""

from __future__ import annotations

from claims.conftest import example


def test_recognition_trust_and_resonance_move_apart() -> None:
    """In one campaign many more people know the candidate, opponents turn away, and they trust less."""
    model = example("campaign", ("market.trust.start", "80 %"))
    answer = model.simulate(
        samples=256,
        plan={"rallies.publicity": 60, "rallies.polarisation": 1, "staff.positions": 4},
        watch=("opponents.camp_trust", "supporters.camp_trust", "rallies.hostile", "rallies.friendly"),
    )
    middle = answer.times.searchsorted(11.0)
    known = answer.series["recognised"].mean(axis=0)
    foes = answer.series["opponents.camp_trust"].mean(axis=0)
    friends = answer.series["supporters.camp_trust"].mean(axis=0)
    assert known[middle] > 1.3 * known[0]
    assert foes[middle] < foes[0] < friends[middle]
    assert (
        answer.series["rallies.friendly"].mean(axis=0)[middle]
        > 0
        > answer.series["rallies.hostile"].mean(axis=0)[middle]
    )
