package venv_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gilkernel/install/venv"
	"gilkernel/skip"
)

// The one test with a real Python and a real pip: an environment is made, found again, and repaired in each of the
// ways in which it can be damaged.
func TestRealEnvironment(t *testing.T) {
	if testing.Short() {
		skip.Missing(t, "-short: nothing is downloaded")
	}
	if _, err := venv.FindPython(t.Context(), "", nil); err != nil {
		skip.Missing(t, err.Error())
	}
	phases := map[string]bool{}
	o := &venv.Options{
		Folder:       filepath.Join(t.TempDir(), "with a space"),
		Requirements: "six\n",
		Constraints:  "six==1.17.0\n",
		Imports:      []string{"six"},
		Progress:     func(p venv.Progress) { phases[p.Phase] = true },
	}
	if _, err := venv.Look(t.Context(), o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Look before anything is there: %v, want fs.ErrNotExist", err)
	}
	env, err := venv.Open(t.Context(), o)
	if err != nil {
		skip.Missing(t, "an environment can't be made here: "+err.Error())
	}
	if !env.Made {
		t.Error("the first Open did not make the environment")
	}
	for _, phase := range []string{"making a private Python environment", "collecting", "installing"} {
		if !phases[phase] {
			t.Errorf("no progress %q was shown, only %v", phase, phases)
		}
	}
	usable := func(env *venv.Env) {
		t.Helper()
		out, err := exec.Command(env.Python, "-c", "import six; print(six.__version__)").CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "1.17.0" {
			t.Fatalf("using the environment: %v\n%s", err, out)
		}
	}
	usable(env)
	again, err := venv.Open(t.Context(), o)
	if err != nil || again.Made || again.Folder != env.Folder {
		t.Fatalf("the second Open: %+v, %v, want the same one, not made again", again, err)
	}

	glob := func(pattern string) string {
		t.Helper()
		found, _ := filepath.Glob(filepath.Join(env.Folder, filepath.FromSlash(pattern)))
		if len(found) == 0 {
			t.Fatalf("nothing in the environment is called %s", pattern)
		}
		return found[0]
	}
	site := "lib/python*/site-packages"
	if runtime.GOOS == "windows" {
		site = "Lib/site-packages"
	}
	// Each damage is seen, and undone here, because making an environment anew takes seconds; then all are there at
	// once and are repaired for real.
	files := map[string]string{
		"interrupted before the stamp": glob("gilkernel-stamp"),
		"module removed":               glob(site + "/six.py"),
		"Python removed":               env.Python,
	}
	for name, file := range files {
		if err := os.Rename(file, file+".away"); err != nil {
			t.Fatal(err)
		}
		if got, err := venv.Look(t.Context(), o); err == nil {
			t.Errorf("%s: Look found nothing wrong with %+v", name, got)
		}
		if err := os.Rename(file+".away", file); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := venv.Look(t.Context(), o); err != nil {
		t.Fatalf("Look at the whole environment: %v", err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	repaired, err := venv.Open(t.Context(), o)
	if err != nil || !repaired.Made {
		t.Fatalf("repairing: %+v, %v", repaired, err)
	}
	usable(repaired)
}

// fake is a Python in sh: words in FAKE say what it can do. Its environments are folders with a copy of it.
const fake = `#!/bin/sh
can() { case " $FAKE " in *" $1 "*) return 0;; esac; return 1; }
make() { mkdir -p "$1/bin" && cp "$0" "$1/bin/python" && echo "$2" > "$1/made-by"; }
case "$1" in
-c) can old && { echo 3 7 fake; exit; }; echo 3 12 fake; exit;;
*.whl/pip)
	[ "$4" = --version ] && exit; echo "$* no index: $PIP_NO_INDEX" > "$(dirname "$(dirname "$3")")/pip-ran"; exit;;
-I) can broken && { echo "module six is missing"; exit 1; }; exit 0;;
-m) ;;
*) exit 2;;
esac
shift
case "$1 $2" in
"venv --without-pip") can bare || exit 1; make "$3" bare;;
"venv "*) can venv || exit 1; make "$2" venv;;
"virtualenv --quiet") can virtualenv || exit 1; make "$3" virtualenv;;
"pip --python") can outside || exit 1; [ "$4" = --version ] && exit; echo "$*" > "$(dirname "$(dirname "$3")")/pip-ran";;
"pip --version") case "$0" in */bin/python) [ "$(cat "$(dirname "$0")/../made-by")" != bare ];; *) can outside;; esac;;
"pip install")
	can offline && { echo "WARNING: trying again" >&2; echo "ERROR: Could not find the network" >&2; exit 1; }
	case "$*" in *" -c "*) can strict && { echo "ERROR: No matching distribution found for six==9" >&2; exit 1; };; esac
	echo "Collecting six==1"; echo "Installing collected packages: six"
	echo "$*" > "$(dirname "$0")/../pip-ran";;
*) exit 2;;
esac
`

func TestWaysToMakeAnEnvironment(t *testing.T) {
	if runtime.GOOS == "windows" {
		skip.Missing(t, "the fake Python is a shell script")
	}
	tests := []struct {
		name   string
		can    string
		madeBy string // how it was made in the end, "" when it can't be
		want   string // in the error
		is     error
		noPins bool // the constraints were given up
		wheels bool // there is a folder of wheels with a pip in it
	}{
		{name: "all is there", can: "venv virtualenv bare outside", madeBy: "venv"},
		{name: "no ensurepip, but virtualenv", can: "virtualenv bare outside", madeBy: "virtualenv"},
		{name: "no ensurepip, but a pip outside", can: "bare outside", madeBy: "bare"},
		{name: "pip outside too old for --python", can: "bare", is: venv.ErrNoVenv,
			want: "neither make virtual environments"},
		{name: "nothing but the pip of a bundle", can: "bare", madeBy: "bare", wheels: true},
		{name: "nothing works", can: "", is: venv.ErrNoVenv, want: "neither make virtual environments"},
		{name: "too old", can: "old venv", is: venv.ErrNoPython, want: "is 3.7"},
		{name: "no network", can: "venv offline", want: "Could not find the network"},
		{name: "pins that this Python does not know", can: "venv strict", madeBy: "venv", noPins: true},
		{name: "not importable afterwards", can: "venv broken", want: "module six is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			python := filepath.Join(dir, "fakepython")
			if err := os.WriteFile(python, []byte(fake), 0o755); err != nil {
				t.Fatal(err)
			}
			o := &venv.Options{
				Folder: filepath.Join(dir, "envs"), Requirements: "six\n", Constraints: "six==9\n",
				Imports: []string{"six"},
				Python:  python, Env: []string{"FAKE=" + tt.can, "PATH=/usr/bin:/bin"},
			}
			if tt.wheels {
				o.Wheels = filepath.Join(dir, "a stick")
				if err := os.Mkdir(o.Wheels, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(o.Wheels, "pip-24.1-py3-none-any.whl"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			env, err := venv.Open(t.Context(), o)
			if tt.madeBy == "" {
				if err == nil {
					t.Fatalf("Open gave %+v and no error", env)
				}
				if tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Open: %v, want %q in it, and to be %v", err, tt.want, tt.is)
				}
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("the error is more than a line: %q", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			b, _ := os.ReadFile(filepath.Join(env.Folder, "made-by"))
			if got := strings.TrimSpace(string(b)); got != tt.madeBy {
				t.Errorf("made by %q, want %q", got, tt.madeBy)
			}
			b, err = os.ReadFile(filepath.Join(env.Folder, "pip-ran"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), " -c ") == tt.noPins {
				t.Errorf("pip was called as %s", b)
			}
			if tt.wheels && (!strings.Contains(string(b), "no index: 1") ||
				!strings.Contains(string(b), "--find-links "+o.Wheels)) {
				t.Errorf("pip asks an index, or not the folder: it was called as %s", b)
			}
		})
	}
}

func TestNoPython(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := venv.Open(t.Context(), &venv.Options{Folder: t.TempDir()})
	if !errors.Is(err, venv.ErrNoPython) {
		t.Errorf("Open: %v, want ErrNoPython", err)
	}
}

func TestOpenEndsWithTheContext(t *testing.T) {
	if runtime.GOOS == "windows" {
		skip.Missing(t, "the fake Python is a shell script")
	}
	dir := t.TempDir()
	python := filepath.Join(dir, "fakepython")
	// This pip never ends by itself; exec, so that the interrupt reaches the process that sleeps.
	endless := strings.Replace(fake, `"pip install")`,
		`"pip install") echo "Collecting six==1"; exec sleep 600;;`+"\n"+`"never")`, 1)
	if err := os.WriteFile(python, []byte(endless), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := &venv.Options{
		Folder: filepath.Join(dir, "envs"), Imports: []string{"six"}, Python: python,
		Env: []string{"FAKE=venv", "PATH=/usr/bin:/bin"},
		Progress: func(p venv.Progress) {
			if p.Phase == "collecting" {
				cancel() // the user's Ctrl-C in the middle
			}
		},
	}
	if _, err := venv.Open(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("Open: %v, want context.Canceled", err)
	}
	if _, err := venv.Look(t.Context(), o); err == nil {
		t.Error("the half-made environment passes for whole")
	}
	if err := os.WriteFile(python, []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	if env, err := venv.Open(t.Context(), o); err != nil || !env.Made {
		t.Errorf("repairing: %+v, %v", env, err)
	}
}
