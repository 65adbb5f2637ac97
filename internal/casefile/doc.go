// Package casefile keeps what people decide: which suggested claims stand, which reuse is the same
// footage, how reliable a source is, what speaks for and against a claim, and the verdict.
//
// Its main type is [State]: the fold of all decisions in the custody log. A [Decision] is about one
// [Subject]; it is checked against the state, written to the log by the caller, and only then applied.
// Nothing is ever rewritten: undo is a decision too, and the history of a subject shows it.
//
// The rules in this package ([Contradictions], [Compare]) suggest; only a decision confirms.
//
// Invariants: the same decisions in the same order give the same state; a decision made on an
// outdated view is refused with [ErrConflict], so that two people never overwrite each other.
package casefile
