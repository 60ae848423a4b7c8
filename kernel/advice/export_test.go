package advice

// This file defines what tests see of the table.

// Row returns the name of the row that fits a mistake.
func Row(m Mistake) string {
	name, _ := find(m)
	return name
}

// Rows returns the names of all rows.
func Rows() (names []string) {
	for _, r := range table {
		names = append(names, r.name)
	}
	return names
}

// Distance is distance.
func Distance(a, b string, limit int) int { return distance(a, b, limit) }
