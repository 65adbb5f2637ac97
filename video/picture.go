package video

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"beleg/internal/simd"
	"beleg/luma"

	"golang.org/x/image/bmp"
	scale "golang.org/x/image/draw"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// codecs are the decoders of stills, by type.
var codecs = map[string]struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	"jpeg": {jpeg.DecodeConfig, jpeg.Decode},
	"png":  {png.DecodeConfig, png.Decode},
	"webp": {webp.DecodeConfig, webp.Decode},
	"tiff": {tiff.DecodeConfig, tiff.Decode},
	"bmp":  {bmp.DecodeConfig, bmp.Decode},
}

// decode writes the pictures of the still b to w and says what became of it.
func (j *photoJob) decode(b []byte, w io.Writer) (o Outcome) {
	o.State = Unreadable
	defer func() { // the decoders are not ours, and the worker is to outlive a broken still
		if r := recover(); r != nil {
			o.State, o.Detail = Unreadable, fmt.Sprintf("the decoder broke down: %v", r)
		}
	}()
	orientation := o.Info.readPhotoTags(j.Type, b)
	if frames, ok := animation(b); ok && j.Type == "webp" {
		return j.animated(frames, b, w, o)
	}
	c, ok := codecs[j.Type]
	if !ok {
		o.Detail = "no decoder for " + j.Type
		return o
	}
	config, err := c.config(bytes.NewReader(b))
	if err == nil {
		err = j.fits(config.Width, config.Height)
	}
	if n := int64(config.Width) * int64(config.Height) * pixelBytes(config.ColorModel); err == nil && j.Type != "jpeg" && n > photoBytes {
		err = fmt.Errorf("picture of %d x %d pixels: decoded it takes %d bytes, over the limit of %d", config.Width, config.Height, n, int64(photoBytes))
	}
	if err != nil {
		o.Detail = err.Error()
		return o
	}
	img, err := c.decode(bytes.NewReader(b))
	torn := err
	if err != nil && j.Type == "png" {
		if whole, ok := mendPNG(b, pngRows(b)); ok {
			img, err = c.decode(bytes.NewReader(whole))
		}
	}
	if img == nil || err != nil {
		o.Detail = fmt.Sprintf("%v", err)
		return o
	}
	o.Info.describe(j.Type, img.Bounds().Dx(), img.Bounds().Dy(), orientation)
	if j.Full > 0 {
		err = j.writeFull(w, img, orientation)
	} else {
		err = j.writeViews(w, grey(img, j.Type), orientation, 0)
	}
	if err != nil {
		o.Detail = err.Error()
		return o
	}
	o.State, o.Frames = Complete, 1
	if torn != nil {
		o.State, o.Detail = PartialUntil, fmt.Sprintf("damaged or cut off: what can be decoded was looked at (%v)", torn)
	}
	if n := filmBehind(b); n > 0 {
		o.Detail = fmt.Sprintf("a film of %d bytes stands behind the picture (motion photo) and was not looked at", n)
	} else if n := picturesBehind(b); n > 0 && j.Type == "jpeg" {
		o.Detail = fmt.Sprintf("%d more pictures stand behind the first (a film of JPEG pictures?) and were not looked at", n)
	}
	if j.From > 0 {
		o.Frames, o.Detail = 0, "the stretch lies after the end"
	}
	return o
}

// pixelBytes is how many bytes a pixel of the model takes when decoded.
func pixelBytes(m color.Model) int64 {
	switch m {
	case color.GrayModel, color.AlphaModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// filmBehind returns the length of an MP4 that phones write behind a picture, in bytes; 0 without one: a box "ftyp" of a
// believable size, with the boxes of a film after it.
func filmBehind(b []byte) int {
	for from := 4; from < len(b); {
		i := bytes.Index(b[from:], []byte("ftyp"))
		if i < 0 {
			return 0
		}
		at := from + i
		if size := binary.BigEndian.Uint32(b[at-4:]); size >= 16 && size <= 512 && (bytes.Contains(b[at:], []byte("moov")) || bytes.Contains(b[at:], []byte("moof"))) {
			return len(b) - at + 4
		}
		from = at + 4
	}
	return 0
}

// picturesBehind counts the JPEG pictures right behind the first. Those of a multi-picture file (CIPA DC-007: previews, maps of
// brightness) belong to it and are no others.
func picturesBehind(b []byte) int {
	if bytes.Contains(b[:min(len(b), 256<<10)], []byte("MPF\x00")) {
		return 0
	}
	return bytes.Count(b, []byte("\xff\xd9\xff\xd8\xff"))
}

func (j *photoJob) fits(w, h int) error {
	if w <= 0 || h <= 0 || int64(w) > j.Pixels || int64(w)*int64(h) > j.Pixels {
		return fmt.Errorf("picture of %d x %d pixels: over the limit of %d", w, h, j.Pixels)
	}
	return nil
}

func (i *Info) describe(codec string, w, h, orientation int) {
	i.Codec, i.W, i.H = codec, w, h
	i.Rotation = []int{0, 0, 180, 180, 90, 90, 270, 270}[orientation-1]
	if orientation >= 5 {
		i.W, i.H = h, w
	}
}

// writeViews writes the picture in the form of each view.
func (j *photoJob) writeViews(w io.Writer, p luma.Plane, orientation int, at time.Duration) error {
	if at < j.From || j.To > 0 && at >= j.To {
		return nil
	}
	for i, v := range j.Views {
		if err := writePGM(w, v.Box.apply(p, orientation), at, i); err != nil {
			return err
		}
	}
	return nil
}

func writePGM(w io.Writer, p luma.Plane, at time.Duration, view int) error {
	b := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(b, "%d %d\nP5\n%d %d\n255\n", at, view, p.W, p.H)
	for y := range p.H {
		b.Write(p.Row(y))
	}
	return b.Flush()
}

// apply resizes first and turns after: fewer pixels move.
func (b Box) apply(p luma.Plane, orientation int) luma.Plane {
	w, h := p.W, p.H
	if orientation >= 5 {
		w, h = h, w
	}
	w, h = b.size(w, h)
	if orientation >= 5 {
		w, h = h, w
	}
	return upright(p.Resize(w, h), orientation)
}

// size returns what a picture of w by h pixels becomes in the box.
func (b Box) size(w, h int) (int, int) {
	switch {
	case b.W == 0:
		return w, h
	case b.Fit == Stretch:
		return b.W, b.H
	case w <= b.W && h <= b.H:
		return w, h
	case int64(b.W)*int64(h) < int64(b.H)*int64(w): // the width decides
		return b.W, max(1, (2*h*b.W+w)/(2*w))
	}
	return max(1, (2*w*b.H+h)/(2*h)), b.H
}

// upright undoes an orientation as EXIF counts them, 1 to 8 (Exif 2.32, 4.6.4, tag 0x0112).
func upright(p luma.Plane, orientation int) luma.Plane {
	switch orientation {
	case 2:
		return p.Mirror()
	case 3:
		return flip(p.Mirror())
	case 4:
		return flip(p)
	case 5:
		return p.Transpose()
	case 6:
		return p.Transpose().Mirror()
	case 7:
		return flip(p.Transpose().Mirror())
	case 8:
		return flip(p.Transpose())
	}
	return p
}

// flip exchanges top and bottom.
func flip(p luma.Plane) luma.Plane {
	q := luma.New(p.W, p.H)
	for y := range p.H {
		copy(q.Row(p.H-1-y), p.Row(y))
	}
	return q
}

// grey returns the picture's luminance, full range, over white where it is transparent.
func grey(img image.Image, kind string) luma.Plane {
	switch m := img.(type) {
	case *image.YCbCr:
		p := luma.Plane{Pix: m.Y, W: m.Rect.Dx(), H: m.Rect.Dy(), Stride: m.YStride}
		if kind == "webp" {
			return expand(p)
		}
		return p
	case *image.NYCbCrA:
		p := luma.Plane{Pix: m.Y, W: m.Rect.Dx(), H: m.Rect.Dy(), Stride: m.YStride}
		if kind == "webp" {
			p = expand(p)
		}
		return overWhite(p, m.A, m.AStride)
	case *image.Gray:
		return luma.Plane{Pix: m.Pix, W: m.Rect.Dx(), H: m.Rect.Dy(), Stride: m.Stride}
	case *image.NRGBA:
		return greyOf(img, func(x, y int) byte {
			c := m.Pix[y*m.Stride+4*x:]
			return blend(weigh(c[0], c[1], c[2]), c[3])
		})
	case *image.RGBA:
		return greyOf(img, func(x, y int) byte {
			c := m.Pix[y*m.Stride+4*x:] // already multiplied by alpha
			return byte(min(255, int(weigh(c[0], c[1], c[2]))+255-int(c[3])))
		})
	case *image.Paletted:
		var table [256]byte
		for i, c := range m.Palette {
			table[i] = greyColor(c)
		}
		return greyOf(img, func(x, y int) byte { return table[m.Pix[y*m.Stride+x]] })
	}
	b := img.Bounds()
	return greyOf(img, func(x, y int) byte { return greyColor(img.At(b.Min.X+x, b.Min.Y+y)) })
}

func greyOf(img image.Image, at func(x, y int) byte) luma.Plane {
	p := luma.New(img.Bounds().Dx(), img.Bounds().Dy())
	for y := range p.H {
		row := p.Row(y)
		for x := range row {
			row[x] = at(x, y)
		}
	}
	return p
}

func greyColor(c color.Color) byte {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return blend(weigh(n.R, n.G, n.B), n.A)
}

// weigh is luminance by ITU-R BT.601, 2.5.1, in 1/65536, as in JFIF.
func weigh(r, g, b byte) byte {
	return byte((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

// blend puts a grey of opacity a over white.
func blend(v, a byte) byte {
	return byte((uint32(v)*uint32(a) + 255*(255-uint32(a)) + 127) / 255)
}

func overWhite(p luma.Plane, alpha []byte, stride int) luma.Plane {
	q := luma.New(p.W, p.H)
	for y := range p.H {
		src, dst, a := p.Row(y), q.Row(y), alpha[y*stride:]
		for x, v := range src {
			dst[x] = blend(v, a[x])
		}
	}
	return q
}

// expand brings 16-235 to 0-255, in place: lossy WebP codes that range (RFC 6386, 9.2), and the decoder leaves it,
// and so does most video (ITU-R BT.601).
func expand(p luma.Plane) luma.Plane {
	for y := range p.H {
		simd.Expand(p.Row(y))
	}
	return p
}

// writeFull writes the still upright, in colour, as JPEG, in the box of the first view.
func (j *photoJob) writeFull(w io.Writer, img image.Image, orientation int) error {
	b := img.Bounds()
	width, height := b.Dx(), b.Dy()
	if orientation >= 5 {
		width, height = height, width
	}
	x, y := j.Views[0].Box.size(width, height)
	if orientation >= 5 {
		x, y = y, x
	}
	if x != b.Dx() || y != b.Dy() {
		small := image.NewRGBA(image.Rect(0, 0, x, y))
		scaler := scale.Interpolator(scale.CatmullRom)
		if b.Dx() > 4*x { // each pixel of the small one is a mean of many: the fine kernel takes a minute for 108 megapixels
			scaler = scale.ApproxBiLinear
		}
		scaler.Scale(small, small.Rect, img, b, draw.Src, nil)
		img = small
	}
	if orientation > 1 { // after the scaling: fewer pixels move
		img = uprightColor(img, orientation)
	}
	return jpeg.Encode(w, img, &jpeg.Options{Quality: j.Full})
}

func uprightColor(img image.Image, orientation int) image.Image {
	b := img.Bounds()
	src := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(src, src.Rect, img, b.Min, draw.Src)
	// Each channel is a plane; the transform is the tested one.
	out := (*image.NRGBA)(nil)
	for c := range 4 {
		p := luma.New(b.Dx(), b.Dy())
		for i := range p.Pix {
			p.Pix[i] = src.Pix[4*i+c]
		}
		p = upright(p, orientation)
		if out == nil {
			out = image.NewNRGBA(image.Rect(0, 0, p.W, p.H))
		}
		for y := range p.H {
			for x, v := range p.Row(y) {
				out.Pix[y*out.Stride+4*x+c] = v
			}
		}
	}
	return out
}
