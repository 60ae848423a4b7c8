package exercise

// This file defines the prediction of the notebook 00-start.

func startQuestions() []*question {
	return []*question{{
		id: "start",
		text: "Two threads compute on a machine with eight cores. Under Python 3.13, how many of them run Python " +
			"code at the same moment?",
		choice: []string{"one", "two", "eight"},
		right:  "a",
		words: []string{
			"",
			"There are two threads, and cores enough for both, but there is one lock, and a thread needs it to run " +
				"Python code.",
			"There are eight cores, but only two threads; and only one of them can have the lock.",
		},
		reason: "To run Python code, a thread must hold the *global interpreter lock*, the GIL, and only one thread " +
			"can hold it. Without the GIL, under 3.14t, both would run.",
	}}
}
