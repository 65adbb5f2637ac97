// Package lexicon holds the word lists of the claim reader as plain files, one folder a language:
// language.txt (how the language works), words.txt (word classes), verbs.txt (principal parts),
// speech.txt (reporting verbs), particle.txt, noun.txt and hedge.txt (cues). Cue entries carry
// examples ("+" must be found, "-" must not); the tests of package claim run every one.
package lexicon

import "embed"

// Files holds the folders of all languages.
//
//go:embed */*.txt
var Files embed.FS
