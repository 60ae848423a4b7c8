package exercise

// This file defines the predictions of the notebook 07-beyond.

func beyondQuestions() []*question {
	return []*question{{
		id: "visits",
		text: "Two threads each execute `hits += 1` once, without a lock, and `hits` is 0 before. What can it be " +
			"afterwards, under any schedule?",
		choice: []string{"3.13: always 2; 3.14t: always 2", "3.13: always 2; 3.14t: 1 or 2",
			"3.13: 1 or 2; 3.14t: 1 or 2"},
		right: "b",
		words: []string{
			"Without a GIL, both threads can read 0 at the same moment.",
			"",
			"The line does read, add and write. But 3.13 looks for a drop request between none of the three.",
		},
		reason: "From 3.10 on, a Python with a GIL checks for drop requests at function entries, after calls and at " +
			"the ends of loop iterations. There is none of these within `hits += 1`, so nothing was ever lost. " +
			"Without a GIL there are no checks to wait for: the other thread runs at the same moment.",
	}, {
		id: "hot-lock",
		text: "Four threads count visits, on four cores, under 3.14t. How much faster are they than one thread, with " +
			"one counter and a lock around each visit, and with a counter for each thread?",
		choice: []string{"both about four times", "one counter: no faster; own counters: nearly four times",
			"both no faster"},
		right: "b",
		words: []string{
			"Only one thread at a time can hold the lock, with a GIL or without.",
			"",
			"There is no GIL that they have to wait for. But there is a lock.",
		},
		reason: "What happens under a lock happens one after the other. If the threads do nothing but that, they are " +
			"no faster than one thread. The threads with counters of their own need the lock once each.",
	}, {
		id: "interpreter-list",
		text: "`visitors` has one item. Two calls, in another interpreter of the same process, each append one and " +
			"return the length. What do they return, and how long is the list of the caller afterwards?",
		choice: []string{"they return 2 and 3; the caller's list has 3", "they return 2 and 3; the caller's list has 1",
			"they return 2 and 2; the caller's list has 1"},
		right: "b",
		words: []string{
			"It is the same process, but not the same list.",
			"",
			"The other interpreter stays, with its variables, from one call to the next.",
		},
		reason: "Each interpreter has global variables of its own. Here they begin as your module makes them, so the " +
			"other one has a list with one item too, and both calls append to that one. The caller's list stays as " +
			"it was.",
	}, {
		id: "blocked-loop",
		text: "Three tasks of one event loop each call `time.sleep(0.020)` in place of `await asyncio.sleep(0.020)`. " +
			"How long does it take until all three have ended?",
		choice: []string{"about 20 ms: sleeping releases the GIL", "about 60 ms", "about 25 ms: the switch interval " +
			"comes on top"},
		right: "b",
		words: []string{
			"It releases the GIL, and no other thread is there to take it. The tasks are all in this thread.",
			"",
			"The switch interval is for threads. No task ever takes the thread from another one.",
		},
		reason: "The loop runs on one thread. `time.sleep` stops that thread, and so the loop and each of its tasks: " +
			"the three waits come one after the other. `await` returns to the loop, which then runs another task.",
	}, {
		id: "await-race",
		text: "One ticket is left. Two tasks of one loop check `tickets > 0`, await the payment, and then do " +
			"`tickets -= 1`. How many tickets are left at the end?",
		choice: []string{"0: there is one thread, so there is no race", "-1, each time",
			"0 or -1: it depends on the switch interval"},
		right: "b",
		words: []string{
			"A race needs no second thread, only a place where another one can come between.",
			"",
			"No interval interrupts a task. It gives the thread away where it awaits, and only there.",
		},
		reason: "The first task sees one ticket and awaits. Then the second sees one ticket too, and awaits. Both " +
			"pay, and both take one. It is the race of 02-the-gil, and it isn't even a matter of luck.",
	}}
}
