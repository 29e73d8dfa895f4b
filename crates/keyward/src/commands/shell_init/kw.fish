# keyward: kw PROFILE switches this shell, kw - leaves it without a profile.
function kw --description 'Switch this shell to an AWS profile'
    if test (count $argv) -eq 0
        command @KEYWARD@ list
        return
    end
    set -l lines (command @KEYWARD@ switch --shell fish $argv)
    or return
    printf '%s\n' $lines | source
end

# For the prompt: call it in fish_prompt or fish_right_prompt.
function keyward_prompt --description 'The AWS profile and the time left'
    command @KEYWARD@ status --prompt 2>/dev/null
end

complete -c kw -f -n 'test (count (commandline -opc)) -eq 1' -a '(command @KEYWARD@ list --names 2>/dev/null)'
