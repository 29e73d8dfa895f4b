_keyward_with_names() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
    local verb= path= skip= kind= kept=() one name at=0
    for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        at=$((at + 1))
        # After `--` another program's words follow.
        [ "$one" != -- ] || { _keyward_command $((at + 1)); return 0; }
        if [ "$one" = = ]; then skip=1; continue; fi
        if [ -n "$skip" ]; then skip=; continue; fi
        case "$verb $one" in
            @VALUED@) skip=1 ;;
            *' -'*) ;;
            *) verb="${verb:-$one}" path="${path:+$path }$one" ;;
        esac
    done
    _keyward "$@"
    # What only stands for an argument is nothing to type, and a hidden verb is nothing to offer. An
    # option is offered where one is begun: bash would type the `-` that they have in common.
    for one in "${COMPREPLY[@]}"; do
        case "$one" in
            '<'*|'['*|@HIDDEN@) ;;
            -*) case "$word" in -*) kept+=("$one") ;; esac ;;
            *) kept+=("$one") ;;
        esac
    done
    COMPREPLY=("${kept[@]}")
    case "$verb $before" in
        @NAMED@
        @OTHERS@) return 0 ;;
    esac
    if [ -n "$kind" ]; then
        COMPREPLY=()
    else
        case "$word" in -*) return 0 ;; esac
        case "$path" in
                @PLACES@
            *) return 0 ;;
        esac
    fi
    if [ "$kind" = blueprints ]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -X '!*.toml' -- "$word"; compgen -d -- "$word")
        return 0
    fi
    while IFS= read -r name; do
        case "$name" in "$word"*) COMPREPLY+=("$(printf '%q' "$name")") ;; esac
    done < <(_keyward_values "$kind")
}
# Lists the values of a kind, one a line.
_keyward_values() {
    case "$1" in
        profiles) command keyward list --names 2>/dev/null ;;
        *) command keyward candidates "$1" -- "${COMP_WORDS[@]}" 2>/dev/null ;;
    esac
}
# Completes the words from a place on as a command line of their own.
_keyward_command() {
    COMPREPLY=()
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif [ "$1" = "$COMP_CWORD" ]; then
        while IFS= read -r one; do COMPREPLY+=("$one"); done < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}" | sort -u)
    fi
}
complete -F _keyward_with_names -o bashdefault -o default keyward
