package eval

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"beleg/document"
	"beleg/video"
)

// ContainerCodecs are the codecs in which each container is written: "own" is what ffmpeg takes for it when nothing is said.
var ContainerCodecs = []string{"own", "libx264", "mpeg2video", "mpeg4"}

// A Container is what became of the files of one muxer, by codec.
type Container struct {
	Muxer string
	Told  []string // by ContainerCodecs: "decoded", "partial", "refused", or "" where this ffmpeg does not write it
	Why   string   // the sentence of the first that was not decoded
}

// notContainers are muxers that write no file of pictures that could be taken in: checksums, devices, playlists beside segments, and
// what goes out over a network.
var notContainers = []string{"alsa", "caca", "chromaprint", "crc", "dash", "fbdev", "fifo", "framecrc", "framehash", "framemd5", "hash", "hls", "md5", "null", "opengl", "oss", "pulse", "rtp",
	"rtp_mpegts", "rtsp", "sap", "sdl", "sdl2", "segment", "streamhash", "stream_segment", "ssegment", "tee", "uncodedframecrc", "v4l2", "video4linux2", "xv", "data", "smoothstreaming", "image2", "image2pipe", "ffmetadata", "ssegment", "webm_chunk", "webm_dash_manifest", "hds", "mpjpeg", "singlejpeg", "rawvideo"}

// Containers writes a film of one second with each muxer of this ffmpeg that takes pictures, and lets Beleg look at it.
func Containers(ctx context.Context, tools *video.Tools) ([]Container, error) {
	dir, err := os.MkdirTemp("", "beleg-containers-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	muxers, err := muxersOf(ctx, tools.FFmpeg())
	if err != nil {
		return nil, err
	}
	var list []Container
	for _, m := range muxers {
		c := Container{Muxer: m, Told: make([]string, len(ContainerCodecs))}
		written := false
		for i, codec := range ContainerCodecs {
			path := filepath.Join(dir, "film")
			if err := write(ctx, tools.FFmpeg(), m, codec, path); err != nil {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				continue
			}
			written = true
			told, why := look(ctx, tools, path)
			c.Told[i] = told
			if told != "decoded" && c.Why == "" {
				c.Why = strings.ReplaceAll(why, path, "the file")
			}
		}
		if written {
			list = append(list, c)
		}
	}
	return list, nil
}

func muxersOf(ctx context.Context, ffmpeg string) ([]string, error) {
	out, err := exec.CommandContext(ctx, ffmpeg, "-hide_banner", "-muxers").Output()
	if err != nil {
		return nil, fmt.Errorf("list muxers: %w", err)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "E" {
			continue
		}
		name, _, _ := strings.Cut(f[1], ",")
		if !slices.Contains(notContainers, name) && name != "=" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

func write(ctx context.Context, ffmpeg, muxer, codec, path string) error {
	os.Remove(path)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	size := "176x144" // which the oldest codecs take
	if slices.Contains([]string{"dv", "gxf", "mxf_d10", "mxf_opatom"}, muxer) {
		size = "720x576"
	}
	args := []string{"-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=s=" + size + ":r=25:d=1"}
	if codec != "own" {
		args = append(args, "-c:v", codec)
	}
	if muxer == "dv" || muxer == "gxf" {
		args = append(args, "-pix_fmt", "yuv420p")
	}
	if err := exec.CommandContext(ctx, ffmpeg, append(args, "-f", muxer, path)...).Run(); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return fmt.Errorf("nothing written")
	}
	return nil
}

// look does with the file what taking in does: footage is decoded, all else is offered to the document room.
func look(ctx context.Context, tools *video.Tools, path string) (told, why string) {
	o, err := tools.Frames(ctx, video.Request{Path: path, View: video.View{Box: video.Box{W: 64, H: 64}}}, func(video.Frame) error { return nil })
	switch {
	case err == nil && o.State == video.Complete:
		return "decoded", ""
	case err == nil && o.State == video.PartialUntil:
		return "partial", o.Detail
	case err == nil:
		return "refused", o.Detail
	}
	b, readErr := os.ReadFile(path)
	if readErr != nil {
		return "refused", readErr.Error()
	}
	if d, docErr := document.Extract(ctx, b, document.Hint{}); docErr != nil {
		return "refused", docErr.Error()
	} else if len(d.Warnings) > 0 {
		return "refused", "read as a " + string(d.Kind) + ": " + d.Warnings[0].Message
	}
	return "refused", err.Error()
}

// WriteContainers prints the table of docs/evaluation/containers.md.
func WriteContainers(w io.Writer, list []Container) {
	fmt.Fprintf(w, "| container | %s | why not |\n|%s\n", strings.Join(ContainerCodecs, " | "), strings.Repeat(" --- |", len(ContainerCodecs)+2))
	files, counts, silent := 0, map[string]int{}, 0
	for _, c := range list {
		cells := make([]string, len(c.Told))
		for i, told := range c.Told {
			cells[i] = told
			if told == "" {
				cells[i] = "·"
				continue
			}
			files++
			counts[told]++
			if told != "decoded" && c.Why == "" {
				silent++
			}
		}
		why := strings.ReplaceAll(strings.Join(strings.Fields(c.Why), " "), "|", "/")
		fmt.Fprintf(w, "| %s | %s | %s |\n", c.Muxer, strings.Join(cells, " | "), cutAt(why, 140))
	}
	fmt.Fprintf(w, "\n%d containers, %d files: %d decoded, %d partial, %d refused with a sentence, %d without one.\n", len(list), files, counts["decoded"], counts["partial"], counts["refused"]-silent, silent)
}

func cutAt(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + " …"
}
