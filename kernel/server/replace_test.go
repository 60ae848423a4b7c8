package server_test

// This file tests cells that are run again although they register names in the standard library, and that places of the
// computer on which the kernel was built are shown nowhere.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// shown returns all text of a cell's outputs.
func shown(out []message) string {
	var b strings.Builder
	for _, m := range out {
		if text, ok := m.field("text").(string); ok {
			b.WriteString(text)
		}
		if m.Header.MsgType == "error" {
			b.WriteString(plain(m))
		}
	}
	return b.String() + result(out)
}

func TestRegisteredAgain(t *testing.T) {
	c := realKernel(t).client()
	for _, cell := range []struct{ code, want string }{
		{"http.HandleFunc(\"/x\", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, \"VERSION\") })\n" +
			"w := httptest.NewRecorder()\n" +
			"http.DefaultServeMux.ServeHTTP(w, httptest.NewRequest(\"GET\", \"/x\", nil))\nw.Body.String()",
			`"VERSION"`},
		{"http.Handle(\"/y\", http.RedirectHandler(\"/VERSION\", 302))\nv := httptest.NewRecorder()\n" +
			"http.DefaultServeMux.ServeHTTP(v, httptest.NewRequest(\"GET\", \"/y\", nil))\n" +
			"v.Header().Get(\"Location\")", `"/VERSION"`},
		{"n := flag.Int(\"n\", VERSION, \"a number\")\n*n", "VERSION"},
		{"var s string\nflag.StringVar(&s, \"s\", \"VERSION\", \"a text\")\nflag.Parse()\ns", `"VERSION"`},
		{"flag.Func(\"f\", \"a function\", func(string) error { return nil })\nflag.NFlag()", "0"},
		{"expvar.NewInt(\"hits\").Set(VERSION)\nexpvar.Get(\"hits\").String()", `"VERSION"`},
		{"expvar.Publish(\"mine\", expvar.Func(func() any { return VERSION }))\nexpvar.Get(\"mine\").String()",
			`"VERSION"`},
		{"type T struct{ AVERSION int }\ngob.Register(T{})\nvar in any = T{VERSION}\nvar out any\n" +
			"var buf bytes.Buffer\n" +
			"if err := gob.NewEncoder(&buf).Encode(&in); err != nil { panic(err) }\n" +
			"if err := gob.NewDecoder(&buf).Decode(&out); err != nil { panic(err) }\nout.(T).AVERSION", "VERSION"},
		{"type D struct{}\nfunc (D) Open(string) (driver.Conn, error) { return nil, errors.New(\"VERSION\") }\n" +
			"sql.Register(\"mine\", D{})\n" +
			"db, _ := sql.Open(\"mine\", \"\")\ndb.Ping().Error()", `"VERSION"`},
	} {
		for _, version := range []int{1, 1, 2, 3, 2} {
			v := fmt.Sprint(version)
			r, out := c.execute(strings.ReplaceAll(cell.code, "VERSION", v))
			if got, want := result(out), strings.ReplaceAll(cell.want, "VERSION", v); got != want {
				t.Fatalf("%s\nversion %s: %q, want %q: %v", cell.code, v, got, want, r)
			}
		}
	}
	_, out := c.execute("flag.PrintDefaults()\nflag.Usage()")
	text := shown(out)
	for _, name := range []string{"-n int", "-s string", "-f value", "Usage of gilkernel:"} {
		if !strings.Contains(text, name) {
			t.Errorf("%q is missing: %s", name, text)
		}
	}
	if strings.Contains(text, "quickchecks") || strings.Contains(text, "test.") {
		t.Errorf("flags of others: %s", text)
	}
}

func TestNoPlaceOfTheBuild(t *testing.T) {
	c := realKernel(t).client()
	_, own, _, _ := runtime.Caller(0)
	own, _, _ = strings.Cut(own, "kernel/server/")
	pc := reflect.ValueOf(strings.Repeat).Pointer()
	std, _ := runtime.FuncForPC(pc).FileLine(pc)
	std, _, _ = strings.Cut(std, "strings/")
	for _, cell := range []struct{ code, want string }{
		{"http.HandleFunc(\"/{a}\", func(w http.ResponseWriter, r *http.Request) {})\n" +
			"http.HandleFunc(\"/{b}\", func(w http.ResponseWriter, r *http.Request) {})", "In[1]:2:1"},
		{"m := http.NewServeMux()\nm.Handle(\"/\", http.NotFoundHandler())\n\nm.Handle(\"/\", http.NotFoundHandler())",
			"In[2]:4:1"},
		{"http.HandleFunc(\"/b\", nil)", "http: nil handler"},
		{"sql.Register(\"a\", nil)", "In[4]:1:1"},
		{"func where() {\n\t_, file, line, ok := runtime.Caller(0)\n\tfmt.Println(file, line, ok)\n}\nwhere()",
			"In[5] 2 true"},
		{"func up() { _, file, line, ok := runtime.Caller(1); fmt.Println(file, line, ok) }\n\nup()", "In[6] 3 true"},
		{"_, _, _, ok := runtime.Caller(40)\nok", "false"},
		{"func deep() { debug.PrintStack() }\ndeep()", "main.deep(...)\n\tIn[8]:1\nthe cell\n\tIn[8]:2"},
		{"string(debug.Stack())", "In[9]:1"},
		{"b := make([]byte, 1000)\nstring(b[:runtime.Stack(b, true)])", "In[10]:2"},
		{"log.SetFlags(log.Lshortfile)\nlog.Println(\"text\")", "In[11]:2: text"},
		{"log.SetFlags(log.Llongfile | log.Lmsgprefix)\nlog.SetPrefix(\"p \")\nlog.Printf(\"%d\", 5)", "In[12]:3: p 5"},
		{"l := log.New(os.Stdout, \"\", log.Lshortfile)\nl.Println(\"mine\")", "In[13]:2: mine"},
		{"defer func() { fmt.Println(string(debug.Stack())); panic(recover()) }()\nregexp.MustCompile(\"(\")",
			"regexp: Compile"},
		{"slices.SortFunc([]int{1, 2}, func(a, b int) int { panic(\"oops\") })", "oops"},
		{"reflect.ValueOf(5).Elem()", "reflect"},
		{"var wg sync.WaitGroup\n" +
			"wg.Go(func() { http.HandleFunc(\"/{c}\", func(w http.ResponseWriter, r *http.Request) {}) })\nwg.Wait()",
			"conflicts"},
		{"var p interface{ Println(...any) } = log.New(os.Stdout, \"\", log.Lshortfile)\n" +
			"p.Println(\"by an interface\")",
			"In[18]:2: by an interface"},
		// Threads: a failure that comes from no line of the learner's, or from a method value.
		{"import \"gilkernel/runtime/threading\"\nt := threading.NewThread(func() {})\nt.Run()\nt.Start()\nt.Join()",
			"has no attribute '_target'"},
		{"l := threading.NewLock()\nt2 := threading.NewThread(l.Release)\nt2.Start()\nt2.Join()\n" +
			"fmt.Println(t2.Stack())", "RuntimeError: release unlocked lock"},
	} {
		_, out := c.execute(cell.code)
		text := shown(out)
		if !strings.Contains(text, cell.want) {
			t.Errorf("%s\n%s\nwant %s", cell.code, text, cell.want)
		}
		for _, root := range []string{own, std, "native_fast", "reflect/value.go"} {
			if root != "" && strings.Contains(text, root) {
				t.Errorf("%s\nshows %s:\n%s", cell.code, root, text)
			}
		}
	}
}
