// Package desk is the browser side of Beleg: server-rendered pages over the catalogue, the case file
// and the originals, with small modules of our own and nothing loaded from elsewhere.
//
// Its main type is [Desk], an [http.Handler]. The concepts in order: the table [routes] says of each route which role
// it needs and where, and is what the OpenAPI description is made from; the guard stands before all of them (Host,
// origin, rate, size, headers); a request knows who asks and in which language; a handler returns an error, which is
// turned into a status and a text at one place.
//
// Invariants: no route answers without its role, save signing in and the assets; an original leaves only as an attachment in
// an opaque origin; every change goes through [casework.Book.Decide] or an intake, and so into the log.
package desk
