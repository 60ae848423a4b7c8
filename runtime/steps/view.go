package steps

// This file defines views: what front ends are told of a run.

// A View is a run, or the beginning of one, as a list of steps. It is data, the same in Go, in JSON and in a page's
// script. The zero View is that of a run without steps.
type View struct {
	Python   string   `json:"python"`             // the version: "3.9", "3.13t"
	Schedule string   `json:"schedule,omitempty"` // a text that %%replay takes
	Sources  []Source `json:"sources"`
	Threads  []Thread `json:"threads"` // in the order of their creation: the first is MainThread
	Steps    []Step   `json:"steps"`
	More     int      `json:"more,omitempty"` // how many steps were left out at the end
	Outcome  Outcome  `json:"outcome"`
	// Sentence says what went wrong, in one sentence; "" if nothing did, or nothing is known.
	Sentence string `json:"sentence,omitempty"`
	// Now says what each thread would do next where the run stopped, because its choices were used up; nil for a run
	// that has ended. Its order is that of Threads.
	Now []Next `json:"now,omitempty"`
	// Variables are what threads can share, in the order in which they were first touched, with their values where the
	// run stopped or ended. Locks are the locks, queues, conditions and the like there.
	Variables []Variable `json:"variables,omitempty"`
	Locks     []Lock     `json:"locks,omitempty"`
}

// A Source is the text of a cell in which there are steps.
type Source struct {
	Label string   `json:"label"` // "In[3]"
	Lines []string `json:"lines"`
}

// A Thread is a thread of the run.
type Thread struct {
	ID   int    `json:"id"` // as in schedules, from 1
	Name string `json:"name"`
}

// A Step is something that a thread did.
type Step struct {
	Thread int    `json:"thread"` // index in View.Threads
	Op     string `json:"op"`     // see the constants
	Name   string `json:"name"`   // of what it was done to, as the source has it: counter, c.n, lock
	// Variable, Lock and Other are numbers, from 1 on, in View.Variables, View.Locks and View.Threads: what Name stands
	// for, and the other thread that has to do with it, such as the one that is started or notified. 0 is none.
	Variable int `json:"variable,omitempty"`
	// Share is the number of the part of the variable that is accessed, 0 for all of it.
	Share int `json:"share,omitempty"`
	Lock  int `json:"lock,omitempty"`
	Other int `json:"other,omitempty"`
	Place
	Before string `json:"before,omitempty"` // the value before it, and after, if Op is Read or Write
	After  string `json:"after,omitempty"`
	// Switch says how the thread got the core for this step, "" if it had it.
	Switch string `json:"switch,omitempty"`
	// Over is the number, from 1 on, in View.Threads of the thread that was preempted before it has made a step of the
	// View; 0: the one that has made the step before.
	Over int    `json:"over,omitempty"`
	Text string `json:"text"` // the step in a few words: "reads counter: 0", "waits for lock, which Thread-1 holds"
	// Quiet says that the step is of little interest: it touches what one thread alone uses, or looks up a lock that
	// never changes. Tables leave it out, unless another thread runs next although this one could go on.
	Quiet bool `json:"quiet,omitempty"`
}

// The kinds of a step.
const (
	Read    = "read"
	Write   = "write"
	Call    = "call"    // of a function of cells
	Loop    = "loop"    // the end of a loop's body
	Acquire = "acquire" // a lock or the like was acquired
	Release = "release"
	Wait    = "wait" // the thread blocks
	Wake    = "wake" // it goes on after that
	Sync    = "sync" // another call that other threads can notice: of a queue, a channel
	// Notify is a notification of a condition, or that an event is set; Other is the thread that it wakes, 0 for none.
	Notify = "notify"
	Start  = "start"
	End    = "end"   // of the thread
	Panic  = "panic" // an assertion that failed too
)

// The values of Step.Switch.
const (
	Preempts = "preempts" // another thread that could go on was preempted
	Takes    = "takes"    // the thread before blocked, ended or released the GIL by itself
	Relieves = "relieves" // the machine took the core from the thread before, which has run for long: no preemption
)

// A Place is part of a line.
type Place struct {
	Source int `json:"source"` // index in View.Sources, -1 for none
	Line   int `json:"line"`   // from 1; 0 for none
	Column int `json:"column"` // of its first character, from 1 and in characters; 0 for none
	Width  int `json:"width"`  // how many characters; 0 for none
}

// Next is what a thread would do next.
type Next struct {
	Can    bool   `json:"can"`              // it can be chosen
	Why    string `json:"why,omitempty"`    // why not: "waits for lock, which Thread-1 holds", "has ended"
	Runs   bool   `json:"runs,omitempty"`   // it ran last and could go on: to choose another preempts it
	Text   string `json:"text,omitempty"`   // what it would do: "writes counter"
	Sleeps bool   `json:"sleeps,omitempty"` // it waits for a time, which passes if it is chosen
	Place
}

// A Variable is something that threads can share.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Quiet says that one thread alone touched it, or that it leads to a lock, a thread or a function and never
	// changes.
	Quiet bool `json:"quiet,omitempty"`
}

// A Lock is a lock, a queue, a condition or the like.
type Lock struct {
	Name    string `json:"name"`              // as the source has it: lock, locks[1], account.mu
	Kind    string `json:"kind,omitempty"`    // its type: "Lock", "Queue"
	Holders []int  `json:"holders,omitempty"` // indexes in View.Threads
	Waiters []int  `json:"waiters,omitempty"`
}

// Outcome is how a run ended.
type Outcome struct {
	Kind string `json:"kind"` // see the constants; "" for a run that hasn't ended
	Text string `json:"text,omitempty"`
	// First and Second are the numbers, from 1 on, in View.Steps of the accesses of a Race; 0 is none.
	First  int `json:"first,omitempty"`
	Second int `json:"second,omitempty"`
}

// The kinds of outcomes.
const (
	Value     = "value"     // it ended; Text is the value of the cell's last expression, "" for none
	Failed    = "assertion" // explore.Assert
	Panicked  = "panic"
	Deadlock  = "deadlock"
	Race      = "race"       // two accesses in no order, at least one of them a write
	Starves   = "starvation" // a thread could go on, and others went on instead for very long
	Endless   = "endless"    // it was stopped because it was too long
	NoOutcome = ""
)
