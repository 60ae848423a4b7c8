// Package exercise holds a course's questions to its learner: predictions before a run, tasks whose solutions are checked.
//
//	exercise.Predict("ten-waits", "b")  commits to an answer; with "?" it only asks
//	exercise.Reveal("ten-waits")        compares the answer with what happens, in words
//	exercise.Task("counter")            says what to write
//	exercise.Check("counter", f)        tries the solution under many schedules
//	exercise.Hint("counter")            gives the next of three hints
//	exercise.Solution("counter")        shows one solution
//	exercise.Progress()                 shows what is answered and solved
//	exercise.Reset("counter")           forgets an exercise; Reset() forgets all
//
// A check never looks at a stopwatch. It runs the solution on simulated machines, under several Pythons and with many seeds, and
// demands invariants: nothing is lost, at most three cars are inside, each thread is met. The same solution gets the
// same verdict on every computer. What it finds wrong it says in words, with the misconception behind it.
//
// What the learner answered is kept in one file, see DefaultFile. Nothing leaves the computer.
package exercise
