package exercise

// This file defines the exercise workloads: threads, processes, or neither.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A workload is work to do under Python 3.13, with what is best for it.
type workload struct{ name, text, best, why string }

// The answers.
const (
	useThreads   = "threads"
	useProcesses = "processes"
	useNeither   = "neither"
)

func workloads() []workload {
	return []workload{
		{"download", "download 50 files from slow servers", useThreads,
			"waiting for the network needs no GIL, and no core"},
		{"primes", "look for primes up to 10 million, in pure Python", useProcesses,
			"Python code holds the GIL, so only processes compute at the same time"},
		{"window", "keep a window responsive while a file is read from a slow disk", useThreads,
			"one thread waits for the disk, the other one draws"},
		{"sum", "add up a list of a thousand numbers", useNeither,
			"it takes some microseconds: less than starting a thread"},
		{"hashes", "compute the SHA-256 of 100 files of 50 MB with hashlib", useThreads,
			"hashlib releases the GIL for anything longer than 2 kB, so threads compute at the same time and nothing " +
				"is copied"},
		{"thumbnails", "shrink 1000 pictures in a loop over pixels, in pure Python", useProcesses,
			"pure computing, and a picture is little to send compared with the time it takes"},
		{"rows", "add 1 to each of 10 million numbers of a list, in pure Python", useNeither,
			"to send the list to a process and back takes longer than the additions; threads take turns"},
		{"chat", "answer 200 clients that send a line now and then", useThreads,
			"each thread waits nearly all the time (asyncio does as well)"},
		{"steps", "compute the next million states of a simulation, each from the one before", useNeither,
			"each step needs the one before: there is nothing to do at the same time"},
		{"logs", "count words in 8 log files of 1 GB, in pure Python", useProcesses,
			"the counting is Python code; each process reads its own file and sends only its counts"},
	}
}

func workloadsTask() *task {
	var text, start, solution, why strings.Builder
	text.WriteString("For each of ten jobs, say what makes it faster on eight cores under Python 3.13: `threads`, " +
		"`processes`, or `neither`. If threads do it as well as processes, they are the answer, because they cost " +
		"less. Each right answer counts a tenth.\n\n| job | |\n|---|---|\n")
	for _, list := range []*strings.Builder{&start, &solution} {
		list.WriteString("choices := map[string]string{\n")
	}
	for i, w := range workloads() {
		fmt.Fprintf(&text, "| `%s` | %s |\n", w.name, w.text)
		fmt.Fprintf(&start, "\t%q: \"?\",\n", w.name)
		fmt.Fprintf(&solution, "\t%q: %q,\n", w.name, w.best)
		if i > 0 {
			why.WriteString("; ")
		}
		fmt.Fprintf(&why, "%s: %s, because %s", w.name, w.best, w.why)
	}
	start.WriteByte('}')
	solution.WriteByte('}')
	return &task{
		id:        "workloads",
		lesson:    lessonServers,
		title:     "Threads, processes, or neither?",
		text:      text.String(),
		signature: "map[string]string",
		start:     start.String(),
		hints: []string{
			"Ask first: does it wait, or does it compute? What waits needs no GIL, and threads are enough.",
			"If it computes: is it Python code, which holds the GIL, or a library that releases it? Three of the ten " +
				"compute in pure Python and have parts that don't depend on each other and are large.",
			"What is left: is it too short, is more sent than computed, or does each part need the one before? Then " +
				"neither. There are four for threads, three for processes, and three for neither.",
		},
		solution: solution.String(),
		why:      why.String() + ".",
		praise: "Ten of ten. The experiments `%twin cpu`, `%twin processes` and `%twin servers` measure three of " +
			"them here.",
		trial: func(solution any) trial {
			if _, ok := solution.(map[string]string); !ok {
				return nil
			}
			return noTrial{}
		},
		grade: func(_ *Course, answer any) (*fault, error) { return gradeWorkloads(answer.(map[string]string)), nil },
	}
}

// gradeWorkloads grades choices: a tenth for each right one.
func gradeWorkloads(answer map[string]string) *fault {
	all := workloads()
	known := map[string]bool{}
	right := 0
	var wrong, open []string
	for _, w := range all {
		known[w.name] = true
		switch got := strings.ToLower(strings.TrimSpace(answer[w.name])); got {
		case w.best:
			right++
		case useThreads, useProcesses, useNeither:
			wrong = append(wrong, fmt.Sprintf("`%s`: %s? %s", w.name, got, doubt(w.best, got)))
		default:
			open = append(open, "`"+w.name+"`")
		}
	}
	if right == len(all) {
		return nil
	}
	f := &fault{score: float64(right) / float64(len(all))}
	f.text = fmt.Sprintf("%d of %d are right.", right, len(all))
	for _, line := range wrong {
		f.text += "\n- " + line
	}
	if len(wrong) > 0 && len(open) > 0 {
		f.text += "\n\n"
	}
	if len(open) > 0 {
		f.text += " Say `threads`, `processes` or `neither` for " + strings.Join(open, ", ") + "."
	}
	for _, name := range slices.Sorted(maps.Keys(answer)) {
		if !known[name] {
			f.text += fmt.Sprintf(" There is no job %q.", name)
		}
	}
	return f
}

// doubt says what to think about where a choice is wrong, without the answer.
func doubt(best, got string) string {
	switch {
	case got == useThreads && best == useProcesses:
		return "It is Python code that computes, and a thread needs the GIL for that."
	case got == useThreads:
		return "What could run while another thread holds the GIL, or before its result is there?"
	case got == useProcesses && best == useThreads:
		return "It would work; but who holds the GIL meanwhile, and what do processes cost?"
	case got == useProcesses:
		return "Count what must be sent, what starting costs, and what can run at the same time."
	}
	return "There is something in it that can run at the same time: what does each part wait for?"
}
