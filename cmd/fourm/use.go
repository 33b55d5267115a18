package main

// Words behind a command: "fourm notebook test" is one thing that "fourm
// notebook" does.

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// use is one thing that a command does.
type use struct {
	name, args, about string
	run               func(c *call) error
}

// choose carries out the use that the first word names; flags, and their
// values, may stand before it. Where there is none, the first use is meant if
// short says so of the word. "help" before a use explains it.
func (c *call) choose(uses []use, short func(word string) bool) error {
	if len(c.args) > 0 && c.args[0] == "help" {
		c.args = append(slices.Clone(c.args[1:]), "-h")
	}
	at := slices.IndexFunc(c.args, func(a string) bool { return !strings.HasPrefix(a, "-") || a == "-" })
	if at >= 0 {
		by := func(name string) int { return slices.IndexFunc(uses, func(u use) bool { return u.name == name }) }
		which := by(c.args[at])
		if which < 0 && short != nil && slices.ContainsFunc(c.args, short) {
			u := uses[0]
			c.cmd.args, c.cmd.about = u.args, u.about
			return u.run(c)
		}
		for i := at; which < 0 && at > 0 && i < len(c.args); i++ {
			if which = by(c.args[i]); which >= 0 {
				at = i
			}
		}
		if which >= 0 {
			u := uses[which]
			c.args = slices.Delete(slices.Clone(c.args), at, at+1)
			c.cmd.args, c.cmd.about = strings.TrimSpace(u.name+" "+u.args), u.about
			return u.run(c)
		}
	}
	c.uses = uses
	_, err := c.parse()
	switch {
	case errors.Is(err, flag.ErrHelp) && at != 0:
		return err
	case at >= 0:
		var names []string
		for _, u := range uses {
			names = append(names, u.name)
		}
		return usage{fmt.Sprintf("no %q%s; expected %s", c.args[at], didYouMean(c.args[at], names), c.named())}
	case err != nil:
		return err
	}
	return usage{"expected " + c.named()}
}

func (c *call) named() string {
	var names []string
	for _, u := range c.uses {
		names = append(names, u.name)
	}
	list := strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	if c.bare != "" {
		list += ", or " + c.bare
	}
	return list
}

// explainUses lists what a command does.
func (c *call) explainUses(w io.Writer) {
	if c.bare != "" {
		fmt.Fprintf(w, "\n  fourm %s %s\n", c.cmd.name, strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(c.bare, "a "), " ", "_")))
	}
	for _, u := range c.uses {
		fmt.Fprintf(w, "\n  fourm %s %s\n        %s\n", c.cmd.name, strings.TrimSpace(u.name+" "+u.args), u.about)
	}
	if c.uses != nil {
		fmt.Fprintln(w, "\n-h behind one of these explains it, with its flags.")
	}
}
