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

/// The actions from a state to the end.
fn actions(kind: Kind, mut state: State) -> Vec<NextAction> {
    let mut taken = Vec::new();
    loop {
        let action = state.next_action(kind, None, at(100));
        taken.push(action);
        state = match action {
            NextAction::Create => State::Created,
            NextAction::Prove => State::Placing,
            NextAction::Place | NextAction::Deliver => State::Placed,
            NextAction::Check => State::Checked,
            NextAction::Deactivate => State::Deactivated,
            NextAction::Delete => return taken,
            NextAction::Wait(_) => panic!("the entry has no grace"),
        };
    }
}

#[test]
fn each_rotation_goes_its_way_to_the_end() {
    let check = |kind: Kind, expect: &[NextAction]| assert_eq!(actions(kind, State::Begun), expect);
    use NextAction::{Check as Try, Create, Deactivate, Delete, Deliver, Place, Prove};
    check(KINDS[0], &[Create, Place, Deactivate, Delete]);
    check(KINDS[1], &[Create, Prove, Deliver, Deactivate, Delete]);
    check(KINDS[2], &[Create, Prove, Deliver, Try, Deactivate, Delete]);
}

#[test]
fn from_every_state_the_rest_of_the_way_is_taken_and_no_key_is_made_twice() {
    for kind in KINDS {
        for (state, name) in STATES {
            let rest = actions(kind, state);
            assert_eq!(rest.last(), Some(&NextAction::Delete), "{name}");
            assert_eq!(
                rest.contains(&NextAction::Create),
                state == State::Begun,
                "{name}"
            );
        }
    }
}

#[test]
fn the_old_key_is_left_alone_while_its_grace_lasts() {
    for kind in KINDS {
        let action = State::Checked.next_action(kind, Some(at(101)), at(100));
        assert_eq!(action, NextAction::Wait(at(101)));
        assert_eq!(
            State::Checked.next_action(kind, Some(at(100)), at(100)),
            NextAction::Deactivate
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
