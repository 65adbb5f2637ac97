// Package claim reads a news text and lists who claims what: every claim with its content, source,
// channel, cue, kind, commitment, figures, time and places, each pinned to the bytes of the text.
//
// German and English are read by rules over word lists (claim/lexicon); a further language is a
// further folder. [Read] is one deterministic pass: tokens, sentences, clauses, frames, claims. The
// same bytes give the same claims on every machine, and a claim's content always stands verbatim at
// its spans. Offsets are bytes into the text, half-open; only the JSON form counts code points.
package claim
