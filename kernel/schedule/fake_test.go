package schedule_test

// This file defines a provider for tests: threads of a few operations each, with a point before each of them, as under
// Python 3.9.

import (
	"context"
	"fmt"
	"strings"

	"gilkernel/runtime/explore"
	"gilkernel/runtime/steps"
)

// A fake is a program: the operations of each thread but MainThread, which waits for the others. An operation is a word
// and a name: "read x", "write x" (what was read plus 1), "acquire a", "release a", "enter s", "leave s", "assert x 2".
type fake struct {
	threads [][]string
	runs    int
}

func program(threads ...string) *fake {
	f := &fake{}
	for _, t := range threads {
		f.threads = append(f.threads, strings.Split(t, ", "))
	}
	return f
}

// machine is one run of a fake.
type machine struct {
	f       *fake
	v       *steps.View
	at      []int
	vars    map[string]int
	local   []int
	holder  map[string]int
	inside  map[string]int
	last    int // thread; -1 for none
	waiting []bool
}

func (f *fake) At(_ context.Context, choices []int) (*steps.View, error) {
	f.runs++
	n := len(f.threads)
	m := &machine{f: f, at: make([]int, n+1), vars: map[string]int{}, local: make([]int, n+1), holder: map[string]int{},
		inside: map[string]int{}, last: -1, waiting: make([]bool, n+1)}
	m.v = &steps.View{Python: "3.9", Threads: []steps.Thread{{ID: 1, Name: "MainThread"}}}
	var source []string
	for i, ops := range f.threads {
		m.v.Threads = append(m.v.Threads, steps.Thread{ID: i + 2, Name: fmt.Sprintf("Thread-%d", i+1)})
		source = append(source, ops...)
	}
	m.v.Sources = []steps.Source{{Label: "In[1]", Lines: source}}
	for m.v.Outcome.Kind == "" {
		var can []int
		for i := range m.at {
			if why := m.blocked(i); why == "" {
				can = append(can, i)
			} else if i > 0 && !m.waiting[i] && strings.HasPrefix(why, "waits") {
				m.waiting[i] = true
				m.step(i, steps.Wait, "", why)
			}
		}
		switch {
		case len(can) == 0 && m.ended() < n:
			m.v.Outcome = steps.Outcome{Kind: steps.Deadlock, Text: "all threads wait for each other"}
			continue
		case len(can) == 0:
			m.v.Outcome = steps.Outcome{Kind: steps.Value, Text: fmt.Sprint(m.vars["x"])}
			continue
		}
		next := can[0]
		if len(can) > 1 {
			if len(choices) == 0 {
				m.now()
				break
			}
			next = -1
			for i, t := range m.v.Threads {
				if t.ID == choices[0] && m.blocked(i) == "" {
					next = i
				}
			}
			if next < 0 {
				return nil, fmt.Errorf("thread %d can't go on", choices[0])
			}
			choices = choices[1:]
		}
		m.do(next)
	}
	for _, name := range []string{"x", "y"} {
		if _, ok := m.vars[name]; ok {
			m.v.Variables = append(m.v.Variables, steps.Variable{Name: name, Value: fmt.Sprint(m.vars[name])})
		}
	}
	for _, name := range []string{"a", "b"} {
		if h, ok := m.holder[name]; ok {
			l := steps.Lock{Name: name}
			if h >= 0 {
				l.Holders = []int{h}
			}
			for i := range m.at {
				if strings.Contains(m.blocked(i), "waits for "+name+",") {
					l.Waiters = append(l.Waiters, i)
				}
			}
			m.v.Locks = append(m.v.Locks, l)
		}
	}
	return m.v, nil
}

func (m *machine) ended() (n int) {
	for i, ops := range m.f.threads {
		if m.at[i+1] == len(ops) {
			n++
		}
	}
	return n
}

// blocked says why a thread can't continue, "" if it can.
func (m *machine) blocked(i int) string {
	if i == 0 {
		return "waits for the end of the others"
	}
	op, name, ok := m.op(i)
	if !ok {
		return "has ended"
	}
	if h, held := m.holder[name]; op == "acquire" && held && h >= 0 {
		return fmt.Sprintf("waits for %s, which %s holds", name, m.v.Threads[h].Name)
	}
	return ""
}

func (m *machine) op(i int) (op, name string, ok bool) {
	ops := m.f.threads[i-1]
	if m.at[i] == len(ops) {
		return "", "", false
	}
	op, name, _ = strings.Cut(ops[m.at[i]], " ")
	return op, name, true
}

// place returns where a thread is.
func (m *machine) place(i int) steps.Place {
	line := m.at[i] + 1
	for _, ops := range m.f.threads[:max(i-1, 0)] {
		line += len(ops)
	}
	return steps.Place{Line: line, Column: 1, Width: 4}
}

func (m *machine) step(i int, op, name, text string) *steps.Step {
	s := steps.Step{Thread: i, Op: op, Name: name, Text: text, Place: m.place(i)}
	m.v.Steps = append(m.v.Steps, s)
	return &m.v.Steps[len(m.v.Steps)-1]
}

// do makes a thread's next operation.
func (m *machine) do(i int) {
	op, name, _ := m.op(i)
	switch op {
	case "read":
		m.vars[name] += 0
		m.local[i] = m.vars[name]
		s := m.step(i, steps.Read, name, fmt.Sprintf("reads %s: %d", name, m.local[i]))
		s.Before, s.After = fmt.Sprint(m.local[i]), fmt.Sprint(m.local[i])
	case "write":
		s := m.step(i, steps.Write, name, fmt.Sprintf("writes %s: %d", name, m.local[i]+1))
		s.Before, s.After = fmt.Sprint(m.vars[name]), fmt.Sprint(m.local[i]+1)
		m.vars[name] = m.local[i] + 1
	case "acquire":
		m.holder[name], m.waiting[i] = i, false
		m.step(i, steps.Acquire, name, "acquires "+name)
	case "release":
		m.holder[name] = -1
		m.step(i, steps.Release, name, "releases "+name)
	case "enter":
		m.step(i, steps.Sync, name, "enters "+name)
		if other := m.inside[name]; other > 0 {
			m.v.Outcome = steps.Outcome{Kind: steps.Failed,
				Text: explore.TwoInside + m.v.Threads[other].Name + " and " + m.v.Threads[i].Name}
		}
		m.inside[name] = i
	case "leave":
		m.step(i, steps.Sync, name, "leaves "+name)
		m.inside[name] = 0
	case "assert":
		m.step(i, steps.Sync, name, "asserts "+name)
		var x string
		var want int
		if _, err := fmt.Sscan(name, &x, &want); err == nil && m.vars[x] != want {
			m.v.Outcome = steps.Outcome{Kind: steps.Failed, Text: fmt.Sprintf("%s is %d", x, m.vars[x])}
		}
	}
	m.last = i
	m.at[i]++
}

// now says which threads can continue.
func (m *machine) now() {
	for i := range m.at {
		n := steps.Next{Why: m.blocked(i), Place: steps.Place{Source: -1}}
		if n.Can = n.Why == ""; n.Can {
			op, name, _ := m.op(i)
			n.Text, n.Runs, n.Place = op+"s "+name, i == m.last, m.place(i)
		}
		m.v.Now = append(m.v.Now, n)
	}
}
