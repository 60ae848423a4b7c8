package install

// This file defines Uninstall, the command that removes the kernelspec.

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"gilkernel/install/kernelspec"
)

const uninstallUsage = `
Usage: gilkernel uninstall [flags]

Removes the kernelspec that "gilkernel install" wrote, and nothing else. Without a
place it is looked for in all places where Jupyter looks.`

// Uninstall removes the kernelspec and returns an exit status. args are the words after "uninstall".
func Uninstall(args []string, o *Options) int {
	c := newCommand("uninstall", o)
	return c.exit(c.uninstall(args))
}

func (c *command) uninstall(args []string) error {
	flags := flag.NewFlagSet("uninstall", flag.ContinueOnError)
	var p place
	p.flags(flags)
	name := flags.String("name", kernelspec.Name, "the kernel's `NAME`")
	yes := flags.Bool("yes", false, "do not ask")
	rest, err := c.parse(flags, args, uninstallUsage)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("unexpected argument %q: name a kernel with --name", rest[0])
	}
	if err := kernelspec.CheckName(*name); err != nil {
		return &usageError{err.Error()}
	}
	ours, foreign, err := c.installed(*name, &p)
	if err != nil {
		return err
	}
	if len(ours) == 0 {
		if len(foreign) > 0 {
			return fmt.Errorf("%s is another kernel's and is left alone", foreign[0])
		}
		return fmt.Errorf("no kernel %q is installed", *name)
	}
	if !*yes {
		c.printf("Remove %s? [y/N] ", strings.Join(ours, " and "))
		answer, err := bufio.NewReader(c.Stdin).ReadString('\n')
		if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
			if err != nil {
				c.printf("\n")
			}
			return errors.New("nothing was removed (answer y, or use --yes)")
		}
	}
	for _, dir := range ours {
		if err := kernelspec.Remove(dir); err != nil {
			return err
		}
		c.printf("Removed %s\n", dir)
	}
	return nil
}

// installed finds the directories of the kernel: in the place that p names, or wherever Jupyter looks.
func (c *command) installed(name string, p *place) (ours, foreign []string, err error) {
	dirs := c.searched()
	if p.given() {
		data, err := p.data(c)
		if err != nil {
			return nil, nil, err
		}
		dirs = []string{data}
	}
	for _, f := range kernelspec.Find(dirs) {
		if f.Name != strings.ToLower(name) {
			continue
		}
		if f.Spec.Ours() {
			ours = append(ours, f.Dir)
		} else {
			foreign = append(foreign, f.Dir)
		}
	}
	return ours, foreign, nil
}

// searched lists the Jupyter data directories that Jupyters of this user look into: the one that is switched on, the
// one on PATH, and the one of the environment that this program was installed into, as a package.
func (c *command) searched() []string {
	dirs := c.System.Search(c.System.Active())
	for _, dir := range append(c.System.Search(c.jupyterPrefix()), c.packaged()...) {
		if !containsPath(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// packaged returns the Jupyter data directory in whose kernelspec this program is, if a package has put it there.
func (c *command) packaged() []string {
	program, err := c.executable()
	if err != nil {
		return nil
	}
	folder := filepath.Dir(program)
	if spec, err := kernelspec.Read(folder); err != nil || !spec.Ours() || !spec.Packaged() {
		return nil
	}
	return []string{filepath.Dir(filepath.Dir(folder))}
}

func containsPath(dirs []string, dir string) bool {
	for _, d := range dirs {
		if filepath.Clean(d) == filepath.Clean(dir) {
			return true
		}
	}
	return false
}
