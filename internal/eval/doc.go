// Package eval measures Beleg: it scores predicted segments, claims and times against truth, counts
// what the kernels scan, makes the benchmark of harder cases, and prints the tables that stand in
// docs/evaluation.
package eval
