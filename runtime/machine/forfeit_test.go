package machine_test

import (
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A thread that waits in native code with its interpreter's lock loses the lock, and has it again when it comes back:
// on both machines, for the main thread and for others, with and without a callback.
func TestForfeit(t *testing.T) {
	for name, make := range map[string]func(*machine.Options) (*machine.Machine, error){"real": machine.Real,
		"simulated": machine.Simulate, "crew": func(o *machine.Options) (*machine.Machine, error) {
			o.Crew = &machine.Crew{}
			t.Cleanup(o.Crew.Close)
			return machine.Simulate(o)
		}} {
		for _, callback := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				m, err := make(&machine.Options{Cores: 1})
				if err != nil {
					t.Fatal(err)
				}
				in := &oneLock{}
				main := m.NewThread(in, "main")
				inNative, done := newSignal(), newSignal()
				forfeited := newSignal()
				go func() { // ends when the thread is in native code
					<-inNative
					// The thread can be ahead of its park: it is in native code until it calls Check.
					if !main.Forfeit(func() bool { return true }) {
						t.Error("nothing was forfeited")
					}
					close(forfeited)
				}()
				err = main.Run(func(th *machine.Thread) {
					other := th.Go("other", func(o *machine.Thread) {
						if !o.Attached() {
							t.Error("the other thread runs without the lock")
						}
						close(done)
					})
					close(inNative)
					<-forfeited
					<-done
					if callback {
						if th.Attached() {
							t.Error("the thread has the lock in native code still")
						}
						th.Attach()
						th.Check()
						th.Detach()
					}
					th.Check()
					if !th.Attached() {
						t.Error("the thread is back without the lock")
					}
					th.Sleep(1)
					other.Join(th, -1)
				})
				if err != nil {
					t.Fatal(err)
				}
				if main.Forfeit(func() bool { return false }) {
					t.Error("a thread that isn't parked lost something")
				}
			})
		}
	}
}

// Whatever a thread does first when it comes back from native code, it waits for its turn: if it ran beside the thread
// whose turn it is, both would change the simulated machine at the same time.
func TestForfeitEndsWithTheFirstCall(t *testing.T) {
	for name, first := range map[string]func(th *machine.Thread){
		"Check": (*machine.Thread).Check, "Step": (*machine.Thread).Step, "Spend": (*machine.Thread).Spend,
		"CheckN":   func(th *machine.Thread) { th.CheckN(10) },
		"Work":     func(th *machine.Thread) { th.Work(1000) },
		"Native":   func(th *machine.Thread) { th.Native("f", 1000) },
		"Attached": func(th *machine.Thread) { th.Attached() },
	} {
		t.Run(name, func(t *testing.T) {
			m, err := machine.Simulate(&machine.Options{Cores: 2})
			if err != nil {
				t.Fatal(err)
			}
			main := m.NewThread(&oneLock{}, "main")
			inNative, forfeited, asked := newSignal(), newSignal(), newSignal()
			go func() { // ends when the thread is in native code
				<-inNative
				main.Forfeit(func() bool { return true })
				close(forfeited)
			}()
			err = main.Run(func(th *machine.Thread) {
				other := th.Go("other", func(o *machine.Thread) { o.CheckN(1000) })
				close(inNative)
				<-forfeited
				first(th)
				settled := false
				go func() { // ends at once
					main.Forfeit(func() bool { settled = true; return false }) // it looks only if nothing is claimed
					close(asked)
				}()
				<-asked
				if !settled {
					t.Error("the thread runs on although it lost its turn")
				}
				th.Check()
				other.Join(th, -1)
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func newSignal() chan struct{} { return make(chan struct{}) }

// oneLock is an interpreter with a lock and nothing else.
type oneLock struct{ word machine.Word }

func (l *oneLock) Attach(t *machine.Thread) {
	for !l.word.CompareAndSwap(t, 0, 1) {
		t.Wait(&l.word, 1, -1, machine.Why{})
	}
	t.Do(timeline.Run, 0)
}

func (l *oneLock) Detach(t *machine.Thread) {
	l.word.Store(t, 0)
	l.word.Wake(t, 1)
}

func (l *oneLock) Break(*machine.Thread)          {}
func (l *oneLock) Begin(*machine.Thread)          {}
func (l *oneLock) End(*machine.Thread)            {}
func (l *oneLock) Process() (string, int, string) { return "", 0, "GIL" }
