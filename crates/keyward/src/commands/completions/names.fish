# Whether the name of a profile comes next.
function __fish_keyward_at_name
    set -l path
    set -l skip
    for one in (commandline -opc)[2..-1]
        test "$one" = --; and return 1
        if test -n "$skip"
            set skip
            continue
        end
        switch "$path[1] $one"
            case @VALUED@
                set skip 1
            case '* -*'
            case '*'
                set -a path $one
        end
    end
    contains -- "$path" @PLACES@; or string match -rq '^(@MANY@) ' -- "$path"
end
# The words after `--` are a command line of their own.
function __fish_keyward_command
    set -l words (commandline -opc)
    set -l after $words[(math (contains -i -- -- $words) + 1)..-1]
    complete -C (string join ' ' -- (string escape -- $after) (commandline -ct))
end
complete -c keyward -n __fish_keyward_at_name -f -a '(command keyward list --names 2>/dev/null)'
complete -c keyward -n 'contains -- -- (commandline -opc)' -f -a '(__fish_keyward_command)'
