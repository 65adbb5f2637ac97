package custody

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A writeCall is a system call by which an archive is written.
type writeCall struct {
	name  string
	errno syscall.Errno // what it is made to return
	fd    bool          // its first argument is a file
	path  int           // which argument is a path; 0 for none
}

var writeCalls = map[uint64]writeCall{
	unix.SYS_OPENAT:    {"openat", unix.ENOSPC, false, 1},
	unix.SYS_MKDIRAT:   {"mkdirat", unix.ENOSPC, false, 1},
	unix.SYS_LINKAT:    {"linkat", unix.ENOSPC, false, 3},
	unix.SYS_RENAMEAT:  {"renameat", unix.EIO, false, 3},
	unix.SYS_UNLINKAT:  {"unlinkat", unix.EIO, false, 1},
	unix.SYS_WRITE:     {"write", unix.ENOSPC, true, 0},
	unix.SYS_PWRITE64:  {"pwrite64", unix.EIO, true, 0},
	unix.SYS_FSYNC:     {"fsync", unix.EIO, true, 0},
	unix.SYS_FCHMOD:    {"fchmod", unix.EPERM, true, 0},
	unix.SYS_FTRUNCATE: {"ftruncate", unix.EIO, true, 0},
	unix.SYS_CLOSE:     {"close", unix.EIO, true, 0},
	unix.SYS_FLOCK:     {"flock", unix.EIO, true, 0},
	unix.SYS_FCNTL:     {"fcntl", unix.EIO, true, 0}, // only to lock
}

// mostOfAKind bounds how many calls of one kind are made to fail. Only the waiting for the next checkpoint
// makes more: it opens the same few files and folders again and again.
const mostOfAKind = 16

// A faultAt is the call that is to fail: the nth of a kind. A kind is the call's name and its path in the
// archive, without numbers and digests.
type faultAt struct {
	kind string
	nth  int
}

// TestEveryFailedCall fails each single system call that one intake makes on the archive, in turn (ENOSPC, EIO,
// EPERM). Whatever the process makes of it, what it acknowledged is there, the archive verifies, and the next
// process can go on.
//
// It traces the process itself: strace counts calls by thread, so which call of a Go program it fails is left
// to chance.
func TestEveryFailedCall(t *testing.T) {
	base := newPlace(t)
	a := base.open(t, Options{})
	intake(t, a, "there before")
	closed(t, a)
	f := faulty{base: base, tmp: t.TempDir()}
	calls, always := f.usual(t)
	for _, kind := range []string{"linkat /originals/SHARD/#", "fsync /originals/SHARD", "fsync /originals/.tmp/#-#", "linkat /log/records/#/#.json",
		"fsync /log/records/#", "renameat /log/tlog/tile/entries/#.p/#", "renameat /log/tlog/.state/treeState", "renameat /log/tlog/checkpoint"} {
		if calls[kind] == 0 {
			t.Errorf("an intake never does %s: the trace cannot be right; it has %v", kind, slices.Sorted(maps.Keys(calls)))
		}
	}
	var all []faultAt
	for _, kind := range slices.Sorted(maps.Keys(calls)) {
		if calls[kind] > mostOfAKind {
			t.Logf("%s comes %d times, of which %d are made to fail", kind, calls[kind], mostOfAKind)
		}
		for n := range min(calls[kind], mostOfAKind) {
			all = append(all, faultAt{kind, n + 1})
		}
	}
	// Several at a time: a run mostly waits for the next checkpoint.
	hit := make([]bool, len(all))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 6)
	for i, at := range all {
		slots <- struct{}{}
		wg.Go(func() {
			_, hit[i] = f.run(t, fmt.Sprint(i+1), at)
			<-slots
		})
	}
	wg.Wait()
	var missed []faultAt
	for i, at := range all {
		if !hit[i] {
			missed = append(missed, at)
		}
	}
	// How often we and Tessera look at the same files depends on the clock, so later ones of a kind may not
	// come, nor one that an undisturbed intake does without.
	for _, at := range missed {
		if at.nth == 1 && always[at.kind] {
			t.Errorf("%s, number %d, never came to fail", at.kind, at.nth)
		}
	}
	t.Logf("%d calls of %d kinds failed in turn, %d did not come", len(all)-len(missed), len(calls), len(missed))
}

// faulty runs the helper with one failing call.
type faulty struct {
	base place
	tmp  string
}

// undisturbed is how many intakes with nothing failing are traced first.
const undisturbed = 3

// usual traces intakes with nothing failing. It returns the kinds of calls with the most that one of them
// makes, and those kinds that each of them makes.
func (f faulty) usual(t *testing.T) (most map[string]int, always map[string]bool) {
	most, always = map[string]int{}, map[string]bool{}
	intakes := map[string]int{} // by kind, that make it
	for i := range undisturbed {
		calls, _ := f.run(t, fmt.Sprintf("undisturbed-%d", i), faultAt{})
		for kind, n := range calls {
			most[kind] = max(most[kind], n)
			intakes[kind]++
			always[kind] = intakes[kind] == undisturbed
		}
	}
	return most, always
}

// run lets the helper do one intake in a copy of the archive and checks what it leaves. It returns the kinds
// of calls with how often each was made, and whether the one that was to fail did. No two runs have one name.
func (f faulty) run(t *testing.T, name string, at faultAt) (map[string]int, bool) {
	p := place{dir: filepath.Join(f.tmp, "run-"+name), key: f.base.key}
	copyTree(t, f.base.dir, p.dir)
	defer os.RemoveAll(p.dir)
	tr := tracer{dir: p.dir, at: at, calls: map[string]int{}}
	var err error
	out, errs := f.output(t, name, func(files []*os.File) {
		err = tr.run(os.Args[0], []string{os.Args[0], p.dir, p.key}, helperEnv("once"), files)
	})
	if err != nil {
		t.Errorf("trace the writer: %v; this test needs the right to use ptrace", err)
		return nil, false
	}
	if at.kind == "" && tr.status != 0 {
		t.Fatalf("the writer, with nothing failing, ends with %d: %s", tr.status, errs)
	}
	if len(tr.wrote) > 0 { // promise 4 and BP-16
		t.Errorf("%s, number %d: originals opened for writing: %v", at.kind, at.nth, tr.wrote)
	}
	var k acks
	k.read(out)
	err = k.check(t.Context(), p)
	if err == nil {
		err = goOn(t.Context(), p)
	}
	if err == nil {
		err = k.check(t.Context(), p)
	}
	if err != nil {
		t.Errorf("%s, number %d, failed: %v\n%s", at.kind, at.nth, err, errs)
	}
	return tr.calls, tr.hit
}

func (f faulty) output(t *testing.T, name string, run func(files []*os.File)) (out, errs []byte) {
	var files []*os.File
	for _, stream := range []string{"in", "out", "err"} {
		h, err := os.Create(filepath.Join(f.tmp, stream+"-"+name))
		if err != nil {
			t.Error(err)
			return nil, nil
		}
		defer h.Close()
		files = append(files, h)
	}
	run(files)
	out, _ = os.ReadFile(files[1].Name())
	errs, _ = os.ReadFile(files[2].Name())
	return out, errs[:min(len(errs), 2000)]
}

// goOn takes something in after a process has ended badly.
func goOn(ctx context.Context, p place) error {
	a, err := Open(ctx, p.dir, Options{KeyFile: p.key})
	if err != nil {
		return fmt.Errorf("going on: %w", err)
	}
	o, err := a.Put(ctx, strings.NewReader("going on"))
	if err == nil {
		_, err = a.Record(ctx, Record{Kind: KindIntake, Actor: "test", Original: o.Digest})
	}
	return errors.Join(err, a.Close())
}

// A tracer runs a program and sees each of its system calls.
type tracer struct {
	dir    string // the archive
	at     faultAt
	calls  map[string]int
	hit    bool
	status int      // exit status; -1 when killed by a signal
	wrote  []string // originals that were opened for writing
}

// syscallInfo is struct ptrace_syscall_info of Linux 5.3.
type syscallInfo struct {
	op   uint8 // 1 on entry, 2 on exit
	_    [3]uint8
	_    uint32
	_    [2]uint64
	nr   uint64
	args [6]uint64
	_    [2]uint64
}

const (
	getSyscallInfo  = 0x420e     // PTRACE_GET_SYSCALL_INFO
	childrenOfOurs  = 0x20000000 // __WNOTHREAD
	syscallStop     = unix.SIGTRAP | 0x80
	traceOptions    = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	tracingPatience = time.Minute
)

func (tr *tracer) run(name string, args, env []string, files []*os.File) error {
	// The kernel takes a thread, not a process, for the tracer.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p, err := os.StartProcess(name, args, &os.ProcAttr{Env: env, Files: files, Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		return err
	}
	defer p.Release()
	stuck := time.AfterFunc(tracingPatience, func() { syscall.Kill(p.Pid, syscall.SIGKILL) })
	defer stuck.Stop()
	var ws unix.WaitStatus
	if _, err := unix.Wait4(p.Pid, &ws, 0, nil); err != nil {
		return err
	}
	if err := unix.PtraceSetOptions(p.Pid, traceOptions); err != nil {
		return err
	}
	failing := map[int]func() error{} // by thread: what makes the call it is in fail
	for tid, signal := p.Pid, 0; ; {
		if err := unix.PtraceSyscall(tid, signal); err != nil && err != unix.ESRCH {
			return err
		}
		for {
			tid, err = unix.Wait4(-1, &ws, unix.WALL|childrenOfOurs, nil)
			if err == nil && ws.Stopped() || err != nil && err != unix.EINTR {
				break
			}
			if err == nil && tid == p.Pid {
				tr.status = ws.ExitStatus()
				return nil
			}
		}
		if err != nil {
			return err
		}
		signal = 0
		switch sig := ws.StopSignal(); {
		case sig == syscallStop:
			if err := tr.call(tid, failing); err != nil && err != unix.ESRCH {
				return err
			}
		case sig != unix.SIGTRAP && sig != unix.SIGSTOP: // these are of the tracing itself
			signal = int(sig)
		}
	}
}

// call looks at the system call that thread tid enters or leaves.
func (tr *tracer) call(tid int, failing map[int]func() error) error {
	var info syscallInfo
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, getSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return errno
	}
	if info.op == 2 {
		fail := failing[tid]
		delete(failing, tid)
		if fail != nil {
			return fail()
		}
		return nil
	}
	c, known := writeCalls[info.nr]
	if info.op != 1 || !known || c.name == "fcntl" && info.args[1] != unix.F_SETLKW {
		return nil
	}
	kind, ok := tr.kind(tid, c, info.args)
	if !ok {
		return nil
	}
	tr.calls[kind]++
	if c.name == "openat" && info.args[2]&(unix.O_WRONLY|unix.O_RDWR) != 0 && strings.HasPrefix(kind, "openat /originals/SHARD/") {
		tr.wrote = append(tr.wrote, kind)
	}
	if (faultAt{kind, tr.calls[kind]}) != tr.at {
		return nil
	}
	tr.hit = true
	var err error
	failing[tid], err = spoil(tid, c)
	return err
}

var noise = regexp.MustCompile(`[0-9a-f]{16,}|[0-9]+`)

// kind names a call by its file in the archive; false when it concerns none.
func (tr *tracer) kind(tid int, c writeCall, args [6]uint64) (string, bool) {
	name, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, int32(args[0])))
	if !c.fd {
		// The directory that the path is relative to is the argument before it.
		name, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, int32(args[c.path-1])))
		if p := readString(tid, uintptr(args[c.path])); filepath.IsAbs(p) {
			name = p
		} else {
			name = filepath.Join(name, p)
		}
	}
	// Whether a file that was replaced is closed before or after that depends on the clock.
	name = strings.TrimSuffix(name, " (deleted)")
	rel, ok := strings.CutPrefix(name, tr.dir)
	if strings.HasPrefix(rel, "/"+originalsDir) && len(rel) > len(originalsDir)+3 && rel[len(originalsDir)+2] != '.' {
		rel = rel[:len(originalsDir)+2] + "SHARD" + rel[len(originalsDir)+4:] // the shard
	}
	return c.name + " " + noise.ReplaceAllString(rel, "#"), ok
}

func readString(tid int, at uintptr) string {
	b := make([]byte, 1024)
	n, _ := unix.PtracePeekText(tid, at, b)
	s, _, _ := bytes.Cut(b[:n], []byte{0})
	return string(s)
}
