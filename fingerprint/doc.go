// Package fingerprint turns pictures into short codes that stay near each other when a picture is
// coded again, scaled, or slightly changed.
//
// The first kind is the global 256-bit picture code PDQ: [PDQ] gives a [Code] and its quality,
// [PDQSet] the codes of the picture's eight [Symmetry] forms, found from one transform. Codes are
// compared by [Code.Distance], in bits.
//
// Bars that a broadcaster puts around a picture move every bit of a global code, so [Borders] finds
// them on one frame, and [BorderRun] over the frames of a shot, which is surer; [Border.Content]
// is the picture without them. [Windows] finds pictures shown small within others.
//
// All of it is integer arithmetic or float32 arithmetic in a fixed order without fused
// multiply-adds: the same pixels give the same bits on every machine.
package fingerprint
