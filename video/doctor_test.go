package video

import (
	"context"
	"testing"
)

func TestDoctorSaysWhatHolds(t *testing.T) {
	r, err := tools(t, Options{}).Doctor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	if len(r.Layers) != 8 && len(r.Layers) != 0 || len(r.Decoders) != len(wantedDecoders)+2 { // and two formats of pictures, HEIC and AVIF
		t.Errorf("report %+v", r)
	}
}
