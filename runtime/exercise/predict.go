package exercise

// This file defines predictions: the learner commits to an answer before the run.

import (
	"fmt"
	"slices"
	"strings"
)

// question is a question that a learner answers before a run.
type question struct {
	id     string
	text   string   // Markdown
	choice []string // the answers, a, b, c, …
	right  string   // the letter of the right one
	words  []string // for each choice, what to tell a learner who made it, after the run
	reason string   // why the right answer is right
}

// letters returns the possible answers: "a, b or c".
func (q *question) letters() string {
	var all []string
	for i := range q.choice {
		all = append(all, letter(i))
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

func letter(i int) string { return string(rune('a' + i)) }

// index returns the index of the choice that an answer names, or -1 if it names none.
func (q *question) index(answer string) int {
	answer = strings.ToLower(strings.TrimSpace(answer))
	if len(answer) != 1 || answer[0] < 'a' || int(answer[0]-'a') >= len(q.choice) {
		return -1
	}
	return int(answer[0] - 'a')
}

// Predict implements the function of that name.
func (c *Course) Predict(id string, answer ...string) *Card {
	q := questionOf(id)
	if q == nil {
		return unknown("question", id, questionIDs())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**Predict.** %s\n\n", q.text)
	for i, choice := range q.choice {
		fmt.Fprintf(&b, "- **%s** – %s\n", letter(i), choice)
	}
	b.WriteByte('\n')
	given := ""
	if len(answer) > 0 {
		given = answer[0]
	}
	warning := ""
	switch i := q.index(given); {
	case i >= 0:
		fmt.Fprintf(&b, "You say **%s**: %s. Now run the next cells.", letter(i), q.choice[i])
		warning = c.file.add(entry{Kind: kindPrediction, ID: id, Answer: letter(i)})
	case given != "" && given != "?":
		fmt.Fprintf(&b, "%q is not one of the answers. Write %s between the quotes and run this cell again.", given,
			q.letters())
	default:
		if i := q.index(c.file.read().predictions[id]); i >= 0 {
			fmt.Fprintf(&b, "You said **%s** before. To change your mind, write another letter between the quotes "+
				"and run this cell again.", letter(i))
			break
		}
		fmt.Fprintf(&b, "Write %s between the quotes, in place of the question mark, and run this cell again.",
			q.letters())
	}
	return card(b.String() + warning)
}

// Reveal implements the function of that name.
func (c *Course) Reveal(id string) *Card {
	q := questionOf(id)
	if q == nil {
		return unknown("question", id, questionIDs())
	}
	p := c.file.read()
	right := q.index(q.right)
	var b strings.Builder
	switch i := q.index(p.predictions[id]); {
	case i < 0:
		fmt.Fprintf(&b, "You made no prediction. The answer is **%s**: %s.", letter(right), q.choice[right])
	case i == right:
		fmt.Fprintf(&b, "You said **%s**: %s. **That is what happens.**", letter(i), q.choice[i])
		if q.words[i] != "" {
			b.WriteString(" " + q.words[i])
		}
	default:
		fmt.Fprintf(&b, "You said **%s**: %s. %s What happens is **%s**: %s.", letter(i), q.choice[i], q.words[i],
			letter(right), q.choice[right])
	}
	b.WriteString("\n\n" + q.reason)
	return card(b.String() + p.warning)
}

// questionOf returns the question with an id, or nil if there is none.
func questionOf(id string) *question {
	all := questions()
	if i := slices.IndexFunc(all, func(q *question) bool { return q.id == id }); i >= 0 {
		return all[i]
	}
	return nil
}

func questionIDs() (ids []string) {
	for _, q := range questions() {
		ids = append(ids, q.id)
	}
	return ids
}

// questions returns all questions, in the order of the notebooks.
func questions() []*question {
	return slices.Concat(startQuestions(), concurrencyQuestions(), gilQuestions(), hoodQuestions(),
		threadingQuestions(), processesQuestions(), serversQuestions(), beyondQuestions())
}
