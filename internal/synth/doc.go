// Package synth makes pictures, clips, broadcasts and articles that never happened: the media of the
// worked case and of the tests. Nothing in it was photographed by anybody, so it can ship with the
// program; its scenes have texture, depth and motion, so that what finds real footage finds them too.
//
// A [World] is a place with things moving in it, drawn for any moment; a [Program] is a sequence of
// shots under a broadcaster's graphics; [Encode] turns either into a file with the system's ffmpeg.
// The same seed draws the same scene; the encoded bytes depend on the encoder.
package synth
