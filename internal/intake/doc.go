// Package intake takes things in: it runs one item through the stages, many items
// side by side, and says of a query which stretches were shown before.
//
// Its main type is [Intake], one run over what was given; [Intake.Item] is the life
// of one item, step by step. The concepts in order: [Walk] finds the regular files in
// what was given; a [Table] or a [Sidecar] says things about them; preserving puts
// the bytes into custody; acknowledging makes the intake record durable; only then
// are the bytes looked into. What that finds becomes a derivation record, and a file
// that cannot be decoded is a state of its item.
//
// Invariants: nothing is parsed before it is preserved; an item is announced only
// after its record is durable; whatever is left out is named with its reason.
package intake
