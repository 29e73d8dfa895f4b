use super::*;

const KINDS: [Kind; 3] = [
    Kind::Own,
    Kind::MachineUser { check: Check::None },
    Kind::MachineUser {
        check: Check::Workflow,
    },
];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second)
}

/// The turns from a state to the end.
fn turns(kind: Kind, mut state: State) -> Vec<Turn> {
    let mut taken = Vec::new();
    loop {
        let turn = state.turn(kind, None, at(100));
        taken.push(turn);
        state = match turn {
            Turn::Create => State::Created,
            Turn::Prove => State::Placing,
            Turn::Place | Turn::Deliver => State::Placed,
            Turn::Check => State::Checked,
            Turn::Deactivate => State::Deactivated,
            Turn::Delete => return taken,
            Turn::Wait(_) => panic!("there is no grace"),
        };
    }
}

#[test]
fn each_rotation_goes_its_way_to_the_end() {
    let check = |kind: Kind, expect: &[Turn]| assert_eq!(turns(kind, State::Begun), expect);
    use Turn::{Check as Try, Create, Deactivate, Delete, Deliver, Place, Prove};
    check(KINDS[0], &[Create, Place, Deactivate, Delete]);
    check(KINDS[1], &[Create, Prove, Deliver, Deactivate, Delete]);
    check(KINDS[2], &[Create, Prove, Deliver, Try, Deactivate, Delete]);
}

#[test]
fn from_every_state_the_rest_of_the_way_is_taken_and_no_key_is_made_twice() {
    for kind in KINDS {
        for (state, name) in STATES {
            let rest = turns(kind, state);
            assert_eq!(rest.last(), Some(&Turn::Delete), "{name}");
            assert_eq!(
                rest.contains(&Turn::Create),
                state == State::Begun,
                "{name}"
            );
        }
    }
}

#[test]
fn the_old_key_is_left_alone_while_its_grace_lasts() {
    for kind in KINDS {
        let turn = State::Checked.turn(kind, Some(at(101)), at(100));
        assert_eq!(turn, Turn::Wait(at(101)));
        assert_eq!(
            State::Checked.turn(kind, Some(at(100)), at(100)),
            Turn::Deactivate
        );
    }
}

#[test]
fn there_is_a_way_back_exactly_until_the_new_key_may_be_in_use() {
    let back = STATES.map(|(state, _)| state.abort() == Abort::GoBack);
    assert_eq!(back, [true, true, false, false, false, false]);
}

#[test]
fn states_are_read_as_they_were_stored() {
    for (state, _) in STATES {
        assert_eq!(State::read(&state.stored()), Some(state));
    }
    assert_eq!(State::read(&"of_a_newer_program".parse().unwrap()), None);
}
