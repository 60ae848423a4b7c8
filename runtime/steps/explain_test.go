package steps_test

// This file tests the sentence that says what went wrong, with views made by hand.

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"gilkernel/runtime/steps"
)

// handMade makes a view of a script. A line of it is a thread's number, what it does, to what, and perhaps the values
// before and after; @2 says that it is in line 2, >3 that thread 3 is concerned too. Thread 0 is MainThread.
func handMade(t *testing.T, kind, source, script string) *steps.View {
	t.Helper()
	v := &steps.View{Outcome: steps.Outcome{Kind: kind},
		Sources: []steps.Source{{Label: "In[1]", Lines: strings.Split(source, "\n")}},
		Threads: []steps.Thread{{ID: 1, Name: "MainThread"}}}
	for i := range 5 {
		v.Threads = append(v.Threads, steps.Thread{ID: i + 2, Name: "Thread-" + strconv.Itoa(i+1) + " (work)"})
	}
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		words := strings.Fields(line)
		s := steps.Step{Place: steps.Place{Source: -1}, Op: words[1]}
		s.Thread, _ = strconv.Atoi(words[0])
		var rest []string
		for _, w := range words[2:] {
			n, err := strconv.Atoi(w[1:])
			switch {
			case w[0] == '@' && err == nil:
				s.Place = steps.Place{Line: n}
			case w[0] == '>' && err == nil:
				s.Other = n + 1
			default:
				rest = append(rest, w)
			}
		}
		rest = append(rest, "", "", "")
		s.Name = rest[0]
		switch s.Op {
		case steps.Read, steps.Write:
			s.Before, s.After = rest[1], rest[2]
			k := slices.IndexFunc(v.Variables, func(x steps.Variable) bool { return x.Name == s.Name })
			if k < 0 {
				k = len(v.Variables)
				v.Variables = append(v.Variables, steps.Variable{Name: s.Name})
			}
			s.Variable = k + 1
		case steps.Panic:
			s.Text = "panics: " + strings.TrimSpace(strings.Join(rest, " "))
		case steps.Start, steps.End:
		default:
			if s.Name == "" {
				break
			}
			k := slices.IndexFunc(v.Locks, func(x steps.Lock) bool { return x.Name == s.Name })
			if k < 0 {
				k = len(v.Locks)
				v.Locks = append(v.Locks, steps.Lock{Name: s.Name, Kind: "Lock"})
			}
			s.Lock = k + 1
			s.Text = s.Op + "s for " + s.Name
		}
		v.Steps = append(v.Steps, s)
	}
	return v
}

func TestExplain(t *testing.T) {
	for _, row := range []struct{ name, kind, source, script, want string }{
		{"a lost update", steps.Failed, "counter++\nexplore.Assert(counter == 2)", `
1 read counter 0 @1
2 read counter 0 @1
2 write counter 0 1 @1
1 write counter 1 1 @1
0 read counter 1 @2
0 panic AssertionError @2`,
			"Thread-1 read 0, Thread-2 wrote 1, Thread-1 wrote 1: one update is lost"},
		{"a lost update in a run that ended", steps.Value, "counter++", `
1 read counter 0 @1
2 read counter 0 @1
2 write counter 0 1 @1
1 write counter 1 1 @1`,
			"Thread-1 read 0, Thread-2 wrote 1, Thread-1 wrote 1: one update is lost"},
		{"several updates are lost", steps.Value, "counter++", `
1 read counter 0 @1
2 read counter 0 @1
2 write counter 0 1 @1
2 read counter 1 @1
2 write counter 1 2 @1
1 write counter 2 1 @1`,
			"Thread-1 read 0, Thread-2 wrote 2, Thread-1 wrote 1: 2 updates are lost"},
		{"through a variable of its own", steps.Value, "v := balance\nbalance = v + 10", `
1 read balance 0 @1
2 read balance 0 @1
2 write balance 0 10 @2
1 write balance 10 10 @2`,
			"Thread-1 read 0, Thread-2 wrote 10, Thread-1 wrote 10: one update is lost"},
		{"one of several variables", steps.Failed, "a++\nb++", `
1 read b 0 @2
2 read b 0 @2
2 write b 0 1 @2
1 write b 1 1 @2
0 read a 1 @1
0 panic AssertionError @1`,
			"Thread-1 read 0, Thread-2 wrote 1, Thread-1 wrote 1: one update of b is lost"},
		{"none is lost", steps.Value, "counter++", `
1 read counter 0 @1
1 write counter 0 1 @1
2 read counter 1 @1
2 write counter 1 2 @1`, ""},
		{"a write that doesn't depend on what was read is no update", steps.Value, "print(x)\nx = 5", `
1 read x 0 @1
2 write x 0 7 @2
1 write x 7 5 @2`, ""},
		{"check, then act", steps.Failed, "if tickets > 0 {\ntickets--\n}\nexplore.Assert(tickets >= 0)", `
1 read tickets 1 @1
2 read tickets 1 @1
2 read tickets 1 @2
2 write tickets 1 0 @2
1 read tickets 0 @2
1 write tickets 0 -1 @2
0 read tickets -1 @4
0 panic AssertionError @4`,
			"Thread-1 checked tickets: 1, Thread-2 wrote 0, then Thread-1 wrote -1: " +
				"what it had checked was no longer true"},
		{"made twice", steps.Failed, "if instance == nil {\ninstance = build()\n}", `
1 read instance nil @1
2 read instance nil @1
2 write instance nil &{1} @2
1 write instance &{1} &{2} @2
0 panic AssertionError`,
			"Thread-1 checked instance: nil, Thread-2 wrote &{1}, then Thread-1 wrote &{2}: " +
				"what it had checked was no longer true"},
		{"check, then a panic", steps.Panicked, "if n > 0 {\npop()\n}", `
1 read n 1 @1
2 write n 1 0 @2
1 panic IndexError @2`,
			"Thread-1 read n: 1, Thread-2 wrote 0, then Thread-1 failed: what it had read was no longer true"},
		{"half of a change", steps.Failed, "a = 1\nb = 1\nexplore.Assert(a == b)", `
1 write a 0 1 @1
0 read a 1 @3
0 read b 0 @3
0 panic AssertionError @3
1 write b 0 1 @2`, "MainThread read b: 0 before Thread-1 wrote 1"},
		{"published before it was ready", steps.Panicked, "config = c\nc.ready = true\nuse(config.ready)", `
1 write config nil &{false} @1
2 read config.ready false @3
2 panic not ready @3`,
			"Thread-1 had written config, but nothing had written config.ready yet when Thread-2 read false"},
		{"never made", steps.Panicked, "config.x", `
1 read config nil @1
1 panic nil pointer @1`, "Thread-1 read config: nil before any thread had written it"},
		{"without a join", steps.Failed, "explore.Assert(counter == 2)", `
0 start >1
0 start >2
1 write counter 0 1
1 end
0 read counter 1 @1
0 panic AssertionError @1`, "MainThread read counter: 1 while Thread-2 had not ended"},
		{"nothing explains it", steps.Failed, "explore.Assert(false)", `
0 panic AssertionError: never @1`, "MainThread failed: AssertionError: never"},

		{"two locks in two orders", steps.Deadlock, "", `
1 acquire a
2 acquire b
0 wait >1
2 wait a
1 wait b`, "Thread-1 holds a and waits for b, Thread-2 holds b and waits for a"},
		{"in the order of acquiring", steps.Deadlock, "", `
2 acquire b
1 acquire a
1 wait b
2 wait a`, "Thread-2 holds b and waits for a, Thread-1 holds a and waits for b"},
		{"three philosophers", steps.Deadlock, "", `
1 acquire f1
2 acquire f2
3 acquire f3
1 wait f2
2 wait f3
3 wait f1`,
			"Thread-1 holds f1 and waits for f2, Thread-2 holds f2 and waits for f3, " +
				"Thread-3 holds f3 and waits for f1"},
		{"its own lock", steps.Deadlock, "", `
0 wait >1
1 acquire lock
1 wait lock`, "Thread-1 waits for lock, which it holds itself"},
		{"a join with a lock", steps.Deadlock, "", `
0 acquire lock
1 wait lock
0 wait >1`, "Thread-1 waits for lock, MainThread holds lock and waits for the end of Thread-1"},
		{"never released", steps.Deadlock, "", `
1 acquire lock
1 end
2 wait lock
0 wait >2`, "Thread-1 ended without releasing lock, for which Thread-2 waits"},
		{"released by another", steps.Deadlock, "", `
1 acquire lock
2 release lock
1 wait queue`, "Thread-1 waits for queue; no thread is left that could wake it"},
		{"a lost notification", steps.Deadlock, "", `
2 acquire c
2 notify c
2 release c
1 acquire c
1 release c
1 wait c
0 wait >1`, "Thread-2 notified c before Thread-1 waited for it: the notification is lost"},
		{"one notification for two", steps.Deadlock, "", `
1 wait c
2 wait c
3 notify c >1
1 wake c
1 end
0 wait >2`, "Thread-2 waits for c; no thread is left that could wake it"},
		{"four that wait", steps.Deadlock, "", `
1 wait q
2 wait q
3 wait q
4 wait q`,
			"Thread-1 waits for q, Thread-2 waits for q, Thread-3 waits for q, and 1 more; " +
				"no thread is left that could wake them"},

		{"starved", steps.Starves, "", `
0 start >1
0 start >2
1 read turn 0
2 read turn 0
2 read turn 0
2 read turn 0
0 wait >1`, "Thread-1 could go on, but other threads made the last 4 steps"},
		{"an empty run", steps.Value, "", `
0 end`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := steps.Explain(handMade(t, row.kind, row.source, row.script)); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}

// TestRace names the accesses of a race, wherever they are in the run.
func TestRace(t *testing.T) {
	v := handMade(t, steps.Race, "counter++\nprint(counter)", `
0 start >1
1 read counter 0 @1
1 write counter 0 1 @1
0 read counter 1 @2`)
	v.Outcome.Text = "something"
	for _, row := range []struct {
		first, second int
		want          string
	}{
		{3, 4, "Thread-1 wrote counter in line 1 and MainThread read it in line 2, and nothing orders the two"},
		{0, 0, "something"},
		{3, 5, "something"},
	} {
		v.Outcome.First, v.Outcome.Second = row.first, row.second
		if got := steps.Explain(v); got != row.want {
			t.Errorf("%d and %d: %s", row.first, row.second, got)
		}
	}
}
