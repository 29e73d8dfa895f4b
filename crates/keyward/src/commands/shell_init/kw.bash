# keyward: kw PROFILE switches this shell, kw - leaves it without a profile.
kw() {
    if [ $# -eq 0 ]; then
        command @KEYWARD@ list
        return
    fi
    local lines
    lines="$(command @KEYWARD@ switch --shell bash "$@")" || return
    eval "$lines"
}

# For the prompt: PS1='$(keyward_prompt) \w\$ '
keyward_prompt() {
    command @KEYWARD@ status --prompt 2>/dev/null
}

_kw() {
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        local name
        while IFS= read -r name; do
            case "$name" in "${COMP_WORDS[1]}"*) COMPREPLY+=("$(printf '%q' "$name")") ;; esac
        done < <(command @KEYWARD@ list --names 2>/dev/null)
    fi
}
complete -F _kw kw
