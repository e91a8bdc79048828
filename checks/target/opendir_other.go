//go:build !linux

package target

import "os"

func openDir(root *os.Root, name string) (*os.Root, error) { return root.OpenRoot(name) }
