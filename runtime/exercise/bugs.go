package exercise

// This file defines the exercise bugs: the eight defects of a server like the talk's.

import (
	"fmt"
	"slices"
	"strings"
)

// bugsServer is a server with the defects of the talk's, in Python.
const bugsServer = "```python\n" +
	` 1  import multiprocessing, socket
 2  processing_order = []
 3  def handle(conn, number):
 4      request = conn.recv(1024).decode()
 5      if request == "send data":
 6          for line in open("numbers.txt"):
 7              conn.send(line.encode())
 8              work(line)
 9          conn.send(b"stop")
10          processing_order.append(number)
11      elif request == "stop":          # the client has had enough
12          return
13  server = socket.socket()
14  server.bind(("localhost", 3001))
15  server.listen(2000)                  # at most 2000 clients
16  while True:
17      number = 1
18      conn, address = server.accept()
19      child = multiprocessing.Process(target=handle, args=(conn, number))
20      child.start()
21      number = number + 1
22      print("served so far:", processing_order)
` + "```"

// A bug is a defect of the server: the line that is to blame, those that are as good an answer, and what it is.
type bug struct {
	line  int
	also  []int
	about string
}

func bugs() []bug {
	return []bug{
		{4, []int{5}, "one `recv` is taken for one message: it can return half of `send data`"},
		{7, []int{9},
			"`send` may send a part, and nothing marks where a message ends: `1009\\nstop` can arrive as one"},
		{10, []int{2, 22}, "the list is the child's own: the parent's stays empty"},
		{11, []int{12}, "the server reads once, so a `stop` on the same connection is never read"},
		{14, []int{13}, "without `SO_REUSEADDR`, a restart fails with “Address already in use”"},
		{15, nil, "a backlog is the length of a queue, not the number of clients"},
		{17, []int{21}, "the number is set to 1 in each turn of the loop"},
		{20, []int{18,
			19}, "the parent keeps its copy of `conn` open and never joins the child: clients see no end, and " +
			"children that have ended stay zombies"},
	}
}

// bugsNeutral is a line that isn't to blame, and that counts for nothing: that the loop has no end is a matter of taste
// in a server.
const bugsNeutral = 16

func bugsTask() *task {
	all := bugs()
	var lines, about []string
	for _, b := range all {
		lines = append(lines, fmt.Sprint(b.line))
		about = append(about, fmt.Sprintf("line %d: %s", b.line, b.about))
	}
	return &task{
		id:     "bugs",
		lesson: lessonServers,
		title:  "Find the eight bugs",
		text: "This server has the talk's defects. A client sends `send data`, receives ten lines and then `stop`, " +
			"and may send `stop` itself. Eight lines are to blame. Put their numbers into the list, in any order; " +
			"each that you find counts an eighth, and each wrong one takes an eighth away.\n\n" + bugsServer,
		signature: "[]int",
		start:     "bugs := []int{}",
		hints: []string{
			"Three are in `handle`, where it receives, where it sends, and where it keeps a record. A fourth is a " +
				"branch that can't be reached.",
			"One is in the loop, and shows in what is printed. One shows only when the server is started again.",
			"One comment is wrong. And two processes have each connection open: when does the client see its end?",
		},
		solution: "bugs := []int{" + strings.Join(lines, ", ") + "}",
		why:      strings.Join(about, "; ") + ".",
		praise:   "These are the eight: " + strings.Join(about, "; ") + ".",
		trial: func(solution any) trial {
			if _, ok := solution.([]int); !ok {
				return nil
			}
			return noTrial{}
		},
		grade: func(_ *Course, answer any) (*fault, error) { return gradeBugs(answer.([]int)), nil },
	}
}

// gradeBugs grades a list of lines: an eighth for each bug, less an eighth for each line that is in order.
func gradeBugs(answer []int) *fault {
	all := bugs()
	found := map[int]bool{}
	var right, wrong []string
	for _, line := range slices.Compact(slices.Sorted(slices.Values(answer))) {
		i := slices.IndexFunc(all, func(b bug) bool { return b.line == line || slices.Contains(b.also, line) })
		switch {
		case i >= 0 && !found[i]:
			found[i] = true
			right = append(right, fmt.Sprintf("line %d, because %s", line, all[i].about))
		case i < 0 && line != bugsNeutral:
			wrong = append(wrong, fmt.Sprint(line))
		}
	}
	if len(found) == len(all) && len(wrong) == 0 {
		return nil
	}
	f := &fault{score: float64(len(found)-len(wrong)) / float64(len(all))}
	f.text = fmt.Sprintf("You have found %d of %d bugs", len(found), len(all))
	if len(right) > 0 {
		f.text += ": " + strings.Join(right, "; ")
	}
	f.text += "."
	switch len(wrong) {
	case 0:
	case 1:
		f.text += " Line " + wrong[0] + " isn't to blame."
	default:
		f.text += " The lines " + strings.Join(wrong, ", ") + " aren't to blame."
	}
	return f
}
