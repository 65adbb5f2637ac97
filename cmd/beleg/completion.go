package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"${help_shell}"`
}

// Run prints a script that teaches the shell our commands and flags. It is made
// from the same definition that reads the command line.
func (c *completionCmd) Run(_ context.Context, a *app) error {
	commands := completions(a.parser.Model)
	var script string
	switch c.Shell {
	case "bash", "zsh":
		script = bashCompletion(commands, c.Shell == "zsh")
	case "fish":
		script = fishCompletion(commands)
	}
	_, err := fmt.Fprint(a.out, script)
	return err
}

// A completion is a command with the flags it takes. The one without a name holds
// the flags of all.
type completion struct {
	name, help string
	flags      []*kong.Flag
	below      []string // commands of the command, as "list" of "case"
}

func completions(m *kong.Application) []completion {
	list := []completion{{flags: visible(m.Flags)}}
	for _, n := range m.Children {
		if !n.Hidden {
			c := completion{name: n.Name, help: n.Help, flags: visible(n.Flags)}
			for _, below := range n.Children {
				c.below = append(c.below, below.Name)
				c.flags = append(c.flags, fresh(c.flags, visible(below.Flags))...)
			}
			list = append(list, c)
		}
	}
	return list
}

// fresh returns those flags of list whose name is not among known.
func fresh(known, list []*kong.Flag) (out []*kong.Flag) {
	for _, f := range list {
		if !slices.ContainsFunc(known, func(k *kong.Flag) bool { return k.Name == f.Name }) {
			out = append(out, f)
		}
	}
	return out
}

func visible(all []*kong.Flag) (out []*kong.Flag) {
	for _, f := range all {
		if !f.Hidden {
			out = append(out, f)
		}
	}
	return out
}

func bashCompletion(commands []completion, zsh bool) string {
	var b strings.Builder
	if zsh {
		b.WriteString("autoload -U +X bashcompinit && bashcompinit\n")
	}
	b.WriteString("_beleg() {\n\tlocal word=\"${COMP_WORDS[COMP_CWORD]}\" words= command= w\n")
	b.WriteString("\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do case $w in -*) ;; *) command=$w; break ;; esac; done\n")
	b.WriteString("\tcase $command in\n")
	var names []string
	for _, c := range commands[1:] {
		names = append(names, c.name)
		fmt.Fprintf(&b, "\t%s) words='%s' ;;\n", c.name, strings.TrimLeft(strings.Join(c.below, " ")+" "+flagWords(c.flags, commands[0].flags), " "))
	}
	fmt.Fprintf(&b, "\t'') words='%s %s' ;;\n\tesac\n", strings.Join(names, " "), flagWords(commands[0].flags, nil))
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\ncomplete -o default -F _beleg beleg\n")
	return b.String()
}

func flagWords(lists ...[]*kong.Flag) string {
	var words []string
	for _, list := range lists {
		for _, f := range list {
			words = append(words, "--"+f.Name)
		}
	}
	return strings.Join(words, " ")
}

func fishCompletion(commands []completion) string {
	var b strings.Builder
	for _, c := range commands {
		condition := ""
		if c.name != "" {
			fmt.Fprintf(&b, "complete -c beleg -n __fish_use_subcommand -a %s -d %s\n", c.name, fishQuote(c.help))
			if len(c.below) > 0 {
				fmt.Fprintf(&b, "complete -c beleg -n '__fish_seen_subcommand_from %s' -a '%s'\n", c.name, strings.Join(c.below, " "))
			}
			condition = fmt.Sprintf(" -n '__fish_seen_subcommand_from %s'", c.name)
		}
		for _, f := range c.flags {
			fmt.Fprintf(&b, "complete -c beleg%s -l %s -d %s\n", condition, f.Name, fishQuote(f.Help))
		}
	}
	return b.String()
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
