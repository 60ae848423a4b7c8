package multiprocessing

// This file defines where the workers of a pool record what they do, so that the pool knows what a killed worker did.

import (
	"sync/atomic"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// A board is memory that the processes of a pool share, with an entry for each worker. Only the worker writes its
// entry, and the pool before it starts the worker.
type board struct{ mem *process.Memory }

// The fields of an entry, by their offsets.
const (
	boardJob   = 0  // 64 bits: which job it has in hand
	boardIndex = 8  // 32 bits: which chunk of it
	boardItem  = 12 // 32 bits: which item of that
	boardDoing = 16 // 32 bits
	boardSize  = 32
)

// What a worker does.
const (
	workerStarts  uint32 = iota // and calls the initializer
	workerWaits                 // for a task
	workerRuns                  // a task
	workerRetires               // it has run as many tasks as it may
	workerLeaves                // there will be no more tasks
	workerFails                 // the initializer has panicked
)

func newBoard(t *machine.Thread, s *process.System, workers int) (*board, error) {
	m, err := s.NewMemory(t, workers*boardSize)
	if err != nil {
		return nil, err
	}
	return &board{m}, nil
}

func (b *board) u32(worker, field int) *atomic.Uint32 {
	return (*atomic.Uint32)(b.mem.Pointer(worker*boardSize + field))
}

func (b *board) job(worker int) *atomic.Uint64 {
	return (*atomic.Uint64)(b.mem.Pointer(worker*boardSize + boardJob))
}

func (b *board) doing(worker int) *atomic.Uint32 { return b.u32(worker, boardDoing) }

// begin records that the worker begins a task.
func (b *board) begin(worker int, job uint64, index uint32) {
	b.job(worker).Store(job)
	b.u32(worker, boardIndex).Store(index)
	b.u32(worker, boardItem).Store(0)
	b.doing(worker).Store(workerRuns)
}

// Reduce implements pickle.Reducer.
func (b *board) Reduce(p *pickle.Pickler) (any, error) { return kept(p, b.mem.Handle()) }

// Restore implements pickle.Restorer.
func (b *board) Restore(u *pickle.Unpickler, state any) error {
	mem, ok := object(u, state).(*process.Memory)
	if !ok {
		return strange("Pool")
	}
	b.mem = mem
	return nil
}
