package magic

// This file defines the magics of the session: its variables, its inputs, its limits.

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"gilkernel/kernel/session"
)

// variables returns the variables of the types that the arguments name, all without arguments.
func variables(c call) []session.Variable {
	types := strings.Fields(c.Args)
	var list []session.Variable
	for _, v := range c.k.Variables() {
		if len(types) == 0 || slices.Contains(types, v.Type) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b session.Variable) int { return strings.Compare(a.Name, b.Name) })
	if len(list) == 0 && len(types) == 0 {
		c.print("There are no variables.\n")
	} else if len(list) == 0 {
		c.print("There are no variables of type " + strings.Join(types, " or ") + ".\n")
	}
	return list
}

// who prints the names of variables.
func who(_ context.Context, c call) error {
	var b strings.Builder
	for i, v := range variables(c) {
		b.WriteString(v.Name)
		if i%8 == 7 {
			b.WriteByte('\n')
		} else {
			b.WriteByte('\t')
		}
	}
	if b.Len() > 0 {
		c.print(strings.TrimRight(b.String(), "\t\n") + "\n")
	}
	return nil
}

// whos prints a table of variables. Their values are in the interpreter process, which may be busy: the
// table doesn't ask it.
func whos(_ context.Context, c call) error {
	list := variables(c)
	if len(list) == 0 {
		return nil
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "Variable\tType\tCell")
	for _, v := range list {
		fmt.Fprintf(w, "%s\t%s\t%v\n", v.Name, v.Type, v.Cell)
	}
	w.Flush()
	c.print(b.String())
	return nil
}

// reset forgets all definitions.
func reset(_ context.Context, c call) error {
	if c.Args != "-f" {
		return c.usage("%reset forgets all variables, functions, types and imports, and asks for -f to be sure")
	}
	return c.k.Reset()
}

// history prints inputs.
func history(_ context.Context, c call) error {
	numbers, pattern, last := false, "", -1
	rest := c.Args
	for strings.HasPrefix(rest, "-") {
		var found bool
		var v string
		if rest, found = option(rest, "-n"); found {
			numbers = true
		} else if v, rest, found = value(rest, "-g"); found {
			pattern = unquote(v)
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				return c.usage("-g takes a pattern such as *Println*")
			}
		} else if v, rest, found = value(rest, "-l"); found {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				return c.usage("-l takes a number")
			}
			last = n
		} else {
			word, _ := firstWord(rest)
			return c.usage("there is no option " + quote(word))
		}
	}
	inputs := c.k.History()
	if rest != "" {
		var list []Input
		for _, word := range strings.Fields(rest) {
			from, to, err := numberRange(word)
			if err != nil {
				return c.usage(err.Error())
			}
			for _, in := range inputs {
				if from <= in.Number && in.Number <= to {
					list = append(list, in)
				}
			}
		}
		inputs = list
	}
	if pattern != "" {
		inputs = slices.DeleteFunc(slices.Clone(inputs), func(in Input) bool { return !contains(pattern, in.Code) })
	}
	if last >= 0 && len(inputs) > last {
		inputs = inputs[len(inputs)-last:]
	}
	var b strings.Builder
	for _, in := range inputs {
		if numbers {
			fmt.Fprintf(&b, "%4d: ", in.Number)
		}
		b.WriteString(strings.TrimRight(in.Code, "\n") + "\n")
	}
	if b.Len() > 0 {
		c.print(b.String())
	}
	return nil
}

// contains reports whether a line of text contains what the pattern describes, as in a shell: * and ?.
func contains(pattern, text string) bool {
	// A line has no use for the meaning of slashes in path.Match.
	flat := strings.NewReplacer("/", "\x00")
	for line := range strings.Lines(text) {
		if ok, _ := path.Match("*"+flat.Replace(pattern)+"*", flat.Replace(strings.TrimRight(line, "\n"))); ok {
			return true
		}
	}
	return false
}

// numberRange reads "3", "3-5", "3-" and "-5": both ends belong to the range.
func numberRange(s string) (from, to int, err error) {
	const most = int(^uint(0) >> 1)
	first, last, dash := strings.Cut(s, "-")
	from, to = 0, most
	if first != "" {
		if from, err = strconv.Atoi(first); err == nil && !dash {
			to = from
		}
	}
	if err == nil && last != "" {
		to, err = strconv.Atoi(last)
	}
	if err != nil || first == "" && last == "" || from < 0 || to < 0 {
		return 0, 0, fmt.Errorf("%s isn't a range such as 3, 3-5, 3- or -5", quote(s))
	}
	return from, to, nil
}

// notes switches the notes below cells on or off, or shows their state.
func notes(_ context.Context, c call) error {
	switch c.Args {
	case "on", "off":
		c.k.SetNotes(c.Args == "on")
	case "":
	default:
		return c.usage("notes are on or off, not " + quote(c.Args))
	}
	state := "off"
	if c.k.Notes() {
		state = "on"
	}
	c.print("Notes are " + state + ".\n")
	return nil
}

// limit shows or sets a limit.
func limit(_ context.Context, c call) error {
	if c.Args != "" {
		name, value := firstWord(c.Args)
		name, value, _ = strings.Cut(name+" "+value, " ")
		value = strings.TrimSpace(value)
		if value == "" {
			return c.usage("a name and a value are needed")
		}
		if err := c.k.SetLimit(name, value); err != nil {
			return usagef("%%limit: %v", err)
		}
		return nil
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, l := range c.k.Limits() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.Name, l.Value, l.Help)
	}
	w.Flush()
	c.print(b.String())
	return nil
}
