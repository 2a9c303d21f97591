"""What tickets are described with: statuses, categories, tags, custom fields and canned replies."""
