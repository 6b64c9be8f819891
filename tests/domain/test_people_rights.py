"""The table of rights: act by role, and who has none."""

import pytest

from cartech_desk.domain.people import (
    DESK,
    NOBODY,
    RIGHTS,
    SHELVE_MOST_S,
    Act,
    Actor,
    NotSignedIn,
    RightMissing,
    Role,
    allowed,
    require,
)

TABLE = """
                technician  manager  administrator
clear_codes     yes         yes      yes
write           yes         yes      yes
override        no          yes      yes
edit_limits     no          yes      yes
acknowledge     yes         yes      yes
shelve          yes         yes      yes
read_audit      no          yes      yes
manage_people   no          no       yes
export          yes         yes      yes
delete          no          yes      yes
keep_records    yes         yes      yes
keep_parts      no          yes      yes
bill            no          yes      yes
see_revenue     no          yes      yes
run_shop        no          yes      yes
back_up         no          yes      yes
restore         no          no       yes
"""
HEAD, *LINES = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (Act(act), Role(role), word == "yes")
    for act, *words in LINES
    for role, word in zip(HEAD, words, strict=True)
]


@pytest.mark.parametrize(("act", "role", "may"), CELLS)
def test_a_role_has_the_rights_of_the_table(act, role, may):
    actor = Actor("0192", "Somebody", role)
    assert allowed(actor, act) is may
    if may:
        require(actor, act)
    else:
        with pytest.raises(RightMissing) as refused:
            require(actor, act)
        assert "may not" in refused.value.happened
        assert any(other.value in refused.value.to_do for other in RIGHTS[act])


def test_the_table_names_every_act_and_every_role():
    assert {act for act, *_ in CELLS} == set(Act) == set(RIGHTS)
    assert {role for _, role, _ in CELLS} == set(Role)


def test_an_administrator_may_everything():
    assert all(Role.ADMINISTRATOR in roles for roles in RIGHTS.values())


@pytest.mark.parametrize("act", Act)
def test_nobody_may_nothing_and_the_desk_everything(act):
    with pytest.raises(NotSignedIn):
        require(NOBODY, act)
    require(DESK, act)


@pytest.mark.parametrize("act", Act)
def test_a_command_without_a_person_may_export_alone(act):
    assert allowed(Actor.at_command_line("root"), act) is (act is Act.EXPORT)


def test_who_calls_himself_the_desk_is_not_the_desk():
    forged = Actor("0192", "CarTech Desk")
    assert not allowed(forged, Act.DELETE)


def test_each_act_can_be_said_and_each_role_shelves_for_a_limited_time():
    assert all(act.words for act in Act)
    assert len({act.words for act in Act}) == len(Act)
    assert set(SHELVE_MOST_S) == set(Role)
    assert max(SHELVE_MOST_S.values()) <= 14 * 86_400
