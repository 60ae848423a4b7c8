package exercise

// This file defines the predictions of the notebook 03-under-the-hood.

func hoodQuestions() []*question {
	return []*question{{
		id: "kernel-threads",
		text: "MainThread runs your cells. Two more threads were started, one after the other, and have ended. How " +
			"many threads does the operating system count in this process now?",
		choice: []string{"one: MainThread", "three: MainThread, Ada and Bob", "more than three"},
		right:  "c",
		words: []string{
			"MainThread is the only one that is *yours*. A program's runtime can start threads without telling you.",
			"Ada and Bob have ended, so you have one left. The others belong to the program's runtime.",
			"",
		},
		reason: "This kernel is a Go program, and Go's runtime keeps threads for its own work, such as collecting " +
			"garbage, watching files and timers, and for goroutines to come. A Python that has just started has one; " +
			"NumPy and other libraries add theirs.",
	}, {
		id: "child-list",
		text: "A list has one item. A child process appends a second one and ends. How many items does the " +
			"parent's list have then?",
		choice: []string{"two: the list is a global variable", "one", "none: the child took the list with it"},
		right:  "b",
		words: []string{
			"Global means shared by all functions of the module, not by all processes. Each process has its own " +
				"memory.",
			"",
			"The child worked on a copy. The parent's own list is untouched.",
		},
		reason: "The child has an address space of its own. It appended to its copy, and the copy ended with it. A " +
			"thread would append to the parent's own list.",
	}, {
		id: "fork-lock",
		text: "A thread holds a lock. Another thread of the process calls `fork`, and after that the holder " +
			"releases the lock. Which process can acquire its lock now?",
		choice: []string{"both: the lock has been released", "the parent, but the child never", "neither"},
		right:  "b",
		words: []string{
			"The holder released the parent's lock. The child has a copy of the lock, made while it was held.",
			"",
			"The holder lives on in the parent and releases the lock there.",
		},
		reason: "A fork copies the memory, in which the lock is locked, but it copies only the thread that called " +
			"it. The child has no thread that could release its copy.",
	}, {
		id: "switches",
		text: "Which thread gives up its core more often *of its own accord*: one that sleeps a hundred times, or " +
			"one that computes without a pause?",
		choice: []string{"the one that sleeps", "the one that computes: it needs the core for longer",
			"both equally often: the operating system decides"},
		right: "a",
		words: []string{
			"",
			"It does use the core for longer, but it has no reason to give it up. If it loses the core, the " +
				"operating system took it: that is an *involuntary* switch.",
			"The operating system decides about involuntary switches only. A thread that sleeps gives up its core " +
				"itself.",
		},
		reason: "Each sleep is a voluntary switch. A thread that computes makes hardly any; its switches are " +
			"involuntary.",
	}, {
		id: "first-done",
		text: "Four threads each need a core for 12.5 ms. They start at about the same time, and there is one " +
			"core. When is the first of them done?",
		choice: []string{"after 12.5 ms", "after about 25 ms", "after nearly 50 ms, shortly before the others"},
		right:  "c",
		words: []string{
			"That would be so if it could keep the core until it is done. The operating system takes the core away " +
				"after a slice.",
			"By then, each of the four has run for about half of its 12.5 ms.",
			"",
		},
		reason: "The scheduler gives a slice to each thread in turn, so all four make progress at the same rate, and " +
			"all four end within the last few milliseconds.",
	}, {
		id: "woken",
		text: "Four threads sleep for 4 ms at the same time, on one core. Each has 2 ms of work when it wakes. How " +
			"late does the last one begin to run?",
		choice: []string{"not late: a thread runs when its sleep is over", "about 2 ms late", "about 6 ms late"},
		right:  "c",
		words: []string{
			"When its sleep is over, it is *ready*. To run, it needs a core, and there is only one.",
			"That is the second one. The last has three threads in front of it.",
			"",
		},
		reason: "All four are ready at the same moment. One gets the core, the others queue, and the last one waits " +
			"for three times 2 ms of work.",
	}, {
		id:   "pipe",
		text: "A program writes a million bytes into a pipe, and no process reads from it. What happens?",
		choice: []string{"the write succeeds: the operating system keeps all bytes",
			"it writes some of the bytes, then blocks", "the write fails at once: there is no reader"},
		right: "b",
		words: []string{
			"The operating system keeps what fits into the pipe, and that is little.",
			"",
			"It would fail if the reading end were *closed*. It is open; no process reads from it.",
		},
		reason: "A pipe on Linux holds 65,536 bytes (`man 7 pipe`), on macOS 16 to 64 KiB. A write that doesn't fit " +
			"blocks until a reader has made room.",
	}}
}
