// Package luma holds 8-bit luminance pictures and the few exact operations on them that every
// engine needs: crop, mirror, transpose, area resize. All arithmetic is on integers, so the same
// pixels in give the same pixels out on every machine.
//
// Its main type is [Plane]. A plane may share its pixels with a larger one (Crop does not copy);
// nothing here keeps a reference to a plane after it returns.
package luma
