// Package custody keeps what was taken in: the exact bytes, and the provable record of all that happened to
// them.
//
// Its main type is [Archive], one data folder. In the order of an item's life:
//
//   - an original is written once, under its SHA-256, and never opened for writing again ([Archive.Put]);
//   - a record says what happened to it: taken in, derived from, decided on, deleted ([Archive.Record]);
//   - the log is a Merkle tree whose entries are salted commitments to records, kept by Tessera;
//   - a checkpoint is the log's size and root, signed with a key that lies outside the folder;
//   - a proof ties one record to one checkpoint and is checked without the archive ([VerifyProof]).
//
// Invariants:
//
//   - An acknowledged record is durable: the record's file first, then the log's entry, then the answer. After a kill at
//     any point it is there; what was written but not acknowledged is reported as such, never as a fault.
//   - Bytes are hashed as they arrive, before anything reads meaning into them.
//   - [Verify] recomputes everything from the bytes on disk and names each fault and the item it hits.
//
// The bytes on disk are described in docs/format/originals.md, docs/format/log.md and docs/format/proof.md.
package custody
