(( $+functions[_keyward_names] )) ||
_keyward_names() {
    local -a names
    names=(${(f)"$(command keyward list --names 2>/dev/null)"})
    compadd -a names
}
# A command comes after `--`. Before it, the programs of PATH would hide the profiles.
(( $+functions[_keyward_command] )) ||
_keyward_command() {
    local at=${words[(i)--]}
    (( at < CURRENT )) || return 1
    shift $at words
    (( CURRENT -= at ))
    _normal
}
