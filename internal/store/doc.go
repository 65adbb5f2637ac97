// Package store is the catalogue: what was taken in, when and how it was public,
// what was found out about it, ready to be listed and searched.
//
// The catalogue is a projection of the custody records and of nothing else. It is
// never a source: [Catalogue.Project] reads records in log order and writes rows, so
// deleting the file and projecting again gives the same rows, and every export made
// from them is the same to the byte. What must outlast the file therefore goes
// into a record first; the bodies of the records that the catalogue understands are
// the types [Run], [Intake] and [Derivation].
//
// Invariants: rows carry the log index of the record that made them; a record is
// projected once and in order; nothing else writes.
//
// The SQL is written by hand with $n parameters and plain types, so that the same
// text runs on SQLite and PostgreSQL; only the migrations exist per engine.
package store
