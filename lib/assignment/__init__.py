"""Who works a ticket: candidates, skills, assignment rules and the queue of waiting tickets."""
