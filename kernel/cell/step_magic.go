package cell

// This file defines the magics that a cell can name: their words, and what kind of text follows them. Parsing,
// completion and inspection need no more; what a magic does is up to kernel/magic.

// ArgKind says what the arguments of a magic are, for the parser and for completion.
type ArgKind int

// The kinds of arguments.
const (
	ArgText   ArgKind = iota // a text of its own, or nothing
	ArgGo                    // options, then Go code
	ArgFile                  // options, then a file or a directory
	ArgName                  // options, then names of the session
	ArgEnv                   // a variable of the environment
	ArgPython                // a Python, then options, some with names of the session
)

// Magic describes a magic.
type Magic struct {
	Name  string
	Line  string  // usage of %Name, "" if there is no line magic of this name
	Cell  string  // usage of %%Name, "" if there is no cell magic of this name
	Help  string  // one sentence
	Arg   ArgKind // what follows the name
	Of    string  // the magic that this one is another name of, "" mostly
	Body  ArgKind // of a cell magic: ArgGo or ArgText
	Use   Use     // what it is for
	Media string  // MIME type that a cell magic shows its body as, "" mostly
}

// A Use is what magics are for. %lsmagic lists them by it.
type Use int

// The uses.
const (
	UseSession Use = iota // what the session knows
	UseFirst              // those that matter first
	UseTime               // measuring
	UseFiles              // files and directories
	UseOthers             // other languages and programs
	UseShow               // showing text as what it is
)

// Uses returns all of them in the order in which they are listed.
func Uses() []Use { return []Use{UseFirst, UseTime, UseSession, UseFiles, UseOthers, UseShow} }

// String returns the heading.
func (u Use) String() string {
	return [...]string{"Look at the session", "First of all", "Measure", "Files and environment", "Other languages",
		"Show text as"}[u]
}

// Magics returns all magics in the order of their names; the shell command "!" is the first. The caller may change the
// slice.
func Magics() []Magic {
	return []Magic{
		{Name: "!", Use: UseOthers, Line: "!command", Help: "Runs a shell command. Its exit status is only noted."},
		{Name: "bash", Use: UseOthers, Cell: "%%bash [argument…]",
			Help: "Runs the body in bash. An exit status other than 0 is an error."},
		{Name: "capture", Use: UseFiles, Cell: "%%capture [--no-stdout] [--no-stderr] [--no-display] [name]",
			Help: "Runs the cell below it and keeps what it prints and shows, instead of showing it. With a name " +
				"that is a variable: name.Stdout, name.Stderr, name.Outputs, and name.Show() shows it all. An error " +
				"is the cell's; what a goroutine prints after the cell has ended appears below it."},
		{Name: "cd", Use: UseFiles, Line: "%cd [-q] [directory|-|~]", Arg: ArgFile,
			Help: "Changes the working directory; - is the one before, nothing or ~ your home. -q doesn't print it."},
		{Name: "del", Line: "%del name…", Arg: ArgName,
			Help: "Forgets variables, functions, types, imports or values such as Out[3]."},
		{Name: "engine", Line: "%engine [exec|yaegi]",
			Help: "Shows what runs the bodies of functions, or sets it. The interpreter is replaced: definitions " +
				"stay, variables are gone."},
		{Name: "env", Use: UseFiles, Line: "%env [NAME | NAME=value | -u NAME]", Arg: ArgEnv,
			Help: "Shows the environment, shows a variable of it, sets one, or with -u removes one."},
		{Name: "explore", Use: UseFirst,
			Cell: "%%explore [python=version] [preemptions=n] [schedules=n] [time=10s] [seed=n]", Body: ArgGo,
			Help: "Runs Go code under every schedule of its threads, those with the fewest preemptions first, until " +
				"one breaks it: a panic, a deadlock, a failed explore.Assert, another result. A preemption takes the " +
				"GIL from a thread that could continue. Without options it tries all schedules with up to 2 " +
				"preemptions, all of them if they are few, at most 20000 and for at most 10s, under the session's " +
				"Python; what is left it samples by chance, from seed 0. The session stays as it is."},
		{Name: "get", Line: "%get path[@version] [--checks]", Use: UseFiles,
			Help: "Fetches a module, or the one that has a package, with all that it needs, and writes go.mod and " +
				"go.sum beside the notebook: cells can import it then. Without a version it is the one that go.mod " +
				"has, or the latest. Its code holds the GIL as a C extension does; with --checks a thread may lose " +
				"it there, as in Python, and %%step and %%explore show its lines; go.mod keeps that."},
		{Name: "hist", Line: "%hist [-n] [-l count] [-g pattern] [range…]", Of: "history",
			Help: "Another name of %history."},
		{Name: "history", Line: "%history [-n] [-l count] [-g pattern] [range…]",
			Help: "Prints the inputs of this session: all, the last -l, those that match -g, or ranges such as 2 4-6 " +
				"8-. -n numbers them."},
		{Name: "html", Use: UseShow, Cell: "%%html", Media: "text/html", Help: "Shows the body as HTML."},
		{Name: "javascript", Use: UseShow, Cell: "%%javascript", Media: "application/javascript",
			Help: "Lets the page run the body as JavaScript."},
		{Name: "latex", Use: UseShow, Cell: "%%latex", Media: "text/latex", Help: "Shows the body as LaTeX."},
		{Name: "limit", Line: "%limit [name value]",
			Help: "Shows the limits of a cell, or sets one, as in %limit memory 4GiB; 0 is no limit."},
		{Name: "load", Use: UseFiles, Line: "%load [-r lines] file", Arg: ArgFile,
			Help: "Puts a file's text into this cell. -r 5-10 takes these lines only."},
		{Name: "lsmagic", Line: "%lsmagic", Help: "Lists all magics."},
		{Name: "machine", Use: UseFirst,
			Line: "%machine [real|simulated] [python=version] [cores=n] [interval=time] [seed=n]",
			Help: "Shows the machine and the Python that cells run in, or sets them, as in %machine simulated " +
				"python=3.11 cores=8."},
		{Name: "markdown", Use: UseShow, Cell: "%%markdown", Media: "text/markdown",
			Help: "Shows the body as Markdown."},
		{Name: "notes", Line: "%notes [on|off]",
			Help: "Switches the grey notes below cells on or off. They say what valid code probably doesn't mean."},
		{Name: "pwd", Use: UseFiles, Line: "%pwd", Help: "Prints the working directory."},
		{Name: "python", Use: UseFirst, Cell: "%%python [version|path] [--in names] [--out names] [argument…]",
			Arg: ArgPython,
			Help: "Runs the body in a real Python of this computer: %%python 3.13t, or the path of one. --in x,y " +
				"gives it variables, --out z takes one back; " +
				"--optional only says so if there is no such Python. An error of Python's is the cell's."},
		{Name: "python3", Use: UseOthers, Cell: "%%python3 [argument…]", Arg: ArgPython, Of: "python",
			Help: "Another name of %%python."},
		{Name: "pythons", Use: UseOthers, Line: "%pythons",
			Help: "Lists the Pythons of this computer, with their versions and what became of their GILs."},
		{Name: "real", Use: UseFirst, Cell: "%%real [python=version] [cores=n] [interval=time]", Body: ArgGo,
			Help: "Runs Go code in a Python of its own on this computer, and shows which thread held the GIL when."},
		{Name: "replay", Use: UseFirst, Cell: "%%replay schedule", Body: ArgGo,
			Help: "Runs Go code once under a schedule that %%explore has shown: the same run each time, on any " +
				"computer."},
		{Name: "reset", Line: "%reset -f",
			Help: "Forgets all variables, functions, types and imports. -f says that you mean it."},
		{Name: "schedule", Use: UseFirst,
			Cell: "%%schedule [text|widget|page] [python=version] [goal=deadlock|critical|lost-update|assertion]",
			Body: ArgGo,
			Help: "Lets you choose which thread goes next, step by step, with undo: by buttons where the front end " +
				"shows widgets, by questions elsewhere, and as a recorded page where it allows no input. The " +
				"session's variables stay as they are."},
		{Name: "script", Use: UseOthers, Cell: "%%script program [argument…]",
			Help: "Gives the body to a program. An exit status other than 0 is an error."},
		{Name: "set_env", Use: UseFiles, Line: "%set_env NAME value", Arg: ArgEnv,
			Help: "Sets a variable of the environment."},
		{Name: "sh", Use: UseOthers, Cell: "%%sh [argument…]",
			Help: "Runs the body in sh. An exit status other than 0 is an error."},
		{Name: "simulate", Use: UseFirst, Cell: "%%simulate [python=version] [cores=n] [interval=time] [seed=n]",
			Body: ArgGo,
			Help: "Runs Go code in a Python of its own on a simulated computer, and shows which thread held the GIL " +
				"when; the same seed gives the same run."},
		{Name: "step", Use: UseFirst, Cell: "%%step [python=version]", Body: ArgGo,
			Help: "Runs Go code and shows step by step which thread reads, writes, acquires, releases and waits for " +
				"what, and what went wrong; as Python from 3.10 on, with python=3.12: calls and loops only."},
		{Name: "svg", Use: UseShow, Cell: "%%svg", Media: "image/svg+xml", Help: "Shows the body as an SVG picture."},
		{Name: "test", Use: UseTime, Line: "%test [-run regexp] [-bench regexp] [-benchtime time] [-v] [-count n] [-short]",
			Help: "Runs the functions TestX, BenchmarkX, FuzzX and ExampleX of all cells as go test would report " +
				"them; of a function that was defined again the last one counts. A test that panics fails, and " +
				"those after it run. Benchmarks measure the interpreter. -skip, -list, -parallel, -shuffle and " +
				"-benchmem are as for go test."},
		{Name: "time", Use: UseTime, Line: "%time statement", Cell: "%%time", Arg: ArgGo, Body: ArgGo,
			Help: "Runs Go code once, then prints how long it took."},
		{Name: "timeit", Use: UseTime, Line: "%timeit [-n loops] [-r runs] [-q] statement",
			Cell: "%%timeit [-n loops] [-r runs] [-q] [setup]",
			Arg:  ArgGo, Body: ArgGo,
			Help: "Runs Go code again and again, then prints how long one loop took. -n and -r default to what takes " +
				"a second or two."},
		{Name: "twin", Use: UseFirst, Line: "%twin [experiment] [--show] [--threads numbers] [--python versions]",
			Cell: "%%twin [--threads numbers] [--printed words] [--python versions]",
			Help: "Runs the same program in each Python of this computer and in Go on both machines, and shows their " +
				"figures side by side: an experiment, which %twin lists, or the cell's two texts with a line --- go " +
				"between them. Both find the number of threads in threads; --printed says what the last number is " +
				"that they print, else their times count, the middle of --rounds 3."},
		{Name: "who", Line: "%who [type…]", Help: "Prints the names of the variables, all or those of some types."},
		{Name: "whos", Line: "%whos [type…]", Help: "Prints the variables with their types and cells."},
		{Name: "writefile", Use: UseFiles, Cell: "%%writefile [-a] file", Arg: ArgFile,
			Help: "Writes the body to a file. -a appends it."},
	}
}

// MagicOf returns the magic of this name, and false if there is none.
func MagicOf(name string) (Magic, bool) {
	for _, m := range Magics() {
		if m.Name == name {
			return m, true
		}
	}
	return Magic{}, false
}
