_keyward_with_names() {
    _keyward "$@"
    local word="${COMP_WORDS[COMP_CWORD]}" kept=() one name
    # What only stands for an argument is nothing to type.
    for one in "${COMPREPLY[@]}"; do
        case "$one" in '<'*|'['*) ;; *) kept+=("$one") ;; esac
    done
    COMPREPLY=("${kept[@]}")
    [ "$COMP_CWORD" -ge 2 ] || return 0
    for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [ "$one" = -- ] && return 0
    done
    case "$word" in -*) return 0 ;; esac
    case "${COMP_WORDS[1]}" in
        @VERBS@)
            while IFS= read -r name; do
                case "$name" in "$word"*) COMPREPLY+=("$(printf '%q' "$name")") ;; esac
            done < <(command keyward list --names 2>/dev/null)
            ;;
    esac
}
complete -F _keyward_with_names -o bashdefault -o default keyward
