# What comes next, if keyward can list it.
function __fish_keyward_place
    set -l path
    set -l skip
    for one in (commandline -opc)[2..-1]
        test "$one" = --; and echo nothing; and return
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
    switch "$path"
        @PLACES@
        case '*'
            echo nothing
    end
end
# The words after `--` are a command line of their own.
function __fish_keyward_command
    set -l words (commandline -opc)
    set -l after $words[(math (contains -i -- -- $words) + 1)..-1]
    complete -C (string join ' ' -- (string escape -- $after) (commandline -ct))
end
@VALUES@
complete -c keyward -n 'contains -- -- (commandline -opc)' -f -a '(__fish_keyward_command)'
