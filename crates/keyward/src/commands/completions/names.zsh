(( $+functions[_keyward_names] )) ||
_keyward_names() {
    local -a names
    names=(${(f)"$(command keyward list --names 2>/dev/null)"})
    compadd -a names
}
