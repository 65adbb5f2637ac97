package video

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say which ffmpeg to use and how tightly to hold it. The zero value is right for most.
type Options struct {
	// FFmpeg is the path of the program; empty: the environment's BELEG_FFMPEG, else the search path.
	FFmpeg string
	// Self is how this program is started again for its confined workers; empty: its own executable with the argument "confine".
	Self []string
	// ReadOnly lists further folders with libraries that ffmpeg needs.
	ReadOnly []string
	// Require lists layers of confinement without which nothing is decoded.
	Require []Layer
	Limits  Limits
}

// Limits bound one file. Zero fields take the defaults in brackets.
type Limits struct {
	Wall   time.Duration // from start to end [6 h]
	Idle   time.Duration // without a frame arriving [2 min]
	CPU    time.Duration // processor time of the child [6 h]
	Memory int64         // address space of the child in bytes [2 GiB]
	Output int64         // largest file the child may write, in bytes [4 GiB]
	Pixels int64         // in one picture [67,108,864 = 8192 x 8192]
	Frames int           // yielded from one file [4,000,000: an hour at 1,000 a second]
}

func (l Limits) withDefaults() Limits {
	l.Wall = cmp.Or(l.Wall, 6*time.Hour)
	l.Idle = cmp.Or(l.Idle, 2*time.Minute)
	l.CPU = cmp.Or(l.CPU, 6*time.Hour)
	l.Memory = cmp.Or(l.Memory, 2<<30)
	l.Output = cmp.Or(l.Output, 4<<30)
	l.Pixels = cmp.Or(l.Pixels, 8192*8192)
	l.Frames = cmp.Or(l.Frames, 4_000_000)
	return l
}

// Tools is the ffmpeg of this machine and the confined workers that run it. Safe for concurrent
// use: each call has a worker of its own. Close it when done.
type Tools struct {
	ffmpeg  string // absolute path
	version string // as ffmpeg prints it: "5.1.9-0+deb12u1"
	major   int    // 0 when the version has no number (a development build): taken as new
	minor   int
	options Options

	mu      sync.Mutex
	idle    map[string][]*worker // guarded by mu
	starts  map[streamKey]int64  // guarded by mu: time stamp of the first frame, in the stream's units
	streams map[fileKey]int      // guarded by mu: which stream of pictures is the film
	closed  bool                 // guarded by mu
}

// ErrNoFFmpeg reports that ffmpeg is not there; the message says how to get it.
var ErrNoFFmpeg = errors.New("ffmpeg not found")

// oldest is the first major version whose options we use are all there.
const oldest = 4

// Locate finds ffmpeg and asks for its version. A missing one is ErrNoFFmpeg, wrapped with the
// one line that gets it on this system.
func Locate(ctx context.Context, o Options) (*Tools, error) {
	if os.Getenv(confinedEnv) != "" {
		return nil, errors.New("video: this program does not hand its argument confine to ConfineMain")
	}
	path, err := findFFmpeg(o.FFmpeg)
	if err != nil {
		return nil, err
	}
	if len(o.Self) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find own executable: %w", err)
		}
		o.Self = []string{self, "confine"}
	}
	o.Limits = o.Limits.withDefaults()
	t := &Tools{ffmpeg: path, options: o, idle: map[string][]*worker{}, starts: map[streamKey]int64{}, streams: map[fileKey]int{}}
	if err := t.askVersion(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

func findFFmpeg(path string) (string, error) {
	path = cmp.Or(path, os.Getenv("BELEG_FFMPEG"))
	found, err := exec.LookPath(cmp.Or(path, "ffmpeg"))
	if err != nil {
		if path != "" {
			return "", fmt.Errorf("%w at %s: %s", ErrNoFFmpeg, path, howToGet(runtime.GOOS, exists))
		}
		return "", fmt.Errorf("%w: %s", ErrNoFFmpeg, howToGet(runtime.GOOS, exists))
	}
	return filepath.Abs(found)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// howToGet is the one line that installs ffmpeg on a system.
func howToGet(goos string, exists func(string) bool) string {
	switch goos {
	case "darwin":
		return "install it with: brew install ffmpeg"
	case "windows":
		return "install it with: winget install Gyan.FFmpeg"
	case "freebsd":
		return "install it with: pkg install ffmpeg"
	}
	for _, m := range []struct{ file, line string }{
		{"/usr/bin/apt-get", "sudo apt-get install ffmpeg"}, {"/usr/bin/dnf", "sudo dnf install ffmpeg-free"},
		{"/usr/bin/pacman", "sudo pacman -S ffmpeg"}, {"/usr/bin/zypper", "sudo zypper install ffmpeg"}, {"/sbin/apk", "sudo apk add ffmpeg"},
	} {
		if exists(m.file) {
			return "install it with: " + m.line
		}
	}
	return "install the package ffmpeg of this system, or name the program in BELEG_FFMPEG"
}

var versionLine = regexp.MustCompile(`^ffmpeg version (\S+)`)

// askVersion runs ffmpeg -version, which reads no file of others.
func (t *Tools) askVersion(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.ffmpeg, "-version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("ask %s for its version: no ffmpeg answers (%v)", t.ffmpeg, err)
	}
	t.version = string(m[1])
	fmt.Sscanf(strings.TrimPrefix(t.version, "n"), "%d.%d", &t.major, &t.minor) // "N-1234" leaves zeros
	if t.major != 0 && t.major < oldest {
		return fmt.Errorf("%s is version %s; version %d or newer is needed: %s", t.ffmpeg, t.version, oldest, howToGet(runtime.GOOS, exists))
	}
	return nil
}

// FFmpeg returns the path of the program in use.
func (t *Tools) FFmpeg() string { return t.ffmpeg }

// Version returns the version of the ffmpeg in use, as it prints it, such as "5.1.9-0+deb12u1".
func (t *Tools) Version() string { return t.version }

// passthrough is the option that keeps ffmpeg from doubling or dropping frames.
func (t *Tools) passthrough() []string {
	if t.major == 0 || t.major > 5 || t.major == 5 && t.minor >= 1 {
		return []string{"-fps_mode", "passthrough"}
	}
	return []string{"-vsync", "passthrough"}
}

// fileKey names a state of a file, for what is remembered about it.
type fileKey struct {
	path  string
	size  int64
	mtime time.Time
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
