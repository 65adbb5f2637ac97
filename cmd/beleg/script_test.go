package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"beleg/custody"
	"beleg/stamp/stamptest"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == confineCommand { // the program starting itself again
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"beleg":          func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"beleg-at":       belegAt,
		"hanging-ffmpeg": hangingFFmpeg,
	})
}

// belegAt is beleg with a clock that stands at its first argument.
func belegAt() {
	at, err := time.Parse(time.RFC3339, os.Args[1])
	if err != nil {
		panic(err)
	}
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, clock: func() time.Time { return at }}
	os.Exit(a.run(context.Background(), os.Args[2:]))
}

// hangingFFmpeg says its version and then nothing more.
func hangingFFmpeg() {
	for _, arg := range os.Args {
		if arg == "-version" {
			fmt.Println("ffmpeg version 5.1.9 Copyright (c) 2000-2026 nobody")
			return
		}
	}
	select {}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("BELEG_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("BELEG_KEY", filepath.Join(e.WorkDir, "signing.key"))
			e.Setenv("BELEG_ACTOR", "anna")
			e.Setenv("LANG", "C")
			hanging, err := exec.LookPath("hanging-ffmpeg")
			if err != nil {
				return err
			}
			e.Setenv("HANGING", hanging)
			// The command that drops rights must be able to reach the folder.
			return os.Chmod(filepath.Dir(e.WorkDir), 0o755)
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"flip": flip, "media": media, "special": special, "lock": lock, "authority": authority, "photo": photo,
			"asnobody": asNobody, "pick": pick, "smalldisk": smallDisk, "millionframes": millionFrames, "hlsavi": hlsAVI, "sql": editCatalogue, "model": serveModel,
		},
	})
}

// flip FILE BYTE changes one bit of a file. FILE is below the data folder; its last element may be the
// beginning of a name, or of a name in folders below.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	path := findInData(ts, args[0])
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b, err := os.ReadFile(path)
	ts.Check(err)
	b[at] ^= 1
	ts.Check(os.Chmod(path, 0o600))
	ts.Check(os.WriteFile(path, b, 0o600))
	ts.Check(os.Chmod(path, 0o444))
}

// findInData returns the first file below the data folder whose path begins with prefix or whose
// folder does and whose name begins with prefix's last element.
func findInData(ts *testscript.TestScript, prefix string) string {
	data := ts.Getenv("BELEG_DATA")
	folder, name := filepath.Split(filepath.FromSlash(prefix))
	var found string
	ts.Check(filepath.WalkDir(filepath.Join(data, folder), func(p string, e os.DirEntry, err error) error {
		if err == nil && found == "" && e.Type().IsRegular() && strings.HasPrefix(e.Name(), name) {
			found = p
		}
		return err
	}))
	if found == "" {
		ts.Fatalf("no file %s in the data folder", prefix)
	}
	return found
}

// media OUT SOURCE SECONDS [FILTER] makes a video of a source that ffmpeg generates.
func media(ts *testscript.TestScript, neg bool, args []string) {
	filter := "null"
	if len(args) > 3 {
		filter = args[3]
	}
	run := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", args[1], "-t", args[2], "-vf", filter,
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", ts.MkAbs(args[0]))
	out, err := run.CombinedOutput()
	if err != nil {
		ts.Fatalf("make %s: %v\n%s", args[0], err, out)
	}
}

// special KIND PATH makes something that is no regular file.
func special(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[1])
	switch args[0] {
	case "fifo":
		ts.Check(syscall.Mkfifo(path, 0o600))
	case "device":
		ts.Check(syscall.Mknod(path, syscall.S_IFCHR|0o600, 1<<8|5)) // as the one that yields zeros without end
	case "socket":
		fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
		ts.Check(err)
		ts.Defer(func() { syscall.Close(fd) })
		// A socket's path may have about 100 bytes only: bind below the folder.
		here, err := os.Getwd()
		ts.Check(err)
		ts.Check(os.Chdir(filepath.Dir(path)))
		err = syscall.Bind(fd, &syscall.SockaddrUnix{Name: filepath.Base(path)})
		ts.Check(os.Chdir(here))
		ts.Check(err)
	case "latin1": // a name that is not UTF-8
		ts.Check(os.WriteFile(filepath.Join(path, "caf\xe9.txt"), []byte("x\n"), 0o600))
	default:
		ts.Fatalf("no special file of kind %s", args[0])
	}
}

// lock holds the data folder as another writer would, until the script ends.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	a, err := custody.Open(context.Background(), ts.Getenv("BELEG_DATA"), custody.Options{KeyFile: ts.Getenv("BELEG_KEY")})
	ts.Check(err)
	ts.Defer(func() { a.Close() })
}

// authority sets AUTHORITY to the address of a time-stamping authority whose root lies in the file ROOTS.
func authority(ts *testscript.TestScript, neg bool, args []string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	a, err := stamptest.Make(key, time.Now(), time.Now().AddDate(1, 0, 0))
	ts.Check(err)
	a.At = time.Time{}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), a.RootPEM(), 0o600))
	s := httptest.NewServer(a)
	ts.Defer(s.Close)
	ts.Setenv("AUTHORITY", s.URL)
}

// asNobody runs beleg without rights of root, if this is root.
func asNobody(ts *testscript.TestScript, neg bool, args []string) {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = "beleg"
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "BELEG_DATA="+ts.Getenv("BELEG_DATA"),
		"BELEG_KEY="+ts.Getenv("BELEG_KEY"), "BELEG_ACTOR=anna", "LANG=C")
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	record(ts, neg, cmd)
}

// record runs cmd and keeps what it printed in the files stdout and stderr of the script's folder.
func record(ts *testscript.TestScript, neg bool, cmd *exec.Cmd) {
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	ts.Logf("%s%s", out.String(), errs.String())
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), []byte(out.String()), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), []byte(errs.String()), 0o600))
	if (err != nil) != neg {
		ts.Fatalf("%v: %v", cmd.Args, err)
	}
}

// pick NAME FILE KEY VALUE FIELD sets the variable NAME to FIELD of the first JSON line of FILE whose KEY is VALUE.
func pick(ts *testscript.TestScript, neg bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		var o map[string]any
		ts.Check(json.Unmarshal([]byte(line), &o))
		if fmt.Sprint(o[args[2]]) == args[3] {
			ts.Setenv(args[0], fmt.Sprint(o[args[4]]))
			return
		}
	}
	ts.Fatalf("no line of %s has %s %s", args[1], args[2], args[3])
}

// smallDisk makes the data folder a disk of that many bytes.
func smallDisk(ts *testscript.TestScript, neg bool, args []string) {
	data := ts.Getenv("BELEG_DATA")
	ts.Check(os.MkdirAll(data, 0o700))
	ts.Check(syscall.Mount("beleg-test", data, "tmpfs", 0, "mode=700,size="+args[0]))
	ts.Defer(func() { syscall.Unmount(data, syscall.MNT_DETACH) })
}

// editCatalogue runs one statement on the catalogue, as a bit that flips in a row would.
func editCatalogue(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(ts.Getenv("BELEG_DATA"), "beleg.db"))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[0])
	ts.Check(err)
}

// model STATUS ANSWER sets MODEL to the address of a server that answers every request with the file ANSWER as the
// words of a model, and keeps the last request in the file asked.json.
func serveModel(ts *testscript.TestScript, neg bool, args []string) {
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	words, asked := ts.ReadFile(args[1]), ts.MkAbs("asked.json")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile(asked, body, 0o600)
		}
		if err != nil || status != http.StatusOK {
			http.Error(w, fmt.Sprint("no: ", err), status)
			return
		}
		message := map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": words}}
		if err := json.NewEncoder(w).Encode(map[string]any{"model": "little-one", "choices": []any{message}}); err != nil {
			panic(err)
		}
	}))
	ts.Defer(s.Close)
	ts.Setenv("MODEL", s.URL+"/v1")
}

// photo OUT WIDTH HEIGHT makes a PNG whose header claims that size and whose pixels are missing.
func photo(ts *testscript.TestScript, neg bool, args []string) {
	w, err := strconv.ParseUint(args[1], 10, 32)
	ts.Check(err)
	h, err := strconv.ParseUint(args[2], 10, 32)
	ts.Check(err)
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), uint32(w))
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, uint32(h)), 8, 0, 0, 0, 0)
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + string(ihdr))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
	b = append(b, "\x00\x00\x00\x00IDAT"...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte("IDAT")))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// millionFrames OUT makes a GIF of a million frames of one pixel, about 23 MB.
func millionFrames(ts *testscript.TestScript, neg bool, args []string) {
	b := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff")
	frame := []byte("\x21\xf9\x04\x00\x01\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00")
	b = append(b, bytes.Repeat(frame, 1_000_000)...)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(b, 0x3b), 0o600))
}

// hlsAVI OUT FILE makes an AVI whose only stream is a playlist that names FILE, as those that once made a
// decoder show local files.
func hlsAVI(ts *testscript.TestScript, neg bool, args []string) {
	list := "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile://" + ts.MkAbs(args[1]) + "\n#EXT-X-ENDLIST\n"
	chunk := func(id string, body string) string {
		if len(body)%2 == 1 {
			body += "\n"
		}
		return id + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
	}
	header := chunk("LIST", "hdrl"+chunk("avih", strings.Repeat("\x00", 24)+"\x01\x00\x00\x00"+strings.Repeat("\x00", 28))+
		chunk("LIST", "strl"+chunk("strh", "txts"+strings.Repeat("\x00", 52))+chunk("strf", "")))
	movie := chunk("LIST", "movi"+chunk("00tx", "GAB2\x00\x02\x00"+string(binary.LittleEndian.AppendUint32(nil, uint32(len(list))))+list))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(chunk("RIFF", "AVI "+header+movie)), 0o600))
}
