"""The commands of `communique`, by what officers do with them: check, plan, run, account."""
