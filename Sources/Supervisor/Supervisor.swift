// Supervisor runs a handful of programs as one: starts them in order, shows what they print, ends them in order, and
// tells what became of them. `Supervision` decides; `SupervisorShell` owns the processes, pipes and signals.
