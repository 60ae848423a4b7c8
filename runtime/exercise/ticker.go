package exercise

// This file defines the exercise ticker: a native call that holds the GIL.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func tickerTask() *task {
	return &task{
		id:     "ticker",
		lesson: lessonGIL,
		title:  "A ticker that stays responsive",
		text: "A thread ticks every 10 ms. Beside it runs `compute(total)`, which makes one native call, " +
			"`gil.Native(total)`: as in Python's `sorted(huge)`, the call holds the GIL until it returns, and the " +
			"ticker stops. Fix `compute` so that it does the same amount of native work while the ticker keeps " +
			"ticking.",
		signature: "func(total time.Duration)",
		start: `compute := func(total time.Duration) {
	gil.Native(total)
}`,
		hints: []string{
			"When can a thread lose the GIL? At the checks of interpreted code, between calls; never within a native " +
				"call.",
			"A hundred short calls are as much work as one long one, and there is a check after each of them.",
			"Loop: while some of `total` is left, call `gil.Native` for at most a few milliseconds of it. Or call it " +
				"without the GIL, in `gil.AllowThreads(func() { … })`, as a C extension that releases the GIL does.",
		},
		solution: `compute := func(total time.Duration) {
	for total > 0 {
		piece := min(total, 2*time.Millisecond)
		gil.Native(piece)
		total -= piece
	}
}`,
		why: "Between two short calls the interpreter checks whether another thread has asked for the GIL, and " +
			"hands it over.",
		praise: "All of the work was done, and the ticker ticked meanwhile.",
		worlds: []World{{Python: "3.13", Cores: 2}, {Python: "3.9", Cores: 2}, {Python: "3.13", Cores: 1}},
		trial: func(solution any) trial {
			f, ok := solution.(func(time.Duration))
			if !ok || f == nil {
				return nil
			}
			return &tickerTrial{f: f}
		},
	}
}

const (
	tickerWork  = 400 * time.Millisecond
	tickerEvery = 10 * time.Millisecond
	// tickerLeast is how many ticks there must be while the work is done. Without other threads there are 40; a wait
	// for the GIL costs each of them a switch interval of 5 ms or more.
	tickerLeast = 15
)

type tickerTrial struct {
	f     func(time.Duration)
	ticks int
	over  bool
}

// counted requests a timeline for every run: only the timeline shows how much work was done.
func (*tickerTrial) counted() {}

func (k *tickerTrial) body(r *run) {
	r.start("ticker", func() {
		t := machine.Current()
		for !k.over {
			t.Sleep(tickerEvery)
			if !k.over {
				k.ticks++
			}
		}
	})
	r.gate.Set()
	r.call(func() { k.f(tickerWork) })
	k.over = true
	r.join()
}

func (k *tickerTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	var work int64
	for _, lane := range tl.Lanes() {
		for _, iv := range lane {
			if iv.State == timeline.Native || iv.State == timeline.NativeFree {
				work += iv.Duration()
			}
		}
	}
	if time.Duration(work) < tickerWork*98/100 {
		return &fault{text: fmt.Sprintf("Only %.0f %% of the native work was done when `compute` returned: `compute` "+
			"must do all of it while the ticker ticks.",
			100*float64(work)/float64(tickerWork))}
	}
	if k.ticks < tickerLeast {
		ticked := fmt.Sprintf("The ticker ticked %d times", k.ticks)
		switch k.ticks {
		case 0:
			ticked = "The ticker didn't tick"
		case 1:
			ticked = "The ticker ticked once"
		}
		f := &fault{text: fmt.Sprintf("%s while the work was done; at least %d ticks are possible. A native call "+
			"holds the GIL from its beginning to its end, however long that takes.", ticked, tickerLeast),
			misconception: "The GIL is handed over exactly every 5 ms. (It is handed over at a check, and a native " +
				"call has none.)"}
		if k.ticks > 0 {
			f.text += " Shorter calls let it tick more often."
		}
		for _, t := range tl.Threads {
			if t.Name != "MainThread" && t.Name != "ticker" {
				f.text += " Another thread doesn't help: the call holds the GIL there as well."
				f.misconception = "A call in a thread of its own can't stop other threads."
				break
			}
		}
		return f
	}
	return nil
}
