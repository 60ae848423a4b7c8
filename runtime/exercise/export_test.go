package exercise

// IDs returns the IDs of all exercises.
func IDs() (ids []string) {
	for _, t := range tasks() {
		ids = append(ids, t.id)
	}
	return ids
}
