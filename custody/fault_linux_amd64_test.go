package custody

import "golang.org/x/sys/unix"

// spoil keeps the call that thread tid is entering from doing anything, and returns what gives it its error
// when it leaves.
func spoil(tid int, c writeCall) (func() error, error) {
	var r unix.PtraceRegs
	if err := unix.PtraceGetRegs(tid, &r); err != nil {
		return nil, err
	}
	r.Orig_rax = ^uint64(0)
	return func() error {
		var r unix.PtraceRegs
		if err := unix.PtraceGetRegs(tid, &r); err != nil {
			return err
		}
		r.Rax = -uint64(c.errno)
		return unix.PtraceSetRegs(tid, &r)
	}, unix.PtraceSetRegs(tid, &r)
}
