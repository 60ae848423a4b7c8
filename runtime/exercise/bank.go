package exercise

// This file defines the exercise bank: a check whose answer is out of date when it is acted on.

import (
	"fmt"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func bankTask() *task {
	return &task{
		id:     "bank",
		lesson: lessonConcurrency,
		title:  "An account that is never overdrawn",
		text: "Fix `newAccount`. It returns two functions: `withdraw` pays out an amount and returns true, or " +
			"returns false and changes nothing if there isn't enough; `balance` returns what is left. Several " +
			"threads withdraw at the same time. The balance must never be negative, and what was paid out and what " +
			"is left must add up to what there was.",
		signature: "func(money int) (withdraw func(amount int) bool, balance func() int)",
		start: `newAccount := func(money int) (withdraw func(amount int) bool, balance func() int) {
	withdraw = func(amount int) bool {
		if money >= amount {
			money -= amount
			return true
		}
		return false
	}
	balance = func() int { return money }
	return withdraw, balance
}`,
		hints: []string{
			"Two threads want 10 each, and there are 10. Both look before either of them pays. What does each of " +
				"them see?",
			"A lock around `money -= amount` alone keeps the sum right, and not the promise: the answer of the `if` " +
				"may be out of date by then. What must be inside of the lock, too?",
			"Make one lock in `newAccount`. In `withdraw`, acquire it before the `if`, and release it on both ways " +
				"out: `defer lock.Release()` right after the acquire does that.",
		},
		solution: `newAccount := func(money int) (withdraw func(amount int) bool, balance func() int) {
	lock := threading.NewLock("account")
	withdraw = func(amount int) bool {
		lock.Acquire()
		defer lock.Release()
		if money >= amount {
			money -= amount
			return true
		}
		return false
	}
	balance = func() int { return money }
	return withdraw, balance
}`,
		why: "The lock is held from the look at the money to the payment, so the answer of the `if` is still true " +
			"when it is acted on; the deferred release covers both ways out.",
		praise: "No account was overdrawn, and no money was lost.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.9", "3.14t"}, `withdraw, balance := newAccount(10)
paid := map[string]int{}
take := func() {
	if withdraw(10) {
		paid[threading.CurrentThread().Name()] = 10
	}
}
a := threading.NewThread(take, threading.Name("A"))
b := threading.NewThread(take, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()
explore.Assert(paid["A"] + paid["B"] + balance() == 10 && balance() >= 0,
	"there were 10, A got ", paid["A"], ", B got ", paid["B"], ", and ", balance(), " are left")`},
		trial: func(solution any) trial {
			f, ok := solution.(func(int) (func(int) bool, func() int))
			if !ok || f == nil {
				return nil
			}
			return &bankTrial{f: f}
		},
	}
}

const (
	bankTellers = 4
	bankMoney   = 100
	bankRounds  = 12
)

type bankTrial struct {
	f             func(int) (func(int) bool, func() int)
	money         int
	paid, left    int
	least, latest int // the smallest amount that was refused, and the smallest balance that was seen
	refused       int
}

func (b *bankTrial) body(r *run) {
	var withdraw func(int) bool
	var balance func() int
	b.money = bankMoney + int(machine.Current().Machine().Seed()%9) // not always the same, so that no constant is right
	r.call(func() { withdraw, balance = b.f(b.money) })
	if withdraw == nil || balance == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newAccount returned nil in place of a function")
		}
		return
	}
	b.least = b.money + 1
	for i := range bankTellers {
		r.start(fmt.Sprintf("teller %d", i+1), func() {
			for n := range bankRounds {
				amount := 1 + (i+n)%5
				switch {
				case withdraw(amount):
					b.paid += amount
				default:
					b.refused++
					b.least = min(b.least, amount)
				}
			}
		})
	}
	r.join()
	if r.spinning == "" && len(r.panics) == 0 {
		r.call(func() { b.left = balance() })
		// an earlier call may have left a lock held
		r.start("late teller", func() { b.latest = b.left; withdraw(b.money) })
		r.join()
	}
}

func (b *bankTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	locks, acquires := locksOf(tl)
	why := func(f *fault) *fault {
		switch {
		case tl == nil || locks == 0:
			f.text += " No lock was held between the look at the money and the payment."
			f.misconception = "Checking and paying are one step, because they stand in one `if`."
		case locks > 1:
			f.text += " The threads used different locks: make one, in `newAccount`, beside the money."
			f.misconception = "A lock protects a piece of code. (It protects data, from threads that acquire the " +
				"same lock.)"
		case acquires > 0:
			f.text += " A lock is used, but it isn't held all the way from the look at the money to the payment."
			f.misconception = "It is enough to hold the lock while the money changes. (Then the check was made " +
				"before, and another thread has paid since.)"
		}
		return f
	}
	switch {
	case b.left < 0:
		return why(&fault{text: fmt.Sprintf("The account was overdrawn: %d were left of %d.", b.left, b.money)})
	case b.paid == 0:
		return &fault{text: fmt.Sprintf("There were %d, and no call of `withdraw` paid anything.", b.money)}
	case b.paid+b.left != b.money:
		return why(&fault{text: fmt.Sprintf("There were %d, and %d were paid out, but %d are left, not %d.", b.money,
			b.paid, b.left, b.money-b.paid)})
	case b.refused > 0 && b.left >= b.least:
		return &fault{text: fmt.Sprintf("A thread was refused %d, although %d are left at the end: pay whenever there "+
			"is enough.", b.least, b.left),
			misconception: "If the lock isn't free, the money isn't there."}
	}
	return nil
}
