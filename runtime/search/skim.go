package search

// This file defines how a run comes to where it parts from the former ones.
//
// A program can't be copied in the middle of a run, so each begins anew, and most of it is what the run before has
// done.
// The search needn't look at that again: what it knew at a node is in the node's mark. So it keeps a tape of what its
// runs did and what it answered, up to each node of the path. The next run answers from the tape, and compares what
// comes with it, up to the last node that a run has passed; there the search takes up the mark. A run that does
// anything else strays, as one does that comes to another node.

import "gilkernel/runtime/machine"

// beat is something that a run did, as an Explorer is told of it, with the answer.
type beat struct {
	what   moment
	answer bool  // of moving and checking
	write  bool  // of moving and touching
	first  bool  // of touching: nothing has touched the thing before
	thread int32 // the one that did it; of turning: the one that was chosen
	n      int32 // of touching and starting: the number of the thing; of turning: the thread's index; see skimCheck
	child  int32 // of starting: the number of the thread
}

// moment is what an Explorer is told.
type moment uint8

const (
	turning moment = iota
	checking
	moving // it is about to touch something
	touching
	touchingAll
	starting
)

// maxTape is how many beats a tape has at most; nodes beyond it aren't skimmed to.
const maxTape = 1 << 15

// skim is the tape, and where a run is on it.
type skim struct {
	tape []beat
	on   bool                // the run under way answers from the tape
	at   int                 // its next beat
	node int                 // at which the search takes up its mark
	owns [][maxPeriod]uint64 // of the threads, by number, in the run under way: as step.owns
}

// skips makes the run that begins skim to the last node that it can.
func (w *tree) skips() {
	k := &w.skim
	if !w.tapes() {
		k.tape = k.tape[:0]
		return
	}
	for i := min(len(w.path), len(w.fore.marks)) - 1; i >= 0; i-- {
		if at := w.path[i].beat; at > 0 && at <= len(k.tape)+1 && w.fore.marks[i].ok {
			k.on, k.node = true, i
			return
		}
	}
	k.tape = k.tape[:0]
}

// tapes reports whether what happens is written on the tape, or read from it. What a search for races knows is in no
// mark.
func (w *tree) tapes() bool { return !w.again && !w.known && !w.fore.off && !w.trace.races.on }

// put writes a beat.
func (w *tree) put(b beat) {

	if w.tapes() && len(w.skim.tape) < maxTape {
		w.skim.tape = append(w.skim.tape, b)
	}
}

// passed notes that the run has come to a node of the path by what is on the tape. An old node is one that was
// foreseen, or was there before: what was known of it then lacks what only a run tells.
func (w *tree) passed(at int, old bool) {
	n := &w.path[at]
	if n.beat > 0 || !w.tapes() || len(w.skim.tape) == maxTape {
		return
	}
	if old {
		w.mark(n)
	}
	n.beat = len(w.skim.tape) + 1
}

// skimmed compares a beat with the next one on the tape, but for its answer, and returns that. If they differ, the run
// strays.
func (w *tree) skimmed(b beat) bool {
	k := &w.skim
	if k.at == len(k.tape) {
		w.strays()
		return false
	}
	due := k.tape[k.at]
	k.at++

	answer := due.answer
	if due.answer = false; due != b {
		w.strays()
		return false
	}
	return answer
}

// strays ends the search's interest in the run.
func (w *tree) strays() {
	w.skim.on = false
	w.astray, w.known = true, true
}

// skimCheck follows a check on the tape; n is where step.owns has what the thread has of its own here, from 1, and 0 if
// nothing asks for that.
func (w *tree) skimCheck(t *machine.Thread, b beat) bool {
	k := &w.skim
	if k.at < len(k.tape) {
		b.n = k.tape[k.at].n
	}
	answer := w.skimmed(b)
	if k.on && b.n > 0 {
		for len(k.owns) <= t.ID() {
			k.owns = append(k.owns, [maxPeriod]uint64{})
		}
		k.owns[t.ID()][b.n-1] = w.has(t)
	}
	return answer
}

// skimTurn chooses as the tape says. It reports false where the search takes up the books: this point is the node's.
func (w *tree) skimTurn(p *machine.Point) (chosen int, ok bool) {
	k := &w.skim
	if n := &w.path[k.node]; k.at == n.beat-1 {
		k.on = false
		k.tape = k.tape[:k.at]
		w.fore.marks[k.node].recall(w)
		for id, owns := range k.owns {
			if s := w.trace.by(id); s != nil {
				s.owns = owns // what a thread has of its own isn't the same in each run
			}
		}
		w.at, w.cost, w.log = k.node, n.before, w.log[:n.log]
		return 0, false
	}
	due := k.tape[k.at]
	if i := int(due.n); due.what == turning && i < len(p.Threads) && p.Threads[i].ID() == int(due.thread) {
		k.at++

		return i, true
	}
	w.strays()
	return 0, true
}

// skimAccess follows an access on the tape, and binds the keys of this run to the things of the former ones.
func (w *tree) skimAccess(t *machine.Thread, key any, write bool) {
	r := &w.trace
	key = machine.About(key)
	b := beat{what: touching, thread: int32(t.ID()), write: write}
	due := &w.skim.tape[min(w.skim.at, len(w.skim.tape)-1)]
	u, started := key.(*machine.Thread)
	switch {
	case started && u != t:
		b.what, b.child, b.n, b.write = starting, int32(u.ID()), due.n, false
		if w.skimmed(b); w.skim.on {
			r.things.add(u.Over(), r.pool.all[due.n])
		}
		return
	case key == nil:
		b.what = touchingAll
	case due.what == touching && due.first:
		if b.first, b.n = true, due.n; r.things.get(key) == nil {
			r.things.add(key, r.pool.all[due.n])
		} else {
			b.n = -1
		}
	default:
		b.n = -1
		if th := r.things.get(key); th != nil && due.what == touching && th == r.pool.all[due.n] {
			b.n = due.n
		}
	}
	w.skimmed(b)
}
