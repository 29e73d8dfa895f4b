# keyward: kw PROFILE switches this shell, kw - leaves it without a profile.
function kw {
    if ($args.Count -eq 0) {
        & @KEYWARD@ list
        return
    }
    $lines = & @KEYWARD@ switch --shell powershell @args
    if ($LASTEXITCODE -eq 0) {
        $lines | Out-String | Invoke-Expression
    }
}

# For the prompt: function prompt { "$(keyward_prompt) PS $(Get-Location)> " }
function keyward_prompt {
    & @KEYWARD@ status --prompt 2>$null
}

Register-ArgumentCompleter -CommandName kw -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    & @KEYWARD@ list --names 2>$null | Where-Object { $_ -like "$wordToComplete*" }
}
