// Package casework is where decisions are taken: it joins the pure rules of package casefile with custody and
// the catalogue, for the desk and for the terminal alike.
//
// Its main type is [Book], the state of all decisions of one data folder. [Book.Decide] is the only way in:
// a decision is checked, recorded in custody and applied under one lock, so that two people deciding at
// once see each other.
//
// [Book.Findings] is what the machine says about a case: it gathers what the case names, with the claims of texts as people
// changed them ([Book.Text]), and applies the rules to it.
//
// Invariants: what was answered without an error stands in the log; a decision sent twice with one key is
// recorded once; closing the folder and opening it again gives the same state.
package casework
