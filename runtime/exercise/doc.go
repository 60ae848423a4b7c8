// Package exercise asks a course's learner for predictions before a run, sets programming tasks, and checks the
// solutions.
//
//	exercise.Predict("ten-waits", "b")  commits to an answer; with "?" it only asks
//	exercise.Reveal("ten-waits")        compares the answer with what happens, in words
//	exercise.Task("counter")            shows the instructions
//	exercise.Check("counter", f)        tries the solution under many schedules
//	exercise.Score("counter", f)        does the same for a grader: its value is a number from 0 to 1
//	exercise.Hint("counter")            shows the next of three hints
//	exercise.Solution("counter")        shows one solution
//	exercise.NewDecisions("neither", …) is a table that the learner's own runs fill in, to decide from
//	exercise.Progress()                 shows what has been answered and solved
//	exercise.Reset("counter")           resets an exercise; Reset() resets all
//
// A check never looks at a stopwatch. It runs the solution on simulated machines, under several Python versions and
// with many seeds, and tests invariants: nothing is lost, at most three cars are inside, neither thread returns before
// both have arrived. The same solution gets the same verdict on every computer. It explains each fault in words, with
// the misconception behind it. Where threads race or wait for each other, a small program that uses the solution is
// also explored, and the verdict has the shortest schedule that breaks it, to replay.
//
// The exercises are notebooks, too, which are made from their texts: see Notebooks.
//
// The learner's answers are kept in one file, see DefaultFile. Nothing leaves the computer.
package exercise

//go:generate go run ./notebooksgen ../../notebooks
