"""What is asked of whom, and when: schedules, check-ins, enrolments, and the times that they fall on."""
