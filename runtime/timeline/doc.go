// Package timeline records what the threads of a machine do.
//
// A machine writes into a Recorder; a Snapshot of that is a Timeline, which answers questions.
//
//	rec := timeline.NewRecorder(0, timeline.Info{Cores: 2, Interval: 5_000_000})
//	gil := rec.Name("GIL")
//	t1 := rec.Thread(timeline.Thread{Name: "MainThread", Process: "MainProcess", PID: 1, GIL: "GIL"})
//	rec.Add(timeline.Event{At: 0, Thread: t1, Kind: timeline.Start})
//	rec.Add(timeline.Event{At: 0, Thread: t1, Kind: timeline.Take, Object: gil})
//	rec.Add(timeline.Event{At: 0, Thread: t1, Kind: timeline.Run, Core: 1})
//	…
//	fmt.Print(rec.Snapshot())
//
// A machine that records nothing has a nil Recorder: every method of it does nothing then, at the
// price of one comparison. An event costs about 20 ns. Times are nanoseconds since the machine's start,
// on whatever clock the machine has.
//
// # Two kinds of events
//
// A state event (Run, WaitGIL, IO, …) says what its thread does from then on, until its next state
// event: there is no event for the end of a state. Everything else (Take, DropRequest, Put, …) is an
// instant, which leaves the state as it is.
//
// Who holds the GIL is said by Take (or Switch) and Drop, not by Run: a thread may hold it without
// having a core, which is what hurts most. If a timeline has neither for a GIL, a thread counts as its
// holder while it is in Run or Native.
package timeline
