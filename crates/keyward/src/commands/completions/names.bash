_keyward_with_names() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
    local verb= skip= kept=() one name
    for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        # After `--` another program's words follow, and bash completes them.
        [ "$one" != -- ] || { COMPREPLY=(); return 0; }
        if [ -n "$skip" ]; then skip=; continue; fi
        case "$one" in
            @GLOBAL@) [ -n "$verb" ] || skip=1 ;;
            -*) ;;
            *) [ -n "$verb" ] || verb="$one" ;;
        esac
    done
    _keyward "$@"
    # What only stands for an argument is nothing to type, and a hidden verb is nothing to offer.
    for one in "${COMPREPLY[@]}"; do
        case "$one" in '<'*|'['*|@HIDDEN@) ;; *) kept+=("$one") ;; esac
    done
    COMPREPLY=("${kept[@]}")
    case "$verb $before" in
        @NAMED@) COMPREPLY=() ;;
        @VALUED@) return 0 ;;
        *)
            case "$word" in -*) return 0 ;; esac
            case "$verb" in @VERBS@) ;; *) return 0 ;; esac
            ;;
    esac
    while IFS= read -r name; do
        case "$name" in "$word"*) COMPREPLY+=("$(printf '%q' "$name")") ;; esac
    done < <(command keyward list --names 2>/dev/null)
}
complete -F _keyward_with_names -o bashdefault -o default keyward
