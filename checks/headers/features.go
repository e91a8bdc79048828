package headers

import "strings"

// powerful are the features that reach devices, money or identity.
var powerful = strings.Fields(`
	all-screens-capture bluetooth camera captured-surface-control clipboard-read controlled-frame digital-credentials-create
	digital-credentials-get direct-sockets direct-sockets-private display-capture geolocation hid identity-credentials-get
	idle-detection keyboard-lock local-fonts local-network local-network-access loopback-network microphone midi otp-credentials
	payment publickey-credentials-create publickey-credentials-get screen-wake-lock serial smart-card storage-access
	sub-apps top-level-storage-access usb usb-unrestricted window-management xr-spatial-tracking`)

// harmless are the other features of the registry (w3c/webappsec-permissions-policy, features.md) and of Chromium's
// experiments. The last lines were features once, and are harmless to name.
var harmless = strings.Fields(`
	accelerometer ambient-light-sensor aria-notify attribution-reporting autofill autoplay battery browsing-topics
	clipboard-write compute-pressure cross-origin-isolated deferred-fetch deferred-fetch-minimal device-attributes
	encrypted-media fullscreen gamepad gyroscope join-ad-interest-group keyboard-map language-detector language-model
	magnetometer manual-text mediasession media-playback-while-not-visible monetization on-device-speech-recognition
	picture-in-picture popins private-aggregation private-state-token-issuance private-state-token-redemption proofreader
	record-ad-auction-events rewriter run-ad-auction shared-storage shared-storage-select-url speaker-selection summarizer
	sync-xhr tools translator unload web-app-installation web-share webnn writer
	fenced-unpartitioned-storage-read focus-without-user-activation execution-while-not-rendered
	execution-while-out-of-viewport navigation-override vertical-scroll
	conversion-measurement document-domain document-write font-display-late-swap interest-cohort layout-animations
	legacy-image-formats notifications oversized-images push speaker sync-script trust-token-redemption unoptimized-images
	unoptimized-lossless-images unoptimized-lossless-images-strict unoptimized-lossy-images unsized-media vibrate vr
	wake-lock window-placement`)
