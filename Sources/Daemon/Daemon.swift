// Daemon is what the long-running programs share: a log for people and for the journal, talk with systemd, signals,
// the clock, exit statuses, and what a process costs.
