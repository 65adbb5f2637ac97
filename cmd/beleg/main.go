// Beleg finds out which footage was shown before, who claims what, and keeps both so that
// anyone can check it. See the README.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
