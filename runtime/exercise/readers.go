package exercise

// This file defines the exercise readers: many readers or one writer.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func readersTask() *task {
	return &task{
		id:     "readers",
		lesson: lessonThreading,
		title:  "Readers and writers",
		text: "Fix `newLibrary`. It returns two functions, which call their argument: `read(body)` while no writer " +
			"is inside, and `write(body)` while no other thread is. Readers must be able to read at the same time. " +
			"And a writer that waits must get in, although new readers come all the time: in the code below, readers " +
			"who pass the door to each other keep it out for ever.",
		signature: "func() (read, write func(body func()))",
		start: `newLibrary := func() (read, write func(body func())) {
	readers := 0
	count := threading.NewLock("count")
	room := threading.NewSemaphore(1)
	read = func(body func()) {
		count.Acquire()
		readers++
		if readers == 1 {
			room.Acquire()
		}
		count.Release()
		body()
		count.Acquire()
		readers--
		if readers == 0 {
			room.Release()
		}
		count.Release()
	}
	write = func(body func()) {
		room.Acquire()
		body()
		room.Release()
	}
	return read, write
}`,
		hints: []string{
			"The first reader takes the room, and the last one gives it back. What does a writer wait for if a new " +
				"reader always comes before the last one has left?",
			"A reader that comes after the writer should wait behind it. Put a door before the room that everyone " +
				"goes through; who stands in the door keeps all others out.",
			"Add `door := threading.NewLock(\"door\")`. A reader acquires and releases it before anything else. A " +
				"writer acquires it, waits for the room, writes, and then releases both.",
		},
		solution: `newLibrary := func() (read, write func(body func())) {
	readers := 0
	count := threading.NewLock("count")
	room := threading.NewSemaphore(1)
	door := threading.NewLock("door")
	read = func(body func()) {
		door.Acquire()
		door.Release()
		count.Acquire()
		readers++
		if readers == 1 {
			room.Acquire()
		}
		count.Release()
		body()
		count.Acquire()
		readers--
		if readers == 0 {
			room.Release()
		}
		count.Release()
	}
	write = func(body func()) {
		door.Acquire()
		room.Acquire()
		body()
		room.Release()
		door.Release()
	}
	return read, write
}`,
		why: "A writer that waits stands in the door, so readers that come later wait behind it, and those inside " +
			"leave one by one.",
		praise: "Readers read together, writers wrote alone, and a writer got in although readers came all the time.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.13"}, `read, write := newLibrary()
writing, reading := 0, 0
look := func() {
	reading++
	explore.Assert(writing == 0, "a reader is inside while a writer writes")
	reading--
}
change := func() {
	writing++
	explore.Assert(writing == 1 && reading == 0, "a writer isn't alone")
	writing--
}
a := threading.NewThread(read, threading.Args(look), threading.Name("reader"))
b := threading.NewThread(write, threading.Args(change), threading.Name("writer 1"))
c := threading.NewThread(write, threading.Args(change), threading.Name("writer 2"))
a.Start(); b.Start(); c.Start()
a.Join(); b.Join(); c.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func() (func(func()), func(func())))
			if !ok || f == nil {
				return nil
			}
			return &readersTrial{f: f}
		},
	}
}

const (
	readersRead   = 100 * time.Microsecond
	readersRounds = 5
	readersRelay  = 40 // reads of each of two readers that pass the door to each other
)

type readersTrial struct {
	f                func() (func(func()), func(func()))
	reading, writing int
	together         int // the most that read at the same time
	clash            string
	reads, writes    int
	relay            bool // readers come all the time
	waited           int  // reads that began while the writer waited
	asked, in        bool
}

func (l *readersTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	l.relay = seed%3 == 1
	var read, write func(func())
	r.call(func() { read, write = l.f() })
	if read == nil || write == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newLibrary returned nil in place of a function")
		}
		return
	}
	rounds, writers := readersRounds, 2
	if l.relay {
		rounds, writers = readersRelay, 1
	}
	for i := range 2 {
		r.start(fmt.Sprintf("reader %d", i+1), func() {
			t := machine.Current()
			if l.relay {
				t.Sleep(time.Duration(i) * readersRead / 2)
			}
			for range rounds {
				read(func() { l.read() })
			}
		})
	}
	for i := range writers {
		r.start(fmt.Sprintf("writer %d", i+1), func() {
			t := machine.Current()
			if l.relay {
				t.Sleep(2 * readersRead)
			}
			for range rounds / readersRounds * 2 {
				l.asked = true
				write(func() { l.write() })
				if l.relay {
					return
				}
			}
		})
	}
	r.join()
}

func (l *readersTrial) read() {
	l.reading++
	l.together = max(l.together, l.reading)
	if l.asked && !l.in {
		l.waited++
	}
	if l.writing > 0 {
		l.clash = "A reader was inside while a writer wrote."
	}
	machine.Current().Sleep(readersRead)
	if l.writing > 0 {
		l.clash = "A writer wrote while a reader was inside."
	}
	l.reading--
	l.reads++
}

func (l *readersTrial) write() {
	l.writing++
	l.in = true
	if l.writing > 1 {
		l.clash = "Two writers were inside at the same time."
	}
	machine.Current().Sleep(readersRead / 2)
	l.writing--
	l.writes++
}

func (l *readersTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if l.clash != "" {
		return &fault{text: l.clash, misconception: "Looking whether the room is free and entering it are one step."}
	}
	if f := r.common(); f != nil {
		return f
	}
	reads, writes := 2*readersRounds, 4
	if l.relay {
		reads, writes = 2*readersRelay, 1
	}
	switch {
	case l.reads != reads || l.writes != writes:
		return &fault{text: fmt.Sprintf("%d of %d reads and %d of %d writes took place: call `body` each time.",
			l.reads,
			reads, l.writes, writes)}
	case l.relay && l.together < 2:
		return &fault{text: "The readers read one after another, though no writer was inside.",
			misconception: "The safest lock is one for everything. (Readers don't disturb each other.)"}
	case l.relay && l.waited > 3:
		return &fault{text: fmt.Sprintf("A writer waited while %d reads began: as long as one reader is inside, the "+
			"next one comes in. A reader that comes after the writer must wait behind it.", l.waited),
			misconception: "A lock is handed out in the order in which threads ask for it. (Readers don't ask for it " +
				"while another reader is inside.)"}
	}
	return nil
}
