package exercise

// This file defines the predictions of the notebook 06-client-server.

func serversQuestions() []*question { return nil }
