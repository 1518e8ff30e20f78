"""What students hand in: right answers in many styles, and wrong ones with the cause of each."""
