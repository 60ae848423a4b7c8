package exercise

// This file defines the predictions of the notebook 04-threading.

func threadingQuestions() []*question {
	return []*question{{
		id: "start-order",
		text: "Ada, Bob and Cy are started in this order. Each sleeps for a millisecond and then writes its name. " +
			"How often, in 200 runs, do the names appear in the order of the starts?",
		choice: []string{"always", "nearly always", "in about a sixth of the runs: there are six orders"},
		right:  "b",
		words: []string{
			"Nothing makes them keep that order. They were started in it, and after that each depends on the " +
				"scheduler alone.",
			"",
			"All six orders are allowed, but they aren't equally likely: a thread that was started first has a head " +
				"start.",
		},
		reason: "The first thread has a head start, so the order of the starts is the likeliest one. It is no " +
			"promise, and a program that relies on it fails on some other day.",
	}, {
		id: "run-start",
		text: "A thread named *worker* is made. Instead of `start()`, its method `run()` is called. In which " +
			"thread does its function run?",
		choice: []string{"in worker, as with `start()`", "in MainThread, which made the call",
			"in none: `run()` raises an exception"},
		right: "b",
		words: []string{
			"Only `start` asks the operating system for a thread.",
			"",
			"`run` is an ordinary method, and calls the function as any other method would.",
		},
		reason: "`start` makes a thread, and the new thread calls `run`. If you call `run` yourself, the function " +
			"runs in your thread, and you wait for it. The thread object stays *initial*.",
	}, {
		id: "thread-raises",
		text: "A thread fails with an exception that it doesn't catch, and MainThread joins it. What happens in " +
			"MainThread?",
		choice: []string{"`join` raises the exception", "nothing: `join` returns as usual, and MainThread continues",
			"the whole program ends"},
		right: "b",
		words: []string{
			"`join` waits for the end of the thread, and returns `None` however it ended.",
			"",
			"Only an exception in MainThread ends the program. In another thread it ends that thread.",
		},
		reason: "The exception ends the thread and is passed to `threading.excepthook`, which prints it. After that " +
			"it is gone: what you want to know later, your code has to store.",
	}, {
		id: "main-ends",
		text: "MainThread ends. *writer*, an ordinary thread, needs 20 ms more. *logger*, a daemon thread, needs " +
			"60 ms more. What happens?",
		choice: []string{"both are stopped at once", "both finish, and then the program ends",
			"writer finishes, and logger is stopped when writer has ended"},
		right: "c",
		words: []string{
			"At its end, a Python program joins all threads that aren't daemons.",
			"The program waits for writer only. A daemon is a thread that the program doesn't wait for.",
			"",
		},
		reason: "The program ends when all threads that aren't daemons have ended. The daemons are stopped then, " +
			"wherever they are.",
	}, {
		id: "if-wait",
		text: "Ada and Bob each wait for bread: `if bread == 0: oven.wait()`, then `bread -= 1`. MainThread adds " +
			"one loaf and notifies both. What is `bread` at the end?",
		choice: []string{"0: one of them takes the loaf, and the other waits for the next", "-1",
			"1: each waits for the other to take it"},
		right: "b",
		words: []string{
			"The second thread was notified too, and an `if` asks only once, before the wait.",
			"",
			"Only one of them can hold the condition's lock, but neither waits for the other: each takes a loaf as " +
				"soon as it has the lock.",
		},
		reason: "Both are woken. Each acquires the lock, one after the other, and takes a loaf without asking again " +
			"whether there is one.",
	}, {
		id: "more-threads",
		text: "A computation in pure Python is divided among four threads, under the GIL of Python 3.13, on a " +
			"machine with eight cores. How does the time change, compared to one thread?",
		choice: []string{"it takes about a quarter", "it takes about half", "it takes as long, or a little longer"},
		right:  "c",
		words: []string{
			"That is what a Python without a GIL does. Under a GIL, only one of the four runs at any moment.",
			"There is no half way: under a GIL, only one of the four runs at any moment, on however many cores.",
			"",
		},
		reason: "The four parts run one at a time, so together they take as long as the whole, and the switches come " +
			"on top.",
	}, {
		id: "convoy",
		text: "Each answer of the server takes 1 ms of waiting and some microseconds of computing. Beside it, " +
			"another thread computes all the time, under Python 3.13, on two cores. How long does an answer take now?",
		choice: []string{"about 1 ms, as before: waiting needs no GIL", "about 2 ms: each thread gets its half",
			"about 6 ms"},
		right: "c",
		words: []string{
			"Waiting needs none. But after each wait, the server needs the GIL again, and the other thread holds it.",
			"The GIL isn't divided into halves. A thread that waits asks for it after 5 ms, and not earlier.",
			"",
		},
		reason: "1 ms for the wait, and one switch interval, 5 ms, until the server gets the GIL back. It uses the " +
			"GIL for some microseconds and releases it, and with the next answer it waits again. That is the *convoy " +
			"effect*.",
	}, {
		id: "hash-parallel",
		text: "Four threads each make one long call into C, and each call releases the GIL. There are four cores. " +
			"How many of the calls run at the same moment, under Python 3.13?",
		choice: []string{"one: there is a GIL", "two: one with the GIL, one without", "four"},
		right:  "c",
		words: []string{
			"The GIL is needed for running Python code. A call that has released it runs without.",
			"None of them needs the GIL while it computes, so nothing limits them to two.",
			"",
		},
		reason: "Between release and return, a call into C runs without the GIL, on any core that is free.",
	}}
}
