package session_test

// This file tests the advice on undefined names, and how errors are shown.

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

var meantRows = []struct{ code, name, want string }{
	// members of packages
	{`fmt.Printn(1)`, "NameError", "Did you mean fmt.Println?"},
	{`fmt.println(1)`, "NameError", "Did you mean fmt.Println?"},
	{`threading.current_thread()`, "NameError", "Did you mean threading.CurrentThread?"},
	{`threading.active_count()`, "NameError", "Did you mean threading.ActiveCount?"},
	{`threading.lock()`, "NameError", "Did you mean threading.NewLock?"},
	{`var l threading.lock`, "NameError", "Did you mean threading.Lock?"},
	{`os.getpid()`, "NameError", "Did you mean os.Getpid?"},
	{`strings.ToUper("a")`, "NameError", "Did you mean strings.ToUpper?"},
	{`strings.Nothing("a")`, "NameError", ""},
	// methods and fields
	{`t.is_alive()`, "AttributeError", "Did you mean t.IsAlive?"},
	{`t.Joni()`, "AttributeError", "Did you mean t.Join?"},
	{`t.start()`, "AttributeError", ""}, // Go's message says it
	{`account.balence`, "AttributeError", "Did you mean account.balance?"},
	{`account.add_interest()`, "AttributeError", "Did you mean account.addInterest?"},
	{`threading.NewThread(nil).is_alive()`, "AttributeError", "IsAlive?"},
	{`account.Nothing`, "AttributeError", ""},
	// names
	{`X`, "NameError", "Did you mean x?"},
	{`Counter + 1`, "NameError", "Did you mean counter?"},
	{`countre`, "NameError", "Did you mean counter?"},
	{`addMoney := 1; AddMony`, "NameError", "Did you mean addMoney?"},
	{`func f(amount int) int { return amuont }`, "NameError", "Did you mean amount?"},
	{`func f(amount int) {}; amuont`, "NameError", ""}, // it isn't in scope
	{`z`, "NameError", ""},
	{`threadng.NewLock()`, "NameError", "Did you mean threading?"},
	{`Threading.NewLock()`, "NameError", "Did you mean threading?"},
	{`Thread(nil)`, "NameError", "Did you mean threading.NewThread?"},
	{`CurrentThread()`, "NameError", "Did you mean threading.CurrentThread?"},
	{`RLock()`, "NameError", "Did you mean threading.NewRLock?"},
	{`lenght := lem("a")`, "NameError", "Did you mean len?"},
	{`var n Int`, "NameError", "Did you mean int?"},
	// classes
	{`threading.Lock()`, "TypeError", "`threading.NewLock()`"},
	{`threading.Thread(nil)`, "TypeError", "`threading.NewThread(nil)`"},
	{`threading.Thread(func() { fmt.Println(1) })`, "TypeError", "`threading.NewThread(work)`"},
	{`queue.Queue()`, "TypeError", "`queue.NewQueue()`"},
	{`futures.ThreadPoolExecutor(4)`, "TypeError", "`futures.NewThreadPoolExecutor(4)`"},
	{`threading.Semaphore(2)`, "TypeError", "`threading.NewSemaphore(2)`"},
	{`threading.Barrier()`, "TypeError",
		"threading.NewBarrier(parties int, opts ...threading.BarrierOption) *threading.Barrier"},
	{`sync.Mutex()`, "TypeError", "`sync.Mutex{}`"},
	{`Account()`, "TypeError", "`Account{}`"},
	{`Account(5)`, "TypeError", "`Account{}`"},
	{`Purse(5)`, "TypeError", "`NewPurse(5)`"},
	{`int("3")`, "TypeError", "strconv.Atoi"},
}

func TestMeant(t *testing.T) {
	for _, r := range meantRows {
		t.Run(r.code, func(t *testing.T) {
			s := session.New(nil)
			commit(t, s, "In[1]", `import "gilkernel/runtime/threading"
type Account struct { balance int }
func (a Account) addInterest() {}
type Purse struct { n int }
func NewPurse(n int) Purse { return Purse{n} }
x, counter := 1, 2
t := threading.NewThread(nil)
account := Account{}`)
			_, err := s.Compile("In[2]", r.code)
			e, ok := errors.AsType[*cell.Error](err)
			if !ok {
				t.Fatalf("not refused: %v", err)
			}
			var given []string
			for _, d := range e.Diagnostics {
				given = append(given, d.Advice)
			}
			got := strings.TrimSpace(strings.Join(given, "\n"))
			if e.Name != r.name || !strings.Contains(got, r.want) || r.want == "" && got != "" {
				t.Errorf("%v\n%s, %q; want %s, %q", err, e.Name, got, r.name, r.want)
			}
			if strings.Contains(e.Message, "gilkernel/runtime") {
				t.Errorf("the message contains a path: %s", e.Message)
			}
		})
	}
}

// commit compiles and commits a cell.
func commit(t *testing.T, s *session.Session, label, code string) {
	t.Helper()
	p, err := s.Compile(label, code)
	if err != nil {
		t.Fatal(err)
	}
	s.Commit(p)
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Each message appears once, below its caret, with its kind before it.
func TestTraceback(t *testing.T) {
	for _, r := range []struct{ code, want string }{
		{"x := y", `In[1]:1:6
    x := y
         ^
NameError: undefined: y`},
		{"fmt.Printn()\n\tvar s string = 1", `In[1]:1:5
    fmt.Printn()
        ^
NameError: undefined: fmt.Printn
Did you mean fmt.Println?
In[1]:2:17
        var s string = 1
                       ^
TypeError: cannot use 1 (untyped int constant) as string value in variable declaration`},
		{"if x {", `In[1]:1:7
    if x {
          ^
SyntaxError: unexpected end of cell, expected }`},
	} {
		_, err := session.New(nil).Compile("In[1]", r.code)
		e, ok := errors.AsType[*cell.Error](err)
		if !ok {
			t.Fatal(err)
		}
		text := ansi.ReplaceAllString(strings.Join(e.Traceback(), "\n"), "")
		if text != r.want {
			t.Errorf("%s\n%s\nwant\n%s", r.code, text, r.want)
		}
		for _, d := range e.Diagnostics {
			words := strings.TrimPrefix(d.Message, "syntax error: ")
			if strings.Count(text, words) != 1 {
				t.Errorf("%q appears %d times in\n%s", words, strings.Count(text, words), text)
			}
		}
	}
}
