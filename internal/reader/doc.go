// Package reader asks a language model, over an OpenAI-compatible chat endpoint, which claims a text
// makes. It is optional and off unless somebody names an endpoint.
//
// A model is a witness that is not believed. From its answer only quotes are taken, and a claim is kept
// only if its content, source, channel and cue stand in the text verbatim, at whole words, at a place
// that can be told: see [Proposal]. Kind and commitment must be of our vocabulary. Figures, times and places never
// come from the model: the caller's own rules compute them from the spans, in the function
// given to [Read]. What is not kept is listed with its reason in [Result.Dropped].
//
// The text is sent as data. A text that tells a model what to do can at most bring about
// other spans of itself, each of which a person sees as a suggestion.
//
// [Client.Notice] says what leaves the machine before it does: the text, nothing else. Redirects are not
// followed and proxies from the environment are not used, so it goes to the named host only.
package reader
