package install

// This file defines Lessons, the command that copies the lessons for other programs than lab.

import (
	"errors"
	"flag"
	"path/filepath"
	"strings"

	"gilkernel/install/lessons"
)

const lessonsUsage = `
Usage: gilkernel lessons [DIR]

Makes your own copy of the lessons, or brings it up to date, to be opened in VS Code
or in your own Jupyter: in DIR, or in the folder gilkernel-lessons in your home folder,
which is what gilkernel lab opens. What you changed in it stays yours.`

// Lessons copies the lessons and returns an exit status. args are the words after "lessons".
func Lessons(args []string, o *Options) int {
	c := newCommand("lessons", o)
	return c.exit(c.lessons(args))
}

func (c *command) lessons(args []string) error {
	rest, err := c.parse(flag.NewFlagSet("lessons", flag.ContinueOnError), args, lessonsUsage)
	switch {
	case err != nil:
		return err
	case len(rest) > 1:
		return usagef("unexpected argument %q: lessons takes one folder", rest[1])
	}
	dir := ""
	if len(rest) == 1 {
		if dir, err = filepath.Abs(rest[0]); err != nil {
			return err
		}
	}
	mine, older, err := c.workingCopy(dir)
	if err != nil {
		return err
	}
	c.showOlder(older, dir)
	c.printf("The lessons are in %s; the first is %s.\n", mine.Dir(), firstLesson)
	return nil
}

// workingCopy makes the learner's copy of the lessons in dir, or brings it up to date; "" is the one in their home
// folder. older are the lessons that they changed and of which there are newer ones.
func (c *command) workingCopy(dir string) (mine *lessons.Copy, older []string, err error) {
	if dir == "" && c.System.Home == "" {
		return nil, nil, errors.New("you have no home folder for your copy of the lessons: name a folder, as in " +
			c.name + " notebooks")
	}
	if c.Lessons == nil {
		return nil, nil, errors.New("this program has no lessons in it: lab opens a folder with notebooks, as in " +
			"lab notebooks")
	}
	if dir == "" {
		dir = filepath.Join(c.System.Home, lessonsName)
	}
	mine = lessons.At(dir, c.Lessons)
	older, err = mine.Update()
	return mine, older, err
}

// showOlder prints which lessons of the copy in dir, "" for the one in the home folder, are older than those that are
// shipped.
func (c *command) showOlder(older []string, dir string) {
	for _, name := range older {
		name = strings.TrimSuffix(name, ".ipynb")
		way := "gilkernel lab --reset " + name
		if dir != "" {
			way = "rename yours, then gilkernel lessons " + dir
		}
		c.printf("A newer %s is shipped; yours stays as it is. To change over: %s\n", name, way)
	}
}
