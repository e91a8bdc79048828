//go:build !linux

package checktest

import "errors"

func setAttribute(string, string, []byte) error { return errors.ErrUnsupported }
