package exercise

// This file defines the predictions of the notebook 01-concurrency.

func concurrencyQuestions() []*question {
	return []*question{{
		id: "ten-waits",
		text: "Each answer takes a fifth of a second. Ten are asked for at once, each by a thread of its own, " +
			"under a GIL. How many waits are in progress at a time?",
		choice: []string{"one: the GIL lets only one thread do anything", "two, as the computer has two cores", "ten"},
		right:  "c",
		words: []string{
			"The GIL is about running Python code. A thread that waits runs none, and releases the GIL before it " +
				"waits.",
			"Cores are for computing. A wait needs none.",
			"",
		},
		reason: "A thread that waits for an answer holds neither the GIL nor a core.",
	}, {
		id: "one-core",
		text: "Two threads compute, without a GIL, on a machine with **one** core. When does the second thread " +
			"begin to run?",
		choice: []string{"when the first has ended", "while the first still has work to do: they take turns",
			"at the same moment as the first, and both run on"},
		right: "b",
		words: []string{
			"That would be one after the other. The operating system takes the core from a thread after some " +
				"milliseconds, whether it has finished or not.",
			"",
			"With one core, only one of them can run at any moment.",
		},
		reason: "The two are concurrent, because both are in progress, and not parallel, because only one runs at " +
			"any moment. The operating system's scheduler decides which one.",
	}, {
		id: "lost-update",
		text: "Two threads add 200,000 each to one counter, under the GIL of Python 3.9. What is the counter at " +
			"the end?",
		choice: []string{"400,000: the GIL lets only one thread run at a time", "less than 400,000",
			"it depends on the number of cores"},
		right: "b",
		words: []string{
			"It is true that only one thread runs at a time. But a thread can lose the GIL *between* its read and " +
				"its write.",
			"",
			"With a GIL, the number of cores doesn't matter: only one thread runs Python code at a time. The counter " +
				"loses updates on one core too.",
		},
		reason: "A thread read the counter, lost the GIL, and later wrote its old number plus one over what the " +
			"other thread had added meanwhile.",
	}, {
		id: "two-locks",
		text: "Ada acquires lock A, then lock B. Bob acquires B, then A. Both release what they acquired. What can " +
			"happen?",
		choice: []string{"nothing bad: every lock is released in the end", "both wait for ever",
			"one of them gets an exception"},
		right: "b",
		words: []string{
			"Each would release its locks, but neither gets that far: each waits for the lock that the other holds.",
			"",
			"Python raises no exception. Both wait in silence.",
		},
		reason: "Ada holds A and waits for B; Bob holds B and waits for A. Neither can continue, so neither releases " +
			"anything. That is a *deadlock*.",
	}, {
		id: "semaphore",
		text: "Seven cars want to park for 10 ms each, in a car park with three places. How many groups does the " +
			"picture show?",
		choice: []string{"one: all seven at once", "three: three cars, three cars, one car",
			"seven: one car at a time"},
		right: "b",
		words: []string{
			"The semaphore has three places; four of the seven have to wait.",
			"",
			"That is what a lock would do. The semaphore was made with 3.",
		},
		reason: "Three enter at once; each car that leaves lets the next one in.",
	}}
}
