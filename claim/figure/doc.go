// Package figure says what a quantity means and whether two of them may be compared.
//
// A [Figure] has bounds ([Figure.Range]); a [Given] is a figure as somebody gives it, with place and period. [Compare] is the
// only rule: the text engine, the case and the desk ask it alike. It compares only what is the same: unit, event, status,
// place and period; what is part of another is no rival of it, but cannot be more; and what cannot be compared is
// unresolved, with the reason.
//
// Invariants: Compare(a, b) and Compare(b, a) say the same with the sides exchanged; a figure never excludes itself.
package figure
