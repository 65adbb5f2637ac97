package casefile

import (
	"slices"
	"strings"
	"unicode"

	"beleg/claim/speaker"
)

// SourceID is the id of a source by any form of its name, "" for a pronoun: [speaker.ID].
func SourceID(name string) string { return speaker.ID(name) }

// Slug makes an id of words: lower case, letters and digits, joined by hyphens, without a leading article.
func Slug(words string) string {
	parts := strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(parts) > 1 && slices.Contains([]string{"der", "die", "das", "the", "a", "an", "ein", "eine"}, parts[0]) {
		parts = parts[1:]
	}
	return strings.Join(parts, "-")
}
