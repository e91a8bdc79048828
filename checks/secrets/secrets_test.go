package secrets

import (
	"testing"

	"hardcheck/checks/checktest"
)

func TestChecks(t *testing.T) { checktest.Run(t, Checks()) }
