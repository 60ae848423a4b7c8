package search

// This file defines schedules as texts that hold for a program, and not for a run: by statement.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gilkernel/runtime/machine"
)

// A Schedule is where a run differs from the plain one, in which a thread runs until it blocks, and then the first that
// can. Its text is short enough to be sent in a message.
type Schedule []Turn

// A Turn is a switch that the plain run doesn't have. It is named by the statement before which it happens, so that it
// is found again in a program whose other statements have changed.
type Turn struct {
	Thread int    // the number of the thread that ran, from 1
	Place  string // the statement at which it is, as Places calls it: letters and digits
	Nth    int    // at its how manieth point there, from 1
	Blocks bool   // it can't go on there, or has released its GIL; otherwise it is preempted
	To     int    // the number of the thread that runs next
}

// Places says at which statement a thread is: letters and digits that stand for the statement's text, or "" for none.
// The thread is the one that runs, or ran last.
type Places func(t *machine.Thread) string

// String returns the schedule's text: "2:k3f>3,3:b0.4|1" says that thread 2, at its first point in statement k3f, is
// preempted by thread 3, and that thread 1 comes next when thread 3 blocks in b0 for the fourth time. That of the plain
// run is "-".
func (s Schedule) String() string {
	if len(s) == 0 {
		return "-"
	}
	var b strings.Builder
	for i, t := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%d", t.Thread)
		if t.Place != "" {
			fmt.Fprintf(&b, ":%s", t.Place)
		}
		if t.Nth != 1 {
			fmt.Fprintf(&b, ".%d", t.Nth)
		}
		if t.Blocks {
			fmt.Fprintf(&b, "|%d", t.To)
		} else {
			fmt.Fprintf(&b, ">%d", t.To)
		}
	}
	return b.String()
}

// quoted quotes a text, of a long one the beginning.
func quoted(text string) string {
	if r := []rune(text); len(r) > 60 {
		text = string(r[:59]) + "…"
	}
	return strconv.Quote(text)
}

// errSchedule is what is wrong with a text that is no schedule.
var errSchedule = errors.New(`a schedule is "-", or turns such as 2:k3f>3 with commas between them`)

// ParseSchedule returns the schedule of a text. The error says in one sentence what a schedule is.
func ParseSchedule(text string) (Schedule, error) {
	if text == "-" {
		return nil, nil
	}
	var s Schedule
	for _, word := range strings.Split(text, ",") {
		left, to, ok := strings.Cut(word, ">")
		blocks := false
		if !ok {
			left, to, blocks = strings.Cut(word, "|")
		}
		left, nth, counted := strings.Cut(left, ".")
		thread, place, _ := strings.Cut(left, ":")
		t := Turn{Place: place, Nth: 1, Blocks: blocks}
		var err1, err2, err3 error
		t.Thread, err1 = number(thread)
		t.To, err2 = number(to)
		if counted {
			t.Nth, err3 = number(nth)
		}
		if errors.Join(err1, err2, err3) != nil || strings.Trim(place, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
			return nil, fmt.Errorf("%s is no schedule: %w", quoted(text), errSchedule)
		}
		s = append(s, t)
	}
	return s, nil
}

// number is a whole number from 1 on, in the one form that String gives it.
func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || strconv.Itoa(n) != s {
		return 0, errSchedule
	}
	return n, nil
}
