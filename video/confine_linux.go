package video

import (
	"debug/elf"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// serve is the life of a worker: limit itself, say hello, do jobs until the parent is gone.
func serve(kind string) error {
	conn, err := fileConn(3)
	if err != nil {
		return err
	}
	limitSelf()
	h := hello{Namespaces: namespaces()}
	if kind == photoWorker {
		runtime.LockOSThread()
		h.Layers = confineAll()
	} else {
		h.Layers = tryLayers()
	}
	if err := sendMessage(conn, message{Hello: &h}, nil); err != nil {
		return err
	}
	inbox := make(chan letter)
	go receiveAll(conn, inbox)
	for l := range inbox {
		reply := message{Error: "unknown order"}
		switch {
		case kind == runWorker && l.Run != nil:
			reply = runJob(conn, l, inbox)
		case kind == photoWorker && l.Photo != nil:
			reply = message{Result: l.Photo.do(l.files)}
		case l.Kill: // came after the end of its job
			continue
		}
		closeAll(l.files)
		if err := sendMessage(conn, reply, nil); err != nil {
			return err
		}
	}
	return nil
}

// letter is a message with the files that came along.
type letter struct {
	message
	files []*os.File
}

// receiveAll fills the inbox and ends this process, and with it all others in its namespace, when
// the parent hangs up.
func receiveAll(conn *net.UnixConn, inbox chan<- letter) {
	for {
		m, files, err := receiveMessage(conn)
		if err != nil {
			killAll(0)
			os.Exit(0)
		}
		inbox <- letter{m, files}
	}
}

// limitSelf sets what every child inherits.
func limitSelf() {
	for _, l := range []struct {
		what int
		max  uint64
	}{{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_NOFILE, 256}, {unix.RLIMIT_MSGQUEUE, 0}, {unix.RLIMIT_MEMLOCK, 0}} {
		unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.max, Max: l.max})
	}
}

// runJob starts the program on a thread of its own that has been confined first, and stays with it
// to the end. Only that thread is confined: this process must be able to open the next input.
func runJob(conn *net.UnixConn, l letter, inbox <-chan letter) message {
	begun, done := make(chan begin), make(chan exit)
	go func() {
		runtime.LockOSThread() // never unlocked: the confined thread ends with this goroutine
		pid, err := startConfined(l.Run, l.files)
		begun <- begin{pid, err}
		if err == nil {
			done <- waitFor(pid)
		}
	}()
	b := <-begun
	closeAll(l.files)
	if b.err != nil {
		return message{Error: b.err.Error()}
	}
	if err := limitChild(b.pid, l.Run.Limits); err != nil {
		killAll(b.pid)
	}
	if err := sendMessage(conn, message{Begun: true}, nil); err != nil {
		os.Exit(1)
	}
	for {
		select {
		case m := <-inbox:
			closeAll(m.files)
			if m.Kill {
				killAll(b.pid)
			}
		case e := <-done:
			killAll(b.pid) // whatever it may have left behind
			reap()
			return message{Exit: &e}
		}
	}
}

type begin struct {
	pid int
	err error
}

func startConfined(j *job, files []*os.File) (int, error) {
	rules, err := j.rules()
	if err != nil {
		return 0, err
	}
	if err := restrictThread(rules); err != nil && !errors.Is(err, errNoLandlock) {
		return 0, err
	}
	if err := filterThread(0); err != nil && !errors.Is(err, errNoSeccomp) {
		return 0, err
	}
	fds := make([]uintptr, len(files))
	for i, f := range files {
		fds[i] = f.Fd()
	}
	pid, err := syscall.ForkExec(string(j.Program), append([]string{string(j.Program)}, texts(j.Args)...), &syscall.ProcAttr{
		Env: fixedEnv(), Files: fds, Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", j.Program, err)
	}
	return pid, nil
}

// limitChild sets the limits that this process itself could not live under. The child has only just
// been started and is still being linked.
func limitChild(pid int, l Limits) error {
	l = l.withDefaults()
	cpu := uint64(max(l.CPU/time.Second, 1))
	for _, r := range []struct {
		what     int
		cur, max uint64
	}{
		{unix.RLIMIT_AS, uint64(l.Memory), uint64(l.Memory)},
		{unix.RLIMIT_CPU, cpu, cpu + 5},
		{unix.RLIMIT_FSIZE, uint64(l.Output), uint64(l.Output)},
		{unix.RLIMIT_NPROC, maxTasks, maxTasks},
	} {
		if err := unix.Prlimit(pid, r.what, &unix.Rlimit{Cur: r.cur, Max: r.max}, nil); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("limit child: %w", err)
		}
	}
	return nil
}

// maxTasks bounds threads and processes of the user in the worker's user namespace.
const maxTasks = 256

func waitFor(pid int) exit {
	var s unix.WaitStatus
	var u unix.Rusage
	for {
		_, err := unix.Wait4(pid, &s, 0, &u)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return exit{Code: -1, Signal: err.Error()}
		}
	}
	e := exit{Code: s.ExitStatus(), CPU: time.Duration(u.Utime.Nano() + u.Stime.Nano())}
	if s.Signaled() {
		e.Signal = unix.SignalName(s.Signal())
	}
	return e
}

// killAll ends the child and, where we are the first process of a namespace, all others in it.
func killAll(pid int) {
	if os.Getpid() == 1 {
		unix.Kill(-1, unix.SIGKILL)
	}
	if pid > 0 {
		unix.Kill(-pid, unix.SIGKILL)
	}
}

func reap() {
	for {
		if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); pid <= 0 || err != nil {
			return
		}
	}
}

// rule gives access rights below a path.
type rule struct {
	path   string
	access uint64
}

const (
	accessRead    = ll.AccessFSReadFile | ll.AccessFSReadDir
	accessScratch = ll.AccessFSReadFile | ll.AccessFSWriteFile | ll.AccessFSTruncate | ll.AccessFSMakeReg | ll.AccessFSRemoveFile
	accessOfFile  = ll.AccessFSReadFile | ll.AccessFSExecute
)

// libraryFolders are where the dynamic linker finds libraries; those that are not there are left out.
var libraryFolders = []string{"/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d"}

// rules are the paths a job may touch.
func (j *job) rules() ([]rule, error) {
	var rules []rule
	for _, p := range libraryFolders {
		if exists(p) {
			rules = append(rules, rule{p, accessRead})
		}
	}
	for _, p := range j.ReadOnly {
		rules = append(rules, rule{p, accessRead | ll.AccessFSExecute})
	}
	executables, err := executableFiles(string(j.Program))
	if err != nil {
		return nil, err
	}
	for _, p := range executables {
		rules = append(rules, rule{p, accessOfFile})
	}
	if j.Input != "" {
		rules = append(rules, rule{string(j.Input), ll.AccessFSReadFile})
	}
	if j.Scratch != "" {
		rules = append(rules, rule{string(j.Scratch), accessScratch})
	}
	return rules, nil
}

// executableFiles lists the program and what the kernel needs to start it: the dynamic linker, or
// a script's interpreter.
func executableFiles(program string) ([]string, error) {
	var list []string
	for range 4 {
		list = append(list, program)
		next, err := interpreter(program)
		if err != nil {
			return nil, err
		}
		if next == "" {
			return list, nil
		}
		program = next
	}
	return nil, fmt.Errorf("start %s: too many interpreters", list[0])
}

func interpreter(program string) (string, error) {
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return "", err
	}
	f, err := os.Open(real)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := f.Read(head)
	if line, _, _ := strings.Cut(string(head[:n]), "\n"); strings.HasPrefix(line, "#!") {
		if fields := strings.Fields(line[2:]); len(fields) > 0 {
			return fields[0], nil
		}
	}
	e, err := elf.NewFile(f)
	if err != nil {
		return "", nil // the kernel will say what it thinks of it
	}
	for _, p := range e.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			b := make([]byte, p.Filesz)
			if _, err := p.ReadAt(b, 0); err == nil {
				return strings.TrimRight(string(b), "\x00"), nil
			}
		}
	}
	return "", nil
}

var (
	errNoLandlock = errors.New("landlock is not in this kernel or not switched on")
	errNoSeccomp  = errors.New("no seccomp filter for this kernel or machine")
)

// landlockRights are the rights that a version of the kernel's interface knows: files, network, scopes.
func landlockRights(abi int) (fs, net, scope uint64) {
	bits := []uint{0, 13, 14, 15, 15, 16, 16, 16, 16, 17}
	fs = 1<<bits[min(abi, len(bits)-1)] - 1
	if abi >= 4 {
		net = ll.AccessNetBindTCP | ll.AccessNetConnectTCP
	}
	if abi >= 10 {
		net |= ll.AccessNetBindUDP | ll.AccessNetConnectSendUDP
	}
	if abi >= 6 {
		scope = ll.ScopeAbstractUnixSocket | ll.ScopeSignal
	}
	return fs, net, scope
}

// restrictThread puts the calling thread, and what it starts, under Landlock: nothing but the rules.
// The go-landlock module restricts whole processes; here its system calls are used on one thread.
func restrictThread(rules []rule) error {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil || abi < 1 {
		return errNoLandlock
	}
	fs, net, scope := landlockRights(abi)
	set, err := ll.LandlockCreateRuleset(&ll.RulesetAttr{HandledAccessFS: fs, HandledAccessNet: net, Scoped: scope}, 0)
	if err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	defer unix.Close(set)
	for _, r := range rules {
		if err := addRule(set, r, fs); err != nil {
			return fmt.Errorf("landlock: allow %s: %w", r.path, err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	if err := ll.LandlockRestrictSelf(set, 0); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	return nil
}

func addRule(set int, r rule, known uint64) error {
	fd, err := unix.Open(r.path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	access := r.access & known
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= ll.AccessFSReadFile | ll.AccessFSExecute | ll.AccessFSWriteFile | ll.AccessFSTruncate
	}
	return ll.LandlockAddPathBeneathRule(set, &ll.PathBeneathAttr{AllowedAccess: access, ParentFd: fd}, 0)
}
