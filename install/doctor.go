package install

// This file defines Doctor, the command that checks the installation.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gilkernel/install/kernelspec"
	"gilkernel/install/venv"
)

const doctorUsage = `
Usage: gilkernel doctor

Looks at everything that a notebook with this kernel needs, starts the installed kernel
and runs a cell in it. One line for each check; where something is wrong, what to do.`

// Doctor checks the installation, and returns exit status 1 when something is broken. args are the words after
// "doctor".
func Doctor(ctx context.Context, args []string, o *Options) int {
	c := newCommand("doctor", o)
	rest, err := c.parse(flag.NewFlagSet("doctor", flag.ContinueOnError), args, doctorUsage)
	if err == nil && len(rest) > 0 {
		err = usagef("unexpected argument %q: doctor takes no arguments", rest[0])
	}
	if err != nil {
		return c.exit(err)
	}
	d := &doctor{command: c}
	d.program()
	d.loopback()
	d.directories()
	d.python(ctx)
	d.private(ctx)
	d.jupyter(ctx)
	d.kernels(ctx)
	if d.broken > 0 {
		c.printf("\n%d of %d checks found something wrong.\n", d.broken, d.checks)
		return exitFailed
	}
	c.printf("\nAll is well.\n")
	return exitOK
}

// doctor is one examination.
type doctor struct {
	*command
	checks, broken int
	usable         bool // some JupyterLab was found
}

func (d *doctor) good(format string, args ...any) {
	d.checks++
	d.printf("✓ %s\n", fmt.Sprintf(format, args...))
}

// note reports what is neither right nor wrong.
func (d *doctor) note(format string, args ...any) {
	d.printf("· %s\n", fmt.Sprintf(format, args...))
}

// bad reports what is wrong, and on a line of its own what to do about it.
func (d *doctor) bad(remedy, format string, args ...any) {
	d.checks++
	d.broken++
	d.printf("✗ %s\n  → %s\n", fmt.Sprintf(format, args...), remedy)
}

func (d *doctor) program() {
	path, err := d.executable()
	if err != nil {
		d.bad("install gilkernel again", "%v", err)
		return
	}
	version := d.Version
	if version == "" {
		version = "of an unknown version"
	}
	d.good("gilkernel %s, %s", version, path)
}

// loopback tries to listen on this computer, as every kernel does first.
func (d *doctor) loopback() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.bad("allow programs to listen on 127.0.0.1: kernels talk to Jupyter that way",
			"listening on this computer: %v", err)
		return
	}
	l.Close()
	d.good("ports on 127.0.0.1 can be listened on")
}

// directories tries to write where Jupyter keeps the user's own files.
func (d *doctor) directories() {
	for _, place := range []struct{ what, dir string }{
		{"data", d.System.Data()}, {"runtime", d.System.Runtime()},
	} {
		if err := writable(place.dir); err != nil {
			d.bad("make it yours (chown), or set JUPYTER_"+strings.ToUpper(place.what)+"_DIR to a folder that is",
				"Jupyter's %s folder %s can't be written: %v", place.what, place.dir, err)
			continue
		}
		d.good("Jupyter's %s folder is %s", place.what, place.dir)
	}
}

// writable says why files can't be made in dir or, if it is not there, in the nearest folder above that is.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return fmt.Errorf("%s is not a folder", dir)
		case err == nil:
			f, err := os.CreateTemp(dir, ".gilkernel-")
			if err != nil {
				return errors.Unwrap(err)
			}
			f.Close()
			return os.Remove(f.Name())
		case filepath.Dir(dir) == dir:
			return err
		}
		dir = filepath.Dir(dir)
	}
}

func (d *doctor) python(ctx context.Context) {
	p, err := venv.FindPython(ctx, "", nil)
	if err != nil {
		d.note("%v: JupyterLab needs it, `gilkernel run` and `gilkernel console` do not", err)
		return
	}
	d.good("Python %d.%d (%s)", p.Major, p.Minor, strings.Join(p.Argv, " "))
}

// private checks the environment of the lab command, without making one.
func (d *doctor) private(ctx context.Context) {
	env, err := venv.Look(ctx, d.environmentOptions(nil))
	switch {
	case err == nil:
		d.usable = true
		d.good("the JupyterLab of `gilkernel lab` is whole, in %s", env.Folder)
		if missing := missingWidgets([]string{d.System.Prefix(env.Folder)}); len(missing) > 0 {
			d.bad("remove "+env.Folder+" and run `gilkernel lab`: it makes it again",
				"the JupyterLab of `gilkernel lab` lacks %s, which shows the widget of %%%%schedule",
				strings.Join(missing, " and "))
		}
	case errors.Is(err, os.ErrNotExist):
		d.note("`gilkernel lab` has not been used yet: its JupyterLab is installed the first time")
	case errors.Is(err, venv.ErrNoPython):
	default:
		d.bad("run `gilkernel lab`: it repairs that", "the JupyterLab of `gilkernel lab` is damaged: %v", err)
	}
}

// wanted are the oldest versions of Jupyter's parts that we know to work with all this kernel does.
func wanted() map[string]int {
	return map[string]int{"jupyterlab": 4, "jupyter_client": 7, "jupyter_server": 2}
}

// jupyter checks the Jupyter on PATH, if there is one.
func (d *doctor) jupyter(ctx context.Context) {
	path, err := exec.LookPath("jupyter")
	if err != nil {
		if d.usable {
			d.note("no jupyter on PATH: `gilkernel lab` does not need one")
		} else {
			d.note("no jupyter on PATH: `gilkernel lab` installs one for itself")
		}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		d.bad("install it again (python3 -m pip install --force-reinstall jupyterlab), or take it off PATH",
			"%s does not start: %v", path, err)
		return
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, version, ok := strings.Cut(line, ":"); ok {
			versions[strings.TrimSpace(name)] = strings.TrimSpace(version)
		}
	}
	for _, name := range []string{"jupyterlab", "jupyter_client", "jupyter_server"} {
		version := versions[name]
		major, _, _ := strings.Cut(version, ".")
		n, err := strconv.Atoi(major)
		switch {
		case err != nil:
			d.note("%s has no %s", path, name)
		case n < wanted()[name]:
			d.bad(fmt.Sprintf("python3 -m pip install --upgrade '%s>=%d'", name, wanted()[name]),
				"%s %s of %s is too old", name, version, path)
		default:
			d.good("%s %s of %s", name, version, path)
		}
	}
	d.widgets(ctx, path)
}

// kernels checks our kernelspecs and tries each kernel that Jupyter would start.
func (d *doctor) kernels(ctx context.Context) {
	ours := 0
	for _, f := range d.found() {
		switch {
		case f.Err != nil && f.Name == kernelspec.Name:
			d.bad("gilkernel install --force", "the kernelspec %s can't be read: %v", f.Dir, f.Err)
		case !f.Spec.Ours() && f.Name == kernelspec.Name:
			d.bad("remove it, or install ours under another --name", "%s is another kernel's, under our name", f.Dir)
		case f.Spec.Ours():
			ours++
			d.kernel(ctx, &f)
			if f.Hidden {
				d.note("%s is not used: another kernel of that name comes before it", f.Dir)
			}
		}
	}
	if ours == 0 {
		d.bad("gilkernel install (for your own Jupyter), or gilkernel lab (which brings one)",
			"no Jupyter knows this kernel")
	}
}

func (d *doctor) kernel(ctx context.Context, f *kernelspec.Found) {
	program := f.Program()
	if _, err := exec.LookPath(program); err != nil {
		d.bad(d.again(f), "the kernel in %s starts %s, which is not there", f.Dir, program)
		return
	}
	if d.Probe == nil {
		d.good("the kernel in %s starts %s", f.Dir, program)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	env := os.Environ()
	for name, value := range f.Spec.Env {
		env = withVariable(env, name, value)
	}
	r, err := d.Probe(ctx, f.Spec.Command("{connection_file}", f.Dir), env)
	if err != nil {
		d.bad(d.again(f), "the kernel in %s does not work: %v", f.Dir, err)
		return
	}
	d.good("the kernel in %s works: %s %s, protocol %s, answered after %v, ran a cell in %v",
		f.Dir, r.Implementation, r.Version, r.Protocol, r.Start.Round(time.Millisecond),
		r.Cell.Round(time.Millisecond/10))
}

// again is the command that writes this kernelspec again.
func (d *doctor) again(f *kernelspec.Found) string {
	data := filepath.Dir(filepath.Dir(f.Dir))
	command := "gilkernel install"
	switch {
	case f.Spec.Packaged():
		return "pip install --force-reinstall, with the wheel that it came from"
	case strings.HasPrefix(f.Dir, d.Cache):
		return "gilkernel lab (it writes its kernelspec at each start)"
	case filepath.Base(filepath.Dir(data)) == "share" && data != d.System.Data():
		command += " --prefix " + filepath.Dir(filepath.Dir(data))
	}
	if f.Name != kernelspec.Name {
		command += " --name " + f.Name
	}
	return command
}
