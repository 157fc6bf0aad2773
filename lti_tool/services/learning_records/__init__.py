"""Learning records: what learners do, told to their institution's record store, if it has one."""
