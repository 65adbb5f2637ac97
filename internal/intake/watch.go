package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"beleg/custody"
	"beleg/index"
	"beleg/internal/store"
	"beleg/match"
	"beleg/video"
)

// footageEngine names what makes fingerprints, with the version of its method. Whatever changes a
// fingerprint changes this, so that an old one is never taken for a new one.
const footageEngine = "beleg footage 1"

// watchEngine names in records what looked at an item: the fingerprints, and the rules of what is decoded and of what it says
// of itself, which change more often.
const watchEngine = footageEngine + ", look 2"

var (
	// keyframeRate is how many frames a second of an archive item are described: as many as [match.Analyzer] files.
	keyframeRate = video.Rate{Num: 1, Den: 1}
	// traceRate is how finely is known until when an item could be decoded, and what moves in it.
	traceRate = video.Rate{Num: index.TraceMoments, Den: 1}
)

// footageParameters go into the record of each analysis.
var footageParameters = json.RawMessage(fmt.Sprintf(`{"rate":"%d/%d","side":%d,"trace":"%dx%d at %d/%d"}`,
	keyframeRate.Num, keyframeRate.Den, match.AnalysisSide, index.TraceWide, index.TraceHigh, traceRate.Num, traceRate.Den))

// watch decodes an original in the confined child and fingerprints what arrives.
func (e *Engine) watch(ctx context.Context, d custody.Digest, it store.Item, typ video.Type) (finding, error) {
	analyzer := match.NewAnalyzer(typ.Kind == video.Photo)
	described := video.View{Box: video.Box{W: match.AnalysisSide, H: match.AnalysisSide}, Rate: keyframeRate}
	request, view := video.Request{Path: e.folder.Archive.Path(d), View: described}, 0
	if typ.Kind != video.Photo {
		request.View, request.Also, view = video.View{Box: video.Box{W: index.TraceWide, H: index.TraceHigh, Fit: video.Stretch}, Rate: traceRate}, &described, 1
	}
	out, err := e.tools.Frames(ctx, request, func(f video.Frame) error {
		if f.View == view {
			analyzer.Add(match.Frame{Plane: f.Plane, At: f.At})
		} else {
			analyzer.TraceFrame(match.Frame{Plane: f.Plane, At: f.At})
		}
		return nil
	})
	if err != nil {
		return finding{}, err
	}
	f := finding{original: d, name: it.Name, keyframes: analyzer.Keyframes()}
	for _, k := range f.keyframes {
		f.features += len(k.Features)
	}
	f.body = store.Derivation{
		Stage: store.StageFootage, Engine: watchEngine, Parameters: footageParameters,
		Kind: itemKind(out.Info.Kind), State: itemState(out.State), Detail: out.Detail, Media: media(out),
		Fingerprints: f.features, Appearances: tagAppearances(out.Info),
	}
	if w := misnamed(it.Name, classOf(it.Name, out.Info.Kind)); w != "" {
		f.body.Detail = strings.TrimPrefix(f.body.Detail+"; "+w, "; ")
	}
	return f, nil
}

func itemKind(k video.Kind) string {
	if k == video.Photo {
		return store.Photo
	}
	return store.Clip
}

func itemState(s video.State) string {
	switch s {
	case video.PartialUntil:
		return store.Partial
	case video.Unreadable:
		return store.Unreadable
	}
	return store.Complete // also when there is sound only: it was read to its end
}

func media(out video.Outcome) *store.Media {
	i := out.Info
	return &store.Media{
		Kind: string(i.Kind), Container: i.Type, Codec: i.Codec, Width: i.W, Height: i.H, Rotation: i.Rotation,
		Rate: rateText(i.Rate), Duration: int64(i.Duration), Frames: int64(out.Frames), Last: int64(out.Last),
		Audio: i.HasAudio, Tool: i.Tool, Position: positionOf(i.Tags),
	}
}

// rateText writes frames per second with the digits that tell 29.97 from 30.
func rateText(r float64) string {
	if r == 0 {
		return ""
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", r), "0"), ".")
}
