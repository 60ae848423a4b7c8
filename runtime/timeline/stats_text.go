package timeline

// This file defines the figures as text.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String returns the figures as tables of durations: a line for the whole, and one for each thread, by name, and each
// lock. A notebook shows it when Stats are a cell's last expression.
func (s Stats) String() string {
	if len(s.Threads) == 0 {
		return "nothing was recorded\n"
	}
	var b strings.Builder
	s.whole(&b)
	cpu := slices.ContainsFunc(s.Threads, func(t ThreadStats) bool { return t.CPU > 0 })
	head := []string{"thread", "lived", "ran", "CPU", "held GIL", "waited for GIL", "longest", "for locks",
		"I/O, sleep", "no core"}
	row := func(cells []string) []string {
		if !cpu {
			return slices.Delete(cells, 3, 4)
		}
		return cells
	}
	rows := [][]string{row(head)}
	for i, t := range s.Threads {
		if i == maxRows {
			rows = append(rows, []string{fmt.Sprintf("… and %d more", len(s.Threads)-i)})
			break
		}
		cells := []string{t.Label}
		for _, d := range []int64{t.Life, t.Busy, t.CPU, t.Hold, t.WaitGIL, t.LongestWait, t.WaitLock + t.Blocked,
			t.IO + t.Sleep, t.Ready} {
			cells = append(cells, Nanoseconds(d))
		}
		rows = append(rows, row(cells))
	}
	table(&b, rows)
	s.lockTable(&b)
	if s.EventsOverwritten > 0 {
		fmt.Fprintf(&b, "\n%s.\n", Overwritten(s.EventsOverwritten))
	}
	return b.String()
}

// whole writes the line for the whole.
func (s Stats) whole(b *strings.Builder) {
	fmt.Fprintf(b, "%s in all, %s cores busy on average, %d at most", Nanoseconds(s.Wall), digits(s.Overlap), s.Peak)
	if s.Held > 0 {
		fmt.Fprintf(b, "; %d switches (%s a second)", s.Switches, digits(s.SwitchesPerSec))
	}
	b.WriteString("\n\n")
}

// lockTable writes a line for each lock, queue and whatever else threads waited for.
func (s Stats) lockTable(b *strings.Builder) {
	if len(s.Locks) == 0 {
		return
	}
	rows := [][]string{{"waited for", "waits", "in all", "longest", "used"}}
	for i, l := range s.Locks {
		if i == maxRows {
			rows = append(rows, []string{fmt.Sprintf("… and %d more", len(s.Locks)-i)})
			break
		}
		rows = append(rows, []string{l.what(), strconv.Itoa(l.Waits), Nanoseconds(l.Wait), Nanoseconds(l.Longest),
			strconv.Itoa(l.Acquires)})
	}
	b.WriteByte('\n')
	table(b, rows)
}

// what returns the name with the kind of the wait, unless the name has it: "Lock a", "the end of Thread-1", "event
// compiled code".
func (l LockStats) what() string {
	kind, _ := strings.CutPrefix(l.State.String(), "wait for ")
	if name := strings.ToLower(l.Name); strings.Contains(name, kind) || strings.HasPrefix(name, "the ") {
		return l.Name
	}
	return strings.TrimSpace(kind + " " + l.Name)
}
