// Package match finds which stretches of a query were taken from items of the archive, whatever was
// done to them: cropped, mirrored, shrunk into a window, graded, sped up, overlaid.
//
// Three entry points, in the order of an item's life:
//
//   - [Analyzer] takes the frames of an archive item and returns the keyframes to be filed
//     ([index.Builder]), with traces: how bright tiles of the picture are over time.
//   - [Query] takes all frames of the item in question.
//   - [Find] compares a query with an archive and returns the matches.
//
// Find works in stages. Votes: local features of sampled query frames that share a visual word and
// nearly a signature with filed features, and agree on how one picture lies in the other, make
// candidates. Hints: how tiles of the query's picture become lighter and darker is set against the traces of the item under
// that transform; in most videos this tells the time, and clips of one camera from one another, before a picture of the
// archive is decoded. Pixels: the candidate stretches of the originals are decoded ([Pixels]) and laid over
// the query; how well they agree, block by block and frame by frame, settles the [Transform], the
// times on both sides and the doubt. What moves decides the archive's time: on a static camera any
// moment resembles any other, only motion tells the same footage from the same place at another time. Clips that
// explain one moment in one part of the picture are weighed against one another.
//
// Invariants: the same query, archive and options give the same matches, bit for bit, on every
// machine; no picture is kept after Find returns; memory stays within [Options].Memory plus what the
// index maps.
package match
