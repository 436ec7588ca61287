// The scripts know nothing: they ask `sotto __complete` what could stand where the cursor is.
// Nothing that comes from there is evaluated by the shell.

import { ClientError } from '../client/api.ts'
import { type SafeText, safeText } from '../protocol/safe-text.ts'
import { FILES } from './complete.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_sotto() {
  mapfile -t COMPREPLY < <(sotto __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${COMPREPLY[0]}" = '${FILES}' ]; then
    COMPREPLY=()
    compopt -o default
  fi
}
complete -F _sotto sotto`,
  zsh: `#compdef sotto
_sotto() {
  local -a found
  found=("\${(@f)$(sotto __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${found[1]} == '${FILES}' ]]; then
    _files
  else
    compadd -- "\${found[@]}"
  fi
}
compdef _sotto sotto`,
  fish: `function __sotto_complete
  set -l found (sotto __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test "$found[1]" = '${FILES}'
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c sotto -f -a '(__sotto_complete)'`,
}

export async function run({ out }: Context, input: Input): Promise<undefined> {
  const script = SCRIPTS[input.word(0)]
  if (script === undefined) {
    throw new ClientError('usage', 'Completion is for bash, zsh and fish.')
  }
  out.text(lines(script))
}

const lines = (script: string): SafeText => safeText(script, { multiline: true })
