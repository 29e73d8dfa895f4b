(( $+functions[_keyward_names] )) ||
_keyward_names() {
    local -a names
    names=(${(f)"$(command keyward list --names 2>/dev/null)"})
    compadd -a names
}
# The values of a kind that fit in this place.
(( $+functions[_keyward_values] )) ||
_keyward_values() {
    local -a found
    found=(${(f)"$(command keyward candidates $1 -- $words 2>/dev/null)"})
    compadd -a found
}
(( $+functions[_keyward_sessions] )) || _keyward_sessions() { _keyward_values sessions }
(( $+functions[_keyward_slots] )) || _keyward_slots() { _keyward_values slots }
(( $+functions[_keyward_accounts] )) || _keyward_accounts() { _keyward_values accounts }
(( $+functions[_keyward_users] )) || _keyward_users() { _keyward_values users }
(( $+functions[_keyward_blueprints] )) || _keyward_blueprints() { _files -g '*.toml' }
# A command comes after `--`. Before it, the programs of PATH would hide the profiles.
(( $+functions[_keyward_command] )) ||
_keyward_command() {
    local at=${words[(i)--]}
    (( at < CURRENT )) || return 1
    shift $at words
    (( CURRENT -= at ))
    _normal
}
