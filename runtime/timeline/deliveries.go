package timeline

// This file defines messages between processes.

// A Delivery is what one thread sent and another one received: through a pipe or a queue of processes.
type Delivery struct {
	Object         Name  // the pipe or queue
	From, To       int32 // lanes
	Sent, Received int64 // nanoseconds since the machine's start
}

// Deliveries returns the messages whose sending and arrival are both in the timeline, in the order in which they
// arrived.
func (tl *Timeline) Deliveries() (list []Delivery) {
	type number struct {
		object Name
		value  int32
	}
	sent := map[number]Event{}
	for _, e := range tl.Events {
		k := number{e.Object, e.Value}
		switch e.Kind {
		case Send:
			sent[k] = e
		case Receive:
			if s, ok := sent[k]; ok {
				list = append(list, Delivery{e.Object, s.Thread, e.Thread, s.At, e.At})
				delete(sent, k)
			}
		}
	}
	return list
}
