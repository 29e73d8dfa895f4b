# keyward: kw PROFILE switches this shell, kw - leaves it without a profile.
kw() {
    if [ $# -eq 0 ]; then
        command @KEYWARD@ list
        return
    fi
    local lines
    lines="$(command @KEYWARD@ switch --shell zsh "$@")" || return
    eval "$lines"
}

# For the prompt: setopt prompt_subst; RPROMPT='$(keyward_prompt)'
keyward_prompt() {
    command @KEYWARD@ status --prompt 2>/dev/null
}

_kw() {
    local -a names
    names=(${(f)"$(command @KEYWARD@ list --names 2>/dev/null)"})
    if (( CURRENT == 2 )); then
        compadd -a names
    fi
}
if (( $+functions[compdef] )); then
    compdef _kw kw
fi
