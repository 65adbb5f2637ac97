// Package video turns a hostile file into luminance pictures with times, without ever parsing the
// file in this process.
//
// Its main type is [Tools]: the ffmpeg found on this machine and the confined workers that run it.
// [Sniff] decides from the first bytes what a file is; nothing is left to ffmpeg's own guessing,
// and playlists and scripts are refused. [Tools.Frames] streams pictures over a pipe. What arrives
// decides the [Outcome] (complete, partial until t, unreadable), never an exit code. Photos are
// videos of one frame, decoded by a confined worker of our own.
//
// Invariants: a picture is full range (0 black, 255 white), upright (rotation flags applied) and has
// square pixels (unless stretched by request). Time is since the first frame of the whole file, also when only a stretch is
// asked for, and the frames of a stretch are those of the whole file. No size that a file declares
// is believed before memory is taken.
//
// The confinement is described in docs/decisions/confinement.md. A program using this package hands
// its hidden first argument "confine" to [ConfineMain] before anything else.
package video
