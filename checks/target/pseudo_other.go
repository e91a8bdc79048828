//go:build !linux

package target

import "os"

func pseudoFileSystem(*os.Root, string) bool { return false }
