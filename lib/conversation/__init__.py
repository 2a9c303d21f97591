"""What is said on a ticket: comments, mentions, attachments, drafts, and who follows along."""
