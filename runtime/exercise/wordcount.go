package exercise

// This file defines the exercise wordcount: words counted by processes.

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func wordCountTask() *task {
	return &task{
		id:     "wordcount",
		lesson: lessonProcesses,
		title:  "Count words with processes",
		text: "Fix `countByProcesses`. It counts how often each word occurs in `texts`, with `processes` processes " +
			"that count at the same time, each of them a part of the texts. It returns the counts when all processes " +
			"have ended. (Counting is Python code, so threads would take turns; see the exercise `slower`.) The code " +
			"below returns an empty map.",
		signature: "func(texts []string, processes int) map[string]int",
		start: `countByProcesses := func(texts []string, processes int) map[string]int {
	counts := map[string]int{}
	work := func(part []string) {
		for _, text := range part {
			for _, word := range strings.Fields(text) {
				counts[word]++
			}
		}
	}
	workers := []*multiprocessing.Process{}
	for i := range processes {
		part := texts[i*len(texts)/processes : (i+1)*len(texts)/processes]
		p := multiprocessing.NewProcess(work, multiprocessing.Args(part))
		p.Start()
		workers = append(workers, p)
	}
	for _, p := range workers {
		p.Join()
	}
	return counts
}`,
		hints: []string{
			"Each process has memory of its own. Which `counts` does a child change, and what happens to it when the " +
				"child ends?",
			"A child counts into a map of its own and sends it to the parent, once, at the end: through a queue, or " +
				"as the result of a task of a `multiprocessing.NewPool`. The parent adds the maps up.",
			"In the child: `mine := map[string]int{}`, and at the end `results.Put(mine)`. In the parent: " +
				"`results.Get().(map[string]int)` as often as there are processes, and only then `Join`.",
		},
		solution: `countByProcesses := func(texts []string, processes int) map[string]int {
	results := multiprocessing.NewSimpleQueue()
	work := func(part []string, results *multiprocessing.SimpleQueue) {
		mine := map[string]int{}
		for _, text := range part {
			for _, word := range strings.Fields(text) {
				mine[word]++
			}
		}
		results.Put(mine)
	}
	workers := []*multiprocessing.Process{}
	for i := range processes {
		part := texts[i*len(texts)/processes : (i+1)*len(texts)/processes]
		p := multiprocessing.NewProcess(work, multiprocessing.Args(part, results))
		p.Start()
		workers = append(workers, p)
	}
	counts := map[string]int{}
	for range processes {
		for word, n := range results.Get().(map[string]int) {
			counts[word] += n
		}
	}
	for _, p := range workers {
		p.Join()
	}
	return counts
}`,
		why: "Each child counts into a map of its own and sends it once. The parent receives before it joins: a " +
			"child that still has data to send doesn't end.",
		praise: "The counts are right, and the processes counted at the same time.",
		worlds: []World{{Python: "3.13", Cores: 4}, {Python: "3.14", Cores: 4}},
		seeds:  10,
		trial: func(solution any) trial {
			f, ok := solution.(func([]string, int) map[string]int)
			if !ok || f == nil {
				return nil
			}
			return &wordCountTrial{f: f}
		},
	}
}

type wordCountTrial struct {
	f         func([]string, int) map[string]int
	processes int
	got, want map[string]int
	alive     int
}

// counted requests a timeline for every run: it has the processes.
func (*wordCountTrial) counted() {}

func (w *wordCountTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	w.processes = 2 + seed%3
	w.want = map[string]int{}
	var texts []string
	for i := range 24 + seed%5 {
		var words []string
		each, different := 12, 23
		if seed == 1 { // what a child sends is larger than a pipe, so one that is joined before that never ends
			each, different = 400, 7000
		}
		for j := range each {
			word := fmt.Sprint("word", (i*7919+j*j)%different)
			words = append(words, word)
			w.want[word]++
		}
		texts = append(texts, strings.Join(words, " "))
	}
	r.patience = 10 * time.Second
	r.start("parent", func() {
		w.got = w.f(texts, w.processes)
		w.alive = children()
	})
	r.join()
}

func (w *wordCountTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if r.deadlock != nil && strings.Contains(sentence(r.deadlock), "(full)") {
		return &fault{text: "With long texts the processes wait for ever: " + sentence(r.deadlock) + ". A child ends " +
			"only when all that it has put into a queue has been received: get first, then join.",
			misconception: "A process that has called Put is done. (The data must fit into the queue's pipe, or wait " +
				"until another process receives.)"}
	}
	if f := r.common(); f != nil {
		return f
	}
	started := tl.Processes() - 1
	sum := func(m map[string]int) (n int) {
		for _, k := range m {
			n += k
		}
		return n
	}
	switch {
	case started < w.processes:
		return &fault{text: fmt.Sprintf("%d processes were started, and `processes` is %d. This exercise is about "+
			"processes.", max(started, 0), w.processes)}
	case w.alive > 0:
		return &fault{text: fmt.Sprintf("`countByProcesses` returned while %d processes still ran. Join all of them.",
			w.alive), misconception: startIsDone}
	case len(w.got) == 0:
		return &fault{text: "The map is empty: each child counted in its own memory, which ended with it. The " +
			"children must send what they have counted.",
			misconception: "Globals and captured variables are shared with child processes."}
	case apart(tl):
		return &fault{text: "The processes counted one after another: start all of them before you wait for the first.",
			misconception: "Whatever runs in processes runs at the same time."}
	case maps.Equal(w.got, w.want):
		return nil
	case sum(w.got) < sum(w.want):
		return &fault{text: fmt.Sprintf("There are %d words, and %d were counted. Either a part of the texts was left "+
			"out, or what one process counted replaced what another one had.", sum(w.want), sum(w.got))}
	}
	return &fault{text: fmt.Sprintf("There are %d words, and %d were counted: some more than once.", sum(w.want),
		sum(w.got)), misconception: "Each process takes its own part by itself. (It does what it is given.)"}
}
