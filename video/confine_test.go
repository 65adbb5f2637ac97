//go:build linux

package video

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// try runs ffmpeg with hostile arguments that our own code would never build, in the confinement.
func try(t *testing.T, tools *Tools, j job, args ...string) (out []byte, log string, e exit) {
	t.Helper()
	j.Program, j.Args = raw(tools.ffmpeg), raws(append([]string{"-hide_banner", "-nostdin", "-nostats"}, args...))
	out, words, e, err := tools.output(context.Background(), j, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return out, string(words), e
}

func TestTheChildReadsNoOtherFile(t *testing.T) {
	tools := tools(t, Options{})
	secret := media(t, "secret.mp4", "-f", "lavfi", "-i", moving, "-t", "1", "-pix_fmt", "yuv420p")
	script := write(t, "script.mp4", []byte("ffconcat version 1.0\nfile '"+secret+"'\n"))
	if _, err := tools.Frames(context.Background(), Request{Path: script}, func(Frame) error { return nil }); !errors.Is(err, ErrPlaylist) {
		t.Errorf("a script named .mp4: %v", err)
	}
	args := []string{"-f", "concat", "-safe", "0", "-i", "file:" + script, "-f", "rawvideo", "pipe:1"}
	if out, log, _ := try(t, tools, job{Input: raw(script)}, args...); len(out) > 0 || !strings.Contains(log, "Permission denied") {
		t.Errorf("%d bytes of another file came: %s", len(out), log)
	}
	if out, err := exec.Command(tools.ffmpeg, append([]string{"-v", "error"}, args...)...).Output(); err != nil || len(out) == 0 {
		t.Errorf("the attack does not work without confinement either: %v", err)
	}
}

// listen counts connections to a port of this machine.
func listen(t *testing.T) (address string, count func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan struct{}, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			seen <- struct{}{}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String(), func() int { return len(seen) }
}

func TestTheChildReachesNoNetwork(t *testing.T) {
	tools := tools(t, Options{})
	address, count := listen(t)
	url := "http://" + address + "/a.mp4"
	if out, log, _ := try(t, tools, job{}, "-protocol_whitelist", "file,http,tcp", "-i", url, "-f", "rawvideo", "pipe:1"); len(out) > 0 || count() > 0 {
		t.Errorf("%d connections: %s", count(), log)
	}
	exec.Command(tools.ffmpeg, "-v", "error", "-nostdin", "-i", url, "-f", "null", "-").Run()
	if count() == 0 {
		t.Error("the attack does not work without confinement either")
	}
}

// aviWithPlaylist is an AVI whose only stream is a text track with a playlist inside, which some
// demuxers open by themselves.
func aviWithPlaylist(playlist string) []byte {
	chunk := func(name string, b []byte) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(b)))
		out = append(out, b...)
		if len(b)%2 == 1 {
			out = append(out, 0)
		}
		return out
	}
	list := func(kind string, parts ...[]byte) []byte {
		return chunk("LIST", append([]byte(kind), bytes.Join(parts, nil)...))
	}
	avih := make([]byte, 56)
	avih[24] = 1
	strh := make([]byte, 56)
	copy(strh, "txts")
	strh[20], strh[24], strh[32] = 1, 25, 10
	gab2 := append([]byte("GAB2\x00\x02\x00\x02\x00\x00\x00\x00\x00\x04\x00"), binary.LittleEndian.AppendUint32(nil, uint32(len(playlist)))...)
	body := bytes.Join([][]byte{[]byte("AVI "), list("hdrl", chunk("avih", avih), list("strl", chunk("strh", strh), chunk("strf", nil))), list("movi", chunk("00tx", append(gab2, playlist...)))}, nil)
	return chunk("RIFF", body)
}

func TestPlaylistInsideAnAVI(t *testing.T) {
	tools := tools(t, Options{})
	address, count := listen(t)
	secret := media(t, "secret.ts", "-f", "lavfi", "-i", moving, "-t", "1")
	for _, target := range []string{"http://" + address + "/x.ts", secret, "file:" + secret, "concat:" + secret} {
		path := write(t, "a.avi", aviWithPlaylist("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n"+target+"\n#EXT-X-ENDLIST\n"))
		all, o := collect(t, tools, Request{Path: path})
		if len(all) > 0 || count() > 0 || o.State == Complete {
			t.Errorf("%s: %d frames, %d connections, %+v", target, len(all), count(), o)
		}
	}
}

func TestTheChildWritesOnlyToItsScratch(t *testing.T) {
	tools := tools(t, Options{Limits: Limits{Output: 1 << 20}})
	outside, scratch := t.TempDir(), t.TempDir()
	endless := []string{"-f", "lavfi", "-i", "testsrc2=s=320x180", "-f", "rawvideo", "-y"}
	try(t, tools, job{Scratch: raw(scratch)}, append(endless, "file:"+filepath.Join(outside, "x"))...)
	if list, _ := os.ReadDir(outside); len(list) > 0 {
		t.Error("a file was made outside")
	}
	file := filepath.Join(scratch, "x")
	_, _, e := try(t, tools, job{Scratch: raw(scratch)}, append(endless, "file:"+file)...)
	if info, err := os.Stat(file); err != nil || info.Size() > 1<<20 || e.Signal != "SIGXFSZ" && e.Code == 0 {
		t.Errorf("output without end: %v, %v, %+v", info, err, e)
	}
	victim := write(t, "original", []byte("kept"))
	try(t, tools, job{Input: raw(victim)}, "-f", "lavfi", "-i", "testsrc2=d=1", "-f", "rawvideo", "-y", "file:"+victim)
	if b, _ := os.ReadFile(victim); string(b) != "kept" {
		t.Error("the input was written to")
	}
}

func TestTheChildOutlivesNoLimit(t *testing.T) {
	tools := tools(t, Options{Limits: Limits{Memory: 600 << 20, CPU: time.Second, Wall: 2 * time.Second}})
	// ffmpeg may hang instead of ending when it gets no memory: then the clock ends it.
	j := job{Program: raw(tools.ffmpeg), Args: raws([]string{"-nostdin", "-f", "lavfi", "-i", "color=s=16000x16000", "-frames:v", "1", "-f", "rawvideo", "pipe:1"})}
	if out, log, _, _ := tools.output(context.Background(), j, 1<<20); len(out) > 0 {
		t.Errorf("memory: %d bytes came: %s", len(out), log)
	}
	tools.options.Limits.Wall = time.Minute
	if _, _, e := try(t, tools, job{}, "-f", "lavfi", "-i", "mandelbrot", "-f", "null", "-"); e.Signal == "" && e.Code == 0 || e.CPU > 8*time.Second {
		t.Errorf("processor time: ended with %+v", e)
	}
}

// fake is a shell script that answers as ffmpeg does when asked for its version.
func fake(t *testing.T, body string) string {
	t.Helper()
	path := write(t, "ffmpeg", []byte("#!/bin/sh\n[ \"$1\" = -version ] && { echo 'ffmpeg version 7.1'; exit; }\n"+body+"\n"))
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// running counts processes whose command line holds s.
func running(s string) (n int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), s) {
			n++
		}
	}
	return n
}

func TestAHangingToolIsEnded(t *testing.T) {
	clip := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-t", "1", "-pix_fmt", "yuv420p")
	for name, body := range map[string]string{
		"ignores signals":   "trap '' TERM INT HUP\nwhile :; do :; done",
		"leaves children":   "trap '' TERM\nfor i in 1 2 3 4 5 6 7 8; do (trap '' TERM HUP; while :; do :; done) & done\nwhile :; do :; done",
		"leaves and ends":   "for i in 1 2 3 4; do (trap '' TERM HUP; while :; do :; done) >/dev/null 2>&1 & done",
		"talks without end": "while :; do echo '[error] and on and on' >&2; done",
		"sends rubbish":     "while :; do echo 'P5 rubbish'; done",
	} {
		path := fake(t, body)
		tools := tools(t, Options{FFmpeg: path, Limits: Limits{Idle: 300 * time.Millisecond, Wall: 2 * time.Second}})
		all, o := collect(t, tools, Request{Path: clip})
		if o.State != Unreadable || len(all) > 0 || o.Detail == "" {
			t.Errorf("%s: %+v", name, o)
		}
		for range 50 {
			if running(path) == 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if n := running(path); n > 0 {
			t.Errorf("%s: %d processes are left", name, n)
		}
	}
}

func TestCancelEndsTheChild(t *testing.T) {
	clip := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-t", "1", "-pix_fmt", "yuv420p")
	tools := tools(t, Options{FFmpeg: fake(t, "while :; do :; done")})
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := tools.Frames(ctx, Request{Path: clip}, func(Frame) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestAnErrorOfTheReceiverEndsTheRun(t *testing.T) {
	clip := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-pix_fmt", "yuv420p")
	tools := tools(t, Options{})
	mine := errors.New("mine")
	n := 0
	if _, err := tools.Frames(context.Background(), Request{Path: clip}, func(Frame) error { n++; return mine }); !errors.Is(err, mine) || n != 1 {
		t.Errorf("error %v after %d frames", err, n)
	}
	if all, o := collect(t, tools, Request{Path: clip, View: View{Rate: Rate{1, 1}}}); len(all) != 20 {
		t.Errorf("the next run: %+v", o)
	}
}

func TestARequiredLayerThatIsMissing(t *testing.T) {
	clip := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-t", "1", "-pix_fmt", "yuv420p")
	tools := tools(t, Options{Require: []Layer{Landlock, "lead walls"}})
	_, err := tools.Frames(context.Background(), Request{Path: clip}, func(Frame) error { return nil })
	if !errors.Is(err, ErrConfinement) || !strings.Contains(err.Error(), "lead walls") {
		t.Errorf("error %v", err)
	}
}

func TestAWorkerEndsWithItsParent(t *testing.T) {
	tools := tools(t, Options{})
	w, err := startWorker(tools.options.Self, runWorker)
	if err != nil {
		t.Fatal(err)
	}
	w.conn.Close() // as the kernel does when the parent is killed
	select {
	case <-w.gone:
	case <-time.After(10 * time.Second):
		t.Error("the worker lives on")
	}
}

// TestAsAnOrdinaryUser runs the tests above again without any privilege.
func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		return // all tests have run as one
	}
	dir := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	copyFile(t, exe, filepath.Join(dir, "video.test"))
	for p := dir; p != os.TempDir() && len(p) > 1; p = filepath.Dir(p) {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(filepath.Join(dir, "video.test"), 0o755), os.Mkdir(filepath.Join(dir, "tmp"), 0o755), os.Chown(filepath.Join(dir, "tmp"), 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "video.test"), "-test.run", "OrdinaryVideo|ReadsNoOther|ReachesNo|WritesOnly|AreVideosOfOneFrame|Doctor", "-test.v")
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + filepath.Join(dir, "tmp"), "HOME=/"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil || bytes.Count(out, []byte("--- PASS")) < 6 {
		t.Errorf("as uid 65534: %v\n%s", err, out)
	}
}

func TestMissingToolSaysHowToGetIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("BELEG_FFMPEG", "")
	_, err := Locate(context.Background(), Options{})
	if !errors.Is(err, ErrNoFFmpeg) || !strings.Contains(err.Error(), "install") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
	for goos, want := range map[string]string{"darwin": "brew", "windows": "winget", "linux": "apt-get"} {
		if got := howToGet(goos, func(p string) bool { return p == "/usr/bin/apt-get" }); !strings.Contains(got, want) {
			t.Errorf("%s: %s", goos, got)
		}
	}
	_, err = Locate(context.Background(), Options{FFmpeg: fake(t, "")})
	if err != nil {
		t.Errorf("a named tool: %v", err)
	}
}

func TestAFileTheChildMayNotRead(t *testing.T) {
	clip := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-t", "1", "-pix_fmt", "yuv420p")
	if os.Geteuid() == 0 { // root may read it, but root's rights end at the namespace
		if err := errors.Join(os.Chown(clip, 65534, 65534), os.Chmod(clip, 0o600)); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(clip, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := tools(t, Options{Require: []Layer{UserNamespace}}).Frames(context.Background(), Request{Path: clip}, func(Frame) error { return nil }); !errors.Is(err, os.ErrPermission) {
		t.Errorf("error %v", err)
	}
}
