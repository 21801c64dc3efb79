# SPDX-License-Identifier: GPL-2.0
# bash completion for dreamctl

_dreamctl_names()
{
	dreamctl "$1" 2>/dev/null | awk -v column="$2" 'NR > 1 { print $column }'
}

_dreamctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} words='' i=1

	while [[ ${COMP_WORDS[i]} == -* && $i -lt $COMP_CWORD ]]; do
		((i++))
	done
	case $((COMP_CWORD - i)):${COMP_WORDS[i]}:${COMP_WORDS[i + 1]} in
	0:*)		words='accel model policy param queue run stats score
			       monitor record tune -j -p -d -h -V' ;;
	1:accel:*)	words='show help' ;;
	1:queue:*)	words='show help' ;;
	1:model:*)	words='show add del help' ;;
	1:policy:*|1:param:*)
			words='show set help' ;;
	1:stats:*)	words='show window reset help' ;;
	1:score:*)	words='show history help' ;;
	1:monitor:*)	words='-n help' ;;
	*:record:*)	words='--duration -o --output help' ;;
	*:tune:*)	words='--policy --param --apply --details --json help' ;;
	2:accel:show)	words=$(_dreamctl_names accel 2) ;;
	2:model:show|2:model:del|2:stats:reset)
			words=$(_dreamctl_names model 2) ;;
	2:policy:set)	words=$(_dreamctl_names policy 1) ;;
	2:param:*)	words=$(_dreamctl_names param 1) ;;
	3:param:set)	words='default' ;;
	2:queue:show|3:score:*)
			words=$(_dreamctl_names queue 1) ;;
	2:score:*)	words='queue' ;;
	4:score:*)	words='seqno' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _dreamctl dreamctl
