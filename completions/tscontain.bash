# bash completion for tscontain
_tscontain_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
declare -F _filedir >/dev/null || _filedir() { mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
_tscontain() {
  local cur prev command="" word i
  cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    case "$word" in
      --root) ((i++)) ;;
      -*) ;;
      network|image|builder|volume|guard) command="$word"; [[ $((i + 1)) -lt COMP_CWORD ]] && command="$word ${COMP_WORDS[i+1]}"; break ;;
      *) command="$word"; break ;;
    esac
  done
  case "$command" in
    "") [[ "$prev" == --root ]] && { _filedir; return; }; _tscontain_words "run exec ps logs stats metrics top create start stop restart kill pause unpause update rename rm restore prune attach wait cp diff commit export inspect port events network image images pull push login logout build builder rmi tag history save load import volume guard info doctor completion version --root --help --version" ;;
    "network") _tscontain_words "create ls inspect connect disconnect rm prune" ;;
    "image") _tscontain_words "ls pull push inspect history tag build save load import rm prune check" ;;
    "builder") _tscontain_words "prune" ;;
    "volume") _tscontain_words "create ls inspect rm prune" ;;
    "guard") _tscontain_words "check run" ;;
    "run")
      case "$prev" in
        --detach-keys) COMPREPLY=(); return ;;
        --pull) _tscontain_words "$(echo always missing never)"; return ;;
        --platform) COMPREPLY=(); return ;;
        --name) COMPREPLY=(); return ;;
        --project) COMPREPLY=(); return ;;
        --env|-e) COMPREPLY=(); return ;;
        --env-file) _filedir; return ;;
        --workdir|-w) COMPREPLY=(); return ;;
        --user|-u) COMPREPLY=(); return ;;
        --group-add) COMPREPLY=(); return ;;
        --entrypoint) COMPREPLY=(); return ;;
        --hostname|-h) COMPREPLY=(); return ;;
        --domainname) COMPREPLY=(); return ;;
        --add-host) COMPREPLY=(); return ;;
        --network) _tscontain_words "$(tscontain network ls --format '{{.Name}}' 2>/dev/null)"; return ;;
        --network-alias) COMPREPLY=(); return ;;
        --ip) COMPREPLY=(); return ;;
        --ip6) COMPREPLY=(); return ;;
        --mac-address) COMPREPLY=(); return ;;
        --publish|-p) COMPREPLY=(); return ;;
        --expose) COMPREPLY=(); return ;;
        --dns) COMPREPLY=(); return ;;
        --dns-search) COMPREPLY=(); return ;;
        --dns-option) COMPREPLY=(); return ;;
        --volume|-v) _filedir; return ;;
        --mount) COMPREPLY=(); return ;;
        --volumes-from) _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; return ;;
        --volume-driver) _tscontain_words "$(echo local)"; return ;;
        --tmpfs) COMPREPLY=(); return ;;
        --shm-size) COMPREPLY=(); return ;;
        --device) _filedir; return ;;
        --ulimit) COMPREPLY=(); return ;;
        --oom-score-adj) COMPREPLY=(); return ;;
        --sysctl) COMPREPLY=(); return ;;
        --cap-add) COMPREPLY=(); return ;;
        --cap-drop) COMPREPLY=(); return ;;
        --security-opt) _tscontain_words "$(echo no-new-privileges)"; return ;;
        --restart) _tscontain_words "$(echo no always unless-stopped on-failure)"; return ;;
        --stop-signal) _tscontain_words "$(echo HUP INT QUIT KILL USR1 USR2 TERM CONT STOP)"; return ;;
        --stop-timeout) COMPREPLY=(); return ;;
        --health-cmd) COMPREPLY=(); return ;;
        --health-interval) COMPREPLY=(); return ;;
        --health-timeout) COMPREPLY=(); return ;;
        --health-retries) COMPREPLY=(); return ;;
        --health-start-period) COMPREPLY=(); return ;;
        --health-start-interval) COMPREPLY=(); return ;;
        --label|-l) COMPREPLY=(); return ;;
        --log-opt) COMPREPLY=(); return ;;
        --cidfile) _filedir; return ;;
        --memory|-m) COMPREPLY=(); return ;;
        --memory-high) COMPREPLY=(); return ;;
        --memory-reservation) COMPREPLY=(); return ;;
        --memory-swap) COMPREPLY=(); return ;;
        --memory-swappiness) COMPREPLY=(); return ;;
        --cpus) COMPREPLY=(); return ;;
        --cpu-period) COMPREPLY=(); return ;;
        --cpu-quota) COMPREPLY=(); return ;;
        --cpu-shares|-c) COMPREPLY=(); return ;;
        --cpuset-cpus) COMPREPLY=(); return ;;
        --cpuset-mems) COMPREPLY=(); return ;;
        --pids-limit) COMPREPLY=(); return ;;
        --blkio-weight) COMPREPLY=(); return ;;
        --device-read-bps) COMPREPLY=(); return ;;
        --device-write-bps) COMPREPLY=(); return ;;
        --device-read-iops) COMPREPLY=(); return ;;
        --device-write-iops) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--detach -d --detach-keys --explain --pull --platform --name --project --interactive -i --tty -t --env -e --env-file --workdir -w --user -u --group-add --entrypoint --hostname -h --domainname --add-host --network --network-alias --ip --ip6 --mac-address --publish -p --publish-all -P --expose --dns --dns-search --dns-option --volume -v --mount --volumes-from --volume-driver --tmpfs --read-only --shm-size --device --ulimit --oom-score-adj --sysctl --cap-add --cap-drop --privileged --security-opt --init --restart --stop-signal --stop-timeout --health-cmd --health-interval --health-timeout --health-retries --health-start-period --health-start-interval --no-healthcheck --label -l --rm --log-opt --cidfile --memory -m --memory-high --memory-reservation --memory-swap --memory-swappiness --oom-kill-disable --cpus --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --device-read-bps --device-write-bps --device-read-iops --device-write-iops"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "exec")
      case "$prev" in
        --env|-e) COMPREPLY=(); return ;;
        --env-file) _filedir; return ;;
        --workdir|-w) COMPREPLY=(); return ;;
        --user|-u) COMPREPLY=(); return ;;
        --detach-keys) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--detach -d --interactive -i --tty -t --env -e --env-file --workdir -w --user -u --privileged --detach-keys"; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "ps")
      case "$prev" in
        --last|-n) COMPREPLY=(); return ;;
        --filter|-f) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all -a --removed --quiet -q --last -n --latest -l --filter -f --no-trunc --format"; else :; fi ;;
    "logs")
      case "$prev" in
        --tail|-n) COMPREPLY=(); return ;;
        --since) COMPREPLY=(); return ;;
        --until) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--follow -f --tail -n --timestamps -t --since --until"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "stats")
      case "$prev" in
        --format) _tscontain_words "$(echo table json csv)"; return ;;
        --since) COMPREPLY=(); return ;;
        --until) COMPREPLY=(); return ;;
        --step) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--no-stream --all -a --format --since --until --step"; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "metrics")
      case "$prev" in
        --listen) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo openmetrics prometheus)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--listen --allow-remote --once --format"; else :; fi ;;
    "top")
      case "$prev" in
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format"; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "create")
      case "$prev" in
        --pull) _tscontain_words "$(echo always missing never)"; return ;;
        --platform) COMPREPLY=(); return ;;
        --name) COMPREPLY=(); return ;;
        --project) COMPREPLY=(); return ;;
        --env|-e) COMPREPLY=(); return ;;
        --env-file) _filedir; return ;;
        --workdir|-w) COMPREPLY=(); return ;;
        --user|-u) COMPREPLY=(); return ;;
        --group-add) COMPREPLY=(); return ;;
        --entrypoint) COMPREPLY=(); return ;;
        --hostname|-h) COMPREPLY=(); return ;;
        --domainname) COMPREPLY=(); return ;;
        --add-host) COMPREPLY=(); return ;;
        --network) _tscontain_words "$(tscontain network ls --format '{{.Name}}' 2>/dev/null)"; return ;;
        --network-alias) COMPREPLY=(); return ;;
        --ip) COMPREPLY=(); return ;;
        --ip6) COMPREPLY=(); return ;;
        --mac-address) COMPREPLY=(); return ;;
        --publish|-p) COMPREPLY=(); return ;;
        --expose) COMPREPLY=(); return ;;
        --dns) COMPREPLY=(); return ;;
        --dns-search) COMPREPLY=(); return ;;
        --dns-option) COMPREPLY=(); return ;;
        --volume|-v) _filedir; return ;;
        --mount) COMPREPLY=(); return ;;
        --volumes-from) _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; return ;;
        --volume-driver) _tscontain_words "$(echo local)"; return ;;
        --tmpfs) COMPREPLY=(); return ;;
        --shm-size) COMPREPLY=(); return ;;
        --device) _filedir; return ;;
        --ulimit) COMPREPLY=(); return ;;
        --oom-score-adj) COMPREPLY=(); return ;;
        --sysctl) COMPREPLY=(); return ;;
        --cap-add) COMPREPLY=(); return ;;
        --cap-drop) COMPREPLY=(); return ;;
        --security-opt) _tscontain_words "$(echo no-new-privileges)"; return ;;
        --restart) _tscontain_words "$(echo no always unless-stopped on-failure)"; return ;;
        --stop-signal) _tscontain_words "$(echo HUP INT QUIT KILL USR1 USR2 TERM CONT STOP)"; return ;;
        --stop-timeout) COMPREPLY=(); return ;;
        --health-cmd) COMPREPLY=(); return ;;
        --health-interval) COMPREPLY=(); return ;;
        --health-timeout) COMPREPLY=(); return ;;
        --health-retries) COMPREPLY=(); return ;;
        --health-start-period) COMPREPLY=(); return ;;
        --health-start-interval) COMPREPLY=(); return ;;
        --label|-l) COMPREPLY=(); return ;;
        --log-opt) COMPREPLY=(); return ;;
        --cidfile) _filedir; return ;;
        --memory|-m) COMPREPLY=(); return ;;
        --memory-high) COMPREPLY=(); return ;;
        --memory-reservation) COMPREPLY=(); return ;;
        --memory-swap) COMPREPLY=(); return ;;
        --memory-swappiness) COMPREPLY=(); return ;;
        --cpus) COMPREPLY=(); return ;;
        --cpu-period) COMPREPLY=(); return ;;
        --cpu-quota) COMPREPLY=(); return ;;
        --cpu-shares|-c) COMPREPLY=(); return ;;
        --cpuset-cpus) COMPREPLY=(); return ;;
        --cpuset-mems) COMPREPLY=(); return ;;
        --pids-limit) COMPREPLY=(); return ;;
        --blkio-weight) COMPREPLY=(); return ;;
        --device-read-bps) COMPREPLY=(); return ;;
        --device-write-bps) COMPREPLY=(); return ;;
        --device-read-iops) COMPREPLY=(); return ;;
        --device-write-iops) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--pull --platform --name --project --interactive -i --tty -t --env -e --env-file --workdir -w --user -u --group-add --entrypoint --hostname -h --domainname --add-host --network --network-alias --ip --ip6 --mac-address --publish -p --publish-all -P --expose --dns --dns-search --dns-option --volume -v --mount --volumes-from --volume-driver --tmpfs --read-only --shm-size --device --ulimit --oom-score-adj --sysctl --cap-add --cap-drop --privileged --security-opt --init --restart --stop-signal --stop-timeout --health-cmd --health-interval --health-timeout --health-retries --health-start-period --health-start-interval --no-healthcheck --label -l --rm --log-opt --cidfile --memory -m --memory-high --memory-reservation --memory-swap --memory-swappiness --oom-kill-disable --cpus --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --device-read-bps --device-write-bps --device-read-iops --device-write-iops"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "start")
      case "$prev" in
        --detach-keys) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--attach -a --interactive -i --detach-keys"; else _tscontain_words "$(tscontain ps -a --filter status=exited --filter status=created --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "stop")
      case "$prev" in
        --timeout|-t) COMPREPLY=(); return ;;
        --time) COMPREPLY=(); return ;;
        --signal|-s) _tscontain_words "$(echo HUP INT QUIT KILL USR1 USR2 TERM CONT STOP)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--timeout -t --time --signal -s"; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "restart")
      case "$prev" in
        --timeout|-t) COMPREPLY=(); return ;;
        --time) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--timeout -t --time"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "kill")
      case "$prev" in
        --signal|-s) _tscontain_words "$(echo HUP INT QUIT KILL USR1 USR2 TERM CONT STOP)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--signal -s"; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "pause")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "unpause")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(tscontain ps --filter status=paused --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "update")
      case "$prev" in
        --memory|-m) COMPREPLY=(); return ;;
        --memory-high) COMPREPLY=(); return ;;
        --memory-reservation) COMPREPLY=(); return ;;
        --memory-swap) COMPREPLY=(); return ;;
        --memory-swappiness) COMPREPLY=(); return ;;
        --cpus) COMPREPLY=(); return ;;
        --cpu-period) COMPREPLY=(); return ;;
        --cpu-quota) COMPREPLY=(); return ;;
        --cpu-shares|-c) COMPREPLY=(); return ;;
        --cpuset-cpus) COMPREPLY=(); return ;;
        --cpuset-mems) COMPREPLY=(); return ;;
        --pids-limit) COMPREPLY=(); return ;;
        --blkio-weight) COMPREPLY=(); return ;;
        --device-read-bps) COMPREPLY=(); return ;;
        --device-write-bps) COMPREPLY=(); return ;;
        --device-read-iops) COMPREPLY=(); return ;;
        --device-write-iops) COMPREPLY=(); return ;;
        --restart) _tscontain_words "$(echo no always unless-stopped on-failure)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--memory -m --memory-high --memory-reservation --memory-swap --memory-swappiness --oom-kill-disable --cpus --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --device-read-bps --device-write-bps --device-read-iops --device-write-iops --restart"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "rename")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "rm")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f --keep -k --volumes -v"; else _tscontain_words "$(tscontain ps -a --filter status=exited --filter status=created --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "restore")
      case "$prev" in
        --name) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--name"; else :; fi ;;
    "prune")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f --removed"; else :; fi ;;
    "attach")
      case "$prev" in
        --sig-proxy) _tscontain_words "$(echo true false)"; return ;;
        --detach-keys) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--no-stdin --sig-proxy --detach-keys"; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "wait")
      case "$prev" in
        --condition) _tscontain_words "$(echo not-running next-exit removed)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--condition"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "cp")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _filedir; fi ;;
    "diff")
      case "$prev" in
        --format) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "commit")
      case "$prev" in
        --author|-a) COMPREPLY=(); return ;;
        --change|-c) COMPREPLY=(); return ;;
        --message|-m) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--author -a --change -c --message -m --pause -p --no-pause"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "export")
      case "$prev" in
        --output|-o) _filedir; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--output -o"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "inspect")
      case "$prev" in
        --format|-f) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--launch --format -f"; else _tscontain_words "$(tscontain ps -a --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "port")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(tscontain ps --format '{{.Names}}' 2>/dev/null)"; fi ;;
    "events")
      case "$prev" in
        --since) COMPREPLY=(); return ;;
        --until) COMPREPLY=(); return ;;
        --filter|-f) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--since --until --filter -f --format"; else :; fi ;;
    "network create")
      case "$prev" in
        --subnet) COMPREPLY=(); return ;;
        --gateway) COMPREPLY=(); return ;;
        --ip-range) COMPREPLY=(); return ;;
        --label) COMPREPLY=(); return ;;
        --opt|-o) COMPREPLY=(); return ;;
        --driver|-d) _tscontain_words "$(echo bridge)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--subnet --gateway --ip-range --ipv6 --internal --label --opt -o --driver -d --attachable"; else :; fi ;;
    "network ls")
      case "$prev" in
        --filter|-f) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--quiet -q --filter -f --no-trunc --format"; else :; fi ;;
    "network inspect")
      case "$prev" in
        --format|-f) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format -f"; else _tscontain_words "$(tscontain network ls --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "network connect")
      case "$prev" in
        --alias) COMPREPLY=(); return ;;
        --ip) COMPREPLY=(); return ;;
        --ip6) COMPREPLY=(); return ;;
        --mac-address) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--alias --ip --ip6 --mac-address"; else _tscontain_words "$(tscontain network ls --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "network disconnect")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f"; else _tscontain_words "$(tscontain network ls --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "network rm")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f"; else _tscontain_words "$(tscontain network ls --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "network prune")
      case "$prev" in
        --filter) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f --filter"; else :; fi ;;
    "image ls")
      case "$prev" in
        --filter|-f) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all -a --quiet -q --digests --no-trunc --filter -f --format"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image pull")
      case "$prev" in
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all-tags -a --quiet -q --platform"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image push")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all-tags -a --quiet -q"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image inspect")
      case "$prev" in
        --format|-f) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format -f"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image history")
      case "$prev" in
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--quiet -q --no-human --no-trunc --format"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image tag")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image build")
      case "$prev" in
        --file|-f) _filedir; return ;;
        --tag|-t) COMPREPLY=(); return ;;
        --target) COMPREPLY=(); return ;;
        --build-arg) COMPREPLY=(); return ;;
        --build-context) COMPREPLY=(); return ;;
        --secret) COMPREPLY=(); return ;;
        --label) COMPREPLY=(); return ;;
        --add-host) COMPREPLY=(); return ;;
        --network) _tscontain_words "$(echo default host none)"; return ;;
        --platform) COMPREPLY=(); return ;;
        --output|-o) _filedir; return ;;
        --iidfile) _filedir; return ;;
        --progress) _tscontain_words "$(echo auto plain tty json quiet)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--file -f --tag -t --target --build-arg --build-context --secret --label --add-host --network --platform --no-cache --pull --output -o --iidfile --progress --quiet -q"; else _filedir; fi ;;
    "image save")
      case "$prev" in
        --output|-o) _filedir; return ;;
        --format) _tscontain_words "$(echo docker-archive oci-archive oci-dir)"; return ;;
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--output -o --format --platform"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image load")
      case "$prev" in
        --input|-i) _filedir; return ;;
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--input -i --quiet -q --platform"; else :; fi ;;
    "image import")
      case "$prev" in
        --change|-c) COMPREPLY=(); return ;;
        --message|-m) COMPREPLY=(); return ;;
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--change -c --message -m --platform"; else _filedir; fi ;;
    "image rm")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "image prune")
      case "$prev" in
        --filter) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all -a --force -f --dry-run --filter"; else :; fi ;;
    "image check")
      case "$prev" in
        --format) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--repair --quick --deep --format"; else :; fi ;;
    "images")
      case "$prev" in
        --filter|-f) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all -a --quiet -q --digests --no-trunc --filter -f --format"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "pull")
      case "$prev" in
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all-tags -a --quiet -q --platform"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "push")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all-tags -a --quiet -q"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "login")
      case "$prev" in
        --username|-u) COMPREPLY=(); return ;;
        --password|-p) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--username -u --password -p --password-stdin"; else :; fi ;;
    "logout")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else :; fi ;;
    "build")
      case "$prev" in
        --file|-f) _filedir; return ;;
        --tag|-t) COMPREPLY=(); return ;;
        --target) COMPREPLY=(); return ;;
        --build-arg) COMPREPLY=(); return ;;
        --build-context) COMPREPLY=(); return ;;
        --secret) COMPREPLY=(); return ;;
        --label) COMPREPLY=(); return ;;
        --add-host) COMPREPLY=(); return ;;
        --network) _tscontain_words "$(echo default host none)"; return ;;
        --platform) COMPREPLY=(); return ;;
        --output|-o) _filedir; return ;;
        --iidfile) _filedir; return ;;
        --progress) _tscontain_words "$(echo auto plain tty json quiet)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--file -f --tag -t --target --build-arg --build-context --secret --label --add-host --network --platform --no-cache --pull --output -o --iidfile --progress --quiet -q"; else _filedir; fi ;;
    "builder prune")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all -a --force -f"; else :; fi ;;
    "rmi")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "tag")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "history")
      case "$prev" in
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--quiet -q --no-human --no-trunc --format"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "save")
      case "$prev" in
        --output|-o) _filedir; return ;;
        --format) _tscontain_words "$(echo docker-archive oci-archive oci-dir)"; return ;;
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--output -o --format --platform"; else _tscontain_words "$(tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null)"; fi ;;
    "load")
      case "$prev" in
        --input|-i) _filedir; return ;;
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--input -i --quiet -q --platform"; else :; fi ;;
    "import")
      case "$prev" in
        --change|-c) COMPREPLY=(); return ;;
        --message|-m) COMPREPLY=(); return ;;
        --platform) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--change -c --message -m --platform"; else _filedir; fi ;;
    "volume create")
      case "$prev" in
        --label|-l) COMPREPLY=(); return ;;
        --opt|-o) COMPREPLY=(); return ;;
        --driver|-d) _tscontain_words "$(echo local)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--label -l --opt -o --driver -d"; else :; fi ;;
    "volume ls")
      case "$prev" in
        --filter|-f) COMPREPLY=(); return ;;
        --format) _tscontain_words "$(echo table json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--quiet -q --size -s --filter -f --format"; else :; fi ;;
    "volume inspect")
      case "$prev" in
        --format|-f) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--size -s --format -f"; else _tscontain_words "$(tscontain volume ls -q 2>/dev/null)"; fi ;;
    "volume rm")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--force -f"; else _tscontain_words "$(tscontain volume ls -q 2>/dev/null)"; fi ;;
    "volume prune")
      case "$prev" in
        --filter) COMPREPLY=(); return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--all -a --force -f --dry-run --filter"; else :; fi ;;
    "guard check")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _filedir; fi ;;
    "guard run")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--dry-run -n"; else _filedir; fi ;;
    "info")
      case "$prev" in
        --format|-f) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format -f"; else :; fi ;;
    "doctor")
      case "$prev" in
        --format) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format"; else :; fi ;;
    "completion")
      case "$prev" in
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words ""; else _tscontain_words "$(echo bash zsh fish)"; fi ;;
    "version")
      case "$prev" in
        --format|-f) _tscontain_words "$(echo json)"; return ;;
      esac
      if [[ "$cur" == -* ]]; then _tscontain_words "--format -f"; else :; fi ;;
  esac
}
complete -F _tscontain tscontain
