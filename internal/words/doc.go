// Package words holds what Beleg says to people, in German and in English.
//
// Texts are looked up by key; [Words.Say] fills in the arguments. Both languages
// hold the same keys with the same verbs in the same order, and a test compares
// them. Machine formats (JSON, CSV, log records) never pass through here: they
// are the same in every language.
package words
