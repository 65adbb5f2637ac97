// Package index keeps fingerprints on disk and finds those near a query.
//
// Everything lies in parts: immutable files, written once, memory-mapped for reading, or read where they
// are large ([Part], docs/format/part.md). A part is of one [Kind] and of one engine with one set of parameters, so
// that fingerprints of different making are never compared. What a kind keeps in its sections is
// said by the files named after it.
//
// The concepts in order: [Head] names kind and engine; [Create] writes a part, [Open] maps it,
// [Part.Check] reads every byte of it. A part that is not whole is refused with [ErrTorn], one of
// another format version with [ErrVersion]; parts hold nothing that cannot be made again from the
// originals, so the caller's answer to ErrTorn is to rebuild that part.
//
// Invariants: a part's bytes are a function of its head and its sections; a part never changes
// once it has its name.
package index
