package install

// This file defines Install, the command that puts the kernelspec in place.

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"gilkernel/install/kernelspec"
	"gilkernel/kernel/link"
)

const installUsage = `
Usage: gilkernel install [flags]

Tells Jupyter about this kernel, by a kernelspec: for you (the default), for the
Python environment that is switched on, or for another place. A program that
"go run" made is copied into the kernelspec, because it is gone tomorrow.`

// place is where a kernelspec goes, according to the flags, which are ipykernel's.
type place struct {
	user, sysPrefix, system bool
	prefix                  string
}

func (p *place) flags(flags *flag.FlagSet) {
	flags.BoolVar(&p.user, "user", false, "for you alone, whichever Python you use (default)")
	flags.BoolVar(&p.sysPrefix, "sys-prefix", false, "for the active virtual or conda environment")
	flags.StringVar(&p.prefix, "prefix", "", "for the Python environment whose root is `DIR`")
	flags.BoolVar(&p.system, "system", false, "for every user of this computer")
}

// given reports whether any of the flags was given.
func (p *place) given() bool { return p.user || p.sysPrefix || p.system || p.prefix != "" }

// data is the Jupyter data directory that the flags name.
func (p *place) data(c *command) (string, error) {
	n := 0
	for _, given := range []bool{p.user, p.sysPrefix, p.system, p.prefix != ""} {
		if given {
			n++
		}
	}
	switch {
	case n > 1:
		return "", usagef("--user, --sys-prefix, --prefix and --system exclude each other")
	case p.prefix != "":
		prefix, err := filepath.Abs(p.prefix)
		if err != nil {
			return "", fmt.Errorf("finding %s: %w", p.prefix, err)
		}
		return c.System.Prefix(prefix), nil
	case p.sysPrefix:
		if prefix := c.System.Active(); prefix != "" {
			return c.System.Prefix(prefix), nil
		}
		if prefix := c.jupyterPrefix(); prefix != "" {
			return c.System.Prefix(prefix), nil
		}
		return "",
			errors.New("no Python environment is switched on, so --sys-prefix names no place: switch one on, or use " +
				"--prefix DIR")
	case p.system:
		if dir := c.System.System(); dir != "" {
			return dir, nil
		}
		return "", errors.New("this system has no place for all users that Jupyter looks at: use --user")
	}
	dir := c.System.Data()
	if !filepath.IsAbs(dir) {
		return "", errors.New("you have no home directory: use --prefix DIR, or set JUPYTER_DATA_DIR")
	}
	return dir, nil
}

// jupyterPrefix is the root of the environment that the `jupyter` on PATH belongs to, or "".
func (c *command) jupyterPrefix() string {
	path, err := exec.LookPath("jupyter")
	if err != nil {
		return ""
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return ""
	}
	return filepath.Dir(filepath.Dir(path))
}

// variables is the flag --env K=V, which may be repeated.
type variables map[string]string

func (v variables) String() string { return "" }

func (v variables) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return errors.New("it must be NAME=VALUE")
	}
	v[name] = value
	return nil
}

// Install puts the kernelspec in place and returns an exit status. args are the words after "install".
func Install(args []string, o *Options) int {
	c := newCommand("install", o)
	return c.exit(c.install(args))
}

func (c *command) install(args []string) error {
	flags := flag.NewFlagSet("install", flag.ContinueOnError)
	var p place
	p.flags(flags)
	name := flags.String("name", kernelspec.Name, "the kernel's `NAME`, its folder and what notebooks are stored with")
	display := flags.String("display-name", "", "the `NAME` that menus show")
	engine := flags.String("engine", "",
		"what runs cells: exec (the default) or yaegi, whose kernel has a name of its own")
	env := variables{}
	flags.Var(env, "env", "an environment variable for the kernel, `NAME=VALUE`; may be repeated")
	force := flags.Bool("force", false, "replace another kernel of that name")
	keep := flags.Bool("copy", false,
		"copy the program into the kernelspec, so that it does not depend on where it is now")
	dry := flags.Bool("dry-run", false, "say what would be done, and do nothing")
	rest, err := c.parse(flags, args, installUsage)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("unexpected argument %q: install takes flags only", rest[0])
	}
	if *engine == link.EngineYaegi && *name == kernelspec.Name {
		*name = kernelspec.Name + "-yaegi"
		*display = cmp.Or(*display, "Go (GIL, yaegi)")
	}
	if err := kernelspec.CheckName(*name); err != nil {
		return &usageError{err.Error()}
	}
	data, err := p.data(c)
	if err != nil {
		return err
	}
	spec, how, err := c.spec(*keep)
	if err != nil {
		return err
	}
	switch {
	case *display != "":
		spec.DisplayName = *display
	case *name != kernelspec.Name:
		spec.DisplayName = *name // as ipykernel does: two entries of one name can't be told apart in a menu
	}
	if err := link.CheckEngine(*engine); err != nil {
		return &usageError{err.Error()}
	}
	if *engine != "" {
		spec.Argv = append(spec.Argv, "--engine", *engine)
	}
	for k, v := range env {
		if spec.Env == nil {
			spec.Env = map[string]string{}
		}
		spec.Env[k] = v
	}
	how.Force = *force
	kernels := filepath.Join(data, "kernels")
	if *dry {
		c.printf("Would write the kernelspec %s (%s), which starts %s\n", filepath.Join(kernels, *name),
			spec.DisplayName, spec.Argv[0])
		return nil
	}
	dir, err := kernelspec.Write(spec, kernels, *name, how)
	if err != nil {
		return c.explain(err, &p)
	}
	c.printf("Installed the kernel %q as %s\n", spec.DisplayName, dir)
	if !slices.Contains(c.System.Search(c.jupyterPrefix()), data) &&
		!slices.Contains(c.System.Search(c.System.Active()), data) {
		c.printf("The Jupyter of this environment will find it; another one does if JUPYTER_PATH has %s.\n", data)
	}
	return nil
}

// spec makes the kernelspec for the program that runs, and returns how to write it.
func (c *command) spec(keep bool) (*kernelspec.Spec, *kernelspec.WriteOptions, error) {
	program, err := c.executable()
	if err != nil {
		return nil, nil, err
	}
	how := &kernelspec.WriteOptions{}
	shown := lasting(program)
	if keep || c.passing(program) {
		how.Program = program
		// The copy's name is the spec's first word; "go run" names its program after the module's folder or worse.
		shown = filepath.Join(filepath.Dir(program), "gilkernel"+exeSuffix(program))
	}
	spec, err := kernelspec.FromTemplate(c.Template, shown, c.Version)
	if err != nil {
		return nil, nil, err
	}
	return spec, how, nil
}

func exeSuffix(program string) string {
	if strings.EqualFold(filepath.Ext(program), ".exe") {
		return ".exe"
	}
	return ""
}

// explain adds to an error what the user can do about it.
func (c *command) explain(err error, p *place) error {
	switch {
	case errors.Is(err, kernelspec.ErrForeign):
		return fmt.Errorf("%w; it is left alone (choose another --name, or replace it with --force)", err)
	case errors.Is(err, fs.ErrPermission) && p.given() && !p.user:
		return fmt.Errorf("%w; you may not write there (install with --user, or as an administrator)", err)
	}
	return err
}
