complete -c keyward -n '__fish_seen_subcommand_from @VERBS@; and not contains -- -- (commandline -opc)' -f -a '(command keyward list --names 2>/dev/null)'
