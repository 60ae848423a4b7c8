package exercise

// This file defines the predictions of the notebook 06-client-server.

func serversQuestions() []*question {
	return []*question{{
		id: "one-send",
		text: "A server calls `sendall` four times: `1000\\n`, `1001\\n`, `1002\\n`, `stop\\n`. The client calls " +
			"`recv(1024)` again and again. What does each call return?",
		choice: []string{"one message", "all four messages", "whatever has arrived: one message, several, or a part " +
			"of one"},
		right: "c",
		words: []string{
			"That happens where enough time lies between the sends, and it is no promise.",
			"That happens if the client is late, and it is no promise.",
			"",
		},
		reason: "TCP carries a stream of bytes, and `recv` returns those that have arrived. While the first segment " +
			"is under way, the others are collected and sent in one (Nagle's algorithm), so `stop\\n` came with " +
			"others, and matched nothing.",
	}, {
		id: "threads-compute",
		text: "Each answer takes 27 ms of computing in Python code. Three clients ask at once, under 3.13 on four " +
			"cores. One server serves them one after the other, another has a thread for each. How long does it take " +
			"until the last client has its answer?",
		choice: []string{"with threads, a third of the time", "with threads, as long",
			"with threads, half of the time"},
		right: "b",
		words: []string{
			"That is so where the work waits. The three computations need the same GIL.",
			"",
			"There is no half way: only one of the threads holds the GIL at any moment.",
		},
		reason: "The threads take turns, so the work is done in the same time, on one core. Only the order differs: " +
			"all three get their last line near the end, where the server with one thread had served the first " +
			"client long before. Where the work waits, threads take a third.",
	}, {
		id: "long-call",
		text: "A server has a thread for each client. One client asks for the sort of a huge list, one call into C " +
			"that takes 10 seconds and holds the GIL. Another asks for something that takes a millisecond. How long " +
			"does it wait?",
		choice: []string{"about a millisecond: it has a thread of its own", "about 5 ms, a switch interval",
			"about 10 seconds"},
		right: "c",
		words: []string{
			"Its thread needs the GIL to run, and the other thread holds it.",
			"That is how long it waits for Python code. A call into C doesn't look whether another thread wants the " +
				"GIL.",
			"",
		},
		reason: "A thread can lose the GIL only between two steps of Python code. A call that holds it is one step, " +
			"however long it takes. Above, each call takes 10 ms, and each client waits for the calls of all others.",
	}, {
		id:     "backlog-clients",
		text:   "A server calls `listen(3)`. How many clients can be connected at the same time?",
		choice: []string{"3", "4: three and the one that is being served", "as many as the server accepts"},
		right:  "c",
		words: []string{
			"3 is the length of a queue, and `accept` takes clients out of it.",
			"The number says nothing about clients that have been accepted.",
			"",
		},
		reason: "The *backlog* is how many connections may wait until `accept` takes them. A server that accepts " +
			"soon needs a short one, however many clients it has. To limit these, use a semaphore.",
	}, {
		id: "two-meters",
		text: "A server with threads and one with processes each serve short requests, one after another, while one " +
			"long request computes, under 3.13 on four cores. What does the long request leave of the rate of the " +
			"short ones?",
		choice: []string{"threads: about half; processes: about all", "threads: about a hundredth; processes: about " +
			"all",
			"both: about all, as there are four cores"},
		right: "b",
		words: []string{
			"The GIL isn't shared by halves. Each time a short request needs it, it waits for 5 ms.",
			"",
			"The cores are there. But all threads of a process need the same GIL.",
		},
		reason: "Each short request needs the GIL some times, in the server and in the client, and each time it " +
			"waits for a switch interval. That is the convoy of 04-threading. In a process of its own, the long " +
			"request has another GIL.",
	}, {
		id: "processing-order",
		text: "Three child processes each append the number of their request to `processing_order`, a list of their " +
			"parent. What does the parent print at the end?",
		choice: []string{"`[1, 2, 3]`", "`[1, 1, 1]`", "`[]`"},
		right:  "c",
		words: []string{
			"Each child has a list of its own, and each ends with its process.",
			"It is true that each request is number 1. But the parent's list is another one than the children's.",
			"",
		},
		reason: "What a child changes in its memory, its parent never sees: the list is empty. And each request is " +
			"number 1, because `reqno = 1` is executed anew for each.",
	}}
}
