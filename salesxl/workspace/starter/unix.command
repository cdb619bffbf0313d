#!/bin/sh
# salesxl starter: salesxl init writes this file anew unless this line is gone
export PYTHONUTF8=1
stay() {
  printf '\n%s\n' "$1" >&2
  [ -t 0 ] && read -r _
  exit "$2"
}
cd "$(dirname "$0")" || stay '{no_folder}' 2

for noted in "$HOME/Library/Application Support/salesxl/program.txt" "${XDG_CONFIG_HOME:-$HOME/.config}/salesxl/program.txt"; do
  [ -r "$noted" ] || continue
  IFS= read -r program <"$noted"
  [ -x "$program" ] && break
  program=
done

if [ -n "${program:-}" ]; then
  set -- "$program" -m salesxl
elif command -v salesxl >/dev/null 2>&1; then
  set -- salesxl
elif [ -x "$HOME/.local/bin/salesxl" ]; then
  set -- "$HOME/.local/bin/salesxl"
elif python3 -c 'import salesxl' >/dev/null 2>&1; then
  set -- python3 -m salesxl
elif uv tool run --offline salesxl --version >/dev/null 2>&1; then
  set -- uv tool run --offline salesxl
else
  stay '{missing}' 2
fi

"$@" desk . {options} || stay '{failed}' "$?"
