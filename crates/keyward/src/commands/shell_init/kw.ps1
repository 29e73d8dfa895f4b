# keyward: kw PROFILE switches this shell, kw - leaves it without a profile.
function kw {
    param($Name)
    if ($null -eq $Name -and $args.Count -eq 0) {
        & @KEYWARD@ list
        return
    }
    # A word such as -h is no name to PowerShell.
    $words = @(@($Name) + $args | Where-Object { $null -ne $_ })
    $lines = & @KEYWARD@ switch --shell powershell @words
    if ($LASTEXITCODE -eq 0 -and $lines) {
        $lines | Out-String | Invoke-Expression
    }
}

# For the prompt: function prompt { "$(keyward_prompt) PS $(Get-Location)> " }
function keyward_prompt {
    $code = $global:LASTEXITCODE
    & @KEYWARD@ status --prompt 2>$null
    # What the last command ended with is still to be seen after a prompt.
    $global:LASTEXITCODE = $code
}

Register-ArgumentCompleter -CommandName kw -ParameterName Name -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    $word = $wordToComplete.Trim("'", '"')
    & @KEYWARD@ list --names 2>$null | ForEach-Object {
        if (-not $_.StartsWith($word, [StringComparison]::OrdinalIgnoreCase)) {
            return
        }
        # The shell runs what is completed, so a name that is more than a word is quoted.
        if ($_ -match '^[A-Za-z0-9_][A-Za-z0-9_./:+-]*$') {
            $_
        } else {
            "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_) + "'"
        }
    }
}
