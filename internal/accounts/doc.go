// Package accounts keeps who may use the desk: accounts with a role, roles in single cases, and sessions.
//
// Its main type is [Book], one SQLite file apart from the catalogue: it is no projection of the log,
// holds nothing that the log holds, and is not rebuilt. Passwords are kept as argon2id hashes, sessions as
// hashes of their tokens, so that the file opens no door to whoever reads it.
//
// Invariants: the role in a case is never more than what was given there, except for administrators; an
// account that was closed or whose sessions were ended is out at its next request.
package accounts
