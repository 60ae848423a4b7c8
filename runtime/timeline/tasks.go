package timeline

// This file defines the rows of tasks: which task of an event loop ran when.

// A Task is a task of an event loop, in steps that the loop's thread runs one after the other.
type Task struct {
	Name   string
	Object Name
	Thread int32  // the loop's
	Steps  []Hold // when it ran, ordered by time
}

// Longest returns the longest step: for so long the loop could run no other task. It is empty if there is no step.
func (t Task) Longest() (longest Hold) {
	for _, s := range t.Steps {
		if s.Duration() > longest.Duration() {
			longest = s
		}
	}
	return longest
}

// Tasks returns the tasks of all event loops in the order of their first steps. A step ends where the loop begins
// another one, has nothing to do, or ends its thread.
func (tl *Timeline) Tasks() []Task {
	type key struct {
		thread int32
		object Name
	}
	at := map[key]int{}
	open := map[int32]Hold{}
	name := map[int32]Name{}
	var out []Task
	shut := func(thread int32, to int64) {
		h, ok := open[thread]
		delete(open, thread)
		if !ok || to <= h.From {
			return
		}
		h.To = to
		t := &out[at[key{thread, name[thread]}]]
		if n := len(t.Steps); n > 0 && t.Steps[n-1].To == h.From {
			t.Steps[n-1].To = h.To
			return
		}
		t.Steps = append(t.Steps, h)
	}
	for _, e := range tl.Events {
		if e.Thread <= 0 || int(e.Thread) > len(tl.Threads) || e.Kind != Step && !e.Kind.IsEnd() {
			continue
		}
		shut(e.Thread, e.At)
		if e.Kind != Step || e.Object == 0 {
			continue
		}
		k := key{e.Thread, e.Object}
		if _, ok := at[k]; !ok {
			at[k] = len(out)
			out = append(out, Task{Name: tl.Name(e.Object), Object: e.Object, Thread: e.Thread})
		}
		open[e.Thread], name[e.Thread] = Hold{Thread: e.Thread, From: e.At}, e.Object
	}
	for i := range tl.Threads {
		shut(int32(i+1), tl.End)
	}
	return out
}
