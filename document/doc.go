// Package document turns the bytes of a written thing - plain text, a web page, an archived page, a
// PDF, subtitles - into the text that claims point into.
//
// [Extract] does it; its result is a [Document]: the text in UTF-8, its paragraphs with their
// language, title, outlet and publication date with how we know it, for subtitles the time of
// each cue, for a PDF the pages, and the warnings that a person should see. All offsets are
// bytes into Document.Text and half-open.
//
// The same bytes and hint give the same Document on every machine: nothing asks the clock, the
// network or the disk, and limits count bytes and nodes, not seconds. The one exception is the ctx of
// Extract, which gives an error and no Document. [Document.Extractor] names what made the text;
// keep it with the derived file.
//
// The text is never normalised: decomposed letters, direction marks and zero-width characters
// stay where they are and are listed as warnings. The original is only read.
//
// All input is hostile. Binary data is refused ([ErrBinary]), sizes, nodes, nesting and inflation are
// capped, and PDF is parsed in a WebAssembly sandbox that has no files, no network and a memory limit.
package document
