package steps

// This file defines steps in words.

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

func valueOf(v any) reflect.Value { return reflect.ValueOf(v) }

// text returns a step in words.
func (a *assembly) text(w *row) string {
	name := w.name
	if w.obj != nil {
		name = a.names[w.obj.index]
	}
	switch w.op {
	case Read:
		return withValue("reads "+name, w.before)
	case Write:
		if called, is := strings.CutSuffix(name, "()"); is { // it may write anything
			return "calls " + called
		}
		return "writes " + name + change(w.before, w.after)
	case Call:
		if word := a.word(w); word != "" {
			return "calls " + word
		}
		return "calls a function"
	case Loop:
		return "ends a turn of the loop"
	case Acquire:
		text := "acquires " + name + alias(w, name)
		if w.waited {
			text += " after the wait"
		}
		return text
	case Release:
		text := "releases " + name + alias(w, name)
		if w.other != nil {
			text += ", for which " + a.shorts[w.other.index] + " waits"
		}
		return text
	case Wait:
		return a.waits(w, name)
	case Wake:
		return a.wakes(w, name)
	case Start:
		if w.other == nil {
			return "starts a thread"
		}
		return "starts " + a.shorts[w.other.index]
	case End:
		return "ends"
	case Panic:
		return "panics: " + w.text
	}
	return a.sync(w, name)
}

func withValue(text, value string) string {
	if value == "" {
		return text
	}
	return text + ": " + value
}

// change returns what a write changed.
func change(before, after string) string {
	switch {
	case before == "" && after == "":
		return ""
	case after == "":
		return ", which was " + before
	case before == "":
		return ": " + after
	}
	return ": " + before + " → " + after
}

// alias says what the source calls an object here, if that isn't its name.
func alias(w *row, name string) string {
	if w.method == "" || w.name == "" || w.name == name || w.obj == nil || !w.obj.has(w.method) ||
		w.method == "Wait" || w.method == "WaitFor" {
		return ""
	}
	return " (here " + w.name + ")"
}

// word returns the name of the function that is called at a place.
func (a *assembly) word(w *row) string {
	lines := a.r.lines(w.at.Label)
	if w.at.Line < 1 || w.at.Line > len(lines) || w.at.Column < 1 {
		return ""
	}
	line := lines[w.at.Line-1]
	return strings.TrimPrefix(word(line[min(w.at.Column-1, len(line)):]), "func")
}

// waits says for what a thread waits.
func (a *assembly) waits(w *row, name string) string {
	if w.text != "" {
		return w.text
	}
	if w.obj == nil {
		if w.other != nil {
			return "waits for the end of " + a.shorts[w.other.index]
		}
		return "waits"
	}
	switch w.obj.kind {
	case "Queue", "LifoQueue", "PriorityQueue", "SimpleQueue":
		switch w.method {
		case "Put":
			return "waits: " + name + " is full"
		case "Join":
			return "waits until all of " + name + " is done"
		}
		return "waits: " + name + " is empty"
	case "Condition":
		return "waits for a notification of " + name
	case "Barrier":
		return "waits at " + name
	}
	text := "waits for " + name + alias(w, name)
	if len(w.holders) == 0 {
		return text
	}
	var who []string
	for _, th := range w.holders {
		if th == w.th {
			who = append(who, "it")
		} else {
			who = append(who, a.shorts[th.index])
		}
	}
	if len(who) == 1 && who[0] == "it" {
		return text + ", which it holds itself"
	}
	verb := " holds"
	if len(who) > 1 {
		verb = " hold"
	}
	return text + ", which " + list(who) + verb
}

// list joins names.
func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// wakes says why a thread waits no longer.
func (a *assembly) wakes(w *row, name string) string {
	switch {
	case w.obj == nil && w.other != nil && w.other.doing == ended:
		return "continues: " + a.shorts[w.other.index] + " has ended"
	case w.obj == nil:
		return "continues"
	case w.obj.kind == "Condition":
		return "wakes from the wait for " + name
	}
	return "continues after the wait for " + name
}

// sync says what a call of a method did.
func (a *assembly) sync(w *row, name string) string {
	who := a.r.strangers[w.name]
	if th := a.r.people[w.name]; th != nil {
		who = a.shorts[th.index]
	}
	if who != "" && w.obj == nil {
		switch w.method {
		case "Join":
			return "joins " + who
		case "IsAlive":
			return "looks whether " + who + " is alive"
		}
	}
	kind := ""
	if w.obj != nil {
		kind = w.obj.kind
	} else if o := a.r.names[w.name]; o != nil {
		kind, name = o.kind, a.names[o.index]
	}
	switch w.method {
	case "Put", "PutNowait", "PutTimeout":
		return "puts into " + name + items(w.n)
	case "Get", "GetNowait", "GetTimeout":
		return "gets from " + name + items(w.n)
	case "Notify", "NotifyAll":
		if w.other != nil {
			return "notifies " + a.shorts[w.other.index] + " by " + name
		}
		return "notifies " + name + ": no thread waits"
	case "Set":
		if kind == "Event" {
			if w.other != nil {
				return "sets " + name + ", which wakes " + a.shorts[w.other.index]
			}
			return "sets " + name
		}
	case "Clear":
		if kind == "Event" {
			return "clears " + name
		}
	case "Acquire":
		switch {
		case kind == "RLock" && slices.Contains(w.holders, w.th):
			return "acquires " + name + " again"
		case kind != "":
			return "doesn't get " + name
		}
	case "Release":
		if kind == "RLock" && slices.Contains(w.holders, w.th) {
			return "releases " + name + " once, and still holds it"
		}
	case "Wait":
		if kind == "Event" {
			return "finds " + name + " set"
		}
		if kind == "Barrier" && w.other != nil {
			return "is the last at " + name + ", which wakes " + a.shorts[w.other.index]
		}
	}
	if w.method == "" {
		return "calls " + name
	}
	return "calls " + name + "." + w.method + "()"
}

func items(n int) string {
	switch {
	case n < 0:
		return ""
	case n == 1:
		return ": 1 item is in it"
	}
	return ": " + itoa(n) + " items are in it"
}

// next says what a thread would do next.
func (a *assembly) next(w *row) string {
	if w.op == Sync {
		name := w.name
		if w.obj != nil {
			name = a.names[w.obj.index]
		}
		switch w.method {
		case "Acquire", "Lock", "With":
			return "acquires " + name
		case "Release", "Unlock":
			return "releases " + name
		}
		if w.method == "" {
			return "calls " + name
		}
		return "calls " + name + "." + w.method + "()"
	}
	return a.text(w)
}
