package video

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// tryLayers confines a thread that is thrown away and tries what must not work.
func tryLayers() Layers {
	result := make(chan Layers)
	go func() {
		runtime.LockOSThread() // never unlocked
		result <- confineAndTry(func() error { return restrictThread(nil) }, func() error { return filterThread(0) })
	}()
	return <-result
}

// confineAll confines this whole process, for a worker that parses hostile bytes itself: no file can
// be opened and no program started any more, which the filter can say of all threads at once.
// Landlock before version 8 of its interface knows single threads only: it holds the one the caller
// is locked to, where the decoding is done.
func confineAll() Layers {
	memory := limitMemory(photoMemory) // reads a file of the system, so it comes first
	ls := confineAndTry(func() error { return restrictThread(nil) }, func() error {
		return filterThread(unix.SECCOMP_FILTER_FLAG_TSYNC, forbiddenFiles...)
	})
	if memory != nil {
		ls = ls.fail(Rlimits, memory)
	}
	return ls
}

// confineAndTry puts on Landlock, then the filter, and after each tries what it must refuse.
func confineAndTry(restrict, filter func() error) Layers {
	ls := Layers{{Layer: Landlock}, {Layer: LandlockNet}, {Layer: Seccomp}, tryRlimits()}
	if err := restrict(); err != nil {
		ls = ls.fail(Landlock, err).fail(LandlockNet, err)
	} else {
		ls[0], ls[1] = tryLandlock(), tryLandlockNet()
	}
	if err := filter(); err != nil {
		return ls.fail(Seccomp, err)
	}
	ls[2] = trySeccomp()
	return ls
}

func refused(l Layer, err, want error) LayerState {
	switch {
	case errors.Is(err, want):
		return LayerState{Layer: l, Holds: true}
	case err == nil:
		return LayerState{Layer: l, Detail: "what must be refused was allowed"}
	}
	return LayerState{Layer: l, Detail: err.Error()}
}

func tryLandlock() LayerState {
	fd, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	s := refused(Landlock, err, unix.EACCES)
	if abi, err := ll.LandlockGetABIVersion(); s.Holds && err == nil {
		s.Detail = fmt.Sprintf("interface version %d", abi)
	}
	return s
}

func tryLandlockNet() LayerState {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return LayerState{Layer: LandlockNet, Detail: err.Error()}
	}
	defer unix.Close(fd)
	return refused(LandlockNet, unix.Connect(fd, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}), unix.EACCES)
}

func trySeccomp() LayerState {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	return refused(Seccomp, err, unix.EPERM)
}

func tryRlimits() LayerState {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &r); err != nil {
		return LayerState{Layer: Rlimits, Detail: err.Error()}
	}
	if r.Max != 0 {
		return LayerState{Layer: Rlimits, Detail: "not kept"}
	}
	return LayerState{Layer: Rlimits, Holds: true}
}

func (ls Layers) fail(l Layer, err error) Layers {
	for i := range ls {
		if ls[i].Layer == l {
			ls[i] = LayerState{Layer: l, Detail: err.Error()}
		}
	}
	return ls
}

// limitMemory bounds the address space to what the Go runtime has reserved by now and n bytes more,
// and forbids writing files at all.
func limitMemory(n uint64) error {
	b, err := readSelf("/proc/self/statm")
	if err != nil {
		return err
	}
	var pages uint64
	if _, err := fmt.Sscan(b, &pages); err != nil {
		return err
	}
	as := pages*uint64(os.Getpagesize()) + n
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: as, Max: as}); err != nil {
		return err
	}
	return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{})
}

func readSelf(path string) (string, error) {
	b, err := os.ReadFile(path)
	return string(b), err
}

var namespaceKinds = []struct {
	name  string
	layer Layer
	flag  uintptr
}{{"user", UserNamespace, syscall.CLONE_NEWUSER}, {"net", NetNamespace, syscall.CLONE_NEWNET}, {"pid", PidNamespace, syscall.CLONE_NEWPID}, {"ipc", IPCNamespace, syscall.CLONE_NEWIPC}}

// namespaces reads which namespaces this process is in.
func namespaces() map[string]string {
	m := map[string]string{}
	for _, k := range namespaceKinds {
		m[k.name], _ = os.Readlink("/proc/self/ns/" + k.name)
	}
	return m
}

// states compares the worker's namespaces with our own.
func (h hello) states() Layers {
	own := namespaces()
	ls := h.Layers
	for _, k := range namespaceKinds {
		s := LayerState{Layer: k.layer, Holds: h.Namespaces[k.name] != "" && h.Namespaces[k.name] != own[k.name]}
		ls = append(ls, s)
	}
	return ls
}

// withNamespaces adds why a namespace is missing.
func (ls Layers) withNamespaces(flags uintptr, why error) Layers {
	for i := range ls {
		for _, k := range namespaceKinds {
			if ls[i].Layer == k.layer && !ls[i].Holds && why != nil && flags&k.flag == 0 {
				ls[i].Detail = why.Error()
			}
		}
	}
	return ls
}
