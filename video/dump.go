package video

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Info is what a file says about itself, as far as the decoder reports it. None of it is checked.
type Info struct {
	Kind      Kind
	Type      string // name by Sniff
	MediaType string
	Codec     string
	W, H      int           // display size in pixels: upright, square pixels
	Rotation  int           // degrees clockwise that were applied: 0, 90, 180, 270
	Rate      float64       // frames per second as declared; 0 unknown
	Duration  time.Duration // of the container; 0 unknown
	HasAudio  bool
	Tags      map[string]string // title, comment, encoder, location, ... as found; capped
	Tool      string            // "ffmpeg 5.1.9-0+deb12u1" or "beleg photo 1"
}

const (
	maxTags   = 200
	maxTagLen = 4096
	tailLines = 20
)

// dump reads what ffmpeg writes to its standard error at level info: what it found in the input,
// and errors.
type dump struct {
	container bool
	duration  time.Duration
	pictures  []stream // those that are no cover picture, in the order in which ffmpeg counts them
	use       int      // which of them was decoded
	cover     bool
	audio     bool
	tags      map[string]string
	errors    int
	truncated bool
	memory    bool
	denied    bool
	noIndex   bool
	tail      []string      // last error lines
	section   string        // "format", "video", "other", "output"
	head      chan struct{} // if not nil, closed when all of the input was described
	lastTag   string
}

// A stream is a stream of pictures.
type stream struct {
	codec      string
	w, h       int
	sarN, sarD int
	rate       float64
	rotation   float64
	narrow     bool // brightness from 16 to 235
	chosen     bool // the file says that it is to be shown
	tags       map[string]string
}

// stills are codecs of single pictures: a stream of them beside a film is its cover or a slide.
var stills = map[string]bool{"mjpeg": true, "png": true, "bmp": true, "gif": true, "webp": true, "tiff": true, "ppm": true}

// best returns which stream of pictures is the film: one of moving pictures before one of stills, the one that the file says is to
// be shown before others, then the larger, then the first.
func (d *dump) best() int {
	best := 0
	rank := func(s stream) int64 {
		n := int64(s.w) * int64(s.h)
		if s.chosen {
			n += 1 << 50
		}
		if !stills[s.codec] {
			n += 1 << 51
		}
		return n
	}
	for i, s := range d.pictures {
		if rank(s) > rank(d.pictures[best]) {
			best = i
		}
	}
	return best
}

// used is the stream that was decoded.
func (d *dump) used() stream {
	if d.use < len(d.pictures) {
		return d.pictures[d.use]
	}
	return stream{}
}

// others names the streams of pictures that were not decoded; "" without any.
func (d *dump) others() string {
	var list []string
	for i, s := range d.pictures {
		if i != d.use {
			list = append(list, fmt.Sprintf("%s %dx%d", s.codec, s.w, s.h))
		}
	}
	switch len(list) {
	case 0:
		return ""
	case 1:
		return "1 more picture stream is in it and was not looked at: " + list[0]
	}
	return fmt.Sprintf("%d more picture streams are in it and were not looked at: %s", len(list), strings.Join(list[:min(len(list), 8)], ", "))
}

func (d *dump) read(r io.Reader) {
	defer d.headRead()
	s := bufio.NewReaderSize(r, 1<<14)
	for {
		line, err := s.ReadSlice('\n')
		if len(line) > 0 {
			d.line(strings.ToValidUTF8(strings.TrimRight(string(line), "\r\n"), "\ufffd"))
		}
		if err != nil && err != bufio.ErrBufferFull {
			io.Copy(io.Discard, r)
			return
		}
	}
}

// headRead tells those who wait that the input was described.
func (d *dump) headRead() {
	if d.head != nil {
		close(d.head)
		d.head = nil
	}
}

var (
	levelMark  = regexp.MustCompile(`^(?:\[[^\]]* @ [0-9a-fx]+\] )*\[(info|warning|error|fatal|panic|verbose|debug)\] ?`)
	streamLine = regexp.MustCompile(`^  Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: (Video|Audio|Subtitle|Data|Attachment): (.*)$`)
	sizePart   = regexp.MustCompile(`, (\d{1,6})x(\d{1,6})(?: \[SAR (\d+):(\d+) DAR \d+:\d+\])?`)
	levelsPart = regexp.MustCompile(`, ([a-z]+[0-9]?)[a-z0-9]*(?:\((tv|pc)?[^)]*\))?, \d+x\d+`)
	ratePart   = regexp.MustCompile(`, ([\d.]+)(k?) fps`)
	clock      = regexp.MustCompile(`^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)`)
	tagLine    = regexp.MustCompile(`^ {4,8}([^\s:][^:]{0,60}?)\s*: (.*)$`)
	moreOfTag  = regexp.MustCompile(`^ {4,8}\s+: (.*)$`)
	rotateLine = regexp.MustCompile(`displaymatrix: rotation of (-?[\d.]+) degrees`)
	tooShort   = regexp.MustCompile(`(?i)partial file|ended prematurely|truncat|end of file|moov atom not found|input/output error`)
	noMemory   = regexp.MustCompile(`(?i)cannot allocate memory|picture size .* is invalid|exceeds specified max pixel`)
)

func (d *dump) line(s string) {
	m := levelMark.FindStringSubmatchIndex(s)
	if m == nil {
		d.info(s)
		return
	}
	level, text := s[m[2]:m[3]], s[m[1]:]
	switch level {
	case "info":
		d.info(text)
	case "error", "fatal", "panic":
		d.errors++
		d.note(text)
	case "warning":
		d.truncated = d.truncated || tooShort.MatchString(text)
	}
}

// note keeps an error line for the record.
func (d *dump) note(text string) {
	d.truncated = d.truncated || tooShort.MatchString(text)
	d.memory = d.memory || noMemory.MatchString(text)
	d.noIndex = d.noIndex || strings.Contains(text, "moov atom not found")
	d.denied = d.denied || strings.HasSuffix(text, "Permission denied")
	if len(d.tail) == tailLines {
		d.tail = append(d.tail[:0], d.tail[1:]...)
	}
	d.tail = append(d.tail, text[:min(len(text), 300)])
}

func (d *dump) info(s string) {
	switch {
	case strings.HasPrefix(s, "Input #0, "):
		d.container, d.section = true, "format"
	case strings.HasPrefix(s, "Output #"), strings.HasPrefix(s, "Stream mapping:"):
		d.section = "output"
		d.headRead()
	case d.section == "output" || d.section == "":
	case clock.MatchString(s):
		m := clock.FindStringSubmatch(s)
		d.duration = clockTime(m[1:])
	case streamLine.MatchString(s):
		m := streamLine.FindStringSubmatch(s)
		d.stream(m[1], m[2])
	case strings.HasPrefix(s, "  Chapter"), strings.HasPrefix(s, "    Chapter"), strings.HasPrefix(s, "  Program"):
		d.section = "other"
	case rotateLine.MatchString(s) && d.section == "video":
		d.pictures[len(d.pictures)-1].rotation, _ = strconv.ParseFloat(rotateLine.FindStringSubmatch(s)[1], 64)
	default:
		d.tag(s)
	}
}

func clockTime(m []string) time.Duration {
	h, _ := strconv.Atoi(m[0])
	mi, _ := strconv.Atoi(m[1])
	s, _ := strconv.Atoi(m[2])
	c, _ := strconv.Atoi(m[3])
	if h > 1e5 {
		return 0
	}
	return time.Duration(h)*time.Hour + time.Duration(mi)*time.Minute + time.Duration(s)*time.Second + time.Duration(c)*10*time.Millisecond
}

// stream reads "h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 480x270 [SAR 1:1 DAR 16:9], 199 kb/s, 15 fps, ...".
func (d *dump) stream(kind, desc string) {
	d.section, d.lastTag = "other", ""
	switch {
	case kind == "Audio":
		d.audio = true
	case kind == "Video" && strings.Contains(desc, "(attached pic)"):
		d.cover = true
	case kind == "Video" && len(d.pictures) < maxStreams:
		d.section = "video"
		var v stream
		v.codec, _, _ = strings.Cut(desc, " ")
		v.codec = strings.TrimSuffix(v.codec, ",")
		if m := sizePart.FindStringSubmatch(desc); m != nil {
			v.w, _ = strconv.Atoi(m[1])
			v.h, _ = strconv.Atoi(m[2])
			v.sarN, _ = strconv.Atoi(m[3])
			v.sarD, _ = strconv.Atoi(m[4])
		}
		v.narrow = narrow(desc)
		v.chosen = strings.Contains(desc, "(default)")
		if m := ratePart.FindStringSubmatch(desc); m != nil {
			v.rate, _ = strconv.ParseFloat(m[1], 64)
			if m[2] == "k" {
				v.rate *= 1000
			}
		}
		v.tags = map[string]string{}
		d.pictures = append(d.pictures, v)
	}
}

// maxStreams bounds the streams of pictures that are told apart.
const maxStreams = 64

// narrow reports whether the described stream has brightness from 16 to 235: it says so, or has a format of
// brightness and colour and does not say otherwise.
func narrow(desc string) bool {
	m := levelsPart.FindStringSubmatch(desc)
	if m == nil {
		return false
	}
	format, levels := m[1], m[2]
	colour := strings.HasPrefix(format, "yuv") || strings.HasPrefix(format, "nv") || strings.HasPrefix(format, "p0") || strings.HasPrefix(format, "uyvy") || strings.HasPrefix(format, "yuyv")
	return levels == "tv" || levels == "" && colour && !strings.HasPrefix(format, "yuvj")
}

// tag keeps the tags of the file and of its picture stream.
func (d *dump) tag(s string) {
	if d.section == "other" {
		return
	}
	if d.tags == nil {
		d.tags = map[string]string{}
	}
	tags := d.tags
	if d.section == "video" {
		tags = d.pictures[len(d.pictures)-1].tags
	}
	if m := moreOfTag.FindStringSubmatch(s); m != nil && d.lastTag != "" {
		if v := tags[d.lastTag]; len(v)+len(m[1]) < maxTagLen {
			tags[d.lastTag] = v + "\n" + m[1]
		}
		return
	}
	m := tagLine.FindStringSubmatch(s)
	if m == nil {
		return
	}
	key := strings.ToLower(m[1])
	if d.section == "video" {
		key = "video." + key
	}
	if _, ok := tags[key]; ok || len(tags) >= maxTags {
		d.lastTag = ""
		return
	}
	tags[key], d.lastTag = m[2][:min(len(m[2]), maxTagLen)], key
}

// fill puts what was read into an Info.
func (d *dump) fill(i *Info) {
	v := d.used()
	i.Codec, i.Rate, i.Duration, i.HasAudio, i.Tags = v.codec, v.rate, d.duration, d.audio, d.tags
	for key, value := range v.tags {
		if i.Tags == nil {
			i.Tags = map[string]string{}
		}
		i.Tags[key] = value
	}
	i.W, i.H = v.w, v.h
	if v.sarN > 0 && v.sarD > 0 {
		i.W = int((int64(v.w)*int64(v.sarN) + int64(v.sarD)/2) / int64(v.sarD))
	}
	// ffmpeg says anticlockwise, in -180..180.
	i.Rotation = ((int(-v.rotation+360.5) / 90) * 90) % 360
	if i.Rotation%180 == 90 {
		i.W, i.H = i.H, i.W
	}
}

// judge turns what arrived into an Outcome.
func (d *decoding) judge(e exit, log *dump) Outcome {
	o := Outcome{Frames: d.frames, Last: d.last, Errors: log.errors, CPU: e.CPU}
	o.Info = Info{Kind: d.typ.Kind, Type: d.typ.Name, MediaType: d.typ.MediaType, Tool: "ffmpeg " + d.tools.version}
	log.fill(&o.Info)
	shape := d.shape()
	if shape.mirrored && o.Info.Rotation == 180 { // ffmpeg reads the angle of a matrix that mirrors as a half turn
		o.Info.Rotation = 0
	}
	if d.typ.joined() && log.duration-d.last > joinGap {
		log.duration = d.last + frameTime(log.used().rate) // time stamps that begin anew are no length
		o.Info.Duration = log.duration
	}
	if (d.typ.Name == "gif" || d.typ.Name == "apng") && d.frames == 1 && d.request.From == 0 {
		o.Info.Kind = Photo
	}
	why := d.why(e, log)
	if why == "" && d.request.To == 0 {
		why = shape.cut
	}
	switch {
	case o.Frames == 0 && log.container && len(log.pictures) == 0 && (log.audio || log.cover):
		o.State, o.Detail = NoPicture, "no video stream: sound only"
		if log.cover {
			o.Detail = "no video stream: sound with a cover picture"
		}
	case o.Frames == 0 && d.request.From > 0 && len(log.pictures) > 0 && why == "":
		o.State, o.Detail = Complete, "the stretch lies after the end"
	case o.Frames == 0:
		o.State, o.Detail = Unreadable, orElse(why, "no frame came")
	case why != "":
		o.State, o.Detail = PartialUntil, why
	default:
		o.State = Complete
		if log.errors > 0 {
			o.Detail = fmt.Sprintf("%d errors while decoding, the last: %s", log.errors, log.tail[len(log.tail)-1])
		}
	}
	if others := log.others(); others != "" && d.typ.Kind != Photo {
		o.Detail = strings.TrimPrefix(o.Detail+"; "+others, "; ")
	}
	return o
}

// joined reports containers whose length is guessed from the first and the last time stamp, which begin anew where
// recordings were joined.
func (t Type) joined() bool { return t.demuxer == "mpegts" || t.demuxer == "mpeg" }

// joinGap is from where on ffmpeg takes a jump of time stamps for a new beginning (dts_delta_threshold), and closes it.
const joinGap = 10 * time.Second

func frameTime(rate float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / rate)
}

// why says in words what ended the decoding early; empty when it was the end of the file.
func (d *decoding) why(e exit, log *dump) string {
	last := ""
	if len(log.tail) > 0 {
		last = ": " + log.tail[len(log.tail)-1]
	}
	missing := d.missing(log)
	switch {
	case d.stop != "" && d.stop != errEnough.Error():
		return "ended by us: " + d.stop
	case e.Signal != "":
		return "the decoder was ended by " + e.Signal + last
	case log.memory:
		return "the decoder refused a size" + last
	case log.noIndex:
		return "its index (moov) is missing: the recording was cut off before it was finished; it can often be repaired with a whole recording of the same camera" + last
	case e.Code != 0:
		return fmt.Sprintf("the decoder gave up with status %d%s", e.Code, last)
	case log.truncated && d.request.To == 0:
		return "the file breaks off" + last
	case missing > 0 && (log.errors > 0 || log.truncated || !log.audio):
		return fmt.Sprintf("%v of %v declared are missing%s", missing.Round(10*time.Millisecond), log.duration, last)
	}
	return ""
}

// missing is how much time lacks at the end, beyond what is normal between the last frame and the
// declared end: a second, or two frames.
func (d *decoding) missing(log *dump) time.Duration {
	end := log.duration
	if d.request.To > 0 {
		end = min(end, d.request.To)
	}
	slack := time.Second
	if r := d.views[0].Rate; r.Num > 0 {
		slack += r.at(2)
	} else if rate := log.used().rate; rate > 0 {
		slack += time.Duration(2 / rate * float64(time.Second))
	}
	if gap := end - d.last; gap > slack {
		return gap
	}
	return 0
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
