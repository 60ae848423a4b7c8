package exercise

// This file defines the predictions of the notebook 01-concurrency.

func concurrencyQuestions() []*question {
	return []*question{{
		id:     "ten-waits",
		text:   "Each answer takes a fifth of a second. Ten are asked for at once, each by a thread of its own, under a GIL. How many waits are under way at a time?",
		choice: []string{"one: the GIL lets only one thread do anything", "two, as the computer has two cores", "ten"},
		right:  "c",
		words: []string{
			"The GIL is about running Python code, and a thread that waits runs none: it releases the GIL first.",
			"Cores are for computing. A wait needs none.",
			"",
		},
		reason: "A thread that waits for an answer holds neither the GIL nor a core.",
	}}
}
