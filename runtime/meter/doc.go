// Package meter has David Beazley's two meters for servers: how long one long request takes, and how many short ones
// are served in a second, each alone and beside the other.
//
//	report := meter.Servers(handle)  runs both against the three forms of a server
//	report.Figure()                  draws them
//
// The meters are perf1.py and perf2.py of his talk "Python Concurrency From the Ground Up": beside a computing thread,
// a server of short requests falls from many thousands a second to about 200, as each of its waits costs a switch
// interval of the GIL; beside a computing process it doesn't.
package meter
