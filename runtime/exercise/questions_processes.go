package exercise

// This file defines the predictions of the notebook 05-multiprocessing.

func processesQuestions() []*question {
	return []*question{{
		id: "four-processes",
		text: "Four workers compute in pure Python, each as much as the others, under the GIL of Python 3.13 on four " +
			"cores. How long do four processes take, compared to four threads?",
		choice: []string{"as long: there is a GIL", "about a quarter of the time", "about half of the time"},
		right:  "b",
		words: []string{
			"There is one in each process. No process waits for the GIL of another.",
			"",
			"Half would be right for two cores. There are four, and nothing makes the processes take turns.",
		},
		reason: "Four threads share one GIL, so only one of them runs at any moment. Four processes have four GILs, " +
			"and run on four cores. It is a little more than a quarter, because they have to be started.",
	}, {
		id: "amdahl",
		text: "A tenth of a computation can't be divided, and the rest can. You start eight processes on four cores. " +
			"How many times as fast as one process is that, at best?",
		choice: []string{"8 times: there are eight processes", "4 times: there are four cores", "about 3 times"},
		right:  "c",
		words: []string{
			"Only four of them can run at any moment, as there are four cores.",
			"The nine tenths are four times as fast. But the tenth that can't be divided takes as long as before.",
			"",
		},
		reason: "A tenth takes as long as before, and nine tenths a quarter of the time: 0.1 + 0.9 / 4 = 0.325 of " +
			"it, so it is 3.1 times as fast. The four further processes find no core.",
	}, {
		id: "start-level",
		text: "`level = 1` stands at the top of a program. Under `if __name__ == \"__main__\":` it is set to 2, and " +
			"then a child that shows `level` is started by `spawn`. What does the child show?",
		choice: []string{"2", "1", "nothing: `level` doesn't exist in the child, a `NameError`"},
		right:  "b",
		words: []string{
			"That is so with `fork`, which copies all memory. `spawn` starts a new Python.",
			"",
			"The child imports the main module, and the line `level = 1` is a part of that.",
		},
		reason: "A child that is spawned imports the main module under another name, `__mp_main__`. So it runs the " +
			"top of the file, and skips what is under the `if`. With `forkserver`, the default on Linux since 3.14, " +
			"it is the same; with `fork`, the default before, the child shows 2.",
	}, {
		id:   "send-lock",
		text: "A `threading.Lock` is an argument of a child process, which is started by `spawn`. What happens?",
		choice: []string{"parent and child share the lock", "the child gets a lock of its own",
			"`start` raises an exception"},
		right: "c",
		words: []string{
			"The lock lies in the parent's memory, and the child can't reach that.",
			"That is what happens with `fork`, and it is worse: two locks that exclude nothing between the two " +
				"processes, without a word.",
			"",
		},
		reason: "With `spawn` and `forkserver` the arguments are pickled, and a lock can't be: `TypeError: cannot " +
			"pickle '_thread.lock' object`. With `fork` nothing is pickled, and the child gets a copy that has " +
			"nothing to do with the original. This kernel refuses in every case.",
	}, {
		id: "join-first",
		text: "A child puts a million characters into a queue. The parent joins the child first, and then gets them " +
			"from the queue. What happens?",
		choice: []string{"the parent gets the characters", "both wait forever", "`put` raises `queue.Full`"},
		right:  "b",
		words: []string{
			"The child doesn't end before its data has left, so `join` doesn't return.",
			"",
			"The queue has no limit. What is full is the pipe below it.",
		},
		reason: "`put` gives the data to a thread of the child, which writes it into a pipe. The pipe holds 64 KiB, " +
			"and then the thread waits until another process reads. The child waits for its thread before it ends, " +
			"the parent waits for the child, and doesn't read.",
	}, {
		id:   "chunks",
		text: "4,000 tasks of 15 µs each are given to a pool of four processes. What is best?",
		choice: []string{"chunks of 1, so that all processes are busy to the end", "chunks of 100",
			"it makes no difference: the tasks are the same"},
		right: "b",
		words: []string{
			"They are busy with receiving and sending: each task is a message there and one back.",
			"",
			"The tasks are, the messages aren't: each chunk is one message there and one back.",
		},
		reason: "With chunks of 1, the messages cost as much as the pool gains: you might as well do the work " +
			"without one. Chunks that are too large are bad as well: two chunks of 2,000 keep two processes busy, " +
			"and the other two have nothing to do.",
	}, {
		id: "killed",
		text: "A worker of a `multiprocessing.Pool` is killed in the middle of a task. What does Python's `pool.map` " +
			"do?",
		choice: []string{"it raises an exception", "another worker repeats the task", "it waits forever"},
		right:  "c",
		words: []string{
			"`ProcessPoolExecutor` does. `multiprocessing.Pool` doesn't notice that a task got lost.",
			"The pool starts another worker, but the task went down with the old one.",
			"",
		},
		reason: "Python's pool replaces the worker, and waits for a result that no worker will ever send. (It was " +
			"reported in 2014, as bpo-22393.) This kernel ends the wait with an error.",
	}, {
		id: "shared-count",
		text: "Two processes each do `counter.value += 1` 20,000 times, with `counter = multiprocessing.Value(\"i\", " +
			"0)`, which has a lock. What is `counter.value` at the end?",
		choice: []string{"40,000: the lock sees to that", "0: each process has a copy of its own", "less than 40,000"},
		right:  "c",
		words: []string{
			"It is held for each read and for each write, and released in between.",
			"That is true of an ordinary variable. A `Value` lies in memory that both share.",
			"",
		},
		reason: "`counter.value += 1` reads, which acquires and releases the lock, adds 1, and writes, which " +
			"acquires and releases it again. Between the two, the other process can read the same number. There is " +
			"no GIL around both, so they even run at the same moment.",
	}}
}
