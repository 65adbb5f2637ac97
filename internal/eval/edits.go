package eval

import "fmt"

// A soloEdit is an edit of one clip alone: its filters, between the clip at harderFPS and the end of the piece, and
// how fast the clip is played.
type soloEdit struct {
	name    string
	pace    [2]float64 // mild, strong
	filters func(strong bool, seconds float64) string
}

// soloEdits are the last of HarderCases.
var soloEdits = []soloEdit{
	{"tilt", asItIs, func(strong bool, _ float64) string {
		return fmt.Sprintf("%s,rotate=%d*PI/180:c=black", fitFrame, either(strong, 4, 10))
	}},
	{"turn", asItIs, func(strong bool, _ float64) string {
		return either(strong, "hflip,vflip", "transpose=1") + "," + fitFrame
	}},
	{"slow", [2]float64{.7, .5}, func(bool, float64) string { return fitFrame }},
	{"fast", [2]float64{2, 4}, func(bool, float64) string { return fitFrame }},
	{"colour", asItIs, func(strong bool, _ float64) string {
		return fitFrame + either(strong, ",colorchannelmixer=rr=.1:rg=0:rb=0:gr=.3:gg=.6:gb=.1:br=0:bg=0:bb=.1,eq=contrast=1.4:gamma=.8", ",negate")
	}},
	{"portrait", asItIs, func(strong bool, _ float64) string {
		part := either(strong, 1.0, .6)
		return fmt.Sprintf("crop=ih*%.4f:ih*%.2f,split[u][p];[u]scale=%d:%d,boxblur=20[u];[p]scale=-2:%d[p];[u][p]overlay=(W-w)/2:0,setsar=1",
			part*9/16, part, harderW, harderH, harderH)
	}},
	{"zoom", asItIs, func(strong bool, seconds float64) string {
		return fmt.Sprintf("%s,zoompan=z='1+%.1f*on/%.0f':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=1:s=%dx%d:fps=%d",
			fitFrame, either(strong, .5, 1.2), seconds*harderFPS, harderW, harderH, harderFPS)
	}},
	{"keystone", asItIs, func(strong bool, _ float64) string {
		k := either(strong, .08, .2)
		return fmt.Sprintf("%s,perspective=x0=0:y0=0:x1=W:y1=%.2f*H:x2=0:y2=H:x3=W:y3=%.2f*H:sense=destination", fitFrame, k, 1-k)
	}},
	{"shake", asItIs, func(strong bool, _ float64) string {
		part, fast, tilt := either(strong, .9, .8), either(strong, 2.0, 3), either(strong, .01, .025)
		return fmt.Sprintf("rotate=%.3f*sin(%.1f*t),crop=iw*%.2f:ih*%.2f:'iw*%.3f*(1+sin(%.1f*t))':'ih*%.3f*(1+sin(%.1f*t))',%s",
			tilt, .8*fast, part, part, (1-part)/2, fast, (1-part)/2, .7*fast, fitFrame)
	}},
	{"mask", asItIs, func(strong bool, _ float64) string {
		part := either(strong, .5, .75)
		return fmt.Sprintf("%s,split[u][p];[p]crop=iw*%.2f:ih*%.2f,scale=16:10,scale=%.0f:%.0f:flags=neighbor[p];[u][p]overlay=(W-w)/2:(H-h)/2",
			fitFrame, part, part, part*harderW, part*harderH)
	}},
	{"fields", asItIs, func(strong bool, _ float64) string {
		return fmt.Sprintf("%s,fps=24,telecine,%sfps=%d", fitFrame, either(strong, "", fmt.Sprintf("scale=%d:%d,scale=%d:%d,", harderW, harderH/2, harderW, harderH)), harderFPS)
	}},
	{"coarse", asItIs, func(strong bool, _ float64) string {
		return fmt.Sprintf("scale=%d:-2,%s", either(strong, 160, 96), fitFrame)
	}},
	{"card", asItIs, func(strong bool, _ float64) string {
		return fitFrame + either(strong, ",drawbox=x=0:y=ih*.45:w=iw:h=ih*.5:color=white@.85:t=fill", ",drawbox=x=iw*.3:y=0:w=iw*.7:h=ih:color=navy@.95:t=fill")
	}},
}

func namesOf(edits []soloEdit) (out []string) {
	for _, e := range edits {
		out = append(out, e.name)
	}
	return out
}

var asItIs = [2]float64{1, 1}

func either[T any](strong bool, mild, hard T) T {
	if strong {
		return hard
	}
	return mild
}
