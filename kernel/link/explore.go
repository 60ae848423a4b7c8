package link

// This file defines what explores a cell: its runs under many schedules, or under one.

import "encoding/json"

// The modes of Explore.
const (
	// ExploreSearch tries the schedules of the cell until one breaks it, and answers with what that showed.
	ExploreSearch = "search"
	// ExploreReplay runs the cell once under Explore.Schedule.
	ExploreReplay = "replay"
	// ExploreChoices runs the cell once, and lets Explore.Choices choose: the n-th point, which is a place where
	// several threads can run, is decided by the n-th number of a thread. The run stops at the first point behind the
	// list; the View says there what each thread would do next. A number of a thread that can't run is a choice that
	// isn't possible, see Explored.Bad. The same list gives the same run.
	ExploreChoices = "choices"
)

// Explore runs a cell on machines that are explored, in a process of its own: nothing in the session changes, and
// the cell's definitions aren't kept. Each run begins from the session's present state. The answers are as for Run,
// with Done.Explored; an Interrupt of a search is answered with what it has found until then.
type Explore struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
	// Source, Before and Code are as in Run: what the kernel process has compiled, and not committed.
	Source string          `json:"source"`
	Before json.RawMessage `json:"before,omitempty"`
	Code   string          `json:"code,omitempty"`
	Mode   string          `json:"mode"`
	Python string          `json:"python,omitempty"` // a version, "" for the session's
	// Preemptions, Schedules and Seconds bound a search; nil and 0 are the defaults. Seed is for what it tries by
	// chance behind that.
	Preemptions *int    `json:"preemptions,omitempty"`
	Schedules   int     `json:"schedules,omitempty"`
	Seconds     float64 `json:"seconds,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`
	Schedule    string  `json:"schedule,omitempty"`
	Choices     []int   `json:"choices,omitempty"`
	// Quiet shows no progress.
	Quiet bool `json:"quiet,omitempty"`
}

// Wants names variables.
type Wants struct {
	Names []string `json:"names,omitempty"`
	// Declares says that the cell declares functions or types: they may have taken the place of the session's in the
	// process, which must not explore another cell then.
	Declares bool `json:"declares,omitempty"`
}

// State is what an interpreter process answers to Event.Wants of the process that explores for it: the values of the
// session's variables, in a form that package interp knows.
type State struct {
	Names []string `json:"names,omitempty"`
	Data  []byte   `json:"data,omitempty"`
	// Anew are variables that begin with what their declarations say, since their values can't be sent; Lacking are
	// those of which a run has another value than the session. Looks says of those in Anew that are this program's
	// own, such as locks, what the session's look like, by their places in Anew; "" is for all others.
	Anew    []string  `json:"anew,omitempty"`
	Looks   []string  `json:"looks,omitempty"`
	Lacking []Lacking `json:"lacking,omitempty"`
}

// Lacking is a variable of which a run has another value than the session.
type Lacking struct {
	Name string `json:"name"`
	Text string `json:"text"` // what it has, and why
}

// Explored says what the runs of a cell have shown. Its numbers are those of search.Report and search.Sampled.
type Explored struct {
	Python    string `json:"python"` // the version
	Runs      int    `json:"runs,omitempty"`
	Schedules int    `json:"schedules,omitempty"`
	// Bound is up to how many preemptions all schedules were tried; -1: not even those without any.
	Bound       int           `json:"bound"`
	Complete    bool          `json:"complete,omitempty"`
	Forgot      bool          `json:"forgot,omitempty"` // some schedules are counted more than once
	Endless     int           `json:"endless,omitempty"`
	Outcomes    []Outcome     `json:"outcomes,omitempty"`
	Broken      int           `json:"broken"` // index of what is wrong in Outcomes, -1 if nothing is
	Sample      *Sample       `json:"sample,omitempty"`
	Seconds     float64       `json:"seconds,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
	Notes       []ExploreNote `json:"notes,omitempty"` // what isn't repeatable
	// Progress is the ID of the display that said how far the search was, "" if there is none: the answer takes its
	// place.
	Progress string `json:"progress,omitempty"`

	// Of the one run that is shown: of a schedule that breaks the cell, of a replay, of choices. View is a steps.View;
	// Printed is what the run printed.
	View    json.RawMessage `json:"view,omitempty"`
	Printed string          `json:"printed,omitempty"`
	// Differs says where a replay differs from its schedule, nil if it doesn't.
	Differs *Differs `json:"differs,omitempty"`
	// Bad is the index of the first of Explore.Choices that isn't possible, nil if there is none.
	Bad *int `json:"bad,omitempty"`
}

// Outcome is how runs of a cell ended.
type Outcome struct {
	// Kind is one of the outcomes of package steps: "value", "assertion", "panic", "deadlock", "race", "starvation",
	// "endless".
	Kind        string `json:"kind"`
	Text        string `json:"text,omitempty"`
	Count       int    `json:"count,omitempty"` // of schedules
	Sampled     int    `json:"sampled,omitempty"`
	Preemptions int    `json:"preemptions,omitempty"`
	Schedule    string `json:"schedule,omitempty"` // one that leads there, for %%replay
	Line        int    `json:"line,omitempty"`     // of the cell, where that is known
}

// Sample says what schedules that were chosen by chance have shown: Broken of Runs break the cell. Uniform of Runs are
// uniform random walks, and Hits of these break it; with 95 % confidence the share of such walks is from Low to High.
type Sample struct {
	Runs    int     `json:"runs"`
	Broken  int     `json:"broken,omitempty"`
	Uniform int     `json:"uniform"`
	Hits    int     `json:"hits,omitempty"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
}

// ExploreNote is something in a cell that isn't the same in each run.
type ExploreNote struct {
	Label string `json:"label,omitempty"` // of the cell
	Line  int    `json:"line,omitempty"`
	Text  string `json:"text"`
	Fatal bool   `json:"fatal,omitempty"` // no run can pass it
}

// Differs is where a run parts from its schedule.
type Differs struct {
	Step  int    `json:"step"` // of the View, from 1
	Label string `json:"label,omitempty"`
	Line  int    `json:"line,omitempty"`
	Turn  string `json:"turn"` // of the schedule, which didn't come
}
