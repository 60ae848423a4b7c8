package exercise

// This file defines the exercise transfer: two locks, acquired in two orders.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// An Account is a bank account, for the exercise transfer. Only a thread that holds Lock may read or write Balance.
type Account struct {
	Number  int // unique to the account
	Balance int
	Lock    *threading.Lock
}

func transferTask() *task {
	return &task{
		id:     "transfer",
		lesson: lessonConcurrency,
		title:  "Two accounts, two locks",
		text: "Fix `transfer`, which moves an amount from one `*exercise.Account` to another. An account has a " +
			"`Number`, a `Balance` and a `Lock`, which must be held while its balance is read or written. Several " +
			"threads transfer at the same time, in both directions. No money may be lost or created, and no thread " +
			"may wait for ever.",
		signature: "func(from, to *exercise.Account, amount int)",
		start: `transfer := func(from, to *exercise.Account, amount int) {
	from.Lock.Acquire()
	to.Lock.Acquire()
	from.Balance -= amount
	to.Balance += amount
	to.Lock.Release()
	from.Lock.Release()
}`,
		hints: []string{
			"One thread moves money from A to B, another from B to A. Each acquires the lock of `from` first. Which " +
				"thread then holds which lock, and which lock does it wait for?",
			"A cycle needs two orders. If every thread acquires the two locks in the same order, whatever the " +
				"direction of the money, there is no cycle.",
			"The accounts have a `Number`. Acquire the lock of the one with the smaller number first. Use two " +
				"variables, `first` and `second`, and swap them if necessary.",
		},
		solution: `transfer := func(from, to *exercise.Account, amount int) {
	first, second := from, to
	if second.Number < first.Number {
		first, second = second, first
	}
	first.Lock.Acquire()
	second.Lock.Acquire()
	from.Balance -= amount
	to.Balance += amount
	second.Lock.Release()
	first.Lock.Release()
}`,
		why: "Every thread acquires the two locks in the order of their numbers, so no two threads can each hold " +
			"what the other waits for.",
		praise: "No money was lost, no thread waited for ever, and every balance was changed under its lock.",
		worlds: worlds(),
		proof: &proof{[]string{"3.13", "3.14t"}, `x := &exercise.Account{Number: 1, Balance: 10, Lock: threading.NewLock("account 1")}
y := &exercise.Account{Number: 2, Balance: 10, Lock: threading.NewLock("account 2")}
a := threading.NewThread(func() { transfer(x, y, 3) }, threading.Name("A"))
b := threading.NewThread(func() { transfer(y, x, 1) }, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()
explore.Assert(x.Balance == 8 && y.Balance == 12,
	"the accounts should have 8 and 12, and they have ", x.Balance, " and ", y.Balance)`},
		trial: func(solution any) trial {
			f, ok := solution.(func(from, to *Account, amount int))
			if !ok || f == nil {
				return nil
			}
			return &transferTrial{f: f}
		},
	}
}

const (
	transferAccounts = 3
	transferMoney    = 1000
	transferRounds   = 100
	// transferAudits is how often the auditor looks at each account: its lock is held, and so nothing else may change
	// the balance.
	transferAudits = 5
)

type transferTrial struct {
	f        func(from, to *Account, amount int)
	accounts []*Account
}

func (x *transferTrial) body(r *run) {
	for i := range transferAccounts {
		name := fmt.Sprintf("account %d", i+1)
		x.accounts = append(x.accounts, &Account{i + 1, transferMoney, threading.NewLock(name)})
	}
	a := x.accounts
	// Both directions, and a ring: each account is the first for one thread and the second for another.
	for i, way := range [][2]int{{0, 1}, {1, 0}, {1, 2}, {2, 0}} {
		from, to := a[way[0]], a[way[1]]
		r.start(fmt.Sprintf("teller %d", i+1), func() {
			for range transferRounds {
				x.f(from, to, way[0]+way[1])
			}
		})
	}
	r.start("auditor", func() {
		t := machine.Current()
		for range transferAudits {
			for _, acc := range a {
				acc.Lock.Acquire()
				balance := acc.Balance
				t.Sleep(20 * time.Microsecond) // reads the balance, and writes what it has read
				acc.Balance = balance
				acc.Lock.Release()
			}
		}
	})
	r.join()
}

func (x *transferTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if r.deadlock != nil && len(cycle(r.deadlock)) > 1 {
		return &fault{text: "The threads wait for ever: " + sentence(r.deadlock) +
			". Each holds one lock and waits for another's: they acquired the same locks in different orders. " +
			"Find one order that every thread can keep to.",
			misconception: "If every thread acquires and releases properly, nothing can go wrong."}
	}
	if f := r.common(); f != nil {
		return f
	}
	sum := 0
	for _, a := range x.accounts {
		sum += a.Balance
	}
	if want := transferAccounts * transferMoney; sum != want {
		f := &fault{text: fmt.Sprintf("All accounts together held %d, and now they hold %d.", want, sum)}
		if _, acquires := locksOf(tl); acquires <= transferAccounts*transferAudits {
			f.text += " No account's lock was held while its balance changed."
			f.misconception = "-= and += can't be interrupted."
		} else {
			f.text += " A balance was changed while its account's lock wasn't held."
			f.misconception = "Holding one of the two locks is enough."
		}
		return f
	}
	net := []int{0, 0, 0}
	for _, way := range [][2]int{{0, 1}, {1, 0}, {1, 2}, {2, 0}} {
		net[way[0]] -= transferRounds * (way[0] + way[1])
		net[way[1]] += transferRounds * (way[0] + way[1])
	}
	for i, a := range x.accounts {
		if want := transferMoney + net[i]; a.Balance != want {
			return &fault{text: fmt.Sprintf("The sum is right, but account %d has %d instead of %d: the money went "+
				"to the wrong account, or nowhere.", a.Number, a.Balance, want),
				misconception: "The order of the locks is the direction of the money. (It isn't: the money always " +
					"goes from `from` to `to`.)"}
		}
	}
	for _, a := range x.accounts {
		if a.Lock.Locked() {
			return &fault{text: fmt.Sprintf("All threads have ended, and the lock of account %d is still held: a "+
				"release is missing on one of the paths out of the function.", a.Number),
				misconception: "A lock is released when its thread ends."}
		}
	}
	return nil
}
