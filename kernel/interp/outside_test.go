package interp_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// Each row is a cell on a machine of its own, and what its figure must say of what ran beside the machine.
var besides = []struct {
	name, machine, code string
	want                []string // regular expressions
}{
	{"a sleeper is left", "simulated", "import \"time\"\ngo time.Sleep(30*time.Second)\nfor range 1000 {}\n",
		[]string{`1 goroutine ran outside the simulated machine, on real time: this run is not repeatable\.`,
			`the threads alone kept \d\.\d\d cores busy`, `T2 go In`, `\n.* real: +[\d.]+ .?s`}},
	{"a WaitGroup", "simulated", "import (\"sync\"; \"time\")\nvar wg sync.WaitGroup\nwg.Add(2)\n" +
		"for range 2 { go func() { defer wg.Done(); time.Sleep(50*time.Millisecond) }() }\nwg.Wait()\n",
		[]string{`2 goroutines ran outside`, `T2 go In`, `T3 go In`}},
	{"WaitGroup.Go", "simulated", "import (\"sync\")\nvar wg sync.WaitGroup\nwg.Go(func() {})\nwg.Wait()\n",
		[]string{`1 goroutine ran outside`, `T2 go In`}},
	{"goroutines of goroutines", "simulated", "c := make(chan int)\ngo func() { go func() { c <- 1 }() }()\n<-c\n",
		[]string{`2 goroutines ran outside`}},
	{"a timer that calls", "simulated",
		"import \"time\"\nc := make(chan int)\ntime.AfterFunc(time.Millisecond, func() { c <- 1 })\n<-c\n",
		[]string{`A timer ran outside`}},
	{"a timer with a channel", "simulated", "import \"time\"\n<-time.After(time.Millisecond)\n",
		[]string{`A wait for a timer or signal ran outside`}},
	{"a context", "simulated", "import (\"context\"; \"time\")\n" +
		"ctx, stop := context.WithTimeout(context.Background(), time.Millisecond)\ndefer stop()\n<-ctx.Done()\n",
		[]string{`A timer ran outside`}},
	{"a socket", "simulated", "import \"net\"\nl, err := net.Listen(\"tcp\", \"127.0.0.1:0\")\n" +
		"if err != nil { panic(err) }\ngo func() { c, _ := l.Accept(); c.Write([]byte(\"x\")); c.Close() }()\n" +
		"c, _ := net.Dial(\"tcp\", l.Addr().String())\nb := make([]byte, 1)\nc.Read(b)\n",
		[]string{`1 goroutine and \d calls to the world outside \(net\.Listen, .*net\.Dial`}},
	{"a goroutine that fails", "simulated", "c := make(chan int)\ngo func() { defer close(c); panic(1) }()\n<-c\n",
		[]string{`1 goroutine ran outside`}},
	{"the real machine", "real",
		"import \"time\"\nc := make(chan int)\ngo func() { time.Sleep(20*time.Millisecond); c <- 1 }()\n<-c\n",
		[]string{`1 goroutine ran beside the threads of Python: busy cores are those of the threads alone`,
			`T2 go In\S* +[gGs]*S+`, `S sleep`}},
	{"many", "simulated", "import \"sync\"\nvar wg sync.WaitGroup\nfor range 200 { wg.Add(1); go wg.Done() }\n" +
		"wg.Wait()\n", []string{`200 goroutines ran outside`}},
}

func TestBesideTheMachine(t *testing.T) {
	p := begin(t)
	for _, row := range besides {
		t.Run(row.name, func(t *testing.T) {
			p.t = t
			text := p.figure(row.machine, row.code)
			flat := strings.Join(strings.Fields(text), " ")
			for _, want := range row.want {
				if re := regexp.MustCompile(want); !re.MatchString(text) && !re.MatchString(flat) {
					t.Errorf("the figure doesn't say %q:\n%s", want, text)
				}
			}
		})
	}
}

// figure runs a cell on a machine of its own and returns the text of its figure.
func (p *process) figure(machine, code string) string {
	p.t.Helper()
	q := p.on(machine, code)
	r := p.wait(q.ID).ok(p.t)
	if len(r.displays) != 1 || r.displays[0].Display == nil {
		p.t.Fatalf("got %d displays", len(r.displays))
	}
	var text string
	if err := json.Unmarshal(r.displays[0].Display.Data["text/plain"], &text); err != nil {
		p.t.Fatal(err)
	}
	return text
}

// A simulated cell without any of that says nothing of it, and is the same each time; files and channels between
// threads don't change that.
func TestNothingBesideTheMachine(t *testing.T) {
	p := begin(t)
	for _, code := range []string{
		"import \"gilkernel/runtime/threading\"\na := threading.NewThread(func() { for range 100_000 {} })\n" +
			"a.Start()\nfor range 100_000 {}\na.Join()\n",
		"import \"time\"\ntime.Sleep(time.Hour)\n",
		"import \"os\"\n_, err := os.ReadFile(os.DevNull)\nif err != nil { panic(err) }\nfor range 100_000 {}\n",
	} {
		first := p.figure("simulated", code)
		if strings.Contains(first, "outside") || strings.Contains(first, "repeatable") {
			t.Errorf("%s\n%s", code, first)
		}
		place := regexp.MustCompile(`In *\[\d+\]`)
		if again := p.figure("simulated",
			code); place.ReplaceAllString(again, "") != place.ReplaceAllString(first, "") {
			t.Errorf("%s\n%s, then\n%s", code, first, again)
		}
	}
}
