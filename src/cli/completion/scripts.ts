/** The completion script of each shell. Each calls `tagwise __complete` and evaluates nothing that was typed. */
export const scripts = {
  // bash splits words at ':' and '=': the program splits the line itself and answers with what follows the last one
  bash: `# tagwise completion for bash; in ~/.bashrc: source <(tagwise completion bash)
_tagwise() {
  local IFS=$'\\n'
  COMPREPLY=($(tagwise __complete bash "$COMP_POINT" "$COMP_LINE" "$COMP_WORDBREAKS" 2>/dev/null))
  if [[ \${COMPREPLY[0]} == :files ]]; then
    COMPREPLY=()
    compopt -o default 2>/dev/null
  elif [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=:/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _tagwise tagwise
`,
  // compadd, not _describe, which takes ':' for the start of a description
  zsh: `#compdef tagwise
# tagwise completion for zsh; in ~/.zshrc: source <(tagwise completion zsh)
_tagwise() {
  local -a found open whole
  found=("\${(@f)$(tagwise __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $found[1] == :files ]]; then
    _files
    return
  fi
  open=(\${(M)found:#*[=:/]})
  whole=(\${found:#*[=:/]})
  (( $#whole )) && compadd -- $whole
  (( $#open )) && compadd -S '' -- $open
}
if [[ $funcstack[1] == _tagwise ]]; then
  _tagwise
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _tagwise tagwise
fi
`,
  fish: `# tagwise completion for fish; in ~/.config/fish/config.fish: tagwise completion fish | source
function __tagwise_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l found (tagwise __complete fish $words "$current" 2>/dev/null)
    if test "$found[1]" = :files
        __fish_complete_path "$current"
    else if test (count $found) -gt 0
        printf '%s\\n' $found
    end
end
complete -c tagwise -e
complete -c tagwise -f -a '(__tagwise_complete)'
`,
  // '+' in front, since PowerShell drops an empty argument; characters that cmd.exe interprets are not passed on
  powershell: `# tagwise completion for PowerShell; in $PROFILE: tagwise completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName tagwise -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    $words = @($before | ForEach-Object { '+' + $_.Extent.Text }) + @('+' + $wordToComplete)
    if ($words -notmatch '^[A-Za-z0-9._:/@=+-]*$') { return }
    tagwise __complete powershell @words 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`,
} as const;

/** A shell that tagwise has a completion script for. */
export type Shell = keyof typeof scripts;

/** All of these shells. */
export const shells = Object.keys(scripts) as readonly Shell[];
