package link

// This file defines the request to explore a cell, which runs it under many schedules or under one, and its answer.

import "encoding/json"

// The modes of Explore.
const (
	// ExploreSearch tries the schedules of the cell until one breaks it.
	ExploreSearch = "search"
	// ExploreReplay runs the cell once under Explore.Schedule.
	ExploreReplay = "replay"
	// ExploreChoices runs the cell once under Explore.Choices: at the n-th point at which several threads can run, the
	// n-th number of the list chooses the thread. The run stops at the first point after the list, where the View says
	// what each thread would do next. The number of a thread that can't run is an impossible choice, see Explored.Bad.
	// The same list produces the same run.
	ExploreChoices = "choices"
)

// Explore explores a cell in a process of its own: nothing in the session changes, and the cell's definitions aren't
// kept. Each run begins with the session's present state. The answers are as for Run, with Done.Explored; an
// interrupted search answers with what it has found so far.
type Explore struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
	// Source, Before and Code are as in Run: the kernel process has compiled the cell and not committed it.
	Source string          `json:"source"`
	Before json.RawMessage `json:"before,omitempty"`
	Code   string          `json:"code,omitempty"`
	Mode   string          `json:"mode"`
	Python string          `json:"python,omitempty"` // a version, "" for the session's
	// Preemptions, Schedules and Seconds bound a search; nil and 0 are the defaults. Seed is for the schedules that it
	// chooses at random afterwards.
	Preemptions *int    `json:"preemptions,omitempty"`
	Schedules   int     `json:"schedules,omitempty"`
	Seconds     float64 `json:"seconds,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`
	Schedule    string  `json:"schedule,omitempty"`
	Choices     []int   `json:"choices,omitempty"`
	// Quiet shows no progress.
	Quiet bool `json:"quiet,omitempty"`
}

// Wants names the variables of the session that the cell of an exploring process uses.
type Wants struct {
	Names []string `json:"names,omitempty"`
	// Declares says that the cell declares functions or types. They may have replaced the session's in the process,
	// which must not explore another cell then.
	Declares bool `json:"declares,omitempty"`
	// Modules says that the process has packages of modules, whose variables it compares with State.Modules.
	Modules bool `json:"modules,omitempty"`
}

// State answers Event.Wants of an exploring process: the values of the session's variables, in a form that package
// interp defines.
type State struct {
	Names []string `json:"names,omitempty"`
	Data  []byte   `json:"data,omitempty"`
	// Anew names variables that begin with the values of their declarations, because their values can't be sent;
	// Lacking names those whose value in a run differs from the session's. For variables in Anew whose type is this
	// program's own, such as locks, Looks has, at the same index, how the session's value looks; "" for others.
	Anew    []string  `json:"anew,omitempty"`
	Looks   []string  `json:"looks,omitempty"`
	Lacking []Lacking `json:"lacking,omitempty"`
	// Modules has digests of the package variables of modules by their names, with the paths of their packages.
	// Running says that code of the session ran meanwhile, see snapshot.Options.
	Modules map[string]uint64 `json:"modules,omitempty"`
	Running bool              `json:"running,omitempty"`
}

// Lacking is a variable whose value in a run differs from the session's.
type Lacking struct {
	Name string `json:"name"`
	Text string `json:"text"` // the value in the run, and why it differs
	// Fatal says that nothing in the run stands for the session's value: the run isn't what the cell would do.
	Fatal bool `json:"fatal,omitempty"`
}

// Explored is the result of an Explore. Its numbers are those of search.Report and search.Sampled.
type Explored struct {
	Python    string `json:"python"` // the version
	Runs      int    `json:"runs,omitempty"`
	Foreseen  int    `json:"foreseen,omitempty"` // how many schedules were followed without a run
	Schedules int    `json:"schedules,omitempty"`
	// Bound is the number of preemptions up to which all schedules were tried; -1: not even those without preemptions.
	Bound       int           `json:"bound"`
	Complete    bool          `json:"complete,omitempty"`
	Forgot      bool          `json:"forgot,omitempty"` // some schedules are counted more than once
	Endless     int           `json:"endless,omitempty"`
	Outcomes    []Outcome     `json:"outcomes,omitempty"`
	Broken      int           `json:"broken"` // index in Outcomes of the one that breaks the cell, -1 if none does
	Sample      *Sample       `json:"sample,omitempty"`
	Seconds     float64       `json:"seconds,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
	Notes       []ExploreNote `json:"notes,omitempty"` // what isn't repeatable
	// Varies says that two runs under one schedule differed: an outcome isn't due to its schedule alone.
	Varies bool `json:"varies,omitempty"`
	// Progress is the ID of the display that showed the progress of the search, which the result replaces; "": none.
	Progress string `json:"progress,omitempty"`

	// View, a steps.View, and Printed, its output, belong to the one run that is shown: of a schedule that breaks the
	// cell, of a replay, or of choices.
	View    json.RawMessage `json:"view,omitempty"`
	Printed string          `json:"printed,omitempty"`
	// Differs says where a replay differs from its schedule, nil if it doesn't.
	Differs *Differs `json:"differs,omitempty"`
	// Bad is the index of the first impossible choice in Explore.Choices, nil if there is none.
	Bad *int `json:"bad,omitempty"`
}

// Outcome is how runs of a cell ended.
type Outcome struct {
	// Kind is one of the outcomes of package steps: "value", "assertion", "panic", "deadlock", "race", "starvation",
	// "endless".
	Kind        string `json:"kind"`
	Text        string `json:"text,omitempty"`
	Possible    bool   `json:"possible,omitempty"` // of a race: compiled code may or may not have a part in it
	Count       int    `json:"count,omitempty"`    // of schedules
	Sampled     int    `json:"sampled,omitempty"`
	Preemptions int    `json:"preemptions,omitempty"`
	Schedule    string `json:"schedule,omitempty"` // a schedule with this outcome, for %%replay
	Line        int    `json:"line,omitempty"`     // of the cell; 0: not known
	Label       string `json:"label,omitempty"`    // of the cell, if it is another one
}

// Sample is the result of schedules that were chosen at random: Broken of Runs break the cell. Uniform of Runs are
// uniform random walks, and Hits of these break it; with 95 % confidence the share of such walks lies between Low and
// High.
type Sample struct {
	Runs    int     `json:"runs"`
	Broken  int     `json:"broken,omitempty"`
	Uniform int     `json:"uniform"`
	Hits    int     `json:"hits,omitempty"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
}

// ExploreNote points to code in a cell that isn't repeatable.
type ExploreNote struct {
	Label string `json:"label,omitempty"` // of the cell
	Line  int    `json:"line,omitempty"`
	Text  string `json:"text"`
	Fatal bool   `json:"fatal,omitempty"` // no run can continue past it
}

// Differs tells where a run departs from its schedule.
type Differs struct {
	Step  int    `json:"step"` // of the View, from 1
	Label string `json:"label,omitempty"`
	Line  int    `json:"line,omitempty"`
	Turn  string `json:"turn"` // the turn of the schedule that didn't come
}
