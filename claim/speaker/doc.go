// Package speaker tells whether two names of a text mean one speaker. [ID] folds the forms of a name in German and English
// into one id; [Short] says among the names of one case which is short for another.
//
// Invariants: the id of an id is that id; two names fold into one id only by words that stand in this package.
package speaker
