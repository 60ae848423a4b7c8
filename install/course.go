package install

// This file defines Course, the command for instructors: nbgrader's folder with the exercises as assignments.

import (
	"flag"
	"path"

	"gilkernel/install/course"
)

const courseUsage = `
Usage: gilkernel course DIR

Makes DIR a course of nbgrader: its settings for cells in Go, and the exercises
as assignments, with solutions and tests. Nothing that is there is overwritten.
The commands that nbgrader has for instructors then run in DIR:

    nbgrader generate_assignment 04-threading
    nbgrader release_assignment 04-threading
    nbgrader collect 04-threading
    nbgrader autograde 04-threading`

// Course makes an nbgrader course and returns an exit status. args are the words after "course".
func Course(args []string, o *Options) int {
	c := newCommand("course", o)
	return c.exit(c.course(args))
}

func (c *command) course(args []string) error {
	rest, err := c.parse(flag.NewFlagSet("course", flag.ContinueOnError), args, courseUsage)
	switch {
	case err != nil:
		return err
	case len(rest) == 0:
		return usagef("name the folder that is to become a course: gilkernel course DIR")
	case len(rest) > 1:
		return usagef("unexpected argument %q: course takes one folder", rest[1])
	}
	names, err := course.Write(rest[0], c.Assignments())
	if err != nil {
		return err
	}
	c.printf("%s is a course with these assignments:\n", rest[0])
	for _, name := range names {
		c.printf("  %s\n", path.Join("source", name))
	}
	c.printf("Make the learners' form of the first: cd %s && nbgrader generate_assignment %s\n", rest[0], names[0])
	return nil
}
