package exercise

// This file defines the predictions of the notebook 02-the-gil.

func gilQuestions() []*question {
	return []*question{{
		id: "whose-turn",
		text: "Bob holds the GIL and computes. MainThread wants to compute too. What ends Bob's turn, under Python " +
			"3.13?",
		choice: []string{"the end of his work: he keeps the GIL until then",
			"the operating system, when his time slice is over",
			"MainThread: after waiting for 5 ms it asks for the GIL, and Bob releases it"},
		right: "c",
		words: []string{
			"Then a thread that computes for a minute would stop all others for a minute. The interpreter prevents " +
				"that.",
			"The operating system can take the *core* from Bob. He still holds the GIL then, and MainThread still " +
				"waits for it.",
			"",
		},
		reason: "A thread that waits for the GIL waits for one *switch interval*, 5 ms, and then sets a flag: a " +
			"*drop request*. The holder sees it at its next check and releases the GIL.",
	}, {
		id: "append",
		text: "Two threads append 100,000 items each to one list, under Python 3.14t, which has no GIL. How long " +
			"is the list at the end?",
		choice: []string{"200,000", "less: some items are lost", "the interpreter crashes"},
		right:  "a",
		words: []string{
			"",
			"Without the GIL, each list has a small lock of its own, and `append` acquires it.",
			"It would, if lists weren't protected. Without the GIL, each list has a small lock of its own, and " +
				"`append` acquires it.",
		},
		reason: "`append` is one operation of the interpreter. With a GIL no switch falls within it; without one, " +
			"the list's own lock protects it.",
	}, {
		id:     "plus-equals",
		text:   "Two threads execute `x += 1` many times. Which Pythons lose updates?",
		choice: []string{"none that has a GIL", "2.7 through 3.9, and those without a GIL", "all of them"},
		right:  "b",
		words: []string{
			"The GIL doesn't prevent a switch between the read and the write, and through 3.9 there are such switches.",
			"",
			"From 3.10 on, a Python with a GIL doesn't check for drop requests between this read and this write. " +
				"That is an accident, not a promise.",
		},
		reason: "What counts is where the interpreter checks for a drop request. Through 3.9 that is before almost " +
			"every instruction; from 3.10 on it is at calls and at the end of each loop iteration.",
	}, {
		id: "tiny-interval",
		text: "You suspect a race on `x += 1`, so you set the switch interval to a microsecond, under Python 3.13. " +
			"Does the race show itself now?",
		choice: []string{"yes: there are thousands more switches", "no: not one update is lost"},
		right:  "b",
		words: []string{
			"There are more switches, but they all fall where the interpreter checks for a drop request, and there " +
				"is no check between this read and this write.",
			"",
		},
		reason: "The interval says how often the GIL changes hands, not where. A race test that passes with a tiny " +
			"interval proves as little as one that passes without it.",
	}, {
		id: "one-call",
		text: "A thread wants to tick every 10 ms. MainThread sorts a huge list meanwhile: one call into C, which " +
			"takes 60 ms. How often does the thread tick during the call?",
		choice: []string{"six times, or nearly", "three or four times, as it waits 5 ms for each turn", "not once"},
		right:  "c",
		words: []string{
			"It would if the sort ran without the GIL. A sort works on Python objects, so it holds the GIL.",
			"The 5 ms are how long the ticker waits before it *asks* for the GIL. The holder has to notice, and it " +
				"is inside the sort.",
			"",
		},
		reason: "Only interpreted code checks for drop requests. A call into C holds the GIL until it returns, " +
			"unless its author made it release the GIL.",
	}, {
		id: "without-gil",
		text: "A program with one thread computes. You move it from Python 3.14 to 3.14t, on a machine with eight " +
			"cores. What happens to its speed?",
		choice: []string{"it is up to eight times as fast", "it is as fast as before, or a little slower",
			"it loses updates"},
		right: "b",
		words: []string{
			"One thread uses one core, with a GIL and without. Only a program that divides its work among threads " +
				"gains.",
			"",
			"A race needs two threads.",
		},
		reason: "One thread never waits for the GIL, so it gains nothing, and it pays for the finer locks and the " +
			"more expensive reference counts: some 5 to 10 % in 3.14 (What's New in Python 3.14).",
	}}
}
