package exercise

// This file defines what graders take: a number.

import "fmt"

// Score checks a solution as Check does, prints the verdict, and returns what it is worth: 1 if it is correct, 0 if
// nothing of it is, and a number in between where an exercise has parts. It is meant as the last line of a cell that a
// grader runs, with the points as a factor: nbgrader takes the value of a cell for its points.
func Score(id string, solution any, seeds ...int) float64 {
	return native().Score(id, solution, seeds...)
}

// Score implements the function of that name.
func (c *Course) Score(id string, solution any, seeds ...int) float64 {
	report := c.Check(id, solution, seeds...)
	if c.host.Print != nil {
		c.host.Print(report.String())
	} else {
		fmt.Println(report)
	}
	return report.Score()
}
