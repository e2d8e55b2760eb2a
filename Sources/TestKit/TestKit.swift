// TestKit is what the tests of several modules share.
